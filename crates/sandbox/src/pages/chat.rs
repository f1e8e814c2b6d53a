//! The chat: a visitor of the sandbox plays somebody who writes to a Page or an Instagram account, and sees what
//! the business answers.

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::Response;
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::dialog::checked_name;
use crate::messaging::acts::{self, Act};
use crate::messaging::{self, Owner, Platform, State as Reach, Thread, attachments, messages};
use crate::pages::bubble::{self, Bubble};
use crate::pages::{time, webhooks};
use crate::world::{self, Page};
use crate::{Error, Sandbox, pages};

/// More than anybody reads at once.
const SHOWN: usize = 100;

struct ThreadLine {
    thread: Thread,
    place: String,
    last: String,
}

#[derive(Template)]
#[template(path = "chats.html")]
struct All {
    pages: Vec<Page>,
    threads: Vec<ThreadLine>,
}

pub(crate) async fn list(State(sandbox): State<Sandbox>) -> Response<Body> {
    let shown = sandbox.db().run(|tx| {
        let pages = world::pages(tx)?;
        let mut threads = Vec::new();
        for page in &pages {
            for thread in messaging::of_page(tx, &page.id, None)? {
                let newest = messages::of_thread(tx, &thread)?.into_iter().next();
                let last = newest.map(|message| message.text().unwrap_or("(no text)").to_owned());
                let place = place(page, thread.platform);
                threads.push(ThreadLine { thread, place, last: last.unwrap_or_default() });
            }
        }
        threads.sort_by_key(|line| std::cmp::Reverse(line.thread.updated_at));
        Ok::<_, Error>(All { pages, threads })
    });
    pages::page(shown)
}

fn place(page: &Page, platform: Platform) -> String {
    match (&page.instagram, platform) {
        (Some(account), Platform::Instagram) => format!("Instagram @{}", account.username),
        _ => page.name.clone(),
    }
}

#[derive(Deserialize)]
pub(crate) struct Beginning {
    account: String,
    name: String,
}

pub(crate) async fn begin(State(sandbox): State<Sandbox>, Form(form): Form<Beginning>) -> Response<Body> {
    let Some(name) = checked_name(Some(&form.name)) else { return pages::see_other("/sandbox/chat") };
    let now = sandbox.now();
    let begun = sandbox.db().run(|tx| match messaging::channel(tx, &form.account)? {
        Some((page, platform)) => messaging::with(tx, &page, platform, &name, now).map(Some),
        None => Ok(None),
    });
    match begun {
        Ok(Some(thread)) => pages::see_other(&format!("/sandbox/chat/{}", thread.person)),
        Ok(None) => pages::see_other("/sandbox/chat"),
        Err(error) => pages::failed(&error),
    }
}

#[derive(Template)]
#[template(path = "chat.html")]
struct Shown {
    thread: Thread,
    place: String,
    bubbles: Vec<Bubble>,
    reactions: &'static [(&'static str, &'static str)],
    kinds: &'static [&'static str],
    states: [Reach; 4],
    window: Option<String>,
    owner: Option<String>,
    inbox_app: &'static str,
    notice: Option<String>,
    refresh: bool,
}

#[derive(Deserialize)]
pub(crate) struct ShowQuery {
    refresh: Option<String>,
    sent: Option<String>,
}

pub(crate) async fn show(
    State(sandbox): State<Sandbox>,
    Path(person): Path<String>,
    Query(query): Query<ShowQuery>,
) -> Response<Body> {
    let notice = query.sent.as_deref().map(|sent| match sent {
        "yes" => "Done; the webhook is on its way.".to_owned(),
        other => webhooks::notice(other).to_owned(),
    });
    conversation(&sandbox, &person, notice, query.refresh.as_deref() == Some("on"))
}

fn conversation(sandbox: &Sandbox, person: &str, notice: Option<String>, refresh: bool) -> Response<Body> {
    let shown = sandbox.db().run(|tx| match messaging::of_person(tx, person)? {
        Some(thread) => read(tx, sandbox, thread, notice, refresh).map(Some),
        None => Ok(None),
    });
    match shown {
        Ok(Some(shown)) => pages::page(Ok(shown)),
        Ok(None) => pages::not_found(),
        Err(error) => pages::failed(&error),
    }
}

fn read(
    tx: &Connection,
    sandbox: &Sandbox,
    thread: Thread,
    notice: Option<String>,
    refresh: bool,
) -> Result<Shown, Error> {
    let page = world::page(tx, &thread.page_id)?;
    let mut newest = messages::of_thread(tx, &thread)?;
    newest.truncate(SHOWN);
    newest.reverse();
    let bubbles = newest
        .iter()
        .map(|message| bubble::of(tx, sandbox.config(), &thread, message))
        .collect::<Result<Vec<_>, _>>()?;
    let closes = thread.opened_at.map(|at| at.saturating_add(24 * 3_600));
    Ok(Shown {
        place: page.map(|page| place(&page, thread.platform)).unwrap_or_default(),
        bubbles,
        reactions: acts::reactions(thread.platform),
        kinds: attachments::kinds(thread.platform),
        states: Reach::ALL,
        window: closes.filter(|at| *at >= sandbox.now()).map(time::utc),
        owner: match &thread.owner {
            Owner::Other(app) => Some(app.clone()),
            Owner::ThisApp | Owner::Nobody => None,
        },
        inbox_app: acts::INBOX_APP,
        notice,
        refresh,
        thread,
    })
}

/// One act. The form's fields are those of the control API; what was left empty was not given.
pub(crate) async fn act(
    State(sandbox): State<Sandbox>,
    Path(person): Path<String>,
    Form(form): Form<Vec<(String, String)>>,
) -> Response<Body> {
    let given = form.into_iter().filter(|(_, value)| !value.trim().is_empty());
    let given: Map<String, Value> = given.map(|(key, value)| (key, Value::from(value))).collect();
    let Ok(act) = serde_json::from_value::<Act>(Value::Object(given)) else {
        let notice = "Nothing was done: something is missing.".to_owned();
        return conversation(&sandbox, &person, Some(notice), false);
    };
    let now = sandbox.now();
    let acted = sandbox.db().run(|tx| match messaging::of_person(tx, &person)? {
        Some(thread) => acts::act(tx, sandbox.config(), &thread, act, now).map(Some),
        None => Ok(None),
    });
    sandbox.inner.wake.notify_one();
    match acted {
        Ok(Some(Ok(done))) => {
            let sent = done.queued.why_not().unwrap_or("yes");
            pages::see_other(&format!("/sandbox/chat/{person}?sent={sent}#write"))
        }
        Ok(Some(Err(why))) => conversation(&sandbox, &person, Some(format!("Not done: {why}.")), false),
        Ok(None) => pages::not_found(),
        Err(error) => pages::failed(&error),
    }
}
