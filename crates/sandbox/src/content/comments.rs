//! Comments on posts of Pages and on Instagram media, and the replies to them.

use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::content::posts::Post;
use crate::content::{INSTAGRAM, PAGE, feed, instagram, page_of};
use crate::{Error, random};

/// A comment can be answered in private for so long.
pub(crate) const PRIVATE_REPLY_SECONDS: i64 = 7 * 86_400;

#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: String,
    /// [`PAGE`] or [`INSTAGRAM`].
    object: String,
    pub(crate) page_id: String,
    /// The post or the media.
    pub(crate) on_id: String,
    /// The top-level comment that a reply belongs to.
    pub(crate) parent_id: Option<String>,
    /// A visitor, or nothing: the Page or its Instagram account.
    pub(crate) author: Option<String>,
    pub(crate) message: String,
    pub(crate) attachment: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) hidden: bool,
    pub(crate) private_reply_at: Option<i64>,
}

impl Comment {
    pub(crate) fn is_instagram(&self) -> bool {
        self.object == INSTAGRAM
    }

    /// The part of the id that is not the post's.
    pub(crate) fn local_id(&self) -> &str {
        self.id.split_once('_').map_or(self.id.as_str(), |(_, comment)| comment)
    }

    /// Whether a private reply to it would be taken now.
    pub(crate) fn can_reply_privately(&self, now: i64) -> bool {
        self.author.is_some()
            && self.private_reply_at.is_none()
            && now - self.created_at <= PRIVATE_REPLY_SECONDS
    }
}

const COLUMNS: &str = "id, object, page_id, on_id, parent_id, author, message, attachment, created_at, \
     hidden, private_reply_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Comment> {
    Ok(Comment {
        id: row.get(0)?,
        object: row.get(1)?,
        page_id: row.get(2)?,
        on_id: row.get(3)?,
        parent_id: row.get(4)?,
        author: row.get(5)?,
        message: row.get(6)?,
        attachment: row.get(7)?,
        created_at: row.get(8)?,
        hidden: row.get(9)?,
        private_reply_at: row.get(10)?,
    })
}

pub(crate) fn find(tx: &Connection, id: &str) -> Result<Option<Comment>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM comments WHERE id = ?1");
    Ok(tx.prepare_cached(&sql)?.query_row([id], read).optional()?)
}

/// Everything said about a post or media, replies included, the oldest first.
pub(crate) fn on(tx: &Connection, on_id: &str) -> Result<Vec<Comment>, Error> {
    all(tx, "on_id", on_id)
}

/// The replies to a comment, the oldest first.
pub(crate) fn replies(tx: &Connection, comment_id: &str) -> Result<Vec<Comment>, Error> {
    all(tx, "parent_id", comment_id)
}

fn all(tx: &Connection, column: &str, id: &str) -> Result<Vec<Comment>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM comments WHERE {column} = ?1 ORDER BY created_at, rowid");
    let mut statement = tx.prepare_cached(&sql)?;
    let comments = statement.query_map([id], read)?.collect::<Result<_, _>>()?;
    Ok(comments)
}

/// What somebody says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Said<'a> {
    /// Nobody: the Page or its Instagram account.
    pub(crate) author: Option<&'a str>,
    pub(crate) message: &'a str,
    /// The address of a picture, on Facebook only.
    pub(crate) attachment: Option<&'a str>,
}

/// A reply to a reply belongs to the comment above both.
fn top(parent: Option<&Comment>) -> Option<&str> {
    parent.map(|parent| parent.parent_id.as_deref().unwrap_or(&parent.id))
}

/// A comment on a post, or with a parent a reply.
pub(crate) fn add_to_post(
    tx: &Connection,
    post: &Post,
    parent: Option<&Comment>,
    said: Said<'_>,
    now: i64,
) -> Result<Comment, Error> {
    let id = format!("{}_{}", post.local_id(), random::id("15", 15)?);
    let comment = insert(tx, &id, PAGE, (&post.page_id, &post.id), top(parent), said, now)?;
    feed::comment(tx, &page_of(tx, &post.page_id)?, &comment, "add", now)?;
    Ok(comment)
}

/// A comment on Instagram media, or with a parent a reply. `page_id` is the Page of the account concerned.
pub(crate) fn add_to_media(
    tx: &Connection,
    media: &instagram::Media,
    page_id: &str,
    parent: Option<&Comment>,
    said: Said<'_>,
    now: i64,
) -> Result<Comment, Error> {
    let id = random::id("179", 17)?;
    let comment = insert(tx, &id, INSTAGRAM, (page_id, &media.id), top(parent), said, now)?;
    instagram::tell_of_comment(tx, media, &comment, now)?;
    Ok(comment)
}

fn insert(
    tx: &Connection,
    id: &str,
    object: &str,
    (page_id, on_id): (&str, &str),
    parent_id: Option<&str>,
    said: Said<'_>,
    now: i64,
) -> Result<Comment, Error> {
    tx.execute(
        "INSERT INTO comments (id, object, page_id, on_id, parent_id, author, message, attachment, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        (id, object, page_id, on_id, parent_id, said.author, said.message, said.attachment, now),
    )?;
    find(tx, id)?.ok_or_else(|| Error::Corrupt(format!("the new comment {id} is missing")))
}

/// Tells the app what became of a comment; of Instagram's it hears nothing but that they are there.
fn tell(tx: &Connection, comment: &Comment, verb: &str, now: i64) -> Result<(), Error> {
    if comment.is_instagram() {
        return Ok(());
    }
    feed::comment(tx, &page_of(tx, &comment.page_id)?, comment, verb, now)
}

pub(crate) fn edit(tx: &Connection, comment: &Comment, message: &str, now: i64) -> Result<(), Error> {
    tx.execute("UPDATE comments SET message = ?2 WHERE id = ?1", [&comment.id, message])?;
    tell(tx, &Comment { message: message.to_owned(), ..comment.clone() }, "edited", now)
}

/// Hides a comment from everyone but its author and their friends, or shows it again.
pub(crate) fn hide(tx: &Connection, comment: &Comment, hidden: bool, now: i64) -> Result<(), Error> {
    if comment.hidden == hidden {
        return Ok(());
    }
    tx.execute("UPDATE comments SET hidden = ?2 WHERE id = ?1", (&comment.id, hidden))?;
    let verb = if hidden { "hide" } else { "unhide" };
    tell(tx, &Comment { hidden, ..comment.clone() }, verb, now)
}

/// Removes a comment and the replies to it; each of them is told.
pub(crate) fn remove(tx: &Connection, comment: &Comment, now: i64) -> Result<(), Error> {
    for reply in replies(tx, &comment.id)? {
        remove_one(tx, &reply, now)?;
    }
    remove_one(tx, comment, now)
}

fn remove_one(tx: &Connection, comment: &Comment, now: i64) -> Result<(), Error> {
    tell(tx, comment, "remove", now)?;
    tx.execute("DELETE FROM reactions WHERE on_id = ?1", [&comment.id])?;
    tx.execute("DELETE FROM comments WHERE id = ?1", [&comment.id])?;
    Ok(())
}

/// What the sending of messages has to know about a comment that is to be answered in private.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// [`PAGE`] or [`INSTAGRAM`].
    pub(crate) object: &'static str,
    /// The visitor's name; their scoped id is the one of messages.
    pub(crate) author: String,
    pub(crate) age_seconds: i64,
    /// Somebody did already, and there can be only one such answer.
    pub(crate) answered: bool,
    /// Whether the broadcast it was made in still runs; true for what was made in none.
    pub(crate) in_time: bool,
}

/// Looks up the comment, or the visitor's post, that a private reply of this Page names. Nothing when there is
/// none, when it is another Page's, or when the Page wrote it itself.
pub(crate) fn for_private_reply(
    tx: &Connection,
    page_id: &str,
    id: &str,
    now: i64,
) -> Result<Option<Asked>, Error> {
    if let Some(comment) = find(tx, id)? {
        let Some(author) = comment.author.clone().filter(|_| comment.page_id == page_id) else {
            return Ok(None);
        };
        let media = instagram::find(tx, &comment.on_id)?;
        let in_the_end = media.is_some_and(|media| media.is_live_product() && media.ended_at.is_some());
        return Ok(Some(Asked {
            object: if comment.is_instagram() { INSTAGRAM } else { PAGE },
            author,
            age_seconds: now - comment.created_at,
            answered: comment.private_reply_at.is_some(),
            in_time: !in_the_end && now - comment.created_at <= PRIVATE_REPLY_SECONDS,
        }));
    }
    let post = crate::content::posts::find(tx, id)?.filter(|post| post.page_id == page_id);
    Ok(post.and_then(|post| {
        Some(Asked {
            object: PAGE,
            author: post.author?,
            age_seconds: now - post.created_at,
            answered: post.private_reply_at.is_some(),
            in_time: now - post.created_at <= PRIVATE_REPLY_SECONDS,
        })
    }))
}

/// Notes that a comment, or a visitor's post, was answered in private.
pub(crate) fn answered_privately(tx: &Connection, id: &str, now: i64) -> Result<(), Error> {
    tx.execute("UPDATE comments SET private_reply_at = ?2 WHERE id = ?1", (id, now))?;
    tx.execute("UPDATE posts SET private_reply_at = ?2 WHERE id = ?1", (id, now))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::posts::{self, Draft, Kind};
    use crate::world::{PAGE_BIKES, PAGE_CAFE_AURORA, page_of_instagram};

    const NOW: i64 = 1_790_000_000;

    #[test]
    fn a_private_reply_learns_whose_comment_it_answers_how_old_it_is_and_whether_it_was_answered() {
        let db = crate::db::Db::open(std::path::Path::new(":memory:")).unwrap();
        db.run(|tx| {
            crate::seed::seed_once(tx, 0)?;
            let page = page_of(tx, PAGE_BIKES)?;
            let maya = Said { author: Some("Maya"), message: "How much?", attachment: None };
            let draft = Draft { author: Some("Noam"), message: Some("Hi"), ..Draft::default() };
            let post = posts::add(tx, &page, Kind::Status, draft, NOW, |_| Ok(()))?;
            let comment = add_to_post(tx, &post, None, maya, NOW)?;
            let own = add_to_post(tx, &post, None, Said { author: None, ..maya }, NOW)?;

            let ask = |id: &str, now: i64| for_private_reply(tx, PAGE_BIKES, id, now);
            let asked = Asked {
                object: PAGE,
                author: "Maya".to_owned(),
                age_seconds: 60,
                answered: false,
                in_time: true,
            };
            assert_eq!(ask(&comment.id, NOW + 60)?, Some(asked.clone()));
            let late = NOW + PRIVATE_REPLY_SECONDS + 1;
            assert!(ask(&comment.id, late)?.is_some_and(|asked| !asked.in_time));
            answered_privately(tx, &comment.id, NOW)?;
            assert_eq!(ask(&comment.id, NOW + 60)?, Some(Asked { answered: true, ..asked }));
            // Visitors' posts are answered in the same way.
            assert_eq!(ask(&post.id, NOW)?.map(|asked| asked.author), Some("Noam".to_owned()));
            answered_privately(tx, &post.id, NOW)?;
            assert!(ask(&post.id, NOW)?.is_some_and(|asked| asked.answered));
            // The Page's own, another Page's, and nothing at all.
            assert_eq!(ask(&own.id, NOW)?, None);
            assert_eq!(for_private_reply(tx, PAGE_CAFE_AURORA, &comment.id, NOW)?, None);
            assert_eq!(ask("1_2", NOW)?, None);
            Ok::<_, Error>(())
        })
        .unwrap();
    }

    #[test]
    fn a_comment_in_a_broadcast_is_answered_in_private_only_while_it_runs() {
        let db = crate::db::Db::open(std::path::Path::new(":memory:")).unwrap();
        db.run(|tx| {
            crate::seed::seed_once(tx, 0)?;
            let page = page_of_instagram(tx, crate::world::INSTAGRAM_BIKES)?.unwrap();
            let new = instagram::New {
                account_id: Some(crate::world::INSTAGRAM_BIKES),
                owner: "omer.bikes",
                media_type: "VIDEO",
                product_type: "LIVE",
                parent_id: None,
                url: "",
                caption: None,
                alt_text: None,
                by_app: false,
            };
            let id = instagram::add(tx, new, NOW)?;
            let live = instagram::find(tx, &id)?.unwrap();
            let said = Said { author: Some("Maya"), message: "Hello", attachment: None };
            let comment = add_to_media(tx, &live, &page.id, None, said, NOW)?;
            let ask = || for_private_reply(tx, &page.id, &comment.id, NOW);
            assert!(ask()?.is_some_and(|asked| asked.object == INSTAGRAM && asked.in_time));
            instagram::end(tx, &id, NOW)?;
            assert!(ask()?.is_some_and(|asked| !asked.in_time));
            Ok::<_, Error>(())
        })
        .unwrap();
    }
}
