//! The client's pages: one address per link, whose state and whose browser's journey decide what
//! it shows. A GET changes nothing; every form posts and is sent back to the same address.

mod brand;
mod callback;
mod cookies;
mod files;
mod forms;
mod link;
mod qr;
mod show;
pub mod text;
pub mod view;

use axum::Router;
use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, RETRY_AFTER, X_FRAME_OPTIONS};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::{get, post};

use super::CALLBACK_PATH;
use super::extract::Address;
use super::router::Web;
pub(super) use show::Visitor;
use view::{Trouble, TroubleKind};

/// Everything a client's browser asks for.
pub fn routes(web: &Web) -> Router<Web> {
    Router::new()
        .merge(steps().route_layer(from_fn_with_state(web.clone(), bounded)))
        .route("/brand/{name}", get(brand::css))
        .route("/logo/{id}", get(brand::logo))
        .route("/static/{name}", get(files::handler))
        .fallback(show::not_found)
}

/// What a client's way is made of.
fn steps() -> Router<Web> {
    Router::new()
        .route("/f/{param}", get(link::handler))
        .route("/f/{param}/continue", post(forms::go_on).get(forms::to_link))
        .route("/f/{param}/choose", post(forms::choose).get(forms::to_link))
        .route("/f/{param}/back", post(forms::back).get(forms::to_link))
        .route("/f/{param}/check", post(forms::check).get(forms::to_link))
        .route("/f/{param}/confirm", post(forms::confirm).get(forms::to_link))
        .route(CALLBACK_PATH, get(callback::handler))
}

/// Counts the address, apart from its calls of the API: a person's clicks must not wait for a program's.
async fn bounded(State(web): State<Web>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let key = format!("page {}", Address::of(&parts, &web).0);
    let limit = web.app.config.limits.address_per_minute;
    match web.limiter.count(&key, limit, web.app.clock.now()) {
        Some(standing) if standing.exceeded => {
            let Ok(visitor) = Visitor::from_request_parts(&mut parts, &web).await;
            let mut page = visitor.trouble(&web.app.config, Trouble::new(TroubleKind::TooMany));
            page.headers_mut().insert(RETRY_AFTER, HeaderValue::from(standing.reset.as_seconds_up()));
            page
        }
        _ => next.run(Request::from_parts(parts, body)).await,
    }
}

/// Tells a person that their data was deleted, or that nobody knows of such a request.
pub(super) fn deletion(web: &Web, visitor: &Visitor, done: bool) -> Response {
    let kind = if done { TroubleKind::DataDeleted } else { TroubleKind::NotFound };
    visitor.trouble(&web.app.config, Trouble::new(kind))
}

/// What every page says to the browser: nothing from elsewhere, not in a frame.
pub async fn headers(State(web): State<Web>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    // The form that goes to Facebook is posted to us and redirected there, which browsers count as
    // a form action as well.
    let dialog = web.app.config.meta.dialog_url.origin().ascii_serialization();
    let more = if dialog == "https://www.facebook.com" { " https://*.facebook.com" } else { "" };
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
         form-action 'self' {dialog}{more}; frame-ancestors 'none'; base-uri 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.entry(CONTENT_SECURITY_POLICY).or_insert(policy);
    }
    for (name, value) in [
        (REFERRER_POLICY, "no-referrer"),
        (X_FRAME_OPTIONS, "DENY"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        (
            HeaderName::from_static("permissions-policy"),
            "camera=(), geolocation=(), microphone=(), payment=()",
        ),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
