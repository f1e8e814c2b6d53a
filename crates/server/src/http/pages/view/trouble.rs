//! The pages for when it does not go on: what happened, in one sentence, and what to do now.

use jetbridge_domain::onboarding::{LinkOver, Why};

use super::{Choice, Step};

/// Why the client cannot go on, or not like this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TroubleKind {
    /// The client pressed Cancel at Facebook.
    CancelledAtFacebook,
    /// A needed permission was switched off. Fill in `missing`.
    PermissionDeclined,
    /// Facebook showed no Page.
    NoPages,
    /// No Page has a professional Instagram account.
    NoInstagram,
    /// None of the Pages can be used. Fill in `choices`.
    NoUsable,
    /// The link's time is over.
    LinkExpired,
    /// The partner withdrew the link.
    LinkCancelled,
    /// The link was used already.
    LinkFinished,
    /// There is no such link.
    LinkUnknown,
    /// The browser came back without what it left with.
    SessionLost,
    /// Meta could not be reached, or refused.
    MetaDown,
    /// Meta would not send us what happens on the asset.
    SubscribeFailed,
    /// Our fault. Fill in `code`.
    SomethingBroke,
    /// A wrong address.
    NotFound,
    /// Too many requests.
    TooMany,
}

impl TroubleKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::CancelledAtFacebook,
        Self::PermissionDeclined,
        Self::NoPages,
        Self::NoInstagram,
        Self::NoUsable,
        Self::LinkExpired,
        Self::LinkCancelled,
        Self::LinkFinished,
        Self::LinkUnknown,
        Self::SessionLost,
        Self::MetaDown,
        Self::SubscribeFailed,
        Self::SomethingBroke,
        Self::NotFound,
        Self::TooMany,
    ];

    /// The word in the text keys.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CancelledAtFacebook => "cancelled-at-facebook",
            Self::PermissionDeclined => "permission-declined",
            Self::NoPages => "no-pages",
            Self::NoInstagram => "no-instagram",
            Self::NoUsable => "no-usable",
            Self::LinkExpired => "link-expired",
            Self::LinkCancelled => "link-cancelled",
            Self::LinkFinished => "link-finished",
            Self::LinkUnknown => "link-unknown",
            Self::SessionLost => "session-lost",
            Self::MetaDown => "meta-down",
            Self::SubscribeFailed => "subscribe-failed",
            Self::SomethingBroke => "something-broke",
            Self::NotFound => "not-found",
            Self::TooMany => "too-many",
        }
    }

    /// The step of the way on which it happened; none where the client is on no way at all.
    pub const fn step(self) -> Option<Step> {
        match self {
            Self::CancelledAtFacebook | Self::PermissionDeclined | Self::SessionLost | Self::MetaDown => {
                Some(Step::Facebook)
            }
            Self::NoPages | Self::NoInstagram | Self::NoUsable => Some(Step::Choose),
            Self::SubscribeFailed => Some(Step::Confirm),
            Self::LinkFinished => Some(Step::Done),
            Self::LinkExpired
            | Self::LinkCancelled
            | Self::LinkUnknown
            | Self::SomethingBroke
            | Self::NotFound
            | Self::TooMany => None,
        }
    }

    /// What the client can press, the first being the best. All need the link's param.
    pub const fn actions(self) -> &'static [Action] {
        match self {
            Self::CancelledAtFacebook | Self::MetaDown => &[Action::Continue],
            Self::PermissionDeclined => &[Action::Rerequest],
            Self::NoPages => &[Action::Facebook],
            Self::NoInstagram | Self::NoUsable => &[Action::Check],
            Self::SessionLost => &[Action::Open],
            Self::SomethingBroke => &[Action::Reload],
            Self::SubscribeFailed => &[Action::Confirm, Action::Another],
            Self::LinkExpired
            | Self::LinkCancelled
            | Self::LinkFinished
            | Self::LinkUnknown
            | Self::NotFound
            | Self::TooMany => &[],
        }
    }

    /// Nothing is wrong after all.
    pub const fn is_fine(self) -> bool {
        matches!(self, Self::LinkFinished)
    }

    pub(super) fn title_key(self) -> String {
        format!("trouble-{}-title", self.word())
    }

    pub(super) fn cause_key(self) -> String {
        format!("trouble-{}-cause", self.word())
    }

    pub(super) fn next_key(self) -> String {
        format!("trouble-{}-next", self.word())
    }
}

impl From<Why> for TroubleKind {
    fn from(why: Why) -> Self {
        match why {
            Why::Cancelled => Self::CancelledAtFacebook,
            Why::PermissionDeclined => Self::PermissionDeclined,
            Why::NoPages => Self::NoPages,
            Why::NoInstagram => Self::NoInstagram,
            Why::NoUsableAsset => Self::NoUsable,
            Why::MetaRefused | Why::MetaFailing => Self::MetaDown,
            Why::SubscribeFailed => Self::SubscribeFailed,
        }
    }
}

impl From<LinkOver> for TroubleKind {
    fn from(over: LinkOver) -> Self {
        match over {
            LinkOver::Finished => Self::LinkFinished,
            LinkOver::Expired => Self::LinkExpired,
            LinkOver::Cancelled => Self::LinkCancelled,
        }
    }
}

/// A way on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// To Facebook once more.
    Continue,
    /// To Facebook, which asks again for what was declined.
    Rerequest,
    /// To Facebook, to tick other Pages.
    Facebook,
    /// To Facebook and straight back, to look again.
    Check,
    /// To the beginning of the link.
    Open,
    /// The link once more, after a fault of ours.
    Reload,
    /// The same confirmation once more.
    Confirm,
    /// Back to the picker.
    Another,
}

impl Action {
    /// Where its form goes below the link; none is a plain link to the link itself.
    pub const fn target(self) -> Option<&'static str> {
        match self {
            Self::Continue | Self::Rerequest | Self::Facebook | Self::Check => Some("continue"),
            Self::Confirm => Some("confirm"),
            Self::Another => Some("back"),
            Self::Open | Self::Reload => None,
        }
    }

    /// The field its form carries with the value 1.
    pub const fn flag(self) -> Option<&'static str> {
        match self {
            Self::Rerequest => Some("rerequest"),
            Self::Facebook | Self::Check => Some("again"),
            Self::Continue | Self::Open | Self::Reload | Self::Confirm | Self::Another => None,
        }
    }

    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::Continue | Self::Reload | Self::Confirm => "action-again",
            Self::Rerequest => "action-permissions",
            Self::Facebook => "action-facebook",
            Self::Check => "action-check",
            Self::Open => "action-start",
            Self::Another => "action-another",
        }
    }
}

/// What happened, and what helps.
#[derive(Debug, Clone)]
pub struct Trouble {
    /// What.
    pub kind: TroubleKind,
    /// The link's param; without it there is no button.
    pub param: Option<String>,
    /// What the forms must bring back, where the client is past the login.
    pub csrf: Option<String>,
    /// Meta's names of the permissions that are missing.
    pub missing: Vec<String>,
    /// The assets, none of which can be used.
    pub choices: Vec<Choice>,
    /// The request id, for whoever is asked for help.
    pub code: Option<String>,
    /// The partner's own words on failure.
    pub message: Option<String>,
    /// The partner's page to go to, if there is one. An http(s) address.
    pub return_to: Option<String>,
}

impl Trouble {
    /// Of this kind, with nothing else known: fill in the rest with `..Trouble::new(kind)`.
    pub const fn new(kind: TroubleKind) -> Self {
        Self {
            kind,
            param: None,
            csrf: None,
            missing: Vec::new(),
            choices: Vec::new(),
            code: None,
            message: None,
            return_to: None,
        }
    }
}
