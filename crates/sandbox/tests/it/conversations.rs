//! Reading: conversations with their messages, one message, and who writes.

use jetbridge_sandbox::world::{DANA, INSTAGRAM_BIKES, PAGE_BIKES, PAGE_CAFE_AURORA};
use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::Shop;
use crate::support::{SCOPES, error_of, text};

const LIST: &str = "/me/conversations";

#[tokio::test]
async fn a_conversation_is_listed_with_what_it_holds() {
    let mut shop = Shop::messenger().await;
    assert_eq!(shop.get(LIST, &[]).await, json!({"data": []}));
    let mid = shop.hello().await;
    let listed = shop.get(LIST, &[]).await;
    let conversation = &listed["data"][0];
    assert!(text(&conversation["id"]).starts_with("t_"));
    assert_eq!(conversation["updated_time"], "2026-09-21T14:13:20+0000");
    let fields = "participants,message_count,unread_count,can_reply,snippet,messages{message,from,to}";
    let all = shop.get(LIST, &[("platform", "messenger"), ("fields", fields)]).await["data"][0].clone();
    assert_eq!((&all["message_count"], &all["unread_count"]), (&json!(1), &json!(1)));
    assert_eq!((&all["can_reply"], &all["snippet"]), (&json!(true), &json!("hello")));
    let maya = json!({"name": "Maya", "email": format!("{}@facebook.com", shop.person), "id": shop.person});
    assert_eq!(all["participants"]["data"][0], maya);
    assert_eq!(all["participants"]["data"][1]["id"], PAGE_BIKES);
    let message = &all["messages"]["data"][0];
    assert_eq!(
        (&message["id"], &message["message"], &message["from"]),
        (&json!(mid), &json!("hello"), &maya)
    );
    assert_eq!(message["to"]["data"][0]["name"], "Omer Bikes");

    let seen = json!({"recipient": {"id": shop.person}, "sender_action": "mark_seen"});
    shop.send(&seen).await;
    shop.meta.pass(86_401);
    let path = format!("/{}", text(&all["id"]));
    let later = shop.get(&path, &[("fields", "unread_count,can_reply")]).await;
    assert_eq!((&later["unread_count"], &later["can_reply"]), (&json!(0), &json!(false)));
    assert_eq!(error_of(&shop.get(&path, &[("fields", "smell")]).await), (100, None));
}

#[tokio::test]
async fn each_platform_has_its_own_list_and_one_person_can_be_asked_for() {
    let mut shop = Shop::instagram().await;
    shop.hello().await;
    assert_eq!(shop.get(LIST, &[]).await, json!({"data": []}));
    let fields = ("fields", "participants,messages{from}");
    let listed = shop.get(LIST, &[("platform", "instagram"), fields]).await;
    assert!(text(&listed["data"][0]["id"]).starts_with("aWdf"));
    let people = &listed["data"][0]["participants"]["data"];
    assert_eq!(people[0], json!({"username": "maya", "id": shop.person}));
    assert_eq!(people[1], json!({"username": "omer.bikes", "id": INSTAGRAM_BIKES}));
    let one = shop.get(LIST, &[("platform", "instagram"), ("user_id", &shop.person)]).await;
    assert_eq!(one["data"].as_array().unwrap().len(), 1);
    let none = shop.get(LIST, &[("platform", "instagram"), ("user_id", "1")]).await;
    assert_eq!(none, json!({"data": []}));
    assert_eq!(error_of(&shop.get(LIST, &[("platform", "pigeon")]).await), (100, None));
    // Nobody answered for thirty days: gone from the list.
    shop.meta.pass(30 * 86_400 + 1);
    assert_eq!(shop.get(LIST, &[("platform", "instagram")]).await, json!({"data": []}));
}

#[tokio::test]
async fn lists_are_cut_and_go_on_behind_their_cursors() {
    let mut shop = Shop::messenger().await;
    for name in ["Ada", "Ben", "Cem"] {
        let begun =
            shop.meta.control(Method::POST, "/chat", &json!({"page_id": PAGE_BIKES, "name": name})).await;
        shop.person = text(&begun["person"]);
        shop.meta.pass(1);
        shop.hello().await;
    }
    let mut found = Vec::new();
    let mut page = shop.get(LIST, &[("fields", "participants"), ("limit", "1")]).await;
    loop {
        for conversation in page["data"].as_array().unwrap() {
            found.push(text(&conversation["participants"]["data"][0]["name"]));
        }
        let Some(next) = page["paging"]["next"].as_str() else { break };
        page = shop.meta.client.get(next).send().await.unwrap().json().await.unwrap();
    }
    assert_eq!(found, ["Cem", "Ben", "Ada"]);
    let back = page["paging"]["previous"].as_str().unwrap();
    let back: Value = shop.meta.client.get(back).send().await.unwrap().json().await.unwrap();
    assert_eq!(back["data"][0]["participants"]["data"][0]["name"], "Ben");
    assert_eq!(error_of(&shop.get(LIST, &[("after", "x")]).await), (100, None));
}

#[tokio::test]
async fn only_the_twenty_newest_messages_can_be_read() {
    let mut shop = Shop::messenger().await;
    let mut mids = Vec::new();
    for _ in 0..22 {
        mids.push(shop.hello().await);
    }
    let id = text(&shop.get(LIST, &[]).await["data"][0]["id"]);
    let path = format!("/{id}/messages");
    let first = shop.get(&path, &[("fields", "message"), ("limit", "21")]).await;
    let data = first["data"].as_array().unwrap();
    assert_eq!((data.len(), &data[0]["id"], &data[0]["message"]), (21, &json!(mids[21]), &json!("hello")));
    assert_eq!((&data[19]["message"], &data[20]["message"]), (&json!("hello"), &Value::Null));
    let next = first["paging"]["next"].as_str().unwrap();
    let rest: Value = shop.meta.client.get(next).send().await.unwrap().json().await.unwrap();
    assert_eq!(rest["data"][0]["id"], json!(mids[0]));
    assert_eq!(shop.get(&format!("/{}", mids[2]), &[]).await["id"], json!(mids[2]));
    assert_eq!(error_of(&shop.get(&format!("/{}", mids[1]), &[]).await), (100, None));
    shop.act(json!({"do": "unsend", "mid": mids[21]})).await;
    assert_eq!(error_of(&shop.get(&format!("/{}", mids[21]), &[]).await), (100, None));
    let inside = shop.get(&format!("/{id}"), &[("fields", "messages.limit(2){message}")]).await;
    assert_eq!(inside["messages"]["data"].as_array().unwrap().len(), 2);
    assert_eq!(inside["messages"]["data"][0]["id"], json!(mids[20]));
}

#[tokio::test]
async fn a_message_shows_its_files_its_links_its_story_and_its_reactions() {
    let mut shop = Shop::instagram().await;
    let first = shop.hello().await;
    let node = |mid: Value, field: &'static str| {
        let (shop, path) = (&shop, format!("/{}", text(&mid)));
        async move { shop.get(&path, &[("fields", field)]).await[field].clone() }
    };
    for (act, field, expected) in [
        (
            json!({"do": "message", "attachment": "image", "url": "https://x.test/a"}),
            "attachments",
            "image_data",
        ),
        (
            json!({"do": "message", "attachment": "video", "url": "https://x.test/a"}),
            "attachments",
            "video_data",
        ),
        (
            json!({"do": "message", "attachment": "file", "url": "https://x.test/a"}),
            "attachments",
            "file_url",
        ),
        (json!({"do": "message", "attachment": "share", "url": "https://x.test/a"}), "shares", "link"),
    ] {
        let said = shop.act(act).await;
        let found = node(said["mid"].clone(), field).await;
        let found = &found["data"][0][expected];
        assert_eq!(found.get("url").unwrap_or(found), "https://x.test/a");
    }
    let said = shop
        .act(json!({"do": "message", "text": "x", "story": {"url": "https://x.test/s", "id": "9"}}))
        .await;
    assert_eq!(node(said["mid"].clone(), "story").await["reply_to"]["id"], "9");
    let said =
        shop.act(json!({"do": "message", "attachment": "story_mention", "url": "https://x.test/s"})).await;
    assert_eq!(node(said["mid"].clone(), "story").await["mention"]["link"], "https://x.test/s");
    let said = shop.act(json!({"do": "message", "text": "x", "reply_to": first})).await;
    assert_eq!(node(said["mid"].clone(), "reply_to").await["mid"], json!(first));
    shop.act(json!({"do": "react", "mid": first, "reaction": "laugh"})).await;
    assert_eq!(node(json!(first), "reactions").await["data"][0]["reaction"], "laugh");
    let said = shop.act(json!({"do": "message", "attachment": "audio"})).await;
    let edge = shop.get(&format!("/{}/attachments", text(&said["mid"])), &[]).await;
    assert_eq!(edge["data"][0]["mime_type"], "audio/mpeg");
}

#[tokio::test]
async fn reading_needs_the_same_rights_as_writing() {
    let mut shop = Shop::messenger().await;
    let mid = shop.hello().await;
    let id = text(&shop.get(LIST, &[]).await["data"][0]["id"]);
    let user = shop.meta.long_token(DANA, SCOPES).await;
    let other = shop.meta.page_token(&user, PAGE_CAFE_AURORA).await;
    for path in [
        format!("/{PAGE_BIKES}/conversations"),
        format!("/{id}"),
        format!("/{id}/messages"),
        format!("/{mid}"),
    ] {
        for token in [&user, &other] {
            let answer = shop.meta.get(&path, &[("access_token", token)]).await;
            assert_eq!(error_of(&answer), (210, None), "{path}");
        }
    }
    let call = [("platform", "instagram"), ("access_token", other.as_str())];
    let answer = shop.meta.get(&format!("/{PAGE_CAFE_AURORA}/conversations"), &call).await;
    assert_eq!(error_of(&answer), (200, None));
}

#[tokio::test]
async fn a_profile_shows_what_the_features_allow() {
    let mut shop = Shop::messenger().await;
    let begun = json!({"page_id": PAGE_BIKES, "name": "Maya Green"});
    shop.person = text(&shop.meta.control(Method::POST, "/chat", &begun).await["person"]);
    let path = format!("/{}", shop.person);
    let fields = [("fields", "first_name,last_name,name,profile_pic,locale")];
    let shown = shop.get(&path, &fields).await;
    let picture = format!("{}/sandbox/picture/{}.svg", shop.meta.url, shop.person);
    assert_eq!(
        shown,
        json!({"first_name": "Maya", "last_name": "Green", "name": "Maya Green", "profile_pic": picture,
            "id": shop.person})
    );
    assert_eq!(shop.meta.client.get(&picture).send().await.unwrap().status(), 200);
    for (setting, expected) in [("empty", json!({})), ("id_only", json!({"id": shop.person}))] {
        shop.set(json!({"profiles": setting})).await;
        assert_eq!(shop.get(&path, &fields).await, expected);
    }
    shop.set(json!({"profiles": "refused"})).await;
    assert_eq!(error_of(&shop.get(&path, &fields).await), (100, Some(2_018_247)));
    let user = shop.meta.long_token(DANA, SCOPES).await;
    let other = shop.meta.page_token(&user, PAGE_CAFE_AURORA).await;
    let hidden = shop.meta.get(&path, &[("access_token", &other)]).await;
    assert_eq!(error_of(&hidden), (100, Some(33)));

    let mut shop = Shop::instagram().await;
    let path = format!("/{}", shop.person);
    assert_eq!(error_of(&shop.get(&path, &[]).await), (230, None));
    shop.hello().await;
    let shown = shop.get(&path, &[("fields", "username,is_user_follow_business")]).await;
    assert_eq!(shown, json!({"username": "maya", "is_user_follow_business": true, "id": shop.person}));
}
