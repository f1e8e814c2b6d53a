//! The values of `feed` webhooks, one for each happening on a Page.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::changes::{self, Subject};
use crate::content::comments::Comment;
use crate::content::posts::{self, Kind, Post};
use crate::content::{author_on_page, videos};
use crate::world::Page;
use crate::{Error, pages};

/// What everything in `feed` begins with. `from` is missing when the app may not know who it was.
fn begin(
    tx: &Connection,
    page: &Page,
    actor: Option<&str>,
    (item, verb): (&str, &str),
    now: i64,
) -> Result<Map<String, Value>, Error> {
    let mut value = Map::new();
    value.insert("item".to_owned(), json!(item));
    value.insert("verb".to_owned(), json!(verb));
    if actor.is_none() || changes::shows_authors(tx, &page.id, now)? {
        value.insert("from".to_owned(), author_on_page(tx, page, actor)?.json());
    }
    Ok(value)
}

fn send(
    tx: &Connection,
    page: &Page,
    actor: Option<&str>,
    value: Map<String, Value>,
    now: i64,
) -> Result<(), Error> {
    changes::queue(tx, Subject::page(page), "feed", actor, &Value::Object(value), now)
}

fn put(value: &mut Map<String, Value>, more: Value) {
    if let Value::Object(more) = more {
        value.extend(more.into_iter().filter(|(_, value)| !value.is_null()));
    }
}

/// A post was written (`add`) or changed, published or moved (`edited`).
pub(super) fn post(tx: &Connection, page: &Page, post: &Post, verb: &str, now: i64) -> Result<(), Error> {
    let photos = posts::photos_of(tx, &post.id)?;
    let item = match (&post.author, post.kind) {
        (Some(_), _) => "post",
        // Several photos are a text post that carries them.
        (None, Kind::Photo) if photos.len() > 1 => "status",
        (None, kind) => kind.as_str(),
    };
    let actor = post.author.as_deref();
    let mut value = begin(tx, page, actor, (item, verb), now)?;
    put(
        &mut value,
        json!({
            "post_id": post.id, "message": post.message, "created_time": post.created_at,
            "published": i32::from(post.published), "link": post.link,
        }),
    );
    match (photos.as_slice(), post.kind) {
        ([], _) => {}
        ([(id, url)], Kind::Photo) => put(&mut value, json!({"photo_id": id, "link": url})),
        (several, _) => {
            let urls: Vec<&str> = several.iter().map(|(_, url)| url.as_str()).collect();
            put(&mut value, json!({"photos": urls}));
        }
    }
    match post.kind {
        Kind::Video => {
            if let Some(video) = videos::of_post(tx, &post.id)? {
                put(&mut value, json!({"video_id": video.id, "link": video.url}));
            }
        }
        Kind::Share => put(&mut value, json!({"share_id": post.local_id()})),
        Kind::Status | Kind::Photo => {}
    }
    send(tx, page, actor, value, now)
}

/// A post was deleted for good.
pub(super) fn post_removed(tx: &Connection, page: &Page, post: &Post, now: i64) -> Result<(), Error> {
    let actor = post.author.as_deref();
    let mut value = begin(tx, page, actor, ("post", "remove"), now)?;
    let more = json!({"post_id": post.id, "created_time": now, "recipient_id": page.id});
    put(&mut value, more);
    send(tx, page, actor, value, now)
}

/// A comment was added, edited, removed, hidden or shown again. A removed one comes without its text.
pub(super) fn comment(
    tx: &Connection,
    page: &Page,
    comment: &Comment,
    verb: &str,
    now: i64,
) -> Result<(), Error> {
    let Some(post) = posts::find(tx, &comment.on_id)? else { return Ok(()) };
    let actor = comment.author.as_deref();
    let mut value = begin(tx, page, actor, ("comment", verb), now)?;
    put(
        &mut value,
        json!({
            "post_id": post.id, "comment_id": comment.id, "created_time": comment.created_at,
            "parent_id": comment.parent_id.as_ref().unwrap_or(&post.id),
        }),
    );
    if verb != "remove" {
        let about = json!({
            "id": post.id, "status_type": post.status_type(), "is_published": post.published,
            "updated_time": pages::time::graph(post.updated_at), "permalink_url": post.permalink(),
            "promotion_status": "inactive",
        });
        put(&mut value, json!({"message": comment.message, "photo": comment.attachment, "post": about}));
    }
    send(tx, page, actor, value, now)
}

/// Somebody reacted to a post or a comment, changed their mind, or took it back.
pub(super) fn reaction(
    tx: &Connection,
    page: &Page,
    (post_id, comment): (&str, Option<&Comment>),
    actor: Option<&str>,
    (kind, verb): (&str, &str),
    now: i64,
) -> Result<(), Error> {
    let mut value = begin(tx, page, actor, ("reaction", verb), now)?;
    let parent = comment.and_then(|comment| comment.parent_id.as_deref()).unwrap_or(post_id);
    put(
        &mut value,
        json!({
            "reaction_type": kind, "post_id": post_id, "parent_id": parent, "created_time": now,
            "comment_id": comment.map(|comment| comment.id.as_str()),
        }),
    );
    send(tx, page, actor, value, now)
}
