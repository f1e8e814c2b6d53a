//! What a server says of something before it sends it.

use http::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, LOCATION};
use http::{HeaderMap, StatusCode};

/// What stands before the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Its status; 206 where only a part was sent, as was asked.
    pub status: StatusCode,
    /// What it is, in small letters and without parameters.
    pub media_type: Option<String>,
    /// How many bytes all of it has.
    pub length: Option<u64>,
    /// Where a redirect leads, as it came.
    pub location: Option<String>,
}

impl Head {
    pub(crate) fn new(status: StatusCode, headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let kind = text(CONTENT_TYPE).and_then(|kind| kind.split(';').next());
        let length = if status == StatusCode::PARTIAL_CONTENT {
            // "bytes 0-0/4711"; an asterisk where the server does not know.
            text(CONTENT_RANGE).and_then(|range| range.rsplit('/').next())
        } else {
            text(CONTENT_LENGTH)
        };
        Self {
            status,
            media_type: kind.map(|kind| kind.trim().to_ascii_lowercase()).filter(|kind| !kind.is_empty()),
            length: length.and_then(|length| length.parse().ok()),
            location: text(LOCATION).map(str::to_owned),
        }
    }
}
