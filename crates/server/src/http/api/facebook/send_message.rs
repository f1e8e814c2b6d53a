//! `POST /api/facebook/sendMessage`: a message to a person.

use axum::extract::State;
use jetbridge_domain::budget::Class;
use jetbridge_domain::id::{ActId, ConnectionId};
use jetbridge_domain::inputs;
use jetbridge_domain::media::Media;
use jetbridge_domain::message::{
    Attachment, Content, MediaKind, Message, QuickReply, Recipient, Source, Template,
};
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_domain::trace::Trace;
use jetbridge_domain::url::WebUrl;
use jetbridge_meta::MetaError;
use serde::Serialize;
use serde_json::Value;

use crate::app::App;
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed::{self, Deed, Done, Errand};
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Field, Kind, Method, Operation, Unsampled, may, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "sendMessage",
    method: Method::Post,
    summary: "Send a message",
    text: "For types 1 and 2. Just one of `text`, `attachment` and `template`. A person can be written to for a day \
           after they last wrote; with `human_agent`, which says that a human wrote it, for a week. Send an \
           Idempotency-Key: a call that was cut off is then never sent twice, and answers 52 until the echo of the \
           message shows that it went out.",
    keyed: true,
    input: &[
        must("connection_id", Kind::Id("connection", "con_"), "The connection."),
        must("to", Kind::Text, "The person, by the id of an event's `from`."),
        may("text", Kind::Text, "At most 2000 characters on Messenger, 1000 bytes of UTF-8 on Instagram."),
        may("attachment", Kind::Object(ATTACHMENT), "A file."),
        may("template", Kind::Any, "The payload of a template as Meta defines it, with its `template_type`."),
        may("quick_replies", Kind::Objects(QUICK_REPLY), "At most 13 answers to tap."),
        may("reply_to", Kind::Text, "The message that it answers."),
        may("human_agent", Kind::Flag, "A human wrote it."),
    ],
    answer: SENT,
    reasons: ACTING,
    sample: sent_sample,
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","to":"6789012345678901","text":"Yes, in stock."}"#,
    ..Operation::BASE
};

const ATTACHMENT: &[Field] = &[
    must("kind", Kind::Word(&["image", "audio", "video", "file"]), "What it is shown as."),
    may("url", Kind::Text, "Its public address, where Meta fetches it."),
    may("attachment_id", Kind::Text, "In place of it, the id of a file that Meta has already."),
    may("reusable", Kind::Flag, "Whether Meta is to keep it under an id."),
];

const QUICK_REPLY: &[Field] = &[
    may("type", Kind::Word(&["text", "phone", "email"]), "What is asked for; text where it is not said."),
    may("title", Kind::Text, "What is shown, at most 20 characters."),
    may("payload", Kind::Text, "What comes back, at most 1000 characters."),
    may("image_url", Kind::Text, "A small picture beside it."),
];

/// What is answered to something that was sent.
pub const SENT: &[Field] = &[
    must("message_id", Kind::Text, "Meta's id of the message; its echo has it too."),
    may("to", Kind::Text, "Whom it went to, where Meta says so."),
    may("attachment_id", Kind::Text, "The id of a reusable file."),
    must("act_id", Kind::Id("act", "act_"), "This call's name; its echo has it too."),
];

/// The failures of every call that has Meta do something in a conversation.
pub const ACTING: &[Reason] = &[
    Reason::NoSuchConnection,
    Reason::NotOffered,
    Reason::MustReconnect,
    Reason::MetaRefused,
    Reason::OutsideWindow,
    Reason::Recipient,
    Reason::Content,
    Reason::MediaUrl,
    Reason::MetaFailing,
    Reason::Parameter,
    Reason::Unknown,
];

#[derive(Serialize)]
struct Sent<'a> {
    message_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attachment_id: Option<&'a str>,
    act_id: &'a str,
}

/// The sample of what is answered.
pub fn sent_sample() -> Result<Answer, Unsampled> {
    let to = Some("6789012345678901");
    let act_id = "act_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d";
    Ok(Answer::fine(&Sent { message_id: "m_1", to, attachment_id: Some("1857777774821032"), act_id })?)
}

/// A message on its way.
#[derive(Clone)]
pub struct Sending {
    /// Through which connection.
    pub connection: ConnectionId,
    /// What the body said, or what is wrong with it.
    pub message: Result<Message, Fail>,
    /// The endpoint's name.
    pub products: &'static [Product],
}

impl Deed for Sending {
    const ENDPOINT: &'static str = "sendMessage";

    fn connection(&self) -> &ConnectionId {
        &self.connection
    }

    fn fits(&self, product: Product) -> Result<(), Fail> {
        if !self.products.contains(&product) {
            return Err(Fail::of(Reason::NotOffered));
        }
        let message = self.message.as_ref().map_err(Clone::clone)?;
        Ok(message.check(product.platform())?)
    }

    fn person(&self) -> Option<(&str, bool)> {
        match self.message.as_ref().ok() {
            Some(Message { to: Recipient::Person(person), human_agent, .. }) => Some((person, *human_agent)),
            _ => None,
        }
    }

    fn class(&self) -> Option<Class> {
        let content = self.message.as_ref().ok().map(|message| &message.content)?;
        Some(match content {
            Content::Attachment(Attachment { kind: MediaKind::Audio | MediaKind::Video, .. }) => Class::Media,
            _ => Class::Text,
        })
    }

    fn media(&self, product: Product) -> Vec<Media> {
        match self.message.as_ref().map(|message| &message.content) {
            Ok(Content::Attachment(Attachment { kind, source: Source::Url(url), .. })) => {
                vec![Media::of_message("attachment", url, *kind, product.platform())]
            }
            _ => Vec::new(),
        }
    }

    fn trace(&self) -> Option<Trace> {
        self.message.as_ref().ok().and_then(Trace::message)
    }

    async fn perform(&self, app: &App, errand: &Errand) -> Result<Done, MetaError> {
        let message = self.message.clone().map_err(|_| MetaError::NotSent("a message that is none"))?;
        let message = Message { metadata: Some(errand.act.to_string()), ..message };
        let sent = app.meta.send(&errand.connection.page_id, &errand.token, &message).await?;
        let answer = Answer::fine(&Sent {
            message_id: &sent.message_id,
            to: sent.recipient_id.as_deref(),
            attachment_id: sent.attachment_id.as_deref(),
            act_id: errand.act.as_str(),
        });
        Ok(Done { result: sent.message_id, answer })
    }

    fn recalled(&self, act: &ActId, result: &str) -> Result<Answer, Fail> {
        let to = self.person().map(|(person, _)| person);
        Answer::fine(&Sent { message_id: result, to, attachment_id: None, act_id: act.as_str() })
    }
}

/// An id of Meta's: digits, with underscores in those of posts and comments.
pub fn meta_id(body: &Object, name: &'static str, reason: Reason) -> Result<String, Fail> {
    let id = body.text(name, reason)?.ok_or_else(|| Fail::field(reason, name))?;
    let fits = (1..=100).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    if fits { Ok(id) } else { Err(Fail::field(reason, name)) }
}

fn json(body: &Object, name: &'static str) -> Result<Option<Value>, Fail> {
    body.raw(name)
        .map(|raw| serde_json::from_str(raw).map_err(|_| Fail::field(Reason::Content, name)))
        .transpose()
}

/// A message as the body says it.
pub fn message(body: &Object, to: Recipient) -> Result<Message, Fail> {
    let wrong = |field| Fail::field(Reason::Content, field);
    let text = body.text("text", Reason::Content)?;
    let attachment = json(body, "attachment")?.map(|value| attachment(&value)).transpose()?;
    let template = json(body, "template")?;
    let content = match (text, attachment, template) {
        (Some(text), None, None) => Content::Text(text),
        (None, Some(attachment), None) => Content::Attachment(attachment),
        (None, None, Some(template)) if template.get("template_type").is_some_and(Value::is_string) => {
            Content::Template(Template::Other(template))
        }
        (None, None, Some(_)) => return Err(wrong("template")),
        _ => return Err(wrong("text")),
    };
    let replies = json(body, "quick_replies")?.unwrap_or_default();
    let replies: Vec<QuickReply> = match &replies {
        Value::Array(list) => list.iter().map(quick_reply).collect::<Option<_>>(),
        Value::Null => Some(Vec::new()),
        _ => None,
    }
    .ok_or_else(|| wrong("quick_replies"))?;
    let flag = |raw: &str| serde_json::from_str::<bool>(raw).map_err(|_| inputs::Invalid);
    Ok(Message {
        to,
        content,
        quick_replies: replies,
        reply_to: body.text("reply_to", Reason::Content)?,
        human_agent: body.get("human_agent", Reason::Parameter, flag)?.unwrap_or_default(),
        metadata: None,
    })
}

/// What a file is shown as, by its word.
pub fn media_kind(word: &str) -> Option<MediaKind> {
    Some(match word {
        "image" => MediaKind::Image,
        "audio" => MediaKind::Audio,
        "video" => MediaKind::Video,
        "file" => MediaKind::File,
        _ => return None,
    })
}

fn attachment(value: &Value) -> Result<Attachment, Fail> {
    let wrong = || Fail::field(Reason::Content, "attachment");
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let kind = text("kind").and_then(media_kind).ok_or_else(wrong)?;
    let source = match (text("url"), text("attachment_id")) {
        (Some(url), None) => {
            let url = WebUrl::media(url).map_err(|_| Fail::field(Reason::MediaUrl, "attachment"))?;
            Source::Url(url.as_str().to_owned())
        }
        (None, Some(id)) => Source::Id(id.to_owned()),
        _ => return Err(wrong()),
    };
    Ok(Attachment { kind, source, reusable: value.get("reusable") == Some(&Value::Bool(true)) })
}

fn quick_reply(value: &Value) -> Option<QuickReply> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    match text("type").as_deref().unwrap_or("text") {
        "phone" => Some(QuickReply::Phone),
        "email" => Some(QuickReply::Email),
        "text" => {
            let title = text("title")?;
            let payload = text("payload").unwrap_or_else(|| title.clone());
            Some(QuickReply::Text { title, payload, image_url: text("image_url") })
        }
        _ => None,
    }
}

fn sending(body: &[u8]) -> Result<Sending, Fail> {
    let body = Object::parse(body)?;
    let to = meta_id(&body, "to", Reason::Recipient);
    Ok(Sending {
        connection: connection_id(&body)?,
        message: to.and_then(|to| message(&body, Recipient::Person(to))),
        products: &[Product::Messenger, Product::InstagramMessaging],
    })
}

/// Sends it, once per idempotency key.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let deed = sending(&call.body);
    deed::done(&web.app, call, deed).await
}
