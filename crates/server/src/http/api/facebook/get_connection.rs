//! `GET /api/facebook/getConnection?connection_id=`: one connection.

use axum::extract::State;
use jetbridge_domain::inputs::Invalid;

use super::connection_view::ConnectionView;
use crate::app::connections;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::{Caller, Query};
use crate::http::router::Web;

/// Answers the connection.
pub async fn handler(State(web): State<Web>, Caller(partner): Caller, query: Query) -> Result<Answer, Fail> {
    let id = query.get("connection_id", |text| text.parse().map_err(|_| Invalid))?;
    let id = id.ok_or_else(|| Fail::parameter("connection_id"))?;
    let connection = connections::get(&web.app, &partner.id, &id).await?;
    Answer::fine(&ConnectionView::of(&connection))
}
