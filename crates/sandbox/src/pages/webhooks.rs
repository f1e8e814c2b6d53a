//! The subscriptions of both levels, what was sent, and a form that writes to a Page.

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::Response;
use rusqlite::Connection;
use serde::Deserialize;

use crate::graph::subscribed_apps;
use crate::graph::subscriptions::{self, Subscription};
use crate::messaging::{acts, samples};
use crate::pages::time;
use crate::webhooks::Queued;
use crate::world::{self, Page};
use crate::{Error, Sandbox, pages};

struct PageLine {
    page: Page,
    fields: Vec<String>,
}

struct Sent {
    id: i64,
    what: String,
    created: String,
    state: String,
    ok: bool,
    body: String,
}

#[derive(Template)]
#[template(path = "webhooks.html")]
struct Shown {
    app: Vec<Subscription>,
    installed: Vec<PageLine>,
    pages: Vec<Page>,
    sent: Vec<Sent>,
    notice: Option<&'static str>,
}

#[derive(Deserialize)]
pub(crate) struct ShowQuery {
    sent: Option<String>,
}

pub(crate) async fn show(State(sandbox): State<Sandbox>, Query(query): Query<ShowQuery>) -> Response<Body> {
    let notice = query.sent.as_deref().map(notice);
    let shown = sandbox.db().run(|tx| {
        let pages = world::pages(tx)?;
        let mut installed = Vec::new();
        for page in &pages {
            if let Some(fields) = subscribed_apps::fields_of(tx, &page.id)? {
                installed.push(PageLine { page: page.clone(), fields });
            }
        }
        Ok::<_, Error>(Shown { app: subscriptions::all(tx)?, installed, pages, sent: sent(tx)?, notice })
    });
    pages::page(shown)
}

/// What became of a message, in words.
pub(crate) fn notice(sent: &str) -> &'static str {
    match sent {
        "yes" => "The message is on its way.",
        "sample" => "The sample is on its way.",
        "no_sample" => "Not sent: there is no sample of this field.",
        "no_such_page" => "There is no such Page.",
        "app_in_development" => {
            "Not sent: the app is in development, and nobody of that name has a role on it."
        }
        "app_not_subscribed" => "Not sent: the app is not subscribed to messages of this kind.",
        "page_not_subscribed" => "Not sent: the Page has not installed the app for this field.",
        "access_off" => "Not sent: the account's owner has switched access to messages off.",
        "no_such_event" => "Done; it causes no webhook.",
        _ => "Not sent: a text and a name are needed.",
    }
}

fn sent(tx: &Connection) -> Result<Vec<Sent>, Error> {
    let mut statement = tx.prepare_cached(
        "SELECT o.id, o.kind, p.name, o.created_at, o.state, o.result, o.attempts, o.body \
         FROM outbox o LEFT JOIN pages p ON p.id = o.page_id ORDER BY o.id DESC LIMIT 50",
    )?;
    let rows = statement.query_map([], |row| {
        let (kind, page): (String, Option<String>) = (row.get(1)?, row.get(2)?);
        let (state, result): (String, Option<String>) = (row.get(4)?, row.get(5)?);
        let attempts: i64 = row.get(6)?;
        let body: Vec<u8> = row.get(7)?;
        Ok(Sent {
            id: row.get(0)?,
            what: page.map_or(kind.clone(), |page| format!("{kind}: {page}")),
            created: time::utc(row.get(3)?),
            ok: state == "delivered",
            state: format!(
                "{state}, attempts: {attempts}, last answer: {}",
                result.as_deref().unwrap_or("none")
            ),
            body: String::from_utf8_lossy(&body).into_owned(),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[derive(Deserialize)]
pub(crate) struct Sample {
    object: String,
    field: String,
}

/// The "Test" button of the dashboard.
pub(crate) async fn send_sample(State(sandbox): State<Sandbox>, Form(form): Form<Sample>) -> Response<Body> {
    let now = sandbox.now();
    let queued = sandbox.db().run(|tx| samples::queue(tx, &form.object, &form.field, now));
    sandbox.inner.wake.notify_one();
    let outcome = match queued {
        Ok(Some(queued)) => queued.why_not().unwrap_or("sample"),
        Ok(None) => "no_sample",
        Err(error) => return pages::failed(&error),
    };
    pages::see_other(&format!("/sandbox/webhooks?sent={outcome}"))
}

#[derive(Deserialize)]
pub(crate) struct Message {
    page_id: String,
    text: String,
    from_name: String,
}

pub(crate) async fn send_message(
    State(sandbox): State<Sandbox>,
    Form(form): Form<Message>,
) -> Response<Body> {
    let (text, name) = (form.text.trim(), form.from_name.trim());
    if text.is_empty() || name.is_empty() {
        return pages::see_other("/sandbox/webhooks?sent=nothing");
    }
    let now = sandbox.now();
    let config = sandbox.config();
    let queued = sandbox.db().run(|tx| acts::write(tx, config, &form.page_id, (name, text), now));
    sandbox.inner.wake.notify_one();
    let outcome = match queued {
        Ok(queued) => queued.unwrap_or(Queued::NoSuchPage).why_not().unwrap_or("yes"),
        Err(error) => return pages::failed(&error),
    };
    pages::see_other(&format!("/sandbox/webhooks?sent={outcome}"))
}
