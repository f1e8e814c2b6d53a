//! What happens in a conversation.

use serde::Serialize;
use serde_json::value::RawValue;

use super::Party;

/// What happened in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageKind {
    /// A person wrote.
    Received,
    /// Something was sent to a person.
    Echo,
    /// A person has read.
    Read,
    /// A message has arrived.
    Delivered,
    /// A person changed a message.
    Edited,
    /// A person took a message back.
    Deleted,
    /// A person reacted.
    Reaction,
    /// A person pressed a button.
    Postback,
    /// A person came by a link.
    Referral,
    /// A person opted in.
    Optin,
}

impl MessageKind {
    /// The contract's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Received => "message.received",
            Self::Echo => "message.echo",
            Self::Read => "message.read",
            Self::Delivered => "message.delivered",
            Self::Edited => "message.edited",
            Self::Deleted => "message.deleted",
            Self::Reaction => "message.reaction",
            Self::Postback => "message.postback",
            Self::Referral => "message.referral",
            Self::Optin => "message.optin",
        }
    }

    /// Whether it opens the window. An edited or deleted message was written before; an opt-in has rules of
    /// its own.
    pub(super) const fn opens_window(self) -> bool {
        matches!(self, Self::Received | Self::Postback | Self::Reaction | Self::Referral)
    }
}

/// What there is of it. Every field is absent where Meta does not say.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Message {
    /// Who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Party>,
    /// To whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Party>,
    /// Meta's id of the message it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// What was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What was sent with it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// What it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<ReplyTo>,
    /// The payload of the quick reply that was pressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quick_reply: Option<String>,
    /// The title of the button that was pressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The payload of the button that was pressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload: Option<String>,
    /// How the person came here, as Meta says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referral: Option<Box<RawValue>>,
    /// What the person opted in to, as Meta says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub optin: Option<Box<RawValue>>,
    /// `react` or `unreact`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    /// The reaction's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaction: Option<String>,
    /// The reaction's sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emoji: Option<String>,
    /// How often the message was changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edits: Option<i64>,
    /// The messages that have arrived.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub message_ids: Vec<String>,
    /// Everything up to this time has arrived or been read; Unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub watermark: Option<i64>,
    /// The app that sent it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app_id: Option<String>,
    /// What the sender wrote on it for itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// Meta does not show this kind of message to apps.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub unsupported: bool,
}

/// Something that was sent with a message or comment.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Attachment {
    /// Meta's word for it: `image`, `audio`, `video`, `file`, `sticker`, `location`, `fallback`, `template`, `reel`,
    /// `post`, `story`, `story_mention`, `share`, `link`, `ephemeral`, or one that is new.
    pub kind: String,
    /// Where it can be fetched, mostly for some hours or days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Meta's id of it: of the sticker, the reel, the post, the video.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Degrees north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

/// What a message answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ReplyTo {
    /// A message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<String>,
    /// A story.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub story_id: Option<String>,
    /// The story's address, while it lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
