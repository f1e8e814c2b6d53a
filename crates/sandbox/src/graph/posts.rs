//! Posts of Pages: `/{page}/feed` and its like, and `/{post}`.

use axum::http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::content::posts::{self, Draft, Kind, Post};
use crate::content::{author_on_page, comments, reactions};
use crate::graph::auth::{Caller, Viewer};
use crate::graph::error::GraphError;
use crate::graph::fields::{self, Field};
use crate::graph::listing::{Window, argument};
use crate::graph::{Call, Context, comments as comment_edges, reply, rights, when};
use crate::pages::time;
use crate::world::Page;

/// The longest text of a post, in characters.
const MAX_MESSAGE: usize = 63_206;
/// How far ahead a post can be scheduled, in seconds.
const SCHEDULE: std::ops::RangeInclusive<i64> = 600..=30 * 86_400;

/// Fields of a post. Those without a value here exist at Meta and are left out.
const FIELDS: &[&str] = &[
    "id",
    "actions",
    "admin_creator",
    "application",
    "attachments",
    "call_to_action",
    "can_reply_privately",
    "child_attachments",
    "comments",
    "created_time",
    "event",
    "from",
    "full_picture",
    "icon",
    "is_expired",
    "is_hidden",
    "is_inline_created",
    "is_instagram_eligible",
    "is_popular",
    "is_published",
    "is_spherical",
    "likes",
    "message",
    "message_tags",
    "parent_id",
    "permalink_url",
    "picture",
    "place",
    "privacy",
    "promotable_id",
    "promotion_status",
    "properties",
    "reactions",
    "scheduled_publish_time",
    "shares",
    "status_type",
    "story",
    "story_tags",
    "subscribed",
    "target",
    "targeting",
    "timeline_visibility",
    "to",
    "updated_time",
    "via",
];

pub(crate) fn is_edge(edge: &str) -> bool {
    matches!(edge, "feed" | "posts" | "published_posts" | "visitor_posts" | "tagged" | "scheduled_posts")
}

/// Which posts an edge of a Page lists; the edges that write are not here.
fn belongs(edge: &str, post: &Post) -> bool {
    match edge {
        "feed" => post.published,
        "posts" | "published_posts" => post.published && post.author.is_none(),
        "visitor_posts" | "tagged" => post.published && post.author.is_some(),
        "scheduled_posts" => !post.published && post.scheduled_at.is_some(),
        _ => false,
    }
}

/// The lists of a Page's posts, and `POST /{page}/feed`.
pub(crate) fn edge(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
    edge: &str,
) -> Result<Value, GraphError> {
    match (&call.method, edge) {
        (&Method::POST, "feed") => create(tx, context, call, caller, page),
        (&Method::GET, _) => {
            let viewer = rights::page(tx, call, caller, page, &rights::READ)?;
            // What visitors wrote is theirs, and needs a permission of its own.
            let visitors = viewer.grants.has("pages_read_user_content");
            if !visitors && matches!(edge, "visitor_posts" | "tagged") {
                return Err(GraphError::permission("Requires pages_read_user_content permission"));
            }
            let mut listed = posts::on_page(tx, &page.id)?;
            listed.retain(|post| belongs(edge, post) && (visitors || post.author.is_none()));
            let wanted = fields::wanted(call.param("fields"), &["created_time", "message", "story", "id"])?;
            let show = |post: &Post| post_fields(tx, context, viewer, page, post, &wanted);
            Ok(Value::Object(Window::of_call(context, call).list(&listed, |post| &post.id, show)?))
        }
        _ => Err(GraphError::no_such_object(call.method.as_str(), &page.id)),
    }
}

/// What all ways of posting have in common: the time, and whether at all.
pub(crate) fn draft<'a>(context: &Context, call: &'a Call) -> Result<Draft<'a>, GraphError> {
    let scheduled_at = match call.param("scheduled_publish_time") {
        None => None,
        Some(_) if call.flag("published") != Some(false) => {
            return Err(GraphError::parameter(
                "You cannot specify a scheduled publish time on a published post",
            ));
        }
        Some(text) => Some(schedule(text, context.now)?),
    };
    Ok(Draft {
        author: None,
        message: message_of(call)?,
        link: None,
        unpublished: call.flag("published") == Some(false),
        scheduled_at,
        by_app: true,
    })
}

fn message_of(call: &Call) -> Result<Option<&str>, GraphError> {
    let message = call.param("message");
    if message.is_some_and(|text| text.chars().count() > MAX_MESSAGE) {
        return Err(GraphError::parameter("The message is too long"));
    }
    Ok(message)
}

fn schedule(text: &str, now: i64) -> Result<i64, GraphError> {
    let at = when::parse(text, now)
        .ok_or_else(|| GraphError::parameter("Param scheduled_publish_time is not a valid time"))?;
    if SCHEDULE.contains(&(at - now)) {
        return Ok(at);
    }
    Err(GraphError::parameter(
        "The specified scheduled publish time is invalid: it must be between 10 minutes and 30 days from now",
    ))
}

/// An address that Meta could fetch.
pub(crate) fn is_web_address(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn create(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
) -> Result<Value, GraphError> {
    rights::page(tx, call, caller, page, &rights::POST)?;
    let draft = draft(context, call)?;
    let link = call.param("link");
    if link.is_some_and(|link| !is_web_address(link)) {
        let why = "The link could not be scraped";
        return Err(GraphError::content(100, 1_609_005, "Link post failed", why));
    }
    let photos = attached(call)?;
    for photo in &photos {
        if !posts::photo_waits(tx, &page.id, photo)? {
            let why = "One of the photos is not there or was already posted";
            return Err(GraphError::content(100, 1_366_051, "Photo already posted", why));
        }
    }
    let kind = match (photos.is_empty(), link) {
        (false, _) => Kind::Photo,
        (true, Some(_)) => Kind::Share,
        (true, None) => Kind::Status,
    };
    if kind == Kind::Status && draft.message.is_none() {
        return Err(GraphError::parameter("Missing message or attachment"));
    }
    let post = posts::add(tx, page, kind, Draft { link, ..draft }, context.now, |post| {
        photos.iter().try_for_each(|photo| posts::attach_photo(tx, post, photo).map(|_| ()))
    })?;
    Ok(json!({"id": post.id}))
}

/// `attached_media=[{"media_fbid":"1"}]`, or as forms write it `attached_media[0]={"media_fbid":"1"}`.
fn attached(call: &Call) -> Result<Vec<String>, GraphError> {
    let bad = || GraphError::parameter("Param attached_media must be a list of objects with media_fbid");
    let mut list = match call.param("attached_media") {
        None => Vec::new(),
        Some(text) => serde_json::from_str::<Vec<Value>>(text).map_err(|_| bad())?,
    };
    for (_, text) in call.parameters().filter(|(name, _)| name.starts_with("attached_media[")) {
        list.push(serde_json::from_str(text).map_err(|_| bad())?);
    }
    let id = |item: Value| match item.get("media_fbid") {
        Some(Value::String(id)) => Ok(id.clone()),
        Some(Value::Number(id)) => Ok(id.to_string()),
        _ => Err(bad()),
    };
    list.into_iter().map(id).collect()
}

/// `/{post}` and what hangs on it.
pub(crate) fn node(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    post: &Post,
    rest: &[&str],
) -> Result<Value, GraphError> {
    let page = crate::content::page_of(tx, &post.page_id)?;
    match (&call.method, rest) {
        (&Method::GET, []) => {
            let viewer = rights::page(tx, call, caller, &page, &rights::READ)?;
            let wanted = fields::wanted(call.param("fields"), &["created_time", "message", "story", "id"])?;
            post_fields(tx, context, viewer, &page, post, &wanted)
        }
        (&Method::POST, []) => edit(tx, context, call, caller, &page, post),
        (&Method::DELETE, []) => {
            rights::page(tx, call, caller, &page, &rights::DELETE_POST)?;
            posts::remove(tx, post, context.now)?;
            reply::success(tx)
        }
        (_, ["comments"]) => comment_edges::edge(tx, context, call, caller, &page, (post, None)),
        (_, ["likes" | "reactions"]) => {
            comment_edges::likes(tx, context, call, caller, &page, reactions::Target::Post(post))
        }
        _ => Err(super::unsupported(call, &post.id, rest)),
    }
}

fn edit(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
    post: &Post,
) -> Result<Value, GraphError> {
    rights::page(tx, call, caller, page, &rights::POST)?;
    if !post.by_app {
        return Err(GraphError::permission("The post was not created by this application"));
    }
    let mut changed = post.clone();
    changed.message = message_of(call)?.map(str::to_owned).or(changed.message);
    changed.hidden = call.flag("is_hidden").unwrap_or(changed.hidden);
    if let Some(text) = call.param("scheduled_publish_time") {
        if post.published {
            return Err(GraphError::parameter("A published post cannot be scheduled"));
        }
        changed.scheduled_at = Some(schedule(text, context.now)?);
    }
    match call.flag("is_published") {
        Some(true) => (changed.published, changed.scheduled_at) = (true, None),
        Some(false) if post.published => {
            return Err(GraphError::parameter("A published post cannot be taken back"));
        }
        _ => {}
    }
    posts::save(tx, &changed, context.now)?;
    reply::success(tx)
}

/// A post as a caller with these rights sees it.
fn post_fields(
    tx: &Connection,
    context: &Context,
    viewer: &Viewer,
    page: &Page,
    post: &Post,
    wanted: &[Field],
) -> Result<Value, GraphError> {
    fields::select(wanted, "PagePost", FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(post.id)),
            "message" => post.message.as_ref().map(|message| json!(message)),
            "created_time" => Some(json!(time::graph(post.created_at))),
            "updated_time" => Some(json!(time::graph(post.updated_at))),
            "from" if post.author.is_none() || viewer.grants.has("pages_read_user_content") => {
                Some(author_on_page(tx, page, post.author.as_deref())?.json())
            }
            "permalink_url" => Some(json!(post.permalink())),
            "status_type" => Some(json!(post.status_type())),
            "is_published" => Some(json!(post.published)),
            "is_hidden" => Some(json!(post.hidden)),
            "is_expired" | "is_popular" | "is_spherical" | "subscribed" => Some(json!(false)),
            "scheduled_publish_time" => post.scheduled_at.map(|at| json!(at)),
            "promotion_status" => Some(json!("inactive")),
            "can_reply_privately" => Some(json!(
                post.author.is_some()
                    && post.private_reply_at.is_none()
                    && context.now - post.created_at <= comments::PRIVATE_REPLY_SECONDS
            )),
            "full_picture" | "picture" => posts::photos_of(tx, &post.id)?.first().map(|(_, url)| json!(url)),
            "attachments" => attachments(tx, post)?,
            "comments" => Some(comment_edges::nested(tx, context, viewer, page, (post, None), field)?),
            "likes" | "reactions" => {
                let (target, window) = (reactions::Target::Post(post), Window::of_field(field));
                let summary = argument(field, "summary").is_some_and(|text| text != "false");
                Some(comment_edges::reactions_of(tx, page, target, &window, &field.name, summary)?)
            }
            _ => None,
        })
    })
}

fn attachments(tx: &Connection, post: &Post) -> Result<Option<Value>, GraphError> {
    let photos = posts::photos_of(tx, &post.id)?;
    let photo = |(id, url): &(String, String)| json!({"type": "photo", "media": {"image": {"src": url}}, "target": {"id": id}, "url": url});
    Ok(match (photos.as_slice(), &post.link) {
        ([], None) => None,
        ([], Some(link)) => Some(json!({"data": [{"type": "share", "url": link, "unshimmed_url": link}]})),
        ([one], _) => Some(json!({"data": [photo(one)]})),
        (several, _) => {
            let parts: Vec<Value> = several.iter().map(photo).collect();
            Some(json!({"data": [{"type": "album", "subattachments": {"data": parts}}]}))
        }
    })
}
