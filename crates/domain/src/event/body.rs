//! The one shape of an event's body.
//!
//! It is written once, when the event is stored, and the same bytes go out on every retry.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Answers, Beside, Event, PostEnd};
use crate::clock::Time;
use crate::connection::{Check, Connection};
use crate::id::{ActId, EventId};
use crate::inbound::{Content, Happening, Inbound, Lead, Message};
use crate::inputs::{Digits, Reference};
use crate::onboarding::{Link, Without};
use crate::url::WebUrl;

impl Event<'_> {
    /// The bytes every delivery carries.
    pub fn body(&self, id: &EventId, seq: i64, at: Time) -> Result<Vec<u8>, serde_json::Error> {
        let envelope = Envelope {
            id: id.as_str(),
            r#type: self.name(),
            timestamp: at.as_seconds(),
            seq,
            data: self.data(),
        };
        serde_json::to_vec(&envelope)
    }

    fn data(&self) -> Data<'_> {
        match self {
            Self::OnboardingCompleted { link, connections, without } => Data {
                connections: Some(connections.iter().map(Made::of).collect()),
                without: (!without.is_empty()).then(|| without.iter().copied().map(NotMade::of).collect()),
                ..Data::of_link(link)
            },
            Self::OnboardingFailed { link, why, missing } => Data {
                why: Some(why.word()),
                missing_permissions: (!missing.is_empty()).then_some(*missing),
                ..Data::of_link(link)
            },
            Self::OnboardingExpired { link } => Data::of_link(link),
            Self::Inbound { connection, inbound, beside } => Data::of_inbound(connection, inbound, *beside),
            Self::LeadCompleted { connection, lead, answers } => {
                Data::of_inbound(connection, lead, Beside { answers: Some(answers), ..Beside::default() })
            }
            Self::PostEnded { connection, act, end } => Data {
                act_id: Some(act.as_str()),
                page_name: None,
                instagram_username: None,
                granted: None,
                checks: None,
                ..match end {
                    PostEnd::Published(id) => Data { post_id: *id, ..Data::of_connection(connection) },
                    PostEnd::Failed { why, words } => {
                        Data { why: Some(why), words: *words, ..Data::of_connection(connection) }
                    }
                }
            },
            Self::ConnectionCreated { connection } => Data::of_connection(connection),
            Self::ConnectionUpdated { connection, why }
            | Self::ConnectionNeedsReconnect { connection, why }
            | Self::ConnectionDisconnected { connection, why } => {
                Data { why: Some(why), ..Data::of_connection(connection) }
            }
        }
    }
}

#[derive(Serialize)]
struct Envelope<'a> {
    id: &'a str,
    r#type: &'static str,
    timestamp: i64,
    seq: i64,
    data: Data<'a>,
}

#[derive(Serialize, Default)]
struct Data<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    connection_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    param: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a Reference>,
    r#type: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'a WebUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a Digits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inbox_id: Option<&'a Digits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    page_name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instagram_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instagram_username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    granted: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checks: Option<&'a [Check]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connections: Option<Vec<Made<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    without: Option<Vec<NotMade>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    post_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    missing_permissions: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<i64>,
    #[serde(flatten)]
    message: Option<&'a Message>,
    #[serde(flatten)]
    content: Option<&'a Content>,
    #[serde(flatten)]
    lead: Option<&'a Lead>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answers: Option<&'a [Answers]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window_expires_at: Option<i64>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    standby: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    ours: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    act_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    raw: Option<&'a RawValue>,
}

impl<'a> Data<'a> {
    fn of_inbound(connection: &'a Connection, inbound: &'a Inbound, beside: Beside<'a>) -> Self {
        let data = Self {
            at: inbound.at.map(Time::as_seconds),
            standby: inbound.standby,
            window_expires_at: beside.window_expires_at.map(Time::as_seconds),
            ours: beside.act.is_some(),
            act_id: beside.act.map(ActId::as_str),
            answers: beside.answers,
            why: beside.why,
            raw: Some(&inbound.raw),
            page_name: None,
            instagram_username: None,
            granted: None,
            checks: None,
            ..Self::of_connection(connection)
        };
        match &inbound.happening {
            Happening::Message(_, message) => Self { message: Some(message), ..data },
            Happening::Content(_, content) => Self { content: Some(content), ..data },
            Happening::Lead(lead) => Self { lead: Some(lead), ..data },
            Happening::Other => data,
        }
    }

    fn of_link(link: &'a Link) -> Self {
        Self {
            param: Some(link.param.expose()),
            reference: link.reference.as_ref(),
            r#type: link.products.first().number(),
            server: link.inbox.server.as_ref(),
            account_id: link.inbox.account_id.as_ref(),
            inbox_id: link.inbox.inbox_id.as_ref(),
            ..Self::default()
        }
    }

    fn of_connection(connection: &'a Connection) -> Self {
        Self {
            connection_id: Some(connection.id.as_str()),
            param: Some(connection.param.expose()),
            reference: connection.reference.as_ref(),
            r#type: connection.product.number(),
            server: connection.inbox.server.as_ref(),
            account_id: connection.inbox.account_id.as_ref(),
            inbox_id: connection.inbox.inbox_id.as_ref(),
            page_id: Some(&connection.page_id),
            page_name: Some(&connection.page_name),
            instagram_id: connection.instagram.as_ref().map(|i| i.id.as_str()),
            instagram_username: connection.instagram.as_ref().and_then(|i| i.username.as_deref()),
            granted: Some(&connection.granted),
            checks: Some(&connection.checks),
            ..Self::default()
        }
    }
}

/// A product that was asked for and that the asset could not be connected for.
#[derive(Serialize)]
struct NotMade {
    r#type: i64,
    why: &'static str,
}

impl NotMade {
    fn of(without: Without) -> Self {
        Self { r#type: without.product.number(), why: without.why.word() }
    }
}

/// One connection inside `onboarding.completed`.
#[derive(Serialize)]
struct Made<'a> {
    connection_id: &'a str,
    r#type: i64,
    page_id: &'a str,
    page_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instagram_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instagram_username: Option<&'a str>,
}

impl<'a> Made<'a> {
    fn of(connection: &'a Connection) -> Self {
        Self {
            connection_id: connection.id.as_str(),
            r#type: connection.product.number(),
            page_id: &connection.page_id,
            page_name: &connection.page_name,
            instagram_id: connection.instagram.as_ref().map(|i| i.id.as_str()),
            instagram_username: connection.instagram.as_ref().and_then(|i| i.username.as_deref()),
        }
    }
}
