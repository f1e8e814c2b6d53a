//! `/api/settings`.

pub mod access_token;
pub mod get_business;
pub mod get_webhook;
pub mod rotate_webhook_secret;
pub mod set_business;
pub mod set_webhook;
