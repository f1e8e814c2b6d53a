//! The switches: faults, people and Pages made by hand, and a world that survives.

use axum::http::StatusCode;
use jetbridge_sandbox::world::{NOA, OMER, PAGE_BIKES};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Browser, Meta, SCOPES, error_of};

async fn plan(meta: &Meta, fault: Value) {
    assert_eq!(meta.control(Method::POST, "/faults", &fault).await, json!({"success": true}));
}

#[tokio::test]
async fn a_planned_error_hits_the_next_matching_calls_and_no_others() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, SCOPES).await;
    let call = [("access_token", token.as_str())];
    plan(&meta, json!({"match": "GET /me/accounts", "times": 2, "kind": "error", "code": 2, "http": 503}))
        .await;
    assert_eq!(meta.get("/me", &call).await["id"], OMER);
    for _ in 0..2 {
        let response = meta.send(Method::GET, "/me/accounts", &call).await;
        assert_eq!(response.status(), 503);
        let body: Value = response.json().await.unwrap();
        assert_eq!((error_of(&body).0, &body["error"]["is_transient"]), (2, &json!(true)));
    }
    assert!(meta.get("/me/accounts", &call).await["data"].is_array());

    plan(
        &meta,
        json!({"match": "GET /*/accounts", "times": 9, "kind": "error", "code": 190, "subcode": 467}),
    )
    .await;
    assert_eq!(error_of(&meta.get("/me/accounts", &call).await), (190, Some(467)));
    meta.control(Method::DELETE, "/faults", &json!({})).await;
    assert!(meta.get("/me/accounts", &call).await["data"].is_array());
}

#[tokio::test]
async fn a_planned_html_page_or_a_cut_connection_is_no_json() {
    let meta = Meta::start().await;
    plan(&meta, json!({"match": "GET /me", "kind": "html"})).await;
    let response = meta.send(Method::GET, "/me", &[]).await;
    assert_eq!(response.status(), 502);
    assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    plan(&meta, json!({"match": "GET /me", "kind": "drop"})).await;
    let broken = match meta.client.get(format!("{}/me", meta.url)).send().await {
        Ok(response) => response.bytes().await.is_err(),
        Err(_) => true,
    };
    assert!(broken);
    plan(&meta, json!({"match": "GET /me", "kind": "slow", "ms": 1})).await;
    assert_eq!(error_of(&meta.get("/me", &[]).await).0, 2500);
    assert_eq!(meta.control(Method::GET, "/faults", &json!({})).await, json!({"list": []}));
}

#[tokio::test]
async fn wrong_input_is_refused_with_a_word() {
    let meta = Meta::start().await;
    for (method, path, body) in [
        (Method::POST, "/faults", json!({"match": "x", "kind": "banana"})),
        (Method::POST, "/people", json!({"name": " "})),
        (Method::POST, "/pages", json!({"person_id": "1", "name": "x"})),
        (Method::POST, "/pages", json!({"person_id": NOA, "name": "x", "tasks": ["FLY"]})),
        (Method::PUT, "/app", json!({"redirect_uri": []})),
        (Method::POST, "/people/1/tokens", json!({"kind": "expire"})),
        (Method::POST, "/send_message", json!({"page_id": "1", "text": "x", "from_name": "x"})),
    ] {
        let answer = meta.control(method, path, &body).await;
        assert!(answer["error"].is_string(), "{path} {answer}");
    }
}

#[tokio::test]
async fn people_and_pages_can_be_made() {
    let meta = Meta::start().await;
    let person = meta.control(Method::POST, "/people", &json!({"name": "Ada"})).await;
    let id = person["id"].as_str().unwrap();
    assert_eq!(id.len(), 17);
    let page = meta
        .control(
            Method::POST,
            "/pages",
            &json!({"person_id": id, "name": "Ada's", "tasks": ["ANALYZE"], "instagram": "personal"}),
        )
        .await;
    assert_eq!((&page["name"], &page["instagram"]["kind"]), (&json!("Ada's"), &json!("personal")));
    let token = meta.long_token(id, SCOPES).await;
    let answer = meta.get("/me/accounts", &[("access_token", &token)]).await;
    assert_eq!(answer["data"][0]["tasks"], json!(["ANALYZE"]));
}

#[tokio::test]
async fn the_redirect_uris_can_be_replaced() {
    let meta = Meta::start().await;
    meta.control(Method::PUT, "/app", &json!({"redirect_uris": ["http://new.test/"]})).await;
    assert_eq!(Browser::open(&meta, &[]).load().await.status, StatusCode::BAD_REQUEST);
    let new = [("redirect_uri", "http://new.test/")];
    assert_eq!(Browser::open(&meta, &new).load().await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_world_survives_a_new_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let first = Meta::with_file(&file).await;
    let user = first.long_token(OMER, SCOPES).await;
    let page = first.page_token(&user, PAGE_BIKES).await;
    let call = [("subscribed_fields", "feed"), ("access_token", page.as_str())];
    first.post(&format!("/{PAGE_BIKES}/subscribed_apps"), &call).await;
    first.control(Method::POST, "/people", &json!({"name": "Ada"})).await;
    first.client.post(format!("{}/inspector/hook", first.url)).body("{}").send().await.unwrap();
    let before = first.control(Method::GET, "/world", &json!({})).await;

    // The first one is not stopped: nothing may depend on a clean end.
    let second = Meta::with_file(&file).await;
    assert_eq!(second.control(Method::GET, "/world", &json!({})).await, before);
    assert_eq!(second.get("/me", &[("access_token", &page)]).await["id"], PAGE_BIKES);
    let kept = second.control(Method::GET, "/inspector", &json!({})).await;
    assert_eq!(kept["list"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn every_page_of_the_sandbox_says_what_it_is_and_runs_no_script() {
    let meta = Meta::start().await;
    meta.long_token(OMER, SCOPES).await;
    let person = format!("/sandbox/people/{OMER}");
    for path in ["/", "/sandbox/webhooks", "/sandbox/settings", "/inspector", person.as_str()] {
        let response = meta.client.get(format!("{}{path}", meta.url)).send().await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        let html = response.text().await.unwrap();
        assert!(html.contains("Sandbox: not Facebook."), "{path}");
        assert!(!html.contains("<script") && !html.contains("style="), "{path}");
    }
}

#[tokio::test]
async fn the_forms_of_the_pages_do_what_they_say() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, SCOPES).await;
    let form = [("kind", "password_changed")];
    let url = format!("{}/sandbox/people/{OMER}/switch", meta.url);
    let response = meta.client.post(url).form(&form).send().await.unwrap();
    assert_eq!(response.status(), 303);
    assert_eq!(error_of(&meta.get("/me", &[("access_token", &token)]).await), (190, Some(460)));
    let form = [
        ("redirect_uris", "http://a.test/\n\nhttp://b.test/"),
        ("deauthorize_url", ""),
        ("accounts_per_page", ""),
        ("require_proof", "on"),
    ];
    let url = format!("{}/sandbox/settings", meta.url);
    assert_eq!(meta.client.post(url).form(&form).send().await.unwrap().status(), 303);
    let world = meta.control(Method::GET, "/world", &json!({})).await;
    assert_eq!(world["app"]["redirect_uris"], json!(["http://a.test/", "http://b.test/"]));
    assert_eq!(world["app"]["require_proof"], true);
}

#[tokio::test]
async fn a_world_of_an_older_version_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let old = rusqlite::Connection::open(&file).unwrap();
    old.execute_batch(
        "CREATE TABLE people (id TEXT PRIMARY KEY) STRICT; INSERT INTO people VALUES ('old');
         CREATE TABLE roles (person_id TEXT REFERENCES people (id)) STRICT; INSERT INTO roles VALUES ('old');
         PRAGMA user_version = 1",
    )
    .unwrap();
    drop(old);
    let meta = Meta::with_file(&file).await;
    let world = meta.control(Method::GET, "/world", &json!({})).await;
    assert_eq!(world["people"].as_array().unwrap().len(), 5);
    drop(meta);
    let new = rusqlite::Connection::open(&file).unwrap();
    new.execute_batch("PRAGMA user_version = 99").unwrap();
    drop(new);
    assert!(Meta::try_file(&file).is_err());
}

#[tokio::test]
async fn the_page_of_a_person_changes_roles() {
    let meta = Meta::start().await;
    let post = |path: &str, form: Vec<(&'static str, &'static str)>| {
        meta.client.post(format!("{}/sandbox/people/{OMER}/{path}", meta.url)).form(&form).send()
    };
    post("app_role", vec![("role", "tester")]).await.unwrap();
    let tasks = ("tasks", "analyze, PROFILE_PLUS_REVENUE");
    post("role", vec![("page_id", PAGE_BIKES), tasks, ("through_business", "on")]).await.unwrap();
    // A task that does not exist changes nothing.
    post("role", vec![("page_id", PAGE_BIKES), ("tasks", "FLY")]).await.unwrap();
    let world = meta.control(Method::GET, "/world", &json!({})).await;
    let omer = &world["people"][1];
    assert_eq!((&omer["id"], &omer["app_role"]), (&json!(OMER), &json!("tester")));
    assert_eq!(omer["pages"][0]["tasks"], json!(["ANALYZE", "PROFILE_PLUS_REVENUE"]));
    assert_eq!(omer["pages"][0]["through_business"], true);
}
