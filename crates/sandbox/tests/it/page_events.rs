//! What happens to a Page beside posts and comments: mentions, ratings, broadcasts; and the form of the requests.

use jetbridge_sandbox::world::{INSTAGRAM_BIKES, OMER, PAGE_BIKES};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{APP_ID, Meta, Receiver, Subscribed, VERIFY_TOKEN, text};

async fn start(fields: &str) -> (Meta, Subscribed) {
    let meta = Meta::start().await;
    let token = meta.content_token(OMER, PAGE_BIKES).await;
    let told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", fields, fields).await;
    (meta, told)
}

#[tokio::test]
async fn mentions_of_a_page_are_told_with_their_place() {
    let (meta, mut told) = start("mention").await;
    for in_comment in [false, true] {
        let act = json!({"act": "mention", "on": PAGE_BIKES, "from_name": "Maya", "text": "Go to Omer Bikes",
            "in_comment": in_comment});
        meta.act(act).await;
    }
    let changes = told.changes(&meta).await;
    let (post, comment) = (&changes[0].1, &changes[1].1);
    assert_eq!(
        (&post["item"], &post["verb"], &post["message"]),
        (&json!("post"), &json!("add"), &json!("Go to Omer Bikes"))
    );
    assert!(post["post_id"].is_string() && post.get("comment_id").is_none());
    assert_eq!((&comment["item"], &comment["sender_name"]), (&json!("comment"), &json!("Maya")));
    assert!(comment["comment_id"].is_string());
    assert_eq!(comment["created_time"], meta.now());
}

#[tokio::test]
async fn ratings_are_told_with_their_recommendation() {
    let (meta, mut told) = start("ratings").await;
    for (negative, expected) in [(false, "positive"), (true, "negative")] {
        let act = json!({"act": "rate", "on": PAGE_BIKES, "from_name": "Maya", "text": "My view", "negative": negative});
        meta.act(act).await;
        let (field, value) = told.changes(&meta).await.remove(0);
        assert_eq!((field.as_str(), &value["item"]), ("ratings", &json!("rating")));
        assert_eq!(
            (&value["recommendation_type"], &value["review_text"]),
            (&json!(expected), &json!("My view"))
        );
        assert!(value["reviewer_id"].is_string() && value["open_graph_story_id"].is_string());
    }
}

#[tokio::test]
async fn a_pages_broadcast_is_told_when_it_begins_and_ends_once() {
    let (meta, mut told) = start("live_videos").await;
    let id = meta.act(json!({"act": "go_live", "on": PAGE_BIKES})).await;
    let end = json!({"act": "end_live", "id": id});
    meta.act(end.clone()).await;
    assert!(meta.control(Method::POST, "/content", &end).await["error"].is_string());
    let changes: Vec<Value> = told.changes(&meta).await.into_iter().map(|(_, value)| value).collect();
    assert_eq!(changes, [json!({"id": id, "status": "live"}), json!({"id": id, "status": "live_stopped"})]);
}

#[tokio::test]
async fn without_values_only_the_names_of_the_fields_are_sent() {
    let meta = Meta::start().await;
    let token = meta.content_token(OMER, PAGE_BIKES).await;
    let receiver = Receiver::start(axum::http::StatusCode::OK).await;
    let hook = receiver.hook();
    let mut told = Subscribed::with(&meta, receiver, (PAGE_BIKES, &token), "page", "feed", "feed").await;
    let app = Meta::app_token();
    let call = [
        ("object", "page"),
        ("callback_url", hook.as_str()),
        ("verify_token", VERIFY_TOKEN),
        ("fields", "feed"),
        ("include_values", "false"),
        ("access_token", app.as_str()),
    ];
    meta.post(&format!("/{APP_ID}/subscriptions"), &call).await;
    meta.act(json!({"act": "post", "on": PAGE_BIKES, "from_name": "Maya", "text": "Hi"})).await;
    let body = told.bodies(&meta).await.remove(0);
    assert_eq!(body["entry"], json!([{"id": PAGE_BIKES, "time": meta.now(), "changed_fields": ["feed"]}]));
}

#[tokio::test]
async fn acts_that_make_no_sense_are_refused_in_words() {
    let (meta, _told) = start("feed").await;
    for act in [
        json!({"act": "dance"}),
        json!({"act": "comment", "on": "1_2", "from_name": "Maya", "text": "x"}),
        json!({"act": "comment", "on": PAGE_BIKES, "from_name": "Maya", "text": " "}),
        json!({"act": "post", "on": PAGE_BIKES, "from_name": "x".repeat(81), "text": "x"}),
        json!({"act": "post", "on": INSTAGRAM_BIKES, "from_name": "Maya", "text": "x"}),
        json!({"act": "rate", "on": INSTAGRAM_BIKES, "from_name": "Maya", "text": "x"}),
        json!({"act": "create_form", "on": PAGE_BIKES, "name": "Empty", "questions": []}),
        json!({"act": "hide", "id": "1"}),
        json!({"act": "delete", "id": "1"}),
        json!({"act": "end_live", "id": "1"}),
    ] {
        let refused = meta.control(Method::POST, "/content", &act).await;
        assert!(!text(&refused["error"]).is_empty(), "{act}");
    }
}

#[tokio::test]
async fn changes_can_be_sent_twice_or_the_last_first() {
    let (meta, mut told) = start("feed").await;
    let post = meta.act(json!({"act": "post", "on": PAGE_BIKES, "from_name": "Maya", "text": "Hi"})).await;
    let say = json!({"act": "comment", "on": post, "from_name": "Noam", "text": "Hi to you"});
    let top = meta.act(say).await;
    let reply = meta.act(json!({"act": "comment", "on": top, "from_name": "Maya", "text": "And you"})).await;
    told.bodies(&meta).await;
    meta.control(Method::PUT, "/app", &json!({"change_delivery": "twice"})).await;
    meta.act(json!({"act": "hide", "id": top})).await;
    let bodies = told.bodies(&meta).await;
    assert_eq!((bodies.len(), &bodies[0]), (2, &bodies[1]));
    meta.control(Method::PUT, "/app", &json!({"change_delivery": "reversed"})).await;
    meta.act(json!({"act": "delete", "id": top})).await;
    let changes = told.changes(&meta).await;
    let ids: Vec<String> = changes.iter().map(|(_, value)| text(&value["comment_id"])).collect();
    assert_eq!(ids, [top, reply]);
}
