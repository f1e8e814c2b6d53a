use jetbridge_domain::secret::Secret;
use jetbridge_meta::{Advice, AppSubscription, MetaError};

use crate::stub::{APP_ID, APP_SECRET, Stub, USER_PROOF, user_token};

#[tokio::test]
async fn a_page_is_subscribed_whatever_way_success_is_spelt() {
    for body in [r#"{"success":true}"#, r#"{"success":"true"}"#, "true"] {
        let stub = Stub::playing(body).await;
        stub.meta().subscribe_page("7", &user_token(), &["messages", "feed"]).await.unwrap();
        let asked = stub.only();
        assert_eq!(asked.line, "POST /v25.0/7/subscribed_apps");
        assert_eq!(asked.query, []);
        assert_eq!(asked.form("subscribed_fields"), Some("messages,feed"));
        assert_eq!(asked.form("appsecret_proof"), Some(USER_PROOF));
        assert_eq!(asked.header("authorization"), Some("Bearer EAAuser"));
    }
    for body in [r#"{"success":false}"#, "{}", "[]", r#""true?""#] {
        let outcome = Stub::playing(body).await.meta().subscribe_page("7", &user_token(), &["feed"]).await;
        assert!(matches!(outcome, Err(MetaError::Odd { .. })), "{body}");
    }
}

#[tokio::test]
async fn only_this_apps_row_is_read_back() {
    let rows = format!(
        r#"{{"data":[{{"id":"99","name":"Other","subscribed_fields":["leadgen"]}},
        {{"category":"Business","name":"Jetbridge","id":{APP_ID},"subscribed_fields":["feed","messages"]}}]}}"#
    );
    let stub = Stub::playing(&rows).await;
    let fields = stub.meta().page_subscription("7", &user_token()).await.unwrap();
    assert_eq!(fields, ["feed", "messages"]);
    assert_eq!(stub.only().line, "GET /v25.0/7/subscribed_apps");
    for none in [r#"{"data":[]}"#.to_owned(), format!(r#"{{"data":[{{"id":"{APP_ID}"}}]}}"#)] {
        let fields = Stub::playing(&none).await.meta().page_subscription("7", &user_token()).await.unwrap();
        assert_eq!(fields, Vec::<String>::new(), "{none}");
    }
}

#[tokio::test]
async fn a_page_is_unsubscribed() {
    let stub = Stub::playing(r#"{"success":true}"#).await;
    stub.meta().unsubscribe_page("7", &user_token()).await.unwrap();
    let asked = stub.only();
    assert_eq!(asked.line, "DELETE /v25.0/7/subscribed_apps");
    assert_eq!(asked.query("appsecret_proof"), Some(USER_PROOF));
}

#[tokio::test]
async fn the_app_is_subscribed_with_its_own_token() {
    let stub = Stub::playing(r#"{"success":true}"#).await;
    let verify = Secret::new("verify-me");
    let callback = "https://jetbridge.example/meta/webhook";
    stub.meta().subscribe_app("instagram", callback, &verify, &["comments", "messages"]).await.unwrap();
    let asked = stub.only();
    assert_eq!(asked.line, format!("POST /v25.0/{APP_ID}/subscriptions"));
    assert_eq!(asked.query, []);
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {APP_ID}|{APP_SECRET}").as_str()));
    for (key, value) in [
        ("object", "instagram"),
        ("callback_url", callback),
        ("verify_token", "verify-me"),
        ("fields", "comments,messages"),
        ("include_values", "true"),
    ] {
        assert_eq!(asked.form(key), Some(value));
    }
}

#[tokio::test]
async fn a_callback_that_fails_its_verification_is_our_mistake() {
    let body = r#"{"error":{"message":"(#2200) Callback verification failed with the following errors: HTTP Status Code = 403",
        "type":"OAuthException","code":2200,"fbtrace_id":"A"}}"#;
    let stub = Stub::start().await.then(400, body);
    let outcome = stub.meta().subscribe_app("page", "https://a.example", &Secret::new("v"), &["feed"]).await;
    assert_eq!(outcome.unwrap_err().advice(), Advice::Mistake);
}

#[tokio::test]
async fn the_apps_subscriptions_are_listed() {
    let stub = Stub::playing(
        r#"{"data":[{"object":"page","callback_url":"https://a.example/hook","active":true,
        "fields":[{"name":"feed","version":"v25.0"},{"name":"messages"}]},
        {"object":"instagram","fields":["comments"]},{"active":true}]}"#,
    )
    .await;
    let page = AppSubscription {
        object: "page".to_owned(),
        callback_url: "https://a.example/hook".to_owned(),
        active: true,
        fields: vec!["feed".to_owned(), "messages".to_owned()],
    };
    let instagram = AppSubscription {
        object: "instagram".to_owned(),
        callback_url: String::new(),
        active: false,
        fields: vec!["comments".to_owned()],
    };
    assert_eq!(stub.meta().app_subscriptions().await.unwrap(), [page, instagram]);
    assert_eq!(stub.only().line, format!("GET /v25.0/{APP_ID}/subscriptions"));
}
