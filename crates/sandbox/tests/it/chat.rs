//! What people do, and the webhooks that tell of it.

use jetbridge_sandbox::world::{INSTAGRAM_BIKES, PAGE_BIKES};
use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::Shop;
use crate::support::Meta;

#[tokio::test]
async fn a_text_comes_with_its_sender_its_moment_and_its_mid() {
    let mut shop = Shop::messenger().await;
    let said = shop.act(json!({"do": "message", "text": "hello"})).await;
    let request = shop.request().await;
    assert_eq!(request["object"], "page");
    let at = shop.meta.now() * 1000;
    assert_eq!(request["entry"][0]["time"], at);
    assert_eq!(
        request["entry"][0]["messaging"][0],
        json!({"sender": {"id": shop.person}, "recipient": {"id": PAGE_BIKES}, "timestamp": at,
            "message": {"mid": said["mid"], "text": "hello"}})
    );
    let again = shop.act(json!({"do": "message", "text": "two", "reply_to": said["mid"]})).await;
    let event = shop.event().await;
    // Two messages of one second still have an order.
    assert_eq!((&event["timestamp"], &event["message"]["mid"]), (&json!(at + 1), &again["mid"]));
    assert_eq!(event["message"]["reply_to"], json!({"mid": said["mid"]}));
}

#[tokio::test]
async fn instagram_has_mids_objects_and_ids_of_its_own() {
    let mut shop = Shop::instagram().await;
    shop.act(json!({"do": "message", "text": "hello", "story": {"url": "https://x.test", "id": "1"}})).await;
    let request = shop.request().await;
    assert_eq!(
        (&request["object"], &request["entry"][0]["id"]),
        (&json!("instagram"), &json!(INSTAGRAM_BIKES))
    );
    let event = &request["entry"][0]["messaging"][0];
    assert!(event["message"]["mid"].as_str().unwrap().starts_with("aWdf"));
    assert_eq!(event["message"]["reply_to"]["story"]["id"], "1");
    assert_ne!(Shop::messenger().await.person, shop.person);
}

#[tokio::test]
async fn every_kind_of_attachment_has_metas_shape() {
    for (mut shop, kinds) in [
        (
            Shop::messenger().await,
            json!({
                "image": ["url"], "audio": ["url"], "video": ["url"], "file": ["url"],
                "sticker": ["sticker_id", "url"], "location": ["coordinates"], "fallback": ["title", "url"],
                "reel": ["reel_video_id", "title", "url"], "post": ["id", "title", "url"],
                "template": ["product"],
            }),
        ),
        (
            Shop::instagram().await,
            json!({
                "image": ["url"], "story_mention": ["url"], "ig_post": ["ig_post_media_id", "title", "url"],
                "share": ["url"], "ig_reel": ["reel_video_id", "title", "url"], "ig_story": ["url"],
                "unsupported_type": ["url"],
            }),
        ),
    ] {
        for (kind, keys) in kinds.as_object().unwrap() {
            let said = shop.act(json!({"do": "message", "attachment": kind})).await;
            assert_eq!(said["sent"], true, "{kind}: {said}");
            let event = shop.event().await;
            let attachment = &event["message"]["attachments"][0];
            let payload: Vec<&String> = attachment["payload"].as_object().unwrap().keys().collect();
            assert_eq!((&attachment["type"], &json!(payload)), (&json!(kind), keys));
        }
    }
    let mut shop = Shop::instagram().await;
    shop.act(json!({"do": "message", "attachment": "ephemeral"})).await;
    assert_eq!(shop.event().await["message"]["attachments"], json!([{"type": "ephemeral"}]));
    shop.act(json!({"do": "message", "unsupported": true})).await;
    assert_eq!(shop.event().await["message"]["is_unsupported"], true);
    let refused = shop.act(json!({"do": "message", "attachment": "location"})).await;
    assert!(refused["error"].as_str().unwrap().contains("location"));
}

#[tokio::test]
async fn a_persons_file_can_be_fetched_where_its_webhook_says() {
    let mut shop = Shop::messenger().await;
    for (kind, content_type, begins) in [
        ("image", "image/png", &b"\x89PNG"[..]),
        ("audio", "audio/wav", b"RIFF"),
        ("file", "application/pdf", b"%PDF"),
    ] {
        shop.act(json!({"do": "message", "attachment": kind})).await;
        let event = shop.event().await;
        let url = event["message"]["attachments"][0]["payload"]["url"].as_str().unwrap();
        let response = shop.meta.client.get(url).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], content_type);
        assert!(response.bytes().await.unwrap().starts_with(begins));
    }
    shop.act(json!({"do": "message", "attachment": "image", "url": "https://x.test/a.png"})).await;
    let event = shop.event().await;
    assert_eq!(event["message"]["attachments"][0]["payload"]["url"], "https://x.test/a.png");
}

#[tokio::test]
async fn reactions_edits_and_unsending_name_their_message() {
    let mut shop = Shop::messenger().await;
    let mid = shop.hello().await;
    shop.act(json!({"do": "react", "mid": mid, "reaction": "love"})).await;
    assert_eq!(
        shop.event().await["reaction"],
        json!({"mid": mid, "action": "react", "reaction": "love", "emoji": "\u{2764}"})
    );
    shop.act(json!({"do": "unreact", "mid": mid})).await;
    assert_eq!(shop.event().await["reaction"], json!({"mid": mid, "action": "unreact"}));
    assert!(shop.act(json!({"do": "react", "mid": mid, "reaction": "laugh"})).await["error"].is_string());
    for edit in 1..=5 {
        shop.act(json!({"do": "edit", "mid": mid, "text": "better"})).await;
        assert_eq!(
            shop.event().await["message_edit"],
            json!({"mid": mid, "text": "better", "num_edit": edit})
        );
    }
    assert!(shop.act(json!({"do": "edit", "mid": mid, "text": "best"})).await["error"].is_string());
    shop.act(json!({"do": "unsend", "mid": mid})).await;
    assert_eq!(shop.event().await["message"], json!({"mid": mid, "is_deleted": true}));
    let kept = shop.meta.control(Method::GET, &format!("/chat/{}", shop.person), &json!({})).await;
    assert_eq!(kept["messages"][0]["content"], json!({}));
    assert!(shop.act(json!({"do": "edit", "mid": mid, "text": "x"})).await["error"].is_string());
}

#[tokio::test]
async fn the_rarer_events_have_their_own_keys_and_senders() {
    let mut shop = Shop::messenger().await;
    let referral = json!({"ref": "r", "source": "SHORTLINK", "type": "OPEN_THREAD"});
    for (act, key, expected, has_sender) in [
        (json!({"do": "referral", "referral": referral}), "referral", referral.clone(), true),
        (
            json!({"do": "optin", "optin": {"ref": "r", "user_ref": "u"}}),
            "optin",
            json!({"ref": "r", "user_ref": "u"}),
            false,
        ),
        (
            json!({"do": "policy", "action": "warning", "reason": "x"}),
            "policy_enforcement",
            json!({"action": "warning", "reason": "x"}),
            false,
        ),
        (
            json!({"do": "account_linking", "status": "linked", "authorization_code": "c"}),
            "account_linking",
            json!({"status": "linked", "authorization_code": "c"}),
            true,
        ),
        (
            json!({"do": "feedback", "feedback": {"feedback_screens": []}}),
            "messaging_feedback",
            json!({"feedback_screens": []}),
            true,
        ),
    ] {
        assert_eq!(shop.act(act).await["sent"], true, "{key}");
        let event = shop.event().await;
        assert_eq!((&event[key], event.get("sender").is_some()), (&expected, has_sender));
    }
    let tapped = shop.act(json!({"do": "postback", "title": "Start", "payload": "P"})).await;
    assert_eq!(
        shop.event().await["postback"],
        json!({"mid": tapped["mid"], "title": "Start", "payload": "P"})
    );
    let mut instagram = Shop::instagram().await;
    instagram.act(json!({"do": "referral", "referral": referral})).await;
    assert_eq!(instagram.event().await["referral"], referral);
    let feedback = instagram.act(json!({"do": "feedback", "feedback": {}})).await;
    assert_eq!(feedback["why"], "no_such_event");
}

#[tokio::test]
async fn the_ad_behind_a_message_is_for_those_who_subscribed_to_referrals() {
    let act = json!({"do": "message", "text": "hi", "referral": {"source": "ADS", "ad_id": "1"}});
    let mut shop = Shop::messenger().await;
    shop.act(act.clone()).await;
    assert_eq!(shop.event().await["message"]["referral"]["ad_id"], "1");
    let mut without = Shop::open(PAGE_BIKES, "messages", "messages").await;
    without.act(act).await;
    let event = without.event().await;
    assert_eq!((&event["message"]["text"], &event["message"]["referral"]), (&json!("hi"), &Value::Null));
}

#[tokio::test]
async fn an_event_without_its_field_on_both_levels_is_not_sent() {
    let shop = Shop::open(PAGE_BIKES, "messages", "messages").await;
    let said = shop.act(json!({"do": "message", "text": "hi"})).await;
    assert_eq!(said["sent"], true);
    let react = json!({"do": "react", "mid": said["mid"], "reaction": "love"});
    assert_eq!(shop.act(react).await["why"], "page_not_subscribed");
    let shop = Shop::open(INSTAGRAM_BIKES, "feed", "messages").await;
    let said = shop.act(json!({"do": "message", "text": "hi"})).await;
    let react = json!({"do": "react", "mid": said["mid"], "reaction": "love"});
    assert_eq!(shop.act(react).await["why"], "app_not_subscribed");
    shop.set(json!({"closed_accounts": INSTAGRAM_BIKES})).await;
    assert_eq!(shop.act(json!({"do": "message", "text": "hi"})).await["why"], "access_off");
    shop.set(json!({"closed_accounts": "", "app_mode": "development"})).await;
    assert_eq!(shop.act(json!({"do": "message", "text": "hi"})).await["why"], "app_in_development");
}

#[tokio::test]
async fn webhooks_can_be_doubled_and_carry_numbers() {
    let mut shop = Shop::messenger().await;
    shop.set(json!({"duplicate_webhooks": true, "numeric_webhook_ids": true})).await;
    shop.act(json!({"do": "message", "text": "hi"})).await;
    let (first, second) = (shop.request().await, shop.request().await);
    assert_eq!(first, second);
    let entry = &first["entry"][0];
    assert_eq!(entry["id"], PAGE_BIKES.parse::<u64>().unwrap());
    assert_eq!(entry["messaging"][0]["sender"]["id"], shop.person.parse::<u64>().unwrap());
}

#[tokio::test]
async fn the_inbox_answers_under_its_own_app() {
    let without = Shop::open(PAGE_BIKES, "messages", "messages").await;
    let said = without.act(json!({"do": "inbox", "text": "We are open"})).await;
    assert_eq!(said["why"], "page_not_subscribed");
    let mut shop = Shop::messenger().await;
    let said = shop.act(json!({"do": "inbox", "text": "We are open"})).await;
    let event = shop.event().await;
    assert_eq!(event["sender"]["id"], PAGE_BIKES);
    assert_eq!(
        event["message"],
        json!({"mid": said["mid"], "text": "We are open", "is_echo": true, "app_id": 26_390_203_743_090_i64})
    );
}

#[tokio::test]
async fn the_dashboards_samples_are_of_nobody_and_in_another_shape() {
    for (mut shop, object) in [(Shop::messenger().await, "page"), (Shop::instagram().await, "instagram")] {
        let test = |field: &str| json!({"object": object, "field": field});
        let path = "/webhooks/test";
        assert_eq!(shop.meta.control(Method::POST, path, &test("messages")).await, json!({"sent": true}));
        let request = shop.request().await;
        assert_eq!((&request["object"], &request["entry"][0]["id"]), (&json!(object), &json!("0")));
        let change = &request["entry"][0]["changes"][0];
        assert_eq!(
            (&change["field"], &change["value"]["timestamp"]),
            (&json!("messages"), &json!("1527459824"))
        );
        assert_eq!(change["value"]["sender"], json!({"id": "12334"}));
        assert_eq!(change["value"]["message"]["mid"], "random_mid");
        let unknown = shop.meta.control(Method::POST, path, &test("moods")).await;
        assert!(unknown["error"].is_string());
    }
    let shop = Shop::instagram().await;
    let unsubscribed = json!({"object": "instagram", "field": "message_echoes"});
    let answer = shop.meta.control(Method::POST, "/webhooks/test", &unsubscribed).await;
    assert_eq!(answer["why"], "app_not_subscribed");
}

#[tokio::test]
async fn conversations_survive_a_new_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.sqlite");
    let first = Meta::with_file(&file).await;
    let maya = json!({"page_id": PAGE_BIKES, "name": "Maya"});
    let begun = first.control(Method::POST, "/chat", &maya).await;
    let path = format!("/chat/{}", begun["person"].as_str().unwrap());
    first.control(Method::POST, &path, &json!({"do": "message", "text": "hello"})).await;
    let second = Meta::with_file(&file).await;
    assert_eq!(second.control(Method::POST, "/chat", &maya).await, begun);
    let kept = second.control(Method::GET, &path, &json!({})).await;
    assert_eq!(kept["messages"][0]["content"], json!({"text": "hello"}));
}
