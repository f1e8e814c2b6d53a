//! The inspector plays a partner's endpoint: it keeps every webhook it receives and checks the signatures.

use askama::Template;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use rusqlite::{Connection, Row};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::control::{Answer, parse};
use crate::graph::call::header_text;
use crate::pages::{self, time};
use crate::{Error, Sandbox, settings, sign};

/// A signature is good for five minutes around the time it names.
const TOLERANCE_SECONDS: u64 = 300;
const SHOWN: i64 = 200;
const MAX_BODY: usize = 16 * 1024 * 1024;

pub(crate) fn routes() -> Router<Sandbox> {
    Router::new()
        .route("/inspector", get(show))
        .route("/inspector/hook", post(receive).layer(DefaultBodyLimit::max(MAX_BODY)))
        .route("/inspector/clear", post(clear_by_form))
        .route("/sandbox/api/inspector", get(list).put(set_secret).delete(clear_by_api))
}

struct Received {
    id: i64,
    at: i64,
    webhook_id: Option<String>,
    timestamp: Option<String>,
    signature: Option<String>,
    body: Vec<u8>,
    verdict: String,
    duplicate: bool,
}

impl Received {
    fn read(row: &Row<'_>) -> rusqlite::Result<Received> {
        Ok(Received {
            id: row.get(0)?,
            at: row.get(1)?,
            webhook_id: row.get(2)?,
            timestamp: row.get(3)?,
            signature: row.get(4)?,
            body: row.get(5)?,
            verdict: row.get(6)?,
            duplicate: row.get(7)?,
        })
    }

    fn verdict(&self, secret: Option<&str>) -> &'static str {
        let Some(secret) = secret else { return "unchecked" };
        let (Some(id), Some(timestamp), Some(signature)) =
            (&self.webhook_id, &self.timestamp, &self.signature)
        else {
            return "invalid";
        };
        let fresh = timestamp.parse::<i64>().is_ok_and(|at| at.abs_diff(self.at) <= TOLERANCE_SECONDS);
        if fresh && sign::standard_webhook_is_valid(secret, id, timestamp, &self.body, signature) {
            "verified"
        } else {
            "invalid"
        }
    }

    /// The body as JSON; anything else as a string.
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&self.body).into_owned()))
    }

    fn event_type(&self) -> String {
        self.json().get("type").and_then(Value::as_str).unwrap_or("no type").to_owned()
    }
}

const SELECT: &str = "SELECT id, received_at, webhook_id, webhook_timestamp, webhook_signature, body, verdict, \
     EXISTS (SELECT 1 FROM inspector e WHERE e.webhook_id = i.webhook_id AND e.id < i.id) FROM inspector i";

fn newest(tx: &Connection, limit: i64) -> Result<Vec<Received>, Error> {
    let mut statement = tx.prepare_cached(&format!("{SELECT} ORDER BY id DESC LIMIT ?1"))?;
    let rows = statement.query_map([limit], Received::read)?.collect::<Result<_, _>>()?;
    Ok(rows)
}

async fn receive(State(sandbox): State<Sandbox>, headers: HeaderMap, body: Bytes) -> Response<Body> {
    let text = |name| header_text(&headers, name).map(str::to_owned);
    let received = Received {
        id: 0,
        at: sandbox.unmoved_now(),
        webhook_id: text("webhook-id"),
        timestamp: text("webhook-timestamp"),
        signature: text("webhook-signature"),
        body: body.to_vec(),
        verdict: String::new(),
        duplicate: false,
    };
    let stored = sandbox.db().run(|tx| {
        let secret = settings::get(tx, settings::INSPECTOR_SECRET)?;
        let verdict = received.verdict(secret.as_deref());
        tx.execute(
            "INSERT INTO inspector (received_at, webhook_id, webhook_timestamp, webhook_signature, \
             content_type, body, verdict) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            (
                received.at,
                &received.webhook_id,
                &received.timestamp,
                &received.signature,
                text("content-type"),
                &received.body,
                verdict,
            ),
        )?;
        Ok::<_, Error>(())
    });
    match stored {
        Ok(()) => axum::response::IntoResponse::into_response(Json(json!({}))),
        Err(error) => pages::failed(&error),
    }
}

async fn list(State(sandbox): State<Sandbox>) -> Answer {
    let received = sandbox.db().run(|tx| newest(tx, -1))?;
    let list: Vec<Value> = received
        .iter()
        .map(|received| {
            json!({
                "webhook_id": received.webhook_id, "received_at": received.at,
                "verified": received.verdict == "verified", "verdict": received.verdict,
                "duplicate": received.duplicate, "body": received.json(),
            })
        })
        .collect();
    Ok(Json(json!({"list": list})))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretInput {
    secret: String,
}

/// Stores the secret and checks what came before it was known. A verdict once given stays: a webhook signed with
/// an earlier secret was right then.
async fn set_secret(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let input: SecretInput = parse(&body)?;
    sandbox.set_inspector_secret(&input.secret)?;
    Ok(Json(json!({"success": true})))
}

impl Sandbox {
    /// Tells the inspector the secret that signs what it receives (`whsec_...`; empty forgets it).
    pub fn set_inspector_secret(&self, secret: &str) -> Result<(), Error> {
        self.db().run(|tx| {
            let secret = Some(secret).filter(|secret| !secret.is_empty());
            settings::set(tx, settings::INSPECTOR_SECRET, secret)?;
            for received in newest(tx, -1)?.iter().filter(|received| received.verdict == "unchecked") {
                let verdict = received.verdict(secret);
                tx.execute("UPDATE inspector SET verdict = ?2 WHERE id = ?1", (received.id, verdict))?;
            }
            Ok::<_, Error>(())
        })
    }
}

fn clear(sandbox: &Sandbox) -> Result<(), Error> {
    sandbox.db().run(|tx| {
        tx.execute("DELETE FROM inspector", [])?;
        Ok(())
    })
}

async fn clear_by_api(State(sandbox): State<Sandbox>) -> Answer {
    clear(&sandbox)?;
    Ok(Json(json!({"success": true})))
}

async fn clear_by_form(State(sandbox): State<Sandbox>) -> Response<Body> {
    pages::done(clear(&sandbox), "/inspector")
}

struct Line {
    event_type: String,
    verdict: String,
    duplicate: bool,
    time: String,
    webhook_id: String,
    body: String,
}

#[derive(Template)]
#[template(path = "inspector.html")]
struct Shown {
    lines: Vec<Line>,
    refresh: bool,
    has_secret: bool,
}

#[derive(Deserialize)]
struct ShowQuery {
    refresh: Option<String>,
}

async fn show(State(sandbox): State<Sandbox>, Query(query): Query<ShowQuery>) -> Response<Body> {
    let shown = sandbox.db().run(|tx| {
        let line = |received: Received| Line {
            event_type: received.event_type(),
            verdict: received.verdict.clone(),
            duplicate: received.duplicate,
            time: time::utc(received.at),
            webhook_id: received.webhook_id.clone().unwrap_or_else(|| "none".to_owned()),
            body: pretty(&String::from_utf8_lossy(&received.body)),
        };
        Ok::<_, Error>(Shown {
            lines: newest(tx, SHOWN)?.into_iter().map(line).collect(),
            refresh: query.refresh.as_deref() == Some("on"),
            has_secret: settings::get(tx, settings::INSPECTOR_SECRET)?.is_some(),
        })
    });
    pages::page(shown)
}

/// Indents JSON without touching it otherwise: the order of keys and every escape stay as received.
fn pretty(text: &str) -> String {
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_err() {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut in_string, mut escaped, mut just_opened) = (0_usize, false, false, false);
    let line = |out: &mut String, depth: usize| {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    };
    for c in text.chars() {
        if in_string {
            out.push(c);
            in_string = c != '"' || escaped;
            escaped = c == '\\' && !escaped;
            continue;
        }
        if c.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(c, '}' | ']');
        if closes {
            depth = depth.saturating_sub(1);
        }
        if just_opened != closes && (just_opened || closes) {
            line(&mut out, depth);
        }
        just_opened = false;
        out.push(c);
        match c {
            '"' => in_string = true,
            '{' | '[' => {
                depth += 1;
                just_opened = true;
            }
            ',' => line(&mut out, depth),
            ':' => out.push(' '),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::pretty;

    #[test]
    fn indenting_keeps_order_and_escapes() {
        let text = r#"{"b":"a,{\"\\","a":[1,{}],"c":[]}"#;
        let shown = pretty(text);
        assert_eq!(shown, "{\n  \"b\": \"a,{\\\"\\\\\",\n  \"a\": [\n    1,\n    {}\n  ],\n  \"c\": []\n}");
        assert_eq!(pretty("not json"), "not json");
    }
}
