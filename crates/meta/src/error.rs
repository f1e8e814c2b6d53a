//! What can go wrong between us and Meta, and what each means for the next step.

mod codes;

use jetbridge_domain::clock::Span;
use serde_json::Value;

pub use self::codes::{Budget, advice_for, budget_for};
use crate::answer;
use crate::usage::Usage;

/// What to do about a failed call. Whether and how often it is done is the caller's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Advice {
    /// Passing trouble: the same call may work in a moment. For a call that must not happen twice,
    /// first rule out that it already did ([`MetaError::may_have_been_taken`]).
    Retry,
    /// A limit was reached: the same call works later. [`GraphError::budget`] says which limit and
    /// [`GraphError::wait`] for how long, where Meta does; an hour is the window of the shortest ones.
    SlowDown,
    /// The window for messages to this person has closed, or the tag that was used does not open it.
    OutsideWindow,
    /// Not to this person, or not in answer to this comment: unknown to this Page, gone, unavailable,
    /// or unwilling. Other recipients are not affected.
    WrongRecipient,
    /// Another app of the client's holds the conversation, such as the Page's inbox. It works once that
    /// app lets go of it.
    HeldByOther,
    /// What an address or an attachment id in the call leads to cannot be used: not public, too large,
    /// too slow, of the wrong kind.
    BadMedia,
    /// The object is missing, or not visible to this token.
    NoSuchObject,
    /// The token is dead or was never good: the person has to go through the login again. Meta gives
    /// these codes for other causes too, so look at the token ([`crate::Meta::inspect`]) first.
    Reconnect,
    /// A right is missing: a permission, a role on the Page, a feature of the app. Somebody has to
    /// change something at Meta before the same call can work. It may concern this call only or all of
    /// the connection's: [`crate::Meta::inspect`] tells.
    NotAllowed,
    /// The call itself is wrong, or our settings are. The same call never works.
    Mistake,
}

/// A call that did not end in an answer that could be used.
///
/// No variant carries a token, a code or a secret, and texts of Meta's are cleared of those that were
/// part of the call: Meta repeats a malformed token in its message.
#[derive(Debug, thiserror::Error)]
pub enum MetaError {
    /// Meta understood the call and refused it.
    #[error(transparent)]
    Refused(Box<GraphError>),
    /// No connection was made, so Meta has certainly not taken the call.
    #[error("Meta could not be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The line was cut, or the time was up, after the call may have been sent: nobody here can tell
    /// whether Meta took it.
    #[error("Meta did not answer to the end")]
    Unknown(#[source] reqwest::Error),
    /// An answer came that is not one of Meta's: an error page of something in between, other JSON than
    /// documented, too many bytes. Whether the call was taken is unknown.
    #[error("the answer (HTTP {http}) is not one of Meta's: {what}")]
    Odd {
        /// The HTTP status.
        http: u16,
        /// What was wrong with it, in our words; nothing of the answer is repeated.
        what: &'static str,
    },
    /// Nothing was sent: what was handed in cannot be part of a call.
    #[error("not sent: {0}")]
    NotSent(&'static str),
}

impl MetaError {
    /// What to do about it.
    pub fn advice(&self) -> Advice {
        match self {
            Self::Refused(error) => error.advice(),
            Self::Odd { http: 429, .. } => Advice::SlowDown,
            Self::Unreachable(_) | Self::Unknown(_) | Self::Odd { .. } => Advice::Retry,
            Self::NotSent(_) => Advice::Mistake,
        }
    }

    /// True where Meta may have done what it was asked although the call failed.
    pub fn may_have_been_taken(&self) -> bool {
        matches!(self, Self::Unknown(_) | Self::Odd { .. })
    }

    /// Meta's own error, where there is one.
    pub fn refusal(&self) -> Option<&GraphError> {
        match self {
            Self::Refused(error) => Some(error),
            _ => None,
        }
    }
}

/// Meta's error envelope (Graph API reference: handling errors).
///
/// Decide on `code` and `subcode` only: the texts change without notice and the HTTP status is 400 for
/// almost everything.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Meta refused with code {code}{}, HTTP {http}: {message}", self.subcode_text())]
pub struct GraphError {
    /// The HTTP status it came with.
    pub http: u16,
    /// `code`; 0 where Meta gave none.
    pub code: i64,
    /// `error_subcode`.
    pub subcode: Option<i64>,
    /// `type`, such as `OAuthException`.
    pub kind: String,
    /// `message`: English, for developers; at most 1,000 characters are kept.
    pub message: String,
    /// `error_user_title`: fit to be shown to the person, where present.
    pub user_title: Option<String>,
    /// `error_user_msg`: fit to be shown to the person, where present.
    pub user_msg: Option<String>,
    /// `fbtrace_id`: what Meta's support asks for.
    pub fbtrace_id: Option<String>,
    /// `is_transient`: Meta says that it will pass.
    pub transient: bool,
    /// How long to wait, where the answer's rate headers name a time (Graph API: rate limits). Most
    /// limits name none.
    pub wait: Option<Span>,
}

impl GraphError {
    /// Reads the envelope's inside. `clean` takes out of a text what must not be repeated.
    pub(crate) fn read(http: u16, error: &Value, clean: impl Fn(&str) -> String) -> Self {
        let text = |key| answer::text(error, key).map(|text| clean(&text));
        Self {
            http,
            code: answer::number(error, "code").unwrap_or(0),
            subcode: answer::number(error, "error_subcode"),
            kind: text("type").unwrap_or_default(),
            message: text("message").unwrap_or_default(),
            user_title: text("error_user_title"),
            user_msg: text("error_user_msg"),
            fbtrace_id: text("fbtrace_id"),
            transient: answer::flag(error, "is_transient"),
            wait: None,
        }
    }

    /// With what the rate headers of the same answer say. They speak of the whole account, so that they
    /// mean something for a refusal only where a limit is its cause.
    pub(crate) fn with_usage(mut self, usage: &Usage) -> Self {
        self.wait = self.budget().and_then(|_| usage.regain());
        self
    }

    /// Which limit was reached; none where it is something else.
    pub fn budget(&self) -> Option<Budget> {
        budget_for(self.code, self.subcode)
    }

    /// What to do about it: [`advice_for`] where it knows the code, else what the flag and the HTTP
    /// status suggest.
    pub fn advice(&self) -> Advice {
        match advice_for(self.code, self.subcode) {
            None | Some(Advice::Mistake) if self.transient => Advice::Retry,
            Some(advice) => advice,
            None if self.http >= 500 => Advice::Retry,
            None => Advice::Mistake,
        }
    }

    fn subcode_text(&self) -> String {
        self.subcode.map(|subcode| format!("/{subcode}")).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn error(code: i64, subcode: Option<i64>, http: u16, transient: bool) -> GraphError {
        let body = json!({"code": code, "error_subcode": subcode, "is_transient": transient});
        GraphError::read(http, &body, str::to_owned)
    }

    #[test]
    fn an_unlisted_code_is_judged_by_flag_and_status() {
        assert_eq!(error(99_999, None, 400, false).advice(), Advice::Mistake);
        assert_eq!(error(99_999, None, 400, true).advice(), Advice::Retry);
        assert_eq!(error(99_999, None, 503, false).advice(), Advice::Retry);
    }

    #[test]
    fn transient_softens_a_mistake_and_nothing_else() {
        assert_eq!(error(100, None, 400, true).advice(), Advice::Retry);
        assert_eq!(error(4, None, 400, true).advice(), Advice::SlowDown);
        assert_eq!(error(190, Some(463), 400, true).advice(), Advice::Reconnect);
        assert_eq!(error(200, None, 403, true).advice(), Advice::NotAllowed);
        assert_eq!(error(100, Some(33), 500, false).advice(), Advice::NoSuchObject, "not by status");
    }

    #[test]
    fn the_envelope_is_read_whatever_is_missing_or_mistyped() {
        let odd = json!({"code": "190", "error_subcode": "463", "is_transient": "true", "message": 7});
        let error = GraphError::read(401, &odd, str::to_owned);
        assert_eq!((error.code, error.subcode, error.transient), (190, Some(463), true));
        assert_eq!(error.message, "7");
        assert_eq!(GraphError::read(400, &json!({}), str::to_owned).code, 0);
        assert_eq!(error.to_string(), "Meta refused with code 190/463, HTTP 401: 7");
    }
}
