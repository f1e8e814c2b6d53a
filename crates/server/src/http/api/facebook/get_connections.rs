//! `GET /api/facebook/getConnections`: the partner's connections, the newest first.

use axum::extract::State;
use jetbridge_domain::connection::ConnectionState;
use jetbridge_domain::id::ConnectionId;
use jetbridge_domain::inputs::{self, Invalid, Reference};
use jetbridge_domain::reason::Reason;
use jetbridge_store::connections::Filter;
use jetbridge_store::page::Cursor;
use serde::Serialize;

use super::connection_view::{self, ConnectionView};
use crate::app::connections;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::{Caller, Query};
use crate::http::openapi::{Kind, Operation, may, must};
use crate::http::router::Web;

#[derive(Serialize)]
struct Connections<'a> {
    list: Vec<ConnectionView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "getConnections",
    summary: "List your connections",
    text: "The newest first.",
    input: &[
        may("type", Kind::Product, "Those of this product."),
        may("state", Kind::Word(&ConnectionState::WORDS), "Those in this state."),
        may("reference", Kind::Own(50), "Those with this word of yours."),
        may("page_id", Kind::MetaId, "Those of this Page."),
        may("limit", Kind::Integer(1, 200), "How many; 50 where it is not said."),
        may("after", Kind::Cursor("con_"), "The `next` of the page before."),
    ],
    answer: &[
        must("list", Kind::Objects(connection_view::FIELDS), "The connections."),
        may("next", Kind::Cursor("con_"), "Where the list goes on; absent on the last page."),
    ],
    reasons: &[Reason::Parameter],
    sample: || {
        let connection = connection_view::sample()?;
        let next = Some(Cursor::new(connection.created_at, connection.id.as_str()).to_text());
        Ok(Answer::fine(&Connections { list: vec![ConnectionView::of(&connection)], next })?)
    },
    ..Operation::BASE
};

fn filter(query: &Query) -> Result<Filter, Fail> {
    let digits = |text: &str| {
        let plain = text.len() <= 50 && text.bytes().all(|b| b.is_ascii_digit());
        if plain { Ok(text.to_owned()) } else { Err(Invalid) }
    };
    Ok(Filter {
        product: query.get("type", inputs::product)?,
        state: query.get("state", |text| ConnectionState::from_word(text).ok_or(Invalid))?,
        reference: query.get("reference", |text| Reference::from_text(text.to_owned()))?,
        page_id: query.get("page_id", digits)?,
    })
}

/// Answers a page of connections.
pub async fn handler(State(web): State<Web>, Caller(partner): Caller, query: Query) -> Result<Answer, Fail> {
    let slice =
        connections::list(&web.app, &partner.id, filter(&query)?, query.page::<ConnectionId>()?).await?;
    Answer::fine(&Connections {
        list: slice.list.iter().map(ConnectionView::of).collect(),
        next: slice.next.as_ref().map(Cursor::to_text),
    })
}
