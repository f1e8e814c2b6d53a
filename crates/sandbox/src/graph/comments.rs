//! Comments on posts: `/{post}/comments`, `/{comment}` and likes.

use axum::http::Method;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::content::author_on_page;
use crate::content::comments::{self, Comment, Said};
use crate::content::posts::{self, Post};
use crate::content::reactions::{self, Reaction, Target};
use crate::graph::auth::{Caller, Viewer};
use crate::graph::error::GraphError;
use crate::graph::fields::{self, Field};
use crate::graph::listing::{Window, argument};
use crate::graph::{Call, Context, posts as post_edges, reply, rights, when};
use crate::pages::time;
use crate::world::Page;

/// The longest text of a comment, in characters.
const MAX_MESSAGE: usize = 8_000;
const DEFAULT_FIELDS: [&str; 4] = ["created_time", "from", "message", "id"];
/// Fields of a comment. Those without a value here exist at Meta and are left out.
const FIELDS: &[&str] = &[
    "id",
    "admin_creator",
    "application",
    "attachment",
    "can_comment",
    "can_hide",
    "can_like",
    "can_remove",
    "can_reply_privately",
    "comment_count",
    "comments",
    "created_time",
    "from",
    "is_hidden",
    "is_private",
    "like_count",
    "likes",
    "live_broadcast_timestamp",
    "message",
    "message_tags",
    "object",
    "parent",
    "permalink_url",
    "private_reply_conversation",
    "reactions",
    "user_likes",
];

/// The post, and the comment on it whose replies are meant.
type Place<'a> = (&'a Post, Option<&'a Comment>);

/// Which comments of a place are wanted, and how.
struct Wish<'a> {
    filter: Option<&'a str>,
    order: Option<&'a str>,
    since: Option<&'a str>,
    summary: bool,
}

/// `/{post}/comments` and `/{comment}/comments`.
pub(crate) fn edge(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
    place: Place<'_>,
) -> Result<Value, GraphError> {
    match call.method {
        Method::GET => {
            let viewer = rights::page(tx, call, caller, page, &rights::READ)?;
            let wanted = fields::wanted(call.param("fields"), &DEFAULT_FIELDS)?;
            let wish = Wish {
                filter: call.param("filter"),
                order: call.param("order"),
                since: call.param("since"),
                summary: call.param("summary").is_some_and(|text| !matches!(text, "false" | "0")),
            };
            list(tx, context, viewer, page, place, &wanted, &wish, &Window::of_call(context, call))
        }
        Method::POST => create(tx, context, call, caller, page, place),
        _ => Err(GraphError::no_such_object(call.method.as_str(), &place.0.id)),
    }
}

/// The comments as a field of what they stand on.
pub(crate) fn nested(
    tx: &Connection,
    context: &Context,
    viewer: &Viewer,
    page: &Page,
    place: Place<'_>,
    field: &Field,
) -> Result<Value, GraphError> {
    let wanted = match &field.sub {
        Some(sub) => sub.clone(),
        None => fields::wanted(None, &DEFAULT_FIELDS)?,
    };
    let wish = Wish {
        filter: argument(field, "filter"),
        order: argument(field, "order"),
        since: argument(field, "since"),
        summary: argument(field, "summary").is_some_and(|text| !matches!(text, "false" | "0")),
    };
    list(tx, context, viewer, page, place, &wanted, &wish, &Window::of_field(field))
}

#[expect(clippy::too_many_arguments, reason = "the same list for an edge and for a nested field")]
fn list(
    tx: &Connection,
    context: &Context,
    viewer: &Viewer,
    page: &Page,
    (post, parent): Place<'_>,
    wanted: &[Field],
    wish: &Wish<'_>,
    window: &Window,
) -> Result<Value, GraphError> {
    let one_of = |name: &str, given: Option<&str>, choices: [&str; 2]| match given {
        Some(given) if !choices.contains(&given) => {
            let why = format!("Param {name} must be one of {{{}}} - got \"{given}\"", choices.join(", "));
            Err(GraphError::parameter(&why))
        }
        given => Ok(given == Some(choices[1])),
    };
    let stream = one_of("filter", wish.filter, ["toplevel", "stream"])?;
    let newest_first = one_of("order", wish.order, ["chronological", "reverse_chronological"])?;
    let mut found = match parent {
        Some(parent) => comments::replies(tx, &parent.id)?,
        None => comments::on(tx, &post.id)?,
    };
    if parent.is_none() && !stream {
        found.retain(|comment| comment.parent_id.is_none());
    }
    let total = found.len();
    if let Some(since) = wish.since {
        let since = when::parse(since, context.now)
            .ok_or_else(|| GraphError::parameter("Param since is not a valid time"))?;
        found.retain(|comment| comment.created_at >= since);
    }
    if newest_first {
        found.reverse();
    }
    let show = |comment: &Comment| comment_fields(tx, context, viewer, page, (post, comment), wanted);
    let mut answer = window.list(&found, |comment| &comment.id, show)?;
    if wish.summary {
        let order = if newest_first { "reverse_chronological" } else { "chronological" };
        let summary = json!({"order": order, "total_count": total, "can_comment": true});
        answer.insert("summary".to_owned(), summary);
    }
    Ok(Value::Object(answer))
}

fn text_of(call: &Call) -> Result<Option<&str>, GraphError> {
    let message = call.param("message").filter(|text| !text.trim().is_empty());
    if message.is_some_and(|text| text.chars().count() > MAX_MESSAGE) {
        return Err(GraphError::parameter("The comment is too long"));
    }
    Ok(message)
}

fn create(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
    (post, parent): Place<'_>,
) -> Result<Value, GraphError> {
    rights::page(tx, call, caller, page, &rights::MODERATE)?;
    let message = text_of(call)?;
    let attachment = call.param("attachment_url").or_else(|| call.param("attachment_share_url"));
    if attachment.is_some_and(|url| !post_edges::is_web_address(url)) {
        let why = "The attachment could not be fetched from its address";
        return Err(GraphError::content(100, 2_061_006, "Invalid address", why));
    }
    if message.is_none() && attachment.is_none() {
        return Err(GraphError::parameter("Missing message or attachment"));
    }
    let said = Said { author: None, message: message.unwrap_or_default(), attachment };
    let comment = comments::add_to_post(tx, post, parent, said, context.now)?;
    Ok(json!({"id": comment.id}))
}

/// `/{comment}` and what hangs on it.
pub(crate) fn node(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    comment: &Comment,
    rest: &[&str],
) -> Result<Value, GraphError> {
    let unknown = || GraphError::no_such_object(call.method.as_str(), &comment.id);
    let page = crate::content::page_of(tx, &comment.page_id)?;
    let post = posts::find(tx, &comment.on_id)?.ok_or_else(unknown)?;
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let viewer = rights::page(tx, call, caller, &page, &rights::READ)?;
            let wanted = fields::wanted(call.param("fields"), &DEFAULT_FIELDS)?;
            comment_fields(tx, context, viewer, &page, (&post, comment), &wanted)
        }
        (&Method::POST, []) => edit(tx, context, call, caller, &page, comment),
        (&Method::DELETE, []) => {
            rights::page(tx, call, caller, &page, &rights::MODERATE)?;
            comments::remove(tx, comment, context.now)?;
            reply::success(tx)
        }
        (_, ["comments"]) => edge(tx, context, call, caller, &page, (&post, Some(comment))),
        (_, ["likes" | "reactions"]) => likes(tx, context, call, caller, &page, Target::Comment(comment)),
        _ => Err(super::unsupported(call, &comment.id, rest)),
    }
}

/// Hides and shows anybody's comment but the Page's own, and rewrites the Page's own.
fn edit(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
    comment: &Comment,
) -> Result<Value, GraphError> {
    rights::page(tx, call, caller, page, &rights::MODERATE)?;
    let (message, hidden) = (text_of(call)?, call.flag("is_hidden"));
    if message.is_none() && hidden.is_none() {
        return Err(GraphError::missing_parameter("message"));
    }
    if hidden.is_some() && comment.author.is_none() {
        return Err(GraphError::permission("The Page's own comments cannot be hidden"));
    }
    if message.is_some() && comment.author.is_some() {
        return Err(GraphError::permission("Only the Page's own comments can be edited"));
    }
    if let Some(message) = message {
        comments::edit(tx, comment, message, context.now)?;
    }
    if let Some(hidden) = hidden {
        comments::hide(tx, comment, hidden, context.now)?;
    }
    reply::success(tx)
}

/// `/{post}/likes` and `/{comment}/likes`: the Page likes, or no longer; and who reacted.
pub(crate) fn likes(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
    target: Target<'_>,
) -> Result<Value, GraphError> {
    let edge = call.path.last().map_or("likes", String::as_str);
    let kind = match (&call.method, edge) {
        (&Method::GET, _) => {
            rights::page(tx, call, caller, page, &rights::READ)?;
            let summary = call.param("summary").is_some_and(|text| !matches!(text, "false" | "0"));
            return reactions_of(tx, page, target, &Window::of_call(context, call), edge, summary);
        }
        (&Method::POST, "likes") => Some("like"),
        (&Method::DELETE, "likes") => None,
        _ => return Err(GraphError::no_such_object(call.method.as_str(), target.id())),
    };
    rights::page(tx, call, caller, page, &rights::MODERATE)?;
    reactions::set(tx, target, None, kind, context.now)?;
    reply::success(tx)
}

/// Who reacted, `likes` being those with a like.
pub(crate) fn reactions_of(
    tx: &Connection,
    page: &Page,
    target: Target<'_>,
    window: &Window,
    edge: &str,
    summary: bool,
) -> Result<Value, GraphError> {
    let all = reactions::on(tx, target.id())?;
    let own = all.iter().any(|reaction| reaction.actor.is_none());
    let mut shown = Vec::new();
    for reaction in all {
        if edge == "reactions" || reaction.kind == "like" {
            shown.push((author_on_page(tx, page, reaction.actor.as_deref())?, reaction));
        }
    }
    let show = |(author, reaction): &(crate::content::Author, Reaction)| {
        let mut row = author.json();
        if let (Value::Object(row), "reactions") = (&mut row, edge) {
            row.insert("type".to_owned(), json!(reaction.kind.to_ascii_uppercase()));
        }
        Ok(row)
    };
    let mut answer: Map<String, Value> = window.list(&shown, |(author, _)| &author.id, show)?;
    if summary {
        let key = if edge == "reactions" { "viewer_reaction" } else { "has_liked" };
        let value = if edge == "reactions" { json!(if own { "LIKE" } else { "NONE" }) } else { json!(own) };
        answer.insert("summary".to_owned(), json!({"total_count": shown.len(), key: value}));
    }
    Ok(Value::Object(answer))
}

/// A comment as a caller with these rights sees it.
fn comment_fields(
    tx: &Connection,
    context: &Context,
    viewer: &Viewer,
    page: &Page,
    (post, comment): (&Post, &Comment),
    wanted: &[Field],
) -> Result<Value, GraphError> {
    let own = comment.author.is_none();
    let may = viewer.grants.has("pages_manage_engagement");
    fields::select(wanted, "Comment", FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(comment.id)),
            "message" => Some(json!(comment.message)),
            "created_time" => Some(json!(time::graph(comment.created_at))),
            "from" if own || viewer.grants.has("pages_read_user_content") => {
                Some(author_on_page(tx, page, comment.author.as_deref())?.json())
            }
            "parent" => comment.parent_id.as_ref().map(|id| json!({"id": id})),
            "object" => Some(json!({"id": post.id})),
            "is_hidden" => Some(json!(comment.hidden)),
            "is_private" => Some(json!(false)),
            "can_hide" => Some(json!(may && !own)),
            "can_remove" | "can_comment" | "can_like" => Some(json!(may)),
            "can_reply_privately" => Some(json!(comment.can_reply_privately(context.now))),
            "comment_count" => Some(json!(comments::replies(tx, &comment.id)?.len())),
            "like_count" => Some(json!(reactions::on(tx, &comment.id)?.len())),
            "user_likes" => {
                let liked = reactions::on(tx, &comment.id)?.iter().any(|found| found.actor.is_none());
                Some(json!(liked))
            }
            "permalink_url" => Some(json!(format!("{}?comment_id={}", post.permalink(), comment.local_id()))),
            "attachment" => comment
                .attachment
                .as_ref()
                .map(|url| json!({"type": "photo", "url": url, "media": {"image": {"src": url}}})),
            "comments" => Some(nested(tx, context, viewer, page, (post, Some(comment)), field)?),
            "likes" | "reactions" => {
                let window = Window::of_field(field);
                let summary = argument(field, "summary").is_some_and(|text| text != "false");
                Some(reactions_of(tx, page, Target::Comment(comment), &window, &field.name, summary)?)
            }
            _ => None,
        })
    })
}
