//! `/{page}/photos` and `/{page}/videos`, and the video's node.

use axum::http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::content::posts::{self, Draft, Kind};
use crate::content::videos::{self, Video};
use crate::graph::auth::Caller;
use crate::graph::error::GraphError;
use crate::graph::{Call, Context, fields, posts as post_edges, rights};
use crate::pages::time;
use crate::world::Page;

const VIDEO_FIELDS: &[&str] = &[
    "id",
    "created_time",
    "description",
    "from",
    "length",
    "permalink_url",
    "post_id",
    "published",
    "scheduled_publish_time",
    "source",
    "status",
    "title",
    "updated_time",
];

/// `POST /{page}/photos`: posts a photo or, with `published=false`, keeps it for a post to come.
pub(crate) fn photos(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
) -> Result<Value, GraphError> {
    if call.method != Method::POST {
        return Err(GraphError::no_such_object(call.method.as_str(), &page.id));
    }
    rights::page(tx, call, caller, page, &rights::POST)?;
    let url = call.param("url").ok_or_else(|| GraphError::missing_parameter("url"))?;
    if !post_edges::is_web_address(url) {
        let why = "The photo could not be fetched from its address";
        return Err(GraphError::content(100, 2_061_006, "Invalid address", why));
    }
    let draft = post_edges::draft(context, call)?;
    let message = draft.message.or_else(|| call.param("caption"));
    let photo = posts::add_photo(tx, page, url, message, context.now)?;
    if draft.unpublished && draft.scheduled_at.is_none() {
        return Ok(json!({"id": photo}));
    }
    let post = posts::add(tx, page, Kind::Photo, Draft { message, ..draft }, context.now, |post| {
        posts::attach_photo(tx, post, &photo).map(|_| ())
    })?;
    Ok(json!({"id": photo, "post_id": post.id}))
}

/// `POST /{page}/videos`.
pub(crate) fn videos(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
) -> Result<Value, GraphError> {
    if call.method != Method::POST {
        return Err(GraphError::no_such_object(call.method.as_str(), &page.id));
    }
    rights::page(tx, call, caller, page, &rights::POST)?;
    let url = call.param("file_url").ok_or_else(|| GraphError::missing_parameter("file_url"))?;
    if !post_edges::is_web_address(url) {
        let why = "The video could not be fetched from its address";
        return Err(GraphError::content(100, 2_061_006, "Invalid address", why));
    }
    let draft = Draft { message: call.param("description"), ..post_edges::draft(context, call)? };
    let id = videos::add(tx, page, url, call.param("title"), draft, context.now)?;
    Ok(json!({"id": id}))
}

/// `GET /{video}`.
pub(crate) fn video(
    tx: &Connection,
    call: &Call,
    caller: &Caller,
    video: &Video,
    rest: &[&str],
) -> Result<Value, GraphError> {
    let page = crate::content::page_of(tx, &video.page_id)?;
    if call.method != Method::GET || !rest.is_empty() {
        return Err(super::unsupported(call, &video.id, rest));
    }
    rights::page(tx, call, caller, &page, &rights::READ)?;
    let post = posts::find(tx, &video.post_id)?;
    let published = post.as_ref().is_some_and(|post| post.published);
    let wanted = fields::wanted(call.param("fields"), &["created_time", "description", "id"])?;
    fields::select(&wanted, "Video", VIDEO_FIELDS, |field| {
        let of_post = post.as_ref();
        Ok(match field.name.as_str() {
            "id" => Some(json!(video.id)),
            "created_time" => Some(json!(time::graph(video.created_at))),
            "updated_time" => of_post.map(|post| json!(time::graph(post.updated_at))),
            "description" => of_post.and_then(|post| post.message.as_ref()).map(|text| json!(text)),
            "title" => video.title.as_ref().map(|title| json!(title)),
            "from" => Some(json!({"id": page.id, "name": page.name})),
            "permalink_url" => Some(json!(format!("/{}/videos/{}/", page.id, video.id))),
            "post_id" => Some(json!(video.post_id)),
            "published" => Some(json!(published)),
            "scheduled_publish_time" => of_post.and_then(|post| post.scheduled_at).map(|at| json!(at)),
            "source" if published => Some(json!(video.url)),
            "status" => Some(video.status(published)),
            _ => None,
        })
    })
}
