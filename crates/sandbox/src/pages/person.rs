//! One person: what they allowed, their Pages and tokens, and the switches.

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Response;
use rusqlite::Connection;
use serde::Deserialize;

use crate::control::{self, AppRole, Switch};
use crate::dialog::checked_name;
use crate::grants::Status;
use crate::pages::time;
use crate::tokens::{self, Kind, Target, Token};
use crate::world::{self, ADMIN_TASKS, InstagramKind, Person, Role};
use crate::{Error, Sandbox, grants, pages};

struct RoleLine {
    role: Role,
    tasks: String,
    opted_in: bool,
}

struct TokenLine {
    id: i64,
    what: String,
    issued: String,
    state: String,
    alive: bool,
}

#[derive(Template)]
#[template(path = "person.html")]
struct Shown {
    person: Person,
    connected: bool,
    permissions: Vec<(String, &'static str)>,
    roles: Vec<RoleLine>,
    tokens: Vec<TokenLine>,
}

pub(crate) async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    let now = sandbox.now();
    match sandbox.db().run(|tx| read(tx, &id, now)) {
        Ok(Some(shown)) => pages::page(Ok(shown)),
        Ok(None) => pages::not_found(),
        Err(error) => pages::failed(&error),
    }
}

fn read(tx: &Connection, id: &str, now: i64) -> Result<Option<Shown>, Error> {
    let Some(person) = world::person(tx, id)? else { return Ok(None) };
    let grants = grants::of_person(tx, id, now)?;
    let roles = world::roles(tx, id)?
        .into_iter()
        .map(|role| RoleLine {
            opted_in: grants.as_ref().is_some_and(|grants| grants.covers_page(&role.page.id)),
            tasks: role.tasks.join(", "),
            role,
        })
        .collect();
    let mut tokens: Vec<TokenLine> = tokens::of_person(tx, id)?
        .iter()
        .map(|token| Ok(token_line(token, token_page(tx, token)?, now)))
        .collect::<Result<_, Error>>()?;
    tokens.reverse();
    Ok(Some(Shown {
        connected: grants.is_some(),
        permissions: grants
            .iter()
            .flat_map(grants::Grants::all)
            .map(|(permission, status)| (permission.to_owned(), status))
            .collect(),
        person,
        roles,
        tokens,
    }))
}

fn token_page(tx: &Connection, token: &Token) -> Result<Option<String>, Error> {
    let Some(id) = &token.page_id else { return Ok(None) };
    Ok(world::page(tx, id)?.map(|page| page.name))
}

fn token_line(token: &Token, page: Option<String>, now: i64) -> TokenLine {
    let what = match (token.kind, page) {
        (Kind::Short, _) => "User, short".to_owned(),
        (Kind::Long, _) => "User, long".to_owned(),
        (Kind::System, _) => "System user".to_owned(),
        (Kind::Page, page) => format!("Page: {}", page.unwrap_or_default()),
    };
    let death = token.death(now);
    let state = match death {
        Some(tokens::EXPIRED) => "expired (463)".to_owned(),
        Some(tokens::FOREIGN) => "another app's".to_owned(),
        Some(subcode) => format!("dead ({subcode})"),
        None if token.expires_at == 0 => "never expires".to_owned(),
        None => format!("until {}", time::utc(token.expires_at)),
    };
    TokenLine { id: token.id, what, issued: time::utc(token.issued_at), state, alive: death.is_none() }
}

#[derive(Deserialize)]
pub(crate) struct SwitchForm {
    kind: Switch,
    page_id: Option<String>,
    token_id: Option<i64>,
}

pub(crate) async fn switch(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Form(form): Form<SwitchForm>,
) -> Response<Body> {
    let page = form.page_id.as_deref().filter(|id| !id.is_empty());
    let target = Target { person: &id, page, token: form.token_id };
    pages::done(control::flip(&sandbox, form.kind, target), &format!("/sandbox/people/{id}"))
}

#[derive(Deserialize)]
pub(crate) struct AppRoleForm {
    /// Empty: none.
    role: String,
}

pub(crate) async fn set_app_role(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Form(form): Form<AppRoleForm>,
) -> Response<Body> {
    let known = [AppRole::Administrator, AppRole::Developer, AppRole::Tester];
    let role = known.into_iter().map(AppRole::as_str).find(|role| *role == form.role);
    pages::done(sandbox.db().run(|tx| world::set_app_role(tx, &id, role)), &format!("/sandbox/people/{id}"))
}

#[derive(Deserialize)]
pub(crate) struct StatusForm {
    permission: String,
    status: Status,
}

pub(crate) async fn set_permission(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Form(form): Form<StatusForm>,
) -> Response<Body> {
    let now = sandbox.now();
    let done = sandbox.db().run(|tx| {
        let connected = grants::of_person(tx, &id, now)?.is_some();
        if connected && grants::is_known(&form.permission) {
            grants::set_status(tx, &id, &form.permission, form.status)?;
        }
        Ok::<_, Error>(())
    });
    pages::done(done, &format!("/sandbox/people/{id}"))
}

#[derive(Deserialize)]
pub(crate) struct RoleForm {
    page_id: String,
    /// Separated by commas or spaces.
    tasks: String,
    through_business: Option<String>,
}

pub(crate) async fn set_role(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Form(form): Form<RoleForm>,
) -> Response<Body> {
    let words = form.tasks.split([',', ' ']).map(str::trim).filter(|task| !task.is_empty());
    let tasks: Vec<String> = words.map(str::to_ascii_uppercase).collect();
    let through = form.through_business.is_some();
    let done = sandbox.db().run(|tx| {
        let there = world::person(tx, &id)?.is_some() && world::page(tx, &form.page_id)?.is_some();
        if there && control::check_tasks(&tasks).is_ok() {
            world::set_role_through(tx, &id, &form.page_id, &tasks, through)?;
        }
        Ok::<_, Error>(())
    });
    pages::done(done, &format!("/sandbox/people/{id}"))
}

#[derive(Deserialize)]
pub(crate) struct NewPage {
    page_name: String,
    instagram: InstagramKind,
}

pub(crate) async fn create_page(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Form(form): Form<NewPage>,
) -> Response<Body> {
    let back = format!("/sandbox/people/{id}");
    let Some(name) = checked_name(Some(&form.page_name)) else { return pages::see_other(&back) };
    let tasks: Vec<String> = ADMIN_TASKS.iter().map(|task| (*task).to_owned()).collect();
    let now = sandbox.now();
    let made = sandbox.db().run(|tx| match world::person(tx, &id)? {
        Some(person) => world::add_page(tx, &person.id, &name, &tasks, form.instagram, now).map(|_| ()),
        None => Ok(()),
    });
    pages::done(made, &back)
}
