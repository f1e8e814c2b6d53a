//! What people do in a conversation, and what other apps and Meta itself do to it. Each act is kept first and
//! told second, so the conversation is right even where no webhook may go.

use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::messaging::events::{self, Field, From};
use crate::messaging::messages::{self, MAX_EDITS, Message, Reaction};
use crate::messaging::{self, Platform, State, Thread, attachments, handover};
use crate::webhooks::Queued;
use crate::{Config, Error};

/// The app that Meta's own inbox is.
pub(crate) const INBOX_APP: &str = "26390203743090";

/// One act, as the control API takes it: `{"do": "message", "text": "hi"}`.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Act {
    /// The person writes: text, attachments, or both.
    Message(Box<Written>),
    /// The person taps a quick reply of a message of the business.
    QuickReply {
        mid: String,
        payload: String,
    },
    /// The person taps a button, an ice breaker or a line of the menu.
    Postback {
        title: String,
        payload: String,
        referral: Option<Value>,
    },
    React {
        mid: String,
        reaction: String,
        emoji: Option<String>,
    },
    Unreact {
        mid: String,
    },
    Edit {
        mid: String,
        text: String,
    },
    Unsend {
        mid: String,
    },
    /// The person reads everything there is.
    Read,
    /// The person comes back through a link or an ad; the object is Meta's `referral`.
    Referral {
        referral: Value,
    },
    /// The object is Meta's `optin`; one with `user_ref` names no sender.
    Optin {
        optin: Value,
    },
    AccountLinking {
        status: String,
        authorization_code: Option<String>,
    },
    /// The object is Meta's `messaging_feedback`.
    Feedback {
        feedback: Value,
    },
    /// Meta warns or blocks the business: `warning`, `block`, `unblock`.
    Policy {
        action: String,
        reason: Option<String>,
    },
    /// Somebody answers in the Page's inbox.
    Inbox {
        text: String,
    },
    /// Another app takes the thread.
    Take {
        app_id: String,
        metadata: Option<String>,
    },
    /// The app that has the thread passes it to another one; without a name to this app.
    Pass {
        app_id: Option<String>,
        metadata: Option<String>,
    },
    /// Another app asks for the thread.
    Request {
        app_id: String,
        metadata: Option<String>,
    },
    /// Meta tells the app's role in the Page's handover protocol.
    AppRoles {
        roles: Vec<String>,
    },
    /// The person blocks the business, vanishes, or comes back.
    State {
        state: State,
    },
}

/// What a person writes.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Written {
    text: Option<String>,
    /// One kind of attachment, made from an address or, without one, from a sample.
    attachment: Option<String>,
    url: Option<String>,
    /// Attachments in Meta's own shape, just as they shall appear.
    attachments: Vec<Value>,
    /// The message that this one answers.
    reply_to: Option<String>,
    /// The story that this one answers: Instagram only.
    story: Option<Value>,
    /// The ad or shop that it came from, in Meta's shape.
    referral: Option<Value>,
    commands: Vec<String>,
    /// Something that Meta cannot show to apps.
    unsupported: bool,
}

/// What came of an act.
pub(crate) struct Done {
    /// The message that was made or concerned.
    pub(crate) mid: Option<String>,
    pub(crate) queued: Queued,
}

/// `Err` inside says in words why the act is impossible.
pub(crate) type Acted = Result<Result<Done, String>, Error>;

/// What came of an act on a message, or on none.
pub(super) fn done(mid: Option<&str>, queued: Queued) -> Done {
    Done { mid: mid.map(str::to_owned), queued }
}

/// Somebody writes a text to a Page or an Instagram account; `None`: there is no such.
pub(crate) fn write(
    tx: &Connection,
    config: &Config,
    account: &str,
    (name, text): (&str, &str),
    now: i64,
) -> Result<Option<Queued>, Error> {
    let Some((page, platform)) = messaging::channel(tx, account)? else { return Ok(None) };
    let thread = messaging::with(tx, &page, platform, name, now)?;
    let written = Box::new(Written { text: Some(text.to_owned()), ..Written::default() });
    let acted = act(tx, config, &thread, Act::Message(written), now)?;
    Ok(Some(acted.map_or(Queued::NoSuchEvent, |done| done.queued)))
}

pub(crate) fn act(tx: &Connection, config: &Config, thread: &Thread, act: Act, now: i64) -> Acted {
    let own = |mid: &str, from_person: bool| -> Result<Result<Message, String>, Error> {
        let found = messages::find(tx, mid)?.filter(|found| found.thread == thread.number && !found.deleted);
        Ok(match found {
            None => Err("there is no such message in this conversation".to_owned()),
            Some(found) if from_person && !found.from_person => {
                Err("only the person's own messages can be changed".to_owned())
            }
            Some(found) => Ok(found),
        })
    };
    match act {
        Act::Message(written) => say(tx, config, thread, &written, now),
        Act::QuickReply { mid, payload } => match own(&mid, false)? {
            Ok(message) => tap(tx, thread, &message, &payload, now),
            Err(why) => Ok(Err(why)),
        },
        Act::Postback { title, payload, referral } => postback(tx, thread, (title, payload), referral, now),
        Act::React { mid, reaction, emoji } => match own(&mid, false)? {
            Ok(message) => react(tx, thread, &message, &reaction, emoji, now),
            Err(why) => Ok(Err(why)),
        },
        Act::Unreact { mid } => match own(&mid, false)? {
            Ok(message) => {
                messages::unreact(tx, &message.mid, true)?;
                let value = json!({"mid": message.mid, "action": "unreact"});
                tell(tx, thread, Field::Reactions, ("reaction", value), Some(&message.mid), now)
            }
            Err(why) => Ok(Err(why)),
        },
        Act::Edit { mid, text } => match own(&mid, true)? {
            Ok(message) => edit(tx, thread, &message, &text, now),
            Err(why) => Ok(Err(why)),
        },
        Act::Unsend { mid } => match own(&mid, true)? {
            Ok(message) => {
                messages::unsend(tx, &message)?;
                let value = json!({"mid": message.mid, "is_deleted": true});
                tell(tx, thread, Field::Messages, ("message", value), Some(&message.mid), now)
            }
            Err(why) => Ok(Err(why)),
        },
        Act::Read => {
            let newest = messages::of_thread(tx, thread)?.into_iter().find(|message| !message.from_person);
            match newest {
                Some(message) => Ok(Ok(done(Some(&message.mid), events::read(tx, thread, &message, now)?))),
                None => Ok(Err("the business has written nothing yet".to_owned())),
            }
        }
        Act::Referral { referral } => {
            messaging::open_window(tx, thread, now)?;
            tell(tx, thread, Field::Referrals, ("referral", referral), None, now)
        }
        Act::Optin { optin } => {
            let from = if optin.get("user_ref").is_some() { From::Nobody } else { From::Person };
            messaging::open_window(tx, thread, now)?;
            tell_from(tx, thread, Field::Optins, from, ("optin", optin), now)
        }
        Act::AccountLinking { status, authorization_code } => {
            let mut value = json!({"status": status});
            put(&mut value, "authorization_code", authorization_code.map(Value::from));
            tell(tx, thread, Field::AccountLinking, ("account_linking", value), None, now)
        }
        Act::Feedback { feedback } => {
            tell(tx, thread, Field::Feedback, ("messaging_feedback", feedback), None, now)
        }
        Act::Policy { action, reason } => {
            let mut value = json!({"action": action});
            put(&mut value, "reason", reason.map(Value::from));
            tell_from(tx, thread, Field::Policy, From::Nobody, ("policy_enforcement", value), now)
        }
        Act::Inbox { text } => inbox(tx, thread, &text, now),
        Act::State { state } => {
            messaging::set_state(tx, thread, state)?;
            Ok(Ok(done(None, Queued::NoSuchEvent)))
        }
        moved => handover::hand_over(tx, config, thread, moved, now),
    }
}

fn put(object: &mut Value, key: &str, value: Option<Value>) {
    if let (Value::Object(object), Some(value)) = (object, value) {
        object.insert(key.to_owned(), value);
    }
}

fn tell(
    tx: &Connection,
    thread: &Thread,
    field: Field,
    event: (&str, Value),
    mid: Option<&str>,
    now: i64,
) -> Acted {
    let at = now.saturating_mul(1000);
    Ok(Ok(done(mid, events::notify(tx, thread, field, From::Person, event, at, now)?)))
}

pub(super) fn tell_from(
    tx: &Connection,
    thread: &Thread,
    field: Field,
    from: From,
    event: (&str, Value),
    now: i64,
) -> Acted {
    let at = now.saturating_mul(1000);
    Ok(Ok(done(None, events::notify(tx, thread, field, from, event, at, now)?)))
}

/// Keeps a message of the person, which opens the window, and tells of it.
fn keep(tx: &Connection, thread: &Thread, content: &Map<String, Value>, now: i64) -> Acted {
    if thread.state != State::Open {
        return Ok(Err("the person has cut the contact; open it again first".to_owned()));
    }
    let message = messages::add(tx, thread, true, content, &[], now)?;
    messaging::open_window(tx, thread, now)?;
    let event = ("message", events::message_of(&message));
    let queued = events::notify(tx, thread, Field::Messages, From::Person, event, message.sent_at, now)?;
    Ok(Ok(done(Some(&message.mid), queued)))
}

fn say(tx: &Connection, config: &Config, thread: &Thread, written: &Written, now: i64) -> Acted {
    let mut content = Map::new();
    if let Some(text) = written.text.as_deref().filter(|text| !text.is_empty()) {
        content.insert("text".to_owned(), json!(text));
    }
    let mut list = written.attachments.clone();
    if let Some(kind) = &written.attachment {
        match attachments::from_person(tx, config, thread, kind, written.url.as_deref(), now)? {
            Some(attachment) => list.push(attachment),
            None => return Ok(Err(format!("{kind} is no kind of attachment here"))),
        }
    }
    if !list.is_empty() {
        content.insert("attachments".to_owned(), Value::Array(list));
    }
    if !written.commands.is_empty() {
        let commands: Vec<Value> = written.commands.iter().map(|name| json!({"name": name})).collect();
        content.insert("commands".to_owned(), Value::Array(commands));
    }
    if written.unsupported {
        content.insert("is_unsupported".to_owned(), json!(true));
    }
    if content.is_empty() {
        return Ok(Err("a message needs a text or an attachment".to_owned()));
    }
    if let Some(mid) = &written.reply_to {
        content.insert("reply_to".to_owned(), json!({"mid": mid}));
    } else if let Some(story) = &written.story {
        content.insert("reply_to".to_owned(), json!({"story": story}));
    }
    if let Some(referral) = &written.referral {
        content.insert("referral".to_owned(), referral.clone());
    }
    keep(tx, thread, &content, now)
}

fn tap(tx: &Connection, thread: &Thread, message: &Message, payload: &str, now: i64) -> Acted {
    let text_of = |reply: &Value, key: &str| reply.get(key).and_then(Value::as_str).map(str::to_owned);
    let tapped = message
        .quick_replies
        .iter()
        .find(|reply| text_of(reply, "payload").is_some_and(|own| own == payload));
    let Some(tapped) = tapped else { return Ok(Err("the message offers no such quick reply".to_owned())) };
    let mut content = Map::new();
    content.insert("text".to_owned(), json!(text_of(tapped, "title").unwrap_or_default()));
    content.insert("quick_reply".to_owned(), json!({"payload": payload}));
    keep(tx, thread, &content, now)
}

fn postback(
    tx: &Connection,
    thread: &Thread,
    (title, payload): (String, String),
    referral: Option<Value>,
    now: i64,
) -> Acted {
    // A tap shows in the conversation as the button's words; its event is the postback alone.
    let mut content = Map::new();
    content.insert("text".to_owned(), json!(title));
    let message = messages::add(tx, thread, true, &content, &[], now)?;
    messaging::open_window(tx, thread, now)?;
    let mut value = json!({"mid": message.mid, "title": title, "payload": payload});
    put(&mut value, "referral", referral);
    let event = ("postback", value);
    let queued = events::notify(tx, thread, Field::Postbacks, From::Person, event, message.sent_at, now)?;
    Ok(Ok(done(Some(&message.mid), queued)))
}

/// The reactions of a platform with their signs; `other` stands for any further one.
pub(crate) fn reactions(platform: Platform) -> &'static [(&'static str, &'static str)] {
    match platform {
        Platform::Messenger => &[
            ("love", "\u{2764}"),
            ("like", "\u{1f44d}"),
            ("dislike", "\u{1f44e}"),
            ("smile", "\u{1f606}"),
            ("wow", "\u{1f62e}"),
            ("sad", "\u{1f622}"),
            ("angry", "\u{1f620}"),
            ("other", "\u{1f389}"),
        ],
        Platform::Instagram => &[
            ("love", "\u{2764}"),
            ("like", "\u{1f44d}"),
            ("laugh", "\u{1f606}"),
            ("wow", "\u{1f62e}"),
            ("sad", "\u{1f622}"),
            ("angry", "\u{1f620}"),
            ("other", "\u{1f389}"),
        ],
    }
}

fn react(
    tx: &Connection,
    thread: &Thread,
    message: &Message,
    reaction: &str,
    emoji: Option<String>,
    now: i64,
) -> Acted {
    let known = reactions(thread.platform).iter().find(|(name, _)| *name == reaction);
    let Some((_, usual)) = known else { return Ok(Err(format!("{reaction} is no reaction here"))) };
    let emoji = emoji.unwrap_or_else(|| (*usual).to_owned());
    let kept = Reaction { from_person: true, name: reaction.to_owned(), emoji: emoji.clone() };
    messages::react(tx, &message.mid, &kept)?;
    messaging::open_window(tx, thread, now)?;
    let value = json!({"mid": message.mid, "action": "react", "reaction": reaction, "emoji": emoji});
    tell(tx, thread, Field::Reactions, ("reaction", value), Some(&message.mid), now)
}

fn edit(tx: &Connection, thread: &Thread, message: &Message, text: &str, now: i64) -> Acted {
    if message.edits >= MAX_EDITS {
        return Ok(Err(format!("a message can be edited {MAX_EDITS} times")));
    }
    if text.is_empty() || message.text().is_none() {
        return Ok(Err("only a text can be edited, to another text".to_owned()));
    }
    messages::edit(tx, message, text)?;
    let value = json!({"mid": message.mid, "text": text, "num_edit": message.edits + 1});
    tell(tx, thread, Field::Edits, ("message_edit", value), Some(&message.mid), now)
}

/// A person of the business answers by hand: the app hears its echo under the inbox's own app id.
fn inbox(tx: &Connection, thread: &Thread, text: &str, now: i64) -> Acted {
    if text.is_empty() {
        return Ok(Err("a message needs a text".to_owned()));
    }
    let mut content = Map::new();
    content.insert("text".to_owned(), json!(text));
    content.insert("app_id".to_owned(), json!(INBOX_APP.parse::<i64>().ok()));
    let message = messages::add(tx, thread, false, &content, &[], now)?;
    let queued = events::after_sending(tx, thread, &message, now)?;
    Ok(Ok(done(Some(&message.mid), queued)))
}
