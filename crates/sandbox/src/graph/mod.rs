//! The Graph API: one entry that reads a call as Meta does, and one file per edge behind it.
//!
//! A call is understood the same way however it is written: the version prefix is optional, parameters may stand
//! in the query, in a form body or in a JSON body, `method=delete` overrides a POST. Every answer names the one
//! version that this sandbox speaks.

use std::collections::BTreeMap;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Response, header};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::{Sandbox, dialog, faults, grants, pages, tokens, world};

pub(crate) mod accounts;
pub(crate) mod auth;
mod batch;
pub(crate) mod debug_token;
pub(crate) mod error;
pub(crate) mod fields;
pub(crate) mod nodes;
pub(crate) mod oauth;
pub(crate) mod permissions;
pub(crate) mod subscribed_apps;
pub(crate) mod subscriptions;
pub(crate) mod usage;

use auth::{Caller, Viewer};
use error::GraphError;

const MAX_BODY: usize = 1024 * 1024;

/// What the edges need to know beside the world.
pub(crate) struct Context {
    pub(crate) app_id: String,
    pub(crate) app_secret: String,
    pub(crate) app_name: String,
    pub(crate) version: String,
    pub(crate) public_url: String,
    pub(crate) now: i64,
}

impl Context {
    pub(crate) fn of(sandbox: &Sandbox) -> Context {
        let config = sandbox.config();
        Context {
            app_id: config.app_id.clone(),
            app_secret: config.app_secret.clone(),
            app_name: config.app_name.clone(),
            version: config.graph_version.clone(),
            public_url: config.public_url.clone(),
            now: sandbox.now(),
        }
    }
}

/// One Graph call, however it was written.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: Vec<String>,
    parameters: BTreeMap<String, String>,
    bearer: Option<String>,
}

impl Call {
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn access_token(&self) -> Option<&str> {
        self.param("access_token").or(self.bearer.as_deref())
    }

    /// A list parameter: comma separated, or a JSON list.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let text = self.param(name).unwrap_or_default().trim();
        if text.starts_with('[')
            && let Ok(list) = serde_json::from_str::<Vec<String>>(text)
        {
            return list;
        }
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    fn read(parts: &Parts, path: Vec<String>, body: &Bytes) -> Result<Call, GraphError> {
        let mut parameters = BTreeMap::new();
        read_form(parts.uri.query().unwrap_or_default().as_bytes(), &mut parameters);
        let content_type = header_text(&parts.headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
        if content_type.starts_with("application/json") && !body.is_empty() {
            let json: BTreeMap<String, Value> = serde_json::from_slice(body)
                .map_err(|_| GraphError::parameter("The request body is not a JSON object"))?;
            parameters.extend(json.into_iter().map(|(name, value)| match value {
                Value::String(text) => (name, text),
                other => (name, other.to_string()),
            }));
        } else if content_type.starts_with("multipart/") {
            return Err(GraphError::parameter("The sandbox does not read multipart bodies"));
        } else {
            read_form(body, &mut parameters);
        }
        let mut method = parts.method.clone();
        if method == Method::POST
            && let Some(wanted) = parameters.get("method")
            && let Ok(wanted) = Method::from_bytes(wanted.to_ascii_uppercase().as_bytes())
        {
            method = wanted;
        }
        Ok(Call { method, path, parameters, bearer: bearer(&parts.headers) })
    }
}

fn read_form(text: &[u8], into: &mut BTreeMap<String, String>) {
    into.extend(url::form_urlencoded::parse(text).into_owned());
}

pub(crate) fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = header_text(headers, header::AUTHORIZATION.as_str())?.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth");
    known.then(|| token.trim().to_owned())
}

/// The path without its version, in parts.
fn split_path(path: &str) -> Vec<String> {
    let decode = |part: &str| {
        // Only ids and edge names live here: `+` and `%2B` mean the same, so form decoding is good enough.
        let pair = format!("v={part}");
        url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    let mut parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).filter_map(decode).collect();
    if parts.first().is_some_and(|part| is_version(part)) {
        parts.remove(0);
    }
    parts
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').and_then(|rest| rest.split_once('.')).is_some_and(|(major, minor)| {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits(major) && digits(minor)
    })
}

/// Everything that has no route of its own: the Graph API and, on the same host here, the login dialog.
pub(crate) async fn handle(State(sandbox): State<Sandbox>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let path = split_path(parts.uri.path());
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return finish(&sandbox, Err(GraphError::parameter("The request body is too large")));
    };
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["dialog", "oauth"] => return dialog::handle(&sandbox, &parts, &body),
        ["favicon.ico" | "robots.txt"] => return pages::not_found(),
        _ => {}
    }
    let fault = faults::take(&sandbox, &parts.method, &path);
    let call = Call::read(&parts, path, &body);
    let mut response = faulty_or_right(&sandbox, fault, &call).await;
    usage::tell(&sandbox, call.as_ref().ok(), &mut response);
    response
}

async fn faulty_or_right(
    sandbox: &Sandbox,
    fault: Result<Option<faults::Fault>, crate::Error>,
    call: &Result<Call, GraphError>,
) -> Response<Body> {
    match fault {
        Ok(None) => {}
        Ok(Some(fault)) => {
            if let Some(response) = fault.play(sandbox).await {
                return response;
            }
        }
        Err(error) => return finish(sandbox, Err(error.into())),
    }
    match call {
        Ok(call) if call.path.is_empty() && call.param("batch").is_some() => {
            finish(sandbox, batch::post(sandbox, call).await)
        }
        Ok(call) => finish(sandbox, answer(sandbox, call).await),
        Err(error) => finish(sandbox, Err(error.clone())),
    }
}

fn words_of(call: &Call) -> Vec<&str> {
    call.path.iter().map(String::as_str).collect()
}

pub(crate) enum Answer {
    Json(Value),
    Redirect(String),
}

impl From<Value> for Answer {
    fn from(value: Value) -> Self {
        Answer::Json(value)
    }
}

async fn answer(sandbox: &Sandbox, call: &Call) -> Result<Answer, GraphError> {
    let context = Context::of(sandbox);
    // The one call that needs the network before it can answer: nothing is locked meanwhile.
    if let (&Method::POST, [app, "subscriptions"]) = (&call.method, words_of(call).as_slice())
        && *app == context.app_id
    {
        return Ok(subscriptions::post(sandbox, &context, call).await?.into());
    }
    let done = sandbox.db().run(|tx| route(tx, sandbox, &context, call));
    if call.method == Method::DELETE {
        // Removing the app queues the deauthorise callback.
        sandbox.inner.wake.notify_one();
    }
    done
}

fn route(tx: &Connection, sandbox: &Sandbox, context: &Context, call: &Call) -> Result<Answer, GraphError> {
    let words = words_of(call);
    if let ["oauth", "access_token"] = words.as_slice() {
        return Ok(oauth::access_token(tx, context, call)?.into());
    }
    let caller = auth::caller(tx, context, call)?;
    let caller = caller.as_ref();
    if let ["debug_token"] = words.as_slice() {
        return Ok(debug_token::get(tx, context, call, caller)?.into());
    }
    let Some((first, rest)) = words.split_first() else {
        return several(tx, sandbox, context, call, caller);
    };
    let id = match (*first, caller) {
        ("me", Some(Caller::Person(viewer))) => {
            viewer.page_id().unwrap_or(&viewer.token.person_id).to_owned()
        }
        ("me", _) => return Err(GraphError::no_current_user()),
        (id, _) => id.to_owned(),
    };
    object(tx, sandbox, context, call, caller, &id, rest)
}

/// `/?ids=a,b`: several objects, by their ids. One that is not there fails the whole call.
fn several(
    tx: &Connection,
    sandbox: &Sandbox,
    context: &Context,
    call: &Call,
    caller: Option<&Caller>,
) -> Result<Answer, GraphError> {
    let ids = call.list("ids");
    if ids.is_empty() || call.method != Method::GET {
        return Err(GraphError::unknown_path(""));
    }
    let mut all = serde_json::Map::new();
    for id in ids {
        if let Answer::Json(one) = object(tx, sandbox, context, call, caller, &id, &[])? {
            all.insert(id, one);
        }
    }
    Ok(Value::Object(all).into())
}

/// `/{id}` and `/{id}/{edge}`: what may follow depends on what kind of object the id names.
fn object(
    tx: &Connection,
    sandbox: &Sandbox,
    context: &Context,
    call: &Call,
    caller: Option<&Caller>,
    id: &str,
    rest: &[&str],
) -> Result<Answer, GraphError> {
    if !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(GraphError::no_such_alias(id));
    }
    if let ["picture"] = rest {
        return picture(tx, sandbox, call, id);
    }
    let Some(caller) = caller else { return Err(GraphError::token_required()) };
    let unknown = || GraphError::no_such_object(call.method.as_str(), id);
    let answer = if id == context.app_id {
        match (&call.method, rest) {
            (&Method::GET, []) => nodes::app(context, call)?,
            (&Method::GET, ["subscriptions"]) => subscriptions::get(tx, context, caller)?,
            (&Method::DELETE, ["subscriptions"]) => subscriptions::delete(tx, call, caller)?,
            _ => return Err(unsupported(call, id, rest)),
        }
    } else if let Some(page) = world::page(tx, id)? {
        match (&call.method, rest) {
            (&Method::GET, []) => nodes::page(tx, context, call, caller, &page)?,
            (_, ["subscribed_apps"]) => subscribed_apps::edge(tx, context, call, caller, &page)?,
            (_, [edge @ ("accounts" | "permissions"), ..]) => {
                return Err(GraphError::no_such_field(edge, "Page"));
            }
            _ => return Err(unsupported(call, id, rest)),
        }
    } else if let Some(page) = world::page_of_instagram(tx, id)? {
        match (&call.method, rest) {
            (&Method::GET, []) => nodes::instagram(tx, context, call, caller, &page)?,
            _ => return Err(unsupported(call, id, rest)),
        }
    } else if let Some(person) = world::person(tx, id)? {
        // A person token sees its own person only; the app sees the people who connected it.
        let visible = match caller {
            Caller::Person(viewer) => !viewer.is_page() && viewer.token.person_id == id,
            Caller::App => grants::of_person(tx, id, context.now)?.is_some(),
        };
        if !visible {
            return Err(unknown());
        }
        match (&call.method, rest) {
            (&Method::GET, []) => nodes::person(tx, context, call, &person)?,
            (&Method::GET, ["accounts"]) => accounts::get(tx, context, call, own(caller)?)?,
            (&Method::GET, ["permissions"]) => permissions::get(tx, context, call, id)?,
            (&Method::DELETE, ["permissions"]) => {
                permissions::delete(tx, context, id, call.param("permission"))?
            }
            (&Method::DELETE, ["permissions", permission]) => {
                permissions::delete(tx, context, id, Some(permission))?
            }
            _ => return Err(unsupported(call, id, rest)),
        }
    } else {
        return Err(unknown());
    };
    Ok(answer.into())
}

/// The user token that an edge of a person needs.
fn own(caller: &Caller) -> Result<&Viewer, GraphError> {
    match caller {
        Caller::Person(viewer) if !viewer.is_page() => Ok(viewer),
        _ => Err(GraphError::permission("A user access token is required to request this resource.")),
    }
}

fn unsupported(call: &Call, id: &str, rest: &[&str]) -> GraphError {
    if rest.is_empty() || call.method != Method::GET {
        GraphError::no_such_object(call.method.as_str(), id)
    } else {
        GraphError::unknown_path(&rest.join("/"))
    }
}

/// Pictures: a redirect to the image, or with `redirect=0` a description of it.
fn picture(tx: &Connection, sandbox: &Sandbox, call: &Call, id: &str) -> Result<Answer, GraphError> {
    if world::page(tx, id)?.is_none() && world::person(tx, id)?.is_none() {
        return Err(GraphError::no_such_object(call.method.as_str(), id));
    }
    let url = sandbox.picture_url(id);
    Ok(match call.param("redirect") {
        Some("0" | "false") => json!({"data": nodes::picture_data(&url)}).into(),
        _ => Answer::Redirect(url),
    })
}

/// Adds what every answer of the Graph API carries.
pub(crate) fn finish(sandbox: &Sandbox, answer: Result<Answer, GraphError>) -> Response<Body> {
    let trace = error::trace_id();
    let mut response = match answer {
        Ok(Answer::Json(value)) => Response::new(Body::from(value.to_string())),
        Ok(Answer::Redirect(url)) => {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = axum::http::StatusCode::FOUND;
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

/// A token for the implicit flow, which has no exchange.
pub(crate) fn implicit_token(
    tx: &Connection,
    person_id: &str,
    now: i64,
) -> Result<tokens::Token, crate::Error> {
    tokens::issue_user(tx, person_id, tokens::Kind::Short, now)
}
