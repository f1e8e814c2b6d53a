//! `DELETE /api/facebook/deleteOnboarding`: ends an unfinished link.

use axum::extract::State;

use crate::app::links;
use crate::http::answer::{Answer, Fail, Nothing};
use crate::http::api::argument;
use crate::http::extract::{Call, Query};
use crate::http::router::Web;

/// Ends the link named by `param`, in the body or the query.
pub async fn handler(State(web): State<Web>, call: Call, query: Query) -> Result<Answer, Fail> {
    let param = argument(&call.body, &query, "param")?;
    links::delete(&web.app, &call.partner.id, &param).await?;
    Answer::fine(&Nothing {})
}
