//! What Meta sends us: proving that it is Meta, before anything of it is believed. No network here.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jetbridge_domain::clock::Time;
use jetbridge_domain::secret::Secret;
use serde_json::Value;

use crate::answer;

/// Whether a webhook's body was signed by Meta (Graph API reference: webhooks, validating payloads).
///
/// `header` is `X-Hub-Signature-256`: `sha256=` and 64 lower-case hex digits, the HMAC-SHA256 of the body
/// under the app secret. `body` is what was received, byte for byte: Meta escapes it in ways that
/// parsing and writing again would not restore. The older SHA-1 header proves nothing here.
pub fn verify_signature(app_secret: &Secret, header: Option<&str>, body: &[u8]) -> bool {
    let Some(digits) = header.and_then(|header| header.strip_prefix("sha256=")) else { return false };
    let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    if digits.len() != 64 || !digits.bytes().all(lower) {
        return false;
    }
    hex::decode(digits).is_ok_and(|tag| is_signed(app_secret, body, &tag))
}

/// Anybody could sign with an empty secret, so nothing is signed under one.
fn is_signed(app_secret: &Secret, message: &[u8], tag: &[u8]) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, app_secret.expose().as_bytes());
    !app_secret.is_empty() && hmac::verify(&key, message, tag).is_ok()
}

/// The answer to the GET by which Meta checks a callback address (Graph API reference: webhooks,
/// verification requests): the challenge, to be sent back as plain text. None is to be answered 403.
///
/// The arguments are the query's `hub.mode`, `hub.verify_token` and `hub.challenge`. A challenge is a
/// number; letters are let through as well, markup is not.
pub fn challenge(
    verify_token: &Secret,
    mode: Option<&str>,
    token: Option<&str>,
    challenge: Option<&str>,
) -> Option<String> {
    let known = !verify_token.is_empty() && verify_token.matches(token?.as_bytes());
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    let text = challenge.filter(|text| (1..=256).contains(&text.len()) && text.bytes().all(fits))?;
    (known && mode == Some("subscribe")).then(|| text.to_owned())
}

/// What Meta says when a person removes the app or asks for their data to be deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRequest {
    /// The app-scoped id of the person who had logged in: not of a Page. May be missing where a business
    /// integration was removed.
    pub user_id: Option<String>,
    /// When Meta signed it.
    pub issued_at: Option<Time>,
}

/// A signed request that must not be acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SignedRequestError {
    /// Not two base64url texts with a dot between.
    #[error("a signed request is a signature, a dot and a payload, both base64url")]
    Shape,
    /// Not signed with this app's secret.
    #[error("the signature is not this app's")]
    Signature,
    /// Signed, but not a JSON object.
    #[error("the payload is not a JSON object")]
    Payload,
    /// Signed by another algorithm than HMAC-SHA256.
    #[error("the algorithm is not HMAC-SHA256")]
    Algorithm,
}

/// Reads the `signed_request` of a deauthorise or data deletion callback (Facebook Login: data deletion
/// callback). The signature covers the payload as it was sent, still encoded, and is checked first.
pub fn signed_request(app_secret: &Secret, text: &str) -> Result<SignedRequest, SignedRequestError> {
    let (signature, payload) = text.split_once('.').ok_or(SignedRequestError::Shape)?;
    let tag = URL_SAFE_NO_PAD.decode(signature).map_err(|_| SignedRequestError::Shape)?;
    let json = URL_SAFE_NO_PAD.decode(payload).map_err(|_| SignedRequestError::Shape)?;
    if !is_signed(app_secret, payload.as_bytes(), &tag) {
        return Err(SignedRequestError::Signature);
    }
    let value: Value = serde_json::from_slice(&json).map_err(|_| SignedRequestError::Payload)?;
    if !value.is_object() {
        return Err(SignedRequestError::Payload);
    }
    if answer::text(&value, "algorithm").as_deref() != Some("HMAC-SHA256") {
        return Err(SignedRequestError::Algorithm);
    }
    Ok(SignedRequest {
        user_id: answer::word(&value, "user_id"),
        issued_at: answer::moment(&value, "issued_at"),
    })
}
