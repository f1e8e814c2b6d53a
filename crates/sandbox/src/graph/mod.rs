//! The Graph API: one entry that reads a call as Meta does, and one file per edge behind it.
//!
//! Every answer names the one version that this sandbox speaks, whichever the caller asked for.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, Response};
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::faults::{self, Fault};
use crate::{Sandbox, content, dialog, grants, pages, settings, webhooks, world};

pub(crate) mod accounts;
pub(crate) mod auth;
pub(crate) mod batch;
pub(crate) mod businesses;
pub(crate) mod call;
mod comments;
pub(crate) mod conversations;
pub(crate) mod debug_token;
pub(crate) mod error;
pub(crate) mod fields;
mod instagram_comments;
mod instagram_media;
mod instagram_publishing;
mod leads;
mod listing;
mod message_node;
pub(crate) mod messages;
mod multipart;
pub(crate) mod nodes;
pub(crate) mod oauth;
mod page_media;
pub(crate) mod permissions;
mod posts;
pub(crate) mod profile;
pub(crate) mod rate;
pub(crate) mod reply;
mod rights;
pub(crate) mod subscribed_apps;
pub(crate) mod subscriptions;
pub(crate) mod thread_control;
mod when;

use auth::{Caller, Viewer};
use call::Call;
use error::GraphError;
use reply::Answer;

/// The largest file of a message, with room for what surrounds it.
const MAX_BODY: usize = 26 * 1024 * 1024;

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

/// How a call ended.
pub(crate) enum Performed {
    Reply(Response<String>),
    /// The connection breaks instead.
    CutOff,
}

/// Everything that has no route of its own: the Graph API and, on the same host here, the login dialog.
pub(crate) async fn handle(State(sandbox): State<Sandbox>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let path = call::split_path(parts.uri.path());
    let refused = |error| reply::finish(&sandbox, Err(error)).map(Body::from);
    let Ok(body) = to_bytes(body, MAX_BODY).await else {
        return refused(GraphError::parameter("The request body is too large"));
    };
    let words: Vec<&str> = path.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["dialog", "oauth"] => return dialog::handle(&sandbox, &parts, &body),
        ["favicon.ico" | "robots.txt"] => return pages::not_found(),
        _ => {}
    }
    let call = match Call::read(&parts, path, &body) {
        Ok(call) => call,
        Err(error) => return refused(error),
    };
    let fault = match faults::take(&sandbox, &call) {
        Ok(fault) => fault,
        Err(error) => return refused(error.into()),
    };
    match perform(&sandbox, &call, fault).await {
        Performed::Reply(reply) => reply.map(Body::from),
        Performed::CutOff => faults::cut_off(),
    }
}

/// Answers one call, the way a planned fault says if there is one.
pub(crate) async fn perform(sandbox: &Sandbox, call: &Call, fault: Option<Fault>) -> Performed {
    let played = match fault {
        Some(fault) => fault.play(sandbox, call).await,
        None => None,
    };
    let mut response = match played {
        Some(Performed::CutOff) => return Performed::CutOff,
        Some(Performed::Reply(response)) => response,
        None => reply::tag(call, reply::finish(sandbox, answer(sandbox, call).await)),
    };
    let context = Context::of(sandbox);
    match sandbox.db().run(|tx| rate::add_set(tx, &context, call, &mut response)) {
        Ok(()) => Performed::Reply(response),
        Err(error) => Performed::Reply(reply::finish(sandbox, Err(error.into()))),
    }
}

fn words_of(call: &Call) -> Vec<&str> {
    call.path.iter().map(String::as_str).collect()
}

pub(crate) async fn answer(sandbox: &Sandbox, call: &Call) -> Result<Answer, GraphError> {
    let context = Context::of(sandbox);
    if let (&Method::POST, [], Some(parts)) = (&call.method, words_of(call).as_slice(), call.param("batch")) {
        return Ok(Box::pin(batch::answer(sandbox, call, parts)).await?.into());
    }
    // The one call that needs the network before it can answer: nothing is locked meanwhile.
    if let (&Method::POST, [app, "subscriptions"]) = (&call.method, words_of(call).as_slice())
        && *app == context.app_id
    {
        return Ok(subscriptions::post(sandbox, &context, call).await?.into());
    }
    let done = sandbox.db().run(|tx| {
        content::settle(tx, context.now)?;
        route(tx, sandbox, &context, call)
    });
    if call.method != Method::GET && sandbox.db().run(|tx| settings::is_on(tx, settings::WEBHOOKS_FIRST))? {
        webhooks::deliver_due(sandbox).await?;
    }
    // Whatever is written may have queued a webhook; and what is due may have been settled by a read.
    sandbox.inner.wake.notify_one();
    done
}

fn route(tx: &Connection, sandbox: &Sandbox, context: &Context, call: &Call) -> Result<Answer, GraphError> {
    let words = words_of(call);
    if let ["oauth", "access_token"] = words.as_slice() {
        return Ok(oauth::access_token(tx, context, call)?.into());
    }
    if let ["oauth", "client_code"] = words.as_slice() {
        return Ok(oauth::client_code(tx, context, call)?.into());
    }
    let caller = auth::caller(tx, context, call)?;
    let caller = caller.as_ref();
    if let ["debug_token"] = words.as_slice() {
        return Ok(debug_token::get(tx, context, call, caller)?.into());
    }
    if let (&Method::GET, [] | [_], Some(_)) = (&call.method, words.as_slice(), call.param("ids")) {
        return several(tx, sandbox, context, call, caller, &words);
    }
    let Some((first, rest)) = words.split_first() else { return Err(GraphError::unknown_path("")) };
    let id = match (*first, caller) {
        ("me", Some(Caller::Person(viewer))) => {
            viewer.page_id().unwrap_or(&viewer.token.person_id).to_owned()
        }
        ("me", _) => return Err(GraphError::no_current_user()),
        (id, _) => id.to_owned(),
    };
    object(tx, sandbox, context, call, caller, &id, rest)
}

/// The most objects that one call may name.
const MAX_IDS: usize = 50;

/// `/?ids=a,b` and `/{edge}?ids=a,b`: the answers by id, or the first refusal for all.
fn several(
    tx: &Connection,
    sandbox: &Sandbox,
    context: &Context,
    call: &Call,
    caller: Option<&Caller>,
    rest: &[&str],
) -> Result<Answer, GraphError> {
    let ids = call.list("ids");
    if ids.len() > MAX_IDS {
        let why = format!("Too many IDs. Maximum: {MAX_IDS}. Provided: {}.", ids.len());
        return Err(GraphError::parameter(&why));
    }
    let mut answers = Map::new();
    for id in ids {
        match object(tx, sandbox, context, call, caller, &id, rest)? {
            Answer::Json(answer) => answers.insert(id, answer),
            Answer::Redirect(_) => return Err(GraphError::unknown_path(&rest.join("/"))),
        };
    }
    Ok(Value::Object(answers).into())
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
    if let (Some(caller), []) = (caller, rest)
        && let Some(answer) = conversations::node(tx, context, call, caller, id)?
    {
        return Ok(answer.into());
    }
    if let (Some(caller), &Method::GET, ["messages" | "attachments"]) = (caller, &call.method, rest)
        && let Some(answer) = conversations::edge(tx, context, call, caller, id, rest)?
    {
        return Ok(answer.into());
    }
    // Posts of Pages and comments on them have two numbers.
    if !id.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_') {
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
            (_, [edge]) if posts::is_edge(edge) => posts::edge(tx, context, call, caller, &page, edge)?,
            (_, ["photos"]) => page_media::photos(tx, context, call, caller, &page)?,
            (_, ["videos"]) => page_media::videos(tx, context, call, caller, &page)?,
            (_, ["leadgen_forms"]) => leads::forms(tx, context, call, caller, &page)?,
            (_, [edge @ ("accounts" | "permissions"), ..]) => {
                return Err(GraphError::no_such_field(edge, "Page"));
            }
            (_, [edge]) => messages::edge(tx, sandbox.config(), context, call, caller, &page, edge)?
                .ok_or_else(|| unsupported(call, id, rest))?,
            _ => return Err(unsupported(call, id, rest)),
        }
    } else if let Some(page) = world::page_of_instagram(tx, id)? {
        match (&call.method, rest) {
            (&Method::GET, []) => nodes::instagram(tx, context, call, caller, &page)?,
            (_, [edge]) if instagram_media::is_edge(edge) => {
                instagram_media::account_edge(tx, context, call, caller, &page, edge)?
            }
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
            (&Method::GET, ["businesses"]) => businesses::list(tx, call, own(caller)?)?,
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
    } else if let (Some(business), [] | [_]) = (crate::businesses::find(tx, id)?, rest) {
        businesses::node(tx, context, call, own(caller)?, &business, rest.first().copied())?
    } else if let Some(answer) = content_node(tx, context, call, caller, id, rest)? {
        answer
    } else if let (&Method::GET, []) = (&call.method, rest) {
        profile::node(tx, sandbox.config(), call, caller, id)?.ok_or_else(unknown)?
    } else {
        return Err(unknown());
    };
    Ok(answer.into())
}

/// `/{id}` of something published or said; nothing when the id names none of it.
fn content_node(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    id: &str,
    rest: &[&str],
) -> Result<Option<Value>, GraphError> {
    let answer = if let Some(post) = content::posts::find(tx, id)? {
        posts::node(tx, context, call, caller, &post, rest)?
    } else if let Some(comment) = content::comments::find(tx, id)? {
        if comment.is_instagram() {
            instagram_comments::node(tx, context, call, caller, &comment, rest)?
        } else {
            comments::node(tx, context, call, caller, &comment, rest)?
        }
    } else if let Some(video) = content::videos::find(tx, id)? {
        page_media::video(tx, call, caller, &video, rest)?
    } else if let Some(media) = content::instagram::find(tx, id)? {
        instagram_media::node(tx, context, call, caller, &media, rest)?
    } else if let Some(container) = content::containers::find(tx, id)? {
        instagram_publishing::container(tx, context, call, caller, &container, rest)?
    } else if let Some(form) = content::leads::form(tx, id)? {
        leads::form(tx, context, call, caller, &form, rest)?
    } else if let Some(lead) = content::leads::find(tx, id)? {
        leads::lead(tx, context, call, caller, &lead, rest)?
    } else {
        return Ok(None);
    };
    Ok(Some(answer))
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
