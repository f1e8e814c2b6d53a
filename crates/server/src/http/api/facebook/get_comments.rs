//! `POST /api/facebook/getComments`: the comments under a post, or the answers under a comment.

use axum::extract::State;
use jetbridge_domain::clock::Time;
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_meta::{Comment, Listed, Party};
use serde_json::{Value, json};

use super::listing::{AFTER, CONNECTION, LIMIT, NEXT, PARTY, READING, listed, part, party, plain, seconds};
use super::reply_comment::network;
use super::send_message::meta_id;
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed;
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Field, Kind, Method, Operation, may, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "getComments",
    method: Method::Post,
    summary: "List comments",
    text: "For types 3 and 4: those under a post, the latest first. A Page's comment can stand in place of the post, \
           for its answers; Instagram's come with the first of theirs.",
    input: &[CONNECTION, must("post_id", Kind::Text, "The post."), LIMIT, AFTER],
    answer: &[must("list", Kind::Objects(COMMENT), "The comments."), NEXT],
    reasons: READING,
    sample: || {
        let top = Comment { replies: vec![sample("111_6")], ..sample("111_5") };
        Ok(listed(Listed { rows: vec![top], next: Some("QVFI".to_owned()) }, view)?)
    },
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","post_id":"102345678901234_111"}"#,
    ..Operation::BASE
};

const ID: Field = must("comment_id", Kind::Text, "The comment.");
const TEXT: Field = may("text", Kind::Text, "What was written.");
const FROM: Field = may("from", Kind::Object(PARTY), "Who wrote it, where Meta tells.");
const AT: Field = may("at", Kind::Time, "When it was written.");
const PARENT: Field = may("parent_id", Kind::Text, "The comment that it answers.");
const HIDDEN: Field = may("hidden", Kind::Flag, "Whether it is hidden.");
const LIKES: Field = may("likes", Kind::Integer(0, i64::MAX), "How many like it.");
const ANSWERS: Field = may("answers", Kind::Integer(0, i64::MAX), "How many answers it has.");
const PRIVATELY: Field =
    may("can_reply_privately", Kind::Flag, "Whether privateReply can be used; Facebook's.");
const PERMALINK: Field = may("permalink", Kind::Text, "Its address; Facebook's.");

const REPLY: &[Field] = &[ID, TEXT, FROM, AT, PARENT, HIDDEN, LIKES, ANSWERS, PRIVATELY, PERMALINK];
const COMMENT: &[Field] = &[
    ID,
    TEXT,
    FROM,
    AT,
    PARENT,
    HIDDEN,
    LIKES,
    ANSWERS,
    PRIVATELY,
    PERMALINK,
    may("replies", Kind::Objects(REPLY), "The answers that came with it; Instagram's."),
];

fn sample(id: &str) -> Comment {
    Comment {
        id: id.to_owned(),
        text: Some("How much?".to_owned()),
        from: Some(Party {
            id: Some("6789012345678901".to_owned()),
            name: Some("Dana Levi".to_owned()),
            username: Some("dana.levi".to_owned()),
        }),
        created_at: Some(Time::from_seconds(1_795_000_000)),
        parent_id: Some("111_4".to_owned()),
        hidden: Some(false),
        likes: Some(2),
        answers: Some(1),
        replies: Vec::new(),
        can_reply_privately: Some(true),
        permalink: Some("https://www.facebook.com/permalink".to_owned()),
    }
}

fn view(row: Comment) -> Value {
    let replies: Vec<Value> = row.replies.into_iter().map(view).collect();
    plain(json!({
        "comment_id": row.id,
        "text": row.text,
        "from": party(row.from),
        "at": seconds(row.created_at),
        "parent_id": row.parent_id,
        "hidden": row.hidden,
        "likes": row.likes,
        "answers": row.answers,
        "can_reply_privately": row.can_reply_privately,
        "permalink": row.permalink,
        "replies": (!replies.is_empty()).then_some(replies),
    }))
}

/// Reads them from Meta.
pub async fn handler(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let body = Object::parse(&call.body)?;
    let products = &[Product::FacebookPage, Product::InstagramContent];
    let (connection, token) = deed::acting(&web.app, &call, connection_id(&body)?, products).await?;
    let (post, part) = (meta_id(&body, "post_id", Reason::Parameter)?, part(&body)?);
    let came = web.app.meta.comments(&post, &token, network(connection.product), &part).await;
    listed(deed::settled(&web.app, &connection, &token, came).await?, view)
}
