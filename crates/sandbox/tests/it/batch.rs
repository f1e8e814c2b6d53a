//! Several calls in one.

use jetbridge_sandbox::world::{DANA, PAGE_BIKES, PAGE_CAFE_AURORA, PAGE_ROASTERY};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Meta, SCOPES, error_of};

async fn batch(meta: &Meta, token: &str, calls: &Value, more: &[(&str, &str)]) -> Value {
    let calls = calls.to_string();
    let mut parameters = vec![("access_token", token), ("batch", calls.as_str())];
    parameters.extend_from_slice(more);
    meta.post("/", &parameters).await
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn each_call_of_a_batch_has_its_own_answer() {
    let meta = Meta::start().await;
    let token = meta.long_token(DANA, SCOPES).await;
    let page = meta.page_token(&token, PAGE_CAFE_AURORA).await;
    let calls = json!([
        {"method": "GET", "relative_url": "me?fields=id,name"},
        {"method": "GET", "relative_url": "v25.0/999"},
        {"method": "POST", "relative_url": format!("{PAGE_CAFE_AURORA}/subscribed_apps?access_token={page}"),
         "body": "subscribed_fields=messages"},
        {"method": "GET", "relative_url": format!("{PAGE_CAFE_AURORA}/subscribed_apps?access_token={page}"),
         "omit_response_on_success": true},
    ]);
    let answers = batch(&meta, &token, &calls, &[]).await;
    assert_eq!(answers.as_array().unwrap().len(), 4);
    assert_eq!(answers[0]["code"], 200);
    assert!(body(&answers[0])["name"].is_string());
    assert!(answers[0]["headers"].as_array().unwrap().iter().any(|h| h["name"] == "facebook-api-version"));
    assert_eq!(answers[1]["code"], 400);
    assert_eq!(error_of(&body(&answers[1])), (100, Some(33)));
    assert_eq!(body(&answers[2]), json!({"success": true}));
    assert_eq!(answers[3], Value::Null);
    let bare = batch(&meta, &token, &calls, &[("include_headers", "false")]).await;
    assert!(bare[0].get("headers").is_none());
}

#[tokio::test]
async fn what_is_cut_off_in_a_batch_is_null_and_too_many_are_refused() {
    let meta = Meta::start().await;
    let token = meta.long_token(DANA, SCOPES).await;
    meta.control(Method::POST, "/faults", &json!({"match": "GET /me", "kind": "drop"})).await;
    meta.control(Method::POST, "/faults", &json!({"match": "GET /me", "kind": "error", "code": 4})).await;
    let me = json!({"method": "GET", "relative_url": "me"});
    let answers = batch(&meta, &token, &json!([me, me, me]), &[]).await;
    assert_eq!(answers[0], Value::Null);
    assert_eq!(error_of(&body(&answers[1])).0, 4);
    assert_eq!(answers[2]["code"], 200);
    let many = Value::Array(vec![me; 51]);
    assert_eq!(error_of(&batch(&meta, &token, &many, &[]).await).0, 100);
    assert_eq!(error_of(&batch(&meta, &token, &json!("no list"), &[]).await).0, 100);
}

#[tokio::test]
async fn several_objects_are_read_by_their_ids() {
    let meta = Meta::start().await;
    let token = meta.long_token(DANA, SCOPES).await;
    let ids = format!("{PAGE_CAFE_AURORA},{PAGE_ROASTERY}");
    let parameters = [("ids", ids.as_str()), ("fields", "id,name"), ("access_token", token.as_str())];
    let both = meta.get("/", &parameters).await;
    assert_eq!(both.as_object().unwrap().len(), 2);
    assert_eq!(both[PAGE_ROASTERY]["id"], PAGE_ROASTERY);
    let foreign = format!("{PAGE_CAFE_AURORA},9{PAGE_BIKES}");
    let refused = meta.get("/", &[("ids", foreign.as_str()), ("access_token", token.as_str())]).await;
    assert_eq!(error_of(&refused).0, 100);
    assert!(meta.get("/", &[("access_token", token.as_str())]).await["error"].is_object());
}
