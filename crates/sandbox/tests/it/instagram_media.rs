//! Instagram media: containers and publishing, reading, comments, mentions, stories and broadcasts.

use jetbridge_sandbox::world::{DANA, INSTAGRAM_BIKES, INSTAGRAM_CAFE_AURORA, OMER, PAGE_BIKES};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{CONTENT_SCOPES, Meta, Subscribed, error_of, text};

const PICTURE: (&str, &str) = ("image_url", "https://example.com/a.jpg");
const REEL: [(&str, &str); 2] = [("media_type", "REELS"), ("video_url", "https://example.com/a.mp4")];

struct Shop {
    meta: Meta,
    token: String,
}

impl Shop {
    async fn open() -> Shop {
        let meta = Meta::start().await;
        let token = meta.content_token(OMER, PAGE_BIKES).await;
        Shop { meta, token }
    }

    async fn post(&self, path: &str, more: &[(&str, &str)]) -> Value {
        let mut call = vec![("access_token", self.token.as_str())];
        call.extend_from_slice(more);
        self.meta.post(path, &call).await
    }

    async fn get(&self, path: &str, fields: &str) -> Value {
        self.meta.get(path, &[("fields", fields), ("access_token", &self.token)]).await
    }

    async fn container(&self, more: &[(&str, &str)]) -> Value {
        self.post(&format!("/{INSTAGRAM_BIKES}/media"), more).await
    }

    async fn publish(&self, container: &str) -> Value {
        self.post(&format!("/{INSTAGRAM_BIKES}/media_publish"), &[("creation_id", container)]).await
    }

    async fn status(&self, container: &str) -> String {
        text(&self.get(&format!("/{container}"), "status_code").await["status_code"])
    }

    /// A published picture.
    async fn media(&self, caption: &str) -> String {
        let container = text(&self.container(&[PICTURE, ("caption", caption)]).await["id"]);
        text(&self.publish(&container).await["id"])
    }

    async fn says(&self, on: &str, words: &str) -> String {
        self.meta.act(json!({"act": "comment", "on": on, "from_name": "Maya Green", "text": words})).await
    }
}

#[tokio::test]
async fn a_picture_is_published_once_and_read() {
    let shop = Shop::open().await;
    let container =
        text(&shop.container(&[PICTURE, ("caption", "Bells"), ("alt_text", "A bell")]).await["id"]);
    assert_eq!(shop.status(&container).await, "FINISHED");
    let id = text(&shop.publish(&container).await["id"]);
    assert_eq!(shop.status(&container).await, "PUBLISHED");
    assert_eq!(error_of(&shop.publish(&container).await), (24, Some(2_207_006)));
    let fields = "caption,alt_text,media_type,media_product_type,media_url,permalink,timestamp,username,\
                  comments_count,like_count,is_comment_enabled";
    let media = shop.get(&format!("/{id}"), fields).await;
    for (key, value) in [
        ("caption", json!("Bells")),
        ("alt_text", json!("A bell")),
        ("media_type", json!("IMAGE")),
        ("media_product_type", json!("FEED")),
        ("media_url", json!("https://example.com/a.jpg")),
        ("username", json!("omer.bikes")),
        ("comments_count", json!(0)),
        ("is_comment_enabled", json!(true)),
    ] {
        assert_eq!(media[key], value, "{key}");
    }
    let listed = shop.get(&format!("/{INSTAGRAM_BIKES}/media"), "id").await;
    assert_eq!(listed["data"], json!([{"id": id}]));
    assert_eq!(shop.get(&format!("/{INSTAGRAM_BIKES}"), "media_count").await["media_count"], 1);
}

#[tokio::test]
async fn a_reel_takes_its_time_can_fail_and_expires() {
    let shop = Shop::open().await;
    shop.meta.control(Method::PUT, "/app", &json!({"processing_seconds": 60})).await;
    let reel = text(&shop.container(&REEL).await["id"]);
    let forgotten = text(&shop.container(&REEL).await["id"]);
    assert_eq!(shop.status(&reel).await, "IN_PROGRESS");
    assert_eq!(error_of(&shop.publish(&reel).await), (9_007, Some(2_207_027)));
    shop.meta.pass(60);
    assert_eq!(shop.status(&reel).await, "FINISHED");
    let id = text(&shop.publish(&reel).await["id"]);
    let media = shop.get(&format!("/{id}"), "media_type,media_product_type").await;
    assert_eq!((&media["media_type"], &media["media_product_type"]), (&json!("VIDEO"), &json!("REELS")));

    shop.meta.control(Method::PUT, "/app", &json!({"processing_result": "error"})).await;
    let broken = text(&shop.container(&REEL).await["id"]);
    shop.meta.pass(60);
    assert_eq!(shop.status(&broken).await, "ERROR");
    assert_eq!(error_of(&shop.publish(&broken).await), (-1, Some(2_207_053)));
    shop.meta.pass(86_400);
    assert_eq!(shop.status(&forgotten).await, "EXPIRED");
    assert_eq!(error_of(&shop.publish(&forgotten).await), (-2, Some(2_207_020)));
}

#[tokio::test]
async fn a_carousel_is_as_ready_as_its_parts() {
    let shop = Shop::open().await;
    let part = ("is_carousel_item", "true");
    let picture = text(&shop.container(&[PICTURE, part]).await["id"]);
    let video = [("media_type", "VIDEO"), ("video_url", "https://example.com/a.mp4"), part];
    let video = text(&shop.container(&video).await["id"]);
    let alone = text(&shop.container(&[PICTURE]).await["id"]);
    let carousel = async |children: String| {
        shop.container(&[("media_type", "CAROUSEL"), ("children", &children), ("caption", "Both")]).await
    };
    assert_eq!(error_of(&carousel(picture.clone()).await), (100, Some(2_207_028)));
    assert_eq!(error_of(&carousel(format!("{picture},{alone}")).await), (100, Some(2_207_028)));
    assert_eq!(error_of(&carousel(format!("{picture},178")).await), (24, Some(2_207_008)));
    assert_eq!(error_of(&shop.publish(&picture).await), (100, Some(2_207_028)));
    let album = text(&carousel(format!("{picture},{video}")).await["id"]);
    assert_eq!(shop.status(&album).await, "IN_PROGRESS");
    shop.meta.pass(60);
    let id = text(&shop.publish(&album).await["id"]);
    let media = shop.get(&format!("/{id}"), "media_type,caption,children{id,media_type}").await;
    assert_eq!((&media["media_type"], &media["caption"]), (&json!("CAROUSEL_ALBUM"), &json!("Both")));
    let kinds: Vec<&Value> =
        media["children"]["data"].as_array().unwrap().iter().map(|child| &child["media_type"]).collect();
    assert_eq!(kinds, [&json!("IMAGE"), &json!("VIDEO")]);
    let parts = shop.get(&format!("/{id}/children"), "media_type").await;
    assert_eq!(parts["data"].as_array().unwrap().len(), 2);
    // Parts are no media of their own.
    assert_eq!(
        shop.get(&format!("/{INSTAGRAM_BIKES}/media"), "id").await["data"].as_array().unwrap().len(),
        1
    );
}

/// The parameters of a call, and the code and subcode it is refused with.
type Case<'a> = (&'a [(&'a str, &'a str)], (i64, Option<i64>));

#[tokio::test]
async fn what_cannot_be_published_is_refused_with_its_code() {
    let shop = Shop::open().await;
    let long = "x".repeat(2_201);
    let tags = "#a ".repeat(31);
    let cases: [Case<'_>; 9] = [
        (&[], (100, None)),
        (&[("image_url", "a.jpg")], (9_004, Some(2_207_052))),
        (&[("image_url", "https://example.com/a.png")], (36_001, Some(2_207_005))),
        (&[PICTURE, ("caption", &long)], (36_004, Some(2_207_010))),
        (&[PICTURE, ("caption", &tags)], (36_004, Some(2_207_010))),
        (&[("media_type", "SONG"), PICTURE], (100, Some(2_207_023))),
        (&[("media_type", "REELS"), PICTURE], (100, None)),
        (&[("media_type", "REELS"), ("video_url", "https://example.com/a.avi")], (352, Some(2_207_026))),
        (&[("media_type", "VIDEO"), ("video_url", "https://example.com/a.mp4")], (100, Some(2_207_023))),
    ];
    for (call, error) in cases {
        assert_eq!(error_of(&shop.container(call).await), error, "{call:?}");
    }
    assert_eq!(error_of(&shop.publish("17800000000000000").await), (24, Some(2_207_008)));
    let answer = shop.container(&[("image_url", "a.jpg")]).await;
    assert!(answer["error"]["error_user_title"].is_string() && answer["error"]["error_user_msg"].is_string());
}

#[tokio::test]
async fn the_quota_is_counted_over_a_day() {
    let shop = Shop::open().await;
    shop.meta.control(Method::PUT, "/app", &json!({"publish_quota": 2})).await;
    let limit = async || {
        let path = format!("/{INSTAGRAM_BIKES}/content_publishing_limit");
        shop.get(&path, "quota_usage,config").await["data"][0].clone()
    };
    for _ in 0..2 {
        shop.media("x").await;
    }
    // What was not made by the app does not count.
    shop.meta.act(json!({"act": "post", "on": INSTAGRAM_BIKES, "text": "By hand"})).await;
    let config = json!({"quota_total": 2, "quota_duration": 86_400});
    assert_eq!(limit().await, json!({"quota_usage": 2, "config": config}));
    let third = text(&shop.container(&[PICTURE]).await["id"]);
    assert_eq!(error_of(&shop.publish(&third).await), (9, Some(2_207_042)));
    shop.meta.pass(86_400);
    assert_eq!(limit().await["quota_usage"], 0);
}

#[tokio::test]
async fn an_account_makes_at_most_four_hundred_containers_a_day() {
    let shop = Shop::open().await;
    for _ in 0..400 {
        text(&shop.container(&[PICTURE]).await["id"]);
    }
    assert_eq!(error_of(&shop.container(&[PICTURE]).await), (9, Some(2_207_042)));
    shop.meta.pass(86_400);
    text(&shop.container(&[PICTURE]).await["id"]);
}

#[tokio::test]
async fn comments_are_read_answered_hidden_and_deleted() {
    let shop = Shop::open().await;
    let media = shop.media("Bells").await;
    let first = shop.says(&media, "How much?").await;
    shop.meta.pass(1);
    shop.says(&media, "And the red one?").await;
    let path = format!("/{media}/comments");
    let listed = shop.get(&path, "text,username,from,hidden,timestamp").await;
    let rows = listed["data"].as_array().unwrap();
    assert_eq!((rows.len(), &rows[0]["text"]), (2, &json!("And the red one?")));
    assert_eq!((&rows[1]["username"], &rows[1]["hidden"]), (&json!("maya.green"), &json!(false)));
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let plain = shop.meta.get(&path, &[("access_token", &shop.token)]).await;
    assert_eq!(keys(&plain["data"][0]), ["id", "text", "timestamp"]);

    let reply = text(&shop.post(&format!("/{first}/replies"), &[("message", "Ten")]).await["id"]);
    let again = text(&shop.post(&format!("/{reply}/replies"), &[("message", "Or nine")]).await["id"]);
    let fields = "parent_id,username,from,user,media";
    let answer = shop.get(&format!("/{again}"), fields).await;
    assert_eq!(answer["parent_id"], first);
    assert_eq!(answer["from"], json!({"id": INSTAGRAM_BIKES, "username": "omer.bikes"}));
    assert_eq!(answer["media"], json!({"id": media}));
    let replies = shop.get(&format!("/{first}/replies"), "text").await;
    assert_eq!(replies["data"].as_array().unwrap().len(), 2);
    let nested = shop.get(&format!("/{media}"), "comments{text,replies{text}}").await;
    assert_eq!(nested["comments"]["data"][1]["replies"]["data"][0]["text"], "Ten");
    assert_eq!(shop.get(&path, "text").await["data"].as_array().unwrap().len(), 2);

    let success = json!({"success": true});
    assert_eq!(shop.post(&format!("/{first}"), &[("hide", "true")]).await, success);
    assert_eq!(shop.get(&format!("/{first}"), "hidden").await["hidden"], true);
    assert_eq!(shop.post(&format!("/{reply}"), &[("hide", "true")]).await, success);
    assert_eq!(shop.get(&format!("/{reply}"), "hidden").await["hidden"], false);
    assert_eq!(error_of(&shop.post(&format!("/{first}"), &[]).await).0, 100);
    let own = text(&shop.post(&path, &[("message", "Come and see")]).await["id"]);
    for id in [&own, &first] {
        assert_eq!(shop.meta.delete(&format!("/{id}"), &[("access_token", &shop.token)]).await, success);
    }
    assert_eq!(error_of(&shop.get(&format!("/{reply}"), "id").await), (100, Some(33)));
    assert_eq!(shop.get(&format!("/{media}"), "comments_count").await["comments_count"], 1);
}

#[tokio::test]
async fn comments_are_switched_off_and_on() {
    let shop = Shop::open().await;
    let media = shop.media("Bells").await;
    let path = format!("/{media}/comments");
    shop.post(&format!("/{media}"), &[("comment_enabled", "false")]).await;
    assert_eq!(error_of(&shop.post(&path, &[("message", "x")]).await).0, 10);
    let act = json!({"act": "comment", "on": media, "from_name": "Maya", "text": "x"});
    assert!(shop.meta.control(Method::POST, "/content", &act).await["error"].is_string());
    shop.post(&format!("/{media}"), &[("comment_enabled", "true")]).await;
    text(&shop.post(&path, &[("message", "x")]).await["id"]);
}

#[tokio::test]
async fn instagram_needs_its_permissions_its_task_and_its_own_people() {
    let shop = Shop::open().await;
    let media = shop.media("Bells").await;
    let stranger = shop.meta.long_token(DANA, CONTENT_SCOPES).await;
    let call = [("access_token", stranger.as_str())];
    assert_eq!(error_of(&shop.meta.get(&format!("/{media}"), &call).await), (100, Some(33)));
    assert_eq!(error_of(&shop.meta.get(&format!("/{INSTAGRAM_BIKES}/media"), &call).await), (100, Some(33)));
    let user = shop.meta.long_token(OMER, CONTENT_SCOPES).await;
    let call = [("access_token", user.as_str())];
    assert_eq!(shop.meta.get(&format!("/{media}"), &call).await["id"], media);
    let elsewhere = shop.post(&format!("/{INSTAGRAM_CAFE_AURORA}/media"), &[PICTURE]).await;
    assert_eq!(error_of(&elsewhere), (100, Some(33)));

    let role = format!("/people/{OMER}/pages/{PAGE_BIKES}");
    shop.meta.control(Method::PUT, &role, &json!({"tasks": ["MODERATE"]})).await;
    assert_eq!(error_of(&shop.container(&[PICTURE]).await).0, 200);
    let comments = format!("/{media}/comments");
    assert!(shop.get(&comments, "id").await["data"].is_array());
    let through = json!({"tasks": ["MANAGE"], "through_business": true});
    shop.meta.control(Method::PUT, &role, &through).await;
    assert_eq!(error_of(&shop.get(&comments, "id").await), (100, Some(33)));
    shop.meta.control(Method::PUT, &role, &json!({"tasks": ["MANAGE"]})).await;
    for (permission, path) in
        [("instagram_manage_comments", &comments), ("instagram_basic", &format!("/{media}"))]
    {
        shop.meta.delete(&format!("/me/permissions/{permission}"), &call).await;
        assert_eq!(error_of(&shop.get(path, "id").await).0, 10);
    }
    shop.meta.delete("/me/permissions/instagram_content_publish", &call).await;
    assert_eq!(error_of(&shop.container(&[PICTURE]).await).0, 10);
}

#[tokio::test]
async fn comments_are_told_the_accounts_own_too_and_nothing_else_is() {
    let shop = Shop::open().await;
    let media = shop.media("Bells").await;
    let page = (PAGE_BIKES, shop.token.as_str());
    let mut told = Subscribed::start(&shop.meta, page, "instagram", "comments", "feed").await;
    let id = shop.says(&media, "How much? / \u{5e9}").await;
    let own = text(&shop.post(&format!("/{id}/replies"), &[("message", "Ten")]).await["id"]);
    shop.post(&format!("/{id}"), &[("hide", "true")]).await;
    shop.meta.delete(&format!("/{id}"), &[("access_token", &shop.token)]).await;
    let bodies = told.bodies(&shop.meta).await;
    assert_eq!(
        (&bodies[0]["object"], &bodies[0]["entry"][0]["id"]),
        (&json!("instagram"), &json!(INSTAGRAM_BIKES))
    );
    let changes: Vec<&Value> = bodies
        .iter()
        .flat_map(|body| body["entry"][0]["changes"].as_array().unwrap())
        .map(|change| &change["value"])
        .collect();
    assert_eq!(changes.len(), 2);
    assert_eq!((&changes[0]["id"], &changes[0]["text"]), (&json!(id), &json!("How much? / \u{5e9}")));
    assert_eq!(changes[0]["media"], json!({"id": media, "media_product_type": "FEED"}));
    assert_eq!(changes[0]["from"]["username"], "maya.green");
    assert_eq!((&changes[1]["id"], &changes[1]["parent_id"]), (&json!(own), &json!(id)));
    assert_eq!(changes[1]["from"], json!({"id": INSTAGRAM_BIKES, "username": "omer.bikes"}));
}

#[tokio::test]
async fn mentions_are_told_read_through_the_account_and_answered() {
    let shop = Shop::open().await;
    let page = (PAGE_BIKES, shop.token.as_str());
    let mut told = Subscribed::start(&shop.meta, page, "instagram", "mentions", "feed").await;
    for in_comment in [false, true] {
        let act = json!({"act": "mention", "on": INSTAGRAM_BIKES, "from_name": "Maya", "text": "See @omer.bikes",
            "in_comment": in_comment});
        shop.meta.act(act).await;
    }
    let changes = told.changes(&shop.meta).await;
    let (in_caption, in_comment) = (&changes[0].1, &changes[1].1);
    assert!(in_caption.get("comment_id").is_none());
    let (media, comment) = (text(&in_caption["media_id"]), text(&in_comment["comment_id"]));
    let account = format!("/{INSTAGRAM_BIKES}");
    let read = shop
        .get(&account, &format!("mentioned_media.media_id({media}){{caption,media_type,username}}"))
        .await;
    assert_eq!(
        read["mentioned_media"],
        json!({"id": media, "caption": "See @omer.bikes", "media_type": "IMAGE", "username": "maya"})
    );
    let field = format!("mentioned_comment.comment_id({comment}){{text,media}}");
    let read = shop.get(&account, &field).await;
    assert_eq!(read["mentioned_comment"]["text"], "See @omer.bikes");
    assert_eq!(read["mentioned_comment"]["media"]["id"], in_comment["media_id"]);
    // Only that is readable: not the media itself, and not what nobody mentioned the account in.
    assert_eq!(error_of(&shop.get(&format!("/{media}"), "id").await), (100, Some(33)));
    assert_eq!(error_of(&shop.get(&format!("/{comment}"), "id").await), (100, Some(33)));
    let other = format!("mentioned_media.media_id({}){{id}}", text(&in_comment["media_id"]));
    assert_eq!(error_of(&shop.get(&account, &other).await), (100, Some(33)));

    let path = format!("/{INSTAGRAM_BIKES}/mentions");
    text(&shop.post(&path, &[("media_id", &media), ("message", "Thanks")]).await["id"]);
    let place = text(&in_comment["media_id"]);
    let call = [("media_id", place.as_str()), ("comment_id", &comment), ("message", "Thanks")];
    text(&shop.post(&path, &call).await["id"]);
    let wrong = [("media_id", place.as_str()), ("message", "Thanks")];
    assert_eq!(error_of(&shop.post(&path, &wrong).await), (100, Some(33)));
}

#[tokio::test]
async fn a_story_lives_a_day_and_then_says_how_it_did() {
    let shop = Shop::open().await;
    let page = (PAGE_BIKES, shop.token.as_str());
    let mut told = Subscribed::start(&shop.meta, page, "instagram", "story_insights", "feed").await;
    let container =
        text(&shop.container(&[("media_type", "STORIES"), PICTURE, ("caption", "x")]).await["id"]);
    let id = text(&shop.publish(&container).await["id"]);
    let stories =
        async || shop.get(&format!("/{INSTAGRAM_BIKES}/stories"), "id,caption").await["data"].clone();
    assert_eq!(stories().await, json!([{"id": id}]));
    assert_eq!(shop.get(&format!("/{INSTAGRAM_BIKES}/media"), "id").await["data"], json!([]));
    assert!(told.changes(&shop.meta).await.is_empty());
    shop.meta.pass(86_400);
    assert_eq!(stories().await, json!([]));
    let changes = told.changes(&shop.meta).await;
    assert_eq!((changes.len(), changes[0].0.as_str()), (1, "story_insights"));
    assert_eq!((&changes[0].1["media_id"], &changes[0].1["reach"]), (&json!(id), &json!(-1)));
}

#[tokio::test]
async fn a_broadcast_has_comments_of_its_own_while_it_runs() {
    let shop = Shop::open().await;
    let page = (PAGE_BIKES, shop.token.as_str());
    let mut told = Subscribed::start(&shop.meta, page, "instagram", "comments,live_comments", "feed").await;
    let live = shop.meta.act(json!({"act": "go_live", "on": INSTAGRAM_BIKES})).await;
    let comment = shop.says(&live, "Hello").await;
    let changes = told.changes(&shop.meta).await;
    assert_eq!((changes.len(), changes[0].0.as_str()), (1, "live_comments"));
    let path = format!("/{live}/comments");
    let running = async || shop.get(&format!("/{INSTAGRAM_BIKES}/live_media"), "id").await["data"].clone();
    assert_eq!(running().await, json!([{"id": live}]));
    assert_eq!(shop.get(&path, "id").await["data"][0]["id"], comment);
    assert_eq!(error_of(&shop.post(&format!("/{comment}/replies"), &[("message", "Hi")]).await).0, 10);
    shop.meta.act(json!({"act": "end_live", "id": live})).await;
    assert_eq!(running().await, json!([]));
    assert_eq!(error_of(&shop.get(&path, "id").await), (100, Some(33)));
    let late = json!({"act": "comment", "on": live, "from_name": "Maya", "text": "Too late"});
    assert!(shop.meta.control(Method::POST, "/content", &late).await["error"].is_string());
}
