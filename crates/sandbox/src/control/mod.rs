//! `/sandbox/api/...`: the switches, as JSON, for tests and demos. Nothing here exists at Meta.
//!
//! Refusals are `{"error": "..."}` with status 400 or 404.

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::faults::Planned;
use crate::faults::presets::{self, Preset};
use crate::messaging::acts;
use crate::webhooks::Queued;
use crate::{Error, Sandbox, faults, webhooks};

mod app;
mod business;
mod chat;
pub(crate) mod content;
mod people;
mod world;

pub(crate) use people::{AppRole, Switch, check_tasks, flip};

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/sandbox/api/world", get(world::show))
        .route("/sandbox/api/app", put(app::change))
        .route("/sandbox/api/people", post(people::create))
        .route("/sandbox/api/people/{id}/tokens", post(people::flip_switch))
        .route("/sandbox/api/people/{id}/pages/{page_id}", put(people::set_role).delete(people::lose_role))
        .route("/sandbox/api/people/{id}/permissions/{permission}", put(people::set_permission))
        .route("/sandbox/api/people/{id}/app_role", put(people::set_app_role))
        .route("/sandbox/api/businesses", post(business::create))
        .route(
            "/sandbox/api/configurations",
            get(business::show_configurations).post(business::save_configuration),
        )
        .route("/sandbox/api/configurations/{id}", delete(business::remove_configuration))
        .route("/sandbox/api/pages", post(people::create_page))
        .route("/sandbox/api/content", post(content::perform))
        .route("/sandbox/api/faults", get(show_faults).post(plan_fault).delete(clear_faults))
        .route("/sandbox/api/faults/presets", get(show_presets))
        .route("/sandbox/api/send_message", post(send_message))
        .route("/sandbox/api/webhooks/deliver", post(deliver))
        .route("/sandbox/api/webhooks/test", post(chat::test_webhook))
        .merge(chat::routes())
}

/// A refusal of the control API.
pub(crate) struct Refused(StatusCode, String);

impl Refused {
    pub(crate) fn bad(what: impl Into<String>) -> Refused {
        Refused(StatusCode::BAD_REQUEST, what.into())
    }

    fn missing(what: &str) -> Refused {
        Refused(StatusCode::NOT_FOUND, format!("there is no such {what}"))
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response<Body> {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "a call of the control API failed");
        Refused(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())
    }
}

impl From<rusqlite::Error> for Refused {
    fn from(error: rusqlite::Error) -> Self {
        Error::Database(error).into()
    }
}

pub(crate) type Answer = Result<Json<Value>, Refused>;

pub(crate) fn parse<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused::bad(error.to_string()))
}

fn success() -> Json<Value> {
    Json(json!({"success": true}))
}

async fn show_faults(State(sandbox): State<Sandbox>) -> Answer {
    let faults = sandbox.db().run(|tx| faults::all(tx))?;
    Ok(Json(json!({"list": faults})))
}

async fn plan_fault(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let planned: Planned = parse(&body)?;
    if planned.times == 0 || planned.pattern.trim().is_empty() {
        return Err(Refused::bad("match must not be empty and times must be 1 or more"));
    }
    planned.fault.check().map_err(Refused::bad)?;
    sandbox.db().run(|tx| faults::plan(tx, &planned))?;
    Ok(success())
}

/// The errors that `"kind": "preset"` knows by name.
async fn show_presets() -> Answer {
    let describe = |preset: &Preset| {
        json!({
            "name": preset.name, "title": preset.title, "http": preset.http, "code": preset.code,
            "subcode": preset.subcode, "type": preset.kind(), "message": preset.message,
            "is_transient": preset.is_transient(), "has_header": preset.limit.is_some(),
        })
    };
    Ok(Json(json!({"list": presets::all().map(describe).collect::<Vec<_>>()})))
}

async fn clear_faults(State(sandbox): State<Sandbox>) -> Answer {
    sandbox.db().run(|tx| faults::clear(tx))?;
    Ok(success())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageInput {
    /// A Page, or an Instagram professional account.
    page_id: String,
    text: String,
    from_name: String,
}

async fn send_message(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let input: MessageInput = parse(&body)?;
    let now = sandbox.now();
    let (written, config) = ((input.from_name.as_str(), input.text.as_str()), sandbox.config());
    let queued = sandbox.db().run(|tx| acts::write(tx, config, &input.page_id, written, now))?;
    sandbox.inner.wake.notify_one();
    match queued {
        None => Err(Refused::missing("Page")),
        Some(queued) => Ok(Json(sent(queued))),
    }
}

/// What became of a webhook: `{"sent": true}`, or why it was not sent.
fn sent(queued: Queued) -> Value {
    match queued.why_not() {
        None => json!({"sent": true}),
        Some(why) => json!({"sent": false, "why": why}),
    }
}

/// Sends what is due by now and answers when that is done, so that a test need not wait for the worker.
async fn deliver(State(sandbox): State<Sandbox>) -> Answer {
    let (delivered, failed) = webhooks::deliver_due(&sandbox).await?;
    Ok(Json(json!({"delivered": delivered, "failed": failed})))
}
