//! `GET /api/facebook/getOnboardings`: the partner's links, the newest first.

use axum::extract::State;
use jetbridge_domain::id::LinkId;
use jetbridge_domain::inputs::{self, Reference};
use jetbridge_domain::onboarding::LinkState;
use jetbridge_store::links::Filter;
use jetbridge_store::page::Cursor;
use serde::Serialize;

use super::link_view::LinkView;
use crate::app::links;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::{Caller, Query};
use crate::http::router::Web;

#[derive(Serialize)]
struct Links<'a> {
    list: Vec<LinkView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

fn filter(query: &Query) -> Result<Filter, Fail> {
    Ok(Filter {
        state: query.word("status", &LinkState::WORDS)?,
        reference: query.get("reference", |text| Reference::from_text(text.to_owned()))?,
        product: query.get("type", inputs::product)?,
    })
}

/// Answers a page of links.
pub async fn handler(State(web): State<Web>, Caller(partner): Caller, query: Query) -> Result<Answer, Fail> {
    let (slice, steps) = links::list(&web.app, &partner.id, filter(&query)?, query.page::<LinkId>()?).await?;
    let now = web.app.clock.now();
    let list = slice
        .list
        .iter()
        .map(|link| LinkView::of(&web.app, link, steps.get(&link.id).map_or(&[], Vec::as_slice), now))
        .collect();
    Answer::fine(&Links { list, next: slice.next.as_ref().map(Cursor::to_text) })
}
