//! The usage headers, on right answers and on throttled ones.

use jetbridge_sandbox::world::{OMER, PAGE_BIKES};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Meta, SCOPES, error_of};

fn header(response: &reqwest::Response, name: &str) -> Option<Value> {
    let value = response.headers().get(name)?;
    Some(serde_json::from_slice(value.as_bytes()).unwrap())
}

#[tokio::test]
async fn usage_is_told_once_there_is_some_and_per_kind_of_token() {
    let meta = Meta::start().await;
    let user = meta.long_token(OMER, SCOPES).await;
    let page = meta.page_token(&user, PAGE_BIKES).await;
    let me = async |token: &str| meta.send(Method::GET, "/me", &[("access_token", token)]).await;
    assert_eq!(header(&me(&user).await, "x-app-usage"), None);
    meta.control(Method::PUT, "/app", &json!({"usage_percent": 95, "regain_minutes": 7})).await;
    let percents = json!({"call_count": 95, "total_cputime": 95, "total_time": 95});
    let response = me(&user).await;
    assert_eq!(header(&response, "x-app-usage"), Some(percents.clone()));
    assert_eq!(header(&response, "x-page-usage"), None);
    let response = me(&page).await;
    assert_eq!(header(&response, "x-page-usage"), Some(percents));
    let business = header(&response, "x-business-use-case-usage").unwrap();
    assert_eq!(business[PAGE_BIKES][0]["type"], "pages");
    assert_eq!(business[PAGE_BIKES][0]["estimated_time_to_regain_access"], 7);

    let fault = json!({"match": "GET /me", "kind": "error", "code": 80001});
    meta.control(Method::POST, "/faults", &fault).await;
    let response = me(&page).await;
    assert!(header(&response, "x-business-use-case-usage").is_some());
    assert!(!response.headers().contains_key("retry-after"));
    let body: Value = response.json().await.unwrap();
    assert_eq!((error_of(&body).0, &body["error"]["is_transient"]), (80001, &json!(true)));
}
