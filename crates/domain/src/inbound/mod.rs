//! What comes in from Meta, in a normal form of our own: who, where, what, when. How Meta writes it is
//! known to `jetbridge_meta::webhook` alone; whom it concerns and what makes two copies one is decided here.

mod content;
mod message;
pub mod sample;

use serde_json::value::RawValue;

pub use content::{Content, ContentKind, Lead};
pub use message::{Attachment, Message, MessageKind, ReplyTo};

use crate::clock::Time;
use crate::product::Product;

/// One thing that happened, taken out of the batch that it came in.
#[derive(Debug, Clone)]
pub struct Inbound {
    /// What kind of thing Meta speaks of.
    pub object: Object,
    /// Which one: the Page, the Instagram account, or for [`Object::Person`] the app-scoped person.
    pub account: String,
    /// Another app has the conversation; this one only listens.
    pub standby: bool,
    /// When it happened, where Meta says so.
    pub at: Option<Time>,
    /// What it is to those whom it belongs to.
    pub family: Family,
    /// What happened.
    pub happening: Happening,
    /// Meta's own name of it, which two copies share.
    pub key: String,
    /// What Meta sent, byte for byte.
    pub raw: Box<RawValue>,
}

/// What kind of thing a webhook is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// A Facebook Page.
    Page,
    /// An Instagram professional account.
    Instagram,
    /// A person who consented, or what Meta may think of next.
    Person,
}

/// Which of the products of an asset it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Messages.
    Messaging,
    /// Posts, comments, leads.
    Content,
    /// Nothing that a product is for.
    Account,
}

/// What happened.
#[derive(Debug, Clone)]
pub enum Happening {
    /// In a conversation.
    Message(MessageKind, Box<Message>),
    /// On a post.
    Content(ContentKind, Box<Content>),
    /// Somebody filled in a form. The answers are not part of it and must be read.
    Lead(Box<Lead>),
    /// What has no name here.
    Other,
}

/// A person or account, as far as Meta names it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Party {
    /// Meta's id: of a person, scoped to the Page or account.
    pub id: String,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The Instagram handle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

/// The names of the events, each with when it is sent.
pub const NAMES: &[(&str, &str)] = &[
    (
        "message.received",
        "A person wrote: text, attachments, a quick reply, a reply to a message or a story.",
    ),
    (
        "message.echo",
        "Something was sent to a person: by us (`act_id` names the call, `ours` is true), by another app, or by hand.",
    ),
    ("message.read", "A person has read what was sent up to `watermark`, or the message `message_id`."),
    ("message.delivered", "Messages have reached a person's device."),
    ("message.edited", "A person changed a message; `edits` counts."),
    ("message.deleted", "A message was taken back, mostly by the person: delete your copy."),
    ("message.reaction", "A person reacted to a message, or took the reaction back."),
    ("message.postback", "A person pressed a button, an ice breaker or a menu item."),
    ("message.referral", "A person came to a conversation by a link, an ad or a code."),
    ("message.optin", "A person opted in, or out again."),
    ("comment.created", "Somebody commented; `own` is true where it was the Page or account itself."),
    ("comment.edited", "A comment was changed."),
    ("comment.deleted", "A comment was removed."),
    ("comment.hidden", "A comment was hidden, or with `hidden` false shown again."),
    ("mention.created", "The Page or account was mentioned, in a post or a comment."),
    (
        "post.created",
        "The Page, or a visitor on it, made a post; `published` is false while it is scheduled.",
    ),
    ("post.edited", "A post was changed; videos send this too when they are ready."),
    ("post.deleted", "A post was removed."),
    ("post.reaction", "Somebody reacted to a post or a comment, or took the reaction back."),
    (
        "lead.created",
        "Somebody filled in a lead form. `answers` are part of it where they could be read; else `why` says why not, and `lead.completed` follows.",
    ),
    ("lead.completed", "The answers of a lead that could not be read at first."),
    ("meta.other", "Anything else that Meta sent, untouched under `raw`."),
];

impl Inbound {
    /// The contract's name of the event.
    pub const fn name(&self) -> &'static str {
        match &self.happening {
            Happening::Message(kind, _) => kind.name(),
            Happening::Content(kind, _) => kind.name(),
            Happening::Lead(_) => "lead.created",
            Happening::Other => "meta.other",
        }
    }

    /// Whether a connection of this product is told. What has no name is told to all whose family it is of.
    pub const fn is_for(&self, product: Product) -> bool {
        let object = match self.object {
            Object::Page => !product.is_instagram(),
            Object::Instagram => product.is_instagram(),
            Object::Person => true,
        };
        let family = match self.family {
            Family::Messaging => matches!(product, Product::Messenger | Product::InstagramMessaging),
            Family::Content => matches!(product, Product::FacebookPage | Product::InstagramContent),
            Family::Account => true,
        };
        object && family
    }

    /// What is told to every connection of the asset where none is of its family: nothing is dropped that
    /// could concern somebody.
    pub const fn concerns_all(&self) -> bool {
        matches!(self.happening, Happening::Other)
    }

    /// The person at the other end of a conversation.
    pub fn person(&self) -> Option<&str> {
        match &self.happening {
            Happening::Message(kind, message) => {
                // What was echoed, and echoes that were taken back, come from the account itself.
                let other = |party: &Party| party.id != self.account;
                let from = message.from.as_ref().filter(|from| *kind != MessageKind::Echo && other(from));
                let party = from.or_else(|| message.to.as_ref().filter(|to| other(to)));
                party.map(|party| party.id.as_str())
            }
            _ => None,
        }
    }

    /// Whether the business may write for a day from now on (Messenger Platform policy: standard messaging
    /// window).
    pub fn opens_window(&self) -> bool {
        match &self.happening {
            // Nobody but the person opens it: not what the account does in its own inbox.
            Happening::Message(_, message)
                if message.from.as_ref().is_some_and(|from| from.id == self.account) =>
            {
                false
            }
            // Taking a reaction back is no reaction.
            Happening::Message(MessageKind::Reaction, message) => {
                message.action.as_deref() != Some("unreact")
            }
            Happening::Message(kind, _) => kind.opens_window(),
            _ => false,
        }
    }

    /// What keeps its order: the person of a conversation, the post of a comment.
    pub fn conversation(&self) -> &str {
        match &self.happening {
            Happening::Content(_, content) => content.post().unwrap_or(&self.account),
            Happening::Lead(lead) => &lead.lead_id,
            _ => self.person().unwrap_or(&self.account),
        }
    }
}
