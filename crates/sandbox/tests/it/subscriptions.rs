//! Webhooks: both levels of subscription, and what is sent.

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jetbridge_sandbox::world::{
    DANA, INSTAGRAM_BIKES, OMER, PAGE_BIKES, PAGE_CAFE_AURORA, PAGE_EVENTS, PAGE_HEBREW, PAGE_YOGA, TAMAR,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{APP_ID, APP_SECRET, Meta, Receiver, SCOPES, VERIFY_TOKEN, error_of, hmac_sha256, text};

async fn page_post(meta: &Meta, page: &str, token: &str, fields: &str) -> Value {
    let call = [("subscribed_fields", fields), ("access_token", token)];
    meta.post(&format!("/{page}/subscribed_apps"), &call).await
}

async fn page_fields(meta: &Meta, page: &str, token: &str) -> Value {
    let answer = meta.get(&format!("/{page}/subscribed_apps"), &[("access_token", token)]).await;
    answer["data"].clone()
}

async fn app_post(meta: &Meta, object: &str, callback: &str, verify: &str, fields: &str) -> Value {
    let app = Meta::app_token();
    let call = [
        ("object", object),
        ("callback_url", callback),
        ("verify_token", verify),
        ("fields", fields),
        ("include_values", "true"),
        ("access_token", app.as_str()),
    ];
    meta.post(&format!("/{APP_ID}/subscriptions"), &call).await
}

#[tokio::test]
async fn a_page_subscription_is_replaced_read_back_and_removed() {
    let meta = Meta::start().await;
    let user = meta.long_token(OMER, SCOPES).await;
    let token = meta.page_token(&user, PAGE_BIKES).await;
    assert_eq!(page_fields(&meta, PAGE_BIKES, &token).await, json!([]));
    assert_eq!(page_post(&meta, PAGE_BIKES, &token, "messages,feed").await, json!({"success": true}));
    assert_eq!(
        page_post(&meta, PAGE_BIKES, &token, "[\"feed\",\"mention\"]").await,
        json!({"success": true})
    );
    let rows = page_fields(&meta, PAGE_BIKES, &token).await;
    assert_eq!((&rows[0]["id"], &rows[0]["name"]), (&json!(APP_ID), &json!("Test App")));
    assert_eq!(rows[0]["subscribed_fields"], json!(["feed", "mention"]));
    let path = format!("/{PAGE_BIKES}/subscribed_apps");
    assert_eq!(meta.delete(&path, &[("access_token", &token)]).await, json!({"success": true}));
    assert_eq!(page_fields(&meta, PAGE_BIKES, &token).await, json!([]));
}

#[tokio::test]
async fn a_page_subscription_needs_the_pages_token_fields_permission_and_task() {
    let meta = Meta::start().await;
    let user = meta.long_token(OMER, SCOPES).await;
    let token = meta.page_token(&user, PAGE_BIKES).await;
    assert_eq!(error_of(&page_post(&meta, PAGE_BIKES, &user, "feed").await).0, 210);
    assert_eq!(error_of(&page_post(&meta, PAGE_CAFE_AURORA, &token, "feed").await).0, 210);
    let path = format!("/{PAGE_BIKES}/subscribed_apps");
    assert_eq!(error_of(&meta.post(&path, &[("access_token", &token)]).await).0, 100);
    for instagram_field in ["comments", "messaging_seen", "message_edit", "story_insights"] {
        assert_eq!(error_of(&page_post(&meta, PAGE_BIKES, &token, instagram_field).await).0, 100);
    }
    assert_eq!(error_of(&page_post(&meta, PAGE_BIKES, &token, "leadgen").await).0, 200);
    meta.delete("/me/permissions/pages_manage_metadata", &[("access_token", &user)]).await;
    assert_eq!(error_of(&page_post(&meta, PAGE_BIKES, &token, "feed").await).0, 200);
}

#[tokio::test]
async fn messaging_alone_is_a_task_with_a_token_but_without_subscriptions() {
    let meta = Meta::start().await;
    let role = format!("/people/{TAMAR}/pages/{PAGE_YOGA}");
    meta.control(Method::PUT, &role, &json!({"tasks": ["MESSAGING"]})).await;
    let user = meta.long_token(TAMAR, SCOPES).await;
    let token = meta.page_token(&user, PAGE_YOGA).await;
    assert_eq!(error_of(&page_post(&meta, PAGE_YOGA, &token, "feed").await).0, 200);
    meta.control(Method::PUT, &role, &json!({"tasks": ["PROFILE_PLUS_MODERATE"]})).await;
    assert_eq!(page_post(&meta, PAGE_YOGA, &token, "feed").await, json!({"success": true}));
}

#[tokio::test]
async fn a_callback_must_answer_the_challenge() {
    let meta = Meta::start().await;
    let receiver = Receiver::start(StatusCode::OK).await;
    let liar = format!("{}/liar", receiver.url);
    for (callback, verify) in [
        (receiver.hook().as_str(), "wrong"),
        (liar.as_str(), VERIFY_TOKEN),
        ("http://127.0.0.1:9/nobody", VERIFY_TOKEN),
    ] {
        let answer = app_post(&meta, "page", callback, verify, "feed").await;
        assert_eq!(error_of(&answer).0, 2200, "{callback}");
    }
    let path = format!("/{APP_ID}/subscriptions");
    let app = Meta::app_token();
    assert_eq!(meta.get(&path, &[("access_token", &app)]).await, json!({"data": []}));

    let answer = app_post(&meta, "page", &receiver.hook(), VERIFY_TOKEN, "feed,messages").await;
    assert_eq!(answer, json!({"success": true}));
    assert_eq!(
        meta.get(&path, &[("access_token", &app)]).await["data"],
        json!([{"object": "page", "callback_url": receiver.hook(), "active": true, "fields":
            [{"name": "feed", "version": "v25.0"}, {"name": "messages", "version": "v25.0"}]}])
    );
    meta.delete(&path, &[("object", "page"), ("fields", "feed"), ("access_token", &app)]).await;
    let left = meta.get(&path, &[("access_token", &app)]).await["data"][0]["fields"].clone();
    assert_eq!(left.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn app_subscriptions_need_the_app_token_and_known_names() {
    let meta = Meta::start().await;
    let user = meta.long_token(OMER, SCOPES).await;
    let path = format!("/{APP_ID}/subscriptions");
    for method in [Method::GET, Method::POST, Method::DELETE] {
        let answer = meta.send(method, &path, &[("access_token", &user)]).await.json().await.unwrap();
        assert_eq!(error_of(&answer).0, 15);
    }
    assert_eq!(error_of(&app_post(&meta, "banana", "http://x.test", "v", "feed").await).0, 100);
    assert_eq!(error_of(&app_post(&meta, "page", "http://x.test", "v", "story_insights").await).0, 100);
    assert_eq!(error_of(&app_post(&meta, "instagram", "http://x.test", "v", "feed").await).0, 100);
}

async fn send_message(meta: &Meta, to: &str, text: &str) -> Value {
    let body = json!({"page_id": to, "text": text, "from_name": "Maya"});
    meta.control(Method::POST, "/send_message", &body).await
}

#[tokio::test]
async fn a_message_is_sent_only_when_both_levels_are_subscribed_and_is_signed_as_sent() {
    let meta = Meta::start().await;
    let mut receiver = Receiver::start(StatusCode::OK).await;
    let user = meta.long_token(DANA, SCOPES).await;
    let token = meta.page_token(&user, PAGE_HEBREW).await;
    assert_eq!(send_message(&meta, PAGE_HEBREW, "x").await["why"], "app_not_subscribed");
    app_post(&meta, "page", &receiver.hook(), VERIFY_TOKEN, "messages").await;
    page_post(&meta, PAGE_HEBREW, &token, "feed").await;
    assert_eq!(send_message(&meta, PAGE_HEBREW, "x").await["why"], "page_not_subscribed");
    page_post(&meta, PAGE_HEBREW, &token, "messages").await;
    assert_eq!(send_message(&meta, PAGE_HEBREW, "שלום / \u{1f600}").await["sent"], true);

    let (headers, body) = receiver.received.recv().await.unwrap();
    let raw = std::str::from_utf8(&body).unwrap();
    assert!(raw.is_ascii() && raw.contains("\\u05e9") && raw.contains(" \\/ \\ud83d\\ude00"), "{raw}");
    let expected = format!("sha256={}", hex::encode(hmac_sha256(APP_SECRET.as_bytes(), &body)));
    assert_eq!(headers["x-hub-signature-256"], expected);
    assert!(headers["x-hub-signature"].to_str().unwrap().starts_with("sha1="));
    let event: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&event["object"], &event["entry"][0]["id"]), (&json!("page"), &json!(PAGE_HEBREW)));
    let message = &event["entry"][0]["messaging"][0];
    assert_eq!(message["message"]["text"], "שלום / \u{1f600}");
    // Milliseconds; the two that were not sent were said before it.
    assert_eq!(message["timestamp"], meta.now() * 1000 + 2);
    assert!(text(&message["message"]["mid"]).starts_with("m_"));

    // The same visitor keeps the same id; Instagram gives them another one.
    let sender = message["sender"]["id"].clone();
    send_message(&meta, PAGE_HEBREW, "again").await;
    let (_, body) = receiver.received.recv().await.unwrap();
    let event: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(event["entry"][0]["messaging"][0]["sender"]["id"], sender);
}

#[tokio::test]
async fn an_instagram_message_needs_the_apps_field_and_any_subscription_of_the_page() {
    let meta = Meta::start().await;
    let mut receiver = Receiver::start(StatusCode::OK).await;
    let user = meta.long_token(OMER, SCOPES).await;
    let token = meta.page_token(&user, PAGE_BIKES).await;
    app_post(&meta, "instagram", &receiver.hook(), VERIFY_TOKEN, "messages").await;
    assert_eq!(send_message(&meta, INSTAGRAM_BIKES, "x").await["why"], "page_not_subscribed");
    page_post(&meta, PAGE_BIKES, &token, "feed").await;
    assert_eq!(send_message(&meta, INSTAGRAM_BIKES, "x").await["sent"], true);
    let (_, body) = receiver.received.recv().await.unwrap();
    let event: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&event["object"], &event["entry"][0]["id"]), (&json!("instagram"), &json!(INSTAGRAM_BIKES)));
}

#[tokio::test]
async fn an_hour_of_failures_unsubscribes_the_page() {
    let meta = Meta::start().await;
    let receiver = Receiver::start(StatusCode::INTERNAL_SERVER_ERROR).await;
    let user = meta.long_token(OMER, SCOPES).await;
    let token = meta.page_token(&user, PAGE_BIKES).await;
    app_post(&meta, "page", &receiver.hook(), VERIFY_TOKEN, "messages").await;
    page_post(&meta, PAGE_BIKES, &token, "messages").await;
    send_message(&meta, PAGE_BIKES, "x").await;
    for _ in 0..9 {
        meta.control(Method::POST, "/webhooks/deliver", &json!({})).await;
        assert_ne!(page_fields(&meta, PAGE_BIKES, &token).await, json!([]));
        meta.pass(399);
    }
    meta.pass(7_200);
    meta.control(Method::POST, "/webhooks/deliver", &json!({})).await;
    assert_eq!(page_fields(&meta, PAGE_BIKES, &token).await, json!([]));
    let world = meta.control(Method::GET, "/world", &json!({})).await;
    assert_eq!(world["webhooks"][0]["state"], "dropped");
}

#[tokio::test]
async fn removing_the_app_calls_the_deauthorise_callback() {
    let meta = Meta::start().await;
    let mut receiver = Receiver::start(StatusCode::OK).await;
    meta.control(Method::PUT, "/app", &json!({"deauthorize_url": receiver.hook()})).await;
    meta.long_token(OMER, SCOPES).await;
    meta.control(Method::POST, &format!("/people/{OMER}/tokens"), &json!({"kind": "app_removed"})).await;
    let (headers, body) = receiver.received.recv().await.unwrap();
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&body).into_owned().collect();
    assert_eq!(form[0].0, "signed_request");
    let (signature, payload) = form[0].1.split_once('.').unwrap();
    let expected = hmac_sha256(APP_SECRET.as_bytes(), payload.as_bytes());
    assert_eq!(URL_SAFE_NO_PAD.decode(signature).unwrap(), expected);
    let payload: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap();
    assert_eq!((&payload["algorithm"], &payload["user_id"]), (&json!("HMAC-SHA256"), &json!(OMER)));
}

#[tokio::test]
async fn fields_can_be_added_and_success_be_a_text() {
    let meta = Meta::start().await;
    let user = meta.long_token(OMER, SCOPES).await;
    let token = meta.page_token(&user, PAGE_BIKES).await;
    page_post(&meta, PAGE_BIKES, &token, "messages").await;
    meta.control(Method::PUT, "/app", &json!({"add_fields": true, "success_as_text": true})).await;
    assert_eq!(page_post(&meta, PAGE_BIKES, &token, "feed").await, json!({"success": "true"}));
    let rows = page_fields(&meta, PAGE_BIKES, &token).await;
    assert_eq!(rows[0]["subscribed_fields"], json!(["feed", "messages"]));

    let receiver = Receiver::start(StatusCode::OK).await;
    for fields in ["feed", "messages"] {
        app_post(&meta, "page", &receiver.hook(), VERIFY_TOKEN, fields).await;
    }
    let app = Meta::app_token();
    let rows = meta.get(&format!("/{APP_ID}/subscriptions"), &[("access_token", &app)]).await;
    assert_eq!(rows["data"][0]["fields"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_page_of_the_new_experience_asks_for_its_token_in_other_words() {
    let meta = Meta::start().await;
    let user = meta.long_token(DANA, SCOPES).await;
    let path = format!("/{PAGE_EVENTS}/subscribed_apps");
    assert_eq!(error_of(&page_post(&meta, PAGE_EVENTS, &user, "feed").await), (190, Some(2_069_032)));
    assert_eq!(error_of(&meta.delete(&path, &[("access_token", &user)]).await), (190, Some(2_069_032)));
    assert_eq!(error_of(&meta.get(&path, &[("access_token", &user)]).await), (210, None));
    assert_eq!(error_of(&page_post(&meta, PAGE_CAFE_AURORA, &user, "feed").await), (210, None));
}
