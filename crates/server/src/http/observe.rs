//! Around every request: its name, its log line, the headers of every answer, the limits, and a net under panics.

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{CACHE_CONTROL, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use jetbridge_domain::reason::Reason;
use tracing::Instrument as _;

use super::answer::Fail;
use super::extract::{Address, read_body};
use super::limits::Standing;
use super::request_id;
use super::router::Web;

/// The limits a request was counted against; the answer shows the tightest.
#[derive(Debug, Clone, Default)]
pub(super) struct Standings(Arc<Mutex<Option<Standing>>>);

impl Standings {
    /// Notes where the caller stands.
    pub(super) fn note(&self, standing: Standing) {
        let mut noted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.is_none_or(|n| standing.remaining < n.remaining) {
            *noted = Some(standing);
        }
    }

    fn get(&self) -> Option<Standing> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Names a request, logs it by its path's template, and answers where a handler panicked.
pub(super) async fn observe(State(web): State<Web>, request: Request, next: Next) -> Response {
    let id = request_id::new(&web.app.vault.entropy);
    let path = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let method = request.method().clone();
    let span = tracing::info_span!(
        "request", request_id = %id, %method, path, partner_id = tracing::field::Empty
    );
    let started = web.app.clock.now();
    let run = async {
        let answer = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        let response = answer.unwrap_or_else(|_| {
            tracing::error!("a handler panicked");
            Fail::of(Reason::OurFault).into_response()
        });
        let took = web.app.clock.now().since(started).as_micros();
        tracing::info!(status = response.status().as_u16(), took_us = took, "answered");
        response
    };
    let mut response = request_id::scope(id.clone(), run.instrument(span)).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HeaderName::from_static("x-request-id"), value);
    }
    response
}

/// On every answer, that to a panic too: its type is what it says, it is kept by nobody unless it says so, and over
/// TLS the host is never asked without.
pub(super) async fn headers(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if web.app.config.secure() {
        let years = HeaderValue::from_static("max-age=63072000; includeSubDomains");
        headers.insert(STRICT_TRANSPORT_SECURITY, years);
    }
    response
}

/// Around the API: counts the address, reads the body, and shows the limits.
pub(super) async fn api(State(web): State<Web>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let standings = Standings::default();
    let address = Address::of(&parts, &web);
    let limit = web.app.config.limits.address_per_minute;
    let mut refused = None;
    if let Some(standing) = web.limiter.count(&address.0, limit, web.app.clock.now()) {
        standings.note(standing);
        if standing.exceeded {
            refused = Some(Fail::wait(Reason::TooManyRequests, standing.reset));
        }
    }
    let mut response = if let Some(fail) = refused {
        fail.into_response()
    } else {
        let read = read_body(body, web.app.config.limits.body_time).await;
        parts.extensions.insert(read);
        parts.extensions.insert(standings.clone());
        next.run(Request::from_parts(parts, Body::empty())).await
    };
    if let Some(standing) = standings.get() {
        let headers = response.headers_mut();
        headers.insert("ratelimit-limit", HeaderValue::from(standing.limit));
        headers.insert("ratelimit-remaining", HeaderValue::from(standing.remaining));
        headers.insert("ratelimit-reset", HeaderValue::from(standing.reset.as_seconds_up()));
    }
    response
}
