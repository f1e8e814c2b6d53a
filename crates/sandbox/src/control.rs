//! `/sandbox/api/...`: the switches, as JSON, for tests and demos. Nothing here exists at Meta.
//!
//! Refusals are `{"error": "..."}` with status 400 or 404.

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post, put};
use axum::{Json, Router};
use rusqlite::Connection;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::dialog::checked_name;
use crate::faults::Planned;
use crate::graph::{subscribed_apps, subscriptions};
use crate::webhooks::Queued;
use crate::world::{ADMIN_TASKS, InstagramKind, TASKS};
use crate::{Error, Sandbox, faults, grants, settings, tokens, webhooks, world};

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/sandbox/api/world", get(show_world))
        .route("/sandbox/api/app", put(change_app))
        .route("/sandbox/api/people", post(create_person))
        .route("/sandbox/api/people/{id}/tokens", post(flip_switch))
        .route("/sandbox/api/people/{id}/pages/{page_id}", put(set_role).delete(lose_role))
        .route("/sandbox/api/pages", post(create_page))
        .route("/sandbox/api/faults", get(show_faults).post(plan_fault).delete(clear_faults))
        .route("/sandbox/api/send_message", post(send_message))
        .route("/sandbox/api/webhooks/deliver", post(deliver))
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

/// The ways in which a person's tokens die.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Switch {
    /// 463: the tokens run out now.
    Expire,
    /// 460.
    PasswordChanged,
    /// 458, and the deauthorise callback.
    AppRemoved,
    /// 492, and the role is gone; needs a Page.
    RoleLost,
    /// 467.
    LoggedOut,
    /// 459.
    Checkpoint,
    /// Permissions that do not outlive 90 days of absence count as expired.
    DataAccessExpired,
}

/// Flips a switch for a person, or for what the person has on one Page.
pub(crate) fn flip(
    sandbox: &Sandbox,
    person_id: &str,
    switch: Switch,
    page_id: Option<&str>,
) -> Result<(), Error> {
    let now = sandbox.now();
    let secret = &sandbox.config().app_secret;
    sandbox.db().run(|tx| match (switch, page_id) {
        (Switch::Expire, _) => tokens::expire(tx, person_id, page_id, now),
        (Switch::PasswordChanged, _) => tokens::kill(tx, person_id, None, tokens::PASSWORD_CHANGED),
        (Switch::LoggedOut, _) => tokens::kill(tx, person_id, None, tokens::LOGGED_OUT),
        (Switch::Checkpoint, _) => tokens::kill(tx, person_id, None, tokens::CHECKPOINT),
        (Switch::DataAccessExpired, _) => grants::end_data_access(tx, person_id, now),
        (Switch::AppRemoved, _) => {
            if grants::of_person(tx, person_id, now)?.is_some() {
                grants::remove_app(tx, person_id)?;
                webhooks::queue_deauthorize(tx, secret, person_id, now)?;
            }
            Ok(())
        }
        (Switch::RoleLost, Some(page_id)) => {
            world::remove_role(tx, person_id, page_id)?;
            tokens::kill(tx, person_id, Some(page_id), tokens::ROLE_LOST)
        }
        (Switch::RoleLost, None) => Ok(()),
    })?;
    sandbox.inner.wake.notify_one();
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlipInput {
    kind: Switch,
    page_id: Option<String>,
}

async fn flip_switch(State(sandbox): State<Sandbox>, Path(id): Path<String>, body: Bytes) -> Answer {
    let input: FlipInput = parse(&body)?;
    if input.kind == Switch::RoleLost && input.page_id.is_none() {
        return Err(Refused::bad("role_lost needs a page_id"));
    }
    sandbox.db().run(|tx| world::person(tx, &id))?.ok_or_else(|| Refused::missing("person"))?;
    flip(&sandbox, &id, input.kind, input.page_id.as_deref())?;
    Ok(success())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppInput {
    /// Replaces the whole list.
    redirect_uris: Option<Vec<String>>,
    /// Empty: none.
    deauthorize_url: Option<String>,
    require_proof: Option<bool>,
    long_code_tokens: Option<bool>,
    empty_pages: Option<bool>,
    /// 0: as many as `limit` says.
    accounts_per_page: Option<u32>,
    /// 0: no usage headers.
    usage_percent: Option<u32>,
    regain_minutes: Option<u32>,
}

async fn change_app(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let input: AppInput = parse(&body)?;
    sandbox.db().run(|tx| {
        if let Some(uris) = &input.redirect_uris {
            settings::replace_redirect_uris(tx, uris)?;
        }
        if let Some(url) = &input.deauthorize_url {
            settings::set(tx, settings::DEAUTHORIZE_URL, Some(url.as_str()).filter(|url| !url.is_empty()))?;
        }
        for (key, on) in [
            (settings::REQUIRE_PROOF, input.require_proof),
            (settings::LONG_CODE_TOKENS, input.long_code_tokens),
            (settings::EMPTY_PAGES, input.empty_pages),
        ] {
            on.map_or(Ok(()), |on| settings::switch(tx, key, on))?;
        }
        for (key, number) in [
            (settings::ACCOUNTS_PER_PAGE, input.accounts_per_page),
            (settings::USAGE_PERCENT, input.usage_percent),
            (settings::REGAIN_MINUTES, input.regain_minutes),
        ] {
            let Some(number) = number else { continue };
            let text = number.to_string();
            settings::set(tx, key, (number > 0).then_some(text.as_str()))?;
        }
        Ok::<_, Error>(())
    })?;
    Ok(success())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonInput {
    name: String,
}

async fn create_person(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let input: PersonInput = parse(&body)?;
    let name = checked_name(Some(&input.name)).ok_or_else(|| Refused::bad("a name of 1 to 80 characters"))?;
    let now = sandbox.now();
    let person = sandbox.db().run(|tx| world::add_person(tx, &name, now))?;
    Ok(Json(json!({"id": person.id, "name": person.name})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PageInput {
    person_id: String,
    name: String,
    tasks: Option<Vec<String>>,
    instagram: Option<InstagramKind>,
}

async fn create_page(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let input: PageInput = parse(&body)?;
    let name = checked_name(Some(&input.name)).ok_or_else(|| Refused::bad("a name of 1 to 80 characters"))?;
    let tasks = input.tasks.unwrap_or_else(|| ADMIN_TASKS.iter().map(|task| (*task).to_owned()).collect());
    check_tasks(&tasks)?;
    let kind = input.instagram.unwrap_or(InstagramKind::None);
    let now = sandbox.now();
    sandbox.db().run(|tx| {
        let person = world::person(tx, &input.person_id)?.ok_or_else(|| Refused::missing("person"))?;
        let page = world::add_page(tx, &person.id, &name, &tasks, kind, now)?;
        Ok(Json(describe_page(tx, &page)?))
    })
}

fn check_tasks(tasks: &[String]) -> Result<(), Refused> {
    let known = |task: &String| TASKS.contains(&task.strip_prefix("PROFILE_PLUS_").unwrap_or(task));
    match tasks.iter().find(|task| !known(task)) {
        Some(task) => Err(Refused::bad(format!("there is no task {task}"))),
        None => Ok(()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleInput {
    tasks: Vec<String>,
}

/// Gives a person a role on a Page, or another one.
async fn set_role(
    State(sandbox): State<Sandbox>,
    Path((id, page_id)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let input: RoleInput = parse(&body)?;
    check_tasks(&input.tasks)?;
    sandbox.db().run(|tx| {
        world::person(tx, &id)?.ok_or_else(|| Refused::missing("person"))?;
        world::page(tx, &page_id)?.ok_or_else(|| Refused::missing("Page"))?;
        Ok::<_, Refused>(world::set_role(tx, &id, &page_id, &input.tasks)?)
    })?;
    Ok(success())
}

async fn lose_role(State(sandbox): State<Sandbox>, Path((id, page_id)): Path<(String, String)>) -> Answer {
    flip(&sandbox, &id, Switch::RoleLost, Some(&page_id))?;
    Ok(success())
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
    sandbox.db().run(|tx| faults::plan(tx, &planned))?;
    Ok(success())
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
    let queued = sandbox
        .db()
        .run(|tx| webhooks::queue_message(tx, &input.page_id, &input.from_name, &input.text, now))?;
    sandbox.inner.wake.notify_one();
    match queued {
        Queued::Yes => Ok(Json(json!({"sent": true}))),
        Queued::AppNotSubscribed => Ok(Json(json!({"sent": false, "why": "app_not_subscribed"}))),
        Queued::PageNotSubscribed => Ok(Json(json!({"sent": false, "why": "page_not_subscribed"}))),
        Queued::NoSuchPage => Err(Refused::missing("Page")),
    }
}

/// Sends what is due by now and answers when that is done, so that a test need not wait for the worker.
async fn deliver(State(sandbox): State<Sandbox>) -> Answer {
    let (delivered, failed) = webhooks::deliver_due(&sandbox).await?;
    Ok(Json(json!({"delivered": delivered, "failed": failed})))
}

async fn show_world(State(sandbox): State<Sandbox>) -> Answer {
    let config = sandbox.config();
    let now = sandbox.now();
    sandbox.db().run(|tx| {
        let people = world::people(tx)?
            .iter()
            .map(|person| describe_person(tx, person, now))
            .collect::<Result<Vec<_>, _>>()?;
        let pages =
            world::pages(tx)?.iter().map(|page| describe_page(tx, page)).collect::<Result<Vec<_>, _>>()?;
        let subscriptions: Vec<Value> = subscriptions::all(tx)?
            .into_iter()
            .map(|found| {
                json!({"object": found.object, "callback_url": found.callback_url, "fields": found.fields})
            })
            .collect();
        Ok(Json(json!({
            "app": {
                "id": config.app_id, "name": config.app_name, "version": config.graph_version,
                "redirect_uris": settings::redirect_uris(tx)?,
                "deauthorize_url": settings::get(tx, settings::DEAUTHORIZE_URL)?,
                "require_proof": settings::is_on(tx, settings::REQUIRE_PROOF)?,
            },
            "people": people, "pages": pages, "subscriptions": subscriptions,
            "webhooks": outbox(tx)?, "faults": faults::all(tx).map(|faults| json!(faults))?,
        })))
    })
}

fn describe_person(tx: &Connection, person: &world::Person, now: i64) -> Result<Value, Error> {
    let grants = grants::of_person(tx, &person.id, now)?;
    let permissions: serde_json::Map<String, Value> = grants
        .iter()
        .flat_map(grants::Grants::all)
        .map(|(permission, status)| (permission.to_owned(), json!(status)))
        .collect();
    let pages: Vec<Value> = world::roles(tx, &person.id)?
        .into_iter()
        .map(|role| {
            let opted_in = grants.as_ref().is_some_and(|grants| grants.covers_page(&role.page.id));
            json!({"id": role.page.id, "tasks": role.tasks, "opted_in": opted_in})
        })
        .collect();
    let tokens: Vec<Value> = tokens::of_person(tx, &person.id)?
        .iter()
        .map(|token| {
            json!({
                "kind": token.kind.as_str(), "page_id": token.page_id, "issued_at": token.issued_at,
                "expires_at": token.expires_at, "dead": token.death(now),
            })
        })
        .collect();
    Ok(json!({
        "id": person.id, "name": person.name, "connected": grants.is_some(), "permissions": permissions,
        "pages": pages, "tokens": tokens,
    }))
}

fn describe_page(tx: &Connection, page: &world::Page) -> Result<Value, Error> {
    let instagram = page.instagram.as_ref().map(|account| {
        let kind = if account.professional { "professional" } else { "personal" };
        json!({"id": account.id, "username": account.username, "kind": kind})
    });
    Ok(json!({
        "id": page.id, "name": page.name, "instagram": instagram,
        "subscribed_fields": subscribed_apps::fields_of(tx, &page.id)?,
    }))
}

fn outbox(tx: &Connection) -> Result<Vec<Value>, Error> {
    let mut statement =
        tx.prepare_cached("SELECT id, kind, page_id, state, attempts, result, body FROM outbox ORDER BY id")?;
    let rows = statement.query_map([], |row| {
        let body: Vec<u8> = row.get(6)?;
        Ok(json!({
            "id": row.get::<_, i64>(0)?, "kind": row.get::<_, String>(1)?,
            "page_id": row.get::<_, Option<String>>(2)?, "state": row.get::<_, String>(3)?,
            "attempts": row.get::<_, i64>(4)?, "result": row.get::<_, Option<String>>(5)?,
            "body": String::from_utf8_lossy(&body),
        }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
