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
pub(super) fn item(place: &Place<'_>) -> Vec<Inbound> {
    let Some(value) = read(place.raw.get()) else { return vec![place.other(Family::Messaging, None)] };
    let found = of_value(place, &value);
    if found.is_empty() { vec![place.other(Family::Messaging, Some(&value))] } else { found }
}

/// What has a name in an item that is a value already: the dashboard's samples have it as a change.
pub(super) fn of_value(place: &Place<'_>, value: &Value) -> Vec<Inbound> {
    let named = |(kind, message, key): (MessageKind, Message, String)| {
        let happening = Happening::Message(kind, Box::new(message));
        let key = format!("{}\n{key}", kind.name());
        place.inbound(value, Read { family: Family::Messaging, happening, key, at: None })
    };
    messages(&Item::of(place, value)).into_iter().map(named).collect()
}

/// An item, and what all that can stand in it has in common.
struct Item<'a> {
    value: &'a Value,
    ends: Message,
    /// The account wrote it itself.
    own: bool,
    /// An opt-in through a plugin names nobody.
    sender: String,
    time: String,
}

impl<'a> Item<'a> {
    fn of(place: &Place<'_>, value: &'a Value) -> Self {
        let ends =
            Message { from: party(value, "sender"), to: party(value, "recipient"), ..Message::default() };
        let own = ends.from.as_ref().is_some_and(|from| from.id == place.account);
        let sender = value.get("sender").map(|sender| part(sender, "id")).unwrap_or_default();
        Self { value, ends, own, sender, time: place.time(value, "timestamp") }
    }

    fn inside(&self, key: &str) -> Option<&'a Value> {
        self.value.get(key).filter(|inside| inside.is_object())
    }

    fn ends(&self) -> Message {
        self.ends.clone()
    }

    /// What tells something apart that has no id of its own.
    fn anonymous(&self, inside: &Value) -> String {
        format!("{}\n{}\n{}", self.sender, self.time, canonical(inside))
    }
}

/// The kind, the normal form, and what tells it from others of its kind. Meta puts one into each item, but for
/// the referral that led to a message.
fn messages(item: &Item<'_>) -> Vec<(MessageKind, Message, String)> {
    let written = item.inside("message").map(|m| message(item, m));
    let pressed = item.inside("postback").map(|p| postback(item, p));
    let alone = written.is_none() && pressed.is_none();
    let others = [
        item.inside("message_edit").map(|m| edit(item, m)),
        item.inside("reaction").map(|r| reaction(item, r)),
        item.inside("read").map(|r| seen(item, r)),
        item.inside("delivery").map(|d| delivery(item, d)),
        item.inside("referral").filter(|_| alone).map(|r| {
            let message = Message { referral: raw(item.value, "referral"), ..item.ends() };
            (MessageKind::Referral, message, item.anonymous(r))
        }),
        item.inside("optin").map(|o| {
            let message = Message { optin: raw(item.value, "optin"), ..item.ends() };
            (MessageKind::Optin, message, item.anonymous(o))
        }),
    ];
    [written, pressed].into_iter().chain(others).flatten().collect()
}

fn message(item: &Item<'_>, m: &Value) -> (MessageKind, Message, String) {
    let kind = match () {
        () if flag(m, "is_deleted") => MessageKind::Deleted,
        () if flag(m, "is_echo") || item.own => MessageKind::Echo,
        () => MessageKind::Received,
    };
    let mut message = written(m, item.ends());
    message.referral = message.referral.or_else(|| raw(item.value, "referral"));
    (kind, message, word(m, "mid").unwrap_or_else(|| item.anonymous(m)))
}

fn postback(item: &Item<'_>, p: &Value) -> (MessageKind, Message, String) {
    let message = Message {
        message_id: word(p, "mid"),
        title: word(p, "title"),
        payload: word(p, "payload"),
        referral: raw(p, "referral").or_else(|| raw(item.value, "referral")),
        ..item.ends()
    };
    (MessageKind::Postback, message, word(p, "mid").unwrap_or_else(|| item.anonymous(p)))
}

fn edit(item: &Item<'_>, m: &Value) -> (MessageKind, Message, String) {
    let (text, edits) = (text(m, "text"), number(m, "num_edit"));
    let key = match word(m, "mid") {
        Some(mid) => format!("{mid}\n{}\n{}", edits.unwrap_or(-1), text.as_deref().unwrap_or_default()),
        None => item.anonymous(m),
    };
    (MessageKind::Edited, Message { message_id: word(m, "mid"), text, edits, ..item.ends() }, key)
}

fn reaction(item: &Item<'_>, r: &Value) -> (MessageKind, Message, String) {
    let key = ["mid", "action", "reaction"].map(|key| part(r, key)).join("\n");
    let message = Message {
        message_id: word(r, "mid"),
        action: word(r, "action"),
        reaction: word(r, "reaction"),
        emoji: word(r, "emoji"),
        ..item.ends()
    };
    (MessageKind::Reaction, message, format!("{}\n{}\n{key}", item.sender, item.time))
}

fn seen(item: &Item<'_>, r: &Value) -> (MessageKind, Message, String) {
    let (message_id, watermark) = (word(r, "mid"), moment(r, "watermark").map(Time::as_seconds));
    let key = match (&message_id, watermark) {
        (None, None) => item.anonymous(r),
        _ => format!("{}\n{}\n{}", item.sender, part(r, "watermark"), part(r, "mid")),
    };
    (MessageKind::Read, Message { message_id, watermark, ..item.ends() }, key)
}

fn delivery(item: &Item<'_>, d: &Value) -> (MessageKind, Message, String) {
    let (message_ids, watermark) = (texts(d, "mids"), moment(d, "watermark").map(Time::as_seconds));
    let key = match watermark {
        None if message_ids.is_empty() => item.anonymous(d),
        _ => format!("{}\n{}\n{}", item.sender, part(d, "watermark"), message_ids.join(" ")),
    };
    (MessageKind::Delivered, Message { message_ids, watermark, ..item.ends() }, key)
}

fn raw(value: &Value, key: &str) -> Option<Box<RawValue>> {
    to_raw_value(value.get(key)?).ok()
}

fn written(m: &Value, ends: Message) -> Message {
    Message {
        message_id: word(m, "mid"),
        text: text(m, "text"),
        attachments: attachments(m),
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

/// A list, or as old payloads have it a single one.
fn attachments(m: &Value) -> Vec<Attachment> {
    match m.get("attachments") {
        Some(one @ Value::Object(_)) => attachment(one).into_iter().collect(),
        _ => each(m, "attachments", attachment),
    }
}

/// Title and address stand on a shared link's attachment or in its payload; a payload may be a mere text.
fn attachment(value: &Value) -> Option<Attachment> {
    let word_of = word(value, "type");
    let payload = value.get("payload").unwrap_or(&Value::Null);
    let either = |key| word(payload, key).or_else(|| word(value, key));
    let place = payload.get("coordinates");
    let sticker = word(payload, "sticker_id");
    let kind = match word_of.as_deref() {
        // A sticker was an image with a number once.
        Some("image") if sticker.is_some() => "sticker",
        Some("ig_reel") => "reel",
        Some("ig_post") => "post",
        Some("ig_story") => "story",
        Some("unsupported_type") => "unsupported",
        Some(other) => other,
        // Meta's word for what it has no better one for.
        None => "fallback",
    };
    let ids = ["id", "reel_video_id", "ig_post_media_id", "attachment_id"];
    let found = Attachment {
        kind: kind.to_owned(),
        url: either("url").or_else(|| payload.as_str().filter(|t| t.starts_with("http")).map(str::to_owned)),
        title: either("title"),
        id: sticker.or_else(|| ids.into_iter().find_map(|key| word(payload, key))),
        latitude: place.and_then(|place| degrees(place, "lat")),
        longitude: place.and_then(|place| degrees(place, "long")),
    };
    let says = word_of.is_some() || found.url.is_some() || found.title.is_some() || found.id.is_some();
    says.then_some(found)
}

fn degrees(place: &Value, key: &str) -> Option<f64> {
    let value = place.get(key)?;
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).filter(|degrees: &f64| degrees.is_finite())
}
