//! One message as the chat shows it.

use rusqlite::Connection;
use serde_json::Value;

use crate::messaging::messages::{self, Message};
use crate::messaging::{Thread, attachments};
use crate::pages::time;
use crate::{Config, Error};

pub(crate) struct Bubble {
    pub(crate) mid: String,
    pub(crate) from_person: bool,
    pub(crate) at: String,
    pub(crate) text: Option<String>,
    /// What it answers, in its words.
    pub(crate) answers: Option<String>,
    pub(crate) files: Vec<File>,
    pub(crate) cards: Vec<Card>,
    pub(crate) quick_replies: Vec<(String, String)>,
    pub(crate) reactions: Vec<String>,
    pub(crate) edits: i64,
    pub(crate) deleted: bool,
    pub(crate) was_read: bool,
}

pub(crate) struct File {
    pub(crate) kind: String,
    pub(crate) url: Option<String>,
    /// Whether it lies here, so that the page may show it.
    pub(crate) picture: bool,
}

pub(crate) struct Card {
    pub(crate) title: String,
    pub(crate) subtitle: String,
    pub(crate) buttons: Vec<Button>,
}

pub(crate) struct Button {
    pub(crate) title: String,
    /// What a tap sends.
    pub(crate) payload: Option<String>,
    /// Where a tap leads.
    pub(crate) url: Option<String>,
}

pub(crate) fn of(
    tx: &Connection,
    config: &Config,
    thread: &Thread,
    message: &Message,
) -> Result<Bubble, Error> {
    let mut files = Vec::new();
    let mut cards = Vec::new();
    for attachment in message.attachments() {
        let payload = attachment.get("payload").cloned().unwrap_or_default();
        if text(attachment, "type") == "template" && !message.from_person {
            cards.extend(cards_of(&payload));
        } else {
            files.push(file(tx, config, attachment, &payload)?);
        }
    }
    let answered = message.content.get("reply_to").and_then(|reply| reply.get("mid"));
    let answers = match answered.and_then(Value::as_str) {
        Some(mid) => messages::find(tx, mid)?.map(|found| found.text().unwrap_or("(no text)").to_owned()),
        None => message.content.get("reply_to").map(|_| "a story".to_owned()),
    };
    let quick_replies = message.quick_replies.iter();
    let quick_replies = quick_replies.map(|reply| (text(reply, "title"), text(reply, "payload")));
    let reactions = messages::reactions(tx, &message.mid)?;
    Ok(Bubble {
        mid: message.mid.clone(),
        from_person: message.from_person,
        at: time::utc(message.sent_at.div_euclid(1000)),
        text: message.text().map(str::to_owned),
        answers,
        files,
        cards,
        quick_replies: quick_replies.filter(|(title, _)| !title.is_empty()).collect(),
        reactions: reactions.into_iter().map(|reaction| reaction.emoji).collect(),
        edits: message.edits,
        deleted: message.deleted,
        was_read: !message.from_person && message.sent_at <= thread.read_at,
    })
}

fn text(object: &Value, key: &str) -> String {
    object.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// An address that a link may lead to: no other scheme runs from a page.
fn web(url: &str) -> Option<String> {
    let known = url.starts_with("https://") || url.starts_with("http://");
    known.then(|| url.to_owned())
}

fn file(tx: &Connection, config: &Config, attachment: &Value, payload: &Value) -> Result<File, Error> {
    let kind = text(attachment, "type");
    let url = text(payload, "url");
    let here = format!("{}/sandbox/attachment/", config.public_url);
    if let Some(id) = url.strip_prefix(&here) {
        let kept = attachments::find(tx, id)?.is_some_and(|kept| kept.file.is_some());
        let picture = kept && !matches!(kind.as_str(), "audio" | "video" | "file");
        // By its path, because the browser may know this host under another name.
        return Ok(File { kind, url: Some(format!("/sandbox/attachment/{id}")), picture });
    }
    Ok(File { kind, url: web(&url), picture: false })
}

fn cards_of(payload: &Value) -> Vec<Card> {
    let list = |object: &Value, key: &str| object.get(key).and_then(Value::as_array).cloned();
    let buttons = |holder: &Value| {
        let buttons = list(holder, "buttons").unwrap_or_default();
        buttons.iter().map(button).collect::<Vec<_>>()
    };
    let Some(elements) = list(payload, "elements") else {
        let card = Card { title: text(payload, "text"), subtitle: String::new(), buttons: buttons(payload) };
        return vec![card];
    };
    let card = |element: &Value| Card {
        title: text(element, "title"),
        subtitle: text(element, "subtitle"),
        buttons: buttons(element),
    };
    elements.iter().map(card).collect()
}

fn button(button: &Value) -> Button {
    let title = text(button, "title");
    match text(button, "type").as_str() {
        "postback" => Button { title, payload: Some(text(button, "payload")), url: None },
        "web_url" => Button { title, payload: None, url: web(&text(button, "url")) },
        "phone_number" => {
            Button { title, payload: None, url: Some(format!("tel:{}", text(button, "payload"))) }
        }
        other => {
            let title = if title.is_empty() { other.replace('_', " ") } else { title };
            Button { title, payload: None, url: web(&text(button, "url")) }
        }
    }
}
