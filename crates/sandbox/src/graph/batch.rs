//! Several calls in one: `POST /` with `batch`, and `GET /?ids=`.

use std::collections::BTreeMap;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::GraphError;
use super::{Answer, Call, MAX_BODY, answer, finish, read_form, split_path};
use crate::{Sandbox, faults};

/// The most calls that one batch may hold.
const MOST: usize = 50;

/// One call of a batch, as it is written in the list.
#[derive(Deserialize)]
struct Part {
    method: String,
    relative_url: String,
    body: Option<String>,
    #[serde(default)]
    omit_response_on_success: bool,
}

/// Answers each call on its own. One that is cut off is `null`, as is one whose success nobody wants to see.
pub(super) async fn post(sandbox: &Sandbox, call: &Call) -> Result<Answer, GraphError> {
    let text = call.param("batch").unwrap_or_default();
    let parts: Vec<Part> =
        serde_json::from_str(text).map_err(|_| GraphError::parameter("Invalid JSON for parameter batch"))?;
    if parts.len() > MOST {
        return Err(GraphError::parameter("Too many requests in batch message. Maximum batch size is 50"));
    }
    let headers = call.param("include_headers") != Some("false");
    let mut answers = Vec::with_capacity(parts.len());
    for part in parts {
        answers.push(one(sandbox, call, part, headers).await);
    }
    Ok(Value::Array(answers).into())
}

async fn one(sandbox: &Sandbox, batch: &Call, part: Part, headers: bool) -> Value {
    let (path, query) = part.relative_url.split_once('?').unwrap_or((&part.relative_url, ""));
    // Token and proof of the batch go for each call that has none of its own.
    let mut parameters: BTreeMap<String, String> = batch
        .parameters
        .iter()
        .filter(|(name, _)| matches!(name.as_str(), "access_token" | "appsecret_proof" | "appsecret_time"))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    read_form(query.as_bytes(), &mut parameters);
    read_form(part.body.unwrap_or_default().as_bytes(), &mut parameters);
    let method = Method::from_bytes(part.method.to_ascii_uppercase().as_bytes()).unwrap_or(Method::GET);
    let call = Call { method, path: split_path(path), parameters, bearer: batch.bearer.clone() };
    let response = match faults::take(sandbox, &call.method, &call.path) {
        Ok(Some(faults::Fault::Drop)) => return Value::Null,
        Ok(Some(fault)) => match fault.play(sandbox).await {
            Some(response) => response,
            None => finish(sandbox, answer(sandbox, &call).await),
        },
        Ok(None) => finish(sandbox, answer(sandbox, &call).await),
        Err(error) => finish(sandbox, Err(error.into())),
    };
    if part.omit_response_on_success && response.status().is_success() {
        return Value::Null;
    }
    written(response, headers).await
}

/// A whole answer inside the batch's: its body is text.
async fn written(response: Response<Body>, headers: bool) -> Value {
    let (head, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY).await else { return Value::Null };
    let mut one = json!({"code": head.status.as_u16(), "body": String::from_utf8_lossy(&body)});
    if headers && let Some(object) = one.as_object_mut() {
        let list: Vec<Value> = head
            .headers
            .iter()
            .filter_map(|(name, value)| Some(json!({"name": name.as_str(), "value": value.to_str().ok()?})))
            .collect();
        object.insert("headers".to_owned(), list.into());
    }
    one
}
