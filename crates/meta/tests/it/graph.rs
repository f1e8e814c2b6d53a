use jetbridge_meta::{GraphMethod, MetaError};
use serde_json::json;

use crate::stub::{APP_SECRET, Stub, USER_PROOF, USER_TOKEN, impatient, user_token};

fn params(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn any_path_is_called_with_any_parameters() {
    for (method, line) in [
        (GraphMethod::Get, "GET /v25.0/7/insights"),
        (GraphMethod::Post, "POST /v25.0/7/insights"),
        (GraphMethod::Delete, "DELETE /v25.0/7/insights"),
    ] {
        let stub = Stub::playing(r#"{"data":[{"name":"page_views","n":1.5}]}"#).await;
        let given = params(&[("metric", "page_views"), ("since", "1")]);
        let answer = stub.meta().graph(method, &["7", "insights"], &given, &user_token()).await.unwrap();
        assert_eq!(answer, json!({"data": [{"name": "page_views", "n": 1.5}]}));
        let asked = stub.only();
        asked.is_proven();
        assert_eq!((asked.line.as_str(), asked.names()), (line, vec!["metric", "since"]));
        let place = if method == GraphMethod::Post { asked.form("metric") } else { asked.query("metric") };
        assert_eq!(place, Some("page_views"));
    }
}

#[tokio::test]
async fn what_would_change_the_call_is_not_sent() {
    let stub = Stub::start().await;
    let meta = stub.meta();
    for (key, value) in [
        ("access_token", "EAAother"),
        ("ACCESS_TOKEN", "EAAother"),
        ("appsecret_proof", "0"),
        ("method", "delete"),
        ("batch", "[]"),
        ("callback", "f"),
        ("ids", "1,2"),
        ("fields", "id,access_token"),
        ("fields", "accounts{Access_Token.as(name)}"),
        ("fields", "page_token"),
    ] {
        let outcome = meta.graph(GraphMethod::Get, &["7"], &params(&[(key, value)]), &user_token()).await;
        assert!(matches!(outcome, Err(MetaError::NotSent(_))), "{key}={value}");
    }
    for path in [&[][..], &["..", "me"], &["7", "a/b"], &["7", ""], &["7", "access_token"]] {
        let outcome = meta.graph(GraphMethod::Get, path, &[], &user_token()).await;
        assert!(matches!(outcome, Err(MetaError::NotSent(_))), "{path:?}");
    }
    assert_eq!(stub.asked().len(), 0);
}

#[tokio::test]
async fn no_token_is_in_an_answer() {
    let next = format!(
        "https://graph.facebook.com/v25.0/7/feed?access_token={USER_TOKEN}&limit=2&appsecret_proof={USER_PROOF}&after=A"
    );
    let body = json!({
        "access_token": "EAAanother",
        format!("by {USER_TOKEN}"): 1,
        "data": [{"id": "7", "access_token": "EAAthird", "note": format!("{USER_TOKEN} {APP_SECRET} {USER_PROOF}")}],
        "odd": "see access_token=EAAfourth",
        "paging": {"next": next, "previous": "https://x.example/?access_token=EAAfifth"},
    });
    let stub = Stub::playing(&body.to_string()).await;
    let answer = stub.meta().graph(GraphMethod::Get, &["7", "feed"], &[], &user_token()).await.unwrap();
    assert_eq!(
        answer,
        json!({
            "data": [{"id": "7", "note": "[secret] [secret] [secret]"}],
            "odd": "[secret]",
            "paging": {
                "next": "https://graph.facebook.com/v25.0/7/feed?limit=2&after=A",
                "previous": "https://x.example/",
            },
        })
    );
}

#[tokio::test]
async fn a_write_is_waited_for() {
    let stub = Stub::start().await.then_late("true").then_late("true");
    let meta = impatient(&stub.base);
    meta.graph(GraphMethod::Post, &["7", "photos"], &[], &user_token()).await.unwrap();
    let late = meta.graph(GraphMethod::Get, &["7"], &[], &user_token()).await;
    assert!(matches!(late, Err(MetaError::Unknown(_))));
}

#[tokio::test]
async fn metas_refusal_comes_through() {
    let stub = Stub::start().await.then(400, r#"{"error":{"message":"(#100) no","code":100}}"#);
    let error = stub.meta().graph(GraphMethod::Get, &["7"], &[], &user_token()).await.unwrap_err();
    assert_eq!(error.refusal().unwrap().message, "(#100) no");
}
