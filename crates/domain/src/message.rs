//! A message to a person (Messenger Platform: send messages, templates, quick replies; Instagram
//! messaging: send a message).

mod fit;

use serde_json::Value;

pub use self::fit::{media_types, most_bytes};

/// Which of the two a message travels by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Platform {
    /// Messenger.
    Messenger,
    /// Instagram messaging.
    Instagram,
}

/// Whom a message goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// A person, by the id that the Page or account knows them by.
    Person(String),
    /// Whoever wrote this comment: a private reply, one per comment and within seven days of it.
    Comment(String),
    /// Whoever wrote this post on the Page: a private reply too.
    Post(String),
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Whom to.
    pub to: Recipient,
    /// What.
    pub content: Content,
    /// Answers to tap, under the message.
    pub quick_replies: Vec<QuickReply>,
    /// The id of the message that this one answers.
    pub reply_to: Option<String>,
    /// Whether a person wrote it, which opens a window of seven days in place of one.
    pub human_agent: bool,
    /// Comes back in the echo, and is how the gateway knows its own.
    pub metadata: Option<String>,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// A text.
    Text(String),
    /// A file.
    Attachment(Attachment),
    /// Several images in one message.
    Images(Vec<Source>),
    /// A template.
    Template(Template),
}

/// A file to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// What it is shown as.
    pub kind: MediaKind,
    /// Where it is.
    pub source: Source,
    /// Whether Meta is to keep it under an id, to be sent again.
    pub reusable: bool,
}

/// What a file is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A voice message or other sound.
    Audio,
    /// A film.
    Video,
    /// A document.
    File,
}

/// Where a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// At a public address, where Meta fetches it.
    Url(String),
    /// At Meta already, under an id that lives ninety days.
    Id(String),
}

/// A message with a layout.
#[derive(Debug, Clone, PartialEq)]
pub enum Template {
    /// One card, or several to swipe through.
    Generic(Vec<Card>),
    /// A text with buttons.
    Buttons {
        /// The text.
        text: String,
        /// One to three.
        buttons: Vec<Button>,
    },
    /// A picture or film with buttons. Messenger only.
    Media {
        /// Image or video.
        kind: MediaKind,
        /// An id, or an address at facebook.com.
        source: Source,
        /// None to three.
        buttons: Vec<Button>,
    },
    /// Any other, as its `payload` stands on Meta's pages; it is passed through unread.
    Other(Value),
}

/// A card of a generic template.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Card {
    /// Its heading.
    pub title: String,
    /// A line under it.
    pub subtitle: Option<String>,
    /// Its picture's address.
    pub image_url: Option<String>,
    /// Where a tap on it leads.
    pub url: Option<String>,
    /// None to three.
    pub buttons: Vec<Button>,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "title, url, payload and phone are what they are called")]
pub enum Button {
    /// Opens an address.
    Url { title: String, url: String },
    /// Comes back as a postback.
    Postback { title: String, payload: String },
    /// Calls a number, `+` and digits.
    Call { title: String, phone: String },
}

/// An answer to tap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QuickReply {
    /// A text, which comes back with its payload.
    Text {
        /// What is shown.
        title: String,
        /// What comes back.
        payload: String,
        /// A small picture beside it.
        image_url: Option<String>,
    },
    /// The person's phone number. Messenger only.
    Phone,
    /// The person's mail address. Messenger only.
    Email,
}

/// Something done in a conversation that is no message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Shows that somebody is writing.
    TypingOn,
    /// No more.
    TypingOff,
    /// Marks the conversation as seen.
    MarkSeen,
    /// Puts a reaction on a message.
    React {
        /// The message.
        message_id: String,
        /// `love` and so on; Instagram has `love` alone.
        reaction: String,
    },
    /// Takes it off again.
    Unreact {
        /// The message.
        message_id: String,
    },
}
