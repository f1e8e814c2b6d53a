//! The router: what is served under which path, and what stands around it.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tokio_util::sync::CancellationToken;

use super::limits::RateLimiter;
use super::meta_callbacks::{self, DELETION_PATH};
use super::{DEAUTHORIZE_PATH, META_WEBHOOK_PATH, api, health, meta_webhook, observe, pages, reference};
use crate::app::App;

/// What every handler can reach.
#[derive(Clone)]
pub struct Web {
    /// The running product.
    pub app: App,
    /// Counts requests.
    pub limiter: Arc<RateLimiter>,
    /// Told when the process is to stop.
    pub stopping: CancellationToken,
}

impl Web {
    /// Around a running product.
    pub fn new(app: App, stopping: CancellationToken) -> Self {
        Self { app, limiter: Arc::default(), stopping }
    }
}

/// The whole service.
pub fn router(web: Web) -> Router {
    let api = api::routes().layer(from_fn_with_state(web.clone(), observe::api));
    let pages = pages::routes(&web)
        .route("/docs", get(reference::handler))
        .route(&format!("{DELETION_PATH}/{{code}}"), get(meta_callbacks::status))
        .layer(from_fn_with_state(web.clone(), pages::headers));
    Router::new()
        .nest("/api", api.clone())
        // Not part of the nest, but under /api all the same.
        .route_service("/api/", api.with_state(web.clone()))
        .merge(pages)
        .route(META_WEBHOOK_PATH, get(meta_webhook::verify).post(meta_webhook::receive))
        .route(DEAUTHORIZE_PATH, post(meta_callbacks::deauthorize))
        .route(DELETION_PATH, post(meta_callbacks::delete))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .layer(from_fn_with_state(web.clone(), observe::observe))
        .layer(from_fn_with_state(web.clone(), observe::headers))
        .with_state(web)
}
