//! What happens in conversations, on Messenger and Instagram (Messenger Platform: webhook events; Instagram
//! Platform: webhooks). The one place that knows these shapes.

use jetbridge_domain::clock::Time;
use jetbridge_domain::inbound::{Attachment, Family, Happening, Inbound, Message, MessageKind, ReplyTo};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use super::batch::{Place, Read, part};
use super::value::{canonical, each, moment, party, read};
use crate::answer::{flag, number, text, texts, word};

/// Reads an item of `messaging` or `standby`.
pub(super) fn item(place: &Place<'_>) -> Inbound {
    let Some(value) = read(place.raw.get()) else { return place.other(Family::Messaging, None) };
    of_value(place, &value)
}

/// Reads an item that is a value already: the dashboard's samples have it as a change.
pub(super) fn of_value(place: &Place<'_>, value: &Value) -> Inbound {
    match message(value) {
        Some((kind, message, key)) => {
            let happening = Happening::Message(kind, Box::new(message));
            let key = format!("{}\n{key}", kind.name());
            place.inbound(value, Read { family: Family::Messaging, happening, key, at: None })
        }
        None => place.other(Family::Messaging, Some(value)),
    }
}

/// The kind, the normal form, and what tells it from others of its kind.
fn message(value: &Value) -> Option<(MessageKind, Message, String)> {
    let ends = Message { from: party(value, "sender"), to: party(value, "recipient"), ..Message::default() };
    // An opt-in through a plugin names nobody.
    let sender = value.get("sender").map(|sender| part(sender, "id")).unwrap_or_default();
    let time = part(value, "timestamp");
    let inside = |key: &str| value.get(key).filter(|inside| inside.is_object());
    if let Some(m) = inside("message") {
        let kind = match () {
            () if flag(m, "is_deleted") => MessageKind::Deleted,
            () if flag(m, "is_echo") => MessageKind::Echo,
            () => MessageKind::Received,
        };
        let key = word(m, "mid").unwrap_or_else(|| canonical(value));
        return Some((kind, written(m, ends), key));
    }
    if let Some(m) = inside("message_edit") {
        let (text, edits) = (text(m, "text"), number(m, "num_edit"));
        let key =
            format!("{}\n{}\n{}", part(m, "mid"), edits.unwrap_or(-1), text.as_deref().unwrap_or_default());
        return Some((MessageKind::Edited, Message { message_id: word(m, "mid"), text, edits, ..ends }, key));
    }
    if let Some(r) = inside("reaction") {
        let (mid, action) = (word(r, "mid"), word(r, "action"));
        let key =
            format!("{}\n{sender}\n{}\n{}\n{time}", part(r, "mid"), part(r, "action"), part(r, "reaction"));
        let emoji = word(r, "emoji");
        let message = Message { message_id: mid, action, reaction: word(r, "reaction"), emoji, ..ends };
        return Some((MessageKind::Reaction, message, key));
    }
    if let Some(p) = inside("postback") {
        let key = word(p, "mid").unwrap_or_else(|| format!("{sender}\n{time}\n{}", canonical(p)));
        let message = Message {
            message_id: word(p, "mid"),
            title: word(p, "title"),
            payload: word(p, "payload"),
            referral: raw(p, "referral"),
            ..ends
        };
        return Some((MessageKind::Postback, message, key));
    }
    if let Some(r) = inside("read") {
        let watermark = moment(r, "watermark").map(Time::as_seconds);
        let key = format!("{sender}\n{}\n{}", part(r, "watermark"), part(r, "mid"));
        return Some((MessageKind::Read, Message { message_id: word(r, "mid"), watermark, ..ends }, key));
    }
    if let Some(d) = inside("delivery") {
        let (message_ids, watermark) = (texts(d, "mids"), moment(d, "watermark").map(Time::as_seconds));
        let key = format!("{sender}\n{}\n{}", part(d, "watermark"), message_ids.join(" "));
        return Some((MessageKind::Delivered, Message { message_ids, watermark, ..ends }, key));
    }
    for (name, kind) in [("referral", MessageKind::Referral), ("optin", MessageKind::Optin)] {
        if let Some(inner) = inside(name) {
            let key = format!("{sender}\n{time}\n{}", canonical(inner));
            let message = match kind {
                MessageKind::Referral => Message { referral: raw(value, name), ..ends },
                _ => Message { optin: raw(value, name), ..ends },
            };
            return Some((kind, message, key));
        }
    }
    None
}

fn raw(value: &Value, key: &str) -> Option<Box<RawValue>> {
    to_raw_value(value.get(key)?).ok()
}

fn written(m: &Value, ends: Message) -> Message {
    Message {
        message_id: word(m, "mid"),
        text: text(m, "text"),
        attachments: each(m, "attachments", attachment),
        reply_to: m.get("reply_to").and_then(reply_to),
        quick_reply: m.get("quick_reply").and_then(|q| text(q, "payload")),
        referral: raw(m, "referral"),
        app_id: word(m, "app_id"),
        metadata: word(m, "metadata"),
        unsupported: flag(m, "is_unsupported"),
        ..ends
    }
}

fn reply_to(value: &Value) -> Option<ReplyTo> {
    let story = value.get("story");
    let of_story = |key| story.and_then(|story| word(story, key));
    let reply = ReplyTo { message_id: word(value, "mid"), story_id: of_story("id"), url: of_story("url") };
    (reply != ReplyTo::default()).then_some(reply)
}

/// Title and address stand on a shared link's attachment or in its payload; a payload may be a mere text.
fn attachment(value: &Value) -> Option<Attachment> {
    let word_of = word(value, "type")?;
    let payload = value.get("payload").unwrap_or(&Value::Null);
    let either = |key| word(payload, key).or_else(|| word(value, key));
    let place = payload.get("coordinates");
    let degrees = |key| place.and_then(|place| place.get(key)).and_then(Value::as_f64);
    let sticker = word(payload, "sticker_id");
    let kind = match word_of.as_str() {
        // A sticker was an image with a number once.
        "image" if sticker.is_some() => "sticker",
        "ig_reel" => "reel",
        "ig_post" => "post",
        "ig_story" => "story",
        "unsupported_type" => "unsupported",
        other => other,
    };
    let ids = ["id", "reel_video_id", "ig_post_media_id", "attachment_id"];
    Some(Attachment {
        kind: kind.to_owned(),
        url: either("url").or_else(|| payload.as_str().filter(|t| t.starts_with("http")).map(str::to_owned)),
        title: either("title"),
        id: sticker.or_else(|| ids.into_iter().find_map(|key| word(payload, key))),
        latitude: degrees("lat"),
        longitude: degrees("long"),
    })
}
