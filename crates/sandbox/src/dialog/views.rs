//! The dialog's pages.

use askama::Template;
use axum::http::StatusCode;
use rusqlite::Connection;

use crate::Error;
use crate::businesses::Business;
use crate::dialog::request::{DialogRequest, Refusal};
use crate::dialog::steps::Question;
use crate::dialog::{Content, Form, Reply};
use crate::grants::{self, PERMISSIONS, PUBLIC_PROFILE, Selection};
use crate::world::{self, Person};

fn page(status: StatusCode, template: &impl Template) -> Result<Reply, Error> {
    Ok(Reply { content: Content::Page(status, template.render()?), session: None })
}

#[derive(Template)]
#[template(path = "dialog/refused.html")]
struct Refused<'a> {
    refusal: &'a Refusal,
}

pub(crate) fn refused(refusal: &Refusal) -> Result<Reply, Error> {
    page(StatusCode::BAD_REQUEST, &Refused { refusal })
}

#[derive(Template)]
#[template(path = "dialog/login.html")]
struct Login<'a> {
    request: &'a DialogRequest,
    people: Vec<Person>,
}

pub(crate) fn login(tx: &Connection, request: &DialogRequest) -> Result<Reply, Error> {
    page(StatusCode::OK, &Login { request, people: world::people(tx)? })
}

#[derive(Template)]
#[template(path = "dialog/continue.html")]
struct CarryOn<'a> {
    request: &'a DialogRequest,
    person: &'a Person,
}

pub(crate) fn carry_on(request: &DialogRequest, person: &Person) -> Result<Reply, Error> {
    page(StatusCode::OK, &CarryOn { request, person })
}

#[derive(Template)]
#[template(path = "dialog/new_person.html")]
struct NewPerson<'a> {
    request: &'a DialogRequest,
    problem: Option<&'a str>,
}

pub(crate) fn new_person(request: &DialogRequest, problem: Option<&str>) -> Result<Reply, Error> {
    page(status(problem), &NewPerson { request, problem })
}

#[derive(Template)]
#[template(path = "dialog/new_page.html")]
struct NewPage<'a> {
    request: &'a DialogRequest,
    person: &'a Person,
    business: Option<&'a str>,
    problem: Option<&'a str>,
}

pub(crate) fn new_page(
    request: &DialogRequest,
    person: &Person,
    business: Option<&str>,
    problem: Option<&str>,
) -> Result<Reply, Error> {
    page(status(problem), &NewPage { request, person, business, problem })
}

#[derive(Template)]
#[template(path = "dialog/business.html")]
struct ChooseBusiness<'a> {
    request: &'a DialogRequest,
    person: &'a Person,
    businesses: &'a [Business],
    problem: Option<&'a str>,
}

pub(crate) fn business(
    request: &DialogRequest,
    person: &Person,
    businesses: &[Business],
    problem: Option<&str>,
) -> Result<Reply, Error> {
    page(status(problem), &ChooseBusiness { request, person, businesses, problem })
}

fn status(problem: Option<&str>) -> StatusCode {
    if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }
}

/// One line with a check box.
struct Choice {
    id: String,
    name: String,
    note: String,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "dialog/assets.html")]
struct Assets<'a> {
    request: &'a DialogRequest,
    person: &'a Person,
    pages: Vec<Choice>,
    all_pages: bool,
    accounts: Vec<Choice>,
    all_accounts: bool,
    with_instagram: bool,
    business: Option<&'a str>,
}

pub(crate) fn assets(
    tx: &Connection,
    request: &DialogRequest,
    person: &Person,
    question: &Question,
    business: Option<&str>,
) -> Result<Reply, Error> {
    let (pages, accounts) = choices(tx, person, question)?;
    let chose_all = |selection: fn(&grants::Grants) -> &Selection| {
        question.before.as_ref().is_some_and(|before| selection(before).is_none())
    };
    let template = Assets {
        request,
        person,
        all_pages: chose_all(|grants| &grants.pages) && question.granted_before("pages_show_list"),
        all_accounts: chose_all(|grants| &grants.instagram) && question.granted_before("instagram_basic"),
        with_instagram: question.instagram,
        business,
        pages,
        accounts,
    };
    page(StatusCode::OK, &template)
}

/// Everything is ticked, or what was ticked last time.
fn choices(
    tx: &Connection,
    person: &Person,
    question: &Question,
) -> Result<(Vec<Choice>, Vec<Choice>), Error> {
    let (roles, with_instagram) = grants::choosable(tx, &person.id)?;
    let before = question.before.as_ref();
    let pages = roles
        .into_iter()
        .map(|role| Choice {
            ticked: question.chose_no_page() || before.is_none_or(|grants| grants.covers_page(&role.page.id)),
            note: role.page.category,
            id: role.page.id,
            name: role.page.name,
        })
        .collect();
    let accounts = with_instagram
        .into_iter()
        .filter_map(|page| page.instagram.map(|account| (page.name, account)))
        .map(|(page_name, account)| Choice {
            ticked: question.chose_no_page()
                || before.is_none_or(|grants| grants.covers_instagram(&account.id)),
            note: format!("linked to {page_name}"),
            name: format!("@{}", account.username),
            id: account.id,
        })
        .collect();
    Ok((pages, accounts))
}

struct PermissionLine<'a> {
    name: &'a str,
    text: &'static str,
    before: bool,
    fixed: bool,
}

fn lines(question: &Question) -> Vec<PermissionLine<'_>> {
    question
        .permissions
        .iter()
        .map(|name| PermissionLine {
            name,
            text: PERMISSIONS.iter().find(|(known, _)| known == name).map_or("", |(_, text)| text),
            before: question.granted_before(name),
            fixed: name == PUBLIC_PROFILE,
        })
        .collect()
}

#[derive(Template)]
#[template(path = "dialog/permissions.html")]
struct Permissions<'a> {
    request: &'a DialogRequest,
    person: &'a Person,
    lines: Vec<PermissionLine<'a>>,
    /// The choices of the step before, carried along.
    carried: Vec<(&'a str, &'a str)>,
    can_go_back: bool,
}

pub(crate) fn permissions(
    request: &DialogRequest,
    person: &Person,
    question: &Question,
    form: &Form,
) -> Result<Reply, Error> {
    let carried = ["business", "pages_choice", "page", "instagram_choice", "instagram"]
        .into_iter()
        .flat_map(|name| form.all(name).map(move |value| (name, value)))
        .collect();
    let lines = lines(question);
    page(StatusCode::OK, &Permissions { request, person, lines, carried, can_go_back: question.pages })
}

#[derive(Template)]
#[template(path = "dialog/reconnect.html")]
struct Reconnect<'a> {
    request: &'a DialogRequest,
    person: &'a Person,
    lines: Vec<PermissionLine<'a>>,
    pages: Vec<String>,
    accounts: Vec<String>,
}

pub(crate) fn reconnect(
    tx: &Connection,
    request: &DialogRequest,
    person: &Person,
    question: &Question,
) -> Result<Reply, Error> {
    let (pages, accounts) = choices(tx, person, question)?;
    let names = |choices: Vec<Choice>| {
        choices.into_iter().filter(|choice| choice.ticked).map(|choice| choice.name).collect::<Vec<_>>()
    };
    let template = Reconnect {
        request,
        person,
        lines: lines(question),
        pages: if question.pages { names(pages) } else { Vec::new() },
        accounts: if question.instagram { names(accounts) } else { Vec::new() },
    };
    page(StatusCode::OK, &template)
}
