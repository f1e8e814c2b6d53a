//! Every event a partner can get, with the one shape of its body.
//!
//! The body is written once, when the event is stored, and the same bytes go out on every retry.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::clock::Time;
use crate::connection::{Check, Connection};
use crate::id::{ActId, ConnectionId, EventId, LinkId};
use crate::inbound::{self, Content, Happening, Inbound, Lead, Message};
use crate::inputs::{Digits, Reference};
use crate::onboarding::{Blocked, Link, Why, Without};
use crate::product::Product;
use crate::url::WebUrl;

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

fn link_key(id: &LinkId) -> String {
    format!("link:{id}")
}

fn connection_key(id: &ConnectionId) -> String {
    format!("connection:{id}")
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

/// One link and one connection to show events with, in documents and tests.
pub mod sample {
    use super::{Connection, Link};
    use crate::clock::{Span, Time};
    use crate::connection::{Check, ConnectionState};
    use crate::entropy::{Entropy, NoEntropy};
    use crate::id::{ConnectionId, LinkId, PartnerId};
    use crate::inputs::{Digits, Invalid, Reference};
    use crate::onboarding::{Face, Inbox, InstagramAccount, LinkState};
    use crate::product::{Product, Products};
    use crate::secret::Secret;
    use crate::url::WebUrl;

    /// When the samples happen.
    pub const AT: Time = Time::from_seconds(1_795_000_000);

    /// A sample could not be made: a defect here.
    #[derive(Debug, thiserror::Error)]
    #[error("the sample cannot be made")]
    pub struct NoSample;

    impl From<NoEntropy> for NoSample {
        fn from(_: NoEntropy) -> Self {
            Self
        }
    }

    impl From<Invalid> for NoSample {
        fn from(_: Invalid) -> Self {
            Self
        }
    }

    /// A link for Instagram messaging and the connection that came of it.
    pub fn link_and_connection() -> Result<(Link, Connection), NoSample> {
        let entropy = Entropy::seeded(2026);
        let inbox = Inbox {
            server: Some(WebUrl::server("https://inbox.example.com")?),
            account_id: Some(Digits::parse("12")?),
            inbox_id: Some(Digits::parse("345")?),
        };
        let link = Link {
            id: LinkId::new(AT, &entropy)?,
            partner: PartnerId::new(AT, &entropy)?,
            param: Secret::new(entropy.token()?),
            products: Products::one(Product::InstagramMessaging),
            reference: Some(Reference::from_text("shop-7".to_owned())?),
            inbox: inbox.clone(),
            locale: None,
            reconnect: None,
            face: Face::default(),
            state: LinkState::Finished,
            created_at: AT,
            expires_at: AT.plus(Span::days(30)),
        };
        let connection = Connection {
            id: ConnectionId::new(AT, &entropy)?,
            partner: link.partner.clone(),
            product: link.products.first(),
            state: ConnectionState::Active,
            page_id: "102345678901234".to_owned(),
            page_name: "Flower Shop".to_owned(),
            instagram: Some(InstagramAccount {
                id: "17841400000000001".to_owned(),
                username: Some("flower.shop".to_owned()),
            }),
            meta_user: "122000000000001".to_owned(),
            granted: link.products.permissions().into_iter().map(str::to_owned).collect(),
            checks: vec![Check::passed("token"), Check::passed("permissions"), Check::passed("subscribed")],
            link: link.id.clone(),
            param: link.param.clone(),
            reference: link.reference.clone(),
            inbox,
            created_at: AT,
            updated_at: AT,
        };
        Ok((link, connection))
    }
}

/// Every name, each with when it is sent: the source of the events page.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.iter().chain(inbound::NAMES).copied()
}

/// One sample body of every event, by name.
pub fn samples() -> Result<Vec<(&'static str, String)>, sample::NoSample> {
    let (link, connection) = sample::link_and_connection()?;
    let missing = ["instagram_manage_messages".to_owned()];
    let connections = std::slice::from_ref(&connection);
    let without = [Without { product: Product::InstagramContent, why: Blocked::PermissionMissing }];
    let entropy = crate::entropy::Entropy::seeded(9);
    let act = ActId::new(sample::AT, &entropy)?;
    let words = Some("Error: Media upload has failed with error code 2207052");
    let events = [
        Event::OnboardingCompleted { link: &link, connections, without: &without },
        Event::OnboardingFailed { link: &link, why: Why::PermissionDeclined, missing: &missing },
        Event::OnboardingExpired { link: &link },
        Event::ConnectionCreated { connection: &connection },
        Event::PostEnded {
            connection: &connection,
            act: &act,
            end: PostEnd::Published(Some("17900000000000001")),
        },
        Event::PostEnded {
            connection: &connection,
            act: &act,
            end: PostEnd::Failed { why: "media_unusable", words },
        },
        Event::ConnectionUpdated { connection: &connection, why: "connected_again" },
        Event::ConnectionNeedsReconnect { connection: &connection, why: "token_dead" },
        Event::ConnectionDisconnected { connection: &connection, why: "deleted_by_partner" },
    ];
    let (inbounds, lead) = (inbound::sample::all()?, inbound::sample::lead()?);
    let answers = [Answers { name: "email".to_owned(), values: vec!["dana@example.com".to_owned()] }];
    let mut events = events.to_vec();
    events.extend(inbounds.iter().map(|inbound| {
        let window = sample::AT.plus(crate::window::STANDARD);
        let beside = Beside {
            window_expires_at: inbound.person().map(|_| window),
            act: (inbound.name() == "message.echo").then_some(&act),
            ..Beside::default()
        };
        Event::Inbound { connection: &connection, inbound, beside }
    }));
    let beside = Beside { why: Some("lead_access"), ..Beside::default() };
    let other = events.pop();
    events.push(Event::Inbound { connection: &connection, inbound: &lead, beside });
    events.push(Event::LeadCompleted { connection: &connection, lead: &lead, answers: &answers });
    events.extend(other);
    let mut out = Vec::new();
    for (seq, event) in (1..).zip(&events) {
        let id = EventId::new(sample::AT, &entropy)?;
        let body = event.body(&id, seq, sample::AT).map_err(|_| sample::NoSample)?;
        out.push((event.name(), String::from_utf8(body).map_err(|_| sample::NoSample)?));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

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
