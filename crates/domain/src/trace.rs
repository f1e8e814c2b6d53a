//! What a call and its echo have in common where Meta gives back no name of ours: to whom it was said, and
//! what. Instagram's echoes and own comments carry no metadata, and may come before Meta's answer does.

use crate::inbound::{Happening, Inbound, MessageKind};
use crate::message::{Content, MediaKind, Message, Recipient};

/// By what an echo finds its call while Meta's answer to that call is still out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    kind: &'static str,
    to: String,
    said: String,
}

impl Trace {
    /// An answer under a comment.
    pub fn comment(under: &str, text: &str) -> Self {
        Self { kind: "comment", to: under.to_owned(), said: text.trim().to_owned() }
    }

    /// A message to a person. `None` for private replies, whose person only Meta knows, and for templates,
    /// which echoes do not repeat.
    pub fn message(message: &Message) -> Option<Self> {
        let Recipient::Person(to) = &message.to else { return None };
        match &message.content {
            Content::Text(text) => Some(Self::text(to, text)),
            Content::Attachment(attachment) => Some(Self::media(to, word(attachment.kind))),
            Content::Images(_) => Some(Self::media(to, word(MediaKind::Image))),
            Content::Template(_) => None,
        }
    }

    /// What came in, where it is what the account itself said.
    pub fn of(inbound: &Inbound) -> Option<Self> {
        match &inbound.happening {
            Happening::Message(MessageKind::Echo, message) => {
                let to = inbound.person()?;
                match (&message.text, message.attachments.first()) {
                    (Some(text), _) => Some(Self::text(to, text)),
                    (None, Some(attachment)) => Some(Self::media(to, &attachment.kind)),
                    (None, None) => None,
                }
            }
            Happening::Content(_, content) if content.own => {
                Some(Self::comment(content.parent_id.as_deref()?, content.text.as_deref()?))
            }
            _ => None,
        }
    }

    /// Two are the same just when these are.
    pub fn as_bytes(&self) -> Vec<u8> {
        format!("{}\n{}\n{}", self.kind, self.to, self.said).into_bytes()
    }

    fn text(to: &str, text: &str) -> Self {
        Self { kind: "message", to: to.to_owned(), said: text.trim().to_owned() }
    }

    fn media(to: &str, kind: &str) -> Self {
        Self { kind: "media", to: to.to_owned(), said: kind.to_owned() }
    }
}

const fn word(kind: MediaKind) -> &'static str {
    match kind {
        MediaKind::Image => "image",
        MediaKind::Audio => "audio",
        MediaKind::Video => "video",
        MediaKind::File => "file",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::{Attachment, Source, Template};

    fn to_person(content: Content) -> Option<Trace> {
        let to = Recipient::Person("77".to_owned());
        let quick_replies = Vec::new();
        let message =
            Message { to, content, quick_replies, reply_to: None, human_agent: false, metadata: None };
        Trace::message(&message)
    }

    #[test]
    fn only_the_same_thing_said_to_the_same_is_the_same() {
        let hello = to_person(Content::Text(" Hello\n".to_owned())).unwrap();
        assert_eq!(hello, Trace::text("77", "Hello"), "Meta trims what it repeats");
        for other in [
            Trace::text("78", "Hello"),
            Trace::text("77", "Hello again"),
            Trace::comment("77", "Hello"),
            Trace::media("77", "Hello"),
        ] {
            assert_ne!(hello.as_bytes(), other.as_bytes());
        }
    }

    #[test]
    fn files_are_known_by_their_kind_and_templates_not_at_all() {
        let source = Source::Id("1".to_owned());
        let file = Attachment { kind: MediaKind::Video, source, reusable: false };
        assert_eq!(to_person(Content::Attachment(file)), Some(Trace::media("77", "video")));
        assert_eq!(to_person(Content::Template(Template::Other(serde_json::Value::Null))), None);
    }
}
