//! Who controls a thread, where several apps share a Page: asking, passing, taking and letting go.

use axum::http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::graph::auth::Caller;
use crate::graph::error::GraphError;
use crate::graph::messages::{self, refusal};
use crate::graph::{Call, Context, reply};
use crate::messaging::{self, Owner, Thread};
use crate::world::Page;

/// The edges of this subject; `None`: the edge is none of them.
pub(crate) fn edge(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
    name: &str,
) -> Result<Option<Value>, GraphError> {
    let known = match (&call.method, name) {
        (&Method::GET, "thread_owner") => true,
        (&Method::POST, name) => matches!(
            name,
            "pass_thread_control"
                | "take_thread_control"
                | "request_thread_control"
                | "release_thread_control"
                | "extend_thread_control"
        ),
        _ => false,
    };
    if !known {
        return Ok(None);
    }
    let thread = named(tx, call, page, context.now)?;
    messages::check_rights(tx, caller, page, thread.platform)?;
    if name == "thread_owner" {
        return Ok(Some(owner(context, &thread)));
    }
    let held = !matches!(thread.owner, Owner::Other(_));
    match name {
        "pass_thread_control" => {
            let target =
                call.param("target_app_id").ok_or_else(|| GraphError::missing_parameter("target_app_id"))?;
            if !held {
                return Err(refusal::another_app(thread.platform));
            }
            let to = if target == context.app_id { Owner::ThisApp } else { Owner::Other(target.to_owned()) };
            messaging::set_owner(tx, &thread, &to)?;
        }
        "take_thread_control" => messaging::set_owner(tx, &thread, &Owner::ThisApp)?,
        "release_thread_control" | "extend_thread_control" if !held => {
            return Err(refusal::another_app(thread.platform));
        }
        "release_thread_control" => messaging::set_owner(tx, &thread, &Owner::Nobody)?,
        // Asking and keeping it longer change nothing here.
        _ => {}
    }
    reply::success(tx).map(Some)
}

/// `recipient` is an object with an id, or in a query the bare id.
fn named(tx: &Connection, call: &Call, page: &Page, now: i64) -> Result<Thread, GraphError> {
    match call.param("recipient") {
        Some(id) if id.bytes().all(|byte| byte.is_ascii_digit()) => messages::thread_with(tx, call, page, id),
        _ => messages::recipient(tx, call, page, now).map(|to| to.thread),
    }
}

fn owner(context: &Context, thread: &Thread) -> Value {
    let app_id = match &thread.owner {
        Owner::ThisApp => &context.app_id,
        Owner::Other(app) => app,
        Owner::Nobody => return json!({"data": []}),
    };
    json!({"data": [{"thread_owner": {"app_id": app_id}}]})
}
