//! `GET /api/facebook/getOnboarding?param=`: one link with its steps.

use axum::extract::State;

use jetbridge_domain::reason::Reason;

use super::link_view::{self, LinkView};
use crate::app::links;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::{Caller, Query};
use crate::http::openapi::{Kind, Operation, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "getOnboarding",
    summary: "Read a link",
    input: &[must("param", Kind::Param, "The link.")],
    answer: link_view::FIELDS,
    reasons: &[Reason::NoSuchLink, Reason::Parameter],
    sample: || {
        let (link, steps) = link_view::sample()?;
        let address = link_view::SAMPLE_ADDRESS.to_owned();
        Ok(Answer::fine(&LinkView::of(address, &link, &steps, link.created_at))?)
    },
    ..Operation::BASE
};

/// Answers the link.
pub async fn handler(State(web): State<Web>, Caller(partner): Caller, query: Query) -> Result<Answer, Fail> {
    let param = query.raw("param").ok_or_else(|| Fail::parameter("param"))?;
    let (link, steps) = links::get(&web.app, &partner.id, param).await?;
    let address = link_view::address(&web.app, &link);
    Answer::fine(&LinkView::of(address, &link, &steps, web.app.clock.now()))
}
