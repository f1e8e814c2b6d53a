//! `GET /api/facebook/getOnboarding?param=`: one link with its steps.

use axum::extract::State;

use super::link_view::LinkView;
use crate::app::links;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::{Caller, Query};
use crate::http::router::Web;

/// Answers the link.
pub async fn handler(State(web): State<Web>, Caller(partner): Caller, query: Query) -> Result<Answer, Fail> {
    let param = query.raw("param").ok_or_else(|| Fail::parameter("param"))?;
    let (link, steps) = links::get(&web.app, &partner.id, param).await?;
    Answer::fine(&LinkView::of(&web.app, &link, &steps, web.app.clock.now()))
}
