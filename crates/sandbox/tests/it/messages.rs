//! The Send API: what it takes in which form, what it refuses, and the webhooks that follow.

use jetbridge_sandbox::world::{DANA, INSTAGRAM_BIKES, PAGE_BIKES, PAGE_CAFE_AURORA, PAGE_ROASTERY};
use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::Shop;
use crate::support::{APP_ID, SCOPES, error_of, text};

fn hi(shop: &Shop) -> Value {
    json!({"recipient": {"id": shop.person}, "messaging_type": "RESPONSE", "message": {"text": "hi"}})
}

#[tokio::test]
async fn an_answer_is_echoed_delivered_and_read() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    let mut body = hi(&shop);
    body["message"]["metadata"] = json!("job 7");
    let answer = shop.send(&body).await;
    let mid = text(&answer["message_id"]);
    assert_eq!(answer, json!({"recipient_id": shop.person, "message_id": mid}));
    let echo = shop.event().await;
    assert_eq!((&echo["sender"]["id"], &echo["recipient"]["id"]), (&json!(PAGE_BIKES), &json!(shop.person)));
    assert_eq!(
        echo["message"],
        json!({"is_echo": true, "app_id": APP_ID.parse::<u64>().unwrap(), "metadata": "job 7", "mid": mid,
            "text": "hi"})
    );
    let delivery = shop.event().await;
    assert_eq!(delivery["delivery"], json!({"mids": [mid], "watermark": echo["timestamp"]}));
    let read = shop.event().await;
    assert_eq!(read["read"], json!({"watermark": echo["timestamp"]}));
    shop.nothing_more().await;
}

#[tokio::test]
async fn instagram_echoes_under_messages_and_sees_one_message() {
    let mut shop = Shop::instagram().await;
    shop.hello().await;
    let answer = shop.send(&hi(&shop)).await;
    let echo = shop.event().await;
    assert_eq!((&echo["sender"]["id"], &echo["message"]["is_echo"]), (&json!(INSTAGRAM_BIKES), &json!(true)));
    assert_eq!(shop.event().await["read"], json!({"mid": answer["message_id"]}));
    shop.nothing_more().await;
}

#[tokio::test]
async fn people_can_be_made_to_read_only_when_told() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    shop.set(json!({"read_by_hand": true})).await;
    shop.send(&hi(&shop)).await;
    shop.event().await;
    assert!(shop.event().await["delivery"].is_object());
    shop.nothing_more().await;
    assert_eq!(shop.act(json!({"do": "read"})).await["sent"], true);
    assert!(shop.event().await["read"]["watermark"].is_i64());
}

#[tokio::test]
async fn forms_json_strings_and_uploads_are_read_alike() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    shop.set(json!({"read_by_hand": true})).await;
    let url = format!("{}/v25.0/{PAGE_BIKES}/messages", shop.meta.url);
    let recipient = json!({"id": shop.person}).to_string();
    let form = [
        ("recipient", recipient.as_str()),
        ("message", "{\"text\":\"by form\"}"),
        ("access_token", &shop.token),
    ];
    let answer: Value = shop.meta.client.post(&url).form(&form).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["recipient_id"], shop.person);
    assert_eq!(shop.event().await["message"]["text"], "by form");
    shop.event().await;

    let message = "{\"attachment\":{\"type\":\"image\",\"payload\":{\"is_reusable\":true}}}";
    let body = format!(
        "--b\r\nContent-Disposition: form-data; name=\"recipient\"\r\n\r\n{recipient}\r\n--b\r\n\
         Content-Disposition: form-data; name=\"message\"\r\n\r\n{message}\r\n--b\r\n\
         Content-Disposition: form-data; name=\"filedata\"; filename=\"a.png\"\r\n\
         Content-Type: image/png\r\n\r\nPNG bytes\r\n--b--"
    );
    let request = shop.meta.client.post(&url).bearer_auth(&shop.token);
    let request = request.header("content-type", "multipart/form-data; boundary=b").body(body);
    let answer: Value = request.send().await.unwrap().json().await.unwrap();
    assert!(answer["attachment_id"].is_string(), "{answer}");
    let echo = shop.event().await;
    let file = echo["message"]["attachments"][0]["payload"]["url"].as_str().unwrap();
    let response = shop.meta.client.get(file).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "image/png");
    assert_eq!(response.bytes().await.unwrap(), "PNG bytes");
}

#[tokio::test]
async fn the_page_its_token_its_permission_and_its_task_are_asked_for() {
    let shop = Shop::messenger().await;
    let user = shop.meta.long_token(DANA, SCOPES).await;
    let other = shop.meta.page_token(&user, PAGE_CAFE_AURORA).await;
    let recipient = json!({"id": shop.person}).to_string();
    let call = |token: &str| {
        let (recipient, token) = (recipient.clone(), token.to_owned());
        let meta = &shop.meta;
        async move {
            let path = format!("/{PAGE_BIKES}/messages");
            let call = [
                ("recipient", recipient.as_str()),
                ("message", "{\"text\":\"x\"}"),
                ("access_token", token.as_str()),
            ];
            error_of(&meta.post(&path, &call).await)
        }
    };
    assert_eq!(call(&user).await, (210, None));
    assert_eq!(call(&other).await, (210, None));
    let me = [("recipient", recipient.as_str()), ("message", "{\"text\":\"x\"}"), ("access_token", &other)];
    assert_eq!(error_of(&shop.meta.post("/me/messages", &me).await), (100, Some(2_018_001)));
    let omer = jetbridge_sandbox::world::OMER;
    let role = format!("/people/{omer}/pages/{PAGE_BIKES}");
    shop.meta.control(Method::PUT, &role, &json!({"tasks": ["MODERATE"]})).await;
    assert_eq!(call(&shop.token).await, (200, None));
    shop.meta.control(Method::PUT, &role, &json!({"tasks": ["MESSAGING"]})).await;
    let permission = format!("/people/{omer}/permissions/pages_messaging");
    shop.meta.control(Method::PUT, &permission, &json!({"status": "declined"})).await;
    assert_eq!(call(&shop.token).await, (200, None));
}

#[tokio::test]
async fn recipients_are_looked_for_among_the_pages_own_people() {
    let shop = Shop::messenger().await;
    let send = |recipient: Value| {
        let shop = &shop;
        async move { error_of(&shop.send(&json!({"recipient": recipient, "message": {"text": "x"}})).await) }
    };
    assert_eq!(send(json!({"id": "7100000000000000"})).await, (100, Some(2_018_001)));
    assert_eq!(send(json!({"comment_id": "1_2"})).await, (100, Some(2_534_025)));
    assert_eq!(send(json!({"phone_number": "+1555"})).await, (200, Some(2_018_021)));
    assert_eq!(send(json!({"user_ref": "u"})).await, (100, Some(2_018_001)));
    assert_eq!(send(json!({"notification_messages_token": "t"})).await, (10, None));
    assert_eq!(send(json!({})).await, (100, None));
    assert_eq!(error_of(&shop.send(&json!({"message": {"text": "x"}})).await), (100, None));
    let unknown = json!({"platform": "instagram", "recipient": {"id": "1"}, "message": {"text": "x"}});
    assert_eq!(error_of(&shop.send(&unknown).await), (100, Some(2_534_014)));

    // A Page without an Instagram account cannot write to people of Instagram.
    let begun = json!({"page_id": INSTAGRAM_BIKES, "name": "Maya"});
    let maya = text(&shop.meta.control(Method::POST, "/chat", &begun).await["person"]);
    let user = shop.meta.long_token(DANA, SCOPES).await;
    let roastery = shop.meta.page_token(&user, PAGE_ROASTERY).await;
    let recipient = json!({"id": maya}).to_string();
    let call =
        [("recipient", recipient.as_str()), ("message", "{\"text\":\"x\"}"), ("access_token", &roastery)];
    assert_eq!(error_of(&shop.meta.post("/me/messages", &call).await), (100, Some(2_534_013)));
}

#[tokio::test]
async fn a_message_or_an_action_but_not_both() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    let both =
        json!({"recipient": {"id": shop.person}, "message": {"text": "x"}, "sender_action": "typing_on"});
    assert_eq!(error_of(&shop.send(&both).await), (100, Some(2_018_014)));
    assert_eq!(
        error_of(&shop.send(&json!({"recipient": {"id": shop.person}})).await),
        (100, Some(2_018_015))
    );
    for action in ["typing_on", "typing_off", "mark_seen", "TYPING_ON"] {
        let answer = shop.send(&json!({"recipient": {"id": shop.person}, "sender_action": action})).await;
        assert_eq!(answer, json!({"recipient_id": shop.person}));
    }
    let dance = json!({"recipient": {"id": shop.person}, "sender_action": "dance"});
    assert_eq!(error_of(&shop.send(&dance).await), (100, None));
    shop.nothing_more().await;
}

#[tokio::test]
async fn the_business_reacts_and_takes_it_back() {
    let mut shop = Shop::instagram().await;
    let mid = shop.hello().await;
    let react = |action: &str, reaction: &str, mid: &str| {
        json!({"recipient": {"id": shop.person}, "sender_action": action,
            "payload": {"message_id": mid, "reaction": reaction}})
    };
    let path = format!("/{mid}");
    shop.send(&react("react", "love", &mid)).await;
    let node = shop.get(&path, &[("fields", "reactions")]).await;
    assert_eq!(node["reactions"]["data"][0]["reaction"], "love");
    assert_eq!(node["reactions"]["data"][0]["users"][0]["id"], INSTAGRAM_BIKES);
    shop.send(&react("unreact", "", &mid)).await;
    assert!(shop.get(&path, &[("fields", "reactions")]).await["reactions"].is_null());
    assert_eq!(error_of(&shop.send(&react("react", "smile", &mid)).await), (100, Some(2_534_015)));
    assert_eq!(error_of(&shop.send(&react("react", "love", "m_none")).await), (100, Some(2_534_015)));
    shop.nothing_more().await;
}

#[tokio::test]
async fn nobody_is_reached_who_blocked_vanished_or_has_no_role() {
    for (mut shop, blocked) in
        [(Shop::messenger().await, (551, Some(1_545_041))), (Shop::instagram().await, (100, Some(2_534_029)))]
    {
        shop.hello().await;
        for (state, expected) in
            [("blocked", blocked), ("unavailable", (10, Some(2_018_108))), ("deleted", (9_000_001, None))]
        {
            shop.act(json!({"do": "state", "state": state})).await;
            assert_eq!(error_of(&shop.send(&hi(&shop)).await), expected, "{state}");
        }
        assert!(shop.act(json!({"do": "message", "text": "x"})).await["error"].is_string());
        shop.act(json!({"do": "state", "state": "open"})).await;
        assert!(shop.send(&hi(&shop)).await["message_id"].is_string());
    }
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    for setting in [
        json!({"app_mode": "development"}),
        json!({"app_mode": "live", "standard_access": "pages_messaging"}),
    ] {
        shop.set(setting).await;
        assert_eq!(error_of(&shop.send(&hi(&shop)).await), (200, Some(2_018_028)));
    }
    let mut shop = Shop::instagram().await;
    shop.hello().await;
    shop.set(json!({"closed_accounts": INSTAGRAM_BIKES})).await;
    assert_eq!(error_of(&shop.send(&hi(&shop)).await), (200, Some(2_534_041)));
}

#[tokio::test]
async fn an_answer_names_the_message_it_answers() {
    let mut shop = Shop::messenger().await;
    let mid = shop.hello().await;
    let mut body = hi(&shop);
    body["reply_to"] = json!({"mid": mid});
    shop.send(&body).await;
    assert_eq!(shop.event().await["message"]["reply_to"], json!({"mid": mid}));
    body["reply_to"] = json!({"mid": "m_none"});
    assert_eq!(error_of(&shop.send(&body).await), (100, None));
    let mut body = hi(&shop);
    body["persona_id"] = json!("1");
    assert_eq!(error_of(&shop.send(&body).await), (100, None));
    let mut body = hi(&shop);
    body["notification_type"] = json!("LOUD");
    assert_eq!(error_of(&shop.send(&body).await), (100, None));
}

#[tokio::test]
async fn the_echo_can_overtake_the_answer_and_events_come_joined_or_newest_first() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    shop.set(json!({"webhooks_first": true})).await;
    shop.send(&hi(&shop)).await;
    // All three are here before the answer is.
    for key in ["message", "delivery", "read"] {
        let (_, body) = shop.receiver.received.try_recv().unwrap();
        let request: Value = serde_json::from_slice(&body).unwrap();
        assert!(request["entry"][0]["messaging"][0][key].is_object());
    }
    shop.set(json!({"newest_first": true})).await;
    shop.send(&hi(&shop)).await;
    for key in ["read", "delivery", "message"] {
        assert!(shop.event().await[key].is_object());
    }
    shop.set(json!({"newest_first": false, "batch_webhooks": true})).await;
    shop.send(&hi(&shop)).await;
    let request = shop.request().await;
    let entries = request["entry"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    assert!(entries.iter().all(|entry| entry["messaging"].as_array().unwrap().len() == 1));
    shop.nothing_more().await;
}

#[tokio::test]
async fn every_other_refusal_can_be_ordered_by_name() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    for (name, expected) in [
        ("send_failed", (1200, None)),
        ("page_restricted", (10, Some(1_893_063))),
        ("unavailable_200", (200, Some(1_545_041))),
        ("send_limit_instagram", (613, Some(2_534_040))),
        ("unexplained", (2_018_321, None)),
    ] {
        let fault = json!({"match": "POST /me/messages", "kind": "preset", "name": name});
        shop.meta.control(Method::POST, "/faults", &fault).await;
        assert_eq!(error_of(&shop.send(&hi(&shop)).await), expected, "{name}");
    }
    assert!(shop.send(&hi(&shop)).await["message_id"].is_string());
}

#[tokio::test]
async fn an_hour_of_failures_silences_the_instagram_account() {
    let shop = Shop::instagram().await;
    let app = crate::support::Meta::app_token();
    let gone = [("object", "instagram"), ("access_token", app.as_str())];
    shop.meta.delete(&format!("/{APP_ID}/subscriptions"), &gone).await;
    let failing = crate::support::Receiver::start(axum::http::StatusCode::BAD_GATEWAY).await;
    let call = [
        ("object", "instagram"),
        ("callback_url", &failing.hook()),
        ("verify_token", crate::support::VERIFY_TOKEN),
        ("fields", "messages"),
        ("access_token", app.as_str()),
    ];
    shop.meta.post(&format!("/{APP_ID}/subscriptions"), &call).await;
    assert_eq!(shop.act(json!({"do": "message", "text": "one"})).await["sent"], true);
    for _ in 0..12 {
        shop.meta.control(Method::POST, "/webhooks/deliver", &json!({})).await;
        shop.meta.pass(400);
    }
    assert_eq!(shop.act(json!({"do": "message", "text": "two"})).await["why"], "page_not_subscribed");
    // What was lost can be read.
    let path = format!("/{PAGE_BIKES}/conversations");
    let listed = shop.get(&path, &[("platform", "instagram"), ("fields", "message_count")]).await;
    assert_eq!(listed["data"][0]["message_count"], 2);
}
