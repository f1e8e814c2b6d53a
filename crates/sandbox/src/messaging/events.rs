//! The webhooks of conversations: under which field, in whose list, in which shape.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::graph::subscribed_apps;
use crate::graph::subscriptions;
use crate::messaging::messages::Message;
use crate::messaging::{Owner, Platform, Thread};
use crate::webhooks::{self, Queued};
use crate::{Error, settings, world};

/// What a webhook tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    Messages,
    Echoes,
    Deliveries,
    Reads,
    Reactions,
    Edits,
    Postbacks,
    Referrals,
    Optins,
    AccountLinking,
    Handovers,
    Policy,
    Feedback,
}

impl Field {
    /// The name to subscribe to; `None`: the platform has no such event.
    pub(crate) fn name(self, platform: Platform) -> Option<&'static str> {
        Some(match (self, platform) {
            (Field::Messages, _) | (Field::Echoes, Platform::Instagram) => "messages",
            (Field::Echoes, Platform::Messenger) => "message_echoes",
            (Field::Deliveries, Platform::Messenger) => "message_deliveries",
            (Field::Reads, Platform::Messenger) => "message_reads",
            (Field::Reads, Platform::Instagram) => "messaging_seen",
            (Field::Reactions, _) => "message_reactions",
            (Field::Edits, Platform::Messenger) => "message_edits",
            (Field::Edits, Platform::Instagram) => "message_edit",
            (Field::Postbacks, _) => "messaging_postbacks",
            (Field::Referrals, Platform::Messenger) => "messaging_referrals",
            (Field::Referrals, Platform::Instagram) => "messaging_referral",
            (Field::Optins, _) => "messaging_optins",
            (Field::AccountLinking, Platform::Messenger) => "messaging_account_linking",
            (Field::Handovers, Platform::Messenger) => "messaging_handovers",
            (Field::Handovers, Platform::Instagram) => "messaging_handover",
            (Field::Policy, _) => "messaging_policy_enforcement",
            (Field::Feedback, Platform::Messenger) => "messaging_feedback",
            (Field::Deliveries | Field::AccountLinking | Field::Feedback, Platform::Instagram) => {
                return None;
            }
        })
    }

    /// Whether an app that does not control the thread hears of it, in `standby`.
    fn stands_by(self) -> bool {
        matches!(self, Field::Messages | Field::Echoes | Field::Deliveries | Field::Reads | Field::Postbacks)
    }
}

/// Who is named as `sender`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum From {
    Person,
    Business,
    /// The event has no sender; its recipient is the business.
    Nobody,
}

/// Queues one event: `key` and `value` are what sets it apart, such as `message`. `at` is in milliseconds.
pub(crate) fn notify(
    tx: &Connection,
    thread: &Thread,
    field: Field,
    from: From,
    (key, value): (&str, Value),
    at: i64,
    now: i64,
) -> Result<Queued, Error> {
    let Some(name) = field.name(thread.platform) else { return Ok(Queued::NoSuchEvent) };
    if development_hides(tx, &thread.name)? {
        return Ok(Queued::AppInDevelopment);
    }
    let account = thread.account_id(tx)?;
    if thread.platform == Platform::Instagram && is_closed(tx, &account)? {
        return Ok(Queued::AccessOff);
    }
    let mut event = Map::new();
    let (sender, recipient) = match from {
        From::Person => (Some(&thread.person), &account),
        From::Business => (Some(&account), &thread.person),
        From::Nobody => (None, &account),
    };
    if let Some(sender) = sender {
        event.insert("sender".to_owned(), json!({"id": sender}));
    }
    event.insert("recipient".to_owned(), json!({"id": recipient}));
    event.insert("timestamp".to_owned(), json!(at));
    let standby = field.stands_by() && matches!(thread.owner, Owner::Other(_));
    let mut value = value;
    if standby
        && field == Field::Postbacks
        && let Value::Object(postback) = &mut value
    {
        postback.remove("payload");
    }
    if key == "message" && field == Field::Messages {
        hide_referral(tx, thread, &mut value)?;
    }
    event.insert(key.to_owned(), value);
    let (name, list) = if standby { ("standby", "standby") } else { (name, "messaging") };
    let event = webhooks::Event {
        object: thread.platform.object(),
        id: &account,
        page_id: &thread.page_id,
        field: name,
        list,
        body: Value::Object(event),
    };
    webhooks::queue_event(tx, &event, now)
}

/// While the app is not live, only people with a role on it cause webhooks.
pub(crate) fn development_hides(tx: &Connection, name: &str) -> Result<bool, Error> {
    let live = matches!(settings::get(tx, settings::APP_MODE)?.as_deref(), None | Some("live"));
    Ok(!live && !has_role(tx, name)?)
}

/// Visitors go by their names: one of that name among the people with a role is the same person.
pub(crate) fn has_role(tx: &Connection, name: &str) -> Result<bool, Error> {
    Ok(world::people(tx)?.iter().any(|person| person.name == name && person.app_role.is_some()))
}

/// Whether the owner of an Instagram account has switched "Allow access to messages" off.
pub(crate) fn is_closed(tx: &Connection, account: &str) -> Result<bool, Error> {
    Ok(settings::list(tx, settings::CLOSED_ACCOUNTS)?.iter().any(|closed| closed == account))
}

/// The ad or shop behind a message is shown only to those who also subscribed to referrals.
fn hide_referral(tx: &Connection, thread: &Thread, message: &mut Value) -> Result<(), Error> {
    let Some(name) = Field::Referrals.name(thread.platform) else { return Ok(()) };
    let named = |fields: &[String]| fields.iter().any(|field| field == name);
    let app = subscriptions::find(tx, thread.platform.object())?.is_some_and(|found| named(&found.fields));
    let page = thread.platform == Platform::Instagram
        || subscribed_apps::fields_of(tx, &thread.page_id)?.is_some_and(|fields| named(&fields));
    if let (false, Value::Object(message)) = (app && page, message) {
        message.remove("referral");
    }
    Ok(())
}

/// The `message` of a webhook.
pub(crate) fn message_of(message: &Message) -> Value {
    let mut value = message.content.clone();
    value.insert("mid".to_owned(), json!(message.mid));
    Value::Object(value)
}

/// Tells that the business wrote, and that it arrived and, unless people read by hand, was read. Answers what
/// became of the echo.
pub(crate) fn after_sending(
    tx: &Connection,
    thread: &Thread,
    message: &Message,
    now: i64,
) -> Result<Queued, Error> {
    let mut echo = message_of(message);
    if let Value::Object(echo) = &mut echo {
        echo.insert("is_echo".to_owned(), json!(true));
    }
    let at = message.sent_at;
    let echoed = notify(tx, thread, Field::Echoes, From::Business, ("message", echo), at, now)?;
    let delivery = json!({"mids": [message.mid], "watermark": at});
    notify(tx, thread, Field::Deliveries, From::Person, ("delivery", delivery), at, now)?;
    if !settings::is_on(tx, settings::READ_BY_HAND)? {
        read(tx, thread, message, now)?;
    }
    Ok(echoed)
}

/// Tells that the person has read everything up to a message.
pub(crate) fn read(tx: &Connection, thread: &Thread, message: &Message, now: i64) -> Result<Queued, Error> {
    crate::messaging::set_read(tx, thread, message.sent_at)?;
    let read = match thread.platform {
        Platform::Messenger => json!({"watermark": message.sent_at}),
        Platform::Instagram => json!({"mid": message.mid}),
    };
    let at = now.saturating_mul(1000).max(message.sent_at);
    notify(tx, thread, Field::Reads, From::Person, ("read", read), at, now)
}
