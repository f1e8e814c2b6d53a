//! How calls are written and answered, whatever they ask for: batches, several ids, `ETag`s, bodies, usage headers.

use axum::http::StatusCode;
use jetbridge_sandbox::world::{DANA, OMER, PAGE_BIKES, PAGE_CAFE_AURORA, PAGE_EVENTS, PAGE_ROASTERY};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Meta, SCOPES, error_of, text};

async fn batch(meta: &Meta, token: &str, parts: &Value, more: &[(&str, &str)]) -> Value {
    let parts = parts.to_string();
    let mut form = vec![("access_token", token), ("batch", parts.as_str())];
    form.extend_from_slice(more);
    let response = meta.client.post(format!("{}/v25.0/", meta.url)).form(&form).send().await.unwrap();
    response.json().await.unwrap()
}

fn body_of(part: &Value) -> Value {
    serde_json::from_str(part["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_batch_answers_each_part_with_status_headers_and_body_text() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, SCOPES).await;
    let page = meta.page_token(&token, PAGE_BIKES).await;
    let parts = json!([
        {"method": "GET", "relative_url": "me?fields=name"},
        {"method": "GET", "relative_url": "v25.0/me/nonsense"},
        {"method": "POST", "relative_url": format!("{PAGE_BIKES}/subscribed_apps"),
            "body": format!("subscribed_fields=feed&access_token={page}")},
        {"method": "DELETE", "relative_url": "me/permissions/pages_messaging"},
        {"relative_url": format!("me?access_token={page}")},
    ]);
    let answer = batch(&meta, &token, &parts, &[]).await;
    let codes: Vec<_> = answer.as_array().unwrap().iter().map(|part| part["code"].clone()).collect();
    assert_eq!(codes, [200, 400, 200, 200, 200]);
    assert_eq!(body_of(&answer[0]), json!({"name": "Omer Katz", "id": OMER}));
    assert_eq!(error_of(&body_of(&answer[1])).0, 2500);
    assert_eq!(body_of(&answer[2]), json!({"success": true}));
    assert_eq!(body_of(&answer[4])["id"], PAGE_BIKES);
    let headers = answer[0]["headers"].as_array().unwrap();
    assert!(headers.contains(&json!({"name": "facebook-api-version", "value": "v25.0"})));
    assert!(headers.iter().any(|header| header["name"] == "ETag"));

    let bare = batch(&meta, &token, &json!([{"relative_url": "me"}]), &[("include_headers", "false")]).await;
    assert!(bare[0].get("headers").is_none() && bare[0]["code"] == 200);
}

#[tokio::test]
async fn a_batch_has_at_most_fifty_parts_and_must_be_a_list() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, SCOPES).await;
    let parts = |count: usize| Value::from(vec![json!({"relative_url": "me?fields=id"}); count]);
    assert_eq!(batch(&meta, &token, &parts(50), &[]).await.as_array().unwrap().len(), 50);
    let refused = batch(&meta, &token, &parts(51), &[]).await;
    assert_eq!((error_of(&refused).0, &refused["error"]["type"]), (100, &json!("GraphBatchException")));
    assert_eq!(error_of(&batch(&meta, &token, &json!({"relative_url": "me"}), &[]).await).0, 100);
}

#[tokio::test]
async fn a_part_that_gets_no_answer_in_time_is_null() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, SCOPES).await;
    for mut fault in [json!({"kind": "slow", "ms": 60_000}), json!({"kind": "drop"})] {
        fault["match"] = json!("GET /me/accounts");
        meta.control(Method::POST, "/faults", &fault).await;
        let parts = json!([{"relative_url": "me/accounts"}, {"relative_url": "me?fields=id"}]);
        let answer = batch(&meta, &token, &parts, &[]).await;
        assert_eq!((&answer[0], &answer[1]["code"]), (&Value::Null, &json!(200)));
    }
}

#[tokio::test]
async fn parts_of_a_batch_build_on_each_other() {
    let meta = Meta::start().await;
    let token = meta.long_token(DANA, SCOPES).await;
    let parts = |omit: Option<bool>| {
        let mut first = json!({"name": "list", "relative_url": "me/accounts?fields=id&limit=2"});
        if let Some(omit) = omit {
            first["omit_response_on_success"] = json!(omit);
        }
        json!([first, {"relative_url": "?ids={result=list:$.data.*.id}&fields=name"}])
    };
    let answer = batch(&meta, &token, &parts(None), &[]).await;
    assert_eq!(answer[0], Value::Null);
    assert_eq!(body_of(&answer[1])[PAGE_CAFE_AURORA]["name"], "Cafe Aurora");
    assert_eq!(batch(&meta, &token, &parts(Some(false)), &[]).await[0]["code"], 200);

    let lost = json!({"name": "lost", "relative_url": "1/nothing"});
    let parts = json!([lost, {"relative_url": "me", "depends_on": "lost"}]);
    let answer = batch(&meta, &token, &parts, &[]).await;
    assert_eq!((&answer[0]["code"], &answer[1]), (&json!(400), &Value::Null));
}

#[tokio::test]
async fn several_ids_are_answered_by_id_or_refused_as_one() {
    let meta = Meta::start().await;
    let token = meta.long_token(DANA, SCOPES).await;
    let ask = async |path: &str, ids: &str| {
        meta.get(path, &[("ids", ids), ("fields", "id"), ("access_token", &token)]).await
    };
    let both = format!("{PAGE_CAFE_AURORA},{PAGE_ROASTERY}");
    let expected = json!({PAGE_CAFE_AURORA: {"id": PAGE_CAFE_AURORA}, PAGE_ROASTERY: {"id": PAGE_ROASTERY}});
    assert_eq!(ask("/", &both).await, expected);
    assert_eq!(ask("/accounts", DANA).await[DANA]["data"].as_array().unwrap().len(), 5);
    assert_eq!(error_of(&ask("/", &format!("{PAGE_CAFE_AURORA},123")).await), (100, Some(33)));
    assert_eq!(error_of(&ask("/", &"1,".repeat(51)).await).0, 100);
}

#[tokio::test]
async fn an_answer_that_the_caller_holds_is_304() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, SCOPES).await;
    let url = format!("{}/me?access_token={token}", meta.url);
    let first = meta.client.get(&url).send().await.unwrap();
    let tag = first.headers()["etag"].clone();
    let again = meta.client.get(&url).header("if-none-match", tag.clone()).send().await.unwrap();
    assert_eq!((again.status(), &again.headers()["etag"]), (StatusCode::NOT_MODIFIED, &tag));
    assert_eq!(again.text().await.unwrap(), "");
    let other = format!("{url}&fields=id");
    let other = meta.client.get(other).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_multipart_body_is_read_like_a_form() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, SCOPES).await;
    let part = |name: &str, value: &str| {
        format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let body = format!("{}{}--xyz--\r\n", part("access_token", &token), part("method", "delete"));
    let post = |body: String| {
        let url = format!("{}/me/permissions/pages_messaging", meta.url);
        meta.client.post(url).header("content-type", "multipart/form-data; boundary=xyz").body(body).send()
    };
    let answer: Value = post(body).await.unwrap().json().await.unwrap();
    assert_eq!(answer, json!({"success": true}));
    assert_eq!(error_of(&post("--xyz\r\n".to_owned()).await.unwrap().json().await.unwrap()).0, 100);
}

#[tokio::test]
async fn every_error_of_the_tables_can_be_ordered_with_and_without_its_header() {
    let meta = Meta::start().await;
    let user = meta.long_token(OMER, SCOPES).await;
    let token = meta.page_token(&user, PAGE_BIKES).await;
    let presets = meta.control(Method::GET, "/faults/presets", &json!({})).await;
    let presets = presets["list"].as_array().unwrap().clone();
    assert!(presets.len() > 30);
    for preset in presets {
        let name = &preset["name"];
        for headers in [false, true] {
            let fault =
                json!({"match": "GET /me", "kind": "preset", "name": name, "headers": headers, "minutes": 9});
            assert_eq!(meta.control(Method::POST, "/faults", &fault).await, json!({"success": true}));
            let response = meta.send(Method::GET, "/me", &[("access_token", &token)]).await;
            assert_eq!(json!(response.status().as_u16()), preset["http"], "{name}");
            assert!(response.headers().contains_key("x-fb-trace-id"));
            let usage = ["x-app-usage", "x-page-usage", "x-business-use-case-usage"];
            let has = usage.iter().any(|name| response.headers().contains_key(*name));
            assert_eq!(has, headers && preset["has_header"] == true, "{name}");
            let challenged = response.headers().contains_key("www-authenticate");
            let body: Value = response.json().await.unwrap();
            let error = &body["error"];
            assert_eq!(error_of(&body).0, preset["code"]);
            assert_eq!(error.get("error_subcode").unwrap_or(&Value::Null), &preset["subcode"], "{name}");
            assert_eq!((&error["type"], &error["message"]), (&preset["type"], &preset["message"]));
            assert_eq!(error["is_transient"] == true, preset["is_transient"] == true, "{name}");
            assert_eq!(challenged, error["type"] == "OAuthException", "{name}");
        }
    }
    let unknown = json!({"match": "GET /me", "kind": "preset", "name": "banana"});
    assert!(meta.control(Method::POST, "/faults", &unknown).await["error"].is_string());
}

#[tokio::test]
async fn an_ordered_error_can_have_every_key_of_the_envelope() {
    let meta = Meta::start().await;
    let fault = json!({
        "match": "*", "kind": "error", "code": 368, "subcode": 7, "http": 403, "message": "m",
        "type": "IGApiException", "transient": false, "user_title": "t", "user_msg": "u",
        "data": {"blame_field_specs": [["x"]]},
    });
    meta.control(Method::POST, "/faults", &fault).await;
    let response = meta.send(Method::GET, "/me", &[]).await;
    assert_eq!((response.status().as_u16(), response.headers().get("www-authenticate")), (403, None));
    let mut error = response.json::<Value>().await.unwrap()["error"].clone();
    text(&error["fbtrace_id"]);
    error.as_object_mut().unwrap().remove("fbtrace_id");
    assert_eq!(
        error,
        json!({"code": 368, "error_subcode": 7, "message": "m", "type": "IGApiException",
            "is_transient": false, "error_user_title": "t", "error_user_msg": "u",
            "error_data": {"blame_field_specs": [["x"]]}})
    );
}

#[tokio::test]
async fn a_fault_meets_the_method_that_a_call_means() {
    let meta = Meta::start().await;
    let token = meta.long_token(DANA, SCOPES).await;
    let fault = json!({"match": "DELETE /*/subscribed_apps", "kind": "preset", "name": "unavailable"});
    meta.control(Method::POST, "/faults", &fault).await;
    let call = [("method", "delete"), ("access_token", token.as_str())];
    let answer = meta.post(&format!("/{PAGE_EVENTS}/subscribed_apps"), &call).await;
    assert_eq!(error_of(&answer).0, 2);
}
