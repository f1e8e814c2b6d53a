//! What a message of the business may hold: texts, templates, attachments, and their limits.

use jetbridge_sandbox::world::PAGE_BIKES;
use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::Shop;
use crate::support::{error_of, text};

fn with(shop: &Shop, message: Value) -> Value {
    let mut body = json!({"recipient": {"id": shop.person}});
    body["message"] = message;
    body
}

#[tokio::test]
async fn messenger_counts_characters_and_instagram_bytes() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    let say = |shop: &Shop, text: String| with(shop, json!({"text": text}));
    assert!(shop.send(&say(&shop, "é".repeat(2_000))).await["message_id"].is_string());
    assert_eq!(error_of(&shop.send(&say(&shop, "e".repeat(2_001))).await), (100, None));
    let mut shop = Shop::instagram().await;
    shop.hello().await;
    assert!(shop.send(&say(&shop, "é".repeat(500))).await["message_id"].is_string());
    assert_eq!(error_of(&shop.send(&say(&shop, "é".repeat(501))).await), (100, Some(2_534_015)));
}

#[tokio::test]
async fn what_no_message_may_hold_is_refused() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    let reply = |title: &str| json!({"content_type": "text", "title": title, "payload": "P"});
    let button = |button: Value| {
        json!({"attachment": {"type": "template",
            "payload": {"template_type": "button", "text": "t", "buttons": [button]}}})
    };
    let generic = |elements: Value| json!({"attachment": {"type": "template", "payload": {"template_type": "generic", "elements": elements}}});
    let element = json!({"title": "t"});
    for (message, expected) in [
        (json!({}), None),
        (json!({"text": ""}), None),
        (json!({"text": "x", "attachment": {"type": "image"}}), None),
        (json!({"text": "x", "metadata": "m".repeat(1_001)}), None),
        (json!({"text": "x", "quick_replies": vec![reply("a"); 14]}), None),
        (json!({"text": "x", "quick_replies": [reply(&"a".repeat(21))]}), None),
        (json!({"text": "x", "quick_replies": [{"content_type": "text", "title": "a"}]}), None),
        (json!({"text": "x", "quick_replies": [{"content_type": "fax"}]}), None),
        (json!({"attachment": {"type": "hologram"}}), None),
        (json!({"attachment": {"type": "like_heart"}}), None),
        (json!({"attachment": {"type": "image", "payload": {}}}), None),
        (json!({"attachments": [{"type": "video", "payload": {"url": "https://x.test"}}]}), None),
        (generic(json!([])), None),
        (generic(json!(vec![element; 11])), None),
        (generic(json!([{"title": "t".repeat(81)}])), None),
        (generic(json!([{"title": "t", "buttons": vec![json!({"type": "account_unlink"}); 4]}])), None),
        (button(json!({"type": "postback", "title": "t"})), Some(2_018_040)),
        (button(json!({"type": "teleport", "title": "t"})), Some(2_018_041)),
        (button(json!({"type": "postback", "payload": "P"})), Some(2_018_053)),
        (button(json!({"type": "postback", "title": "t", "payload": "P".repeat(1_001)})), Some(2_018_041)),
    ] {
        let answer = shop.send(&with(&shop, message.clone())).await;
        assert_eq!(error_of(&answer), (100, expected), "{message}");
    }
    shop.nothing_more().await;
}

#[tokio::test]
async fn templates_quick_replies_and_their_taps_go_there_and_back() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    shop.set(json!({"read_by_hand": true})).await;
    let template = json!({"template_type": "generic", "elements": [{"title": "Bike", "subtitle": "red",
        "buttons": [{"type": "postback", "title": "Buy", "payload": "BUY"},
            {"type": "web_url", "title": "See", "url": "https://x.test"}]}]});
    let message = json!({"attachment": {"type": "template", "payload": template}, "quick_replies":
        [{"content_type": "text", "title": "Red", "payload": "R"}]});
    let sent = shop.send(&with(&shop, message)).await;
    let echo = shop.event().await["message"].clone();
    assert_eq!(echo["attachments"], json!([{"type": "template", "payload": template}]));
    assert!(echo["quick_replies"].is_null());
    shop.event().await;
    let tapped = shop.act(json!({"do": "quick_reply", "mid": sent["message_id"], "payload": "R"})).await;
    assert_eq!(
        shop.event().await["message"],
        json!({"mid": tapped["mid"], "text": "Red", "quick_reply": {"payload": "R"}})
    );
    let none = shop.act(json!({"do": "quick_reply", "mid": sent["message_id"], "payload": "B"})).await;
    assert!(none["error"].is_string());
}

#[tokio::test]
async fn instagrams_own_forms_are_taken_there_only() {
    let mut shop = Shop::instagram().await;
    shop.hello().await;
    shop.set(json!({"read_by_hand": true})).await;
    let images = vec![json!({"type": "image", "payload": {"url": "https://x.test/a.png"}}); 10];
    for (message, expected) in [
        (json!({"attachment": {"type": "like_heart"}}), json!("like_heart")),
        (json!({"attachment": {"type": "MEDIA_SHARE", "payload": {"id": "178"}}}), json!("ig_post")),
        (json!({"attachments": images}), json!("image")),
        (json!({"sticker_id": 1}), json!("sticker")),
    ] {
        shop.send(&with(&shop, message)).await;
        assert_eq!(shop.event().await["message"]["attachments"][0]["type"], expected);
    }
    let media = json!({"attachment": {"type": "template", "payload": {"template_type": "media",
        "elements": [{"media_type": "image", "attachment_id": "1"}]}}});
    assert_eq!(error_of(&shop.send(&with(&shop, media)).await), (100, Some(2_534_015)));
    let eleven =
        json!({"attachments": vec![json!({"type": "image", "payload": {"url": "https://x.test"}}); 11]});
    assert_eq!(error_of(&shop.send(&with(&shop, eleven)).await), (100, Some(2_534_015)));
}

#[tokio::test]
async fn an_attachment_is_kept_for_ninety_days_for_its_page() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    let upload =
        json!({"message": {"attachment": {"type": "image", "payload": {"url": "https://x.test/a.png"}}}});
    let kept = shop.call(Method::POST, &format!("/{PAGE_BIKES}/message_attachments"), &upload).await;
    let id = text(&kept["attachment_id"]);
    let image = with(&shop, json!({"attachment": {"type": "image", "payload": {"attachment_id": id}}}));
    let sent = shop.send(&image).await;
    assert!(sent["message_id"].is_string() && sent["attachment_id"].is_null(), "{sent}");
    let url = shop.event().await["message"]["attachments"][0]["payload"]["url"].clone();
    let response = shop.meta.client.get(url.as_str().unwrap()).send().await.unwrap();
    assert_eq!(
        (response.status().as_u16(), response.headers()["location"].to_str().unwrap()),
        (302, "https://x.test/a.png")
    );
    for wrong in ["1", id.as_str()] {
        let video =
            with(&shop, json!({"attachment": {"type": "video", "payload": {"attachment_id": wrong}}}));
        assert_eq!(error_of(&shop.send(&video).await), (100, Some(2_018_074)));
    }
    shop.meta.pass(90 * 86_400);
    shop.act(json!({"do": "message", "text": "still there?"})).await;
    assert_eq!(error_of(&shop.send(&image).await), (100, Some(2_018_074)));
}

#[tokio::test]
async fn fetching_an_attachment_fails_as_the_settings_say() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    let attach =
        |kind: &str, url: &str| with(&shop, json!({"attachment": {"type": kind, "payload": {"url": url}}}));
    for (setting, kind, url, expected) in [
        ("works", "image", "nowhere", 2_018_008),
        ("fails", "image", "https://x.test/a.png", 2_018_008),
        ("times_out", "image", "https://x.test/a.png", 2_018_008),
        ("times_out", "video", "https://x.test/a.mp4", 2_018_294),
        ("too_large", "file", "https://x.test/a.pdf", 2_018_109),
    ] {
        shop.set(json!({"attachment_fetch": setting})).await;
        assert_eq!(error_of(&shop.send(&attach(kind, url)).await), (100, Some(expected)), "{setting}");
    }
}
