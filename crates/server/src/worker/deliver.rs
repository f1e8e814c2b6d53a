//! One delivery: claim, sign, send, record. What becomes of it is decided by
//! [`jetbridge_domain::delivery`].

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, InvalidHeaderValue};
use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::delivery::{Outcome, Progress, endpoint_after, next_step};
use jetbridge_domain::endpoint::EndpointState;
use jetbridge_domain::signature::{self, NotASecret};
use jetbridge_egress::{Answer, Failure};
use jetbridge_store::db::{Engine, StoreError};
use jetbridge_store::deliveries::{self, Attempt, Claimed};
use jetbridge_store::endpoints;
use url::Url;

use crate::app::{App, Refusal};

/// How long a claim holds beyond the time an endpoint has to answer.
const LEASE_MARGIN: Span = Span::seconds(5);

/// Claims what is due, at most `room`.
pub async fn claim(app: &App, room: usize) -> Result<Vec<Claimed>, StoreError> {
    let limit = i64::try_from(room).unwrap_or(i64::MAX);
    app.db
        .write((app.clone(), limit), |tx, (app, limit)| {
            Box::pin(async move {
                let webhooks = &app.config.webhooks;
                let timeout = Span::millis(i64::try_from(webhooks.timeout.as_millis()).unwrap_or(i64::MAX));
                let lease = Span::micros(timeout.as_micros().saturating_add(LEASE_MARGIN.as_micros()));
                deliveries::claim(tx, &app.vault, app.clock.now(), lease, webhooks.retry.hold, *limit).await
            })
        })
        .await
}

/// Frees what an earlier process claimed and did not finish. On SQLite there is no other process, so
/// nothing has to wait for a lease to lapse.
pub(super) async fn free_claims(app: &App) -> Result<(), StoreError> {
    if app.db.engine() == Engine::Sqlite {
        app.db.write((), |tx, ()| Box::pin(deliveries::free_claims(tx))).await?;
    }
    Ok(())
}

/// Claims, sends and records what is due, one after the other; answers how many there were. For
/// tests, which move the clock in between.
pub async fn deliver_due(app: &App) -> Result<usize, StoreError> {
    let mut count = 0;
    loop {
        let claimed = claim(app, 100).await?;
        if claimed.is_empty() {
            return Ok(count);
        }
        for one in claimed {
            count += 1;
            deliver(app, one).await;
        }
    }
}

/// Sends one delivery and records what came of it.
pub async fn deliver(app: &App, claimed: Claimed) {
    let at = app.clock.now();
    let sent = send(app, &claimed, at).await;
    let took = app.clock.now().since(at);
    let (outcome, attempt) = read(sent, at, took);
    tracing::info!(
        event_id = %claimed.event, endpoint_id = %claimed.endpoint.id, outcome = attempt.outcome,
        status = attempt.status, took_us = took.as_micros(), "delivery attempted"
    );
    let event = claimed.event.clone();
    if let Err(error) = record(app, claimed, outcome, attempt).await {
        // The lease lapses and it is sent once more: at least once is what is promised.
        tracing::error!(event_id = %event, error = ?error, "an attempt could not be recorded");
    }
}

#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("cannot be signed")]
    Sign(#[from] NotASecret),
    #[error("cannot be a header")]
    Header(#[from] InvalidHeaderValue),
    #[error("cannot be requested")]
    Url(#[from] url::ParseError),
    #[error(transparent)]
    Egress(#[from] Failure),
}

async fn send(app: &App, claimed: &Claimed, at: Time) -> Result<Answer, SendError> {
    let secrets = claimed.endpoint.secrets(at);
    let signature = signature::sign(&secrets, claimed.event.as_str(), at, &claimed.body)?;
    let mut headers = vec![
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("webhook-id"), HeaderValue::from_str(claimed.event.as_str())?),
        (HeaderName::from_static("webhook-timestamp"), HeaderValue::from(at.as_seconds())),
        (HeaderName::from_static("webhook-signature"), HeaderValue::from_str(&signature)?),
    ];
    if claimed.late {
        headers.push((HeaderName::from_static("jetbridge-late"), HeaderValue::from_static("true")));
    }
    let url = Url::parse(claimed.endpoint.url.as_str())?;
    let body = Bytes::copy_from_slice(&claimed.body);
    Ok(app.egress.post(&url, headers, body, app.config.webhooks.timeout).await?)
}

fn read(sent: Result<Answer, SendError>, at: Time, took: Span) -> (Outcome, Attempt) {
    let attempt = |outcome, status, answer| Attempt { at, took, outcome, status, answer };
    match sent {
        Ok(answer) => {
            let retry_after = answer
                .retry_after
                .map(|wait| Span::seconds(i64::try_from(wait.as_secs()).unwrap_or(i64::MAX)));
            let (outcome, word) = match answer.status.as_u16() {
                200..=299 => (Outcome::Accepted, "accepted"),
                410 => (Outcome::Gone, "gone"),
                _ => (Outcome::Refused { retry_after }, "refused"),
            };
            (outcome, attempt(word, Some(answer.status.as_u16()), answer.body.to_vec()))
        }
        Err(error) => {
            tracing::warn!(%error, "a delivery got no answer");
            let word = match &error {
                SendError::Egress(failure) => failure.class(),
                SendError::Sign(_) | SendError::Header(_) | SendError::Url(_) => "unsendable",
            };
            (Outcome::NoAnswer, attempt(word, None, Vec::new()))
        }
    }
}

async fn record(app: &App, claimed: Claimed, outcome: Outcome, attempt: Attempt) -> Result<(), Refusal> {
    app.db
        .write((app.clone(), claimed, outcome, attempt), |tx, (app, claimed, outcome, attempt)| {
            Box::pin(async move {
                let now = app.clock.now();
                let progress = Progress {
                    attempts: claimed.attempts.saturating_add(1),
                    first_attempt: claimed.first_attempt.unwrap_or(attempt.at),
                };
                let step = next_step(&app.config.webhooks.retry, progress, outcome, now, &app.vault.entropy)?;
                deliveries::record(tx, &app.vault, claimed, attempt, &step).await?;
                // The endpoint as it is now: others may have delivered to it meanwhile.
                let Some(endpoint) = endpoints::get(tx, &app.vault, &claimed.endpoint.id).await? else {
                    return Ok(());
                };
                let same_address = endpoint.url == claimed.endpoint.url;
                if endpoint.state == EndpointState::Active && same_address {
                    let (state, since) = endpoint_after(outcome, endpoint.failing_since, now);
                    if (state, since) != (endpoint.state, endpoint.failing_since) {
                        endpoints::set_health(tx, &endpoint.id, state, since).await?;
                    }
                }
                Ok::<_, Refusal>(())
            })
        })
        .await
}
