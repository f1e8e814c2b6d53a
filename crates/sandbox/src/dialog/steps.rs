//! From one step of the dialog to the next.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::Connection;

use crate::businesses::{self, Business};
use crate::dialog::outcome::{self, Allowed};
use crate::dialog::request::{self, DialogRequest};
use crate::dialog::{Form, Reply, log_in, views};
use crate::grants::{self, Consent, Grants, PUBLIC_PROFILE, Selection};
use crate::world::{self, ADMIN_TASKS, InstagramKind, Person};
use crate::{Error, Sandbox, settings};

/// What one person is asked in this dialog.
pub(crate) struct Question {
    pub(crate) before: Option<Grants>,
    /// The permissions on the list: those declined before are left out unless `auth_type=rerequest`.
    pub(crate) permissions: Vec<String>,
    pub(crate) pages: bool,
    pub(crate) instagram: bool,
}

impl Question {
    fn of(tx: &Connection, request: &DialogRequest, person_id: &str, now: i64) -> Result<Question, Error> {
        let before = grants::of_person(tx, person_id, now)?;
        let declined =
            |scope: &str| before.as_ref().and_then(|grants| grants.status(scope)) == Some("declined");
        let again = request.auth_type.rerequest || request.all_or_nothing();
        let permissions: Vec<String> =
            request.scopes.iter().filter(|scope| again || !declined(scope)).cloned().collect();
        let any = |prefix: &str| permissions.iter().any(|permission| permission.starts_with(prefix));
        let instagram = any("instagram_");
        Ok(Question { pages: instagram || any("pages_") || any("leads_"), instagram, permissions, before })
    }

    pub(crate) fn granted_before(&self, permission: &str) -> bool {
        self.before.as_ref().is_some_and(|grants| grants.has(permission))
    }

    /// Whether the last login chose none of the Pages: the next one then offers all of them afresh.
    pub(crate) fn chose_no_page(&self) -> bool {
        self.before.as_ref().is_some_and(|grants| grants.pages.as_ref().is_some_and(BTreeSet::is_empty))
    }

    fn nothing_new(&self) -> bool {
        self.before.is_some() && self.permissions.iter().all(|permission| self.granted_before(permission))
    }

    /// The selection of the last login, kept where this dialog does not ask.
    fn kept_pages(&self) -> Selection {
        self.before.as_ref().map_or_else(|| Some(BTreeSet::new()), |grants| grants.pages.clone())
    }

    fn kept_instagram(&self) -> Selection {
        self.before.as_ref().and_then(|grants| grants.instagram.clone())
    }
}

pub(crate) fn first(
    tx: &Connection,
    request: &DialogRequest,
    person: Option<Person>,
) -> Result<Reply, Error> {
    match person {
        Some(person) if !request.auth_type.reauthenticate => views::carry_on(request, &person),
        _ => views::login(tx, request),
    }
}

pub(crate) fn submitted(
    tx: &Connection,
    sandbox: &Sandbox,
    request: &DialogRequest,
    person: Option<Person>,
    form: &Form,
) -> Result<Reply, Error> {
    let action = form.get("action").unwrap_or_default();
    if action == "cancel" {
        return outcome::cancelled(tx, request);
    }
    let now = sandbox.now();
    match form.get("step").unwrap_or_default() {
        "login" if action == "new_person" => return views::new_person(request, None),
        "login" => {
            let chosen = form.get("person").map(|id| world::person(tx, id)).transpose()?.flatten();
            let Some(person) = chosen else { return views::login(tx, request) };
            let session = log_in(tx, &person.id, now)?;
            return Ok(Reply { session: Some(session), ..after_login(tx, request, &person, now)? });
        }
        "new_person" if action == "create" => return create_person(tx, request, form, now),
        "new_person" => return views::login(tx, request),
        _ => {}
    }
    // Everything below acts for somebody; without a session the dialog starts again.
    let Some(person) = person else { return views::login(tx, request) };
    match (form.get("step").unwrap_or_default(), action) {
        ("continue", "continue") => after_login(tx, request, &person, now),
        ("continue", _) => views::login(tx, request),
        ("business", action) => choose_business(tx, request, &person, form, action, now),
        ("new_page", "create") => create_page(tx, request, &person, form, now),
        ("new_page", _) => match form.get("business") {
            None => after_login(tx, request, &person, now),
            business => {
                let question = Question::of(tx, request, &person.id, now)?;
                ask_assets(tx, request, &person, &question, business)
            }
        },
        ("reconnect", "allow") if !request.for_system_user() => reconnect(tx, request, &person, now),
        ("reconnect" | "permissions", _) if action != "allow" => {
            let question = Question::of(tx, request, &person.id, now)?;
            ask_assets(tx, request, &person, &question, form.get("business"))
        }
        ("assets", "next") => {
            let question = Question::of(tx, request, &person.id, now)?;
            views::permissions(request, &person, &question, form)
        }
        ("assets", "new_page") => views::new_page(request, &person, form.get("business"), None),
        ("permissions", _) => allow(tx, request, &person, form, now),
        _ => views::carry_on(request, &person),
    }
}

fn after_login(tx: &Connection, request: &DialogRequest, person: &Person, now: i64) -> Result<Reply, Error> {
    let inactive = settings::get(tx, settings::APP_MODE)?.as_deref() == Some("inactive");
    if inactive && person.app_role.is_none() {
        return views::refused(&request::inactive(&request.app_name));
    }
    if request.for_system_user() {
        return ask_business(tx, request, person, None);
    }
    let question = Question::of(tx, request, &person.id, now)?;
    let chose_nothing = question.pages && question.chose_no_page();
    if question.nothing_new() && !chose_nothing && !request.auth_type.reauthorize {
        views::reconnect(tx, request, person, &question)
    } else {
        ask_assets(tx, request, person, &question, None)
    }
}

fn ask_business(
    tx: &Connection,
    request: &DialogRequest,
    person: &Person,
    problem: Option<&str>,
) -> Result<Reply, Error> {
    views::business(request, person, &businesses::of_person(tx, &person.id)?, problem)
}

/// A system user acts inside a business: one of the person's, or a new one.
fn choose_business(
    tx: &Connection,
    request: &DialogRequest,
    person: &Person,
    form: &Form,
    action: &str,
    now: i64,
) -> Result<Reply, Error> {
    let chosen = if action == "create" {
        let Some(name) = checked_name(form.get("business_name")) else {
            let problem = "Give the business a name of at most 80 characters.";
            return ask_business(tx, request, person, Some(problem));
        };
        let business = businesses::add(tx, &name, now)?;
        businesses::join(tx, &business.id, &person.id)?;
        Some(business)
    } else {
        chosen_business(tx, person, form)?
    };
    let Some(business) = chosen else { return ask_business(tx, request, person, None) };
    let question = Question::of(tx, request, &person.id, now)?;
    ask_assets(tx, request, person, &question, Some(&business.id))
}

fn chosen_business(tx: &Connection, person: &Person, form: &Form) -> Result<Option<Business>, Error> {
    let own = businesses::of_person(tx, &person.id)?;
    Ok(own.into_iter().find(|business| form.get("business") == Some(business.id.as_str())))
}

fn ask_assets(
    tx: &Connection,
    request: &DialogRequest,
    person: &Person,
    question: &Question,
    business: Option<&str>,
) -> Result<Reply, Error> {
    if question.pages {
        views::assets(tx, request, person, question, business)
    } else {
        let carried = business.map(|id| ("business".to_owned(), id.to_owned()));
        views::permissions(request, person, question, &Form(carried.into_iter().collect()))
    }
}

fn create_person(tx: &Connection, request: &DialogRequest, form: &Form, now: i64) -> Result<Reply, Error> {
    let Some(name) = checked_name(form.get("name")) else {
        return views::new_person(request, Some("Give the person a name of at most 80 characters."));
    };
    let person = world::add_person(tx, &name, now)?;
    let session = log_in(tx, &person.id, now)?;
    Ok(Reply { session: Some(session), ..views::new_page(request, &person, None, None)? })
}

fn create_page(
    tx: &Connection,
    request: &DialogRequest,
    person: &Person,
    form: &Form,
    now: i64,
) -> Result<Reply, Error> {
    let Some(name) = checked_name(form.get("page_name")) else {
        let problem = Some("Give the Page a name of at most 80 characters.");
        return views::new_page(request, person, form.get("business"), problem);
    };
    let kind = form.get("instagram").and_then(InstagramKind::parse).unwrap_or(InstagramKind::None);
    let tasks: Vec<String> = ADMIN_TASKS.iter().map(|task| (*task).to_owned()).collect();
    world::add_page(tx, &person.id, &name, &tasks, kind, now)?;
    let question = Question::of(tx, request, &person.id, now)?;
    ask_assets(tx, request, person, &question, form.get("business"))
}

/// A name as a person types it: trimmed, not empty, not endless.
pub(crate) fn checked_name(text: Option<&str>) -> Option<String> {
    let name = text.unwrap_or_default().trim();
    (!name.is_empty() && name.chars().count() <= 80).then(|| name.to_owned())
}

/// The same choices as last time.
fn reconnect(tx: &Connection, request: &DialogRequest, person: &Person, now: i64) -> Result<Reply, Error> {
    let question = Question::of(tx, request, &person.id, now)?;
    if !question.nothing_new() {
        // Something changed while the page stood open: ask properly.
        return ask_assets(tx, request, person, &question, None);
    }
    let consent = Consent {
        pages: question.kept_pages(),
        instagram: question.kept_instagram(),
        permissions: question.permissions.iter().map(|permission| (permission.clone(), true)).collect(),
    };
    outcome::allowed(tx, request, &Allowed { person, consent, business: None }, now)
}

fn allow(
    tx: &Connection,
    request: &DialogRequest,
    person: &Person,
    form: &Form,
    now: i64,
) -> Result<Reply, Error> {
    let business = chosen_business(tx, person, form)?.filter(|_| request.for_system_user());
    if request.for_system_user() && business.is_none() {
        return ask_business(tx, request, person, None);
    }
    let question = Question::of(tx, request, &person.id, now)?;
    let (roles, with_instagram) = grants::choosable(tx, &person.id)?;
    let page_ids: Vec<&str> = roles.iter().map(|role| role.page.id.as_str()).collect();
    let account_ids: Vec<&str> = with_instagram
        .iter()
        .filter_map(|page| page.instagram.as_ref())
        .map(|account| account.id.as_str())
        .collect();
    let ticked = |permission: &str| {
        permission == PUBLIC_PROFILE || form.all("permission").any(|value| value == permission)
    };
    let permissions: BTreeMap<String, bool> =
        question.permissions.iter().map(|permission| (permission.clone(), ticked(permission))).collect();
    let consent = Consent {
        pages: if question.pages { selection(form, "page", &page_ids) } else { question.kept_pages() },
        instagram: if question.instagram {
            selection(form, "instagram", &account_ids)
        } else {
            question.kept_instagram()
        },
        permissions,
    };
    outcome::allowed(tx, request, &Allowed { person, consent, business }, now)
}

/// `page` belongs to `pages_choice`, `instagram` to `instagram_choice`. Ids that are not the person's are ignored.
fn selection(form: &Form, name: &str, own: &[&str]) -> Selection {
    let choice = if name == "page" { "pages_choice" } else { "instagram_choice" };
    if form.get(choice) == Some("all") {
        return None;
    }
    Some(form.all(name).filter(|id| own.contains(id)).map(str::to_owned).collect())
}
