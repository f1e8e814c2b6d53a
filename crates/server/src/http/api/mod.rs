//! The partner API: one file per endpoint, the tree as its paths.

pub mod facebook;
pub mod settings;

use axum::Router;
use axum::handler::Handler;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::IntoResponse as _;
use axum::routing::{MethodRouter, get, on};
use jetbridge_domain::id::ConnectionId;
use jetbridge_domain::reason::Reason;

use super::answer::Fail;
use super::extract::Query;
use super::json::Object;
use super::openapi::{self, Operation, Unsampled};
use super::router::Web;

/// An operation with the handler that does it.
struct Endpoint {
    doc: &'static Operation,
    route: MethodRouter<Web>,
}

fn endpoint<H: Handler<T, Web>, T: 'static>(doc: &'static Operation, handler: H) -> Endpoint {
    let wrong = doc.wrong_method;
    Endpoint { doc, route: on(doc.method.filter(), handler).fallback(move || async move { Fail::of(wrong) }) }
}

/// Every endpoint: the one list that the router and the document are made of.
fn endpoints() -> Vec<Endpoint> {
    use facebook as f;
    use settings as s;
    vec![
        endpoint(&s::access_token::DOC, s::access_token::handler),
        endpoint(&s::set_webhook::DOC, s::set_webhook::handler),
        endpoint(&s::get_webhook::DOC, s::get_webhook::handler),
        endpoint(&s::rotate_webhook_secret::DOC, s::rotate_webhook_secret::handler),
        endpoint(&s::set_business::DOC, s::set_business::handler),
        endpoint(&s::get_business::DOC, s::get_business::handler),
        endpoint(&f::create_onboarding::DOC, f::create_onboarding::handler),
        endpoint(&f::get_onboardings::DOC, f::get_onboardings::handler),
        endpoint(&f::get_onboarding::DOC, f::get_onboarding::handler),
        endpoint(&f::delete_onboarding::DOC, f::delete_onboarding::handler),
        endpoint(&f::get_connections::DOC, f::get_connections::handler),
        endpoint(&f::get_connection::DOC, f::get_connection::handler),
        endpoint(&f::check_connection::DOC, f::check_connection::handler),
        endpoint(&f::delete_connection::DOC, f::delete_connection::handler),
        endpoint(&f::send_message::DOC, f::send_message::handler),
        endpoint(&f::send_action::DOC, f::send_action::handler),
        endpoint(&f::upload_attachment::DOC, f::upload_attachment::handler),
        endpoint(&f::get_profile::DOC, f::get_profile::handler),
        endpoint(&f::get_conversations::DOC, f::get_conversations::handler),
        endpoint(&f::get_messages::DOC, f::get_messages::handler),
        endpoint(&f::create_post::DOC, f::create_post::handler),
        endpoint(&f::get_posts::DOC, f::get_posts::handler),
        endpoint(&f::delete_post::DOC, f::delete_post::handler),
        endpoint(&f::get_comments::DOC, f::get_comments::handler),
        endpoint(&f::reply_comment::DOC, f::reply_comment::handler),
        endpoint(&f::private_reply::DOC, f::private_reply::handler),
        endpoint(&f::comments::HIDE, f::comments::hide),
        endpoint(&f::comments::UNHIDE, f::comments::unhide),
        endpoint(&f::comments::DELETE, f::comments::delete),
        endpoint(&f::comments::LIKE, f::comments::like),
        endpoint(&f::leads::FORMS, f::leads::forms),
        endpoint(&f::leads::LIST, f::leads::list),
        endpoint(&f::leads::ONE, f::leads::one),
        endpoint(&f::graph::DOC, f::graph::handler),
    ]
}

/// What partners read of the API.
pub fn operations() -> Vec<&'static Operation> {
    endpoints().into_iter().map(|e| e.doc).collect()
}

/// The OpenAPI document as text.
pub fn document() -> Result<String, Unsampled> {
    let document = openapi::document(&operations())?;
    serde_json::to_string_pretty(&document).map(|text| format!("{text}\n")).map_err(|_| Unsampled)
}

/// `GET /api/openapi.json`.
async fn openapi_json() -> axum::response::Response {
    let Ok(document) = document() else { return Fail::of(Reason::OurFault).into_response() };
    let mut response = document.into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
    response
}

/// Everything under `/api`.
pub fn routes() -> Router<Web> {
    let router = endpoints().into_iter().fold(Router::new(), |router, endpoint| {
        router.route(&format!("/{}/{}", endpoint.doc.area, endpoint.doc.name), endpoint.route)
    });
    router
        .route("/openapi.json", get(openapi_json).fallback(|| async { Fail::of(Reason::WrongMethod) }))
        .fallback(|| async { Fail::of(Reason::NoSuchEndpoint) })
        .method_not_allowed_fallback(|| async { Fail::of(Reason::WrongMethod) })
}

/// The connection that a body names.
fn connection_id(body: &Object) -> Result<ConnectionId, Fail> {
    let id = body.text("connection_id", Reason::Parameter)?;
    id.and_then(|id| id.parse().ok()).ok_or_else(|| Fail::parameter("connection_id"))
}

/// The argument of a DELETE: in a JSON body, or in the query where there is no body.
fn argument(body: &[u8], query: &Query, name: &'static str) -> Result<String, Fail> {
    let text = if body.is_empty() {
        query.raw(name).map(str::to_owned)
    } else {
        Object::parse(body)?.text(name, Reason::Parameter)?.or_else(|| query.raw(name).map(str::to_owned))
    };
    text.filter(|t| !t.is_empty()).ok_or_else(|| Fail::parameter(name))
}
