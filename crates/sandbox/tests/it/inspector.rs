//! The inspector: what it keeps, and what it says about signatures.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Meta, hmac_sha256};

const KEY: &[u8] = b"twenty-four bytes of key";

fn secret() -> String {
    format!("whsec_{}", STANDARD.encode(KEY))
}

async fn hook(meta: &Meta, id: &str, at: i64, key: &[u8], body: &str) {
    let tag = hmac_sha256(key, format!("{id}.{at}.{body}").as_bytes());
    let response = meta
        .client
        .post(format!("{}/inspector/hook", meta.url))
        .header("webhook-id", id)
        .header("webhook-timestamp", at)
        .header("webhook-signature", format!("v1,AAAA v1a,zzz v1,{}", STANDARD.encode(tag)))
        .body(body.to_owned())
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.json::<Value>().await.unwrap(), json!({}));
}

async fn list(meta: &Meta) -> Vec<Value> {
    meta.control(Method::GET, "/inspector", &json!({})).await["list"].as_array().unwrap().clone()
}

#[tokio::test]
async fn signatures_are_verified_over_the_bytes_received() {
    let meta = Meta::start().await;
    meta.control(Method::PUT, "/inspector", &json!({"secret": secret()})).await;
    hook(&meta, "msg_1", meta.now(), KEY, "{\"type\":\"message.received\", \"b\":1,\"a\":\"\\/\"}").await;
    hook(&meta, "msg_2", meta.now(), b"another key", "{}").await;
    hook(&meta, "msg_3", meta.now() - 301, KEY, "{}").await;
    hook(&meta, "msg_1", meta.now(), KEY, "{}").await;
    meta.client.post(format!("{}/inspector/hook", meta.url)).body("no json").send().await.unwrap();

    let list = list(&meta).await;
    let seen: Vec<_> = list
        .iter()
        .rev()
        .map(|entry| (entry["webhook_id"].clone(), entry["verified"].clone(), entry["duplicate"].clone()))
        .collect();
    assert_eq!(
        seen,
        [
            (json!("msg_1"), json!(true), json!(false)),
            (json!("msg_2"), json!(false), json!(false)),
            (json!("msg_3"), json!(false), json!(false)),
            (json!("msg_1"), json!(true), json!(true)),
            (json!(null), json!(false), json!(false)),
        ]
    );
    assert_eq!(list[4]["body"]["type"], "message.received");
    assert_eq!((&list[4]["received_at"], &list[0]["body"]), (&json!(meta.now()), &json!("no json")));

    let page = meta.client.get(format!("{}/inspector", meta.url)).send().await.unwrap().text().await.unwrap();
    for part in ["message.received", "signature verified", "signature invalid", "duplicate"] {
        assert!(page.contains(part), "{part}");
    }
    assert!(!page.contains("http-equiv=\"refresh\""));

    meta.control(Method::DELETE, "/inspector", &json!({})).await;
    assert!(self::list(&meta).await.is_empty());
}

#[tokio::test]
async fn what_came_before_the_secret_is_checked_when_it_comes_and_a_verdict_stays() {
    let meta = Meta::start().await;
    hook(&meta, "msg_1", meta.now(), KEY, "{}").await;
    assert_eq!(list(&meta).await[0]["verdict"], "unchecked");
    meta.control(Method::PUT, "/inspector", &json!({"secret": secret()})).await;
    assert_eq!(list(&meta).await[0]["verified"], true);
    meta.control(Method::PUT, "/inspector", &json!({"secret": "whsec_b3RoZXI="})).await;
    assert_eq!(list(&meta).await[0]["verified"], true);
}

#[tokio::test]
async fn hostile_bodies_are_shown_as_text() {
    let meta = Meta::start().await;
    hook(&meta, "<script>", meta.now(), KEY, "{\"type\":\"<script>alert(1)</script>\"}").await;
    let response = meta.client.get(format!("{}/inspector?refresh=on", meta.url)).send().await.unwrap();
    assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    let page = response.text().await.unwrap();
    assert!(!page.contains("<script>") && page.contains("http-equiv=\"refresh\""));
}
