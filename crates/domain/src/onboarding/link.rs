//! A link: the partner's, from made to ended.

use super::Why;
use crate::branding::{LogoUrl, Words};
use crate::clock::{Span, Time};
use crate::id::{ConnectionId, LinkId, PartnerId};
use crate::inputs::{Digits, Locale, Reference};
use crate::product::Products;
use crate::secret::Secret;
use crate::url::WebUrl;

/// What a partner asks for with `createOnboarding`, parsed.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// What is to be connected.
    pub products: Products,
    /// The partner's own word for it.
    pub reference: Option<Reference>,
    /// The omni-channel inbox it belongs to.
    pub inbox: Inbox,
    /// How long the link lives.
    pub life: Span,
    /// The language of its pages, where the partner chose one.
    pub locale: Option<Locale>,
    /// The live connection that it renews, where that is what it is for.
    pub reconnect: Option<ConnectionId>,
    /// What its pages show and where they lead.
    pub face: Face,
}

/// What a link's pages show and where they lead; what is absent comes from the partner's branding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Face {
    /// The partner's words to this client.
    pub message: Option<Words>,
    /// The picture beside them.
    pub logo: Option<LogoUrl>,
    /// Where the client goes after finishing.
    pub success_url: Option<WebUrl>,
    /// Where the client may go when it does not go on.
    pub failure_url: Option<WebUrl>,
}

/// The omni-channel inbox a link or connection is tied to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inbox {
    /// The server's address.
    pub server: Option<WebUrl>,
    /// The account there.
    pub account_id: Option<Digits>,
    /// The inbox there.
    pub inbox_id: Option<Digits>,
}

/// One onboarding link.
#[derive(Debug, Clone)]
pub struct Link {
    /// Its name in logs and tables.
    pub id: LinkId,
    /// Whose it is.
    pub partner: PartnerId,
    /// The key to the door.
    pub param: Secret,
    /// What is to be connected.
    pub products: Products,
    /// The partner's own word for it.
    pub reference: Option<Reference>,
    /// The omni-channel inbox it belongs to.
    pub inbox: Inbox,
    /// The language of its pages, where the partner chose one.
    pub locale: Option<Locale>,
    /// The connection that it renews, where that is what it is for.
    pub reconnect: Option<ConnectionId>,
    /// What its pages show and where they lead.
    pub face: Face,
    /// Where it stands.
    pub state: LinkState,
    /// When it was made.
    pub created_at: Time,
    /// When it stops working.
    pub expires_at: Time,
}

/// Where a link stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// Made; nobody has pressed Continue.
    Open,
    /// A client is on the way.
    Started,
    /// The last try came to nothing; the link can be tried again.
    Failed(Why),
    /// A connection came of it.
    Finished,
    /// Its time ran out before anybody finished.
    Expired,
    /// The partner deleted it.
    Cancelled,
}

/// Why a link cannot be used any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkOver {
    /// It has done its work.
    #[error("the link is finished")]
    Finished,
    /// Its time ran out.
    #[error("the link has expired")]
    Expired,
    /// The partner deleted it.
    #[error("the link was cancelled")]
    Cancelled,
}

impl LinkState {
    /// The contract's word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Started => "started",
            Self::Failed(_) => "failed",
            Self::Finished => "finished",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }

    /// The words that a filter may name.
    pub const WORDS: [&'static str; 6] = ["open", "started", "failed", "finished", "expired", "cancelled"];

    /// From the two columns that keep it.
    pub fn from_columns(word: &str, why: Option<&str>) -> Option<Self> {
        Some(match (word, why) {
            ("open", None) => Self::Open,
            ("started", None) => Self::Started,
            ("failed", Some(why)) => Self::Failed(Why::from_word(why)?),
            ("finished", None) => Self::Finished,
            ("expired", None) => Self::Expired,
            ("cancelled", None) => Self::Cancelled,
            _ => return None,
        })
    }

    /// The second column: why the last try failed.
    pub const fn why(&self) -> Option<Why> {
        match self {
            Self::Failed(why) => Some(*why),
            _ => None,
        }
    }
}

impl Link {
    /// The state at `now`: a link whose time is up has expired, swept or not.
    pub fn state_at(&self, now: Time) -> LinkState {
        match &self.state {
            LinkState::Open | LinkState::Started | LinkState::Failed(_) if now >= self.expires_at => {
                LinkState::Expired
            }
            state => state.clone(),
        }
    }

    /// Whether a client may go on with it at `now`.
    pub fn usable(&self, now: Time) -> Result<(), LinkOver> {
        match self.state_at(now) {
            LinkState::Open | LinkState::Started | LinkState::Failed(_) => Ok(()),
            LinkState::Finished => Err(LinkOver::Finished),
            LinkState::Expired => Err(LinkOver::Expired),
            LinkState::Cancelled => Err(LinkOver::Cancelled),
        }
    }

    /// A client pressed Continue.
    pub fn start(&self, now: Time) -> Result<LinkState, LinkOver> {
        self.usable(now).map(|()| LinkState::Started)
    }

    /// A try came to nothing. The link stays usable.
    pub fn fail(&self, why: Why, now: Time) -> Result<LinkState, LinkOver> {
        self.usable(now).map(|()| LinkState::Failed(why))
    }

    /// A connection is being made of it.
    pub fn finish(&self, now: Time) -> Result<LinkState, LinkOver> {
        self.usable(now).map(|()| LinkState::Finished)
    }

    /// The partner deletes it; an expired one, or one deleted before, may be deleted as well.
    pub fn cancel(&self) -> Result<LinkState, LinkOver> {
        match self.state {
            LinkState::Finished => Err(LinkOver::Finished),
            _ => Ok(LinkState::Cancelled),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;
    use crate::product::Product;

    const MADE: Time = Time::from_seconds(1_000);
    const ENDS: Time = Time::from_seconds(2_000);

    fn link(state: LinkState) -> Link {
        let entropy = Entropy::seeded(1);
        Link {
            id: LinkId::new(MADE, &entropy).unwrap(),
            partner: PartnerId::new(MADE, &entropy).unwrap(),
            param: Secret::new("param"),
            products: Products::one(Product::Messenger),
            reference: None,
            inbox: Inbox::default(),
            locale: None,
            reconnect: None,
            face: Face::default(),
            state,
            created_at: MADE,
            expires_at: ENDS,
        }
    }

    #[test]
    fn a_failed_link_can_be_tried_again_and_finished() {
        let failed = link(LinkState::Failed(Why::Cancelled));
        assert_eq!(failed.start(MADE), Ok(LinkState::Started));
        assert_eq!(failed.finish(MADE), Ok(LinkState::Finished));
    }

    #[test]
    fn an_ended_link_refuses_every_step() {
        for (state, over) in [
            (LinkState::Finished, LinkOver::Finished),
            (LinkState::Expired, LinkOver::Expired),
            (LinkState::Cancelled, LinkOver::Cancelled),
        ] {
            let link = link(state);
            assert_eq!(link.start(MADE), Err(over));
            assert_eq!(link.fail(Why::NoPages, MADE), Err(over));
            assert_eq!(link.finish(MADE), Err(over));
        }
    }

    #[test]
    fn time_ends_a_link_that_nobody_swept() {
        for state in [LinkState::Open, LinkState::Started, LinkState::Failed(Why::NoPages)] {
            let link = link(state);
            assert!(link.usable(ENDS.minus(Span::micros(1))).is_ok());
            assert_eq!(link.state_at(ENDS), LinkState::Expired);
            assert_eq!(link.finish(ENDS), Err(LinkOver::Expired));
        }
        assert_eq!(link(LinkState::Finished).state_at(ENDS), LinkState::Finished);
    }

    #[test]
    fn only_a_finished_link_cannot_be_deleted() {
        assert_eq!(link(LinkState::Finished).cancel(), Err(LinkOver::Finished));
        for state in [LinkState::Open, LinkState::Started, LinkState::Expired, LinkState::Cancelled] {
            assert_eq!(link(state).cancel(), Ok(LinkState::Cancelled));
        }
    }

    #[test]
    fn columns_that_mean_nothing_are_refused() {
        assert_eq!(LinkState::from_columns("failed", None), None);
        assert_eq!(LinkState::from_columns("open", Some("no_pages")), None);
        assert_eq!(LinkState::from_columns("failed", Some("mood")), None);
        assert_eq!(LinkState::from_columns("done", None), None);
        for word in LinkState::WORDS {
            let why = (word == "failed").then_some("no_pages");
            assert_eq!(LinkState::from_columns(word, why).map(|s| s.word()), Some(word));
        }
    }
}
