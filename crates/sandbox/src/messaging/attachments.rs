//! Attachments: what the app uploaded or pointed at, and the samples that people send.

use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Value, json};

use crate::messaging::{Platform, Thread};
use crate::{Config, Error, random};

/// An attachment's id is good for 90 days.
pub(crate) const LIFE_SECONDS: i64 = 90 * 86_400;

/// The kinds that an app can send as files.
pub(crate) const SENDABLE: [&str; 4] = ["image", "audio", "video", "file"];

/// What a person can send, by platform, for the forms.
pub(crate) fn kinds(platform: Platform) -> &'static [&'static str] {
    match platform {
        Platform::Messenger => &[
            "image", "audio", "video", "file", "sticker", "location", "fallback", "reel", "post", "template",
        ],
        Platform::Instagram => &[
            "image",
            "audio",
            "video",
            "file",
            "story_mention",
            "ig_post",
            "share",
            "ig_reel",
            "ig_story",
            "ephemeral",
            "unsupported_type",
        ],
    }
}

/// The small thumb up.
const THUMB: i64 = 369_239_263_222_822;

const SAMPLE_IMAGE: &[u8] = include_bytes!("../../static/sample.png");
const SAMPLE_AUDIO: &[u8] = include_bytes!("../../static/sample.wav");
const SAMPLE_FILE: &[u8] = include_bytes!("../../static/sample.pdf");

/// What lies behind an attachment.
#[derive(Clone, Debug)]
pub(crate) struct Attachment {
    pub(crate) kind: String,
    pub(crate) url: Option<String>,
    pub(crate) content_type: Option<String>,
    pub(crate) file: Option<Vec<u8>>,
    pub(crate) page_id: String,
    pub(crate) created_at: i64,
    pub(crate) reusable: bool,
}

/// Keeps an attachment and answers its id.
pub(crate) fn add(tx: &Connection, attachment: &Attachment) -> Result<String, Error> {
    let id = random::id("1", 16)?;
    tx.execute(
        "INSERT INTO chat_attachments VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        (
            &id,
            &attachment.page_id,
            &attachment.kind,
            &attachment.url,
            &attachment.content_type,
            &attachment.file,
            attachment.created_at,
            attachment.reusable,
        ),
    )?;
    Ok(id)
}

pub(crate) fn find(tx: &Connection, id: &str) -> Result<Option<Attachment>, Error> {
    let mut statement = tx.prepare_cached(
        "SELECT kind, url, content_type, file, page_id, created_at, reusable FROM chat_attachments \
         WHERE id = ?1",
    )?;
    let found = statement.query_row([id], |row| {
        Ok(Attachment {
            kind: row.get(0)?,
            url: row.get(1)?,
            content_type: row.get(2)?,
            file: row.get(3)?,
            page_id: row.get(4)?,
            created_at: row.get(5)?,
            reusable: row.get(6)?,
        })
    });
    Ok(found.optional()?)
}

/// Where Meta's stores hand an attachment out.
pub(crate) fn address(config: &Config, id: &str) -> String {
    format!("{}/sandbox/attachment/{id}", config.public_url)
}

/// An attachment of a person, in the shape of its webhook; `None`: the platform has no such kind.
pub(crate) fn from_person(
    tx: &Connection,
    config: &Config,
    thread: &Thread,
    kind: &str,
    url: Option<&str>,
    now: i64,
) -> Result<Option<Value>, Error> {
    if !kinds(thread.platform).contains(&kind) {
        return Ok(None);
    }
    let url = match url {
        Some(url) => url.to_owned(),
        None => sample(tx, config, thread, kind, now)?,
    };
    let payload = match kind {
        "ephemeral" => return Ok(Some(json!({"type": kind}))),
        "sticker" => json!({"url": url, "sticker_id": THUMB}),
        "location" => json!({"coordinates": {"lat": 32.0853, "long": 34.7818}}),
        "fallback" => {
            let payload = json!({"url": url, "title": "A shared link"});
            return Ok(Some(json!({"type": kind, "title": "A shared link", "url": url, "payload": payload})));
        }
        "reel" | "ig_reel" => {
            json!({"reel_video_id": random::id("17", 17)?, "title": "A reel", "url": url})
        }
        "post" => json!({"id": random::id("12", 15)?, "title": "A post", "url": url}),
        "ig_post" => json!({"ig_post_media_id": random::id("17", 17)?, "title": "A post", "url": url}),
        "template" => {
            let element = json!({
                "id": random::id("3", 16)?, "retailer_id": "sku-1", "image_url": url, "title": "Blue bowl",
                "subtitle": "24.00",
            });
            json!({"product": {"elements": [element]}})
        }
        _ => json!({"url": url}),
    };
    Ok(Some(json!({"type": kind, "payload": payload})))
}

/// A file of the sandbox's own, so that nobody has to find one before they can try.
fn sample(tx: &Connection, config: &Config, thread: &Thread, kind: &str, now: i64) -> Result<String, Error> {
    let (content_type, file) = match kind {
        "audio" => ("audio/wav", SAMPLE_AUDIO),
        "file" => ("application/pdf", SAMPLE_FILE),
        _ => ("image/png", SAMPLE_IMAGE),
    };
    let attachment = Attachment {
        kind: kind.to_owned(),
        url: None,
        content_type: Some(content_type.to_owned()),
        file: Some(file.to_vec()),
        page_id: thread.page_id.clone(),
        created_at: now,
        reusable: false,
    };
    Ok(address(config, &add(tx, &attachment)?))
}
