//! A connection, as the API shows it.

use jetbridge_domain::connection::{Check, Connection};
use jetbridge_domain::inputs::{Digits, Reference};
use jetbridge_domain::url::WebUrl;
use serde::Serialize;

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
