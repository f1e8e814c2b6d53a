//! What the business writes: read and checked as Meta does, and turned into what its echo will say.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::graph::Call;
use crate::graph::error::GraphError;
use crate::graph::messages::{refusal, template};
use crate::messaging::Platform;
use crate::messaging::attachments::{self, Attachment};
use crate::world::Page;
use crate::{Config, settings};

const MESSENGER_CHARACTERS: usize = 2_000;
const INSTAGRAM_BYTES: usize = 1_000;
const METADATA_CHARACTERS: usize = 1_000;
const INSTAGRAM_IMAGES: usize = 10;
const MESSENGER_IMAGES: usize = 30;
const IMAGE_BYTES: usize = 8 * 1024 * 1024;
const FILE_BYTES: usize = 25 * 1024 * 1024;

/// A message that may be sent.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    /// The `message` of its echo, without mid.
    pub(crate) content: Map<String, Value>,
    pub(crate) quick_replies: Vec<Value>,
    /// Of an attachment that can be sent again.
    pub(crate) attachment_id: Option<String>,
    pub(crate) template_type: Option<String>,
}

/// Who sends, and where to.
#[derive(Clone, Copy)]
pub(crate) struct Sending<'a> {
    pub(crate) config: &'a Config,
    pub(crate) call: &'a Call,
    pub(crate) page: &'a Page,
    pub(crate) platform: Platform,
    pub(crate) now: i64,
}

pub(crate) fn read(tx: &Connection, sending: Sending<'_>, message: &Value) -> Result<Outgoing, GraphError> {
    let platform = sending.platform;
    let bad = |what: &str| Err(refusal::bad_message(platform, what));
    if !message.is_object() {
        return bad("Param message must be a JSON object");
    }
    let mut outgoing = Outgoing::default();
    let held = |key: &str| message.get(key).filter(|value| !value.is_null());
    let contents = ["text", "attachment", "attachments", "sticker_id"];
    if contents.iter().filter(|key| held(key).is_some()).count() != 1 {
        return bad("A message holds either a text or an attachment");
    }
    if let Some(text) = held("text") {
        outgoing.content.insert("text".to_owned(), json!(checked_text(platform, text)?));
    } else if let Some(attachment) = held("attachment") {
        let attachment = one(tx, sending, attachment, &mut outgoing)?;
        outgoing.content.insert("attachments".to_owned(), json!([attachment]));
    } else if let Some(sticker) = held("sticker_id") {
        let url = format!("{}/sandbox/static/icon.svg", sending.config.public_url);
        let sticker = json!({"type": "sticker", "payload": {"url": url, "sticker_id": sticker}});
        outgoing.content.insert("attachments".to_owned(), json!([sticker]));
    } else if let Some(list) = held("attachments") {
        let attachments = several(tx, sending, list, &mut outgoing)?;
        outgoing.content.insert("attachments".to_owned(), Value::Array(attachments));
    }
    if let Some(replies) = held("quick_replies") {
        let Some(replies) = replies.as_array() else { return bad("quick_replies must be a list") };
        template::quick_replies(platform, replies)?;
        outgoing.quick_replies.clone_from(replies);
    }
    if let Some(metadata) = held("metadata") {
        match metadata.as_str() {
            Some(text) if text.chars().count() <= METADATA_CHARACTERS => {
                outgoing.content.insert("metadata".to_owned(), json!(text));
            }
            _ => return bad("metadata is a text of at most 1000 characters"),
        }
    }
    Ok(outgoing)
}

/// Messenger counts characters, Instagram bytes.
fn checked_text(platform: Platform, text: &Value) -> Result<&str, GraphError> {
    let text = text.as_str().unwrap_or_default();
    if text.is_empty() {
        return Err(refusal::bad_message(platform, "Param message[text] must be a non-empty string."));
    }
    match platform {
        Platform::Messenger if text.chars().count() > MESSENGER_CHARACTERS => Err(refusal::bad_message(
            platform,
            "Length of param message[text] must be less than or equal to 2000",
        )),
        Platform::Instagram if text.len() > INSTAGRAM_BYTES => Err(refusal::bad_message(
            platform,
            "The text of an Instagram message has at most 1000 bytes of UTF-8",
        )),
        _ => Ok(text),
    }
}

fn several(
    tx: &Connection,
    sending: Sending<'_>,
    list: &Value,
    outgoing: &mut Outgoing,
) -> Result<Vec<Value>, GraphError> {
    let platform = sending.platform;
    let most = match platform {
        Platform::Messenger => MESSENGER_IMAGES,
        Platform::Instagram => INSTAGRAM_IMAGES,
    };
    let list = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let only_images = list.iter().all(|one| one.get("type").and_then(Value::as_str) == Some("image"));
    if list.is_empty() || list.len() > most || !only_images {
        let what = format!("Param message[attachments] is a list of 1 to {most} images");
        return Err(refusal::bad_message(platform, &what));
    }
    list.iter().map(|attachment| one(tx, sending, attachment, outgoing)).collect()
}

/// One attachment, as the echo shows it.
fn one(
    tx: &Connection,
    sending: Sending<'_>,
    attachment: &Value,
    outgoing: &mut Outgoing,
) -> Result<Value, GraphError> {
    let platform = sending.platform;
    let kind = attachment.get("type").and_then(Value::as_str).unwrap_or_default();
    let payload = attachment.get("payload").cloned().unwrap_or_default();
    match (kind, platform) {
        ("template", _) => {
            template::check(platform, &payload)?;
            let template_type = payload.get("template_type").and_then(Value::as_str);
            outgoing.template_type = template_type.map(str::to_owned);
            Ok(json!({"type": "template", "payload": payload}))
        }
        ("like_heart", Platform::Instagram) => Ok(json!({"type": "like_heart"})),
        ("MEDIA_SHARE", Platform::Instagram) => match payload.get("id").and_then(Value::as_str) {
            Some(id) => Ok(json!({"type": "ig_post", "payload": {"ig_post_media_id": id}})),
            None => Err(refusal::bad_message(platform, "A shared post needs its id")),
        },
        (kind, _) if attachments::SENDABLE.contains(&kind) => {
            let (id, reusable) = media(tx, sending, attachment)?;
            if reusable {
                outgoing.attachment_id = Some(id.clone());
            }
            let url = attachments::address(sending.config, &id);
            Ok(json!({"type": kind, "payload": {"url": url}}))
        }
        _ => Err(refusal::bad_message(platform, "Param message[attachment][type] is invalid")),
    }
}

/// The id of a file, and whether the answer names it: by an id given before, in the call, or by its address.
pub(crate) fn media(
    tx: &Connection,
    sending: Sending<'_>,
    attachment: &Value,
) -> Result<(String, bool), GraphError> {
    let kind = attachment.get("type").and_then(Value::as_str).unwrap_or_default();
    let payload = attachment.get("payload").cloned().unwrap_or_default();
    let text = |key: &str| payload.get(key).and_then(Value::as_str);
    if let Some(id) = text("attachment_id") {
        let found = attachments::find(tx, id)?.filter(|found| {
            found.reusable
                && found.kind == kind
                && found.page_id == sending.page.id
                && sending.now < found.created_at.saturating_add(attachments::LIFE_SECONDS)
        });
        return found.map(|_| (id.to_owned(), false)).ok_or_else(refusal::not_your_attachment);
    }
    let reusable = payload.get("is_reusable").is_some_and(|flag| flag == true || flag == "true");
    let mut kept = Attachment {
        kind: kind.to_owned(),
        url: None,
        content_type: None,
        file: None,
        page_id: sending.page.id.clone(),
        created_at: sending.now,
        reusable,
    };
    match (text("url"), sending.call.files.iter().find(|file| file.field == "filedata")) {
        (Some(url), _) => {
            fetched(tx, kind, url)?;
            kept.url = Some(url.to_owned());
        }
        (None, Some(file)) if sending.platform == Platform::Messenger => {
            let most = if kind == "image" { IMAGE_BYTES } else { FILE_BYTES };
            if file.bytes.is_empty() {
                return Err(refusal::upload_failed());
            }
            if file.bytes.len() > most {
                return Err(refusal::too_large());
            }
            kept.content_type.clone_from(&file.content_type);
            kept.file = Some(file.bytes.clone());
        }
        _ => {
            let what = "Param message[attachment][payload] needs a url or an attachment_id";
            return Err(refusal::bad_message(sending.platform, what));
        }
    }
    Ok((attachments::add(tx, &kept)?, reusable))
}

/// The sandbox fetches nothing; the settings say how it would have ended.
fn fetched(tx: &Connection, kind: &str, url: &str) -> Result<(), GraphError> {
    let is_web = url::Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    let outcome = settings::get(tx, settings::ATTACHMENT_FETCH)?;
    match outcome.as_deref() {
        _ if !is_web => Err(refusal::not_fetched()),
        Some("times_out") if kind == "video" => Err(refusal::fetch_timed_out()),
        Some("fails" | "times_out") => Err(refusal::not_fetched()),
        Some("too_large") => Err(refusal::too_large()),
        _ => Ok(()),
    }
}
