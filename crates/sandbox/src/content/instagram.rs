//! Instagram media: containers that become media, stories and broadcasts that end, mentions elsewhere.

use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::{Map, Value, json};

use crate::changes::{self, Subject};
use crate::content::comments::Comment;
use crate::content::{author_on_instagram, page_of, videos};
use crate::world::{self, Instagram};
use crate::{Error, random};

/// A container that is not published for so long is lost.
pub(crate) const CONTAINER_SECONDS: i64 = 86_400;
/// A story lives so long.
pub(crate) const STORY_SECONDS: i64 = 86_400;

/// What stands between the files and the media.
#[derive(Clone, Debug)]
pub(crate) struct Container {
    pub(crate) id: String,
    pub(crate) account_id: String,
    /// `IMAGE`, `VIDEO`, `REELS`, `STORIES` or `CAROUSEL`.
    pub(crate) media_type: String,
    pub(crate) is_video: bool,
    pub(crate) url: Option<String>,
    pub(crate) caption: Option<String>,
    pub(crate) alt_text: Option<String>,
    pub(crate) children: Vec<String>,
    pub(crate) carousel_item: bool,
    created_at: i64,
    ready_at: i64,
    failed: bool,
    media_id: Option<String>,
}

/// How far a container is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Progress {
    Running,
    Finished,
    Failed,
    Expired,
    Published,
}

impl Progress {
    /// The container's `status_code`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Progress::Running => "IN_PROGRESS",
            Progress::Finished => "FINISHED",
            Progress::Failed => "ERROR",
            Progress::Expired => "EXPIRED",
            Progress::Published => "PUBLISHED",
        }
    }
}

impl Container {
    pub(crate) fn progress(&self, now: i64) -> Progress {
        if self.media_id.is_some() {
            Progress::Published
        } else if now - self.created_at >= CONTAINER_SECONDS {
            Progress::Expired
        } else if now < self.ready_at {
            Progress::Running
        } else if self.failed {
            Progress::Failed
        } else {
            Progress::Finished
        }
    }
}

/// What a new container is made of.
#[derive(Clone, Debug)]
pub(crate) struct Parts<'a> {
    pub(crate) media_type: &'static str,
    pub(crate) is_video: bool,
    pub(crate) url: Option<&'a str>,
    pub(crate) caption: Option<&'a str>,
    pub(crate) alt_text: Option<&'a str>,
    pub(crate) children: Vec<String>,
    pub(crate) carousel_item: bool,
}

/// Makes a container. A picture is ready at once, a video when it is processed.
pub(crate) fn add_container(
    tx: &Connection,
    account: &Instagram,
    parts: &Parts<'_>,
    now: i64,
) -> Result<String, Error> {
    let id = random::id("178", 17)?;
    let ready_at = if parts.is_video { videos::ready_at(tx, now)? } else { now };
    tx.execute(
        "INSERT INTO instagram_containers (id, account_id, media_type, is_video, url, caption, alt_text, \
         children, carousel_item, created_at, ready_at, failed) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        (
            &id,
            &account.id,
            parts.media_type,
            parts.is_video,
            parts.url,
            parts.caption,
            parts.alt_text,
            serde_json::to_string(&parts.children)?,
            parts.carousel_item,
            now,
            ready_at,
            videos::processing_fails(tx)?,
        ),
    )?;
    Ok(id)
}

pub(crate) fn container(tx: &Connection, id: &str) -> Result<Option<Container>, Error> {
    let found = tx
        .prepare_cached(
            "SELECT id, account_id, media_type, is_video, url, caption, alt_text, children, carousel_item, \
             created_at, ready_at, failed, media_id FROM instagram_containers WHERE id = ?1",
        )?
        .query_row([id], |row| {
            let children: String = row.get(7)?;
            let container = Container {
                id: row.get(0)?,
                account_id: row.get(1)?,
                media_type: row.get(2)?,
                is_video: row.get(3)?,
                url: row.get(4)?,
                caption: row.get(5)?,
                alt_text: row.get(6)?,
                children: Vec::new(),
                carousel_item: row.get(8)?,
                created_at: row.get(9)?,
                ready_at: row.get(10)?,
                failed: row.get(11)?,
                media_id: row.get(12)?,
            };
            Ok((container, children))
        })
        .optional()?;
    let Some((container, children)) = found else { return Ok(None) };
    Ok(Some(Container { children: serde_json::from_str(&children)?, ..container }))
}

/// How many containers an account made since then.
pub(crate) fn containers_since(tx: &Connection, account_id: &str, since: i64) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM instagram_containers WHERE account_id = ?1 AND created_at > ?2";
    Ok(tx.query_row(sql, (account_id, since), |row| row.get(0))?)
}

/// How many media an account published through the API since then.
pub(crate) fn published_since(tx: &Connection, account_id: &str, since: i64) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM instagram_media WHERE account_id = ?1 AND by_app = 1 \
               AND parent_id IS NULL AND created_at > ?2";
    Ok(tx.query_row(sql, (account_id, since), |row| row.get(0))?)
}

#[derive(Clone, Debug)]
pub(crate) struct Media {
    pub(crate) id: String,
    /// Nothing: somebody else's, known by a mention.
    pub(crate) account_id: Option<String>,
    pub(crate) owner: String,
    pub(crate) kind: String,
    pub(crate) product_type: String,
    pub(crate) url: String,
    pub(crate) caption: Option<String>,
    pub(crate) alt_text: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) comments_enabled: bool,
    pub(crate) ended_at: Option<i64>,
}

impl Media {
    pub(crate) fn is_live_product(&self) -> bool {
        self.product_type == "LIVE"
    }

    pub(crate) fn is_story(&self) -> bool {
        self.product_type == "STORY"
    }
}

const COLUMNS: &str = "id, account_id, owner, media_type, product_type, url, caption, alt_text, created_at, \
     comments_enabled, ended_at";

fn read(row: &Row<'_>) -> rusqlite::Result<Media> {
    Ok(Media {
        id: row.get(0)?,
        account_id: row.get(1)?,
        owner: row.get(2)?,
        kind: row.get(3)?,
        product_type: row.get(4)?,
        url: row.get(5)?,
        caption: row.get(6)?,
        alt_text: row.get(7)?,
        created_at: row.get(8)?,
        comments_enabled: row.get(9)?,
        ended_at: row.get(10)?,
    })
}

pub(crate) fn find(tx: &Connection, id: &str) -> Result<Option<Media>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM instagram_media WHERE id = ?1");
    Ok(tx.prepare_cached(&sql)?.query_row([id], read).optional()?)
}

/// An account's own media of all kinds, the newest first, without the parts of albums.
pub(crate) fn of_account(tx: &Connection, account_id: &str) -> Result<Vec<Media>, Error> {
    list(tx, "account_id = ?1 AND parent_id IS NULL ORDER BY created_at DESC, rowid DESC", account_id)
}

/// The parts of an album, in their order.
pub(crate) fn children(tx: &Connection, media_id: &str) -> Result<Vec<Media>, Error> {
    list(tx, "parent_id = ?1 ORDER BY rowid", media_id)
}

fn list(tx: &Connection, condition: &str, id: &str) -> Result<Vec<Media>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM instagram_media WHERE {condition}");
    let mut statement = tx.prepare_cached(&sql)?;
    let media = statement.query_map([id], read)?.collect::<Result<_, _>>()?;
    Ok(media)
}

/// What new media is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct New<'a> {
    /// Nothing: somebody else's.
    pub(crate) account_id: Option<&'a str>,
    pub(crate) owner: &'a str,
    pub(crate) media_type: &'a str,
    pub(crate) product_type: &'a str,
    pub(crate) parent_id: Option<&'a str>,
    pub(crate) url: &'a str,
    pub(crate) caption: Option<&'a str>,
    pub(crate) alt_text: Option<&'a str>,
    pub(crate) by_app: bool,
}

pub(crate) fn add(tx: &Connection, new: New<'_>, now: i64) -> Result<String, Error> {
    let id = random::id("180", 17)?;
    tx.execute(
        "INSERT INTO instagram_media (id, account_id, owner, media_type, product_type, parent_id, url, caption, \
         alt_text, created_at, by_app) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        (
            &id,
            new.account_id,
            new.owner,
            new.media_type,
            new.product_type,
            new.parent_id,
            new.url,
            new.caption,
            new.alt_text,
            now,
            new.by_app,
        ),
    )?;
    Ok(id)
}

/// Makes media of a container.
pub(crate) fn publish(
    tx: &Connection,
    account: &Instagram,
    container: &Container,
    now: i64,
) -> Result<String, Error> {
    let media_type = match (container.media_type.as_str(), container.is_video) {
        ("CAROUSEL", _) => "CAROUSEL_ALBUM",
        (_, true) => "VIDEO",
        (_, false) => "IMAGE",
    };
    let product_type = match container.media_type.as_str() {
        "REELS" => "REELS",
        "STORIES" => "STORY",
        _ => "FEED",
    };
    let new = New {
        account_id: Some(&account.id),
        owner: &account.username,
        media_type,
        product_type,
        parent_id: None,
        url: container.url.as_deref().unwrap_or_default(),
        // A story has none, whatever was sent.
        caption: container.caption.as_deref().filter(|_| product_type != "STORY"),
        alt_text: container.alt_text.as_deref(),
        by_app: true,
    };
    let id = add(tx, new, now)?;
    for child in &container.children {
        let Some(child) = self::container(tx, child)? else { continue };
        let part = New {
            media_type: if child.is_video { "VIDEO" } else { "IMAGE" },
            parent_id: Some(&id),
            url: child.url.as_deref().unwrap_or_default(),
            caption: None,
            ..new
        };
        let part_id = add(tx, part, now)?;
        mark_published(tx, &child.id, &part_id)?;
    }
    mark_published(tx, &container.id, &id)?;
    Ok(id)
}

fn mark_published(tx: &Connection, container_id: &str, media_id: &str) -> Result<(), Error> {
    tx.execute("UPDATE instagram_containers SET media_id = ?2 WHERE id = ?1", [container_id, media_id])?;
    Ok(())
}

/// Opens media for comments, or closes it.
pub(crate) fn enable_comments(tx: &Connection, media_id: &str, enabled: bool) -> Result<(), Error> {
    tx.execute("UPDATE instagram_media SET comments_enabled = ?2 WHERE id = ?1", (media_id, enabled))?;
    Ok(())
}

/// Ends a broadcast.
pub(crate) fn end(tx: &Connection, media_id: &str, now: i64) -> Result<(), Error> {
    tx.execute("UPDATE instagram_media SET ended_at = ?2 WHERE id = ?1", (media_id, now))?;
    Ok(())
}

/// Tells of a comment on the account's own media: in a broadcast under a field of its own, and only while it runs.
pub(super) fn tell_of_comment(
    tx: &Connection,
    media: &Media,
    comment: &Comment,
    now: i64,
) -> Result<(), Error> {
    if media.account_id.is_none() || media.ended_at.is_some() {
        return Ok(());
    }
    let page = page_of(tx, &comment.page_id)?;
    let Some(subject) = Subject::instagram(&page) else { return Ok(()) };
    let author = author_on_instagram(tx, &page, comment.author.as_deref())?;
    let mut value = Map::new();
    value.insert("id".to_owned(), json!(comment.id));
    value.insert("text".to_owned(), json!(comment.message));
    value.insert("from".to_owned(), json!({"id": author.id, "username": author.name}));
    let about = json!({"id": media.id, "media_product_type": media.product_type});
    value.insert("media".to_owned(), about);
    if let Some(parent) = &comment.parent_id {
        value.insert("parent_id".to_owned(), json!(parent));
    }
    let field = if media.is_live_product() { "live_comments" } else { "comments" };
    changes::queue(tx, subject, field, comment.author.as_deref(), &Value::Object(value), now)
}

/// Notes that somebody mentioned an account in a caption or in a comment, and tells the app.
pub(crate) fn mention(
    tx: &Connection,
    account: &Instagram,
    media_id: &str,
    comment: Option<&str>,
    actor: &str,
    now: i64,
) -> Result<(), Error> {
    tx.execute("INSERT INTO instagram_mentions VALUES (?1, ?2, ?3)", (&account.id, media_id, comment))?;
    let page = page_of(tx, &account.page_id)?;
    let Some(subject) = Subject::instagram(&page) else { return Ok(()) };
    let mut value = json!({"media_id": media_id});
    if let (Value::Object(value), Some(comment)) = (&mut value, comment) {
        value.insert("comment_id".to_owned(), json!(comment));
    }
    changes::queue(tx, subject, "mentions", Some(actor), &value, now)
}

/// Whether an account was mentioned in a media's caption, or in this comment on it.
pub(crate) fn is_mentioned(
    tx: &Connection,
    account_id: &str,
    media_id: &str,
    comment_id: Option<&str>,
) -> Result<bool, Error> {
    let mut statement = tx.prepare_cached(
        "SELECT 1 FROM instagram_mentions WHERE account_id = ?1 AND media_id = ?2 AND comment_id IS ?3",
    )?;
    Ok(statement.exists((account_id, media_id, comment_id))?)
}

/// Ends the stories whose day is over, and tells how they did.
pub(super) fn close_stories(tx: &Connection, now: i64) -> Result<(), Error> {
    let due: Vec<Media> = list(
        tx,
        "product_type = 'STORY' AND ended_at IS NULL AND account_id IS NOT NULL AND created_at <= ?1",
        &(now - STORY_SECONDS).to_string(),
    )?;
    for story in due {
        end(tx, &story.id, now)?;
        let account_id = story.account_id.as_deref().unwrap_or_default();
        let Some(page) = world::page_of_instagram(tx, account_id)? else { continue };
        let Some(subject) = Subject::instagram(&page) else { continue };
        // Nobody watches here, and small counts are not told: -1.
        let value = json!({
            "media_id": story.id, "impressions": -1, "reach": -1, "taps_forward": -1, "taps_back": -1,
            "exits": -1, "replies": 0,
        });
        changes::queue(tx, subject, "story_insights", None, &value, now)?;
    }
    Ok(())
}
