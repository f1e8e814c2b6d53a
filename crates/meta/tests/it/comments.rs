use jetbridge_domain::clock::Time;
use jetbridge_meta::{Advice, MetaError, Network, Part};
use serde_json::json;

use crate::stub::{Stub, user_token};

const FIRST: Part = Part { limit: 50, after: None };

#[tokio::test]
async fn a_pages_comments_are_listed() {
    let stub = Stub::playing(
        r#"{"data":[{"id":"9_1","message":"Nice","from":{"name":"Ada","id":"5"},
        "created_time":"2026-02-28T08:49:14+0000","parent":{"id":"9_0"},"is_hidden":false,"like_count":2,
        "comment_count":1,"can_reply_privately":true,"permalink_url":"https://fb.example/9_1"},{"id":"9_2"}]}"#,
    )
    .await;
    let listed = stub.meta().comments("7_9", &user_token(), Network::Facebook, &FIRST).await.unwrap();
    let [full, bare] = listed.rows.as_slice() else { panic!("{listed:?}") };
    assert_eq!((full.text.as_deref(), full.parent_id.as_deref()), (Some("Nice"), Some("9_0")));
    assert_eq!(full.from.as_ref().unwrap().name.as_deref(), Some("Ada"));
    assert_eq!(full.created_at, Some(Time::from_seconds(1_772_268_554)));
    assert_eq!((full.hidden, full.likes, full.answers), (Some(false), Some(2), Some(1)));
    assert_eq!((full.can_reply_privately, full.permalink.is_some()), (Some(true), true));
    assert_eq!((bare.id.as_str(), bare.from.as_ref(), bare.answers), ("9_2", None, None));
    let asked = stub.only();
    asked.is_proven();
    assert_eq!(asked.line, "GET /v25.0/7_9/comments");
    assert_eq!(asked.names(), ["fields", "limit", "order"]);
    assert_eq!(asked.query("order"), Some("reverse_chronological"));
}

#[tokio::test]
async fn instagrams_comments_are_listed_with_their_answers() {
    let stub = Stub::playing(
        r#"{"data":[{"id":"179","text":"Nice","timestamp":"2026-02-28T08:49:14+0000","username":"ada",
        "from":{"id":"5","username":"ada"},"hidden":true,"like_count":0,
        "replies":{"data":[{"id":"180","text":"Thanks","username":"shop","parent_id":"179"}]}}]}"#,
    )
    .await;
    let listed = stub.meta().comments("18", &user_token(), Network::Instagram, &FIRST).await.unwrap();
    let row = &listed.rows[0];
    assert_eq!((row.text.as_deref(), row.hidden, row.answers), (Some("Nice"), Some(true), Some(1)));
    assert_eq!(row.created_at, Some(Time::from_seconds(1_772_268_554)));
    assert_eq!(row.from.as_ref().unwrap().id.as_deref(), Some("5"));
    let answer = &row.replies[0];
    assert_eq!((answer.id.as_str(), answer.parent_id.as_deref()), ("180", Some("179")));
    assert_eq!(answer.from.as_ref().unwrap().username.as_deref(), Some("shop"));
    let asked = stub.only();
    asked.is_proven();
    assert_eq!((asked.line.as_str(), asked.names()), ("GET /v25.0/18/comments", vec!["fields", "limit"]));
}

#[tokio::test]
async fn a_comment_is_answered_on_its_networks_edge() {
    for (network, line) in
        [(Network::Facebook, "POST /v25.0/9_1/comments"), (Network::Instagram, "POST /v25.0/9_1/replies")]
    {
        let stub = Stub::playing(r#"{"id":"9_3"}"#).await;
        let id = stub.meta().reply_comment("9_1", &user_token(), network, "Thanks").await.unwrap();
        assert_eq!(id, "9_3");
        let asked = stub.only();
        asked.is_proven();
        assert_eq!((asked.line.as_str(), asked.names()), (line, vec!["message"]));
        assert_eq!(asked.form("message"), Some("Thanks"));
        let odd = Stub::playing("{}").await.meta().reply_comment("9_1", &user_token(), network, "x").await;
        assert!(matches!(odd, Err(MetaError::Odd { .. })));
    }
    let stub = Stub::playing(r#"{"id":"181"}"#).await;
    assert_eq!(stub.meta().comment("18", &user_token(), "First").await.unwrap(), "181");
    assert_eq!(stub.only().line, "POST /v25.0/18/comments");
}

#[tokio::test]
async fn a_comment_is_hidden_and_shown_again() {
    for (network, key) in [(Network::Facebook, "is_hidden"), (Network::Instagram, "hide")] {
        for (hidden, word) in [(true, "true"), (false, "false")] {
            let stub = Stub::playing(r#"{"success":true}"#).await;
            stub.meta().hide_comment("9_1", &user_token(), network, hidden).await.unwrap();
            let asked = stub.only();
            asked.is_proven();
            assert_eq!((asked.line.as_str(), asked.names()), ("POST /v25.0/9_1", vec![key]));
            assert_eq!(asked.form(key), Some(word));
        }
    }
}

#[tokio::test]
async fn a_comment_is_deleted_and_liked() {
    let stub = (0..3).fold(Stub::start().await, |stub, _| stub.then(200, r#"{"success":true}"#));
    let (meta, token) = (stub.meta(), user_token());
    meta.delete_comment("9_1", &token).await.unwrap();
    meta.like_comment("9_1", &token, true).await.unwrap();
    meta.like_comment("9_1", &token, false).await.unwrap();
    let asked = stub.asked();
    asked.iter().for_each(crate::stub::Asked::is_proven);
    let lines: Vec<_> = asked.iter().map(|call| call.line.as_str()).collect();
    assert_eq!(lines, ["DELETE /v25.0/9_1", "POST /v25.0/9_1/likes", "DELETE /v25.0/9_1/likes"]);
}

#[tokio::test]
async fn a_comment_that_is_gone_is_no_such_object() {
    let gone = json!({"error": {"message": "(#100) no", "code": 100, "error_subcode": 33}}).to_string();
    let stub = Stub::start().await.then(400, gone);
    let error = stub.meta().delete_comment("9_1", &user_token()).await.unwrap_err();
    assert_eq!(error.advice(), Advice::NoSuchObject);
    let odd =
        Stub::playing(r#"{"success":false}"#).await.meta().like_comment("9_1", &user_token(), true).await;
    assert!(matches!(odd, Err(MetaError::Odd { .. })));
}
