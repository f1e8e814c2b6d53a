//! A link, a connection and one sample of every event, for documents and tests.

use super::{Answers, Beside, Event, PostEnd};
use crate::clock::{Span, Time};
use crate::connection::{Check, Connection, ConnectionState};
use crate::entropy::{Entropy, NoEntropy};
use crate::id::{ActId, ConnectionId, EventId, LinkId, PartnerId};
use crate::inbound;
use crate::inputs::{Digits, Invalid, Reference};
use crate::onboarding::{Blocked, Face, Inbox, InstagramAccount, Link, LinkState, Why, Without};
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

/// One sample body of every event, by name.
pub fn samples() -> Result<Vec<(&'static str, String)>, NoSample> {
    let (link, connection) = link_and_connection()?;
    let missing = ["instagram_manage_messages".to_owned()];
    let connections = std::slice::from_ref(&connection);
    let without = [Without { product: Product::InstagramContent, why: Blocked::PermissionMissing }];
    let entropy = Entropy::seeded(9);
    let act = ActId::new(AT, &entropy)?;
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
        let window = AT.plus(crate::window::STANDARD);
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
        let id = EventId::new(AT, &entropy)?;
        let body = event.body(&id, seq, AT).map_err(|_| NoSample)?;
        out.push((event.name(), String::from_utf8(body).map_err(|_| NoSample)?));
    }
    Ok(out)
}
