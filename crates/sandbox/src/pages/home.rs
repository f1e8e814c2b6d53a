//! `GET /`: who lives here, in which state.

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use rusqlite::Connection;
use serde::Deserialize;

use crate::dialog::checked_name;
use crate::graph::subscribed_apps;
use crate::world::{self, Page, Person};
use crate::{Error, Sandbox, grants, pages};

struct PersonLine {
    person: Person,
    connected: bool,
}

struct PageLine {
    page: Page,
    subscribed: Option<usize>,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    app_name: &'a str,
    version: &'a str,
    people: Vec<PersonLine>,
    system_users: Vec<PersonLine>,
    pages: Vec<PageLine>,
}

pub(crate) async fn show(State(sandbox): State<Sandbox>) -> Response<Body> {
    let config = sandbox.config();
    let now = sandbox.now();
    let home = sandbox.db().run(|tx| {
        Ok::<_, Error>(Home {
            app_name: &config.app_name,
            version: &config.graph_version,
            people: lines(tx, world::people(tx)?, now)?,
            system_users: lines(tx, world::system_users(tx)?, now)?,
            pages: page_lines(tx)?,
        })
    });
    pages::page(home)
}

fn lines(tx: &Connection, people: Vec<Person>, now: i64) -> Result<Vec<PersonLine>, Error> {
    let line = |person: Person| {
        Ok(PersonLine { connected: grants::of_person(tx, &person.id, now)?.is_some(), person })
    };
    people.into_iter().map(line).collect()
}

fn page_lines(tx: &Connection) -> Result<Vec<PageLine>, Error> {
    let line = |page: Page| {
        let fields = subscribed_apps::fields_of(tx, &page.id)?;
        Ok(PageLine { subscribed: fields.map(|fields| fields.len()), page })
    };
    world::pages(tx)?.into_iter().map(line).collect()
}

#[derive(Deserialize)]
pub(crate) struct NewPerson {
    name: String,
}

pub(crate) async fn create_person(
    State(sandbox): State<Sandbox>,
    Form(form): Form<NewPerson>,
) -> Response<Body> {
    let Some(name) = checked_name(Some(&form.name)) else { return pages::see_other("/") };
    let now = sandbox.now();
    match sandbox.db().run(|tx| world::add_person(tx, &name, now)) {
        Ok(person) => pages::see_other(&format!("/sandbox/people/{}", person.id)),
        Err(error) => pages::failed(&error),
    }
}
