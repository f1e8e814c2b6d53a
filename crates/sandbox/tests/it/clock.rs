//! The clock that is moved by hand, and what expires by it.

use jetbridge_sandbox::world::OMER;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Meta, SCOPES, error_of};

async fn advance(meta: &Meta, seconds: i64) -> Value {
    meta.control(Method::POST, "/clock", &json!({"advance_seconds": seconds})).await
}

#[tokio::test]
async fn codes_tokens_and_data_access_expire_by_the_moved_clock() {
    let meta = Meta::start().await;
    let code = meta.code(OMER, SCOPES).await;
    let answer = advance(&meta, 600).await;
    assert_eq!(answer, json!({"now": meta.now() + 600, "offset_seconds": 600}));
    assert_eq!(error_of(&meta.exchange(&code).await), (100, Some(36007)));

    let short = meta.short_token(OMER, SCOPES).await;
    let long = meta.long_token(OMER, SCOPES).await;
    advance(&meta, 7_200).await;
    assert_eq!(error_of(&meta.get("/me", &[("access_token", &short)]).await), (190, Some(463)));
    assert_eq!(meta.get("/me", &[("access_token", &long)]).await["id"], OMER);
    advance(&meta, 60 * 86_400).await;
    assert_eq!(error_of(&meta.get("/me", &[("access_token", &long)]).await), (190, Some(463)));

    let world = meta.control(Method::GET, "/world", &json!({})).await;
    let omer = |world: &Value| {
        world["people"].as_array().unwrap().iter().find(|person| person["id"] == OMER).unwrap().clone()
    };
    assert_eq!(omer(&world)["permissions"]["instagram_basic"], "granted");
    advance(&meta, 30 * 86_400).await;
    let world = meta.control(Method::GET, "/world", &json!({})).await;
    assert_eq!(omer(&world)["permissions"]["instagram_basic"], "expired");
}

#[tokio::test]
async fn the_clock_only_goes_forward_and_not_without_end() {
    let meta = Meta::start().await;
    for seconds in [0, -1, i64::MAX] {
        assert!(advance(&meta, seconds).await["error"].is_string(), "{seconds}");
    }
    let shown = meta.control(Method::GET, "/clock", &json!({})).await;
    assert_eq!(shown, json!({"now": meta.now(), "offset_seconds": 0}));
}

#[tokio::test]
async fn the_form_moves_it_and_a_new_start_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.sqlite");
    let first = Meta::with_file(&file).await;
    let form = [("seconds", "86400")];
    let response =
        first.client.post(format!("{}/sandbox/clock", first.url)).form(&form).send().await.unwrap();
    assert_eq!(response.status(), 303);
    let second = Meta::with_file(&file).await;
    let shown = second.control(Method::GET, "/clock", &json!({})).await;
    assert_eq!(shown, json!({"now": second.now() + 86_400, "offset_seconds": 86_400}));
    let page = second.client.get(format!("{}/sandbox/settings", second.url)).send().await.unwrap();
    assert!(page.text().await.unwrap().contains("Move the clock"));
}

#[tokio::test]
async fn the_inspector_stays_on_the_partners_time() {
    let meta = Meta::start().await;
    advance(&meta, 86_400).await;
    meta.client.post(format!("{}/inspector/hook", meta.url)).body("{}").send().await.unwrap();
    let kept = meta.control(Method::GET, "/inspector", &json!({})).await;
    assert_eq!(kept["list"][0]["received_at"], meta.now());
}
