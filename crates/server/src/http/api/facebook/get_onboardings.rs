//! `GET /api/facebook/getOnboardings`: the partner's links, the newest first.

use axum::extract::State;
use jetbridge_domain::id::LinkId;
use jetbridge_domain::inputs::{self, Reference};
use jetbridge_domain::onboarding::LinkState;
use jetbridge_domain::reason::Reason;
use jetbridge_store::links::Filter;
use jetbridge_store::page::Cursor;
use serde::Serialize;

use super::link_view::{self, LinkView};
use crate::app::links;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::{Caller, Query};
use crate::http::openapi::{Kind, Operation, may, must};
use crate::http::router::Web;

#[derive(Serialize)]
struct Links<'a> {
    list: Vec<LinkView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "getOnboardings",
    summary: "List your links",
    text: "The newest first.",
    input: &[
        may("status", Kind::Word(&LinkState::WORDS), "Those in this state."),
        may("reference", Kind::Own(50), "Those with this word of yours."),
        may("type", Kind::Product, "Those that connect this product."),
        may("limit", Kind::Integer(1, 200), "How many; 50 where it is not said."),
        may("after", Kind::Cursor("lnk_"), "The `next` of the page before."),
    ],
    answer: &[
        must("list", Kind::Objects(link_view::FIELDS), "The links."),
        may("next", Kind::Cursor("lnk_"), "Where the list goes on; absent on the last page."),
    ],
    reasons: &[Reason::Parameter],
    sample: || {
        let (link, steps) = link_view::sample()?;
        let next = Some(Cursor::new(link.created_at, link.id.as_str()).to_text());
        let view = LinkView::of(link_view::SAMPLE_ADDRESS.to_owned(), &link, &steps, link.created_at);
        Ok(Answer::fine(&Links { list: vec![view], next })?)
    },
    ..Operation::BASE
};

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
        .map(|link| {
            LinkView::of(
                link_view::address(&web.app, link),
                link,
                steps.get(&link.id).map_or(&[], Vec::as_slice),
                now,
            )
        })
        .collect();
    Answer::fine(&Links { list, next: slice.next.as_ref().map(Cursor::to_text) })
}
