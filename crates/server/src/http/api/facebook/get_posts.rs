//! `POST /api/facebook/getPosts`: what a Page or an Instagram account has published.

use axum::extract::State;
use jetbridge_domain::clock::Time;
use jetbridge_domain::inputs::{self, Invalid};
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_meta::{InstagramMedia, Listed, Party, Post, Shelf};
use serde_json::{Value, json};

use super::listing::{AFTER, CONNECTION, LIMIT, NEXT, PARTY, READING, listed, part, party, seconds};
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed;
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Field, Kind, Method, Operation, may, must};
use crate::http::router::Web;

const WHICH: [&str; 4] = ["published", "feed", "scheduled", "visitors"];

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "getPosts",
    method: Method::Post,
    summary: "List posts",
    text: "For types 3 and 4: the latest first. Instagram has published posts only, and its stories are not among \
           them.",
    input: &[
        CONNECTION,
        may(
            "which",
            Kind::Word(&WHICH),
            "The Page's own, which it is where it is not said; all that its visitors see; those planned; visitors'.",
        ),
        LIMIT,
        AFTER,
    ],
    answer: &[must("list", Kind::Objects(POST), "The posts."), NEXT],
    reasons: READING,
    sample: || {
        let mut answer =
            listed(Listed { rows: vec![sample_post()], next: Some("QVFI".to_owned()) }, of_page)?;
        let media = listed(Listed { rows: vec![sample_media()], next: None }, of_instagram)?;
        answer.body = both(&answer.body, &media.body);
        Ok(answer)
    },
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","which":"published"}"#,
    ..Operation::BASE
};

const POST: &[Field] = &[
    must("post_id", Kind::Text, "The post."),
    may("text", Kind::Text, "What it says."),
    may("story", Kind::Text, "What Meta says it is; a Page's."),
    may("kind", Kind::Text, "Meta's word for what it shows, such as added_photos, or IMAGE."),
    may("product", Kind::Text, "FEED, REELS or AD; Instagram's."),
    may("at", Kind::Time, "When it was made."),
    may("permalink", Kind::Text, "Where people see it."),
    may("picture", Kind::Text, "Where its picture is; short-lived."),
    may("url", Kind::Text, "Where its picture or film is; short-lived, Instagram's."),
    may("published", Kind::Flag, "Whether people see it; a Page's."),
    may("publish_at", Kind::Time, "When they will."),
    may("from", Kind::Object(PARTY), "Whose it is."),
    may("shares", Kind::Integer(0, i64::MAX), "How often it was shared."),
    may("likes", Kind::Integer(0, i64::MAX), "How many like it."),
    may("comments", Kind::Integer(0, i64::MAX), "How many comments it has."),
    may("can_comment", Kind::Flag, "Whether it can be commented on; Instagram's."),
];

fn sample_post() -> Post {
    Post {
        id: "102345678901234_111".to_owned(),
        message: Some("Roses are in.".to_owned()),
        story: Some("Flower Shop added a photo.".to_owned()),
        created_at: Some(Time::from_seconds(1_795_000_000)),
        permalink: Some("https://www.facebook.com/permalink".to_owned()),
        picture: Some("https://scontent.example.com/roses.jpg".to_owned()),
        kind: Some("added_photos".to_owned()),
        published: Some(true),
        publish_at: Some(Time::from_seconds(1_795_000_000)),
        from: Some(Party {
            id: Some("102345678901234".to_owned()),
            name: Some("Flower Shop".to_owned()),
            username: None,
        }),
        shares: Some(1),
        likes: Some(12),
        comments: Some(3),
    }
}

fn sample_media() -> InstagramMedia {
    InstagramMedia {
        id: "17900000000000001".to_owned(),
        caption: Some("Roses are in.".to_owned()),
        kind: Some("IMAGE".to_owned()),
        product: Some("FEED".to_owned()),
        url: Some("https://scontent.example.com/roses.jpg".to_owned()),
        thumbnail: None,
        permalink: Some("https://www.instagram.com/p/abc/".to_owned()),
        created_at: Some(Time::from_seconds(1_795_000_000)),
        username: Some("flower.shop".to_owned()),
        comments: Some(3),
        likes: Some(12),
        comment_enabled: Some(true),
    }
}

/// The sample of a Page and that of an Instagram account in one answer.
fn both(page: &[u8], instagram: &[u8]) -> Vec<u8> {
    let parse = |bytes| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    let (mut page, instagram) = (parse(page), parse(instagram));
    if let (Some(Value::Array(rows)), Some(Value::Array(more))) =
        (page.get_mut("list"), instagram.get("list"))
    {
        rows.extend(more.iter().cloned());
    }
    page.to_string().into_bytes()
}

fn of_page(row: Post) -> Value {
    json!({
        "post_id": row.id,
        "text": row.message,
        "story": row.story,
        "kind": row.kind,
        "at": seconds(row.created_at),
        "permalink": row.permalink,
        "picture": row.picture,
        "published": row.published,
        "publish_at": seconds(row.publish_at),
        "from": party(row.from),
        "shares": row.shares,
        "likes": row.likes,
        "comments": row.comments,
    })
}

fn of_instagram(row: InstagramMedia) -> Value {
    let author = row.username.map(|username| Party { username: Some(username), ..Party::default() });
    json!({
        "post_id": row.id,
        "text": row.caption,
        "kind": row.kind,
        "product": row.product,
        "at": seconds(row.created_at),
        "permalink": row.permalink,
        "picture": row.thumbnail,
        "url": row.url,
        "from": party(author),
        "likes": row.likes,
        "comments": row.comments,
        "can_comment": row.comment_enabled,
    })
}

/// Reads them from Meta.
pub async fn handler(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let body = Object::parse(&call.body)?;
    let products = &[Product::FacebookPage, Product::InstagramContent];
    let (connection, token) = deed::acting(&web.app, &call, connection_id(&body)?, products).await?;
    let which = |raw: &str| match inputs::string(raw)?.as_str() {
        "published" => Ok(Shelf::Published),
        "feed" => Ok(Shelf::Feed),
        "scheduled" => Ok(Shelf::Scheduled),
        "visitors" => Ok(Shelf::Visitors),
        _ => Err(Invalid),
    };
    let which = body.get("which", Reason::Parameter, which)?.unwrap_or(Shelf::Published);
    let (part, page) = (part(&body)?, &connection.page_id);
    if connection.product == Product::FacebookPage {
        let came = web.app.meta.page_posts(page, &token, which, &part).await;
        return listed(deed::settled(&web.app, &connection, &token, came).await?, of_page);
    }
    let account = connection.instagram.as_ref().filter(|_| which == Shelf::Published);
    let account = account.ok_or_else(|| Fail::of(Reason::NotOffered))?;
    let came = web.app.meta.instagram_media(&account.id, &token, &part).await;
    listed(deed::settled(&web.app, &connection, &token, came).await?, of_instagram)
}
