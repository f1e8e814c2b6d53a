//! A link and the way through it.
//!
//! A link is the partner's: it opens, is started, may fail and be tried again, and ends finished,
//! expired or cancelled. A journey is one browser's way through it: several people may try one
//! link, each in a journey of their own, and only one finishes it.

use serde::{Deserialize, Serialize};

use crate::clock::{Span, Time};
use crate::id::{ConnectionId, JourneyId, LinkId, PartnerId};
use crate::inputs::{Digits, Locale, Reference};
use crate::product::Product;
use crate::secret::Secret;
use crate::url::WebUrl;

/// What a partner asks for with `createOnboarding`, parsed.
#[derive(Debug, Clone)]
pub struct NewLink {
    /// What is to be connected.
    pub product: Product,
    /// The partner's own word for it.
    pub reference: Option<Reference>,
    /// The omni-channel inbox it belongs to.
    pub inbox: Inbox,
    /// How long the link lives.
    pub life: Span,
    /// The language of its pages, where the partner chose one.
    pub locale: Option<Locale>,
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
    pub product: Product,
    /// The partner's own word for it.
    pub reference: Option<Reference>,
    /// The omni-channel inbox it belongs to.
    pub inbox: Inbox,
    /// The language of its pages, where the partner chose one.
    pub locale: Option<Locale>,
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

/// Why a client's try came to nothing. The partner reads the word; the client a page of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Why {
    /// The client pressed Cancel at Facebook.
    Cancelled,
    /// A needed permission was not given.
    PermissionDeclined,
    /// The person has, or opted in, no Page.
    NoPages,
    /// No Page has a professional Instagram account linked.
    NoInstagram,
    /// There are assets, but none that can be used.
    NoUsableAsset,
    /// Meta refused a call, or answered something odd.
    MetaRefused,
    /// Meta could not be reached.
    MetaFailing,
    /// The Page could not be subscribed or its subscription did not hold.
    SubscribeFailed,
}

impl Why {
    /// Every cause.
    pub const ALL: [Self; 8] = [
        Self::Cancelled,
        Self::PermissionDeclined,
        Self::NoPages,
        Self::NoInstagram,
        Self::NoUsableAsset,
        Self::MetaRefused,
        Self::MetaFailing,
        Self::SubscribeFailed,
    ];

    /// The word in events, answers and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled_at_facebook",
            Self::PermissionDeclined => "permission_declined",
            Self::NoPages => "no_pages",
            Self::NoInstagram => "no_instagram",
            Self::NoUsableAsset => "no_usable_asset",
            Self::MetaRefused => "meta_refused",
            Self::MetaFailing => "meta_failing",
            Self::SubscribeFailed => "subscribe_failed",
        }
    }

    /// From that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|w| w.word() == word)
    }
}

/// What happened on a link, in the order it happened: the contract's `steps`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The partner made the link.
    Created,
    /// The client pressed Continue and was sent to Facebook.
    SentToFacebook,
    /// Facebook sent the client back with a code.
    Returned,
    /// The client is looking at what can be connected.
    Choosing,
    /// The client chose an asset.
    Chosen,
    /// The client confirmed.
    Confirmed,
    /// A connection was made.
    Finished,
    /// A try came to nothing.
    Failed,
    /// The partner deleted the link.
    Cancelled,
    /// The link ran out.
    Expired,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 10] = [
        Self::Created,
        Self::SentToFacebook,
        Self::Returned,
        Self::Choosing,
        Self::Chosen,
        Self::Confirmed,
        Self::Finished,
        Self::Failed,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The word in answers and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::SentToFacebook => "sent_to_facebook",
            Self::Returned => "returned",
            Self::Choosing => "choosing",
            Self::Chosen => "chosen",
            Self::Confirmed => "confirmed",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// From that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}

/// How long Facebook's dialog may take: people look for a second factor, or ask a colleague.
pub const LOGIN_LIFE: Span = Span::hours(1);

/// How long a browser keeps its place on a link after coming back from Facebook.
pub const JOURNEY_LIFE: Span = Span::hours(24);

/// One browser's way through one link.
#[derive(Debug, Clone)]
pub struct Journey {
    /// Its name.
    pub id: JourneyId,
    /// The link it goes through.
    pub link: LinkId,
    /// Whose link it is.
    pub partner: PartnerId,
    /// Where it stands.
    pub stage: Stage,
    /// When it began.
    pub created_at: Time,
    /// When it was last moved on.
    pub updated_at: Time,
}

/// Where a journey stands. Each stage carries just what exists then.
#[derive(Debug, Clone)]
pub enum Stage {
    /// At Facebook; the `state` has not come back.
    AtFacebook,
    /// Came back with a code that is being looked at. Found so after a crash: start again.
    Returned,
    /// Looking at the assets.
    Choosing(Grant),
    /// Chose one and was asked to confirm.
    Chosen(Grant, String),
    /// Confirmed, and Meta did not let it be: can be confirmed again, or another one chosen.
    Stuck(Grant, String, Why),
    /// Made this connection.
    Finished(ConnectionId),
    /// Came to nothing.
    Stopped(Stop),
}

/// Why a journey stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The cause.
    pub why: Why,
    /// The permissions that were not given, for [`Why::PermissionDeclined`].
    pub missing: Vec<String>,
    /// What was there and cannot be used, for [`Why::NoInstagram`] and [`Why::NoUsableAsset`].
    pub assets: Vec<Asset>,
}

impl Stop {
    /// With nothing beside the cause.
    pub const fn plain(why: Why) -> Self {
        Self { why, missing: Vec::new(), assets: Vec::new() }
    }
}

/// What the client's consent gave: kept sealed until the journey ends.
#[derive(Clone)]
pub struct Grant {
    /// The long-lived user token.
    pub token: Secret,
    /// The person, as this app sees them.
    pub meta_user: String,
    /// The permissions given.
    pub granted: Vec<String>,
    /// What can be chosen, and what cannot and why.
    pub assets: Vec<Asset>,
}

impl std::fmt::Debug for Grant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grant").field("assets", &self.assets.len()).finish_non_exhaustive()
    }
}

/// A step that the journey's stage does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the journey is at another stage")]
pub struct OutOfOrder;

impl Journey {
    /// The client chooses an asset, for the first time or another one.
    pub fn choose(&self, asset: &str) -> Result<Stage, OutOfOrder> {
        match &self.stage {
            Stage::Choosing(grant) | Stage::Chosen(grant, _) | Stage::Stuck(grant, ..)
                if grant.assets.iter().any(|a| a.key() == asset && a.blocked.is_none()) =>
            {
                Ok(Stage::Chosen(grant.clone(), asset.to_owned()))
            }
            _ => Err(OutOfOrder),
        }
    }

    /// The client goes back to the list.
    pub fn back(&self) -> Result<Stage, OutOfOrder> {
        match &self.stage {
            Stage::Choosing(grant) | Stage::Chosen(grant, _) | Stage::Stuck(grant, ..) => {
                Ok(Stage::Choosing(grant.clone()))
            }
            _ => Err(OutOfOrder),
        }
    }

    /// What the client asked to confirm.
    pub fn chosen(&self) -> Result<(&Grant, &Asset), OutOfOrder> {
        match &self.stage {
            Stage::Chosen(grant, key) | Stage::Stuck(grant, key, _) => {
                grant.assets.iter().find(|a| a.key() == key).map(|a| (grant, a)).ok_or(OutOfOrder)
            }
            _ => Err(OutOfOrder),
        }
    }
}

/// A Page, or the Instagram account behind one, as the picker shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// The Page.
    pub page_id: String,
    /// Its name.
    pub page_name: String,
    /// The professional Instagram account linked to it, if there is one.
    pub instagram: Option<InstagramAccount>,
    /// Why it cannot be chosen.
    pub blocked: Option<Blocked>,
}

impl Asset {
    /// What names it in the picker's form: the Page carries the Instagram account as well.
    pub fn key(&self) -> &str {
        &self.page_id
    }
}

/// A professional Instagram account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstagramAccount {
    /// Its id (`17841...`).
    pub id: String,
    /// Its handle without the at sign, where Meta told it.
    pub username: Option<String>,
}

/// Why an asset cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// No professional Instagram account is linked to this Page.
    NoInstagram,
    /// The person's role on the Page does not allow it.
    RoleMissing,
    /// Meta gave no token for the Page.
    NoAccess,
}

/// Why an asset with these properties cannot carry `product`, if it cannot.
pub fn blocked(product: Product, tasks: &[String], has_token: bool, instagram: bool) -> Option<Blocked> {
    if product.is_instagram() && !instagram {
        Some(Blocked::NoInstagram)
    } else if !crate::product::tasks_suffice(product, tasks) {
        Some(Blocked::RoleMissing)
    } else if has_token {
        None
    } else {
        Some(Blocked::NoAccess)
    }
}

/// Why a list of assets leaves the client nothing to choose, if it does.
pub fn nothing_to_choose(assets: &[Asset]) -> Option<Why> {
    if assets.is_empty() {
        Some(Why::NoPages)
    } else if assets.iter().any(|a| a.blocked.is_none()) {
        None
    } else if assets.iter().all(|a| a.blocked == Some(Blocked::NoInstagram)) {
        Some(Why::NoInstagram)
    } else {
        Some(Why::NoUsableAsset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;

    const MADE: Time = Time::from_seconds(1_000);
    const ENDS: Time = Time::from_seconds(2_000);

    fn link(state: LinkState) -> Link {
        let entropy = Entropy::seeded(1);
        Link {
            id: LinkId::new(MADE, &entropy).unwrap(),
            partner: PartnerId::new(MADE, &entropy).unwrap(),
            param: Secret::new("param"),
            product: Product::Messenger,
            reference: None,
            inbox: Inbox::default(),
            locale: None,
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

    fn asset(page: &str, blocked: Option<Blocked>) -> Asset {
        Asset { page_id: page.to_owned(), page_name: page.to_owned(), instagram: None, blocked }
    }

    fn journey(stage: Stage) -> Journey {
        let (link, entropy) = (link(LinkState::Started), Entropy::seeded(2));
        let id = JourneyId::new(MADE, &entropy).unwrap();
        Journey { id, link: link.id, partner: link.partner, stage, created_at: MADE, updated_at: MADE }
    }

    #[test]
    fn only_a_usable_asset_of_the_list_can_be_chosen() {
        let grant = Grant {
            token: Secret::new("t"),
            meta_user: "1".to_owned(),
            granted: vec![],
            assets: vec![asset("1", None), asset("2", Some(Blocked::RoleMissing))],
        };
        let choosing = journey(Stage::Choosing(grant));
        assert!(choosing.choose("2").is_err());
        assert!(choosing.choose("3").is_err());
        assert!(choosing.chosen().is_err());
        let chosen = journey(choosing.choose("1").unwrap());
        assert_eq!(chosen.chosen().unwrap().1.page_id, "1");
        assert!(matches!(chosen.back(), Ok(Stage::Choosing(_))));
        let Stage::Chosen(grant, key) = &chosen.stage else { panic!("not chosen") };
        let stuck = journey(Stage::Stuck(grant.clone(), key.clone(), Why::SubscribeFailed));
        assert_eq!(stuck.chosen().unwrap().1.page_id, "1");
        assert!(stuck.choose("1").is_ok() && stuck.back().is_ok());
        assert!(journey(Stage::AtFacebook).choose("1").is_err());
    }

    #[test]
    fn why_there_is_nothing_to_choose() {
        let (ig, role) = (Some(Blocked::NoInstagram), Some(Blocked::RoleMissing));
        assert_eq!(nothing_to_choose(&[]), Some(Why::NoPages));
        assert_eq!(nothing_to_choose(&[asset("1", ig)]), Some(Why::NoInstagram));
        assert_eq!(nothing_to_choose(&[asset("1", ig), asset("2", role)]), Some(Why::NoUsableAsset));
        assert_eq!(nothing_to_choose(&[asset("1", ig), asset("2", None)]), None);
    }

    #[test]
    fn what_blocks_an_asset() {
        let all = ["MESSAGING", "MODERATE", "MANAGE", "CREATE_CONTENT"].map(str::to_owned);
        assert_eq!(blocked(Product::Messenger, &all, true, false), None);
        assert_eq!(blocked(Product::InstagramMessaging, &all, true, false), Some(Blocked::NoInstagram));
        assert_eq!(blocked(Product::InstagramMessaging, &all, true, true), None);
        assert_eq!(blocked(Product::Messenger, &[], true, false), Some(Blocked::RoleMissing));
        assert_eq!(blocked(Product::Messenger, &all, false, false), Some(Blocked::NoAccess));
    }
}
