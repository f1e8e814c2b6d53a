//! Posts of Pages, and those that visitors write on them.

use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::content::{feed, page_of};
use crate::world::Page;
use crate::{Error, random};

/// What a post is, which decides the item of its webhook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Status,
    /// With a link.
    Share,
    Photo,
    Video,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Kind::Status => "status",
            Kind::Share => "share",
            Kind::Photo => "photo",
            Kind::Video => "video",
        }
    }

    fn parse(text: &str) -> Kind {
        match text {
            "share" => Kind::Share,
            "photo" => Kind::Photo,
            "video" => Kind::Video,
            _ => Kind::Status,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Post {
    /// `{page}_{post}`.
    pub(crate) id: String,
    pub(crate) page_id: String,
    /// A visitor, or nothing: the Page.
    pub(crate) author: Option<String>,
    pub(crate) kind: Kind,
    pub(crate) message: Option<String>,
    pub(crate) link: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) published: bool,
    pub(crate) scheduled_at: Option<i64>,
    pub(crate) hidden: bool,
    pub(crate) by_app: bool,
    pub(crate) private_reply_at: Option<i64>,
}

impl Post {
    /// The part of the id that the ids of its comments begin with.
    pub(crate) fn local_id(&self) -> &str {
        self.id.split_once('_').map_or(self.id.as_str(), |(_, post)| post)
    }

    pub(crate) fn permalink(&self) -> String {
        format!("https://www.facebook.com/{}/posts/{}", self.page_id, self.local_id())
    }

    pub(crate) fn status_type(&self) -> &'static str {
        match (&self.author, self.kind) {
            (Some(_), _) => "wall_post",
            (None, Kind::Status) => "mobile_status_update",
            (None, Kind::Share) => "shared_story",
            (None, Kind::Photo) => "added_photos",
            (None, Kind::Video) => "added_video",
        }
    }
}

const COLUMNS: &str = "id, page_id, author, kind, message, link, created_at, updated_at, published, \
     scheduled_at, hidden, by_app, private_reply_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Post> {
    Ok(Post {
        id: row.get(0)?,
        page_id: row.get(1)?,
        author: row.get(2)?,
        kind: Kind::parse(&row.get::<_, String>(3)?),
        message: row.get(4)?,
        link: row.get(5)?,
        created_at: row.get(6)?,
        updated_at: row.get(7)?,
        published: row.get(8)?,
        scheduled_at: row.get(9)?,
        hidden: row.get(10)?,
        by_app: row.get(11)?,
        private_reply_at: row.get(12)?,
    })
}

pub(crate) fn find(tx: &Connection, id: &str) -> Result<Option<Post>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM posts WHERE id = ?1");
    Ok(tx.prepare_cached(&sql)?.query_row([id], read).optional()?)
}

/// All posts on a Page, published or not, the newest first.
pub(crate) fn on_page(tx: &Connection, page_id: &str) -> Result<Vec<Post>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM posts WHERE page_id = ?1 ORDER BY created_at DESC, rowid DESC");
    let mut statement = tx.prepare_cached(&sql)?;
    let posts = statement.query_map([page_id], read)?.collect::<Result<_, _>>()?;
    Ok(posts)
}

/// The ids and addresses of a post's photos, in the order in which they were attached.
pub(crate) fn photos_of(tx: &Connection, post_id: &str) -> Result<Vec<(String, String)>, Error> {
    let mut statement =
        tx.prepare_cached("SELECT id, url FROM photos WHERE post_id = ?1 ORDER BY created_at, rowid")?;
    let photos =
        statement.query_map([post_id], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    Ok(photos)
}

/// What a new post says and when it goes out.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Draft<'a> {
    pub(crate) author: Option<&'a str>,
    pub(crate) message: Option<&'a str>,
    pub(crate) link: Option<&'a str>,
    pub(crate) unpublished: bool,
    pub(crate) scheduled_at: Option<i64>,
    pub(crate) by_app: bool,
}

/// Writes a post and tells the app of it once `fill` has put into it what it carries.
pub(crate) fn add(
    tx: &Connection,
    page: &Page,
    kind: Kind,
    draft: Draft<'_>,
    now: i64,
    fill: impl FnOnce(&Post) -> Result<(), Error>,
) -> Result<Post, Error> {
    let id = format!("{}_{}", page.id, random::id("12", 15)?);
    tx.execute(
        "INSERT INTO posts (id, page_id, author, kind, message, link, created_at, updated_at, published, \
         scheduled_at, by_app) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9, ?10)",
        (
            &id,
            &page.id,
            draft.author,
            kind.as_str(),
            draft.message,
            draft.link,
            now,
            !draft.unpublished && draft.scheduled_at.is_none(),
            draft.scheduled_at,
            draft.by_app,
        ),
    )?;
    let post = find(tx, &id)?.ok_or_else(|| Error::Corrupt(format!("the new post {id} is missing")))?;
    fill(&post)?;
    feed::post(tx, page, &post, "add", now)?;
    Ok(post)
}

/// Stores a post that was changed and tells the app.
pub(crate) fn save(tx: &Connection, post: &Post, now: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE posts SET message = ?2, published = ?3, scheduled_at = ?4, hidden = ?5, updated_at = ?6 \
         WHERE id = ?1",
        (&post.id, &post.message, post.published, post.scheduled_at, post.hidden, now),
    )?;
    feed::post(tx, &page_of(tx, &post.page_id)?, post, "edited", now)
}

/// Deletes a post with everything on it.
pub(crate) fn remove(tx: &Connection, post: &Post, now: i64) -> Result<(), Error> {
    // First, while the Page's visitor can still be named.
    feed::post_removed(tx, &page_of(tx, &post.page_id)?, post, now)?;
    tx.execute(
        "DELETE FROM reactions WHERE on_id = ?1 OR on_id IN (SELECT id FROM comments WHERE on_id = ?1)",
        [&post.id],
    )?;
    tx.execute("DELETE FROM comments WHERE on_id = ?1", [&post.id])?;
    tx.execute("DELETE FROM posts WHERE id = ?1", [&post.id])?;
    Ok(())
}

/// Publishes what was scheduled for now or before; a video only once it is processed.
pub(super) fn publish_due(tx: &Connection, now: i64) -> Result<(), Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM posts WHERE published = 0 AND scheduled_at <= ?1 AND NOT EXISTS \
         (SELECT 1 FROM videos WHERE post_id = posts.id AND state <> 'ready') ORDER BY scheduled_at"
    );
    let due: Vec<Post> = tx.prepare_cached(&sql)?.query_map([now], read)?.collect::<Result<_, _>>()?;
    for post in due {
        let at = post.scheduled_at.unwrap_or(now);
        let post = Post { published: true, scheduled_at: None, created_at: at, ..post };
        tx.execute("UPDATE posts SET created_at = ?2 WHERE id = ?1", (&post.id, at))?;
        save(tx, &post, now)?;
    }
    Ok(())
}

/// Keeps a photo for a post to come.
pub(crate) fn add_photo(
    tx: &Connection,
    page: &Page,
    url: &str,
    caption: Option<&str>,
    now: i64,
) -> Result<String, Error> {
    let id = random::id("13", 15)?;
    tx.execute(
        "INSERT INTO photos (id, page_id, url, caption, created_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        (&id, &page.id, url, caption, now),
    )?;
    Ok(id)
}

/// Puts a Page's unattached photo into a post; false when there is none of that id.
pub(crate) fn attach_photo(tx: &Connection, post: &Post, photo_id: &str) -> Result<bool, Error> {
    let changed = tx.execute(
        "UPDATE photos SET post_id = ?2 WHERE id = ?1 AND page_id = ?3 AND post_id IS NULL",
        (photo_id, &post.id, &post.page_id),
    )?;
    Ok(changed > 0)
}

/// Whether a photo waits to be attached to a post of this Page.
pub(crate) fn photo_waits(tx: &Connection, page_id: &str, photo_id: &str) -> Result<bool, Error> {
    let mut statement =
        tx.prepare_cached("SELECT 1 FROM photos WHERE id = ?1 AND page_id = ?2 AND post_id IS NULL")?;
    Ok(statement.exists([photo_id, page_id])?)
}
