//! Batch requests: up to 50 calls in one, each answered with its own status, headers and body text.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, Response};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Sandbox;
use crate::faults::{self, Fault};
use crate::graph::call::Call;
use crate::graph::error::GraphError;
use crate::graph::{Performed, perform, reply};

const MAX_PARTS: usize = 50;
/// A part that would take longer than this is given up: its place in the answer holds `null`.
const PATIENCE_MS: u64 = 30_000;

#[derive(Deserialize)]
struct Part {
    #[serde(default = "get")]
    method: String,
    #[serde(default)]
    relative_url: String,
    #[serde(default)]
    body: String,
    name: Option<String>,
    depends_on: Option<String>,
    omit_response_on_success: Option<bool>,
}

fn get() -> String {
    "GET".to_owned()
}

impl Part {
    /// The parts whose answers this one needs.
    fn needs(&self) -> BTreeSet<&str> {
        let named = [&self.relative_url, &self.body].into_iter().flat_map(|text| references(text));
        named.map(|reference| reference.name).chain(self.depends_on.as_deref()).collect()
    }
}

/// The answer to `batch=[...]`.
pub(crate) async fn answer(sandbox: &Sandbox, whole: &Call, text: &str) -> Result<Value, GraphError> {
    let parts: Vec<Part> =
        serde_json::from_str(text).map_err(|_| GraphError::parameter("Param batch must be an array."))?;
    if parts.len() > MAX_PARTS {
        return Err(GraphError::batch_too_large(MAX_PARTS));
    }
    let needed: BTreeSet<&str> = parts.iter().flat_map(Part::needs).collect();
    let with_headers = whole.flag("include_headers") != Some(false);
    let mut results: BTreeMap<&str, Value> = BTreeMap::new();
    let mut answers = Vec::new();
    for part in &parts {
        let ready = part.needs().into_iter().all(|name| results.contains_key(name));
        let reply = if ready { one(sandbox, whole, part, &results).await } else { None };
        let Some(reply) = reply else {
            answers.push(Value::Null);
            continue;
        };
        let succeeded = reply.status().is_success();
        if let (Some(name), true) = (&part.name, succeeded) {
            results.insert(name, serde_json::from_str(reply.body()).unwrap_or_default());
        }
        // A named part that others build on is left out, unless the caller wants to see it too.
        let is_needed = part.name.as_deref().is_some_and(|name| needed.contains(name));
        let omitted = succeeded && part.omit_response_on_success.unwrap_or(is_needed);
        answers.push(if omitted { Value::Null } else { describe(&reply, with_headers) });
    }
    Ok(Value::Array(answers))
}

/// `None` when the part got no answer in time.
async fn one(
    sandbox: &Sandbox,
    whole: &Call,
    part: &Part,
    results: &BTreeMap<&str, Value>,
) -> Option<Response<String>> {
    let method = Method::from_bytes(part.method.to_ascii_uppercase().as_bytes()).unwrap_or(Method::GET);
    let (url, body) = (filled(&part.relative_url, results), filled(&part.body, results));
    let call = Call::part_of(whole, &method, &url, &body);
    let fault = match faults::take(sandbox, &call) {
        Ok(fault) => fault,
        Err(error) => return Some(reply::finish(sandbox, Err(error.into()))),
    };
    if fault.as_ref().is_some_and(|fault| matches!(fault, Fault::Slow { ms } if *ms >= PATIENCE_MS)) {
        return None;
    }
    match perform(sandbox, &call, fault).await {
        Performed::Reply(reply) => Some(reply),
        Performed::CutOff => None,
    }
}

fn describe(reply: &Response<String>, with_headers: bool) -> Value {
    let mut answer = json!({"code": reply.status().as_u16(), "body": reply.body()});
    if let (Value::Object(answer), true) = (&mut answer, with_headers) {
        let headers: Vec<Value> = reply
            .headers()
            .iter()
            .map(|(name, value)| {
                json!({"name": spelled(name.as_str()), "value": String::from_utf8_lossy(value.as_bytes())})
            })
            .collect();
        answer.insert("headers".to_owned(), headers.into());
    }
    answer
}

/// In a body nothing folds the case of header names, so they stand as Meta writes them.
fn spelled(name: &str) -> String {
    match name {
        "etag" => return "ETag".to_owned(),
        "www-authenticate" => return "WWW-Authenticate".to_owned(),
        name if name.starts_with("x-fb-") || name.starts_with("facebook-") => return name.to_owned(),
        _ => {}
    }
    let word =
        |word: &str| word.get(..1).unwrap_or_default().to_uppercase() + word.get(1..).unwrap_or_default();
    name.split('-').map(word).collect::<Vec<_>>().join("-")
}

/// `{result=name:$.data.*.id}` in an address or a body.
struct Reference<'a> {
    whole: &'a str,
    name: &'a str,
    path: &'a str,
}

fn references(text: &str) -> Vec<Reference<'_>> {
    const START: &str = "{result=";
    text.match_indices(START)
        .filter_map(|(at, _)| {
            let end = at + text.get(at..)?.find('}')? + 1;
            let whole = text.get(at..end)?;
            let (name, path) = whole.strip_prefix(START)?.strip_suffix('}')?.split_once(':')?;
            Some(Reference { whole, name, path })
        })
        .collect()
}

fn filled(text: &str, results: &BTreeMap<&str, Value>) -> String {
    references(text).into_iter().fold(text.to_owned(), |filled, reference| {
        let found =
            results.get(reference.name).map(|value| select(value, reference.path)).unwrap_or_default();
        filled.replace(reference.whole, &found.join(","))
    })
}

/// `$.data.*.id`, `$.data[0].id`: the part of `JSONPath` that batches use.
fn select(value: &Value, path: &str) -> Vec<String> {
    let dotted = path.replace('[', ".").replace(']', "");
    let mut found = vec![value];
    for step in dotted.trim_start_matches('$').split('.').filter(|step| !step.is_empty()) {
        found = found
            .into_iter()
            .flat_map(|value| match (value, step) {
                (Value::Array(items), "*") => items.iter().collect(),
                (Value::Object(map), "*") => map.values().collect(),
                (Value::Array(items), step) => {
                    step.parse::<usize>().ok().and_then(|at| items.get(at)).into_iter().collect()
                }
                (other, step) => other.get(step).into_iter().collect::<Vec<_>>(),
            })
            .collect();
    }
    found.into_iter().map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_put_where_they_are_referred_to() {
        let results = BTreeMap::from([("a", json!({"data": [{"id": "1"}, {"id": 2}], "x": {"y": "z"}}))]);
        for (text, expected) in [
            ("?ids={result=a:$.data.*.id}", "?ids=1,2"),
            ("{result=a:$.data[1].id}/{result=a:$.x.y}", "2/z"),
            ("{result=b:$.x}|{result=a:$.nothing.*}", "|"),
            ("{result=a", "{result=a"),
        ] {
            assert_eq!(filled(text, &results), expected, "{text}");
        }
    }
}
