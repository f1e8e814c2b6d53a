//! One call: how it proves itself, how its answer is read and what is logged about it.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use jetbridge_domain::secret::Secret;
use reqwest::header::{AUTHORIZATION, HeaderValue};
use reqwest::{Method, Response};
use serde_json::Value;

use crate::client::{Meta, address};
use crate::error::{GraphError, MetaError};
use crate::usage::Usage;

/// An answer larger than this is not read on: Meta's largest here, a hundred Pages or posts, is a tenth of it.
const MAX_ANSWER: usize = 4 * 1024 * 1024;
/// Meta answers such a call only once it has fetched the file, and gives up on a video after 75 seconds
/// (Messenger Platform: Attachment Upload API). Cut off before, a call leaves its outcome in doubt.
const FETCHING: Duration = Duration::from_secs(90);
/// No more of one of Meta's texts is kept in an error, in characters.
const MAX_TEXT: usize = 1000;
/// Meta's trace ids are shorter than this, in bytes; what is not is none, and not logged.
const MAX_TRACE: usize = 100;

/// One call being put together.
#[derive(Clone)]
pub(crate) struct Call<'m> {
    meta: &'m Meta,
    method: Method,
    name: &'static str,
    path: Vec<String>,
    token: Option<Secret>,
    acting: bool,
    fetching: bool,
    query: Vec<(Cow<'static, str>, String)>,
    form: Vec<(Cow<'static, str>, String)>,
    hidden: Vec<(&'static str, Secret)>,
}

impl<'m> Call<'m> {
    pub(crate) fn new(meta: &'m Meta, method: Method, name: &'static str, path: &[&str]) -> Self {
        let path = path.iter().map(|&part| part.to_owned()).collect();
        let (query, form, hidden) = (Vec::new(), Vec::new(), Vec::new());
        let (acting, fetching) = (false, false);
        Self { meta, method, name, path, token: None, acting, fetching, query, form, hidden }
    }

    /// The token to act with; it travels in the `Authorization` header, and its proof with it.
    pub(crate) fn token(mut self, token: &Secret) -> Self {
        self.token = Some(token.clone());
        self
    }

    /// The same for a call whose answer is handed on: whatever it says, it does not say the token.
    pub(crate) fn acting(self, token: &Secret) -> Self {
        Self { acting: true, ..self.token(token) }
    }

    /// A call for which Meta fetches a file from elsewhere, and which is waited for that much longer.
    pub(crate) fn fetching(self, fetches: bool) -> Self {
        Self { fetching: fetches, ..self }
    }

    /// A parameter of a GET or DELETE. It becomes part of the address: nothing secret goes here.
    pub(crate) fn query(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        let key = key.into();
        self.query.retain(|(k, _)| *k != key);
        self.query.push((key, value.into()));
        self
    }

    /// A parameter of a POST, in its body.
    pub(crate) fn form(mut self, key: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.form.push((key.into(), value.into()));
        self
    }

    /// The same where there is a value; left out where there is none.
    pub(crate) fn form_if(self, key: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.form(key, value),
            None => self,
        }
    }

    /// A secret parameter of a POST, in its body; no error repeats it.
    pub(crate) fn secret(mut self, key: &'static str, value: &Secret) -> Self {
        self.hidden.push((key, value.clone()));
        self
    }

    /// Sends it and reads the answer; what comes back is JSON and not one of Meta's errors.
    pub(crate) async fn send(self) -> Result<Value, MetaError> {
        let name = self.name;
        let began = Instant::now();
        let (heard, outcome) = match self.exchange().await {
            Ok((heard, outcome)) => (Some(heard), outcome),
            Err(error) => (None, Err(error)),
        };
        let refusal = outcome.as_ref().err().and_then(MetaError::refusal);
        let trace = refusal.and_then(|e| e.fbtrace_id.clone()).filter(|t| t.len() <= MAX_TRACE);
        let trace = trace.or_else(|| heard.as_ref().and_then(|h| h.trace.clone()));
        tracing::debug!(
            call = name,
            status = heard.map(|h| h.http),
            code = refusal.map(|e| e.code),
            subcode = refusal.and_then(|e| e.subcode),
            fbtrace_id = trace,
            duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            failure = outcome.as_ref().err().filter(|_| refusal.is_none()).map(tracing::field::display),
            "called Meta"
        );
        outcome
    }

    async fn exchange(self) -> Result<(Heard, Result<Value, MetaError>), MetaError> {
        if !self.path.iter().all(|part| is_id(part)) {
            return Err(MetaError::NotSent("an id that is none of Meta's"));
        }
        let (request, secrets) = self.request()?;
        let mut response = request.send().await.map_err(unanswered)?;
        self.meta.compare_version(response.headers());
        let object = self.path.first().map(String::as_str).unwrap_or_default();
        let usage = Usage::read(self.name, object, response.headers()).inspect(|usage| self.meta.tell(usage));
        let heard = Heard::read(&response, &secrets);
        let mut outcome = match read(&mut response, heard.http).await {
            Ok(body) => understand(heard.http, &body, usage.as_ref(), |text| clean(text, &secrets)),
            Err(error) => Err(error),
        };
        if let (true, Ok(answer)) = (self.acting, &mut outcome) {
            hide(answer, &secrets);
        }
        Ok((heard, outcome))
    }

    /// The request, and the secrets in it, which no error may repeat.
    fn request(&self) -> Result<(reqwest::RequestBuilder, Vec<Secret>), MetaError> {
        let config = self.meta.config();
        let mut url = address(&config.graph_base, &config.graph_version, &self.path);
        let mut secrets = vec![config.app_secret.clone()];
        let mut query = self.query.clone();
        let mut form: Vec<(&str, &str)> = self.form.iter().map(|(key, v)| (&**key, v.as_str())).collect();
        form.extend(self.hidden.iter().map(|(key, v)| (*key, v.expose())));
        let proof = self.token.as_ref().map(|token| self.meta.proof(token));
        // The proof alone opens nothing, but it is kept out of addresses where there is a body to keep it in.
        if let Some(proof) = &proof {
            match self.method {
                Method::POST => form.push(("appsecret_proof", proof.expose())),
                _ => query.push((Cow::Borrowed("appsecret_proof"), proof.expose().to_owned())),
            }
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(&query);
        }
        let mut request = self.meta.http().request(self.method.clone(), url);
        if !form.is_empty() {
            request = request.form(&form);
        }
        if self.fetching {
            request = request.timeout(FETCHING.max(config.timeout));
        }
        if let Some(token) = &self.token {
            let value = bearer(token).ok_or(MetaError::NotSent("a token that no header can carry"))?;
            request = request.header(AUTHORIZATION, value);
            secrets.push(token.clone());
        }
        secrets.extend(proof);
        secrets.extend(self.hidden.iter().map(|(_, value)| value.clone()));
        Ok((request, secrets))
    }
}

/// What an answer's head says.
struct Heard {
    http: u16,
    trace: Option<String>,
}

impl Heard {
    fn read(response: &Response, secrets: &[Secret]) -> Self {
        let trace = response.headers().get("x-fb-trace-id").and_then(|v| v.to_str().ok());
        let trace = trace.filter(|t| t.len() <= MAX_TRACE).map(|t| clean(t, secrets));
        Self { http: response.status().as_u16(), trace }
    }
}

/// Only a connection that was never made proves that nothing was sent.
fn unanswered(error: reqwest::Error) -> MetaError {
    if error.is_connect() || error.is_builder() {
        MetaError::Unreachable(error.without_url())
    } else {
        MetaError::Unknown(error.without_url())
    }
}

/// The answer's bytes, as far as they are allowed to go.
async fn read(response: &mut Response, http: u16) -> Result<Vec<u8>, MetaError> {
    let too_large = || MetaError::Odd { http, what: "more bytes than any answer has" };
    if response.content_length().is_some_and(|n| n > MAX_ANSWER as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unanswered)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Meta's error is told by its envelope, not by the HTTP status.
fn understand(
    http: u16,
    body: &[u8],
    usage: Option<&Usage>,
    clean: impl Fn(&str) -> String,
) -> Result<Value, MetaError> {
    // The parser's own words may quote the answer, and with it a token.
    let value: Value =
        serde_json::from_slice(body).map_err(|_| MetaError::Odd { http, what: "it is not JSON" })?;
    if let Some(error) = value.get("error").filter(|error| error.is_object()) {
        let refusal = GraphError::read(http, error, clean);
        let refusal = match usage {
            Some(usage) => refusal.with_usage(usage),
            None => refusal,
        };
        return Err(MetaError::Refused(Box::new(refusal)));
    }
    if !(200..300).contains(&http) {
        return Err(MetaError::Odd { http, what: "a failure without Meta's error envelope" });
    }
    Ok(value)
}

/// A text of Meta's without the secrets of the call, which Meta repeats at times, and cut to a length.
fn clean(text: &str, secrets: &[Secret]) -> String {
    let mut text = text.to_owned();
    for secret in secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty()) {
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        text = text.replace(secret, "[secret]").replace(&encoded, "[secret]");
    }
    text.chars().take(MAX_TEXT).collect()
}

/// Takes the call's secrets out of every text of an answer.
fn hide(answer: &mut Value, secrets: &[Secret]) {
    match answer {
        Value::String(text) => {
            for secret in secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty()) {
                if text.contains(secret) {
                    *text = text.replace(secret, "[secret]");
                }
            }
        }
        Value::Array(rows) => rows.iter_mut().for_each(|row| hide(row, secrets)),
        Value::Object(fields) => {
            let tells = |text: &str| secrets.iter().any(|s| !s.is_empty() && text.contains(s.expose()));
            fields.retain(|key, _| !tells(key));
            fields.values_mut().for_each(|field| hide(field, secrets));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Ids are digits, some with `_` between two of them, some letters too; whatever else is in one must
/// not become part of a path (a `..` would lead elsewhere).
pub(crate) fn is_id(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=256).contains(&text.len()) && text.bytes().all(fits)
}

pub(crate) fn bearer(token: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).ok()?;
    value.set_sensitive(true);
    Some(value)
}
