//! `DELETE /api/facebook/deleteConnection`: ends a connection.

use axum::extract::State;

use crate::app::connections;
use crate::http::answer::{Answer, Fail, Nothing};
use crate::http::api::argument;
use crate::http::extract::{Call, Query};
use crate::http::router::Web;

/// Ends the connection named by `connection_id`, in the body or the query.
pub async fn handler(State(web): State<Web>, call: Call, query: Query) -> Result<Answer, Fail> {
    let id = argument(&call.body, &query, "connection_id")?;
    let id = id.parse().map_err(|_| Fail::parameter("connection_id"))?;
    connections::delete(&web.app, &call.partner.id, &id).await?;
    Answer::fine(&Nothing {})
}
