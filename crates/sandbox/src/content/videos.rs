//! Videos of Pages, whose processing takes as long as the settings say.

use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::{Value, json};

use crate::changes::{self, Subject};
use crate::content::page_of;
use crate::content::posts::{self, Draft, Kind};
use crate::world::Page;
use crate::{Error, random, settings};

/// How long processing takes when the settings say nothing.
const USUAL_SECONDS: i64 = 30;

#[derive(Clone, Debug)]
pub(crate) struct Video {
    pub(crate) id: String,
    pub(crate) page_id: String,
    pub(crate) post_id: String,
    pub(crate) url: String,
    pub(crate) title: Option<String>,
    publish: bool,
    pub(crate) created_at: i64,
    state: String,
}

impl Video {
    /// The `status` of the video's node.
    pub(crate) fn status(&self, published: bool) -> Value {
        let (processing, errors) = match self.state.as_str() {
            "ready" => ("complete", None),
            "error" => ("error", Some(json!([{"code": 1_363_047, "message": "The video cannot be read"}]))),
            _ => ("in_progress", None),
        };
        let mut phase = json!({"status": processing});
        if let (Some(errors), Value::Object(phase)) = (errors, &mut phase) {
            phase.insert("errors".to_owned(), errors);
        }
        let (publishing, publish_status) = match (published, self.publish) {
            (true, _) => ("complete", "published"),
            (false, true) => ("not_started", "unpublished"),
            (false, false) => ("not_started", "draft"),
        };
        json!({
            "video_status": self.state, "uploading_phase": {"status": "complete"}, "processing_phase": phase,
            "publishing_phase": {"status": publishing, "publish_status": publish_status},
        })
    }
}

const COLUMNS: &str = "id, page_id, post_id, url, title, publish, created_at, state";

fn read(row: &Row<'_>) -> rusqlite::Result<Video> {
    Ok(Video {
        id: row.get(0)?,
        page_id: row.get(1)?,
        post_id: row.get(2)?,
        url: row.get(3)?,
        title: row.get(4)?,
        publish: row.get(5)?,
        created_at: row.get(6)?,
        state: row.get(7)?,
    })
}

pub(crate) fn find(tx: &Connection, id: &str) -> Result<Option<Video>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM videos WHERE id = ?1");
    Ok(tx.prepare_cached(&sql)?.query_row([id], read).optional()?)
}

pub(super) fn of_post(tx: &Connection, post_id: &str) -> Result<Option<Video>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM videos WHERE post_id = ?1");
    Ok(tx.prepare_cached(&sql)?.query_row([post_id], read).optional()?)
}

/// When processing that begins now will end.
pub(super) fn ready_at(tx: &Connection, now: i64) -> Result<i64, Error> {
    Ok(now + settings::number(tx, settings::PROCESSING_SECONDS)?.unwrap_or(USUAL_SECONDS))
}

/// Whether what is processed now turns out unreadable.
pub(super) fn processing_fails(tx: &Connection) -> Result<bool, Error> {
    Ok(settings::get(tx, settings::PROCESSING_RESULT)?.as_deref() == Some("error"))
}

/// Takes a video in. Its post exists at once and is published when the processing is done.
pub(crate) fn add(
    tx: &Connection,
    page: &Page,
    url: &str,
    title: Option<&str>,
    draft: Draft<'_>,
    now: i64,
) -> Result<String, Error> {
    let id = random::id("14", 15)?;
    let publish = !draft.unpublished && draft.scheduled_at.is_none();
    let ready_at = ready_at(tx, now)?;
    posts::add(tx, page, Kind::Video, Draft { unpublished: true, ..draft }, now, |post| {
        tx.execute(
            "INSERT INTO videos (id, page_id, post_id, url, title, publish, created_at, ready_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            (&id, &page.id, &post.id, url, title, publish, now, ready_at),
        )?;
        Ok(())
    })?;
    Ok(id)
}

/// Ends the processing of what has been processed long enough.
pub(super) fn finish_due(tx: &Connection, now: i64) -> Result<(), Error> {
    let sql = format!("SELECT {COLUMNS} FROM videos WHERE state = 'processing' AND ready_at <= ?1");
    let due: Vec<Video> = tx.prepare_cached(&sql)?.query_map([now], read)?.collect::<Result<_, _>>()?;
    let state = if processing_fails(tx)? { "error" } else { "ready" };
    for video in due {
        tx.execute("UPDATE videos SET state = ?2 WHERE id = ?1", [&video.id, state])?;
        let page = page_of(tx, &video.page_id)?;
        // What Meta puts into this field is not written down; this is the status that a read shows.
        let value = json!({"id": video.id, "status": {"video_status": state}});
        changes::queue(tx, Subject::page(&page), "videos", None, &value, now)?;
        let post = posts::find(tx, &video.post_id)?;
        if let Some(mut post) = post.filter(|_| video.publish && state == "ready") {
            post.published = true;
            posts::save(tx, &post, now)?;
        }
    }
    Ok(())
}
