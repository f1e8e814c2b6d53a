//! The row functions, on both engines: those that the server's stories do not reach, and what
//! becomes of rows that somebody damaged.

mod accounts;
mod acts;
mod claims;
mod damage;
mod deliveries;
mod faces;
mod hooks;
mod inbound;
mod journeys;
mod kept;
mod lists;
mod posts;

use jetbridge_domain::connection::Connection;
use jetbridge_domain::endpoint::{Endpoint, EndpointState};
use jetbridge_domain::event::{Event, sample};
use jetbridge_domain::id::{ConnectionId, EndpointId, EventId, LinkId, PartnerId};
use jetbridge_domain::onboarding::Link;
use jetbridge_domain::secret::Secret;
use jetbridge_domain::url::WebUrl;
use jetbridge_store::partners::{Partner, PartnerState};
use jetbridge_store::{connections, endpoints, events, links, partners};

use crate::support::{NOW, World};

/// What a partner's rows hang on.
#[derive(Clone)]
pub(crate) struct Cast {
    pub(crate) partner: Partner,
    pub(crate) link: Link,
    pub(crate) endpoint: Endpoint,
}

impl World {
    pub(crate) fn new_partner(&self) -> Partner {
        let id = PartnerId::new(NOW, &self.entropy).unwrap();
        let client_id = self.entropy.token().unwrap();
        Partner { id, name: "Shop CRM".to_owned(), client_id, state: PartnerState::Active, created_at: NOW }
    }

    pub(crate) async fn partner(&self) -> Partner {
        let partner = self.new_partner();
        let secret = Secret::new("a client secret");
        let input = (partner.clone(), secret);
        self.write(input, |tx, v, (p, secret)| Box::pin(partners::insert(tx, v, p, secret))).await.unwrap();
        partner
    }

    /// The sample's link under an id of its own, for `partner`.
    pub(crate) fn new_link(&self, partner: &Partner) -> Link {
        let (link, _) = sample::link_and_connection().unwrap();
        let id = LinkId::new(NOW, &self.entropy).unwrap();
        let param = Secret::new(self.entropy.token().unwrap());
        Link { id, partner: partner.id.clone(), param, ..link }
    }

    pub(crate) async fn link(&self, partner: &Partner) -> Link {
        let link = self.new_link(partner);
        self.write(link.clone(), |tx, v, link| Box::pin(links::insert(tx, v, link))).await.unwrap();
        link
    }

    /// The sample's connection under an id of its own, made through `link`.
    pub(crate) fn new_connection(&self, link: &Link) -> Connection {
        let (_, connection) = sample::link_and_connection().unwrap();
        Connection {
            id: ConnectionId::new(NOW, &self.entropy).unwrap(),
            partner: link.partner.clone(),
            link: link.id.clone(),
            param: link.param.clone(),
            ..connection
        }
    }

    /// Keeps it; the token is made of the Page's name.
    pub(crate) async fn keep(&self, connection: &Connection) -> (connections::Kept, Connection) {
        let kept = self.write(connection.clone(), |tx, v, c| {
            Box::pin(async move {
                let (mut c, token) = (c.clone(), Secret::new(format!("EAA {}", c.page_name)));
                let kept = connections::keep(tx, v, &mut c, &token).await?;
                Ok((kept, c))
            })
        });
        kept.await.unwrap()
    }

    pub(crate) fn new_endpoint(&self, partner: &Partner, default: bool) -> Endpoint {
        Endpoint {
            id: EndpointId::new(NOW, &self.entropy).unwrap(),
            partner: partner.id.clone(),
            default,
            url: WebUrl::webhook("https://crm.example/hook").unwrap(),
            description: "ours".to_owned(),
            secret: Secret::new("whsec_first"),
            previous: None,
            state: EndpointState::Active,
            failing_since: None,
        }
    }

    pub(crate) async fn endpoint(&self, partner: &Partner, default: bool) -> Endpoint {
        let endpoint = self.new_endpoint(partner, default);
        let made = self.write(endpoint.clone(), |tx, v, e| Box::pin(endpoints::insert(tx, v, e, NOW))).await;
        assert!(made.unwrap());
        endpoint
    }

    pub(crate) async fn cast(&self) -> Cast {
        let partner = self.partner().await;
        let (link, endpoint) = (self.link(&partner).await, self.endpoint(&partner, true).await);
        Cast { partner, link, endpoint }
    }

    /// Appends an event of the link's conversation.
    pub(crate) async fn event(&self, link: &Link) -> EventId {
        let appended = self.write(link.clone(), |tx, v, link| {
            Box::pin(async move {
                let event = Event::OnboardingExpired { link };
                events::append(tx, v, &link.partner, &event, NOW).await
            })
        });
        appended.await.unwrap()
    }
}
