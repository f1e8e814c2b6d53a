//! Containers: what stands between the files and the Instagram media.

use rusqlite::{Connection, OptionalExtension as _};

use crate::content::instagram::{self, New};
use crate::content::videos;
use crate::world::Instagram;
use crate::{Error, random};

/// A container that is not published for so long is lost.
const CONTAINER_SECONDS: i64 = 86_400;

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
pub(crate) fn add(
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

pub(crate) fn find(tx: &Connection, id: &str) -> Result<Option<Container>, Error> {
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
pub(crate) fn made_since(tx: &Connection, account_id: &str, since: i64) -> Result<i64, Error> {
    let sql = "SELECT COUNT(*) FROM instagram_containers WHERE account_id = ?1 AND created_at > ?2";
    Ok(tx.query_row(sql, (account_id, since), |row| row.get(0))?)
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
    let id = instagram::add(tx, new, now)?;
    for child in &container.children {
        let Some(child) = find(tx, child)? else { continue };
        let part = New {
            media_type: if child.is_video { "VIDEO" } else { "IMAGE" },
            parent_id: Some(&id),
            url: child.url.as_deref().unwrap_or_default(),
            caption: None,
            ..new
        };
        let part_id = instagram::add(tx, part, now)?;
        mark_published(tx, &child.id, &part_id)?;
    }
    mark_published(tx, &container.id, &id)?;
    Ok(id)
}

fn mark_published(tx: &Connection, container_id: &str, media_id: &str) -> Result<(), Error> {
    tx.execute("UPDATE instagram_containers SET media_id = ?2 WHERE id = ?1", [container_id, media_id])?;
    Ok(())
}
