//! `/meta/webhook`: where Meta checks the address, and where its webhooks come in.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::extract::{Query, read_body_up_to};
use super::router::Web;
use crate::app::inbound;

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

/// The largest webhook that is taken: a thousand changes, each with a long text.
const LARGEST: usize = 16 * 1024 * 1024;

/// Takes in what Meta signed: everything is stored before Meta hears 200, and what could not be stored
/// is answered so that Meta tries again. What is not signed leaves no trace.
pub(super) async fn receive(State(web): State<Web>, request: Request) -> StatusCode {
    let (parts, body) = request.into_parts();
    let signature = parts.headers.get("x-hub-signature-256").and_then(|v| v.to_str().ok());
    if signature.is_none() {
        return StatusCode::FORBIDDEN;
    }
    let Ok(body) = read_body_up_to(body, LARGEST, web.app.config.limits.body_time).await.bytes() else {
        return StatusCode::PAYLOAD_TOO_LARGE;
    };
    let secret = &web.app.config.meta.app_secret;
    if !jetbridge_meta::webhook::verify_signature(secret, signature, &body) {
        return StatusCode::FORBIDDEN;
    }
    match inbound::receive(&web.app, &body).await {
        Ok(()) => StatusCode::OK,
        Err(error) => {
            tracing::error!(error = ?error, "what Meta sent could not be stored; Meta will send it again");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}
