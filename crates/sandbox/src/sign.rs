//! Signatures and comparisons of secrets.

use aws_lc_rs::{constant_time, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

pub(crate) fn sha256_hex(key: &[u8], message: &[u8]) -> String {
    hex::encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message))
}

pub(crate) fn sha1_hex(key: &[u8], message: &[u8]) -> String {
    hex::encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key), message))
}

/// Equality that does not tell by its duration where two secrets differ.
pub(crate) fn same(left: &str, right: &str) -> bool {
    constant_time::verify_slices_are_equal(left.as_bytes(), right.as_bytes()).is_ok()
}

/// The other spelling of an app token: what `grant_type=client_credentials` answers.
pub(crate) fn app_token(app_id: &str, app_secret: &str) -> String {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, app_secret.as_bytes()), b"app token");
    let text: String = URL_SAFE_NO_PAD.encode(tag).chars().take(27).collect();
    format!("{app_id}|{text}")
}

/// Meta's `signed_request`, as sent to a deauthorise callback.
pub(crate) fn signed_request(app_secret: &str, user_id: &str, now: i64) -> String {
    let payload = json!({"algorithm": "HMAC-SHA256", "issued_at": now, "user_id": user_id}).to_string();
    let payload = URL_SAFE_NO_PAD.encode(payload);
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, app_secret.as_bytes()), payload.as_bytes());
    format!("{}.{payload}", URL_SAFE_NO_PAD.encode(tag))
}

/// Whether a Standard Webhooks 1.0 signature fits: any one of the space-separated `v1,` signatures is enough.
pub(crate) fn standard_webhook_is_valid(
    secret: &str,
    id: &str,
    timestamp: &str,
    body: &[u8],
    signatures: &str,
) -> bool {
    let Ok(key) = STANDARD.decode(secret.strip_prefix("whsec_").unwrap_or(secret)) else { return false };
    let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
    let message = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
    signatures
        .split_ascii_whitespace()
        .filter_map(|signature| signature.strip_prefix("v1,"))
        .filter_map(|signature| STANDARD.decode(signature).ok())
        .any(|signature| hmac::verify(&key, &message, &signature).is_ok())
}
