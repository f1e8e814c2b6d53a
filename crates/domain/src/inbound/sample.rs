//! One of everything that comes in, for documents and tests.

use serde_json::value::RawValue;

use super::{
    Attachment, Content, ContentKind, Family, Happening, Inbound, Lead, Message, MessageKind, Object, Party,
    ReplyTo,
};
use crate::event::sample::{AT, NoSample};

const ACCOUNT: &str = "17841400000000001";
const PERSON: &str = "6789012345678901";

#[expect(clippy::unnecessary_wraps, reason = "the fields it fills may be absent")]
fn party(id: &str) -> Option<Party> {
    Some(Party { id: id.to_owned(), ..Party::default() })
}

#[expect(clippy::unnecessary_wraps, reason = "the fields it fills may be absent")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn inbound(object: Object, happening: Happening, raw: &str) -> Result<Inbound, NoSample> {
    let family =
        if matches!(happening, Happening::Message(..)) { Family::Messaging } else { Family::Content };
    Ok(Inbound {
        object,
        account: ACCOUNT.to_owned(),
        standby: false,
        at: Some(AT),
        family,
        happening,
        key: String::new(),
        raw: RawValue::from_string(raw.to_owned()).map_err(|_| NoSample)?,
    })
}

fn message(kind: MessageKind, m: Message) -> Result<Inbound, NoSample> {
    let ends = if kind == MessageKind::Echo { (ACCOUNT, PERSON) } else { (PERSON, ACCOUNT) };
    let m = Message { from: party(ends.0), to: party(ends.1), ..m };
    let raw = format!(
        r#"{{"sender":{{"id":"{}"}},"recipient":{{"id":"{}"}},"timestamp":1795000000000}}"#,
        ends.0, ends.1
    );
    inbound(Object::Instagram, Happening::Message(kind, Box::new(m)), &raw)
}

fn content(kind: ContentKind, c: Content, raw: &str) -> Result<Inbound, NoSample> {
    let from = Some(Party { id: PERSON.to_owned(), name: None, username: text("dana.cooks") });
    let c = Content { from: c.from.or(from), ..c };
    inbound(Object::Instagram, Happening::Content(kind, Box::new(c)), raw)
}

/// A message as it is most often.
pub fn received() -> Result<Inbound, NoSample> {
    let attachment = Attachment {
        kind: "image".to_owned(),
        url: text("https://cdn.example.com/picture.jpg"),
        ..Attachment::default()
    };
    let m = Message {
        message_id: text("aWdfZAG1faXRlbToxOmZA"),
        text: text("Do you have this in blue?"),
        attachments: vec![attachment],
        quick_reply: text("COLOR_BLUE"),
        reply_to: Some(ReplyTo { message_id: text("aWdfZAG1faXRlbTo5OTk"), ..ReplyTo::default() }),
        ..Message::default()
    };
    message(MessageKind::Received, m)
}

/// A filled-in form.
pub fn lead() -> Result<Inbound, NoSample> {
    let lead = Lead {
        lead_id: "444444444444".to_owned(),
        form_id: text("555555555555"),
        ad_id: text("120200000000000001"),
        adgroup_id: text("120200000000000002"),
    };
    let raw = r#"{"field":"leadgen","value":{"leadgen_id":"444444444444","form_id":"555555555555","created_time":1795000000}}"#;
    inbound(Object::Page, Happening::Lead(Box::new(lead)), raw)
}

/// One of every name but those of leads.
pub fn all() -> Result<Vec<Inbound>, NoSample> {
    let about = || Message { message_id: text("aWdfZAG1faXRlbToxOmZA"), ..Message::default() };
    let on_post = || Content { media_id: text("17895695668004550"), ..Content::default() };
    let comment = || Content { comment_id: text("17858893269000001"), text: text("Love it"), ..on_post() };
    let raw = r#"{"field":"comments","value":{"id":"17858893269000001","text":"Love it"}}"#;
    let other = r#"{"field":"story_insights","value":{"media_id":"17895695668004550","reach":44}}"#;
    Ok(vec![
        received()?,
        message(
            MessageKind::Echo,
            Message {
                text: text("Yes, in stock."),
                app_id: text("2026000000000001"),
                metadata: text("act_1"),
                ..about()
            },
        )?,
        Inbound {
            standby: true,
            ..message(MessageKind::Read, Message { watermark: Some(AT.as_seconds()), ..Message::default() })?
        },
        message(
            MessageKind::Delivered,
            Message {
                message_ids: vec!["m_1".to_owned()],
                watermark: Some(AT.as_seconds()),
                ..Message::default()
            },
        )?,
        message(MessageKind::Edited, Message { text: text("in dark blue"), edits: Some(1), ..about() })?,
        message(MessageKind::Deleted, about())?,
        message(
            MessageKind::Reaction,
            Message { action: text("react"), reaction: text("love"), emoji: text("\u{2764}"), ..about() },
        )?,
        message(MessageKind::Postback, Message { title: text("Order"), payload: text("ORDER"), ..about() })?,
        message(
            MessageKind::Referral,
            Message {
                referral: Some(raw_value(r#"{"ref":"spring","source":"SHORTLINK","type":"OPEN_THREAD"}"#)?),
                ..Message::default()
            },
        )?,
        message(
            MessageKind::Optin,
            Message {
                optin: Some(raw_value(r#"{"type":"notification_messages","payload":"NEWS"}"#)?),
                ..Message::default()
            },
        )?,
        content(
            ContentKind::CommentCreated,
            Content {
                parent_id: text("17858893269000000"),
                kind: text("AD"),
                ad_id: text("120200000000000001"),
                ad_title: text("Spring sale"),
                ..comment()
            },
            raw,
        )?,
        content(ContentKind::CommentEdited, comment(), raw)?,
        content(ContentKind::CommentDeleted, Content { text: None, ..comment() }, raw)?,
        content(ContentKind::CommentHidden, Content { hidden: Some(true), ..comment() }, raw)?,
        content(ContentKind::MentionCreated, Content { text: None, ..comment() }, raw)?,
        content(
            ContentKind::PostCreated,
            Content {
                post_id: text("102345678901234_111"),
                kind: text("status"),
                text: text("Open late on Friday"),
                published: Some(true),
                permalink: text("https://www.facebook.com/102345678901234/posts/111"),
                own: true,
                ..Content::default()
            },
            raw,
        )?,
        content(
            ContentKind::PostEdited,
            Content { post_id: text("102345678901234_111"), kind: text("video"), ..Content::default() },
            raw,
        )?,
        content(
            ContentKind::PostDeleted,
            Content { post_id: text("102345678901234_111"), ..Content::default() },
            raw,
        )?,
        content(
            ContentKind::PostReaction,
            Content {
                post_id: text("102345678901234_111"),
                action: text("react"),
                reaction: text("love"),
                ..Content::default()
            },
            raw,
        )?,
        Inbound { family: Family::Content, ..inbound(Object::Instagram, Happening::Other, other)? },
    ])
}

fn raw_value(text: &str) -> Result<Box<RawValue>, NoSample> {
    RawValue::from_string(text.to_owned()).map_err(|_| NoSample)
}
