//! `GET /f/{param}.svg`: a link as a QR code, to be printed or scanned from another screen.

use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse, Response};
use fast_qr::convert::Builder as _;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder};

/// The picture of an address. Another site may show it: that is what it is for.
pub(super) fn answer(address: &str) -> Response {
    // Medium correction: a print may lose some of it, and the squares stay large.
    let Ok(code) = QRBuilder::new(address).ecl(ECL::M).build() else {
        tracing::error!("an address does not fit into a QR code");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let head = [
        (CONTENT_TYPE, "image/svg+xml"),
        (CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'unsafe-inline'; sandbox"),
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ];
    (head, SvgBuilder::default().margin(4).to_str(&code)).into_response()
}
