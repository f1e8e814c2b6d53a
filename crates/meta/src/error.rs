//! What can go wrong between us and Meta, and what each means for the next step.

use serde_json::Value;

use crate::answer;

/// What to do about a failed call. Whether and how often it is done is the caller's decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Advice {
    /// Passing trouble: the same call may work in a moment. For a call that must not happen twice,
    /// first rule out that it already did ([`MetaError::may_have_been_taken`]).
    Retry,
    /// A limit was reached: the same call works later. Meta names no time for most limits; an hour is
    /// the window of the shortest ones, and a block for abuse (code 368) lasts longer.
    SlowDown,
    /// The token is dead or was never good: the person has to go through the login again.
    Reconnect,
    /// A right is missing: a permission, a role on the Page, a feature of the app. Somebody has to
    /// change something at Meta before the same call can work.
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
        }
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

/// The one table of Meta's codes (Graph API reference: handling errors, rate limits; login: debugging
/// access tokens). `None` for a code that it does not list.
pub fn advice_for(code: i64, subcode: Option<i64>) -> Option<Advice> {
    Some(match (code, subcode) {
        // Unknown trouble and unavailable services.
        (1 | 2 | 1200, _) => Advice::Retry,
        // Limits: of the app (4, 341), the person (17), the Page (32), an edge (613), and per business
        // use case (80000 and up: Pages 80001, Instagram 80002, leads 80005, Messenger 80006).
        // 368 is a block for abuse, which ends by itself, after long.
        (4 | 17 | 32 | 341 | 368 | 613 | 80_000..=80_014, _) => Advice::SlowDown,
        // Every 190 is a dead token, whatever its subcode; 102 is its old form. Subcodes 459 and 464
        // end when the person clears them at facebook.com, to where the login leads them too.
        // 36007 and 36009: a login code that lapsed or was used up, so only the dialog gives another.
        // These two are not documented; wrong at worst in sending a person to log in once more.
        (102 | 190, _) | (100, Some(36_007 | 36_009)) => Advice::Reconnect,
        // A capability, feature, permission or role is missing; 1705: not allowed to speak as that Page.
        // 33 is "missing or not visible": with ids that Meta gave us, the second.
        (3 | 10 | 33 | 200..=209 | 211..=299 | 1705, _) | (100, Some(33)) => Advice::NotAllowed,
        // Wrong parameter, app, token-less call, another token where the Page's is needed (210),
        // duplicate, unknown name, callback that failed its verification, unknown path.
        (100 | 101 | 104 | 210 | 506 | 803 | 2200 | 2500, _) => Advice::Mistake,
        _ => return None,
    })
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
    fn every_listed_code_has_its_advice() {
        let rows: &[(&[i64], Advice)] = &[
            (&[1, 2, 1200], Advice::Retry),
            (&[4, 17, 32, 341, 368, 613, 80_001, 80_002, 80_005, 80_006], Advice::SlowDown),
            (&[102, 190], Advice::Reconnect),
            (&[3, 10, 33, 200, 209, 211, 283, 294, 299, 1705], Advice::NotAllowed),
            (&[100, 101, 104, 210, 506, 803, 2200, 2500], Advice::Mistake),
        ];
        for (codes, advice) in rows {
            for code in *codes {
                assert_eq!(advice_for(*code, None), Some(*advice), "{code}");
                assert_eq!(advice_for(*code, Some(1)), Some(*advice), "{code} with a strange subcode");
                assert_eq!(error(*code, None, 500, false).advice(), *advice, "{code}: not by status");
            }
        }
        for subcode in [458, 459, 460, 463, 464, 467, 492, 2_069_032] {
            assert_eq!(advice_for(190, Some(subcode)), Some(Advice::Reconnect));
        }
        assert_eq!(advice_for(100, Some(33)), Some(Advice::NotAllowed));
        assert_eq!(advice_for(100, Some(36_007)), Some(Advice::Reconnect));
        assert_eq!(advice_for(100, Some(36_008)), Some(Advice::Mistake), "another redirect address");
        assert_eq!(advice_for(100, Some(36_009)), Some(Advice::Reconnect));
        assert_eq!(advice_for(1, Some(99)), Some(Advice::Retry));
        assert_eq!(advice_for(613, Some(1996)), Some(Advice::SlowDown));
    }

    #[test]
    fn nothing_else_is_listed() {
        let listed = (-1000..=100_000).filter(|code| advice_for(*code, None).is_some()).count();
        // 22 codes by themselves, the hundred permissions (with 210), the fifteen use-case limits.
        assert_eq!(listed, 22 + 100 + 15);
        for code in [i64::MIN, -1, 0, 5, 99, 199, 300, 79_999, 80_015, i64::MAX] {
            assert_eq!(advice_for(code, None), None, "{code}");
        }
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
