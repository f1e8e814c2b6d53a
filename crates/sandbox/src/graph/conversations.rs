//! `/{page-id}/conversations`, a conversation with its messages, and a message by its id.

use axum::http::Method;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::graph::auth::Caller;
use crate::graph::error::GraphError;
use crate::graph::fields::{self, Field};
use crate::graph::messages::{check_rights, platform_of};
use crate::graph::{Call, Context, message_node};
use crate::messaging::messages::{self, Message};
use crate::messaging::{self, Platform, State, Thread};
use crate::pages::time;
use crate::world::{self, Page};

const FIELDS: [&str; 14] = [
    "id",
    "updated_time",
    "link",
    "message_count",
    "unread_count",
    "participants",
    "senders",
    "can_reply",
    "snippet",
    "is_subscribed",
    "name",
    "folder",
    "scoped_thread_key",
    "messages",
];
const DEFAULT_LIMIT: usize = 25;
const MAX_LIMIT: usize = 100;
/// Messages of which more than id and time can be read.
const READABLE: usize = 20;
/// A request that nobody answered is left out after this long.
const REQUEST_SECONDS: i64 = 30 * 86_400;
const WINDOW_SECONDS: i64 = 24 * 3_600;

/// `2026-11-24T03:31:47+0000`, from milliseconds.
pub(crate) fn moment(milliseconds: i64) -> String {
    time::utc(milliseconds.div_euclid(1000)).replacen(' ', "T", 1).replace(" UTC", "+0000")
}

/// One cut of a list, by cursors or by the modifiers of a field.
struct Cut<'a> {
    limit: Option<&'a str>,
    after: Option<&'a str>,
    before: Option<&'a str>,
}

impl<'a> Cut<'a> {
    fn of_call(call: &'a Call) -> Cut<'a> {
        Cut { limit: call.param("limit"), after: call.param("after"), before: call.param("before") }
    }

    fn of_field(field: &'a Field) -> Cut<'a> {
        let argument = |wanted: &str| {
            field.arguments.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
        };
        Cut { limit: argument("limit"), after: argument("after"), before: argument("before") }
    }

    /// The wanted part of the list and its `paging`; `path` is where the rest is asked for.
    fn apply<'b, T>(
        &self,
        items: &'b [T],
        key: impl Fn(&T) -> &str,
        (context, call, path): (&Context, &Call, &str),
        wanted: Option<&str>,
    ) -> Result<(&'b [T], Option<Value>), GraphError> {
        let limit = match self.limit {
            None => DEFAULT_LIMIT,
            Some(text) => {
                text.parse().map_err(|_| GraphError::parameter("Param limit must be an integer"))?
            }
        };
        let limit = limit.clamp(1, MAX_LIMIT);
        let bad = || GraphError::parameter("Invalid cursor");
        let position = |cursor: &str| {
            let bytes = STANDARD.decode(cursor).map_err(|_| bad())?;
            items.iter().position(|item| key(item).as_bytes() == bytes).ok_or_else(bad)
        };
        let (from, to) = match (self.after, self.before) {
            (Some(cursor), _) => {
                let from = position(cursor)? + 1;
                (from, (from + limit).min(items.len()))
            }
            (None, Some(cursor)) => {
                let to = position(cursor)?;
                (to.saturating_sub(limit), to)
            }
            (None, None) => (0, limit.min(items.len())),
        };
        let shown = items.get(from..to).unwrap_or_default();
        let (Some(first), Some(last)) = (shown.first(), shown.last()) else { return Ok((shown, None)) };
        let (first, last) = (STANDARD.encode(key(first)), STANDARD.encode(key(last)));
        let link = |name: &str, cursor: &str| {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            for (key, value) in [
                ("access_token", call.access_token()),
                ("platform", call.param("platform")),
                ("user_id", call.param("user_id")),
                ("fields", wanted),
                ("limit", Some(limit.to_string().as_str())),
                (name, Some(cursor)),
            ] {
                if let Some(value) = value {
                    query.append_pair(key, value);
                }
            }
            format!("{}/{}/{path}?{}", context.public_url, context.version, query.finish())
        };
        let mut paging = json!({"cursors": {"before": first, "after": last}});
        if let Value::Object(paging) = &mut paging {
            if to < items.len() {
                paging.insert("next".to_owned(), json!(link("after", &last)));
            }
            if from > 0 {
                paging.insert("previous".to_owned(), json!(link("before", &first)));
            }
        }
        Ok((shown, Some(paging)))
    }
}

fn answer(data: Vec<Value>, paging: Option<Value>) -> Value {
    let mut answer = Map::from_iter([("data".to_owned(), Value::Array(data))]);
    answer.extend(paging.map(|paging| ("paging".to_owned(), paging)));
    Value::Object(answer)
}

/// `GET /{page-id}/conversations`.
pub(crate) fn list(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
) -> Result<Value, GraphError> {
    let platform = platform_of(call)?;
    check_rights(tx, caller, page, platform)?;
    let wanted = fields::wanted(call.param("fields"), &["id", "updated_time"])?;
    let mut threads = messaging::of_page(tx, &page.id, Some(platform))?;
    if let Some(user) = call.param("user_id") {
        threads.retain(|thread| thread.person == user);
    }
    let mut shown = Vec::new();
    for thread in threads {
        let messages = messages::of_thread(tx, &thread)?;
        let answered = messages.iter().any(|message| !message.from_person);
        let silent = context.now.saturating_sub(thread.updated_at.div_euclid(1000)) > REQUEST_SECONDS;
        let request = platform == Platform::Instagram && !answered;
        if messages.is_empty() || (request && silent) {
            continue;
        }
        shown.push(thread);
    }
    let path = format!("{}/conversations", page.id);
    let (cut, paging) = Cut::of_call(call).apply(
        &shown,
        |thread| &thread.id,
        (context, call, &path),
        call.param("fields"),
    )?;
    let data = cut.iter().map(|thread| describe(tx, context, call, thread, &wanted));
    Ok(answer(data.collect::<Result<_, _>>()?, paging))
}

/// A thread that the caller may read.
fn readable(tx: &Connection, caller: &Caller, thread: &Thread) -> Result<Page, GraphError> {
    let hidden = || GraphError::no_such_object("get", &thread.id);
    let page = world::page(tx, &thread.page_id)?.ok_or_else(hidden)?;
    check_rights(tx, caller, &page, thread.platform)?;
    Ok(page)
}

/// `GET /{conversation-id}` and `GET /{message-id}`; `None`: the id is neither's.
pub(crate) fn node(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    id: &str,
) -> Result<Option<Value>, GraphError> {
    if call.method != Method::GET {
        return Ok(None);
    }
    if let Some(thread) = messaging::by_id(tx, id)? {
        readable(tx, caller, &thread)?;
        let wanted = fields::wanted(call.param("fields"), &["id", "updated_time"])?;
        return describe(tx, context, call, &thread, &wanted).map(Some);
    }
    let Some((message, thread)) = find_message(tx, id)? else { return Ok(None) };
    let page = readable(tx, caller, &thread)?;
    let newest = messages::of_thread(tx, &thread)?;
    let is_new = newest.iter().take(READABLE).any(|newer| newer.number == message.number);
    if message.deleted || !is_new {
        return Err(GraphError::parameter("This message has been deleted"));
    }
    let wanted = fields::wanted(call.param("fields"), &["id", "created_time"])?;
    message_node::describe(tx, &page, &thread, &message, &wanted).map(Some)
}

fn find_message(tx: &Connection, mid: &str) -> Result<Option<(Message, Thread)>, GraphError> {
    let Some(message) = messages::find(tx, mid)? else { return Ok(None) };
    Ok(messaging::by_number(tx, message.thread)?.map(|thread| (message, thread)))
}

/// `GET /{conversation-id}/messages` and `GET /{message-id}/attachments`; `None`: the id is neither's.
pub(crate) fn edge(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    id: &str,
    name: &[&str],
) -> Result<Option<Value>, GraphError> {
    if let ["messages"] = name {
        let Some(thread) = messaging::by_id(tx, id)? else { return Ok(None) };
        let page = readable(tx, caller, &thread)?;
        let wanted = fields::wanted(call.param("fields"), &["id", "created_time"])?;
        let cut = Cut::of_call(call);
        return messages_of(tx, context, call, (&page, &thread), (&wanted, call.param("fields")), &cut)
            .map(Some);
    }
    let Some((message, thread)) = find_message(tx, id)? else { return Ok(None) };
    readable(tx, caller, &thread)?;
    Ok(Some(message_node::attachments(&message).unwrap_or_else(|| json!({"data": []}))))
}

fn messages_of(
    tx: &Connection,
    context: &Context,
    call: &Call,
    (page, thread): (&Page, &Thread),
    (wanted, text): (&[Field], Option<&str>),
    cut: &Cut<'_>,
) -> Result<Value, GraphError> {
    let all = messages::of_thread(tx, thread)?;
    let oldest = all.iter().take(READABLE).next_back().map_or(0, |message| message.number);
    let list: Vec<Message> = all.into_iter().filter(|message| !message.deleted).collect();
    let path = format!("{}/messages", thread.id);
    let (cut, paging) = cut.apply(&list, |message| &message.mid, (context, call, &path), text)?;
    let data = cut.iter().map(|message| {
        if message.number < oldest {
            // Known to have been, and no longer to be read.
            return Ok(json!({"id": message.mid, "created_time": moment(message.sent_at)}));
        }
        message_node::describe(tx, page, thread, message, wanted)
    });
    Ok(answer(data.collect::<Result<_, _>>()?, paging))
}

fn describe(
    tx: &Connection,
    context: &Context,
    call: &Call,
    thread: &Thread,
    wanted: &[Field],
) -> Result<Value, GraphError> {
    let page = world::page(tx, &thread.page_id)?;
    let page = page.ok_or_else(|| GraphError::no_such_object("get", &thread.id))?;
    let messages: Vec<Message> =
        messages::of_thread(tx, thread)?.into_iter().filter(|message| !message.deleted).collect();
    fields::select(wanted, "UnifiedThread", &FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(thread.id)),
            "updated_time" => Some(json!(moment(thread.updated_at))),
            "link" => Some(json!(format!("/{}/inbox/{}/", page.id, thread.number))),
            "message_count" => Some(json!(messages.len())),
            "unread_count" => {
                let unread = |message: &&Message| message.from_person && message.sent_at > thread.seen_at;
                Some(json!(messages.iter().filter(unread).count()))
            }
            "participants" | "senders" => {
                let both = [message_node::person(thread), message_node::business(&page, thread)];
                Some(json!({"data": both}))
            }
            "can_reply" => {
                let opened = thread.opened_at.unwrap_or(i64::MIN);
                let inside = context.now.saturating_sub(opened) <= WINDOW_SECONDS;
                Some(json!(inside && thread.state == State::Open))
            }
            "snippet" => Some(json!(messages.first().and_then(Message::text).unwrap_or_default())),
            "is_subscribed" => Some(json!(true)),
            "folder" => Some(json!("inbox")),
            "messages" => {
                let default = fields::wanted(None, &["id", "created_time"])?;
                let inner = field.sub.as_deref().unwrap_or(&default);
                let cut = Cut::of_field(field);
                let text = fields::text_of(inner);
                Some(messages_of(tx, context, call, (&page, thread), (inner, Some(&text)), &cut)?)
            }
            _ => None,
        })
    })
}
