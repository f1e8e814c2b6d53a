//! A connection, as the API shows it.

use jetbridge_domain::connection::{Check, Connection, ConnectionState};
use jetbridge_domain::event;
use jetbridge_domain::inputs::{Digits, Reference};
use jetbridge_domain::url::WebUrl;
use serde::Serialize;

use crate::http::openapi::{Field, Kind, Unsampled, may, must};

/// The fields of a connection; never its token.
#[derive(Serialize)]
pub struct ConnectionView<'a> {
    connection_id: &'a str,
    r#type: i64,
    state: &'static str,
    page_id: &'a str,
    page_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instagram_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instagram_username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a Reference>,
    param: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'a WebUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a Digits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inbox_id: Option<&'a Digits>,
    granted: &'a [String],
    checks: &'a [Check],
    create_time: i64,
}

/// What partners read of a connection.
pub const FIELDS: &[Field] = &[
    must("connection_id", Kind::Id("connection", "con_"), "Its name."),
    must("type", Kind::Product, "Its product."),
    must("state", Kind::Word(&ConnectionState::WORDS), "Where it stands."),
    must("page_id", Kind::MetaId, "The Page."),
    must("page_name", Kind::Text, "The Page's name."),
    may("instagram_id", Kind::MetaId, "The Instagram account, for the Instagram products."),
    may("instagram_username", Kind::Text, "Its handle, where Meta told it."),
    may("reference", Kind::Text, "Your own word for it, from its link."),
    must("param", Kind::Param, "The link it last came from."),
    may("server", Kind::Text, "The omni-channel server."),
    may("account_id", Kind::Digits, "The account there."),
    may("inbox_id", Kind::Digits, "The inbox there."),
    must("granted", Kind::Texts, "The permissions that the client gave."),
    must("checks", Kind::Objects(CHECK), "The latest proof of life."),
    must("create_time", Kind::Time, "When it was made."),
];

/// What partners read of a check.
pub const CHECK: &[Field] = &[
    must("check", Kind::Word(&Check::NAMES), "What was looked at."),
    must("ok", Kind::Flag, "Whether it holds."),
    may("why", Kind::Text, "What is wrong."),
    may("fix", Kind::Text, "What to do about it."),
];

/// A connection with everything that one can have, for the document.
pub fn sample() -> Result<Connection, Unsampled> {
    let (_, mut connection) = event::sample::link_and_connection()?;
    let why = "not given: leads_retrieval";
    let fix = "send the client a new link and ask to allow everything";
    connection.checks = vec![Check::passed("token"), Check::failed("permissions", why, fix)];
    Ok(connection)
}

impl<'a> ConnectionView<'a> {
    /// Of a connection.
    pub fn of(c: &'a Connection) -> Self {
        Self {
            connection_id: c.id.as_str(),
            r#type: c.product.number(),
            state: c.state.word(),
            page_id: &c.page_id,
            page_name: &c.page_name,
            instagram_id: c.instagram.as_ref().map(|i| i.id.as_str()),
            instagram_username: c.instagram.as_ref().and_then(|i| i.username.as_deref()),
            reference: c.reference.as_ref(),
            param: c.param.expose(),
            server: c.inbox.server.as_ref(),
            account_id: c.inbox.account_id.as_ref(),
            inbox_id: c.inbox.inbox_id.as_ref(),
            granted: &c.granted,
            checks: &c.checks,
            create_time: c.created_at.as_seconds(),
        }
    }
}
