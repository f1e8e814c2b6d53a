//! The page of the chat, as a browser without scripts uses it.

use jetbridge_sandbox::world::PAGE_BIKES;
use reqwest::Response;
use serde_json::{Value, json};

use crate::shop::Shop;

async fn post(shop: &Shop, path: &str, form: &[(&str, &str)]) -> Response {
    shop.meta.client.post(format!("{}{path}", shop.meta.url)).form(form).send().await.unwrap()
}

fn location(response: &Response) -> String {
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// The conversation with Maya.
async fn page(shop: &Shop) -> String {
    let url = format!("{}/sandbox/chat/{}", shop.meta.url, shop.person);
    let response = shop.meta.client.get(url).send().await.unwrap();
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"));
    let html = response.text().await.unwrap();
    assert!(!html.contains("<script") && !html.contains(" style="));
    html
}

async fn act(shop: &Shop, form: &[(&str, &str)]) -> String {
    let response = post(shop, &format!("/sandbox/chat/{}", shop.person), form).await;
    assert_eq!(response.status(), 303);
    location(&response)
}

#[tokio::test]
async fn a_hello_is_written_and_its_webhook_goes_out() {
    let mut shop = Shop::messenger().await;
    let list = shop.meta.client.get(format!("{}/sandbox/chat", shop.meta.url)).send().await.unwrap();
    let list = list.text().await.unwrap();
    assert!(list.contains(PAGE_BIKES) && list.contains("Instagram @omer.bikes") && list.contains("Maya"));
    let begun = post(&shop, "/sandbox/chat", &[("account", PAGE_BIKES), ("name", "Maya")]).await;
    assert_eq!(location(&begun), format!("/sandbox/chat/{}", shop.person));
    let back = act(&shop, &[("do", "message"), ("text", "hello <b>")]).await;
    assert!(back.ends_with("?sent=yes#write"), "{back}");
    assert_eq!(shop.event().await["message"]["text"], "hello <b>");
    let html = page(&shop).await;
    assert!(html.contains("hello &#60;b&#62;") && html.contains("may answer until"), "{html}");
    let strangers = post(&shop, "/sandbox/chat", &[("account", "1"), ("name", "Maya")]).await;
    assert_eq!(location(&strangers), "/sandbox/chat");
}

#[tokio::test]
async fn what_the_business_sends_is_shown_and_can_be_tapped() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    shop.set(json!({"read_by_hand": true})).await;
    let message = json!({"attachment": {"type": "template", "payload": {"template_type": "button",
        "text": "Which?", "buttons": [{"type": "postback", "title": "Buy", "payload": "BUY_1"},
            {"type": "web_url", "title": "See", "url": "https://x.test/see"},
            {"type": "web_url", "title": "Bad", "url": "javascript:alert(1)"}]}},
        "quick_replies": [{"content_type": "text", "title": "Red", "payload": "R"}]});
    let sent = shop.send(&json!({"recipient": {"id": shop.person}, "message": message})).await;
    let html = page(&shop).await;
    for shown in ["Which?", "value=\"BUY_1\"", "href=\"https://x.test/see\"", "value=\"quick_reply\"", "Red"]
    {
        assert!(html.contains(shown), "{shown}: {html}");
    }
    assert!(!html.contains("javascript:") && !html.contains("· read"));
    shop.event().await;
    shop.event().await;
    act(&shop, &[("do", "postback"), ("title", "Buy"), ("payload", "BUY_1")]).await;
    assert_eq!(shop.event().await["postback"]["payload"], "BUY_1");
    let mid = sent["message_id"].as_str().unwrap();
    act(&shop, &[("do", "quick_reply"), ("mid", mid), ("payload", "R")]).await;
    assert_eq!(shop.event().await["message"]["quick_reply"], json!({"payload": "R"}));
    act(&shop, &[("do", "read")]).await;
    assert!(shop.event().await["read"].is_object());
    assert!(page(&shop).await.contains("· read"));
}

#[tokio::test]
async fn everything_of_a_person_is_a_form() {
    let mut shop = Shop::messenger().await;
    let mid = shop.hello().await;
    for (form, key) in [
        (vec![("do", "message"), ("attachment", "image"), ("url", "")], "message"),
        (vec![("do", "react"), ("mid", mid.as_str()), ("reaction", "love")], "reaction"),
        (vec![("do", "unreact"), ("mid", mid.as_str())], "reaction"),
        (vec![("do", "edit"), ("mid", mid.as_str()), ("text", "hallo")], "message_edit"),
        (vec![("do", "message"), ("reply_to", mid.as_str()), ("text", "and")], "message"),
        (vec![("do", "unsend"), ("mid", mid.as_str())], "message"),
        (vec![("do", "take"), ("app_id", "9")], "take_thread_control"),
        (vec![("do", "pass")], "pass_thread_control"),
    ] {
        act(&shop, &form).await;
        let event = shop.event().await;
        assert_ne!(event[key], Value::Null, "{form:?} {event}");
    }
    let html = page(&shop).await;
    assert!(html.contains("class=\"sent\" src=\"/sandbox/attachment/") && html.contains("Taken back"));
    act(&shop, &[("do", "state"), ("state", "blocked")]).await;
    let refused =
        post(&shop, &format!("/sandbox/chat/{}", shop.person), &[("do", "message"), ("text", "x")]).await;
    assert!(refused.text().await.unwrap().contains("Not done: the person has cut the contact"));
    let missing = post(&shop, &format!("/sandbox/chat/{}", shop.person), &[("do", "fly")]).await;
    assert!(missing.text().await.unwrap().contains("Nothing was done"));
}

#[tokio::test]
async fn it_refreshes_itself_when_asked_and_says_why_nothing_was_sent() {
    let shop = Shop::open(PAGE_BIKES, "feed", "messages").await;
    let back = act(&shop, &[("do", "message"), ("text", "x")]).await;
    let url = format!("{}{}", shop.meta.url, back.replace("#write", "&refresh=on"));
    let html = shop.meta.client.get(url).send().await.unwrap().text().await.unwrap();
    assert!(html.contains("has not installed the app for this field"));
    assert!(html.contains("http-equiv=\"refresh\""));
    assert!(!page(&shop).await.contains("http-equiv=\"refresh\""));
}

#[tokio::test]
async fn the_test_button_sends_a_sample() {
    let mut shop = Shop::messenger().await;
    let url = format!("{}/sandbox/webhooks", shop.meta.url);
    let html = shop.meta.client.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(html.contains("Test: send a sample of the object page"));
    for (field, notice) in [("messages", "sample"), ("feed", "no_sample")] {
        let form = [("object", "page"), ("field", field)];
        let response = post(&shop, "/sandbox/webhooks/test", &form).await;
        assert_eq!(location(&response), format!("/sandbox/webhooks?sent={notice}"));
    }
    assert_eq!(shop.request().await["entry"][0]["id"], "0");
}
