//! What every answer of the Graph API carries, whether it is a response of its own or one part of a batch.

use aws_lc_rs::digest;
use axum::http::{HeaderValue, Method, Response, StatusCode, header};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::graph::call::Call;
use crate::graph::error::{self, GraphError};
use crate::{Sandbox, settings};

/// What an edge answers.
pub(crate) enum Answer {
    Json(Value),
    Redirect(String),
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Answer::Json(value)
    }
}

/// What a write answers: a boolean, or the text that some of Meta's pages print.
pub(crate) fn success(tx: &Connection) -> Result<Value, GraphError> {
    let as_text = settings::is_on(tx, settings::SUCCESS_AS_TEXT)?;
    Ok(if as_text { json!({"success": "true"}) } else { json!({"success": true}) })
}

/// Both lists as one, in order.
pub(crate) fn union(mut fields: Vec<String>, more: Vec<String>) -> Vec<String> {
    fields.extend(more);
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// The answer with the headers that all have.
pub(crate) fn finish(sandbox: &Sandbox, answer: Result<Answer, GraphError>) -> Response<String> {
    let trace = error::trace_id();
    let mut response = match answer {
        Ok(Answer::Json(value)) => Response::new(value.to_string()),
        Ok(Answer::Redirect(url)) => {
            let mut response = Response::new(String::new());
            *response.status_mut() = StatusCode::FOUND;
            if let Ok(url) = HeaderValue::from_str(&url) {
                response.headers_mut().insert(header::LOCATION, url);
            }
            response
        }
        Err(error) => error.into_response(&trace),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-cache, no-store, must-revalidate"),
    );
    let version = &sandbox.config().graph_version;
    for (name, value) in
        [("facebook-api-version", version), ("x-fb-trace-id", &trace), ("x-fb-debug", &trace)]
    {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    headers.insert("x-fb-rev", HeaderValue::from_static("1030000001"));
    response
}

/// Names the answer of a read, and leaves its body out when the caller holds it already.
pub(crate) fn tag(call: &Call, mut response: Response<String>) -> Response<String> {
    if call.method != Method::GET || response.status() != StatusCode::OK {
        return response;
    }
    let digest = digest::digest(&digest::SHA256, response.body().as_bytes());
    let name: String = hex::encode(digest).chars().take(40).collect();
    let quoted = format!("\"{name}\"");
    if let Ok(value) = HeaderValue::from_str(&quoted) {
        response.headers_mut().insert(header::ETAG, value);
    }
    let held = call.if_none_match.as_deref().unwrap_or_default();
    let same = |tag: &str| tag.trim().trim_start_matches("W/") == quoted || tag.trim() == "*";
    if held.split(',').any(same) {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.body_mut().clear();
    }
    response
}
