//! The outcomes of the dialog that depend on the app: its mode, its review, its domains.

use axum::http::StatusCode;
use jetbridge_sandbox::world::{DANA, OMER, PAGE_BIKES};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    APP_ID, Browser, Meta, Page, Receiver, SCOPES, START, VERIFY_TOKEN, problem_of, query_of, text,
};

async fn allow_all(meta: &Meta, person: &str, parameters: &[(&str, &str)]) -> Page {
    let mut browser = Browser::open(meta, parameters);
    browser.submit(&[("step", "login"), ("person", person)]).await;
    let mut form = vec![("step", "permissions"), ("action", "allow")];
    form.extend([("pages_choice", "all"), ("instagram_choice", "all")]);
    form.extend(SCOPES.split(',').map(|scope| ("permission", scope)));
    browser.submit(&form).await
}

async fn set(meta: &Meta, settings: Value) {
    assert_eq!(meta.control(Method::PUT, "/app", &settings).await, json!({"success": true}));
}

fn is_denied(page: &Page) -> bool {
    page.location.as_deref().is_some_and(|to| query_of(to, "error").as_deref() == Some("access_denied"))
}

#[tokio::test]
async fn in_development_a_stranger_gets_to_the_end_and_is_denied() {
    let meta = Meta::start().await;
    set(&meta, json!({"app_mode": "development"})).await;
    let scope = [("scope", SCOPES)];
    let denied = allow_all(&meta, OMER, &scope).await;
    assert!(is_denied(&denied));
    assert_eq!(query_of(&denied.location.unwrap(), "error_code").unwrap(), "200");
    let world = meta.control(Method::GET, "/world", &json!({})).await;
    assert!(world["people"].as_array().unwrap().iter().all(|person| person["connected"] == false));

    let role = format!("/people/{OMER}/app_role");
    meta.control(Method::PUT, &role, &json!({"role": "tester"})).await;
    assert!(query_of(&allow_all(&meta, OMER, &scope).await.location.unwrap(), "code").is_some());
    meta.control(Method::PUT, &role, &json!({"role": null})).await;
    assert!(is_denied(&allow_all(&meta, OMER, &scope).await));
    assert!(meta.control(Method::PUT, &role, &json!({"role": "emperor"})).await["error"].is_string());
}

#[tokio::test]
async fn a_permission_without_advanced_access_denies_strangers_only_when_asked_for() {
    let meta = Meta::start().await;
    set(&meta, json!({"standard_access": "pages_messaging,leads_retrieval"})).await;
    assert!(is_denied(&allow_all(&meta, OMER, &[("scope", SCOPES)]).await));
    let other = allow_all(&meta, OMER, &[("scope", "pages_show_list")]).await;
    assert!(query_of(&other.location.unwrap(), "code").is_some());
}

#[tokio::test]
async fn an_inactive_app_shows_its_own_page_to_strangers() {
    let meta = Meta::start().await;
    set(&meta, json!({"app_mode": "inactive"})).await;
    let mut browser = Browser::open(&meta, &[]);
    let page = browser.submit(&[("step", "login"), ("person", OMER)]).await;
    assert_eq!((problem_of(&page), page.location), (Some("inactive".to_owned()), None));
    meta.control(Method::PUT, &format!("/people/{OMER}/app_role"), &json!({"role": "developer"})).await;
    let page = browser.submit(&[("step", "login"), ("person", OMER)]).await;
    assert_eq!((problem_of(&page), page.status), (None, StatusCode::OK));
}

#[tokio::test]
async fn every_login_can_be_made_to_end_in_one_way() {
    let meta = Meta::start().await;
    set(&meta, json!({"dialog": "access_denied"})).await;
    assert!(is_denied(&allow_all(&meta, OMER, &[]).await));
    set(&meta, json!({"dialog": "unavailable"})).await;
    let page = allow_all(&meta, OMER, &[]).await;
    assert_eq!((problem_of(&page), page.location), (Some("unavailable".to_owned()), None));
    set(&meta, json!({"dialog": "normal"})).await;
    assert!(query_of(&allow_all(&meta, OMER, &[]).await.location.unwrap(), "code").is_some());
}

#[tokio::test]
async fn the_address_back_must_be_secure_and_of_the_apps_domains_when_that_is_on() {
    let meta = Meta::start().await;
    let uris =
        ["http://localhost:1/x", "https://app.test/x", "https://sub.app.test/x", "https://notapp.test/x"];
    let domains = "app.test, localhost";
    set(&meta, json!({"redirect_uris": uris, "enforce_https": true, "app_domains": domains})).await;
    let open = async |uri: &str| problem_of(&Browser::open(&meta, &[("redirect_uri", uri)]).load().await);
    assert_eq!(open("https://app.test/x").await, None);
    assert_eq!(open("https://sub.app.test/x").await, None);
    assert_eq!(open("https://notapp.test/x").await.unwrap(), "domain");
    assert_eq!(open("https://app.test/y").await.unwrap(), "redirect_uri");
    assert_eq!(open("http://localhost:1/x").await.unwrap(), "insecure");
    set(&meta, json!({"app_mode": "development"})).await;
    assert_eq!(open("http://localhost:1/x").await, None);
}

#[tokio::test]
async fn reauthorize_shows_the_choices_again_and_renews_data_access() {
    let meta = Meta::start().await;
    let mut browser = Browser::open(&meta, &[("scope", "pages_show_list")]);
    browser.log_in(OMER).await;
    browser.allow(&[("pages_choice", "all"), ("permission", "pages_show_list")]).await;
    meta.pass(80 * 86_400);
    let mut browser = browser.again(&[("scope", "pages_show_list"), ("auth_type", "reauthorize")]);
    let page = browser.submit(&[("step", "continue"), ("action", "continue")]).await;
    assert!(page.html.contains("name=\"step\" value=\"assets\""));
    let to = browser.allow(&[("pages_choice", "all"), ("permission", "pages_show_list")]).await;
    let token = text(&meta.exchange(&query_of(&to, "code").unwrap()).await["access_token"]);
    assert_eq!(meta.debug(&token).await["data_access_expires_at"], START + 170 * 86_400);
}

#[tokio::test]
async fn a_code_and_a_token_together_come_in_the_fragment() {
    let meta = Meta::start().await;
    set(&meta, json!({"long_code_tokens": true})).await;
    let parameters = [("response_type", "code token granted_scopes")];
    let to = allow_all(&meta, OMER, &parameters).await.location.unwrap();
    let (address, fragment) = to.split_once('#').unwrap();
    assert!(!address.contains("code="));
    let fragment = format!("http://x/?{fragment}");
    for name in ["access_token", "long_lived_token", "code", "granted_scopes", "denied_scopes", "state"] {
        assert!(query_of(&fragment, name).is_some(), "{name}");
    }
    assert!(meta.exchange(&query_of(&fragment, "code").unwrap()).await["access_token"].is_string());
    let long = query_of(&fragment, "long_lived_token").unwrap();
    assert!(meta.debug(&long).await["expires_at"].as_i64().unwrap() > START + 50 * 86_400);
}

#[tokio::test]
async fn developers_may_inspect_tokens_with_their_own() {
    let meta = Meta::start().await;
    let token = meta.short_token(DANA, SCOPES).await;
    let call = [("input_token", token.as_str()), ("access_token", token.as_str())];
    for (role, may) in [("tester", false), ("developer", true), ("administrator", true)] {
        meta.control(Method::PUT, &format!("/people/{DANA}/app_role"), &json!({"role": role})).await;
        assert_eq!(meta.get("/debug_token", &call).await["data"]["is_valid"] == true, may, "{role}");
    }
}

#[tokio::test]
async fn in_development_only_people_with_a_role_cause_webhooks() {
    let meta = Meta::start().await;
    let receiver = Receiver::start(StatusCode::OK).await;
    let user = meta.long_token(OMER, SCOPES).await;
    let page = meta.page_token(&user, PAGE_BIKES).await;
    let call = [("subscribed_fields", "messages"), ("access_token", page.as_str())];
    meta.post(&format!("/{PAGE_BIKES}/subscribed_apps"), &call).await;
    let (app, hook) = (Meta::app_token(), receiver.hook());
    let call = [
        ("object", "page"),
        ("callback_url", hook.as_str()),
        ("verify_token", VERIFY_TOKEN),
        ("fields", "messages"),
        ("access_token", app.as_str()),
    ];
    meta.post(&format!("/{APP_ID}/subscriptions"), &call).await;
    set(&meta, json!({"app_mode": "development"})).await;
    let message = |name: &str| json!({"page_id": PAGE_BIKES, "text": "x", "from_name": name});
    let sent = meta.control(Method::POST, "/send_message", &message("Maya Green")).await;
    assert_eq!(sent, json!({"sent": false, "why": "app_in_development"}));
    meta.control(Method::PUT, &format!("/people/{DANA}/app_role"), &json!({"role": "tester"})).await;
    let sent = meta.control(Method::POST, "/send_message", &message("Dana Levi")).await;
    assert_eq!(sent, json!({"sent": true}));
}
