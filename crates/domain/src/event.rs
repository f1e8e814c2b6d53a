//! Every event a partner can get: what happened, its name, and which events keep their order.

mod body;
pub mod sample;

use serde::Serialize;

pub use self::sample::samples;
use crate::clock::Time;
use crate::connection::Connection;
use crate::id::{ActId, ConnectionId, LinkId};
use crate::inbound::{self, Inbound};
use crate::onboarding::{Link, Why, Without};

/// What happened.
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// The client finished: once per link.
    OnboardingCompleted {
        /// The link.
        link: &'a Link,
        /// What came of it.
        connections: &'a [Connection],
        /// What the asset could not be connected for.
        without: &'a [Without],
    },
    /// The client refused or could not. The link stays usable.
    OnboardingFailed {
        /// The link.
        link: &'a Link,
        /// The cause.
        why: Why,
        /// The permissions that were not given, where that is the cause.
        missing: &'a [String],
    },
    /// The link ran out before anybody finished.
    OnboardingExpired {
        /// The link.
        link: &'a Link,
    },
    /// Something came in from Meta.
    Inbound {
        /// The connection that it came to.
        connection: &'a Connection,
        /// What came in.
        inbound: &'a Inbound,
        /// What is known beside it.
        beside: Beside<'a>,
    },
    /// The answers of a lead that could not be read at first.
    LeadCompleted {
        /// The connection that it came to.
        connection: &'a Connection,
        /// The lead, as it came in.
        lead: &'a Inbound,
        /// The answers.
        answers: &'a [Answers],
    },
    /// A `createPost` that took a while has come to its end.
    PostEnded {
        /// Through which connection.
        connection: &'a Connection,
        /// The call.
        act: &'a ActId,
        /// How it ended.
        end: PostEnd<'a>,
    },
    /// A connection came to be.
    ConnectionCreated {
        /// The connection.
        connection: &'a Connection,
    },
    /// A connection is another than before, and live.
    ConnectionUpdated {
        /// The connection.
        connection: &'a Connection,
        /// `connected_again`, `works_again`, `checks_changed`.
        why: &'static str,
    },
    /// A connection's token no longer works.
    ConnectionNeedsReconnect {
        /// The connection.
        connection: &'a Connection,
        /// `token_dead`, `app_removed`.
        why: &'static str,
    },
    /// A connection ended.
    ConnectionDisconnected {
        /// The connection.
        connection: &'a Connection,
        /// `deleted_by_partner`, `data_deletion`.
        why: &'static str,
    },
}

/// How the publishing of a post ended.
#[derive(Debug, Clone, Copy)]
pub enum PostEnd<'a> {
    /// It is there; with Meta's id of it, unless Meta's answer was lost.
    Published(Option<&'a str>),
    /// It will not be.
    Failed {
        /// The cause, as one stable word.
        why: &'static str,
        /// Meta's own words on it.
        words: Option<&'a str>,
    },
}

/// What is known beside what came in.
#[derive(Debug, Clone, Copy, Default)]
pub struct Beside<'a> {
    /// Until when the person may be answered.
    pub window_expires_at: Option<Time>,
    /// The call of the partner's that an echo comes from.
    pub act: Option<&'a ActId>,
    /// The answers of a lead.
    pub answers: Option<&'a [Answers]>,
    /// Why they could not be read, as one stable word.
    pub why: Option<&'static str>,
}

/// What was answered to one question of a lead form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answers {
    /// The question's name.
    pub name: String,
    /// The answers; more than one where several may be chosen.
    pub values: Vec<String>,
}

/// The names of what we tell by ourselves, each with when it is sent; what comes in has its own: the source of the events page.
const NAMES: &[(&str, &str)] = &[
    (
        "onboarding.completed",
        "The client finished; once per link, with its `connections`. Where the link asked for several `types`, `without` names those that the asset could not be connected for, each with its `why`.",
    ),
    (
        "onboarding.failed",
        "The client refused or could not; `why` says which. The link stays usable until it expires.",
    ),
    ("onboarding.expired", "The link ran out before anybody finished it."),
    ("connection.created", "A connection came to be."),
    (
        "post.published",
        "A post of `createPost` that was `publishing` or planned is there; `act_id` names the call. `post_id` is missing only where Meta's answer was lost.",
    ),
    (
        "post.failed",
        "Such a post will not be: `why` says why (`media_unusable`, `processing_timed_out`, `needs_reconnect`, `connection_ended`, `not_allowed`, `meta_refused`, `meta_failing`, `meta_busy`), `words` are Meta's own.",
    ),
    (
        "connection.updated",
        "`why` says what is new: `connected_again` (the same asset, product and partner; the token is new), `works_again` (its token does), `checks_changed` (the proof of life found another thing to hold or to fail, see `checks`).",
    ),
    (
        "connection.needs_reconnect",
        "Meta no longer takes the connection's token, which was checked; `why` says how. Make a link with `reconnect` and give it to your client.",
    ),
    ("connection.disconnected", "The connection ended; `why` says how."),
];

impl Event<'_> {
    /// The contract's name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OnboardingCompleted { .. } => "onboarding.completed",
            Self::OnboardingFailed { .. } => "onboarding.failed",
            Self::OnboardingExpired { .. } => "onboarding.expired",
            Self::Inbound { inbound, .. } => inbound.name(),
            Self::LeadCompleted { .. } => "lead.completed",
            Self::PostEnded { end: PostEnd::Published(_), .. } => "post.published",
            Self::PostEnded { end: PostEnd::Failed { .. }, .. } => "post.failed",
            Self::ConnectionCreated { .. } => "connection.created",
            Self::ConnectionUpdated { .. } => "connection.updated",
            Self::ConnectionNeedsReconnect { .. } => "connection.needs_reconnect",
            Self::ConnectionDisconnected { .. } => "connection.disconnected",
        }
    }

    /// Events of one key arrive in the order of `seq`.
    pub fn key(&self) -> String {
        match self {
            Self::Inbound { connection, inbound, .. }
            | Self::LeadCompleted { connection, lead: inbound, .. } => {
                format!("{}:{}", connection.id, inbound.conversation())
            }
            Self::OnboardingCompleted { link, .. }
            | Self::OnboardingFailed { link, .. }
            | Self::OnboardingExpired { link } => link_key(&link.id),
            Self::PostEnded { connection, act, .. } => format!("{}:{act}", connection.id),
            Self::ConnectionCreated { connection }
            | Self::ConnectionUpdated { connection, .. }
            | Self::ConnectionNeedsReconnect { connection, .. }
            | Self::ConnectionDisconnected { connection, .. } => connection_key(&connection.id),
        }
    }

    /// Whether the key has a person's id in it.
    pub const fn is_of_a_person(&self) -> bool {
        matches!(self, Self::Inbound { .. } | Self::LeadCompleted { .. })
    }
}

fn link_key(id: &LinkId) -> String {
    format!("link:{id}")
}

fn connection_key(id: &ConnectionId) -> String {
    format!("connection:{id}")
}

/// Every name, each with when it is sent: the source of the events page.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.iter().chain(inbound::NAMES).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::EventId;
    use crate::inputs::Digits;

    #[test]
    fn every_name_has_a_sample() {
        let samples = samples().unwrap();
        let names: Vec<&str> = samples.iter().map(|(n, _)| *n).collect();
        assert_eq!(names, self::names().map(|(n, _)| n).collect::<Vec<_>>());
    }

    #[test]
    fn a_body_has_the_contracts_envelope() {
        for (name, body) in samples().unwrap() {
            let json: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert_eq!(json["type"], name);
            assert!(json["id"].as_str().unwrap().starts_with("evt_"));
            assert!(json["seq"].is_i64() && json["timestamp"].is_i64());
            assert_eq!(json["data"]["type"], 2);
            assert_eq!(json["data"]["reference"], "shop-7");
            assert_eq!(json["data"]["account_id"], 12);
            assert!(json["data"]["param"].is_string());
        }
    }

    #[test]
    fn big_numbers_keep_their_digits() {
        let (mut link, _) = sample::link_and_connection().unwrap();
        let digits = "12345678901234567890123456789012345678901234567890";
        link.inbox.account_id = Some(Digits::parse(digits).unwrap());
        let id = EventId::new(sample::AT, &crate::entropy::Entropy::seeded(1)).unwrap();
        let body = Event::OnboardingExpired { link: &link }.body(&id, 1, sample::AT).unwrap();
        let body = String::from_utf8(body).unwrap();
        assert!(body.contains(&format!("\"account_id\":{digits},")), "{body}");
    }
}
