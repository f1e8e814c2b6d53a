//! Instagram media: stories and broadcasts that end, mentions elsewhere.

use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::{Map, Value, json};

use crate::changes::{self, Subject};
use crate::content::comments::Comment;
use crate::content::{author_on_instagram, page_of};
use crate::world::{self, Instagram};
use crate::{Error, random};

/// A story lives so long.
pub(crate) const STORY_SECONDS: i64 = 86_400;

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

/// How many media an account published through the API since then.
pub(crate) fn published_since(tx: &Connection, account_id: &str, since: i64) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM instagram_media WHERE account_id = ?1 AND by_app = 1 \
               AND parent_id IS NULL AND created_at > ?2";
    Ok(tx.query_row(sql, (account_id, since), |row| row.get(0))?)
}
