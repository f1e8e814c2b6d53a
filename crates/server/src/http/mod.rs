//! HTTP: the partner API, the client's pages, Meta's webhook address, health.

pub mod answer;
pub mod api;
pub mod deed;
pub mod extract;
mod health;
pub mod json;
pub mod limits;
pub mod listener;
mod meta_callbacks;
mod meta_webhook;
mod observe;
pub mod once;
pub mod openapi;
pub mod pages;
mod reference;
pub mod request_id;
pub mod router;
mod untaken;

/// Where Facebook sends a client back to: the app's one redirect URI.
pub const CALLBACK_PATH: &str = "/oauth/callback/facebook";

/// Where Meta's webhooks come in.
pub const META_WEBHOOK_PATH: &str = "/meta/webhook";

/// Where Meta tells that a person removed the app.
pub const DEAUTHORIZE_PATH: &str = "/meta/deauthorize";
