//! `GET /docs`: the API reference as a page, made of the same declarations as the OpenAPI document.

use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jetbridge_domain::event;
use jetbridge_domain::reason::Reason;
use serde_json::Value;

use super::api;
use super::openapi::{Field, Kind, Operation, Unsampled};
use super::router::Web;

#[derive(Template)]
#[template(path = "reference.html")]
struct Reference {
    /// Where this gateway is, for the commands.
    url: String,
    areas: Vec<(&'static str, &'static str, Vec<Entry>)>,
    events: Vec<(&'static str, &'static str, String)>,
    reasons: Vec<(u16, u16, &'static str)>,
}

/// An operation, ready to be shown.
struct Entry {
    operation: &'static Operation,
    path: String,
    command: String,
    sample: String,
    failures: Vec<(u16, u16, &'static str)>,
    nested: Vec<(&'static str, &'static [Field])>,
}

fn row(reason: Reason) -> (u16, u16, &'static str) {
    let row = reason.row();
    (row.code, row.status, row.message)
}

fn pretty(json: &Value) -> Result<String, Unsampled> {
    serde_json::to_string_pretty(json).map_err(|_| Unsampled)
}

impl Entry {
    fn of(operation: &'static Operation, url: &str) -> Result<Self, Unsampled> {
        let path = operation.path();
        let nested = |f: &Field| match f.kind {
            Kind::Objects(fields) => Some((f.name, fields)),
            _ => None,
        };
        let lists: Vec<(&'static str, &'static [Field])> =
            operation.answer.iter().filter_map(nested).collect();
        // One level further down is as deep as answers go.
        let inner: Vec<(&'static str, &'static [Field])> =
            lists.iter().flat_map(|(_, fields)| fields.iter().filter_map(nested)).collect();
        Ok(Self {
            command: command(operation, url, &path),
            sample: pretty(&operation.sample_json()?)?,
            failures: operation.failures().into_iter().map(row).collect(),
            nested: lists.into_iter().chain(inner).collect(),
            operation,
            path,
        })
    }

    fn method(&self) -> String {
        self.operation.method.word().to_uppercase()
    }
}

/// Text with what stands in backticks set as code; escaped, and so safe to put on the page.
struct Said(String);

impl HtmlSafe for Said {}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn said(text: &str) -> Said {
    let mut out = String::with_capacity(text.len() + 32);
    let mut code = false;
    for c in text.chars() {
        match c {
            '`' => {
                out.push_str(if code { "</code>" } else { "<code>" });
                code = !code;
            }
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    if code {
        out.push_str("</code>");
    }
    Said(out)
}

/// The call as a command for a terminal.
fn command(operation: &Operation, url: &str, path: &str) -> String {
    let method = operation.method.word().to_uppercase();
    let mut line = match method.as_str() {
        "GET" | "POST" => "curl".to_owned(),
        other => format!("curl -X {other}"),
    };
    let query = operation.input.iter().find(|f| f.needed && !operation.method.has_body());
    let query = query.map(|f| format!("?{}=…", f.name)).unwrap_or_default();
    line.push_str(&format!(" '{url}{path}{query}'"));
    if operation.token {
        line.push_str(" \\\n  -H \"Authorization: Bearer $TOKEN\"");
    }
    if operation.method.has_body() {
        line.push_str(&format!(" \\\n  -d '{}'", operation.example));
    }
    line
}

fn page(web: &Web) -> Result<String, Unsampled> {
    let url = web.app.config.public("");
    let url = url.trim_end_matches('/').to_owned();
    let area = |area: &'static str| {
        let of = api::operations().into_iter().filter(|o| o.area == area);
        of.map(|o| Entry::of(o, &url)).collect::<Result<Vec<_>, _>>()
    };
    let mut events = Vec::new();
    for ((name, when), (_, body)) in event::names().zip(event::samples()?) {
        let body: Value = serde_json::from_str(&body).map_err(|_| Unsampled)?;
        events.push((name, when, pretty(&body)?));
    }
    let page = Reference {
        areas: vec![
            ("facebook", "Links and connections", area("facebook")?),
            ("settings", "Settings", area("settings")?),
        ],
        events,
        reasons: Reason::ALL.iter().copied().map(row).collect(),
        url,
    };
    page.render().map_err(|_| Unsampled)
}

/// Shows the page.
pub(super) async fn handler(State(web): State<Web>) -> Response {
    match page(&web) {
        Ok(html) => {
            let head = [(CONTENT_TYPE, "text/html; charset=utf-8"), (CACHE_CONTROL, "public, max-age=300")];
            (head, html).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "the API reference cannot be rendered");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn backticks_become_code_and_nothing_else_becomes_markup() {
        assert_eq!(said("a `b<c>` & d").0, "a <code>b&lt;c&gt;</code> &amp; d");
        assert_eq!(said("a `b").0, "a <code>b</code>");
    }
}
