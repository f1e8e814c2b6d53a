//! Who calls the API: the partner behind an access token. That it stands in a handler's signature
//! says who may call.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use bytes::Bytes;
use jetbridge_domain::reason::Reason;
use jetbridge_domain::secret::Secret;
use jetbridge_store::partners::{Partner, PartnerState};
use jetbridge_store::tokens;

use super::RawBody;
use crate::http::answer::Fail;
use crate::http::observe::Standings;
use crate::http::router::Web;

/// A partner that may call.
#[derive(Debug, Clone)]
pub struct Caller(pub Partner);

fn bearer(headers: &HeaderMap) -> Option<Secret> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next()?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    let plausible = values.next().is_none() && !token.is_empty() && token.len() <= 512;
    (scheme.eq_ignore_ascii_case("bearer") && plausible).then(|| Secret::new(token))
}

impl FromRequestParts<Web> for Caller {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Fail> {
        let token = bearer(&parts.headers).ok_or_else(|| Fail::of(Reason::AccessToken))?;
        let now = web.app.clock.now();
        let found = web
            .app
            .db
            .read((web.app.clone(), token, now), |tx, (app, token, now)| {
                Box::pin(tokens::partner(tx, &app.vault, token, *now))
            })
            .await?;
        let partner = found.ok_or_else(|| Fail::of(Reason::AccessToken))?;
        if partner.state == PartnerState::Suspended {
            return Err(Fail::of(Reason::PartnerSuspended));
        }
        let limit = web.app.config.limits.partner_per_minute;
        if let Some(standing) = web.limiter.count(partner.id.as_str(), limit, now) {
            if let Some(standings) = parts.extensions.get::<Standings>() {
                standings.note(standing);
            }
            if standing.exceeded {
                return Err(Fail::wait(Reason::TooManyRequests, standing.reset));
            }
        }
        tracing::Span::current().record("partner_id", partner.id.as_str());
        Ok(Self(partner))
    }
}

/// A call that writes: the partner, its idempotency key and its body.
#[derive(Debug, Clone)]
pub struct Call {
    /// Who calls.
    pub partner: Partner,
    /// The idempotency key, where there is one.
    pub key: Option<String>,
    /// The body as it was sent.
    pub body: Bytes,
}

const KEY: &str = "idempotency-key";

fn key(headers: &HeaderMap) -> Result<Option<String>, Fail> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let right = (1..=255).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if right { Ok(Some(text.to_owned())) } else { Err(Fail::parameter("Idempotency-Key")) }
}

impl FromRequestParts<Web> for Call {
    type Rejection = Fail;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Fail> {
        let Caller(partner) = Caller::from_request_parts(parts, web).await?;
        let Ok(body) = RawBody::from_request_parts(parts, web).await;
        Ok(Self { partner, key: key(&parts.headers)?, body: body.bytes()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn what_is_a_bearer_token() {
        let token =
            |values: &[&str]| bearer(&headers("authorization", values)).map(|s| s.expose().to_owned());
        assert_eq!(token(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(token(&["bearer abc"]).as_deref(), Some("abc"));
        for wrong in [&["abc"][..], &["Basic abc"], &["Bearer "], &["Bearer"], &["Bearer a", "Bearer b"], &[]]
        {
            assert_eq!(token(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn what_is_an_idempotency_key() {
        assert_eq!(key(&headers(KEY, &["a-1"])).unwrap().as_deref(), Some("a-1"));
        assert!(key(&HeaderMap::new()).unwrap().is_none());
        let long = "x".repeat(256);
        for wrong in ["", "a b", long.as_str()] {
            assert!(key(&headers(KEY, &[wrong])).is_err(), "{wrong}");
        }
    }
}
