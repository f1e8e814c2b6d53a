//! Comments on Instagram media: `/{media}/comments`, `/{comment}`, `/{comment}/replies`.

use axum::http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::content::comments::{self, Comment, Said};
use crate::content::instagram::{self, Media};
use crate::content::{author_on_instagram, page_of};
use crate::graph::auth::Caller;
use crate::graph::error::GraphError;
use crate::graph::fields::{self, Field};
use crate::graph::listing::Window;
use crate::graph::{Call, Context, reply, rights};
use crate::pages::time;
use crate::world::Instagram;

/// The most comments that one answer holds.
const MOST: usize = 50;
/// The longest text of a comment, in characters.
const MAX_MESSAGE: usize = 2_200;
const DEFAULT_FIELDS: [&str; 3] = ["id", "text", "timestamp"];
const FIELDS: &[&str] = &[
    "id",
    "from",
    "hidden",
    "legacy_instagram_comment_id",
    "like_count",
    "media",
    "parent_id",
    "replies",
    "text",
    "timestamp",
    "user",
    "username",
];

pub(crate) fn message_of(call: &Call) -> Result<&str, GraphError> {
    let message = call.param("message").filter(|text| !text.trim().is_empty());
    let message = message.ok_or_else(|| GraphError::missing_parameter("message"))?;
    if message.chars().count() > MAX_MESSAGE {
        return Err(GraphError::parameter("The comment is too long"));
    }
    Ok(message)
}

/// `/{media}/comments`: those at the top, the newest first.
pub(crate) fn edge(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    account: &Instagram,
    media: &Media,
) -> Result<Value, GraphError> {
    rights::instagram(tx, call, caller, account, &rights::COMMENTS)?;
    let over = media.ended_at.is_some();
    match call.method {
        Method::GET if over => Err(GraphError::no_such_object(call.method.as_str(), &media.id)),
        Method::GET => {
            let wanted = fields::wanted(call.param("fields"), &DEFAULT_FIELDS)?;
            let window = Window::of_call(context, call).at_most(MOST);
            list(tx, account, &top_level(tx, media)?, &wanted, &window)
        }
        Method::POST => {
            let message = message_of(call)?;
            // In a broadcast the account answers in private only.
            if !media.comments_enabled || media.is_live_product() || media.is_story() {
                return Err(GraphError::not_allowed("This media takes no comments"));
            }
            let said = Said { author: None, message, attachment: None };
            let made = comments::add_to_media(tx, media, &account.page_id, None, said, context.now)?;
            Ok(json!({"id": made.id}))
        }
        _ => Err(GraphError::no_such_object(call.method.as_str(), &media.id)),
    }
}

fn top_level(tx: &Connection, media: &Media) -> Result<Vec<Comment>, GraphError> {
    let mut found = comments::on(tx, &media.id)?;
    found.retain(|comment| comment.parent_id.is_none());
    found.reverse();
    Ok(found)
}

fn list(
    tx: &Connection,
    account: &Instagram,
    found: &[Comment],
    wanted: &[Field],
    window: &Window,
) -> Result<Value, GraphError> {
    let show = |comment: &Comment| comment_fields(tx, account, comment, wanted);
    Ok(Value::Object(window.list(found, |comment| &comment.id, show)?))
}

/// The comments as a field of their media.
pub(crate) fn nested(
    tx: &Connection,
    account: &Instagram,
    media: &Media,
    field: &Field,
) -> Result<Value, GraphError> {
    let wanted = sub_of(field)?;
    list(tx, account, &top_level(tx, media)?, &wanted, &Window::of_field(field).at_most(MOST))
}

fn sub_of(field: &Field) -> Result<Vec<Field>, GraphError> {
    match &field.sub {
        Some(sub) => Ok(sub.clone()),
        None => fields::wanted(None, &DEFAULT_FIELDS),
    }
}

/// `/{comment}` and its replies.
pub(crate) fn node(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    comment: &Comment,
    rest: &[&str],
) -> Result<Value, GraphError> {
    let unknown = || GraphError::no_such_object(call.method.as_str(), &comment.id);
    let page = page_of(tx, &comment.page_id)?;
    let account = page.professional_instagram().ok_or_else(unknown)?;
    let media = instagram::find(tx, &comment.on_id)?.ok_or_else(unknown)?;
    rights::instagram(tx, call, caller, account, &rights::COMMENTS)?;
    let own_media = media.account_id.as_deref() == Some(account.id.as_str());
    if !own_media && comment.author.is_some() {
        // What others say elsewhere is read through the mention alone.
        return Err(unknown());
    }
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let wanted = fields::wanted(call.param("fields"), &DEFAULT_FIELDS)?;
            comment_fields(tx, account, comment, &wanted)
        }
        (&Method::POST, []) if own_media => {
            let hidden = call.flag("hide").ok_or_else(|| GraphError::missing_parameter("hide"))?;
            // The account's own stay visible, whatever is asked.
            if comment.author.is_some() {
                comments::hide(tx, comment, hidden, context.now)?;
            }
            reply::success(tx)
        }
        (&Method::DELETE, []) => {
            comments::remove(tx, comment, context.now)?;
            reply::success(tx)
        }
        (&Method::GET, ["replies"]) => {
            let wanted = fields::wanted(call.param("fields"), &DEFAULT_FIELDS)?;
            let window = Window::of_call(context, call).at_most(MOST);
            list(tx, account, &comments::replies(tx, &comment.id)?, &wanted, &window)
        }
        (&Method::POST, ["replies"]) => {
            let message = message_of(call)?;
            if media.is_live_product() {
                return Err(GraphError::not_allowed("Comments in a broadcast are answered in private only"));
            }
            let said = Said { author: None, message, attachment: None };
            let made = comments::add_to_media(tx, &media, &page.id, Some(comment), said, context.now)?;
            Ok(json!({"id": made.id}))
        }
        _ => Err(super::unsupported(call, &comment.id, rest)),
    }
}

/// A comment as its account sees it.
pub(crate) fn comment_fields(
    tx: &Connection,
    account: &Instagram,
    comment: &Comment,
    wanted: &[Field],
) -> Result<Value, GraphError> {
    let page = page_of(tx, &comment.page_id)?;
    let author = author_on_instagram(tx, &page, comment.author.as_deref())?;
    fields::select(wanted, "IGComment", FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(comment.id)),
            "text" => Some(json!(comment.message)),
            "timestamp" => Some(json!(time::graph(comment.created_at))),
            "from" => Some(json!({"id": author.id, "username": author.name})),
            "username" => Some(json!(author.name)),
            "user" if comment.author.is_none() => Some(json!({"id": account.id})),
            "hidden" => Some(json!(comment.hidden)),
            "like_count" => Some(json!(0)),
            "parent_id" => comment.parent_id.as_ref().map(|id| json!(id)),
            "media" => Some(json!({"id": comment.on_id})),
            "replies" => {
                let found = comments::replies(tx, &comment.id)?;
                // Only a comment that has some shows the key.
                if found.is_empty() {
                    None
                } else {
                    let window = Window::of_field(field).at_most(MOST);
                    Some(list(tx, account, &found, &sub_of(field)?, &window)?)
                }
            }
            _ => None,
        })
    })
}
