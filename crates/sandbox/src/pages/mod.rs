//! The sandbox's own pages: what is in the world, and the switches.

use askama::Template;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use axum::middleware::Next;
use axum::routing::{get, post};

use crate::{Error, Sandbox};

mod attachment;
mod bubble;
mod chat;
mod content;
mod home;
mod person;
mod picture;
mod settings;
pub(crate) mod time;
mod webhooks;

const CSS: &str = include_str!("../../static/sandbox.css");
const ICON: &str = include_str!("../../static/icon.svg");

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/", get(home::show))
        .route("/sandbox/people", post(home::create_person))
        .route("/sandbox/people/{id}", get(person::show))
        .route("/sandbox/people/{id}/switch", post(person::switch))
        .route("/sandbox/people/{id}/pages", post(person::create_page))
        .route("/sandbox/people/{id}/role", post(person::set_role))
        .route("/sandbox/people/{id}/app_role", post(person::set_app_role))
        .route("/sandbox/people/{id}/permission", post(person::set_permission))
        .route("/sandbox/webhooks", get(webhooks::show))
        .route("/sandbox/send_message", post(webhooks::send_message))
        .route("/sandbox/webhooks/test", post(webhooks::send_sample))
        .route("/sandbox/content/{id}", get(content::show).post(content::act))
        .route("/sandbox/settings", get(settings::show).post(settings::save))
        .route("/sandbox/configurations", post(settings::save_configuration))
        .route("/sandbox/faults", post(settings::plan_fault))
        .route("/sandbox/picture/{file}", get(picture_file))
        .route("/sandbox/attachment/{id}", get(attachment::show))
        .route("/sandbox/chat", get(chat::list).post(chat::begin))
        .route("/sandbox/chat/{person}", get(chat::show).post(chat::act))
        .route("/sandbox/static/{file}", get(static_file))
}

/// Where the forms of a page may lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormTarget {
    Here,
    Anywhere,
}

const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'";
const POLICY_WITH_FORMS: &str = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; \
     frame-ancestors 'none'; form-action 'self'";

pub(crate) fn html(status: StatusCode, text: String, forms: FormTarget) -> Response<Body> {
    let policy = match forms {
        FormTarget::Here => POLICY_WITH_FORMS,
        FormTarget::Anywhere => POLICY,
    };
    let mut response = with_type("text/html; charset=utf-8", Body::from(text));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A page of the sandbox's own, or the failure to make it.
pub(crate) fn page(template: Result<impl Template, Error>) -> Response<Body> {
    match template.and_then(|template| Ok(template.render()?)) {
        Ok(text) => html(StatusCode::OK, text, FormTarget::Here),
        Err(error) => failed(&error),
    }
}

pub(crate) fn failed(error: &Error) -> Response<Body> {
    tracing::error!(error = error as &dyn std::error::Error, "a page of the sandbox could not be shown");
    plain(StatusCode::INTERNAL_SERVER_ERROR, "The sandbox failed; its log says why.")
}

pub(crate) fn plain(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = with_type("text/plain; charset=utf-8", Body::from(text));
    *response.status_mut() = status;
    response
}

pub(crate) fn not_found() -> Response<Body> {
    plain(StatusCode::NOT_FOUND, "There is nothing here.")
}

/// For files of a type that no header can carry.
const OCTETS: HeaderValue = HeaderValue::from_static("application/octet-stream");

fn with_type(content_type: &str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_str(content_type).unwrap_or(OCTETS));
    response
}

/// After a form: the browser loads the page anew.
pub(crate) fn see_other(to: &str) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    if let Ok(to) = HeaderValue::from_str(to) {
        response.headers_mut().insert(header::LOCATION, to);
    }
    response
}

/// The result of a form's work: on to `to`, or the failure.
pub(crate) fn done(result: Result<(), Error>, to: &str) -> Response<Body> {
    match result {
        Ok(()) => see_other(to),
        Err(error) => failed(&error),
    }
}

/// Switches and dialogs act for whoever sits at the browser, so no other site may press them. Programs send no
/// `Sec-Fetch-Site` and are not concerned.
pub(crate) async fn refuse_cross_site(request: Request, next: Next) -> Response<Body> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let from = request.headers().get("sec-fetch-site").map(HeaderValue::as_bytes);
    if !reads && matches!(from, Some(b"cross-site" | b"same-site")) {
        return plain(StatusCode::FORBIDDEN, "This came from another site.");
    }
    next.run(request).await
}

async fn static_file(Path(file): Path<String>) -> Response<Body> {
    match file.as_str() {
        "sandbox.css" => with_type("text/css; charset=utf-8", Body::from(CSS)),
        "icon.svg" => with_type("image/svg+xml", Body::from(ICON)),
        _ => not_found(),
    }
}

async fn picture_file(State(sandbox): State<Sandbox>, Path(file): Path<String>) -> Response<Body> {
    let id = file.strip_suffix(".svg").unwrap_or(&file);
    match sandbox.db().run(|tx| picture::draw(tx, id)) {
        Ok(Some(svg)) => {
            let mut response = with_type("image/svg+xml", Body::from(svg));
            response.headers_mut().insert(
                header::CONTENT_SECURITY_POLICY,
                HeaderValue::from_static("default-src 'none'; style-src 'none'"),
            );
            response
        }
        Ok(None) => not_found(),
        Err(error) => failed(&error),
    }
}
