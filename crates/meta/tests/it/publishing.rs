use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::post::{Image, InstagramContent, InstagramPost, PageContent, PagePost, Slide};
use jetbridge_meta::{
    Advice, ContainerState, ContainerStatus, Created, MetaError, Part, Quota, Shelf, VideoStatus,
};
use serde_json::json;

use crate::stub::{Asked, Stub, impatient, user_token};

const FIRST: Part = Part { limit: 25, after: None };
const PLANNED: Option<Time> = Some(Time::from_seconds(1_800_000_000));

fn url(name: &str) -> String {
    format!("https://files.example/{name}")
}

/// Makes a post of the Page 7; the request and what came of it.
async fn posted(content: PageContent, at: Option<Time>, photos: &[&str], answer: &str) -> (Asked, Created) {
    let stub = Stub::playing(answer).await;
    let photos: Vec<_> = photos.iter().map(|id| (*id).to_owned()).collect();
    let post = PagePost { content, publish_at: at };
    let created = stub.meta().create_page_post("7", &user_token(), &post, &photos).await.unwrap();
    let asked = stub.only();
    asked.is_proven();
    (asked, created)
}

#[tokio::test]
async fn a_text_and_a_link_go_to_the_feed() {
    let content =
        PageContent::Text { message: "Hello".to_owned(), link: Some("https://a.example".to_owned()) };
    let (asked, created) = posted(content, None, &[], r#"{"id":"7_9"}"#).await;
    assert_eq!(asked.line, "POST /v25.0/7/feed");
    assert_eq!(asked.names(), ["link", "message"]);
    assert_eq!((asked.form("message"), asked.form("link")), (Some("Hello"), Some("https://a.example")));
    assert_eq!(created, Created { id: "7_9".to_owned(), post_id: Some("7_9".to_owned()) });
}

#[tokio::test]
async fn what_is_planned_is_not_published_yet() {
    let content = PageContent::Text { message: "Later".to_owned(), link: None };
    let (asked, _) = posted(content, PLANNED, &[], r#"{"id":"7_9"}"#).await;
    assert_eq!(asked.names(), ["message", "published", "scheduled_publish_time"]);
    assert_eq!(asked.form("published"), Some("false"));
    assert_eq!(asked.form("scheduled_publish_time"), Some("1800000000"));
}

#[tokio::test]
async fn one_photo_is_a_post_by_itself() {
    let content = PageContent::Photos { message: "Look".to_owned(), urls: vec![url("a.jpg")] };
    let (asked, created) = posted(content, None, &[], r#"{"id":"11","post_id":"7_9"}"#).await;
    assert_eq!(asked.line, "POST /v25.0/7/photos");
    assert_eq!(asked.names(), ["message", "url"]);
    assert_eq!(asked.form("url"), Some("https://files.example/a.jpg"));
    assert_eq!(created, Created { id: "11".to_owned(), post_id: Some("7_9".to_owned()) });
    let content = PageContent::Photos { message: String::new(), urls: vec![url("a.jpg")] };
    let (asked, created) = posted(content, PLANNED, &[], r#"{"id":"11"}"#).await;
    assert_eq!(asked.names(), ["published", "scheduled_publish_time", "url"]);
    assert_eq!(created.post_id, None);
}

#[tokio::test]
async fn several_photos_are_uploaded_and_then_attached() {
    for (planned, names) in
        [(false, ["published", "url"].as_slice()), (true, ["published", "temporary", "url"].as_slice())]
    {
        let stub = Stub::playing(r#"{"id":11}"#).await;
        let id = stub.meta().upload_photo("7", &user_token(), &url("a.jpg"), planned).await.unwrap();
        assert_eq!(id, "11");
        let asked = stub.only();
        asked.is_proven();
        assert_eq!((asked.line.as_str(), asked.names().as_slice()), ("POST /v25.0/7/photos", names));
        assert_eq!(asked.form("published"), Some("false"));
    }
    let urls = vec![url("a.jpg"), url("b.jpg")];
    let content = PageContent::Photos { message: "Two".to_owned(), urls: urls.clone() };
    let (asked, created) = posted(content.clone(), None, &["11", "12"], r#"{"id":"7_9"}"#).await;
    assert_eq!(asked.line, "POST /v25.0/7/feed");
    assert_eq!(asked.names(), ["attached_media", "message"]);
    assert_eq!(asked.json("attached_media"), json!([{"media_fbid": "11"}, {"media_fbid": "12"}]));
    assert_eq!(created.post_id.as_deref(), Some("7_9"));
    let stub = Stub::start().await;
    for (urls, photos) in [(urls, 1), (vec![], 0), (vec![url("a.jpg")], 2)] {
        let post =
            PagePost { content: PageContent::Photos { message: String::new(), urls }, publish_at: None };
        let photos = vec!["11".to_owned(); photos];
        let outcome = stub.meta().create_page_post("7", &user_token(), &post, &photos).await;
        assert!(matches!(outcome, Err(MetaError::NotSent(_))));
    }
    assert_eq!(stub.asked().len(), 0);
}

#[tokio::test]
async fn a_video_is_fetched_by_its_address() {
    let content =
        PageContent::Video { message: "Watch".to_owned(), title: Some("Film".to_owned()), url: url("v.mp4") };
    let (asked, created) = posted(content, PLANNED, &[], r#"{"id":"13"}"#).await;
    assert_eq!(asked.line, "POST /v25.0/7/videos");
    assert_eq!(asked.names(), ["description", "file_url", "published", "scheduled_publish_time", "title"]);
    assert_eq!((asked.form("description"), asked.form("title")), (Some("Watch"), Some("Film")));
    assert_eq!(created, Created { id: "13".to_owned(), post_id: None });
}

#[tokio::test]
async fn what_meta_has_to_fetch_is_waited_for() {
    let stub = (0..3).fold(Stub::start().await, |stub, _| stub.then_late(r#"{"id":"11"}"#));
    let (meta, token) = (impatient(&stub.base), user_token());
    meta.upload_photo("7", &token, &url("a.jpg"), false).await.unwrap();
    for content in [
        PageContent::Photos { message: String::new(), urls: vec![url("a.jpg")] },
        PageContent::Video { message: String::new(), title: None, url: url("v.mp4") },
    ] {
        let post = PagePost { content, publish_at: None };
        meta.create_page_post("7", &token, &post, &[]).await.unwrap();
    }
}

#[tokio::test]
async fn a_video_tells_how_far_it_is() {
    for (status, expected) in [
        (r#"{"video_status":"processing"}"#, VideoStatus::Working),
        (r#"{"video_status":"unheard of"}"#, VideoStatus::Working),
        (r#"{"video_status":"ready","processing_phase":{"status":"complete"}}"#, VideoStatus::Ready),
        (r#"{"video_status":"expired"}"#, VideoStatus::Failed(None)),
        (
            r#"{"video_status":"error","processing_phase":{"errors":[{"code":1,"message":"Too short"}]}}"#,
            VideoStatus::Failed(Some("Too short".to_owned())),
        ),
    ] {
        let stub = Stub::playing(&format!(r#"{{"id":"13","status":{status}}}"#)).await;
        assert_eq!(stub.meta().video_status("13", &user_token()).await.unwrap(), expected);
        let asked = stub.only();
        assert_eq!((asked.line.as_str(), asked.query("fields")), ("GET /v25.0/13", Some("status")));
    }
    let odd = Stub::playing(r#"{"id":"13"}"#).await.meta().video_status("13", &user_token()).await;
    assert!(matches!(odd, Err(MetaError::Odd { .. })));
}

#[tokio::test]
async fn a_pages_posts_are_listed() {
    let body = r#"{"data":[{"id":"7_9","message":"Hello","created_time":"2026-02-28T08:49:14+0000",
        "permalink_url":"https://fb.example/9","full_picture":"https://p.example/9","status_type":"added_photos",
        "is_published":false,"scheduled_publish_time":1800000000,"from":{"name":"Shop","id":"7"},
        "shares":{"count":2},"likes":{"data":[],"summary":{"total_count":5}},
        "comments":{"summary":{"total_count":"4"}}},{"id":"7_8","story":"Shop updated its cover"}]}"#;
    for (which, edge) in [
        (Shelf::Feed, "feed"),
        (Shelf::Published, "published_posts"),
        (Shelf::Scheduled, "scheduled_posts"),
        (Shelf::Visitors, "visitor_posts"),
    ] {
        let stub = Stub::playing(body).await;
        let listed = stub.meta().page_posts("7", &user_token(), which, &FIRST).await.unwrap();
        let [full, bare] = listed.rows.as_slice() else { panic!("{listed:?}") };
        assert_eq!((full.id.as_str(), full.message.as_deref()), ("7_9", Some("Hello")));
        assert_eq!(full.created_at, Some(Time::from_seconds(1_772_268_554)));
        assert_eq!((full.published, full.publish_at), (Some(false), PLANNED));
        assert_eq!((full.shares, full.likes, full.comments), (Some(2), Some(5), Some(4)));
        assert_eq!(full.from.as_ref().unwrap().id.as_deref(), Some("7"));
        assert_eq!((full.kind.as_deref(), full.permalink.is_some()), (Some("added_photos"), true));
        assert_eq!((bare.story.as_deref(), bare.likes), (Some("Shop updated its cover"), None));
        let asked = stub.only();
        asked.is_proven();
        assert_eq!(asked.line, format!("GET /v25.0/7/{edge}"));
        assert_eq!(asked.names(), ["fields", "limit"]);
        assert_eq!(asked.query("limit"), Some("25"));
    }
}

#[tokio::test]
async fn a_post_is_deleted() {
    let stub = Stub::playing(r#"{"success":true}"#).await;
    stub.meta().delete_post("7_9", &user_token()).await.unwrap();
    let asked = stub.only();
    asked.is_proven();
    assert_eq!(asked.line, "DELETE /v25.0/7_9");
    let odd = Stub::playing("{}").await.meta().delete_post("7_9", &user_token()).await;
    assert!(matches!(odd, Err(MetaError::Odd { .. })));
}

fn image(alt_text: Option<&str>) -> Image {
    Image { url: url("a.jpg"), alt_text: alt_text.map(str::to_owned) }
}

async fn contained(content: InstagramContent, slides: &[&str]) -> Vec<(String, String)> {
    let stub = Stub::playing(r#"{"id":"17900000000000001"}"#).await;
    let post =
        InstagramPost { content, caption: Some("Hi".to_owned()), collaborators: vec!["ada".to_owned()] };
    let slides: Vec<_> = slides.iter().map(|id| (*id).to_owned()).collect();
    let id = stub.meta().create_container("17841", &user_token(), &post, &slides).await.unwrap();
    assert_eq!(id, "17900000000000001");
    let asked = stub.only();
    asked.is_proven();
    assert_eq!(asked.line, "POST /v25.0/17841/media");
    let common = ["caption", "collaborators", "appsecret_proof"];
    assert_eq!((asked.form("caption"), asked.json("collaborators")), (Some("Hi"), json!(["ada"])));
    asked.form.into_iter().filter(|(key, _)| !common.contains(&key.as_str())).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn each_kind_of_container_has_its_parameters() {
    let a = "https://files.example/a.jpg";
    let v = "https://files.example/v.mp4";
    assert_eq!(
        contained(InstagramContent::Image(image(Some("A rose"))), &[]).await,
        pairs(&[("image_url", a), ("alt_text", "A rose")])
    );
    let reel = InstagramContent::Reel {
        url: url("v.mp4"),
        cover_url: Some(url("a.jpg")),
        thumb_offset: Some(1500),
        share_to_feed: Some(false),
    };
    assert_eq!(
        contained(reel, &[]).await,
        pairs(&[
            ("media_type", "REELS"),
            ("video_url", v),
            ("cover_url", a),
            ("thumb_offset", "1500"),
            ("share_to_feed", "false")
        ])
    );
    assert_eq!(
        contained(InstagramContent::Story(Slide::Image(image(None))), &[]).await,
        pairs(&[("media_type", "STORIES"), ("image_url", a)])
    );
    assert_eq!(
        contained(InstagramContent::Story(Slide::Video(url("v.mp4"))), &[]).await,
        pairs(&[("media_type", "STORIES"), ("video_url", v)])
    );
    let slides = vec![Slide::Image(image(None)), Slide::Video(url("v.mp4"))];
    assert_eq!(
        contained(InstagramContent::Carousel(slides), &["1", "2"]).await,
        pairs(&[("media_type", "CAROUSEL"), ("children", "1,2")])
    );
}

#[tokio::test]
async fn the_parts_of_a_carousel_are_made_first() {
    for (slide, expected) in [
        (Slide::Image(image(Some("A"))), ["alt_text", "image_url", "is_carousel_item"]),
        (Slide::Video(url("v.mp4")), ["is_carousel_item", "media_type", "video_url"]),
    ] {
        let stub = Stub::playing(r#"{"id":"1"}"#).await;
        assert_eq!(stub.meta().create_slide("17841", &user_token(), &slide).await.unwrap(), "1");
        let asked = stub.only();
        asked.is_proven();
        assert_eq!(asked.line, "POST /v25.0/17841/media");
        assert_eq!(asked.names(), expected);
        assert_eq!(asked.form("is_carousel_item"), Some("true"));
        assert_eq!(asked.form("media_type"), matches!(slide, Slide::Video(_)).then_some("VIDEO"));
    }
    let content = InstagramContent::Carousel(vec![Slide::Image(image(None)); 2]);
    let post = InstagramPost { content, caption: None, collaborators: Vec::new() };
    let stub = Stub::start().await;
    let outcome = stub.meta().create_container("17841", &user_token(), &post, &["1".to_owned()]).await;
    assert!(matches!(outcome, Err(MetaError::NotSent(_))));
}

#[tokio::test]
async fn a_container_tells_how_far_it_is() {
    let status = |state, words: Option<&str>, advice| ContainerStatus {
        state,
        words: words.map(str::to_owned),
        advice,
    };
    let failed = "Error: Media upload has failed with error code 2207026";
    for (code, words, expected) in [
        ("IN_PROGRESS", None, status(ContainerState::Working, None, None)),
        ("UNHEARD_OF", None, status(ContainerState::Working, None, None)),
        ("FINISHED", Some("Finished"), status(ContainerState::Ready, Some("Finished"), None)),
        ("PUBLISHED", None, status(ContainerState::Published, None, None)),
        ("EXPIRED", None, status(ContainerState::Expired, None, None)),
        ("ERROR", Some(failed), status(ContainerState::Failed, Some(failed), Some(Advice::BadMedia))),
        ("ERROR", Some("2207001"), status(ContainerState::Failed, Some("2207001"), Some(Advice::Retry))),
        ("ERROR", Some("Error 12"), status(ContainerState::Failed, Some("Error 12"), None)),
    ] {
        let stub = Stub::playing(&json!({"status_code": code, "status": words, "id": "1"}).to_string()).await;
        assert_eq!(stub.meta().container_status("1", &user_token()).await.unwrap(), expected);
        let asked = stub.only();
        asked.is_proven();
        assert_eq!(
            (asked.line.as_str(), asked.query("fields")),
            ("GET /v25.0/1", Some("status_code,status"))
        );
    }
    let odd = Stub::playing(r#"{"id":"1"}"#).await.meta().container_status("1", &user_token()).await;
    assert!(matches!(odd, Err(MetaError::Odd { .. })));
}

#[tokio::test]
async fn a_container_is_published() {
    let stub = Stub::playing(r#"{"id":"18000000000000001"}"#).await;
    let id = stub.meta().publish_container("17841", &user_token(), "179").await.unwrap();
    assert_eq!(id, "18000000000000001");
    let asked = stub.only();
    asked.is_proven();
    assert_eq!(asked.line, "POST /v25.0/17841/media_publish");
    assert_eq!((asked.names(), asked.form("creation_id")), (vec!["creation_id"], Some("179")));
    for (code, subcode, advice) in [
        (9007, 2_207_027, Advice::Retry),
        (9, 2_207_042, Advice::SlowDown),
        (24, 2_207_008, Advice::NoSuchObject),
    ] {
        let refused = json!({"error": {"code": code, "error_subcode": subcode}}).to_string();
        let stub = Stub::start().await.then(400, refused);
        let error = stub.meta().publish_container("17841", &user_token(), "179").await.unwrap_err();
        assert_eq!(error.advice(), advice);
    }
}

#[tokio::test]
async fn the_allowance_is_metas_to_tell() {
    let stub =
        Stub::playing(r#"{"data":[{"quota_usage":2,"config":{"quota_total":100,"quota_duration":86400}}]}"#)
            .await;
    let quota = stub.meta().publishing_quota("17841", &user_token()).await.unwrap();
    assert_eq!(quota, Quota { used: 2, total: Some(100), window: Some(Span::days(1)) });
    let asked = stub.only();
    asked.is_proven();
    assert_eq!(asked.line, "GET /v25.0/17841/content_publishing_limit");
    assert_eq!(asked.query("fields"), Some("quota_usage,config"));
    let bare = Stub::playing(r#"{"data":[{"quota_usage":0}]}"#).await.meta();
    let bare = bare.publishing_quota("17841", &user_token()).await.unwrap();
    assert_eq!(bare, Quota { used: 0, total: None, window: None });
    let odd = Stub::playing(r#"{"data":[]}"#).await.meta().publishing_quota("17841", &user_token()).await;
    assert!(matches!(odd, Err(MetaError::Odd { .. })));
}

#[tokio::test]
async fn an_accounts_posts_are_listed() {
    let stub = Stub::playing(
        r#"{"data":[{"id":"18","caption":"Hi","media_type":"VIDEO","media_product_type":"REELS",
        "media_url":"https://m.example/18","thumbnail_url":"https://m.example/t","permalink":"https://i.example/18",
        "timestamp":"2026-02-28T08:49:14+0000","username":"shop","comments_count":3,"like_count":4,
        "is_comment_enabled":true},{"id":"19"}],"paging":{"cursors":{"after":"A"},"next":"https://x.example"}}"#,
    )
    .await;
    let listed = stub.meta().instagram_media("17841", &user_token(), &FIRST).await.unwrap();
    assert_eq!(listed.next.as_deref(), Some("A"));
    let full = &listed.rows[0];
    assert_eq!((full.kind.as_deref(), full.product.as_deref()), (Some("VIDEO"), Some("REELS")));
    assert_eq!(full.created_at, Some(Time::from_seconds(1_772_268_554)));
    assert_eq!((full.comments, full.likes, full.comment_enabled), (Some(3), Some(4), Some(true)));
    assert_eq!((full.url.is_some(), full.thumbnail.is_some(), full.permalink.is_some()), (true, true, true));
    assert_eq!((full.caption.as_deref(), full.username.as_deref()), (Some("Hi"), Some("shop")));
    assert_eq!((listed.rows[1].id.as_str(), listed.rows[1].url.as_deref()), ("19", None));
    let asked = stub.only();
    asked.is_proven();
    assert_eq!((asked.line.as_str(), asked.names()), ("GET /v25.0/17841/media", vec!["fields", "limit"]));
}
