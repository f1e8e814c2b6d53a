//! The login dialog: `GET|POST /{version}/dialog/oauth`.
//!
//! The request stays in the query of every step, so each step checks it again and a reload loses nothing; the
//! choices made so far travel in the form. Everything works without scripts.
//!
//! # Names of the form controls
//!
//! They are part of the interface: browser tests drive them. Every form has `input[name=step]` (hidden) and, but on
//! the pages for making a person or a Page, `button[name=action][value=cancel]`.
//!
//! | `step` | Shown when | Controls |
//! |---|---|---|
//! | `login` | nobody is logged in | `button[name=person][value=<person id>]`, `button[name=action][value=new_person]` |
//! | `continue` | somebody is logged in | `button[name=action][value=continue\|switch]` |
//! | `new_person` | asked for | `input[name=name]`, `button[name=action][value=create\|back]` |
//! | `new_page` | after a new person, or asked for | `input[name=page_name]`, `input[name=instagram][value=none\|professional\|personal]`, `button[name=action][value=create\|skip]` |
//! | `business` | the configuration gives the token of a system user | `input[name=business][value=<business id>]`, `input[name=business_name]`, `button[name=action][value=next\|create]` |
//! | `reconnect` | everything asked is already granted | `button[name=action][value=allow\|edit]` |
//! | `assets` | Page or Instagram permissions are asked | `input[name=pages_choice][value=all\|selected]`, `input[name=page][value=<page id>]`, `input[name=instagram_choice][value=all\|selected]`, `input[name=instagram][value=<account id>]`, `button[name=action][value=next\|new_page]` |
//! | `permissions` | last | `input[name=permission][value=<permission>]`, `button[name=action][value=allow\|back]` |
//!
//! Radio buttons and check boxes have ids too: `pages_choice-all`, `page-<id>`, `instagram-<id>`,
//! `permission-<permission>`. On `assets`, "selected" and every box are ticked at first. A page that refuses the
//! request has `main[data-problem]` with `app`, `insecure`, `domain`, `redirect_uri`, `scope`, `config`,
//! `response_type`, `inactive` or `unavailable`.

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use rusqlite::{Connection, OptionalExtension as _};

use crate::graph::call::header_text;
use crate::world::{self, Person};
use crate::{Error, Sandbox, pages, random};

mod outcome;
mod request;
mod steps;
mod views;

pub(crate) use steps::checked_name;

use request::DialogRequest;

/// Its own name: cookies are shared by all ports of a host, and the app under test lives on one of them.
const COOKIE: &str = "sandbox_session";

/// What a step answers: a page or the way back to the app, perhaps with a new session.
pub(crate) struct Reply {
    pub(crate) content: Content,
    pub(crate) session: Option<String>,
}

pub(crate) enum Content {
    Page(StatusCode, String),
    Redirect(String),
}

/// The fields of a submitted step.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    fn read(body: &[u8]) -> Form {
        Form(url::form_urlencoded::parse(body).into_owned().collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

pub(crate) fn handle(sandbox: &Sandbox, parts: &Parts, body: &Bytes) -> Response<Body> {
    let form = match parts.method {
        Method::GET | Method::HEAD => None,
        Method::POST => Some(Form::read(body)),
        _ => return pages::plain(StatusCode::METHOD_NOT_ALLOWED, "The login dialog is opened with GET."),
    };
    let reply = sandbox.db().run(|tx| {
        let request = match DialogRequest::read(tx, sandbox, parts)? {
            Ok(request) => request,
            Err(refusal) => return views::refused(&refusal),
        };
        let person = logged_in(tx, parts)?;
        match &form {
            None => steps::first(tx, &request, person),
            Some(form) => steps::submitted(tx, sandbox, &request, person, form),
        }
    });
    if form.is_some() {
        // A business that connects is told to the app.
        sandbox.inner.wake.notify_one();
    }
    match reply {
        Ok(reply) => respond(reply),
        Err(error) => pages::failed(&error),
    }
}

fn respond(reply: Reply) -> Response<Body> {
    let mut response = match reply.content {
        // Where a form may lead is left open here: browsers apply that rule to redirects too, and this form
        // ends at the app, which may redirect further to anywhere.
        Content::Page(status, html) => pages::html(status, html, pages::FormTarget::Anywhere),
        Content::Redirect(to) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::FOUND;
            if let Ok(to) = HeaderValue::from_str(&to) {
                response.headers_mut().insert(header::LOCATION, to);
            }
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            response
        }
    };
    if let Some(session) = reply.session {
        let cookie = format!("{COOKIE}={session}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax");
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

fn logged_in(tx: &Connection, parts: &Parts) -> Result<Option<Person>, Error> {
    let cookies = header_text(&parts.headers, header::COOKIE.as_str()).unwrap_or_default();
    let session = cookies
        .split(';')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == COOKIE)
        .map(|(_, value)| value);
    let Some(session) = session else { return Ok(None) };
    let person: Option<String> = tx
        .prepare_cached("SELECT person_id FROM sessions WHERE cookie = ?1")?
        .query_row([session], |row| row.get(0))
        .optional()?;
    person.map_or(Ok(None), |id| world::person(tx, &id))
}

fn log_in(tx: &Connection, person_id: &str, now: i64) -> Result<String, Error> {
    let cookie = random::alphanumeric(40)?;
    tx.execute("INSERT INTO sessions VALUES (?1, ?2, ?3)", (&cookie, person_id, now))?;
    Ok(cookie)
}
