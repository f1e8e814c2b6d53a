//! What visitors and those who run a Page do by themselves, one act a call.
//!
//! `POST /sandbox/api/content` with `{"act": "comment", "on": "...", "from_name": "...", "text": "..."}` and so
//! on; [`Act`] lists them all. It answers the id of what came of it.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use serde_json::json;

use crate::content::acts::{self, Act, Refusal};
use crate::control::{Answer, Refused, parse};
use crate::{Sandbox, content};

pub(crate) async fn perform(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let act: Act = parse(&body)?;
    let id = do_now(&sandbox, &act).map_err(|refusal| match refusal {
        Refusal::Missing => Refused::missing("object"),
        Refusal::Impossible(why) => Refused::bad(why),
        Refusal::Failed(error) => error.into(),
    })?;
    Ok(Json(json!({"id": id})))
}

/// Performs an act and lets its webhooks go.
pub(crate) fn do_now(sandbox: &Sandbox, act: &Act) -> Result<String, Refusal> {
    let now = sandbox.now();
    let done = sandbox.db().run(|tx| {
        content::settle(tx, now)?;
        acts::perform(tx, act, now)
    });
    sandbox.inner.wake.notify_one();
    done
}
