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
    /// The browser came back when the time for the login was over.
    LoginLate,
    /// The browser keeps no cookies.
    CookiesRefused,
    /// A needed permission was switched off, and not for the first time. Fill in `missing`.
    PermissionDeclinedAgain,
    /// The link renews a connection, and its asset was not among what the client opened. Fill in `asset`.
    OtherAsset,
    /// The link renews a connection that has ended.
    ConnectionEnded,
    /// Meta could not be reached, or answered nothing of use.
    MetaDown,
    /// Meta takes no more calls for a while.
    MetaBusy,
    /// Meta refused.
    MetaRefused,
    /// Meta would not send us what happens on the asset.
    SubscribeFailed,
    /// Our fault. Fill in `code`.
    SomethingBroke,
    /// A wrong address.
    NotFound,
    /// Too many requests.
    TooMany,
    /// A person's data was deleted, as they asked.
    DataDeleted,
}

impl TroubleKind {
    /// Every kind.
    pub const ALL: [Self; 23] = [
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
        Self::LoginLate,
        Self::CookiesRefused,
        Self::PermissionDeclinedAgain,
        Self::OtherAsset,
        Self::ConnectionEnded,
        Self::MetaDown,
        Self::MetaBusy,
        Self::MetaRefused,
        Self::SubscribeFailed,
        Self::SomethingBroke,
        Self::NotFound,
        Self::TooMany,
        Self::DataDeleted,
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
            Self::LoginLate => "login-late",
            Self::CookiesRefused => "cookies-refused",
            Self::PermissionDeclinedAgain => "permission-declined-again",
            Self::OtherAsset => "other-asset",
            Self::ConnectionEnded => "connection-ended",
            Self::MetaDown => "meta-down",
            Self::MetaBusy => "meta-busy",
            Self::MetaRefused => "meta-refused",
            Self::SubscribeFailed => "subscribe-failed",
            Self::SomethingBroke => "something-broke",
            Self::NotFound => "not-found",
            Self::TooMany => "too-many",
            Self::DataDeleted => "data-deleted",
        }
    }

    /// The step of the way on which it happened; none where the client is on no way at all.
    pub const fn step(self) -> Option<Step> {
        match self {
            Self::CookiesRefused => Some(Step::Start),
            Self::CancelledAtFacebook
            | Self::PermissionDeclined
            | Self::PermissionDeclinedAgain
            | Self::SessionLost
            | Self::LoginLate
            | Self::MetaDown
            | Self::MetaBusy
            | Self::MetaRefused => Some(Step::Facebook),
            Self::NoPages | Self::NoInstagram | Self::NoUsable | Self::OtherAsset => Some(Step::Choose),
            Self::SubscribeFailed => Some(Step::Confirm),
            Self::LinkFinished => Some(Step::Done),
            Self::LinkExpired
            | Self::LinkCancelled
            | Self::LinkUnknown
            | Self::ConnectionEnded
            | Self::SomethingBroke
            | Self::NotFound
            | Self::TooMany
            | Self::DataDeleted => None,
        }
    }

    /// What the client can press, the first being the best. All need the link's param.
    pub const fn actions(self) -> &'static [Action] {
        match self {
            Self::CancelledAtFacebook | Self::MetaDown | Self::MetaBusy | Self::MetaRefused => {
                &[Action::Continue]
            }
            Self::PermissionDeclined | Self::PermissionDeclinedAgain => &[Action::Rerequest],
            Self::NoPages | Self::OtherAsset | Self::NoInstagram | Self::NoUsable => &[Action::Facebook],
            Self::SessionLost | Self::LoginLate | Self::CookiesRefused => &[Action::Open],
            Self::SomethingBroke => &[Action::Reload],
            Self::SubscribeFailed => &[Action::Confirm, Action::Another],
            Self::LinkExpired
            | Self::LinkCancelled
            | Self::LinkFinished
            | Self::LinkUnknown
            | Self::ConnectionEnded
            | Self::NotFound
            | Self::TooMany
            | Self::DataDeleted => &[],
        }
    }

    /// Nothing is wrong after all.
    pub const fn is_fine(self) -> bool {
        matches!(self, Self::LinkFinished | Self::DataDeleted)
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
            Why::OtherAsset => Self::OtherAsset,
            Why::ConnectionEnded => Self::ConnectionEnded,
            Why::MetaRefused => Self::MetaRefused,
            Why::MetaFailing => Self::MetaDown,
            Why::MetaBusy => Self::MetaBusy,
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
    /// To look again at what Facebook shows, with the consent that is there.
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
            Self::Continue | Self::Rerequest | Self::Facebook => Some("continue"),
            Self::Check => Some("check"),
            Self::Confirm => Some("confirm"),
            Self::Another => Some("back"),
            Self::Open | Self::Reload => None,
        }
    }

    /// The field its form carries with the value 1.
    pub const fn flag(self) -> Option<&'static str> {
        match self {
            Self::Rerequest => Some("rerequest"),
            Self::Facebook => Some("again"),
            Self::Continue | Self::Check | Self::Open | Self::Reload | Self::Confirm | Self::Another => None,
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

/// What of the client's way still holds: it is not asked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Nothing: the way begins anew.
    Nothing,
    /// The consent: what can be chosen is looked at again with it.
    Consent,
    /// The consent and the choice, which can be confirmed again.
    Choice,
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
    /// What still holds.
    pub holds: Holds,
    /// What the link renews.
    pub asset: Option<Choice>,
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
    /// What the client can press, the first being the best.
    pub(super) const fn actions(&self) -> &'static [Action] {
        match (self.holds, self.kind) {
            (Holds::Choice, _) => &[Action::Confirm, Action::Another],
            (Holds::Consent, TroubleKind::NoPages | TroubleKind::OtherAsset) => {
                &[Action::Facebook, Action::Check]
            }
            (Holds::Consent, TroubleKind::NoInstagram | TroubleKind::NoUsable) => {
                &[Action::Check, Action::Facebook]
            }
            (Holds::Consent, _) => &[Action::Check],
            (Holds::Nothing, kind) => kind.actions(),
        }
    }

    /// The step of the way on which it happened.
    pub(super) const fn step(&self) -> Option<Step> {
        match self.holds {
            Holds::Choice => Some(Step::Confirm),
            Holds::Consent => Some(Step::Choose),
            Holds::Nothing => self.kind.step(),
        }
    }

    /// Of this kind, with nothing else known: fill in the rest with `..Trouble::new(kind)`.
    pub const fn new(kind: TroubleKind) -> Self {
        Self {
            kind,
            param: None,
            csrf: None,
            holds: Holds::Nothing,
            asset: None,
            missing: Vec::new(),
            choices: Vec::new(),
            code: None,
            message: None,
            return_to: None,
        }
    }
}
