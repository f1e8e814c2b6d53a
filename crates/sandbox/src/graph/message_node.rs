//! A message as a node: who wrote it to whom, and what it holds.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::graph::conversations::moment;
use crate::graph::error::GraphError;
use crate::graph::fields::{self, Field};
use crate::messaging::messages::{self, Message};
use crate::messaging::{Platform, Thread};
use crate::world::Page;

const FIELDS: [&str; 13] = [
    "id",
    "created_time",
    "from",
    "to",
    "message",
    "attachments",
    "shares",
    "sticker",
    "story",
    "reply_to",
    "reactions",
    "is_unsupported",
    "tags",
];

/// The person, as participants and authors are shown.
pub(crate) fn person(thread: &Thread) -> Value {
    match thread.platform {
        Platform::Messenger => json!({
            "name": thread.name, "email": format!("{}@facebook.com", thread.person), "id": thread.person,
        }),
        Platform::Instagram => json!({"username": thread.username(), "id": thread.person}),
    }
}

/// The Page or its Instagram account, likewise.
pub(crate) fn business(page: &Page, thread: &Thread) -> Value {
    match (&page.instagram, thread.platform) {
        (Some(account), Platform::Instagram) => json!({"username": account.username, "id": account.id}),
        _ => json!({"name": page.name, "email": format!("{}@facebook.com", page.id), "id": page.id}),
    }
}

pub(crate) fn describe(
    tx: &Connection,
    page: &Page,
    thread: &Thread,
    message: &Message,
    wanted: &[Field],
) -> Result<Value, GraphError> {
    let (from, to) = if message.from_person {
        (person(thread), business(page, thread))
    } else {
        (business(page, thread), person(thread))
    };
    fields::select(wanted, "Message", &FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(message.mid)),
            "created_time" => Some(json!(moment(message.sent_at))),
            "from" => Some(from.clone()),
            "to" => Some(json!({"data": [to]})),
            "message" => Some(json!(message.text().unwrap_or_default())),
            "attachments" => attachments(message),
            "shares" => shares(message),
            "sticker" => of_kind(message, "sticker").and_then(|sticker| at(sticker, "url")),
            "story" => story(message),
            "reply_to" => message
                .content
                .get("reply_to")
                .and_then(|reply| reply.get("mid"))
                .map(|mid| json!({"mid": mid, "is_self_reply": false})),
            "is_unsupported" => message.content.get("is_unsupported").cloned(),
            "reactions" => reactions(tx, page, thread, message)?,
            _ => None,
        })
    })
}

fn kind(attachment: &Value) -> &str {
    attachment.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn at(attachment: &Value, key: &str) -> Option<Value> {
    attachment.get("payload").and_then(|payload| payload.get(key)).cloned()
}

fn of_kind<'a>(message: &'a Message, wanted: &str) -> Option<&'a Value> {
    message.attachments().iter().find(|attachment| kind(attachment) == wanted)
}

fn listed(data: Vec<Value>) -> Option<Value> {
    (!data.is_empty()).then(|| Value::Object(Map::from_iter([("data".to_owned(), Value::Array(data))])))
}

/// Files, each with its address where its kind has it.
pub(crate) fn attachments(message: &Message) -> Option<Value> {
    let files = message.attachments().iter().enumerate().filter_map(|(index, attachment)| {
        let url = at(attachment, "url");
        let (mime_type, name) = match kind(attachment) {
            "image" => ("image/jpeg", "image"),
            "video" => ("video/mp4", "video"),
            "audio" => ("audio/mpeg", "audio"),
            "file" => ("application/octet-stream", "file"),
            "template" => {
                return Some(json!({"id": format!("{}{index}", message.number), "generic_template":
                attachment.get("payload")}));
            }
            _ => return None,
        };
        let mut file = Map::new();
        file.insert("id".to_owned(), json!(format!("{}{index}", message.number)));
        file.insert("mime_type".to_owned(), json!(mime_type));
        file.insert("name".to_owned(), json!(format!("{name}-{}", message.number)));
        match name {
            "image" => {
                let image = json!({"width": 64, "height": 64, "max_width": 64, "max_height": 64, "url": url,
                    "preview_url": url, "image_type": 1, "render_as_sticker": false});
                file.insert("image_data".to_owned(), image);
            }
            "video" => {
                let video = json!({"width": 64, "height": 64, "length": 1, "video_type": 1, "url": url,
                    "preview_url": url, "rotation": 0});
                file.insert("video_data".to_owned(), video);
            }
            _ => {
                file.insert("file_url".to_owned(), json!(url));
            }
        }
        Some(Value::Object(file))
    });
    listed(files.collect())
}

/// What was shared rather than attached: links, posts, reels.
fn shares(message: &Message) -> Option<Value> {
    let shared = ["fallback", "share", "post", "ig_post", "reel", "ig_reel"];
    let links = message
        .attachments()
        .iter()
        .filter(|attachment| shared.contains(&kind(attachment)))
        .map(|attachment| json!({"link": at(attachment, "url"), "name": at(attachment, "title")}));
    listed(links.collect())
}

fn story(message: &Message) -> Option<Value> {
    let answered = message.content.get("reply_to").and_then(|reply| reply.get("story"));
    let mention = of_kind(message, "story_mention").and_then(|mention| at(mention, "url"));
    match (answered, mention) {
        (Some(story), _) => Some(json!({"reply_to": {"link": story.get("url"), "id": story.get("id")}})),
        (None, Some(link)) => Some(json!({"mention": {"link": link, "id": message.number.to_string()}})),
        (None, None) => None,
    }
}

fn reactions(
    tx: &Connection,
    page: &Page,
    thread: &Thread,
    message: &Message,
) -> Result<Option<Value>, GraphError> {
    let data = messages::reactions(tx, &message.mid)?
        .into_iter()
        .map(|reaction| {
            let user = if reaction.from_person { person(thread) } else { business(page, thread) };
            json!({"reaction": reaction.name, "users": [user]})
        })
        .collect();
    Ok(listed(data))
}
