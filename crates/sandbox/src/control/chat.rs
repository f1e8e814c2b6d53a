//! `/sandbox/api/chat...`: conversations, from the side of the people who write.
//!
//! `POST /sandbox/api/chat` with `{"page_id", "name"}` begins one with a Page or an Instagram account (or finds
//! it) and answers the person's id there. `POST /sandbox/api/chat/{person}` does one act, such as
//! `{"do": "message", "text": "hi"}`, and answers `{"mid", "sent", "why"?}`; the acts are those of `Act`.
//! `GET /sandbox/api/chat/{person}` answers the conversation, the newest message first.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use axum::{Json, Router};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::{Answer, Refused, parse, sent};
use crate::messaging::acts::Act;
use crate::messaging::messages::{self, Message};
use crate::messaging::{self, Owner, Thread, acts, samples};
use crate::{Error, Sandbox};

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/sandbox/api/chat", post(begin))
        .route("/sandbox/api/chat/{person}", get(show).post(perform))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BeginInput {
    /// A Page, or an Instagram professional account.
    page_id: String,
    name: String,
}

async fn begin(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let input: BeginInput = parse(&body)?;
    let name = input.name.trim();
    if name.is_empty() {
        return Err(Refused::bad("name must not be empty"));
    }
    let now = sandbox.now();
    let thread = sandbox.db().run(|tx| {
        let Some((page, platform)) = messaging::channel(tx, &input.page_id)? else { return Ok(None) };
        messaging::with(tx, &page, platform, name, now).map(Some)
    })?;
    let thread = thread.ok_or_else(|| Refused::missing("Page"))?;
    Ok(Json(json!({"person": thread.person, "thread": thread.id})))
}

async fn perform(State(sandbox): State<Sandbox>, Path(person): Path<String>, body: Bytes) -> Answer {
    let act: Act = parse(&body)?;
    let now = sandbox.now();
    let acted = sandbox.db().run(|tx| {
        let Some(thread) = messaging::of_person(tx, &person)? else { return Ok::<_, Error>(None) };
        acts::act(tx, sandbox.config(), &thread, act, now).map(Some)
    })?;
    sandbox.inner.wake.notify_one();
    let done = acted.ok_or_else(|| Refused::missing("person"))?.map_err(Refused::bad)?;
    let mut answer = sent(done.queued);
    if let Value::Object(answer) = &mut answer {
        answer.insert("mid".to_owned(), json!(done.mid));
    }
    Ok(Json(answer))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SampleInput {
    /// `page` or `instagram`.
    object: String,
    field: String,
}

/// `POST /sandbox/api/webhooks/test`: what the dashboard's "Test" button sends for a field of messaging.
pub(crate) async fn test_webhook(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let input: SampleInput = parse(&body)?;
    let now = sandbox.now();
    let queued = sandbox.db().run(|tx| samples::queue(tx, &input.object, &input.field, now))?;
    sandbox.inner.wake.notify_one();
    queued.map(|queued| Json(sent(queued))).ok_or_else(|| Refused::missing("sample"))
}

async fn show(State(sandbox): State<Sandbox>, Path(person): Path<String>) -> Answer {
    let shown = sandbox.db().run(|tx| match messaging::of_person(tx, &person)? {
        Some(thread) => describe(tx, &thread).map(Some),
        None => Ok(None),
    })?;
    Ok(Json(shown.ok_or_else(|| Refused::missing("person"))?))
}

fn describe(tx: &Connection, thread: &Thread) -> Result<Value, Error> {
    let messages = messages::of_thread(tx, thread)?;
    let list = messages.iter().map(|message| describe_message(tx, message)).collect::<Result<Vec<_>, _>>()?;
    let owner = match &thread.owner {
        Owner::ThisApp => json!("this_app"),
        Owner::Nobody => Value::Null,
        Owner::Other(app) => json!(app),
    };
    Ok(json!({
        "thread": thread.id, "person": thread.person, "name": thread.name, "username": thread.username(),
        "platform": thread.platform.as_str(), "account_id": thread.account_id(tx)?, "state": thread.state,
        "opened_at": thread.opened_at, "read_at": thread.read_at, "seen_at": thread.seen_at, "owner": owner,
        "messages": list,
    }))
}

fn describe_message(tx: &Connection, message: &Message) -> Result<Value, Error> {
    let reactions: Vec<Value> = messages::reactions(tx, &message.mid)?
        .into_iter()
        .map(|reaction| {
            json!({
                "from_person": reaction.from_person, "reaction": reaction.name, "emoji": reaction.emoji,
            })
        })
        .collect();
    Ok(json!({
        "mid": message.mid, "from_person": message.from_person, "sent_at": message.sent_at,
        "content": message.content, "quick_replies": message.quick_replies, "edits": message.edits,
        "deleted": message.deleted, "reactions": reactions,
    }))
}
