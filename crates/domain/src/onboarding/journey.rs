//! A journey: one browser's way through one link.

use super::{Asset, Why};
use crate::clock::{Span, Time};
use crate::id::{ConnectionId, JourneyId, LinkId, PartnerId};
use crate::secret::Secret;

/// How long Facebook's dialog may take: people look for a second factor, or ask a colleague.
pub const LOGIN_LIFE: Span = Span::hours(1);

/// How long a browser keeps its place on a link after coming back from Facebook.
pub const JOURNEY_LIFE: Span = Span::hours(24);

/// How many ways through one link may begin within [`LOGIN_LIFE`]: far more than its people need, and
/// little enough that whoever was sent a link cannot fill the database with it.
pub const MOST_JOURNEYS: i64 = 100;

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
    /// Consented, and nothing can be chosen as it is: what is missing can be put right at Meta and
    /// looked at again with the same consent.
    Waiting(Grant, Stop),
    /// Made these connections.
    Finished(Vec<ConnectionId>),
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
    /// The same was declined in this browser before.
    pub again: bool,
}

impl Stop {
    /// With nothing beside the cause.
    pub const fn plain(why: Why) -> Self {
        Self { why, missing: Vec::new(), assets: Vec::new(), again: false }
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

    /// The consent to look again with.
    pub fn consent(&self) -> Result<&Grant, OutOfOrder> {
        match &self.stage {
            Stage::Choosing(grant)
            | Stage::Chosen(grant, _)
            | Stage::Stuck(grant, ..)
            | Stage::Waiting(grant, _) => Ok(grant),
            Stage::AtFacebook | Stage::Returned | Stage::Finished(_) | Stage::Stopped(_) => Err(OutOfOrder),
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

#[cfg(test)]
mod tests {
    use super::super::Blocked;
    use super::*;
    use crate::entropy::Entropy;

    const MADE: Time = Time::from_seconds(1_000);

    fn asset(page: &str, blocked: Option<Blocked>) -> Asset {
        Asset {
            page_id: page.to_owned(),
            page_name: page.to_owned(),
            instagram: None,
            blocked,
            without: Vec::new(),
        }
    }

    fn journey(stage: Stage) -> Journey {
        let entropy = Entropy::seeded(2);
        Journey {
            id: JourneyId::new(MADE, &entropy).unwrap(),
            link: LinkId::new(MADE, &entropy).unwrap(),
            partner: PartnerId::new(MADE, &entropy).unwrap(),
            stage,
            created_at: MADE,
            updated_at: MADE,
        }
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
        let waiting = journey(Stage::Waiting(grant.clone(), Stop::plain(Why::NoInstagram)));
        assert!(waiting.consent().is_ok() && waiting.choose("1").is_err() && waiting.back().is_err());
        assert!(journey(Stage::Stopped(Stop::plain(Why::NoPages))).consent().is_err());
    }
}
