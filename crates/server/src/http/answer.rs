//! Answers of the API: one flat JSON object each, and the one place where a failure becomes an
//! HTTP status.

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::entropy::NoEntropy;
use jetbridge_domain::limits::Unfit;
use jetbridge_domain::media::Unusable;
use jetbridge_domain::reason::Reason;
use jetbridge_domain::secret::Secret;
use jetbridge_meta::{Advice, MetaError};
use jetbridge_store::db::StoreError;
use serde::Serialize;

use super::request_id;
use crate::app::Refusal;

/// An answer, ready to be sent or kept under an idempotency key.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The JSON.
    pub body: Vec<u8>,
    /// What `Retry-After` says.
    pub retry_after: Option<Span>,
}

#[derive(Serialize)]
struct Fine<'a, T> {
    status: &'static str,
    #[serde(flatten)]
    data: &'a T,
    reason: u16,
}

/// Nothing beside the envelope.
#[derive(Serialize)]
pub struct Nothing {}

impl Answer {
    /// A success with these fields.
    pub fn fine<T: Serialize>(data: &T) -> Result<Self, Fail> {
        let body = serde_json::to_vec(&Fine { status: "OK", data, reason: Reason::Fine.row().code });
        let body = body.map_err(|error| {
            tracing::error!(%error, "an answer cannot be written as JSON");
            Fail::of(Reason::OurFault)
        })?;
        Ok(Self { status: 200, body, retry_after: None })
    }

    /// Does something beside a success.
    #[must_use]
    pub fn inspect_fine(self, beside: impl FnOnce()) -> Self {
        if self.status == 200 {
            beside();
        }
        self
    }

    /// Whether the call is settled by it: a repeat with the same idempotency key gets it again.
    pub fn settles(&self) -> bool {
        self.status < 500 && self.status != 429
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::from(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(wait.as_seconds_up().max(1)));
        }
        response
    }
}

/// A failure: a reason of the contract's table, and what is known beside it.
#[derive(Debug, Clone)]
pub struct Fail {
    reason: Reason,
    field: Option<&'static str>,
    why: Option<&'static str>,
    retry_after: Option<Span>,
    meta: Option<Box<MetaWords>>,
    window_expires_at: Option<i64>,
    reconnect_link: Option<Secret>,
}

/// Meta's own words, as the partner gets them.
#[derive(Debug, Clone, Serialize)]
struct MetaWords {
    code: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    subcode: Option<i64>,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fbtrace_id: Option<String>,
    is_transient: bool,
}

#[derive(Serialize)]
struct Failed<'a> {
    status: &'static str,
    reason: u16,
    message: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<&'a MetaWords>,
    #[serde(skip_serializing_if = "Option::is_none")]
    window_expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reconnect_link: Option<&'a str>,
    request_id: String,
}

impl Fail {
    /// For this reason.
    pub fn of(reason: Reason) -> Self {
        Self {
            reason,
            field: None,
            why: None,
            retry_after: None,
            meta: None,
            window_expires_at: None,
            reconnect_link: None,
        }
    }

    /// With the field at fault.
    pub fn field(reason: Reason, field: &'static str) -> Self {
        Self { field: Some(field), ..Self::of(reason) }
    }

    /// With the time to wait.
    pub fn wait(reason: Reason, wait: Span) -> Self {
        Self { retry_after: Some(wait), ..Self::of(reason) }
    }

    /// A parameter that is not one of the seed's own: reason 50 and its name.
    pub fn parameter(field: &'static str) -> Self {
        Self::field(Reason::Parameter, field)
    }

    /// A file that Meta cannot use, by the field that names it.
    pub fn media(field: &'static str, why: Unusable) -> Self {
        Self { why: Some(why.word()), ..Self::field(Reason::MediaUrl, field) }
    }

    /// The connection needs its client; with the link for it, where one is open.
    pub fn must_reconnect(link: Option<Secret>) -> Self {
        Self { reconnect_link: link, ..Self::of(Reason::MustReconnect) }
    }

    /// The messaging window closed at that time.
    pub fn outside_window(closed: Time) -> Self {
        Self { window_expires_at: Some(closed.as_seconds()), ..Self::of(Reason::OutsideWindow) }
    }

    /// As it is sent.
    pub fn answer(&self) -> Answer {
        let row = self.reason.row();
        let body = Failed {
            status: "FAIL",
            reason: row.code,
            message: row.message,
            field: self.field,
            why: self.why,
            meta: self.meta.as_deref(),
            window_expires_at: self.window_expires_at,
            reconnect_link: self.reconnect_link.as_ref().map(Secret::expose),
            request_id: request_id::current(),
        };
        let body = serde_json::to_vec(&body).unwrap_or_else(|_| br#"{"status":"FAIL","reason":9}"#.to_vec());
        Answer { status: row.status, body, retry_after: self.retry_after }
    }
}

impl IntoResponse for Fail {
    fn into_response(self) -> Response {
        self.answer().into_response()
    }
}

impl From<StoreError> for Fail {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = ?error, "the database did not do its part");
        Self::of(if error.is_transient() { Reason::NotNow } else { Reason::OurFault })
    }
}

impl From<NoEntropy> for Fail {
    fn from(error: NoEntropy) -> Self {
        tracing::error!(%error, "a call was refused");
        Self::of(Reason::OurFault)
    }
}

/// How long to wait where Meta has a limit and does not say for how long.
const A_WHILE: Span = Span::minutes(1);

impl From<Unfit> for Fail {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::NotOffered { .. } => Self::of(Reason::NotOffered),
            _ => Self::field(Reason::Content, unfit.field()),
        }
    }
}

impl From<MetaError> for Fail {
    fn from(error: MetaError) -> Self {
        tracing::warn!(%error, "Meta did not do its part");
        let advice = error.advice();
        match error {
            MetaError::Refused(words) => Self {
                retry_after: (advice == Advice::SlowDown).then(|| words.wait.unwrap_or(A_WHILE)),
                meta: Some(Box::new(MetaWords {
                    code: words.code,
                    subcode: words.subcode,
                    message: words.message,
                    fbtrace_id: words.fbtrace_id,
                    is_transient: words.transient,
                })),
                ..Self::of(match advice {
                    Advice::SlowDown => Reason::TooManyRequests,
                    Advice::OutsideWindow => Reason::OutsideWindow,
                    Advice::WrongRecipient => Reason::Recipient,
                    Advice::BadMedia => Reason::MediaUrl,
                    _ => Reason::MetaRefused,
                })
            },
            _ => Self::of(Reason::MetaFailing),
        }
    }
}

impl From<Refusal> for Fail {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Store(error) => error.into(),
            Refusal::NoEntropy(error) => error.into(),
            Refusal::Meta(error) => error.into(),
            Refusal::Unwritable(why) => {
                tracing::error!(why, "a call was refused");
                Self::of(Reason::OurFault)
            }
            Refusal::NoSuchLink => Self::of(Reason::NoSuchLink),
            Refusal::TooManyJourneys => Self::of(Reason::TooManyRequests),
            Refusal::LinkFinished => Self::of(Reason::LinkFinished),
            Refusal::NoSuchConnection => Self::of(Reason::NoSuchConnection),
            Refusal::ConnectionEnded => Self::of(Reason::MustReconnect),
            Refusal::NotRenewable => Self::parameter("reconnect"),
            Refusal::NoSuchWebhook => Self::of(Reason::NoSuchWebhook),
        }
    }
}
