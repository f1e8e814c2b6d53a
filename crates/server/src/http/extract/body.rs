//! Bodies: read up to a bound; what is too large is read on and thrown away for a while, so that
//! the caller gets to see the answer instead of a cut connection.

use std::time::Duration;

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt as _;
use jetbridge_domain::reason::Reason;

use crate::http::answer::Fail;

/// The largest body that is taken.
pub(super) const LARGEST: usize = 1024 * 1024;

/// The largest body that is read to its end for the answer's sake.
const READ_AT_MOST: usize = 32 * 1024 * 1024;

/// A request's body, read before any handler runs.
#[derive(Debug, Clone)]
pub struct RawBody(Result<Bytes, Fail>);

/// Reads a body within `time`.
pub async fn read_body(body: Body, time: Duration) -> RawBody {
    read_body_up_to(body, LARGEST, time).await
}

/// Reads a body of at most `largest` bytes within `time`.
pub async fn read_body_up_to(mut body: Body, largest: usize, time: Duration) -> RawBody {
    let read = async {
        let mut kept = BytesMut::new();
        let mut seen = 0_usize;
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return Err(Fail::of(Reason::BodyNotObject)) };
            let Ok(data) = frame.into_data() else { continue };
            seen = seen.saturating_add(data.len());
            if seen <= largest {
                kept.extend_from_slice(&data);
            } else {
                kept.clear();
            }
            if seen > READ_AT_MOST {
                break;
            }
        }
        if seen > largest { Err(Fail::of(Reason::BodyTooLarge)) } else { Ok(kept.freeze()) }
    };
    RawBody(tokio::time::timeout(time, read).await.unwrap_or_else(|_| Err(Fail::of(Reason::BodyNotObject))))
}

impl RawBody {
    /// The bytes, or why there are none.
    pub fn bytes(self) -> Result<Bytes, Fail> {
        self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RawBody {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or(Self(Ok(Bytes::new()))))
    }
}
