//! `GET /api/facebook/getConnections`: the partner's connections, the newest first.

use axum::extract::State;
use jetbridge_domain::connection::ConnectionState;
use jetbridge_domain::id::ConnectionId;
use jetbridge_domain::inputs::{self, Invalid, Reference};
use jetbridge_store::connections::Filter;
use jetbridge_store::page::Cursor;
use serde::Serialize;

use super::connection_view::ConnectionView;
use crate::app::connections;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::{Caller, Query};
use crate::http::router::Web;

#[derive(Serialize)]
struct Connections<'a> {
    list: Vec<ConnectionView<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

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
