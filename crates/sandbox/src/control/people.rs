//! People, their roles on Pages and on the app, and what happens to their tokens.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::json;

use crate::control::{Answer, Refused, parse, success};
use crate::dialog::checked_name;
use crate::grants::Status;
use crate::tokens::Target;
use crate::world::{ADMIN_TASKS, InstagramKind, Person, TASKS};
use crate::{Error, Sandbox, grants, tokens, webhooks, world};

/// The ways in which a person's tokens die, and the one in which they come back.
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
    /// 464.
    Unconfirmed,
    /// The person did at facebook.com what 459 and 464 wait for.
    Cleared,
    /// No subcode: the tokens turn out to be another app's.
    Foreign,
    /// Permissions that do not outlive 90 days of absence count as expired.
    DataAccessExpired,
}

/// Flips a switch for a person, for what the person has on one Page, or for one token.
pub(crate) fn flip(sandbox: &Sandbox, switch: Switch, target: Target<'_>) -> Result<(), Error> {
    let now = sandbox.now();
    let person = target.person;
    // What happens to a person happens to all of their tokens, unless one is named.
    let all_pages = Target { page: None, ..target };
    sandbox.db().run(|tx| match (switch, target.page) {
        (Switch::Expire, _) => tokens::expire(tx, target, now),
        (Switch::PasswordChanged, _) => tokens::kill(tx, all_pages, tokens::PASSWORD_CHANGED),
        (Switch::LoggedOut, _) => tokens::kill(tx, all_pages, tokens::LOGGED_OUT),
        (Switch::Checkpoint, _) => tokens::kill(tx, all_pages, tokens::CHECKPOINT),
        (Switch::Unconfirmed, _) => tokens::kill(tx, all_pages, tokens::UNCONFIRMED),
        (Switch::Foreign, _) => tokens::kill(tx, target, tokens::FOREIGN),
        (Switch::Cleared, _) => tokens::clear(tx, target),
        (Switch::DataAccessExpired, _) => grants::end_data_access(tx, person, now),
        (Switch::AppRemoved, _) => remove_app(tx, sandbox, person, now),
        (Switch::RoleLost, Some(page)) => {
            world::remove_role(tx, person, page)?;
            tokens::kill(tx, target, tokens::ROLE_LOST)
        }
        (Switch::RoleLost, None) => Ok(()),
    })?;
    sandbox.inner.wake.notify_one();
    Ok(())
}

fn remove_app(tx: &Connection, sandbox: &Sandbox, person_id: &str, now: i64) -> Result<(), Error> {
    if grants::of_person(tx, person_id, now)?.is_none() {
        return Ok(());
    }
    grants::remove_app(tx, person_id)?;
    let config = sandbox.config();
    match world::person(tx, person_id)?.and_then(|person| person.business_id) {
        Some(business) => webhooks::queue_integration_removed(tx, &config.app_id, &business, now),
        None => webhooks::queue_deauthorize(tx, &config.app_secret, person_id, now),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FlipInput {
    kind: Switch,
    page_id: Option<String>,
    /// The `id` that the picture of the world gives a token.
    token_id: Option<i64>,
}

pub(crate) async fn flip_switch(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let input: FlipInput = parse(&body)?;
    if input.kind == Switch::RoleLost && input.page_id.is_none() {
        return Err(Refused::bad("role_lost needs a page_id"));
    }
    sandbox.db().run(|tx| existing(tx, &id))?;
    let target = Target { person: &id, page: input.page_id.as_deref(), token: input.token_id };
    flip(&sandbox, input.kind, target)?;
    Ok(success())
}

fn existing(tx: &Connection, id: &str) -> Result<Person, Refused> {
    world::person(tx, id)?.ok_or_else(|| Refused::missing("person"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StatusInput {
    status: Status,
}

/// Makes one permission granted, declined or expired, as time or the person would.
pub(crate) async fn set_permission(
    State(sandbox): State<Sandbox>,
    Path((id, permission)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let input: StatusInput = parse(&body)?;
    let now = sandbox.now();
    sandbox.db().run(|tx| {
        existing(tx, &id)?;
        if grants::of_person(tx, &id, now)?.is_none() {
            return Err(Refused::bad("this person has not connected the app"));
        }
        if !grants::is_known(&permission) {
            return Err(Refused::missing("permission"));
        }
        Ok(grants::set_status(tx, &id, &permission, input.status)?)
    })?;
    Ok(success())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppRoleInput {
    /// `null`: none.
    role: Option<AppRole>,
}

/// A role on the app, which opens it to a person while it is not live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum AppRole {
    Administrator,
    Developer,
    Tester,
}

impl AppRole {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            AppRole::Administrator => "administrator",
            AppRole::Developer => "developer",
            AppRole::Tester => "tester",
        }
    }
}

pub(crate) async fn set_app_role(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    body: Bytes,
) -> Answer {
    let input: AppRoleInput = parse(&body)?;
    sandbox.db().run(|tx| {
        existing(tx, &id)?;
        Ok::<_, Refused>(world::set_app_role(tx, &id, input.role.map(AppRole::as_str))?)
    })?;
    Ok(success())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonInput {
    name: String,
}

pub(crate) async fn create(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
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

pub(crate) async fn create_page(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let input: PageInput = parse(&body)?;
    let name = checked_name(Some(&input.name)).ok_or_else(|| Refused::bad("a name of 1 to 80 characters"))?;
    let tasks = input.tasks.unwrap_or_else(|| ADMIN_TASKS.iter().map(|task| (*task).to_owned()).collect());
    check_tasks(&tasks)?;
    let kind = input.instagram.unwrap_or(InstagramKind::None);
    let now = sandbox.now();
    sandbox.db().run(|tx| {
        let person = world::person(tx, &input.person_id)?.ok_or_else(|| Refused::missing("person"))?;
        let page = world::add_page(tx, &person.id, &name, &tasks, kind, now)?;
        Ok(Json(super::world::describe_page(tx, &page)?))
    })
}

pub(crate) fn check_tasks(tasks: &[String]) -> Result<(), Refused> {
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
    /// Given through a business instead of on the Page itself.
    #[serde(default)]
    through_business: bool,
}

/// Gives a person a role on a Page, or another one.
pub(crate) async fn set_role(
    State(sandbox): State<Sandbox>,
    Path((id, page_id)): Path<(String, String)>,
    body: Bytes,
) -> Answer {
    let input: RoleInput = parse(&body)?;
    check_tasks(&input.tasks)?;
    sandbox.db().run(|tx| {
        existing(tx, &id)?;
        world::page(tx, &page_id)?.ok_or_else(|| Refused::missing("Page"))?;
        let RoleInput { tasks, through_business } = &input;
        Ok::<_, Refused>(world::set_role_through(tx, &id, &page_id, tasks, *through_business)?)
    })?;
    Ok(success())
}

pub(crate) async fn lose_role(
    State(sandbox): State<Sandbox>,
    Path((id, page_id)): Path<(String, String)>,
) -> Answer {
    flip(&sandbox, Switch::RoleLost, Target { person: &id, page: Some(&page_id), token: None })?;
    Ok(success())
}
