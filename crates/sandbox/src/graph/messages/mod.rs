//! `/{page-id}/messages` and `/{page-id}/message_attachments`: the Send API, for Messenger and for the Page's
//! Instagram account alike. Only the recipient's id tells the two apart.

use axum::http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::content::{PAGE, comments};
use crate::graph::auth::{Caller, Viewer};
use crate::graph::error::GraphError;
use crate::graph::{Call, Context};
use crate::messaging::messages::{self, Reaction};
use crate::messaging::{self, Owner, Platform, Thread, acts, events};
use crate::world::{self, Page};
use crate::{Config, settings};

mod content;
pub(crate) mod refusal;
mod template;
mod window;

use content::{Outgoing, Sending};

/// A call of the Page that messages: its token, its permission and its task.
pub(crate) fn check_rights<'a>(
    tx: &Connection,
    caller: &'a Caller,
    page: &Page,
    platform: Platform,
) -> Result<&'a Viewer, GraphError> {
    let Caller::Person(viewer) = caller else { return Err(GraphError::page_token_required()) };
    if viewer.page_id() != Some(page.id.as_str()) {
        return Err(GraphError::page_token_required());
    }
    let permission = permission(platform);
    if !viewer.grants.covers_page(&page.id) || !viewer.grants.has(permission) {
        let what = format!("Requires {permission} permission to manage the object");
        return Err(GraphError::permission(&what));
    }
    let role = world::role(tx, &viewer.token.person_id, &page.id)?;
    if !role.is_some_and(|role| role.may(&["MESSAGING"])) {
        let what = "The user must be able to perform the MESSAGING task on the page";
        return Err(GraphError::permission(what));
    }
    if platform == Platform::Instagram {
        let account = page.professional_instagram().ok_or_else(refusal::not_linked)?;
        if !viewer.grants.covers_instagram(&account.id) {
            return Err(GraphError::permission("The Instagram account was not shared with the app"));
        }
        if events::is_closed(tx, &account.id)? {
            return Err(refusal::access_off());
        }
    }
    Ok(viewer)
}

pub(crate) fn permission(platform: Platform) -> &'static str {
    match platform {
        Platform::Messenger => "pages_messaging",
        Platform::Instagram => "instagram_manage_messages",
    }
}

/// A parameter that is a JSON object.
pub(crate) fn object(call: &Call, name: &str) -> Result<Option<Value>, GraphError> {
    let Some(text) = call.param(name) else { return Ok(None) };
    match serde_json::from_str::<Value>(text) {
        Ok(value) if value.is_object() => Ok(Some(value)),
        _ => Err(GraphError::parameter(&format!("Param {name} must be a JSON object"))),
    }
}

/// The platform that the parameter names; Messenger without one.
pub(crate) fn platform_of(call: &Call) -> Result<Platform, GraphError> {
    call.param("platform").map_or(Ok(Platform::Messenger), |text| {
        let unknown = || GraphError::parameter("Param platform must be one of {MESSENGER, INSTAGRAM}");
        Platform::parse(text).ok_or_else(unknown)
    })
}

/// Ids are texts, and numbers are taken for them.
fn id_in(object: &Value, key: &str) -> Option<String> {
    match object.get(key) {
        Some(Value::String(text)) if !text.is_empty() => Some(text.clone()),
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => None,
    }
}

/// The thread of the Page with the person of a PSID or IGSID.
pub(crate) fn thread_with(
    tx: &Connection,
    call: &Call,
    page: &Page,
    person: &str,
) -> Result<Thread, GraphError> {
    let found = messaging::of_person(tx, person)?;
    match found {
        Some(thread) if thread.page_id == page.id => Ok(thread),
        Some(thread) if thread.platform == Platform::Instagram && page.professional_instagram().is_none() => {
            Err(refusal::not_linked())
        }
        Some(thread) => Err(refusal::no_matching_user(thread.platform)),
        None => Err(refusal::no_matching_user(platform_of(call)?)),
    }
}

/// Whom a message goes to: the thread, and for a private reply the comment or visitor's post it answers.
pub(crate) struct Addressee {
    pub(crate) thread: Thread,
    answers: Option<String>,
}

/// Whom `recipient` names.
pub(crate) fn recipient(
    tx: &Connection,
    call: &Call,
    page: &Page,
    now: i64,
) -> Result<Addressee, GraphError> {
    let recipient = object(call, "recipient")?.ok_or_else(|| GraphError::missing_parameter("recipient"))?;
    if let Some(id) = id_in(&recipient, "id") {
        return Ok(Addressee { thread: thread_with(tx, call, page, &id)?, answers: None });
    }
    if let Some(id) = id_in(&recipient, "comment_id").or_else(|| id_in(&recipient, "post_id")) {
        let thread = behind_comment(tx, page, &id, now)?;
        return Ok(Addressee { thread, answers: Some(id) });
    }
    if id_in(&recipient, "phone_number").is_some() {
        return Err(refusal::by_phone_number());
    }
    if id_in(&recipient, "notification_messages_token").is_some() {
        return Err(GraphError::not_allowed("The app may not send marketing messages"));
    }
    if id_in(&recipient, "user_ref").is_some() {
        return Err(refusal::no_matching_user(Platform::Messenger));
    }
    Err(GraphError::parameter("Param recipient must name the person by id"))
}

/// The thread with whoever wrote a comment, or a post on the Page: one private answer each, within seven days.
fn behind_comment(tx: &Connection, page: &Page, id: &str, now: i64) -> Result<Thread, GraphError> {
    let asked = comments::for_private_reply(tx, &page.id, id, now)?;
    let asked = asked.ok_or_else(refusal::no_such_comment)?;
    let platform = match asked.object {
        PAGE => Platform::Messenger,
        _ => Platform::Instagram,
    };
    match (platform, asked.answered, asked.in_time) {
        (_, false, true) => Ok(messaging::with(tx, page, platform, &asked.author, now)?),
        (Platform::Instagram, ..) => Err(refusal::no_such_comment()),
        (Platform::Messenger, true, _) => Err(refusal::answered_already()),
        (Platform::Messenger, false, false) => Err(refusal::comment_too_old()),
    }
}

/// Refuses what no message can reach, whatever it says.
fn check_reach(tx: &Connection, thread: &Thread) -> Result<(), GraphError> {
    let platform = thread.platform;
    let standard = settings::list(tx, settings::STANDARD_ACCESS)?;
    let standard = standard.iter().any(|limited| limited == permission(platform));
    if events::development_hides(tx, &thread.name)? || (standard && !events::has_role(tx, &thread.name)?) {
        return Err(refusal::only_roles(platform));
    }
    if let Some(refused) = refusal::unreachable(platform, thread.state) {
        return Err(refused);
    }
    match thread.owner {
        Owner::Other(_) => Err(refusal::another_app(platform)),
        Owner::ThisApp | Owner::Nobody => Ok(()),
    }
}

/// `POST /{page-id}/messages`.
pub(crate) fn send(
    tx: &Connection,
    config: &Config,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
) -> Result<Value, GraphError> {
    // The token comes first: it decides which Page's people can be found at all.
    if !matches!(caller, Caller::Person(viewer) if viewer.page_id() == Some(page.id.as_str())) {
        return Err(GraphError::page_token_required());
    }
    let Addressee { thread, answers } = recipient(tx, call, page, context.now)?;
    check_rights(tx, caller, page, thread.platform)?;
    let message = object(call, "message")?;
    let (message, action) = match (message, call.param("sender_action")) {
        (Some(_), Some(_)) => return Err(refusal::both_or_neither(true)),
        (None, None) => return Err(refusal::both_or_neither(false)),
        (message, action) => (message, action),
    };
    check_reach(tx, &thread)?;
    let Some(message) = message else {
        if answers.is_some() {
            return Err(GraphError::parameter("Param recipient must name the person by id"));
        }
        return act(tx, call, &thread, action.unwrap_or_default());
    };
    let platform = thread.platform;
    let sending = Sending { config, call, page, platform, now: context.now };
    let mut outgoing = content::read(tx, sending, &message)?;
    // The comment stands in for the window.
    if answers.is_none() {
        window::check(tx, call, &thread, outgoing.template_type.as_deref(), context.now)?;
    }
    check_rest(call, platform)?;
    if let Some(reply_to) = object(call, "reply_to")? {
        let mid = id_in(&reply_to, "mid").unwrap_or_default();
        if messages::find(tx, &mid)?.is_none_or(|answered| answered.thread != thread.number) {
            return Err(refusal::bad_message(
                platform,
                "Param reply_to names no message of this conversation",
            ));
        }
        outgoing.content.insert("reply_to".to_owned(), json!({"mid": mid}));
    }
    if let Some(id) = answers {
        comments::answered_privately(tx, &id, context.now)?;
    }
    finish(tx, context, &thread, outgoing)
}

/// Parameters that change nothing here but must be right.
fn check_rest(call: &Call, platform: Platform) -> Result<(), GraphError> {
    if !matches!(call.param("notification_type"), None | Some("REGULAR" | "SILENT_PUSH" | "NO_PUSH")) {
        let what = "Param notification_type must be one of {REGULAR, SILENT_PUSH, NO_PUSH}";
        return Err(refusal::bad_message(platform, what));
    }
    if call.param("persona_id").is_some() {
        return Err(refusal::bad_message(platform, "The persona does not exist"));
    }
    Ok(())
}

fn finish(
    tx: &Connection,
    context: &Context,
    thread: &Thread,
    outgoing: Outgoing,
) -> Result<Value, GraphError> {
    let Outgoing { mut content, quick_replies, attachment_id, .. } = outgoing;
    content.insert("app_id".to_owned(), json!(context.app_id.parse::<u64>().ok()));
    let message = messages::add(tx, thread, false, &content, &quick_replies, context.now)?;
    if thread.owner == Owner::Nobody {
        messaging::set_owner(tx, thread, &Owner::ThisApp)?;
    }
    events::after_sending(tx, thread, &message, context.now)?;
    let mut answer = json!({"recipient_id": thread.person, "message_id": message.mid});
    if let (Value::Object(answer), Some(id)) = (&mut answer, attachment_id) {
        answer.insert("attachment_id".to_owned(), json!(id));
    }
    Ok(answer)
}

/// `sender_action`: nothing is written, and no window is asked for.
fn act(tx: &Connection, call: &Call, thread: &Thread, action: &str) -> Result<Value, GraphError> {
    match action.to_ascii_lowercase().as_str() {
        "typing_on" | "typing_off" => {}
        "mark_seen" => messaging::set_seen(tx, thread, thread.updated_at)?,
        reacting @ ("react" | "unreact") => {
            let payload = object(call, "payload")?.ok_or_else(|| GraphError::missing_parameter("payload"))?;
            let mid = id_in(&payload, "message_id").unwrap_or_default();
            let found = messages::find(tx, &mid)?;
            if found.is_none_or(|message| message.thread != thread.number || message.deleted) {
                let what = "Param payload[message_id] names no message of this conversation";
                return Err(refusal::bad_message(thread.platform, what));
            }
            if reacting == "unreact" {
                messages::unreact(tx, &mid, false)?;
            } else {
                let wanted = id_in(&payload, "reaction").unwrap_or_default();
                let known = acts::reactions(thread.platform).iter().find(|(name, _)| *name == wanted);
                let Some((name, emoji)) = known else {
                    return Err(refusal::bad_message(thread.platform, "Param payload[reaction] is invalid"));
                };
                let (name, emoji) = ((*name).to_owned(), (*emoji).to_owned());
                messages::react(tx, &mid, &Reaction { from_person: false, name, emoji })?;
            }
        }
        _ => {
            let what =
                "Param sender_action must be one of {TYPING_ON, TYPING_OFF, MARK_SEEN, REACT, UNREACT}";
            return Err(refusal::bad_message(thread.platform, what));
        }
    }
    Ok(json!({"recipient_id": thread.person}))
}

/// `POST /{page-id}/message_attachments`: a file for later.
pub(crate) fn attach(
    tx: &Connection,
    config: &Config,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
) -> Result<Value, GraphError> {
    let platform = platform_of(call)?;
    check_rights(tx, caller, page, platform)?;
    let message = object(call, "message")?.ok_or_else(|| GraphError::missing_parameter("message"))?;
    let mut attachment = message.get("attachment").cloned().unwrap_or_default();
    let kind = attachment.get("type").and_then(Value::as_str).unwrap_or_default();
    if !messaging::attachments::SENDABLE.contains(&kind) {
        return Err(refusal::bad_message(platform, "Param message[attachment][type] is invalid"));
    }
    // What is uploaded for later can always be sent again.
    if let Some(attachment) = attachment.as_object_mut() {
        let payload = attachment.entry("payload").or_insert_with(|| json!({}));
        if let Value::Object(payload) = payload {
            payload.insert("is_reusable".to_owned(), json!(true));
        }
    }
    let sending = Sending { config, call, page, platform, now: context.now };
    let (id, _) = content::media(tx, sending, &attachment)?;
    Ok(json!({"attachment_id": id}))
}

/// The edges of a Page that messaging adds; `None`: the edge is none of them.
pub(crate) fn edge(
    tx: &Connection,
    config: &Config,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
    name: &str,
) -> Result<Option<Value>, GraphError> {
    use crate::graph::{conversations, thread_control};
    Ok(Some(match (&call.method, name) {
        (&Method::POST, "messages") => send(tx, config, context, call, caller, page)?,
        (&Method::POST, "message_attachments") => attach(tx, config, context, call, caller, page)?,
        (&Method::GET, "conversations") => conversations::list(tx, context, call, caller, page)?,
        (_, edge) => return thread_control::edge(tx, context, call, caller, page, edge),
    }))
}
