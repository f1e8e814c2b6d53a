//! `POST /api/facebook/deletePost`: takes a Page's post back.

use axum::extract::State;
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;

use super::listing::{CONNECTION, READING};
use super::send_message::meta_id;
use crate::http::answer::{Answer, Fail, Nothing};
use crate::http::api::connection_id;
use crate::http::deed;
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Kind, Method, Operation, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "deletePost",
    method: Method::Post,
    summary: "Delete a post",
    text: "For type 3, posts that are planned included. Instagram lets nobody but the account's own people do it.",
    input: &[CONNECTION, must("post_id", Kind::Text, "The post.")],
    reasons: READING,
    sample: || Ok(Answer::fine(&Nothing {})?),
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","post_id":"102345678901234_111"}"#,
    ..Operation::BASE
};

/// Deletes it. Doing it again does no harm, so no key is needed.
pub async fn handler(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let body = Object::parse(&call.body)?;
    let products = &[Product::FacebookPage];
    let (connection, token) = deed::acting(&web.app, &call, connection_id(&body)?, products).await?;
    let post = meta_id(&body, "post_id", Reason::Parameter)?;
    let done = web.app.meta.delete_post(&post, &token).await;
    deed::settled(&web.app, &connection, &token, done).await?;
    Answer::fine(&Nothing {})
}
