//! Reactions of visitors and of the Page to posts and comments.

use rusqlite::{Connection, OptionalExtension as _};

use crate::Error;
use crate::content::comments::Comment;
use crate::content::posts::Post;
use crate::content::{feed, page_of};

/// What can be felt about a post; the webhook's `reaction_type`.
pub(crate) const KINDS: [&str; 7] = ["like", "love", "wow", "haha", "sad", "angry", "care"];

/// What is reacted to.
#[derive(Clone, Copy)]
pub(crate) enum Target<'a> {
    Post(&'a Post),
    Comment(&'a Comment),
}

impl Target<'_> {
    pub(crate) fn id(&self) -> &str {
        match self {
            Target::Post(post) => &post.id,
            Target::Comment(comment) => &comment.id,
        }
    }
}

/// One reaction: who, and which. Nobody's name is the Page's.
pub(crate) struct Reaction {
    pub(crate) actor: Option<String>,
    pub(crate) kind: String,
}

pub(crate) fn on(tx: &Connection, id: &str) -> Result<Vec<Reaction>, Error> {
    let mut statement = tx.prepare_cached(
        "SELECT actor, kind FROM reactions WHERE on_id = ?1 ORDER BY created_at DESC, rowid DESC",
    )?;
    let rows = statement.query_map([id], |row| {
        let actor: String = row.get(0)?;
        Ok(Reaction { actor: Some(actor).filter(|name| !name.is_empty()), kind: row.get(1)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Sets or, with no kind, takes back what somebody feels. Nothing happens when it is so already.
pub(crate) fn set(
    tx: &Connection,
    target: Target<'_>,
    actor: Option<&str>,
    kind: Option<&str>,
    now: i64,
) -> Result<(), Error> {
    let (id, name) = (target.id(), actor.unwrap_or_default());
    let before: Option<String> = tx
        .prepare_cached("SELECT kind FROM reactions WHERE on_id = ?1 AND actor = ?2")?
        .query_row([id, name], |row| row.get(0))
        .optional()?;
    let (told, verb) = match (&before, kind) {
        (None, None) => return Ok(()),
        (Some(before), Some(kind)) if before == kind => return Ok(()),
        (None, Some(kind)) => (kind, "add"),
        (Some(_), Some(kind)) => (kind, "edit"),
        (Some(before), None) => (before.as_str(), "remove"),
    };
    match kind {
        Some(kind) => tx.execute(
            "INSERT OR REPLACE INTO reactions (on_id, actor, kind, created_at) VALUES (?1, ?2, ?3, ?4)",
            (id, name, kind, now),
        )?,
        None => tx.execute("DELETE FROM reactions WHERE on_id = ?1 AND actor = ?2", [id, name])?,
    };
    let (page_id, post_id, comment) = match target {
        Target::Post(post) => (&post.page_id, &post.id, None),
        Target::Comment(comment) => (&comment.page_id, &comment.on_id, Some(comment)),
    };
    feed::reaction(tx, &page_of(tx, page_id)?, (post_id, comment), actor, (told, verb), now)
}
