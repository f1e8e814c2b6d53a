//! Faults on demand: the next N Graph calls that match fail in a chosen way.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use rusqlite::{Connection, OptionalExtension as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::graph::call::Call;
use crate::graph::error::GraphError;
use crate::graph::rate::{self, Usage};
use crate::graph::{Context, Performed, answer, reply};
use crate::{Error, Sandbox};

mod messaging;
pub(crate) mod presets;

/// How a call fails.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(crate) enum Fault {
    /// Meta's error envelope with any code.
    Error(Planted),
    /// An error of the tables, by the name of its row.
    Preset {
        name: String,
        /// Whether the header of the exceeded limit comes with it.
        #[serde(default)]
        headers: bool,
        /// Until the limit lets calls through again.
        #[serde(default)]
        minutes: i64,
    },
    /// Answers right, but late.
    Slow { ms: u64 },
    /// An HTML page of an edge proxy where JSON was expected.
    Html {
        #[serde(default = "bad_gateway")]
        http: u16,
    },
    /// The connection is closed, and nothing was done.
    Drop,
    /// The call is done, and the connection closed in place of its answer.
    Lost,
}

/// An error with any of the envelope's keys; what is not given follows from the code.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Planted {
    pub(crate) code: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) subcode: Option<i64>,
    #[serde(default = "bad_request")]
    pub(crate) http: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub(crate) kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) transient: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_title: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) user_msg: Option<String>,
    /// `error_data`: an object or a text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) data: Option<Value>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) headers: bool,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) minutes: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

fn bad_request() -> u16 {
    400
}

fn bad_gateway() -> u16 {
    502
}

impl Fault {
    /// Refuses what no table knows.
    pub(crate) fn check(&self) -> Result<(), String> {
        match self {
            Fault::Preset { name, .. } if presets::find(name).is_none() => {
                Err(format!("there is no error with the name {name}"))
            }
            _ => Ok(()),
        }
    }
}

/// The longest a call is held up: past any sane client's patience.
const MAX_DELAY: Duration = Duration::from_secs(120);

/// A fault with what it applies to, as the control API takes and shows it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Planned {
    /// `GET /me/accounts`; `*` stands for any method or any one part of the path, a lone `*` for every call.
    #[serde(rename = "match")]
    pub(crate) pattern: String,
    #[serde(default = "once")]
    pub(crate) times: u32,
    #[serde(flatten)]
    pub(crate) fault: Fault,
}

fn once() -> u32 {
    1
}

pub(crate) fn plan(tx: &Connection, planned: &Planned) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO faults (pattern, remaining, fault) VALUES (?1, ?2, ?3)",
        (&planned.pattern, planned.times, serde_json::to_string(&planned.fault)?),
    )?;
    Ok(())
}

pub(crate) fn clear(tx: &Connection) -> Result<(), Error> {
    tx.execute("DELETE FROM faults", [])?;
    Ok(())
}

pub(crate) fn all(tx: &Connection) -> Result<Vec<Planned>, Error> {
    Ok(rows(tx)?.into_iter().map(|(_, planned)| planned).collect())
}

fn rows(tx: &Connection) -> Result<Vec<(i64, Planned)>, Error> {
    let mut statement = tx
        .prepare_cached("SELECT id, pattern, remaining, fault FROM faults WHERE remaining > 0 ORDER BY id")?;
    let rows = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get::<_, String>(3)?)))?
        .collect::<Result<Vec<(i64, String, u32, String)>, _>>()?;
    rows.into_iter()
        .map(|(id, pattern, times, fault)| {
            Ok((id, Planned { pattern, times, fault: serde_json::from_str(&fault)? }))
        })
        .collect()
}

/// The fault for this call, if one is planned; it is used up by being taken.
pub(crate) fn take(sandbox: &Sandbox, call: &Call) -> Result<Option<Fault>, Error> {
    sandbox.db().run(|tx| {
        let any: Option<i64> =
            tx.query_row("SELECT 1 FROM faults LIMIT 1", [], |row| row.get(0)).optional()?;
        if any.is_none() {
            return Ok(None);
        }
        let found =
            rows(tx)?.into_iter().find(|(_, planned)| matches(&planned.pattern, &call.method, &call.path));
        let Some((id, planned)) = found else { return Ok(None) };
        tx.execute("UPDATE faults SET remaining = remaining - 1 WHERE id = ?1", [id])?;
        tx.execute("DELETE FROM faults WHERE remaining <= 0", [])?;
        Ok(Some(planned.fault))
    })
}

fn matches(pattern: &str, method: &Method, path: &[String]) -> bool {
    let pattern = pattern.trim();
    if pattern == "*" {
        return true;
    }
    let (wanted_method, wanted_path) = pattern.split_once(' ').unwrap_or(("*", pattern));
    let wanted: Vec<&str> = wanted_path.split('/').filter(|part| !part.is_empty()).collect();
    (wanted_method == "*" || wanted_method.eq_ignore_ascii_case(method.as_str()))
        && wanted.len() == path.len()
        && wanted.iter().zip(path).all(|(wanted, part)| *wanted == "*" || wanted == part)
}

impl Fault {
    /// The answer in place of the real one; nothing when the call goes on after all.
    pub(crate) async fn play(self, sandbox: &Sandbox, call: &Call) -> Option<Performed> {
        match self {
            Fault::Error(planted) => Some(Performed::Reply(error(sandbox, call, planted))),
            Fault::Preset { name, headers, minutes } => {
                let preset = presets::find(&name)?;
                let (code, subcode, http) = (preset.code, preset.subcode, preset.http);
                let message = Some(preset.message.to_owned());
                let planted =
                    Planted { code, subcode, http, message, headers, minutes, ..Planted::default() };
                Some(Performed::Reply(error(sandbox, call, planted)))
            }
            Fault::Slow { ms } => {
                tokio::time::sleep(Duration::from_millis(ms).min(MAX_DELAY)).await;
                None
            }
            Fault::Html { http } => Some(Performed::Reply(html(http))),
            Fault::Drop => Some(Performed::CutOff),
            Fault::Lost => {
                // Whatever it came to, nobody is told.
                let _ = answer(sandbox, call).await;
                Some(Performed::CutOff)
            }
        }
    }
}

fn error(sandbox: &Sandbox, call: &Call, planted: Planted) -> Response<String> {
    let limit = presets::of_code(planted.code, planted.subcode).and_then(|preset| preset.limit);
    let (headers, minutes) = (planted.headers, planted.minutes);
    let mut response = reply::finish(sandbox, Err(GraphError::planted(planted)));
    if let (Some(limit), true) = (limit, headers) {
        let context = Context::of(sandbox);
        let usage = Usage { limit, percent: 104, minutes };
        let added = sandbox.db().run(|tx| {
            rate::add(tx, &context, call, usage, &mut response);
            Ok::<_, Error>(())
        });
        if let Err(error) = added {
            tracing::error!(error = &error as &dyn std::error::Error, "a planned fault lacks its header");
        }
    }
    response
}

fn html(http: u16) -> Response<String> {
    let page = "<!DOCTYPE html><html><head><title>Error</title></head><body><h1>Sorry, something went wrong.\
                </h1><p>We're working on it and we'll get it fixed as soon as we can.</p></body></html>";
    let mut response = Response::new(page.to_owned());
    *response.status_mut() = StatusCode::from_u16(http).unwrap_or(StatusCode::BAD_GATEWAY);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// A body that breaks before its first byte: the server has no choice but to close the connection.
pub(crate) fn cut_off() -> Response<Body> {
    let broken = futures_util::stream::once(async {
        Err::<Bytes, io::Error>(io::Error::new(io::ErrorKind::ConnectionAborted, "planned by the sandbox"))
    });
    let mut response = Response::new(Body::from_stream(broken));
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("512"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_matches_method_and_path_part_by_part() {
        let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
        assert!(matches("GET /me/accounts", &Method::GET, &path("me/accounts")));
        assert!(!matches("GET /me/accounts", &Method::POST, &path("me/accounts")));
        assert!(!matches("GET /me", &Method::GET, &path("me/accounts")));
        assert!(matches("POST /*/subscribed_apps", &Method::POST, &path("123/subscribed_apps")));
        assert!(matches("/debug_token", &Method::GET, &path("debug_token")));
        assert!(matches("*", &Method::DELETE, &path("a/b/c")));
    }
}
