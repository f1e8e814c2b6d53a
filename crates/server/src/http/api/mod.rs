//! The partner API: one file per endpoint, the tree as its paths.

pub mod facebook;
pub mod settings;

use axum::Router;
use axum::routing::{delete, get, patch, post};
use jetbridge_domain::reason::Reason;

use super::answer::Fail;
use super::extract::Query;
use super::json::Object;
use super::router::Web;

/// Everything under `/api`.
pub fn routes() -> Router<Web> {
    let settings = Router::new()
        .route("/accessToken", post(settings::access_token::handler))
        .route("/setWebhook", post(settings::set_webhook::handler))
        .route("/getWebhook", get(settings::get_webhook::handler))
        .route("/getBusiness", get(settings::get_business::handler))
        .route(
            "/setBusiness",
            patch(settings::set_business::handler).fallback(|| async { Fail::of(Reason::UsePatch) }),
        )
        .route("/rotateWebhookSecret", post(settings::rotate_webhook_secret::handler));
    let facebook = Router::new()
        .route("/createOnboarding", post(facebook::create_onboarding::handler))
        .route("/getOnboardings", get(facebook::get_onboardings::handler))
        .route("/getOnboarding", get(facebook::get_onboarding::handler))
        .route("/deleteOnboarding", delete(facebook::delete_onboarding::handler))
        .route("/getConnections", get(facebook::get_connections::handler))
        .route("/getConnection", get(facebook::get_connection::handler))
        .route("/deleteConnection", delete(facebook::delete_connection::handler));
    Router::new()
        .nest("/settings", settings)
        .nest("/facebook", facebook)
        .fallback(|| async { Fail::of(Reason::NoSuchEndpoint) })
        .method_not_allowed_fallback(|| async { Fail::of(Reason::WrongMethod) })
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
