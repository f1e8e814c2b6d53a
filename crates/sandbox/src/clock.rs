//! The sandbox's time: the clock it was given, moved forward by hand.
//!
//! Everything of Meta's follows it: codes, tokens, data access, retries of webhooks. The inspector does not, for
//! it stands in for the partner.

use std::sync::atomic::Ordering;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::Response;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use serde::Deserialize;
use serde_json::json;

use crate::control::{Answer, Refused, parse};
use crate::{Error, Sandbox, pages, settings};

/// A hundred years: far past every life time here, and far from the end of the numbers.
const MAX_SECONDS: i64 = 36_525 * 86_400;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/sandbox/api/clock", get(show).post(advance))
        .route("/sandbox/clock", post(advance_by_form))
}

/// Moves the clock and stores by how much, so that a new start does not bring dead tokens back to life.
/// False, and nothing done, when the step is not one forward.
fn move_on(sandbox: &Sandbox, seconds: i64) -> Result<bool, Error> {
    let moved = sandbox.db().run(|tx| {
        let offset = settings::clock_offset(tx)?.checked_add(seconds);
        let Some(offset) = offset.filter(|offset| seconds > 0 && *offset <= MAX_SECONDS) else {
            return Ok(false);
        };
        settings::set(tx, settings::CLOCK_OFFSET, Some(&offset.to_string()))?;
        sandbox.inner.offset.store(offset, Ordering::SeqCst);
        Ok::<_, Error>(true)
    })?;
    sandbox.inner.wake.notify_one();
    Ok(moved)
}

async fn show(State(sandbox): State<Sandbox>) -> Answer {
    let offset = sandbox.inner.offset.load(Ordering::SeqCst);
    Ok(Json(json!({"now": sandbox.now(), "offset_seconds": offset})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AdvanceInput {
    advance_seconds: i64,
}

async fn advance(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let input: AdvanceInput = parse(&body)?;
    if !move_on(&sandbox, input.advance_seconds)? {
        return Err(Refused::bad("advance_seconds must be 1 or more, and a hundred years at most in all"));
    }
    show(State(sandbox)).await
}

#[derive(Deserialize)]
struct AdvanceForm {
    seconds: String,
}

async fn advance_by_form(State(sandbox): State<Sandbox>, Form(form): Form<AdvanceForm>) -> Response<Body> {
    let seconds = form.seconds.trim().parse().unwrap_or(0);
    pages::done(move_on(&sandbox, seconds).map(|_| ()), "/sandbox/settings")
}
