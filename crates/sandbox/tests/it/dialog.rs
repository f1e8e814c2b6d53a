//! The login dialog: who may use it, what it asks, and how it ends.

use axum::http::StatusCode;
use jetbridge_sandbox::world::{
    DANA, INSTAGRAM_CAFE_AURORA, INSTAGRAM_PERSONAL, LIOR, NOA, OMER, PAGE_BIKES, PAGE_CAFE_AURORA,
    PAGE_HEBREW, PAGE_ROASTERY,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{APP_ID, Browser, Meta, REDIRECT, SCOPES, query_of, text};

async fn refusal(meta: &Meta, parameters: &[(&str, &str)]) -> String {
    let page = Browser::open(meta, parameters).load().await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert_eq!(page.location, None);
    let (_, rest) = page.html.split_once("data-problem=\"").unwrap();
    rest.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_wrong_request_gets_a_page_and_no_redirect() {
    let meta = Meta::start().await;
    assert_eq!(refusal(&meta, &[("client_id", "999")]).await, "app");
    assert_eq!(refusal(&meta, &[("redirect_uri", "http://evil.test/")]).await, "redirect_uri");
    assert_eq!(refusal(&meta, &[("scope", "pages_show_list,pages_fly")]).await, "scope");
    assert_eq!(refusal(&meta, &[("config_id", "1")]).await, "config");
    assert_eq!(refusal(&meta, &[("response_type", "banana")]).await, "response_type");
}

#[tokio::test]
async fn the_redirect_uri_must_be_the_same_to_the_last_character() {
    let meta = Meta::start().await;
    for close in [
        "http://app.test/callback",
        "http://app.test/callback?x=1&y=2",
        "http://app.test/callback?x=1/",
        "http://app.test/callback/?x=1",
        "http://APP.test/callback?x=1",
        "https://app.test/callback?x=1",
        "http://app.test/callback?x=1#a",
    ] {
        assert_eq!(refusal(&meta, &[("redirect_uri", close)]).await, "redirect_uri", "{close}");
    }
    assert_eq!(Browser::open(&meta, &[("redirect_uri", REDIRECT)]).load().await.status, StatusCode::OK);
}

#[tokio::test]
async fn cancel_comes_back_with_metas_words() {
    let meta = Meta::start().await;
    let page = Browser::open(&meta, &[]).submit(&[("step", "login"), ("action", "cancel")]).await;
    assert_eq!(page.status, StatusCode::FOUND);
    assert_eq!(
        page.location.unwrap(),
        "http://app.test/callback?x=1&error=access_denied&error_code=200&error_description=Permissions+error\
         &error_reason=user_denied&state=a+b%26c#_=_"
    );
}

#[tokio::test]
async fn cancel_can_be_worded_as_the_documentation_has_it() {
    let meta = Meta::start().await;
    meta.control(Method::PUT, "/app", &json!({"cancel_words": "documented"})).await;
    let page = Browser::open(&meta, &[]).submit(&[("step", "login"), ("action", "cancel")]).await;
    let to = page.location.unwrap();
    assert_eq!(query_of(&to, "error_code"), None);
    assert_eq!(query_of(&to, "error_description").unwrap(), "Permissions error.");
    assert_eq!(query_of(&to, "error").unwrap(), "access_denied");
    let wrong = json!({"cancel_words": "shouted"});
    assert!(meta.control(Method::PUT, "/app", &wrong).await["error"].is_string());
}

#[tokio::test]
async fn success_comes_back_with_a_code_the_state_and_the_odd_fragment() {
    let meta = Meta::start().await;
    let mut browser = Browser::open(&meta, &[("scope", "pages_show_list")]);
    let page = browser.log_in(OMER).await;
    assert!(page.html.contains("name=\"step\" value=\"assets\""));
    let to = browser.allow(&[("pages_choice", "all"), ("permission", "pages_show_list")]).await;
    assert!(to.starts_with("http://app.test/callback?x=1&code=AQ"), "{to}");
    assert!(to.ends_with("&state=a+b%26c#_=_"), "{to}");
}

#[tokio::test]
async fn the_steps_follow_each_other_and_carry_the_choices() {
    let meta = Meta::start().await;
    let mut browser = Browser::open(&meta, &[("scope", "pages_show_list instagram_basic")]);
    let login = browser.load().await;
    assert!(login.html.contains(&format!("name=\"person\" value=\"{DANA}\"")));
    let assets = browser.log_in(DANA).await;
    for id in [PAGE_CAFE_AURORA, PAGE_ROASTERY, PAGE_HEBREW] {
        assert!(assets.html.contains(&format!("name=\"page\" value=\"{id}\" id=\"page-{id}\" checked")));
    }
    assert!(assets.html.contains(&format!("name=\"instagram\" value=\"{INSTAGRAM_CAFE_AURORA}\"")));
    let permissions = browser
        .submit(&[
            ("step", "assets"),
            ("action", "next"),
            ("pages_choice", "selected"),
            ("page", PAGE_HEBREW),
        ])
        .await;
    assert!(permissions.html.contains(&format!("type=\"hidden\" name=\"page\" value=\"{PAGE_HEBREW}\"")));
    assert!(permissions.html.contains("id=\"permission-public_profile\" checked disabled"));
    assert!(permissions.html.contains("name=\"permission\" value=\"instagram_basic\""));
}

#[tokio::test]
async fn a_session_is_offered_and_can_be_changed() {
    let meta = Meta::start().await;
    let mut browser = Browser::open(&meta, &[]);
    browser.log_in(NOA).await;
    let page = browser.load().await;
    assert!(page.html.contains("Noa Shapiro") && page.html.contains("name=\"action\" value=\"switch\""));
    let page = browser.submit(&[("step", "continue"), ("action", "switch")]).await;
    assert!(page.html.contains(&format!("value=\"{OMER}\"")));
    let page = browser.again(&[("auth_type", "reauthenticate")]).load().await;
    assert!(page.html.contains("name=\"step\" value=\"login\""));
}

#[tokio::test]
async fn nobody_logged_in_cannot_skip_to_the_end() {
    let meta = Meta::start().await;
    let page = Browser::open(&meta, &[]).submit(&[("step", "permissions"), ("action", "allow")]).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("name=\"step\" value=\"login\""));
}

#[tokio::test]
async fn another_site_cannot_press_the_buttons() {
    let meta = Meta::start().await;
    let url = format!("{}/v25.0/dialog/oauth?client_id={APP_ID}", meta.url);
    let request = meta.client.post(url).header("sec-fetch-site", "cross-site");
    assert_eq!(request.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_new_person_can_be_made_on_the_way_with_a_page() {
    let meta = Meta::start().await;
    let mut browser = Browser::open(&meta, &[("scope", SCOPES)]);
    let page = browser.submit(&[("step", "new_person"), ("action", "create"), ("name", "  ")]).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    let page = browser.submit(&[("step", "new_person"), ("action", "create"), ("name", "Zoë <b>")]).await;
    assert!(page.html.contains("name=\"page_name\"") && !page.html.contains("<b>"));
    let form =
        [("step", "new_page"), ("action", "create"), ("page_name", "Zoë's"), ("instagram", "professional")];
    let page = browser.submit(&form).await;
    assert!(page.html.contains("@zos"), "{}", page.html);
    let to = browser
        .allow(&[("pages_choice", "all"), ("instagram_choice", "all"), ("permission", "pages_show_list")])
        .await;
    let token = meta.exchange(&query_of(&to, "code").unwrap()).await;
    let accounts = meta.get("/me/accounts", &[("access_token", &text(&token["access_token"]))]).await;
    assert_eq!(accounts["data"][0]["name"], "Zoë's");
}

#[tokio::test]
async fn whoever_connected_without_a_page_is_asked_again_with_all_boxes_ticked() {
    let meta = Meta::start().await;
    let mut browser = Browser::open(&meta, &[("scope", SCOPES)]);
    browser.log_in(NOA).await;
    let mut answers = vec![("pages_choice", "selected"), ("instagram_choice", "selected")];
    answers.extend(SCOPES.split(',').map(|scope| ("permission", scope)));
    browser.allow(&answers).await;
    let form =
        [("step", "new_page"), ("action", "create"), ("page_name", "First"), ("instagram", "professional")];
    browser.submit(&form).await;
    let page = browser.submit(&[("step", "continue"), ("action", "continue")]).await;
    assert!(page.html.contains("name=\"step\" value=\"assets\""));
    assert_eq!(page.html.matches("type=\"checkbox\"").count(), 2);
    assert_eq!(page.html.matches("\" checked").count(), 4, "two choices and two boxes");
}

#[tokio::test]
async fn a_personal_instagram_account_is_not_on_the_list() {
    let meta = Meta::start().await;
    let page = Browser::open(&meta, &[("scope", SCOPES)]).log_in(LIOR).await;
    assert!(!page.html.contains(INSTAGRAM_PERSONAL));
    assert!(page.html.contains("No Page of this person is linked"));
}

async fn statuses(meta: &Meta, token: &str) -> Value {
    let answer = meta.get("/me/permissions", &[("access_token", token)]).await;
    let list = answer["data"].as_array().unwrap().iter();
    list.map(|entry| (text(&entry["permission"]), entry["status"].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

#[tokio::test]
async fn declining_succeeds_with_less_and_is_asked_again_only_on_rerequest() {
    let meta = Meta::start().await;
    let scope = [("scope", "pages_show_list,pages_messaging"), ("response_type", "code,granted_scopes")];
    let mut browser = Browser::open(&meta, &scope);
    browser.log_in(OMER).await;
    let to = browser.allow(&[("pages_choice", "all"), ("permission", "pages_show_list")]).await;
    assert_eq!(query_of(&to, "granted_scopes").unwrap(), "public_profile,pages_show_list");
    assert_eq!(query_of(&to, "denied_scopes").unwrap(), "pages_messaging");
    let token = text(&meta.exchange(&query_of(&to, "code").unwrap()).await["access_token"]);
    let expected =
        json!({"pages_messaging": "declined", "pages_show_list": "granted", "public_profile": "granted"});
    assert_eq!(statuses(&meta, &token).await, expected);

    // A plain second login does not ask, and changes nothing even for a forged tick.
    let mut second = browser.again(&scope);
    let page = second.submit(&[("step", "continue"), ("action", "continue")]).await;
    assert!(page.html.contains("name=\"step\" value=\"reconnect\""));
    let edit = second.submit(&[("step", "assets"), ("action", "next")]).await;
    assert!(!edit.html.contains("permission-pages_messaging"));
    second
        .allow(&[
            ("pages_choice", "all"),
            ("permission", "pages_show_list"),
            ("permission", "pages_messaging"),
        ])
        .await;
    assert_eq!(statuses(&meta, &token).await, expected);

    let mut third = browser.again(&[scope[0], ("auth_type", "rerequest")]);
    let page = third.submit(&[("step", "assets"), ("action", "next")]).await;
    assert!(page.html.contains("permission-pages_messaging"));
    assert!(page.html.contains("granted before"));
    third
        .allow(&[
            ("pages_choice", "all"),
            ("permission", "pages_show_list"),
            ("permission", "pages_messaging"),
        ])
        .await;
    assert_eq!(statuses(&meta, &token).await["pages_messaging"], "granted");
}

#[tokio::test]
async fn reconnecting_keeps_the_selection_and_a_narrower_login_replaces_it() {
    let meta = Meta::start().await;
    let mut browser = Browser::open(&meta, &[("scope", SCOPES)]);
    browser.log_in(DANA).await;
    let ticks: Vec<(&str, &str)> = SCOPES.split(',').map(|scope| ("permission", scope)).collect();
    let mut answers = vec![("pages_choice", "selected"), ("page", PAGE_ROASTERY), ("page", PAGE_HEBREW)];
    // Somebody else's Page cannot be smuggled in.
    answers.push(("page", PAGE_BIKES));
    answers.extend_from_slice(&ticks);
    let to = browser.allow(&answers).await;
    let token = text(&meta.exchange(&query_of(&to, "code").unwrap()).await["access_token"]);
    let listed = async || {
        let answer = meta.get("/me/accounts", &[("fields", "id"), ("access_token", &token)]).await;
        let data = answer["data"].as_array().unwrap().clone();
        data.iter().map(|page| text(&page["id"])).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, [PAGE_ROASTERY, PAGE_HEBREW]);

    let page = browser.submit(&[("step", "reconnect"), ("action", "allow")]).await;
    assert!(query_of(&page.location.unwrap(), "code").is_some());
    assert_eq!(listed().await, [PAGE_ROASTERY, PAGE_HEBREW]);

    let mut narrower = vec![("pages_choice", "selected"), ("page", PAGE_HEBREW)];
    narrower.extend_from_slice(&ticks);
    browser.allow(&narrower).await;
    assert_eq!(listed().await, [PAGE_HEBREW]);
}

#[tokio::test]
async fn a_later_login_can_be_made_to_keep_the_earlier_pages() {
    let meta = Meta::start().await;
    meta.control(Method::PUT, "/app", &json!({"keep_selection": true})).await;
    let mut browser = Browser::open(&meta, &[("scope", "pages_show_list")]);
    browser.log_in(DANA).await;
    let answers = [("pages_choice", "selected"), ("permission", "pages_show_list"), ("page", PAGE_ROASTERY)];
    browser.allow(&answers).await;
    let answers = [("pages_choice", "selected"), ("permission", "pages_show_list"), ("page", PAGE_HEBREW)];
    let to = browser.allow(&answers).await;
    let token = text(&meta.exchange(&query_of(&to, "code").unwrap()).await["access_token"]);
    let listed = meta.get("/me/accounts", &[("fields", "id"), ("access_token", &token)]).await;
    assert_eq!(listed["data"], json!([{"id": PAGE_ROASTERY}, {"id": PAGE_HEBREW}]));
}

#[tokio::test]
async fn response_type_token_answers_in_the_fragment() {
    let meta = Meta::start().await;
    let mut browser = Browser::open(&meta, &[("response_type", "token")]);
    browser.log_in(NOA).await;
    let to = browser.allow(&[]).await;
    let (address, fragment) = to.split_once('#').unwrap();
    assert_eq!(address, REDIRECT);
    for part in ["access_token=EAA", "expires_in=", "data_access_expiration_time=", "state=a+b%26c"] {
        assert!(fragment.contains(part), "{fragment}");
    }
}
