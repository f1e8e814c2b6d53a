//! `GET /api/facebook/getConnection?connection_id=`: one connection.

use axum::extract::State;
use jetbridge_domain::inputs::Invalid;

use jetbridge_domain::reason::Reason;

use super::connection_view::{self, ConnectionView};
use crate::app::connections;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::{Caller, Query};
use crate::http::openapi::{Kind, Operation, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "getConnection",
    summary: "Read a connection",
    input: &[must("connection_id", Kind::Id("connection", "con_"), "The connection.")],
    answer: connection_view::FIELDS,
    reasons: &[Reason::NoSuchConnection, Reason::Parameter],
    sample: || Ok(Answer::fine(&ConnectionView::of(&connection_view::sample()?))?),
    ..Operation::BASE
};

/// Answers the connection.
pub async fn handler(State(web): State<Web>, Caller(partner): Caller, query: Query) -> Result<Answer, Fail> {
    let id = query.get("connection_id", |text| text.parse().map_err(|_| Invalid))?;
    let id = id.ok_or_else(|| Fail::parameter("connection_id"))?;
    let connection = connections::get(&web.app, &partner.id, &id).await?;
    Answer::fine(&ConnectionView::of(&connection))
}
