//! Messages to people, from a Page and from the Instagram account behind it. Both go through the Page:
//! only the recipient's id tells Messenger from Instagram (Messenger Platform: Send API, Attachment
//! Upload API; Instagram messaging: send a message, private replies).

use jetbridge_domain::message::{
    Action, Attachment, Button, Card, Content, MediaKind, Message, Platform, QuickReply, Recipient, Source,
    Template,
};
use jetbridge_domain::secret::Secret;
use serde_json::{Map, Value, json};

use crate::answer;
use crate::client::Meta;
use crate::error::MetaError;

/// A message that Meta took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Whom it went to; after a private reply, the person behind the comment. Absent where Meta leaves
    /// it out.
    pub recipient_id: Option<String>,
    /// Its id, which comes again in the echo.
    pub message_id: String,
    /// The id Meta keeps the file under, where it was to be reusable.
    pub attachment_id: Option<String>,
}

impl Meta {
    /// Sends a message. It is refused with [`crate::Advice::OutsideWindow`] where the person wrote too
    /// long ago. Whether it fits Meta's limits is for [`Message::check`] to say before.
    pub async fn send(
        &self,
        page_id: &str,
        page_token: &Secret,
        message: &Message,
    ) -> Result<Sent, MetaError> {
        let (kind, tag) =
            if message.human_agent { ("MESSAGE_TAG", Some("HUMAN_AGENT")) } else { ("RESPONSE", None) };
        let reply_to = message.reply_to.as_ref().map(|mid| json!({ "mid": mid }).to_string());
        let call = self
            .post("POST /{page-id}/messages", &[page_id, "messages"])
            .acting(page_token)
            .fetching(!matches!(message.content, Content::Text(_)))
            .form("recipient", recipient(&message.to).to_string())
            .form("messaging_type", kind)
            .form_if("tag", tag)
            .form_if("reply_to", reply_to)
            .form("message", body(message).to_string());
        let answer = call.send().await?;
        Ok(Sent {
            recipient_id: answer::word(&answer, "recipient_id"),
            message_id: answer::word(&answer, "message_id")
                .ok_or(MetaError::Odd { http: 200, what: "a message without its id" })?,
            attachment_id: answer::word(&answer, "attachment_id"),
        })
    }

    /// Does something in the conversation with a person that is no message.
    pub async fn act(
        &self,
        page_id: &str,
        page_token: &Secret,
        person_id: &str,
        action: &Action,
    ) -> Result<(), MetaError> {
        let (word, payload) = match action {
            Action::TypingOn => ("typing_on", None),
            Action::TypingOff => ("typing_off", None),
            Action::MarkSeen => ("mark_seen", None),
            Action::React { message_id, reaction } => {
                ("react", Some(json!({ "message_id": message_id, "reaction": reaction })))
            }
            Action::Unreact { message_id } => ("unreact", Some(json!({ "message_id": message_id }))),
        };
        let call = self
            .post("POST /{page-id}/messages", &[page_id, "messages"])
            .acting(page_token)
            .form("recipient", json!({ "id": person_id }).to_string())
            .form("sender_action", word)
            .form_if("payload", payload.map(|payload| payload.to_string()));
        let answer = call.send().await?;
        // The recipient alone confirms it; some clients have seen `success`.
        if answer::word(&answer, "recipient_id").is_some() || answer::succeeded(&answer) {
            return Ok(());
        }
        Err(MetaError::Odd { http: 200, what: "an action that is not confirmed" })
    }

    /// Has Meta fetch a file and keep it; its id lives ninety days and works for this Page and app.
    pub async fn upload_attachment(
        &self,
        page_id: &str,
        page_token: &Secret,
        platform: Platform,
        kind: MediaKind,
        url: &str,
    ) -> Result<String, MetaError> {
        let source = Source::Url(url.to_owned());
        let message = json!({ "attachment": attachment(&Attachment { kind, source, reusable: true }) });
        let call = self
            .post("POST /{page-id}/message_attachments", &[page_id, "message_attachments"])
            .acting(page_token)
            .fetching(true)
            .form("platform", platform_word(platform))
            .form("message", message.to_string());
        answer::word(&call.send().await?, "attachment_id")
            .ok_or(MetaError::Odd { http: 200, what: "an attachment without its id" })
    }
}

/// The platform as Meta's parameters write it.
pub(crate) const fn platform_word(platform: Platform) -> &'static str {
    match platform {
        Platform::Messenger => "messenger",
        Platform::Instagram => "instagram",
    }
}

fn recipient(to: &Recipient) -> Value {
    match to {
        Recipient::Person(id) => json!({ "id": id }),
        Recipient::Comment(id) => json!({ "comment_id": id }),
        Recipient::Post(id) => json!({ "post_id": id }),
    }
}

fn body(message: &Message) -> Value {
    let mut body = Map::new();
    match &message.content {
        Content::Text(text) => put(&mut body, "text", text.as_str()),
        Content::Attachment(file) => put(&mut body, "attachment", attachment(file)),
        Content::Images(images) => {
            let image = |image| json!({ "type": "image", "payload": source(image) });
            put(&mut body, "attachments", images.iter().map(image).collect::<Vec<_>>());
        }
        Content::Template(layout) => {
            put(&mut body, "attachment", json!({ "type": "template", "payload": template(layout) }));
        }
    }
    if !message.quick_replies.is_empty() {
        put(&mut body, "quick_replies", message.quick_replies.iter().map(quick_reply).collect::<Vec<_>>());
    }
    put_some(&mut body, "metadata", message.metadata.as_deref());
    Value::Object(body)
}

fn attachment(file: &Attachment) -> Value {
    let mut payload = source(&file.source);
    // What is sent by an id is kept already.
    if file.reusable && matches!(file.source, Source::Url(_)) {
        put(&mut payload, "is_reusable", true);
    }
    json!({ "type": media_word(file.kind), "payload": payload })
}

fn source(source: &Source) -> Map<String, Value> {
    let mut payload = Map::new();
    match source {
        Source::Url(url) => put(&mut payload, "url", url.as_str()),
        Source::Id(id) => put(&mut payload, "attachment_id", id.as_str()),
    }
    payload
}

const fn media_word(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "image",
        MediaKind::Audio => "audio",
        MediaKind::Video => "video",
        MediaKind::File => "file",
    }
}

fn template(template: &Template) -> Value {
    match template {
        Template::Generic(cards) => {
            json!({ "template_type": "generic", "elements": cards.iter().map(card).collect::<Vec<_>>() })
        }
        Template::Buttons { text, buttons: list } => {
            json!({ "template_type": "button", "text": text, "buttons": buttons(list) })
        }
        Template::Media { kind, source: file, buttons: list } => {
            let mut element = source(file);
            put(&mut element, "media_type", media_word(*kind));
            if !list.is_empty() {
                put(&mut element, "buttons", buttons(list));
            }
            json!({ "template_type": "media", "elements": [element] })
        }
        Template::Other(payload) => payload.clone(),
    }
}

fn card(card: &Card) -> Value {
    let mut element = Map::new();
    put(&mut element, "title", card.title.as_str());
    put_some(&mut element, "subtitle", card.subtitle.as_deref());
    put_some(&mut element, "image_url", card.image_url.as_deref());
    let tap = card.url.as_ref().map(|url| json!({ "type": "web_url", "url": url }));
    put_some(&mut element, "default_action", tap);
    if !card.buttons.is_empty() {
        put(&mut element, "buttons", buttons(&card.buttons));
    }
    Value::Object(element)
}

fn buttons(buttons: &[Button]) -> Vec<Value> {
    let button = |button: &Button| match button {
        Button::Url { title, url } => json!({ "type": "web_url", "title": title, "url": url }),
        Button::Postback { title, payload } => {
            json!({ "type": "postback", "title": title, "payload": payload })
        }
        Button::Call { title, phone } => json!({ "type": "phone_number", "title": title, "payload": phone }),
    };
    buttons.iter().map(button).collect()
}

fn quick_reply(reply: &QuickReply) -> Value {
    match reply {
        QuickReply::Text { title, payload, image_url } => {
            let mut body = Map::new();
            put(&mut body, "content_type", "text");
            put(&mut body, "title", title.as_str());
            put(&mut body, "payload", payload.as_str());
            put_some(&mut body, "image_url", image_url.as_deref());
            Value::Object(body)
        }
        QuickReply::Phone => json!({ "content_type": "user_phone_number" }),
        QuickReply::Email => json!({ "content_type": "user_email" }),
    }
}

fn put(object: &mut Map<String, Value>, key: &str, value: impl Into<Value>) {
    object.insert(key.to_owned(), value.into());
}

fn put_some(object: &mut Map<String, Value>, key: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        put(object, key, value);
    }
}
