//! `hideComment`, `unhideComment`, `deleteComment`, `likeComment`: what can be done to a comment. Each can be
//! done again without harm, so none needs a key.

use axum::extract::State;
use jetbridge_domain::connection::Connection;
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_domain::secret::Secret;

use super::reply_comment::network;
use super::send_message::meta_id;
use crate::http::answer::{Answer, Fail, Nothing};
use crate::http::api::connection_id;
use crate::http::deed;
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Field, Kind, Method, Operation, may, must};
use crate::http::router::Web;

const BOTH: &[Product] = &[Product::FacebookPage, Product::InstagramContent];

/// The failures of every call about a comment.
pub const REASONS: &[Reason] = &[
    Reason::NoSuchConnection,
    Reason::NotOffered,
    Reason::MustReconnect,
    Reason::MetaRefused,
    Reason::Content,
    Reason::MetaFailing,
    Reason::Parameter,
    Reason::Unknown,
];

const COMMENT: &[Field] = &[
    must("connection_id", Kind::Id("connection", "con_"), "The connection."),
    must("comment_id", Kind::Text, "The comment."),
];

const BASE: Operation = Operation {
    area: "facebook",
    method: Method::Post,
    input: COMMENT,
    reasons: REASONS,
    sample: || Ok(Answer::fine(&Nothing {})?),
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","comment_id":"111_5"}"#,
    ..Operation::BASE
};

/// What partners read of hiding.
pub const HIDE: Operation =
    Operation { name: "hideComment", summary: "Hide a comment", text: "For types 3 and 4.", ..BASE };

/// What partners read of showing again.
pub const UNHIDE: Operation = Operation {
    name: "unhideComment",
    summary: "Show a hidden comment again",
    text: "For types 3 and 4.",
    ..BASE
};

/// What partners read of deleting.
pub const DELETE: Operation =
    Operation { name: "deleteComment", summary: "Delete a comment", text: "For types 3 and 4.", ..BASE };

/// What partners read of liking.
pub const LIKE: Operation = Operation {
    name: "likeComment",
    summary: "Like a comment",
    text: "For type 3: as the Page. Instagram offers it to nobody.",
    input: &[
        must("connection_id", Kind::Id("connection", "con_"), "The connection."),
        must("comment_id", Kind::Text, "The comment."),
        may("unlike", Kind::Flag, "True takes the like back."),
    ],
    ..BASE
};

/// The connection, its token and the comment that a body names.
async fn named(
    web: &Web,
    call: &Call,
    products: &[Product],
) -> Result<(Connection, Secret, String, Object), Fail> {
    let body = Object::parse(&call.body)?;
    let (connection, token) = deed::acting(&web.app, call, connection_id(&body)?, products).await?;
    let comment = meta_id(&body, "comment_id", Reason::Content)?;
    Ok((connection, token, comment, body))
}

async fn set_hidden(web: &Web, call: &Call, hidden: bool) -> Result<Answer, Fail> {
    let (connection, token, comment, _) = named(web, call, BOTH).await?;
    let network = network(connection.product);
    let done = web.app.meta.hide_comment(&comment, &token, network, hidden).await;
    deed::settled(&web.app, &connection, &token, done).await?;
    Answer::fine(&Nothing {})
}

/// Hides it.
pub async fn hide(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    set_hidden(&web, &call, true).await
}

/// Shows it again.
pub async fn unhide(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    set_hidden(&web, &call, false).await
}

/// Deletes it.
pub async fn delete(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let (connection, token, comment, _) = named(&web, &call, BOTH).await?;
    let done = web.app.meta.delete_comment(&comment, &token).await;
    deed::settled(&web.app, &connection, &token, done).await?;
    Answer::fine(&Nothing {})
}

/// Likes it, or takes the like back.
pub async fn like(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let (connection, token, comment, body) = named(&web, &call, &[Product::FacebookPage]).await?;
    let flag = |raw: &str| serde_json::from_str::<bool>(raw).map_err(|_| jetbridge_domain::inputs::Invalid);
    let unlike = body.get("unlike", Reason::Parameter, flag)?.unwrap_or_default();
    let done = web.app.meta.like_comment(&comment, &token, !unlike).await;
    deed::settled(&web.app, &connection, &token, done).await?;
    Answer::fine(&Nothing {})
}
