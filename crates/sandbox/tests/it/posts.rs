//! Posts of Pages: writing, scheduling, photos, videos, reading, changing, deleting.

use jetbridge_sandbox::world::{DANA, OMER, PAGE_BIKES, PAGE_CAFE_AURORA, PAGE_EVENTS};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Meta, SCOPES, Subscribed, error_of, text};

async fn start() -> (Meta, String) {
    let meta = Meta::start().await;
    let token = meta.content_token(OMER, PAGE_BIKES).await;
    (meta, token)
}

async fn feed(meta: &Meta, token: &str, more: &[(&str, &str)]) -> Value {
    let mut call = vec![("access_token", token)];
    call.extend_from_slice(more);
    meta.post(&format!("/{PAGE_BIKES}/feed"), &call).await
}

async fn read(meta: &Meta, token: &str, id: &str, fields: &str) -> Value {
    meta.get(&format!("/{id}"), &[("fields", fields), ("access_token", token)]).await
}

async fn ids(meta: &Meta, token: &str, edge: &str) -> Vec<String> {
    let answer = meta.get(&format!("/{PAGE_BIKES}/{edge}"), &[("access_token", token)]).await;
    answer["data"].as_array().unwrap().iter().map(|post| text(&post["id"])).collect()
}

#[tokio::test]
async fn a_post_is_written_read_edited_and_deleted() {
    let (meta, token) = start().await;
    let id = text(&feed(&meta, &token, &[("message", "We open at nine")]).await["id"]);
    assert!(id.starts_with(&format!("{PAGE_BIKES}_")), "{id}");
    let fields = "message,from,created_time,is_published,status_type,permalink_url";
    let post = read(&meta, &token, &id, fields).await;
    assert_eq!(post["from"], json!({"id": PAGE_BIKES, "name": "Omer Bikes"}));
    assert_eq!((&post["message"], &post["is_published"]), (&json!("We open at nine"), &json!(true)));
    assert_eq!(post["created_time"], "2026-09-21T14:13:20+0000");
    assert_eq!(ids(&meta, &token, "feed").await, [id.as_str()]);

    let path = format!("/{id}");
    let call = [("message", "We open at ten"), ("access_token", token.as_str())];
    assert_eq!(meta.post(&path, &call).await, json!({"success": true}));
    assert_eq!(read(&meta, &token, &id, "message").await["message"], "We open at ten");
    assert_eq!(meta.delete(&path, &[("access_token", &token)]).await, json!({"success": true}));
    assert_eq!(error_of(&read(&meta, &token, &id, "id").await), (100, Some(33)));
    assert!(ids(&meta, &token, "feed").await.is_empty());
}

#[tokio::test]
async fn a_post_needs_something_to_say_and_a_link_that_is_one() {
    let (meta, token) = start().await;
    assert_eq!(error_of(&feed(&meta, &token, &[]).await), (100, None));
    let long = "x".repeat(63_207);
    let body = [("message", long.as_str()), ("access_token", token.as_str())];
    let url = format!("{}/{PAGE_BIKES}/feed", meta.url);
    let answer: Value = meta.client.post(&url).form(&body).send().await.unwrap().json().await.unwrap();
    assert_eq!(error_of(&answer).0, 100);
    assert_eq!(error_of(&feed(&meta, &token, &[("link", "nowhere")]).await), (100, Some(1_609_005)));
    let id = text(&feed(&meta, &token, &[("link", "https://example.com/bikes")]).await["id"]);
    let post = read(&meta, &token, &id, "status_type,attachments").await;
    assert_eq!(post["status_type"], "shared_story");
    assert_eq!(post["attachments"]["data"][0]["url"], "https://example.com/bikes");
}

#[tokio::test]
async fn a_post_is_scheduled_within_metas_bounds_and_goes_out_by_the_clock() {
    let (meta, token) = start().await;
    let schedule = async |at: String, published: &str| {
        let call = [("message", "Sale"), ("published", published), ("scheduled_publish_time", at.as_str())];
        feed(&meta, &token, &call).await
    };
    let now = meta.now();
    assert_eq!(error_of(&schedule((now + 599).to_string(), "false").await).0, 100);
    assert_eq!(error_of(&schedule((now + 30 * 86_400 + 1).to_string(), "false").await).0, 100);
    assert_eq!(error_of(&schedule((now + 900).to_string(), "true").await).0, 100);
    assert_eq!(error_of(&schedule("tomorrow".to_owned(), "false").await).0, 100);
    let id = text(&schedule((now + 600).to_string(), "false").await["id"]);
    text(&schedule("+30 days".to_owned(), "false").await["id"]);
    assert_eq!(ids(&meta, &token, "scheduled_posts").await.len(), 2);
    let post = read(&meta, &token, &id, "is_published,scheduled_publish_time").await;
    assert_eq!(post["scheduled_publish_time"], now + 600);
    assert_eq!(post["is_published"], false);
    assert!(ids(&meta, &token, "published_posts").await.is_empty());

    meta.pass(600);
    assert_eq!(ids(&meta, &token, "published_posts").await, [id.as_str()]);
    let post = read(&meta, &token, &id, "is_published,created_time,scheduled_publish_time").await;
    assert_eq!(post["is_published"], true);
    assert_eq!(post["created_time"], "2026-09-21T14:23:20+0000");
    assert!(post.get("scheduled_publish_time").is_none());
}

#[tokio::test]
async fn an_unpublished_post_is_published_by_hand() {
    let (meta, token) = start().await;
    let id = text(&feed(&meta, &token, &[("message", "Draft"), ("published", "false")]).await["id"]);
    assert!(ids(&meta, &token, "feed").await.is_empty());
    let call = [("is_published", "true"), ("access_token", token.as_str())];
    meta.post(&format!("/{id}"), &call).await;
    assert_eq!(ids(&meta, &token, "feed").await, [id.as_str()]);
    let call = [("is_published", "false"), ("access_token", token.as_str())];
    assert_eq!(error_of(&meta.post(&format!("/{id}"), &call).await).0, 100);
}

#[tokio::test]
async fn photos_are_posted_alone_or_together() {
    let (meta, token) = start().await;
    let photo = async |more: &[(&str, &str)]| {
        let mut call = vec![("access_token", token.as_str())];
        call.extend_from_slice(more);
        meta.post(&format!("/{PAGE_BIKES}/photos"), &call).await
    };
    let address = ("url", "https://example.com/a.jpg");
    assert_eq!(error_of(&photo(&[("url", "a.jpg")]).await), (100, Some(2_061_006)));
    let alone = photo(&[address, ("caption", "One")]).await;
    let post = read(&meta, &token, &text(&alone["post_id"]), "message,full_picture,status_type").await;
    assert_eq!((&post["message"], &post["status_type"]), (&json!("One"), &json!("added_photos")));
    assert_eq!(post["full_picture"], "https://example.com/a.jpg");

    let mut kept = Vec::new();
    for _ in 0..2 {
        let answer = photo(&[address, ("published", "false")]).await;
        assert!(answer.get("post_id").is_none(), "{answer}");
        kept.push(json!({"media_fbid": answer["id"]}));
    }
    let media = Value::Array(kept).to_string();
    let id = text(&feed(&meta, &token, &[("message", "Two"), ("attached_media", &media)]).await["id"]);
    let post = read(&meta, &token, &id, "attachments").await;
    let album = post["attachments"]["data"][0]["subattachments"]["data"].as_array().unwrap().len();
    assert_eq!(album, 2);
    let again = feed(&meta, &token, &[("attached_media", &media)]).await;
    assert_eq!(error_of(&again), (100, Some(1_366_051)));
}

#[tokio::test]
async fn a_video_is_published_when_it_is_processed() {
    let (meta, token) = start().await;
    meta.control(Method::PUT, "/app", &json!({"processing_seconds": 120})).await;
    let path = format!("/{PAGE_BIKES}/videos");
    let call = [
        ("file_url", "https://example.com/a.mp4"),
        ("description", "A ride"),
        ("access_token", token.as_str()),
    ];
    let id = text(&meta.post(&path, &call).await["id"]);
    let status = async |id: &str| read(&meta, &token, id, "status").await["status"].clone();
    assert_eq!(status(&id).await["video_status"], "processing");
    assert!(ids(&meta, &token, "feed").await.is_empty());
    meta.pass(120);
    assert_eq!(status(&id).await["publishing_phase"]["publish_status"], "published");
    assert_eq!(ids(&meta, &token, "feed").await.len(), 1);

    meta.control(Method::PUT, "/app", &json!({"processing_result": "error"})).await;
    let broken = text(&meta.post(&path, &call).await["id"]);
    meta.pass(120);
    let status = status(&broken).await;
    assert_eq!(
        (&status["video_status"], &status["processing_phase"]["status"]),
        (&json!("error"), &json!("error"))
    );
    assert_eq!(ids(&meta, &token, "feed").await.len(), 1);
}

#[tokio::test]
async fn a_scheduled_video_waits_for_its_time_and_for_its_processing() {
    let (meta, token) = start().await;
    meta.control(Method::PUT, "/app", &json!({"processing_seconds": 1_000})).await;
    let at = (meta.now() + 600).to_string();
    let call = [
        ("file_url", "https://example.com/a.mp4"),
        ("published", "false"),
        ("scheduled_publish_time", at.as_str()),
        ("access_token", token.as_str()),
    ];
    text(&meta.post(&format!("/{PAGE_BIKES}/videos"), &call).await["id"]);
    meta.pass(600);
    assert!(ids(&meta, &token, "feed").await.is_empty());
    meta.pass(400);
    assert_eq!(ids(&meta, &token, "feed").await.len(), 1);
}

#[tokio::test]
async fn what_stands_on_a_page_is_hidden_from_tokens_of_others() {
    let (meta, token) = start().await;
    let id = text(&feed(&meta, &token, &[("message", "x")]).await["id"]);
    let stranger = meta.long_token(DANA, crate::support::CONTENT_SCOPES).await;
    let other_page = meta.page_token(&stranger, PAGE_CAFE_AURORA).await;
    for token in [&stranger, &other_page] {
        assert_eq!(error_of(&read(&meta, token, &id, "id").await), (100, Some(33)));
        let answer = meta.delete(&format!("/{id}"), &[("access_token", token)]).await;
        assert_eq!(error_of(&answer), (100, Some(33)));
    }
    assert_eq!(error_of(&feed(&meta, &other_page, &[("message", "x")]).await).0, 210);
    // Somebody who runs the Page, but not with its token.
    let user = meta.long_token(OMER, crate::support::CONTENT_SCOPES).await;
    assert_eq!(error_of(&read(&meta, &user, &id, "id").await).0, 210);
}

#[tokio::test]
async fn posts_need_the_pages_token_the_permission_and_the_task() {
    let (meta, token) = start().await;
    let user = meta.long_token(OMER, crate::support::CONTENT_SCOPES).await;
    assert_eq!(error_of(&feed(&meta, &user, &[("message", "x")]).await), (210, None));
    let dana = meta.long_token(DANA, SCOPES).await;
    let call = [("message", "x"), ("access_token", dana.as_str())];
    let answer = meta.post(&format!("/{PAGE_EVENTS}/feed"), &call).await;
    assert_eq!(error_of(&answer), (190, Some(2_069_032)));
    let page = meta.page_token(&dana, PAGE_CAFE_AURORA).await;
    let call = [("message", "x"), ("access_token", page.as_str())];
    assert_eq!(error_of(&meta.post(&format!("/{PAGE_CAFE_AURORA}/feed"), &call).await).0, 200);

    let role = format!("/people/{OMER}/pages/{PAGE_BIKES}");
    meta.control(Method::PUT, &role, &json!({"tasks": ["MODERATE"]})).await;
    assert_eq!(error_of(&feed(&meta, &token, &[("message", "x")]).await).0, 200);
    meta.control(Method::PUT, &role, &json!({"tasks": ["PROFILE_PLUS_CREATE_CONTENT"]})).await;
    text(&feed(&meta, &token, &[("message", "x")]).await["id"]);
    meta.delete("/me/permissions/pages_read_engagement", &[("access_token", &user)]).await;
    let answer = meta.get(&format!("/{PAGE_BIKES}/feed"), &[("access_token", &token)]).await;
    assert_eq!(error_of(&answer).0, 10);
}

#[tokio::test]
async fn what_visitors_post_is_seen_with_its_permission_only_and_is_not_edited() {
    let (meta, token) = start().await;
    let id =
        meta.act(json!({"act": "post", "on": PAGE_BIKES, "from_name": "Maya", "text": "Nice shop"})).await;
    assert_eq!(ids(&meta, &token, "visitor_posts").await, [id.as_str()]);
    assert!(ids(&meta, &token, "posts").await.is_empty());
    assert_eq!(read(&meta, &token, &id, "from").await["from"]["name"], "Maya");
    let call = [("message", "Bad shop"), ("access_token", token.as_str())];
    assert_eq!(error_of(&meta.post(&format!("/{id}"), &call).await).0, 200);
    let user = meta.long_token(OMER, crate::support::CONTENT_SCOPES).await;
    meta.delete("/me/permissions/pages_read_user_content", &[("access_token", &user)]).await;
    assert!(ids(&meta, &token, "feed").await.is_empty());
    assert!(read(&meta, &token, &id, "from").await.get("from").is_none());
    assert_eq!(meta.delete(&format!("/{id}"), &[("access_token", &token)]).await, json!({"success": true}));
}

#[tokio::test]
async fn a_visitor_rewrites_their_post_and_it_is_told() {
    let (meta, token) = start().await;
    let mut told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", "feed", "feed").await;
    let id = meta.act(json!({"act": "post", "on": PAGE_BIKES, "from_name": "Maya", "text": "Helo"})).await;
    meta.act(json!({"act": "edit", "id": id, "text": "Hello"})).await;
    let (_, value) = told.changes(&meta).await.remove(1);
    assert_eq!(
        (&value["item"], &value["verb"], &value["message"]),
        (&json!("post"), &json!("edited"), &json!("Hello"))
    );
    assert_eq!(value["post_id"], id);
}

#[tokio::test]
async fn several_posts_are_read_in_one_call_and_in_a_batch() {
    let (meta, token) = start().await;
    let one = text(&feed(&meta, &token, &[("message", "One")]).await["id"]);
    let two = text(&feed(&meta, &token, &[("message", "Two")]).await["id"]);
    let ids = format!("{one},{two}");
    let call = [("ids", ids.as_str()), ("fields", "message"), ("access_token", token.as_str())];
    let found = meta.get("/", &call).await;
    assert_eq!((&found[&one]["message"], &found[&two]["message"]), (&json!("One"), &json!("Two")));
    let batch = json!([{"method": "POST", "relative_url": format!("{PAGE_BIKES}/feed"), "body": "message=Three"},
        {"method": "DELETE", "relative_url": one}]);
    let call = [("batch", batch.to_string()), ("access_token", token.clone())];
    let url = format!("{}/v25.0/", meta.url);
    let answer: Value = meta.client.post(url).form(&call).send().await.unwrap().json().await.unwrap();
    assert_eq!((&answer[0]["code"], &answer[1]["code"]), (&json!(200), &json!(200)));
    assert_eq!(self::ids(&meta, &token, "feed").await.len(), 2);
}

#[tokio::test]
async fn ordered_errors_hit_content_as_everything_else() {
    let (meta, token) = start().await;
    let fault = json!({"match": format!("POST /{PAGE_BIKES}/feed"), "kind": "preset", "name": "duplicate"});
    meta.control(Method::POST, "/faults", &fault).await;
    assert_eq!(error_of(&feed(&meta, &token, &[("message", "x")]).await).0, 506);
    text(&feed(&meta, &token, &[("message", "x")]).await["id"]);
}

#[tokio::test]
async fn a_list_is_read_in_parts_even_while_it_is_deleted() {
    let (meta, token) = start().await;
    for number in 0..5 {
        feed(&meta, &token, &[("message", &number.to_string())]).await;
        meta.pass(1);
    }
    let path = format!("/{PAGE_BIKES}/feed");
    let call = [("fields", "message"), ("limit", "2"), ("access_token", token.as_str())];
    let mut answer = meta.get(&path, &call).await;
    let mut seen = Vec::new();
    loop {
        for post in answer["data"].as_array().unwrap() {
            seen.push(text(&post["message"]));
            meta.delete(&format!("/{}", text(&post["id"])), &[("access_token", &token)]).await;
        }
        let Some(next) = answer["paging"]["next"].as_str() else { break };
        assert!(seen.len() < 6, "{seen:?}");
        answer = meta.client.get(next).send().await.unwrap().json().await.unwrap();
    }
    assert_eq!(seen, ["4", "3", "2", "1", "0"]);
}

#[tokio::test]
async fn everything_about_posts_is_told_with_its_item_and_verb() {
    let (meta, token) = start().await;
    let mut told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", "feed,videos", "feed,videos").await;
    let id = text(&feed(&meta, &token, &[("message", "Hello")]).await["id"]);
    let changes = told.changes(&meta).await;
    let (field, value) = &changes[0];
    assert_eq!((field.as_str(), changes.len()), ("feed", 1));
    assert_eq!(
        *value,
        json!({"item": "status", "verb": "add", "post_id": id, "message": "Hello", "published": 1,
            "created_time": meta.now(), "from": {"id": PAGE_BIKES, "name": "Omer Bikes"}})
    );
    let call = [("message", "Hello again"), ("access_token", token.as_str())];
    meta.post(&format!("/{id}"), &call).await;
    meta.delete(&format!("/{id}"), &[("access_token", &token)]).await;
    feed(&meta, &token, &[("link", "https://example.com/")]).await;
    meta.act(json!({"act": "post", "on": PAGE_BIKES, "from_name": "Maya", "text": "Hi"})).await;
    let address = [("url", "https://example.com/a.jpg"), ("access_token", token.as_str())];
    meta.post(&format!("/{PAGE_BIKES}/photos"), &address).await;
    let at = (meta.now() + 700).to_string();
    feed(&meta, &token, &[("message", "Later"), ("published", "false"), ("scheduled_publish_time", &at)])
        .await;
    let address = [("file_url", "https://example.com/a.mp4"), ("access_token", token.as_str())];
    meta.post(&format!("/{PAGE_BIKES}/videos"), &address).await;
    let kinds = |changes: &[(String, Value)]| {
        let kind = |(field, value): &(String, Value)| match field.as_str() {
            "feed" => format!("{} {} {}", text(&value["item"]), text(&value["verb"]), value["published"]),
            other => other.to_owned(),
        };
        changes.iter().map(kind).collect::<Vec<_>>()
    };
    let changes = told.changes(&meta).await;
    assert_eq!(
        kinds(&changes),
        [
            "status edited 1",
            "post remove null",
            "share add 1",
            "post add 1",
            "photo add 1",
            "status add 0",
            "video add 0"
        ]
    );
    assert_eq!(changes[1].1["recipient_id"], PAGE_BIKES);
    assert_eq!(changes[3].1["from"]["name"], "Maya");
    assert_ne!(changes[3].1["from"]["id"], PAGE_BIKES);
    assert!(changes[4].1["photo_id"].is_string() && changes[6].1["video_id"].is_string());
    meta.pass(700);
    assert_eq!(kinds(&told.changes(&meta).await), ["videos", "video edited 1", "status edited 1"]);
}
