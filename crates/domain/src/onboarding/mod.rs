//! A link and the way through it.
//!
//! A link is the partner's: it opens, is started, may fail and be tried again, and ends finished,
//! expired or cancelled. A journey is one browser's way through it: several people may try one
//! link, each in a journey of their own, and only one finishes it.

mod asset;
mod journey;
mod link;

pub use asset::{Asset, Blocked, InstagramAccount, Seen, Wanted, Without, nothing_to_choose};
pub use journey::{Grant, JOURNEY_LIFE, Journey, LOGIN_LIFE, MOST_JOURNEYS, OutOfOrder, Stage, Stop};
pub use link::{Face, Inbox, Link, LinkOver, LinkState, NewLink};

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
    /// The link renews a connection, and its asset was not among what the client opened.
    OtherAsset,
    /// The link renews a connection that has been ended.
    ConnectionEnded,
    /// Meta refused a call.
    MetaRefused,
    /// Meta could not be reached, or answered something odd.
    MetaFailing,
    /// Meta takes no more calls for a while.
    MetaBusy,
    /// The Page could not be subscribed or its subscription did not hold.
    SubscribeFailed,
}

impl Why {
    /// Every cause.
    pub const ALL: [Self; 11] = [
        Self::Cancelled,
        Self::PermissionDeclined,
        Self::NoPages,
        Self::NoInstagram,
        Self::NoUsableAsset,
        Self::OtherAsset,
        Self::ConnectionEnded,
        Self::MetaRefused,
        Self::MetaFailing,
        Self::MetaBusy,
        Self::SubscribeFailed,
    ];

    /// Their words.
    #[expect(clippy::indexing_slicing, reason = "a constant: it would not compile")]
    pub const WORDS: [&'static str; Self::ALL.len()] = {
        let mut words = [""; Self::ALL.len()];
        let mut n = 0;
        while n < words.len() {
            words[n] = Self::ALL[n].word();
            n += 1;
        }
        words
    };

    /// The word in events, answers and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cancelled => "cancelled_at_facebook",
            Self::PermissionDeclined => "permission_declined",
            Self::NoPages => "no_pages",
            Self::NoInstagram => "no_instagram",
            Self::NoUsableAsset => "no_usable_asset",
            Self::OtherAsset => "other_asset",
            Self::ConnectionEnded => "connection_ended",
            Self::MetaRefused => "meta_refused",
            Self::MetaFailing => "meta_failing",
            Self::MetaBusy => "meta_busy",
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
    /// The client asked to look again, with the same consent.
    CheckedAgain,
    /// Facebook sent a client back to another browser than the one that left.
    OtherBrowser,
    /// The client came back from Facebook when the time for it was over.
    LoginLate,
    /// The client's browser came without the cookie that the page had given it: it keeps none, or not
    /// for so long.
    CookieMissing,
    /// The partner deleted the link.
    Cancelled,
    /// The link ran out.
    Expired,
}

impl Step {
    /// Every step.
    pub const ALL: [Self; 14] = [
        Self::Created,
        Self::SentToFacebook,
        Self::Returned,
        Self::Choosing,
        Self::Chosen,
        Self::Confirmed,
        Self::Finished,
        Self::Failed,
        Self::CheckedAgain,
        Self::OtherBrowser,
        Self::LoginLate,
        Self::CookieMissing,
        Self::Cancelled,
        Self::Expired,
    ];

    /// Their words.
    #[expect(clippy::indexing_slicing, reason = "a constant: it would not compile")]
    pub const WORDS: [&'static str; Self::ALL.len()] = {
        let mut words = [""; Self::ALL.len()];
        let mut n = 0;
        while n < words.len() {
            words[n] = Self::ALL[n].word();
            n += 1;
        }
        words
    };

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
            Self::CheckedAgain => "checked_again",
            Self::OtherBrowser => "other_browser",
            Self::LoginLate => "login_late",
            Self::CookieMissing => "cookie_missing",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// From that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }
}
