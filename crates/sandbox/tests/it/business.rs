//! Facebook Login for Business: configurations, system users, businesses and their Pages.

use axum::http::StatusCode;
use jetbridge_sandbox::world::{
    BUSINESS_AURORA, DANA, INSTAGRAM_CAFE_AURORA, OMER, PAGE_BIKES, PAGE_CAFE_AURORA, PAGE_EVENTS,
    PAGE_ROASTERY,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    APP_ID, APP_SECRET, Browser, Meta, REDIRECT, Receiver, VERIFY_TOKEN, error_of, hmac_sha256, problem_of,
    query_of, text,
};

const SYSTEM: &str = "900000000000001";
const USER: &str = "900000000000002";
const PERMISSIONS: [&str; 4] =
    ["pages_show_list", "pages_manage_metadata", "business_management", "instagram_basic"];

async fn start() -> Meta {
    let meta = Meta::start().await;
    for (id, token) in [(SYSTEM, "system_user"), (USER, "user")] {
        let configuration = json!({"id": id, "name": "x", "token": token, "permissions": PERMISSIONS});
        let answer = meta.control(Method::POST, "/configurations", &configuration).await;
        assert_eq!(answer, json!({"success": true}));
    }
    meta
}

/// All permissions and some Pages, for a business if one is named.
fn answers<'a>(business: Option<&'a str>, pages: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    let mut answers = vec![("pages_choice", "selected"), ("instagram_choice", "all")];
    answers.extend(pages.iter().map(|page| ("page", *page)));
    answers.extend(PERMISSIONS.map(|permission| ("permission", permission)));
    answers.extend(business.map(|business| ("business", business)));
    answers
}

async fn system_token(meta: &Meta, pages: &[&str]) -> String {
    let mut browser = Browser::open(meta, &[("config_id", SYSTEM)]);
    browser.log_in(DANA).await;
    let to = browser.allow(&answers(Some(BUSINESS_AURORA), pages)).await;
    text(&meta.exchange(&query_of(&to, "code").unwrap()).await["access_token"])
}

#[tokio::test]
async fn a_configuration_asks_for_its_own_permissions_and_gives_all_or_nothing() {
    let meta = start().await;
    // `scope` is not even looked at.
    let mut browser = Browser::open(&meta, &[("config_id", USER), ("scope", "pages_fly")]);
    let page = browser.log_in(DANA).await;
    assert!(page.html.contains("name=\"step\" value=\"assets\""));
    let page = browser.submit(&[("step", "assets"), ("action", "next")]).await;
    assert!(page.html.contains("permission-business_management"));
    assert!(page.html.contains("All of them are needed"));
    let partly = [("pages_choice", "all"), ("permission", "pages_show_list")];
    let to = browser.allow(&partly).await;
    assert_eq!(query_of(&to, "error").unwrap(), "access_denied");
    let world = meta.control(Method::GET, "/world", &json!({})).await;
    assert_eq!(world["people"][0]["connected"], false);

    let to = browser.allow(&answers(None, &[PAGE_ROASTERY])).await;
    let token = text(&meta.exchange(&query_of(&to, "code").unwrap()).await["access_token"]);
    let seen = meta.debug(&token).await;
    assert_eq!((&seen["type"], &seen["user_id"]), (&json!("USER"), &json!(DANA)));
    let me = meta.get("/me", &[("fields", "client_business_id"), ("access_token", &token)]).await;
    assert!(me.get("client_business_id").is_none());
}

#[tokio::test]
async fn a_configuration_is_checked_shown_and_removed() {
    let meta = start().await;
    for wrong in [
        json!({"id": "x", "token": "user", "permissions": PERMISSIONS}),
        json!({"id": "1", "token": "robot", "permissions": PERMISSIONS}),
        json!({"id": "1", "token": "user", "permissions": ["pages_fly"]}),
        json!({"id": "1", "token": "user", "permissions": ["email"]}),
    ] {
        let answer = meta.control(Method::POST, "/configurations", &wrong).await;
        assert!(answer["error"].is_string(), "{wrong}");
    }
    let list = meta.control(Method::GET, "/configurations", &json!({})).await;
    assert_eq!(list["list"].as_array().unwrap().len(), 2);
    meta.control(Method::DELETE, &format!("/configurations/{USER}"), &json!({})).await;
    let page = Browser::open(&meta, &[("config_id", USER)]).load().await;
    assert_eq!(problem_of(&page).unwrap(), "config");
    let implicit = [("config_id", SYSTEM), ("response_type", "token")];
    assert_eq!(problem_of(&Browser::open(&meta, &implicit).load().await).unwrap(), "response_type");
}

#[tokio::test]
async fn the_page_of_settings_makes_and_removes_configurations() {
    let meta = Meta::start().await;
    let url = format!("{}/sandbox/configurations", meta.url);
    let form = [
        ("action", "save"),
        ("id", "7"),
        ("name", "By hand"),
        ("token", "system_user"),
        ("permissions", "pages_show_list, pages_messaging"),
        ("expires_in_60_days", "on"),
    ];
    assert_eq!(meta.client.post(&url).form(&form).send().await.unwrap().status(), 303);
    let list = async || meta.control(Method::GET, "/configurations", &json!({})).await["list"].clone();
    assert_eq!(
        list().await,
        json!([{"id": "7", "name": "By hand", "token": "system_user", "expires_in_60_days": true,
            "permissions": ["pages_show_list", "pages_messaging"]}])
    );
    meta.client.post(&url).form(&[("action", "remove"), ("id", "7")]).send().await.unwrap();
    assert_eq!(list().await, json!([]));
}

#[tokio::test]
async fn a_system_user_acts_for_the_business_on_the_delegated_pages() {
    let meta = start().await;
    let token = system_token(&meta, &[PAGE_CAFE_AURORA]).await;
    let call = [("access_token", token.as_str())];
    let me = meta.get("/me", &[("fields", "client_business_id,name"), call[0]]).await;
    assert_eq!(me["client_business_id"], BUSINESS_AURORA);
    assert_ne!(me["id"], DANA);
    let accounts = meta.get("/me/accounts", &call).await;
    assert_eq!(accounts["data"].as_array().unwrap().len(), 1);
    let page = text(&accounts["data"][0]["access_token"]);
    assert_eq!(meta.debug(&page).await["expires_at"], 0);

    let seen = meta.debug(&token).await;
    assert_eq!((&seen["type"], &seen["expires_at"]), (&json!("SYSTEM_USER"), &json!(0)));
    let granular = seen["granular_scopes"].as_array().unwrap();
    assert!(granular.contains(&json!({"scope": "business_management", "target_ids": [BUSINESS_AURORA]})));
    assert!(granular.contains(&json!({"scope": "pages_show_list", "target_ids": [PAGE_CAFE_AURORA]})));
    meta.pass(400 * 86_400);
    assert_eq!(meta.get("/me", &call).await["id"], me["id"]);
    assert_eq!(error_of(&meta.lengthen(&token).await).0, 100);
}

#[tokio::test]
async fn a_token_of_a_system_user_has_no_end_unless_the_configuration_gives_one() {
    let meta = start().await;
    let mut browser = Browser::open(&meta, &[("config_id", SYSTEM)]);
    browser.log_in(DANA).await;
    let to = browser.allow(&answers(Some(BUSINESS_AURORA), &[PAGE_ROASTERY])).await;
    assert!(meta.exchange(&query_of(&to, "code").unwrap()).await.get("expires_in").is_none());
    let configuration = json!({
        "id": SYSTEM, "token": "system_user", "permissions": PERMISSIONS, "expires_in_60_days": true,
    });
    meta.control(Method::POST, "/configurations", &configuration).await;
    let to = browser.allow(&answers(Some(BUSINESS_AURORA), &[PAGE_ROASTERY])).await;
    let answer = meta.exchange(&query_of(&to, "code").unwrap()).await;
    assert_eq!(answer["expires_in"], 60 * 86_400);
}

#[tokio::test]
async fn who_has_no_business_makes_one_on_the_way() {
    let meta = start().await;
    let mut browser = Browser::open(&meta, &[("config_id", SYSTEM)]);
    let page = browser.log_in(OMER).await;
    assert!(page.html.contains("name=\"step\" value=\"business\"") && page.html.contains("no business yet"));
    let create = |name: &'static str| [("step", "business"), ("action", "create"), ("business_name", name)];
    assert_eq!(browser.submit(&create(" ")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = browser.submit(&create("Bikes Ltd")).await;
    let (_, rest) = page.html.split_once("name=\"business\" value=\"").unwrap();
    let business = rest.split('"').next().unwrap().to_owned();
    assert!(page.html.contains("name=\"step\" value=\"assets\""));
    let form =
        [("step", "assets"), ("action", "next"), ("business", business.as_str()), ("page", PAGE_BIKES)];
    let page = browser.submit(&form).await;
    assert!(page.html.contains(&format!("type=\"hidden\" name=\"business\" value=\"{business}\"")));
    // Somebody else's business is not taken.
    let mut form = answers(Some(BUSINESS_AURORA), &[PAGE_BIKES]);
    form.extend([("step", "permissions"), ("action", "allow")]);
    assert_eq!(browser.submit(&form).await.location, None);
    let to = browser.allow(&answers(Some(&business), &[PAGE_BIKES])).await;
    assert!(query_of(&to, "code").is_some());
}

#[tokio::test]
async fn an_overridden_response_type_frees_the_exchange_of_its_redirect_uri() {
    let meta = start().await;
    let exchange = async |code: &str| {
        let call = [("client_id", APP_ID), ("client_secret", APP_SECRET), ("code", code)];
        meta.get("/oauth/access_token", &call).await
    };
    for (overridden, works) in [("true", true), ("false", false)] {
        let parameters = [("config_id", SYSTEM), ("override_default_response_type", overridden)];
        let mut browser = Browser::open(&meta, &parameters);
        browser.log_in(DANA).await;
        let to = browser.allow(&answers(Some(BUSINESS_AURORA), &[PAGE_ROASTERY])).await;
        let answer = exchange(&query_of(&to, "code").unwrap()).await;
        assert_eq!(answer["access_token"].is_string(), works, "{answer}");
    }
}

#[tokio::test]
async fn more_tokens_of_a_system_user_reach_as_far_or_less() {
    let meta = start().await;
    let token = system_token(&meta, &[PAGE_CAFE_AURORA, PAGE_ROASTERY]).await;
    let path = format!("/{BUSINESS_AURORA}/system_user_access_tokens");
    let proof = hex::encode(hmac_sha256(APP_SECRET.as_bytes(), token.as_bytes()));
    let ask = async |more: &[(&str, &str)]| {
        let mut call = vec![("access_token", token.as_str()), ("appsecret_proof", proof.as_str())];
        call.extend_from_slice(more);
        meta.post(&path, &call).await
    };
    assert_eq!(text(&ask(&[("fetch_only", "true")]).await["access_token"]), token);
    let second = text(&ask(&[("set_token_expires_in_60_days", "true")]).await["access_token"]);
    assert_eq!(meta.debug(&second).await["expires_at"], meta.now() + 60 * 86_400);
    let narrow = [("asset", PAGE_ROASTERY), ("scope", "[\"pages_show_list\",\"business_management\"]")];
    let narrow = text(&ask(&narrow).await["access_token"]);
    let accounts = meta.get("/me/accounts", &[("fields", "id"), ("access_token", &narrow)]).await;
    assert_eq!(accounts["data"], json!([{"id": PAGE_ROASTERY}]));
    let scopes = meta.debug(&narrow).await["scopes"].clone();
    assert_eq!(scopes, json!(["business_management", "pages_show_list", "public_profile"]));

    assert_eq!(error_of(&ask(&[("scope", "ads_read")]).await).0, 100);
    assert_eq!(error_of(&ask(&[("asset", PAGE_EVENTS)]).await).0, 100);
    assert_eq!(error_of(&ask(&[("system_user_id", DANA)]).await).0, 100);
    assert_eq!(error_of(&meta.post(&path, &[("access_token", &token)]).await).0, 100);
    let person = meta.long_token(DANA, "business_management,pages_show_list").await;
    assert_eq!(error_of(&meta.post(&path, &[("access_token", &person)]).await).0, 200);
    assert_eq!(error_of(&meta.get("/1030/owned_pages", &[("access_token", &token)]).await), (100, Some(33)));
}

#[tokio::test]
async fn installing_and_removing_is_told_by_webhooks() {
    let meta = start().await;
    let mut receiver = Receiver::start(StatusCode::OK).await;
    let (app, hook) = (Meta::app_token(), receiver.hook());
    let call = [
        ("object", "application"),
        ("callback_url", hook.as_str()),
        ("verify_token", VERIFY_TOKEN),
        ("fields", "business_integration_install,business_integration_uninstall"),
        ("access_token", app.as_str()),
    ];
    assert_eq!(meta.post(&format!("/{APP_ID}/subscriptions"), &call).await, json!({"success": true}));
    let token = system_token(&meta, &[PAGE_ROASTERY]).await;
    let change = async |receiver: &mut Receiver| {
        let (_, body) = receiver.received.recv().await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!((&body["object"], &body["entry"][0]["id"]), (&json!("application"), &json!(APP_ID)));
        body["entry"][0]["changes"][0].clone()
    };
    assert_eq!(
        change(&mut receiver).await,
        json!({"field": "business_integration_install",
            "value": {"business_manager_id": BUSINESS_AURORA, "tp_config_id": SYSTEM}})
    );
    let user = text(&meta.get("/me", &[("access_token", &token)]).await["id"]);
    meta.control(Method::POST, &format!("/people/{user}/tokens"), &json!({"kind": "app_removed"})).await;
    let gone = change(&mut receiver).await;
    assert_eq!(gone["field"], "business_integration_uninstall");
    assert_eq!(error_of(&meta.get("/me", &[("access_token", &token)]).await), (190, Some(458)));
    let page = meta.client.get(&meta.url).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("System user of Aurora Group"));
}

#[tokio::test]
async fn businesses_list_the_pages_they_own_and_work_for() {
    let meta = Meta::start().await;
    let token = meta.long_token(DANA, "pages_show_list,business_management").await;
    let call = [("fields", "id"), ("access_token", token.as_str())];
    let whole = [("access_token", token.as_str())];
    assert_eq!(
        meta.get("/me/businesses", &whole).await["data"],
        json!([{"id": BUSINESS_AURORA, "name": "Aurora Group"}])
    );
    let path = |edge: &str| format!("/{BUSINESS_AURORA}/{edge}");
    assert_eq!(
        meta.get(&path("owned_pages"), &call).await["data"],
        json!([{"id": PAGE_CAFE_AURORA}, {"id": PAGE_ROASTERY}])
    );
    let client = meta.get(&path("client_pages"), &whole).await["data"][0].clone();
    assert_eq!(client["id"], PAGE_EVENTS);
    assert!(client["access_token"].is_string());
    assert_eq!(error_of(&meta.get(&path("nonsense"), &whole).await).0, 2500);
    let owner = meta.get(&format!("/{PAGE_ROASTERY}"), &[("fields", "business"), whole[0]]).await;
    assert_eq!(owner["business"]["id"], BUSINESS_AURORA);

    let input = json!({"name": "Wheels", "person_ids": [OMER], "owned_pages": [PAGE_BIKES]});
    let made = meta.control(Method::POST, "/businesses", &input).await;
    let other = meta.long_token(OMER, "business_management").await;
    let found = meta.get(&format!("/{}", text(&made["id"])), &[("access_token", &other)]).await;
    assert_eq!(found["name"], "Wheels");
    assert_eq!(error_of(&meta.get(&path("owned_pages"), &[("access_token", &other)]).await), (100, Some(33)));
    meta.delete("/me/permissions/business_management", &[("access_token", &other)]).await;
    assert_eq!(error_of(&meta.get("/me/businesses", &[("access_token", &other)]).await).0, 200);
}

#[tokio::test]
async fn a_role_through_a_business_needs_the_permissions_for_businesses() {
    let meta = Meta::start().await;
    let role = format!("/people/{DANA}/pages/{PAGE_CAFE_AURORA}");
    let input = json!({"tasks": ["MANAGE", "MESSAGING"], "through_business": true});
    meta.control(Method::PUT, &role, &input).await;
    let listed = async |scopes: &str| {
        let token = meta.long_token(DANA, scopes).await;
        let call = [("fields", "id,instagram_business_account"), ("access_token", token.as_str())];
        let answer = meta.get("/me/accounts", &call).await;
        answer["data"].as_array().unwrap().iter().find(|page| page["id"] == PAGE_CAFE_AURORA).cloned()
    };
    assert_eq!(listed("pages_show_list,instagram_basic").await, None);
    let bare = listed("pages_show_list,instagram_basic,business_management").await;
    assert_eq!(bare, Some(json!({"id": PAGE_CAFE_AURORA})));
    let whole = listed("pages_show_list,instagram_basic,business_management,ads_read").await.unwrap();
    assert_eq!(whole["instagram_business_account"]["id"], INSTAGRAM_CAFE_AURORA);
}

#[tokio::test]
async fn a_client_code_hands_a_long_token_on() {
    let meta = Meta::start().await;
    let short = meta.short_token(OMER, "pages_show_list").await;
    let long = meta.long_token(OMER, "pages_show_list").await;
    let ask = async |token: &str, redirect: &str, secret: &str| {
        let call = [
            ("client_id", APP_ID),
            ("client_secret", secret),
            ("redirect_uri", redirect),
            ("access_token", token),
        ];
        meta.get("/oauth/client_code", &call).await
    };
    let code = text(&ask(&long, REDIRECT, APP_SECRET).await["code"]);
    let answer = meta.exchange(&code).await;
    assert!(answer["expires_in"].as_i64().unwrap() > 50 * 86_400);
    assert_ne!(answer["access_token"], long);
    assert_eq!(error_of(&ask(&short, REDIRECT, APP_SECRET).await).0, 100);
    assert_eq!(error_of(&ask(&long, "http://evil.test/", APP_SECRET).await).0, 100);
    assert_eq!(error_of(&ask(&long, REDIRECT, "wrong").await).0, 1);
}
