//! What is kept of an answer.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::{Body as _, Incoming};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its status. A redirect is a status like any other.
    pub status: StatusCode,
    /// How long it asked to wait. A date is counted from the answer's own `Date`, so it does not
    /// matter whether the two clocks agree; without one it says nothing.
    pub retry_after: Option<Duration>,
    /// The beginning of its body, as it came: nothing is decompressed.
    pub body: Bytes,
    /// Whether that is known to be all of the body: not if it was longer than was to be read, was
    /// cut off, or was still coming when the time was over.
    pub whole: bool,
}

/// Reads on until the body ends, enough is kept, or the time is over. The status came already and
/// is what counts, so a body that stops half-way is no failure. Dropping the rest closes the
/// connection: it cannot be used again without reading what we do not want.
pub(crate) async fn beginning(mut body: Incoming, at_most: usize, time: Duration) -> (Bytes, bool) {
    let mut kept = BytesMut::new();
    let whole = tokio::time::timeout(time, fill(&mut kept, &mut body, at_most)).await.unwrap_or(false);
    (kept.freeze(), whole)
}

async fn fill(kept: &mut BytesMut, body: &mut Incoming, at_most: usize) -> bool {
    while !body.is_end_stream() {
        if kept.len() >= at_most {
            return false;
        }
        match body.frame().await {
            None => break,
            Some(Err(_)) => return false,
            Some(Ok(frame)) => {
                let data = frame.into_data().unwrap_or_default();
                let room = at_most.saturating_sub(kept.len());
                kept.extend_from_slice(data.get(..room).unwrap_or(&data));
                if data.len() > room {
                    return false;
                }
            }
        }
    }
    true
}

/// What `Retry-After` asks for, in either of its forms.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let asked = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !asked.is_empty() && asked.bytes().all(|b| b.is_ascii_digit()) {
        // More digits than fit mean "very long"; whoever reads it has a bound of their own.
        return Some(Duration::from_secs(asked.parse().unwrap_or(u64::MAX)));
    }
    let wait = date(headers, &RETRY_AFTER)?.duration_since(date(headers, &DATE)?);
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO))
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(headers.get(name)?.to_str().ok()?.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(retry_after_: &str, date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after_.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        retry_after(&headers)
    }

    #[test]
    fn retry_after_in_seconds() {
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!(retry_after(&HeaderMap::new()), None);
        assert_eq!(asked("0", None), seconds(0));
        assert_eq!(asked(" 120 ", None), seconds(120));
        assert_eq!(asked("99999999999999999999999", None), seconds(u64::MAX));
        for nonsense in ["", "-1", "+5", "1.5", "1e3", "0x10", "soon", "1 2"] {
            assert_eq!(asked(nonsense, None), None, "{nonsense}");
        }
    }

    #[test]
    fn retry_after_as_a_date() {
        let at = "Mon, 23 Nov 2026 10:00:00 GMT";
        let later = "Mon, 23 Nov 2026 10:02:30 GMT";
        assert_eq!(asked(later, Some(at)), Some(Duration::from_secs(150)));
        assert_eq!(asked(at, Some(later)), Some(Duration::ZERO));
        assert_eq!(asked(later, None), None);
        assert_eq!(asked(later, Some("yesterday")), None);
    }
}
