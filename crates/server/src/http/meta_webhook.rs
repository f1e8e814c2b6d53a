//! `/meta/webhook`: where Meta checks the address, and where its webhooks come in.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use super::extract::Query;
use super::router::Web;

/// Answers Meta's challenge where it knows our verify token.
pub(super) async fn verify(State(web): State<Web>, query: Query) -> Response {
    let token = &web.app.config.meta.verify_token;
    let mode = query.raw("hub.mode");
    let brought = query.raw("hub.verify_token");
    match jetbridge_meta::webhook::challenge(token, mode, brought, query.raw("hub.challenge")) {
        Some(challenge) => challenge.into_response(),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

/// Takes in what Meta signed. Nothing stores these events yet, and what is not stored must not be
/// acknowledged: Meta keeps it and tries again.
pub(super) async fn receive(State(web): State<Web>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get("x-hub-signature-256").and_then(|v| v.to_str().ok());
    if !jetbridge_meta::webhook::verify_signature(&web.app.config.meta.app_secret, signature, &body) {
        return StatusCode::FORBIDDEN;
    }
    StatusCode::SERVICE_UNAVAILABLE
}
