//! The envelope: which object, which accounts, and the things that happened, taken apart (Graph API
//! reference: webhooks). Whatever cannot be read any further is handed on as it is.

use std::collections::BTreeMap;

use jetbridge_domain::inbound::{ContentKind, Family, Happening, Inbound, Object};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::value::{canonical, moment, read};
use super::{changes, messaging};
use crate::answer::{texts, word};

/// The body is not a JSON object: nothing in it can be anybody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the webhook's body is not a JSON object")]
pub struct Unreadable;

type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// What an item stands in.
pub(super) struct Place<'a> {
    pub(super) object: Object,
    /// The word that Meta uses for it.
    pub(super) word: &'a str,
    pub(super) account: &'a str,
    /// `entry.time` as text: when it was sent.
    pub(super) sent: &'a str,
    pub(super) standby: bool,
    pub(super) raw: &'a RawValue,
}

impl Place<'_> {
    /// An item that was read. `key` tells it from others of this account.
    pub(super) fn inbound(&self, value: &Value, read: Read) -> Inbound {
        let Read { family, happening, key, at } = read;
        Inbound {
            object: self.object,
            account: self.account.to_owned(),
            standby: self.standby,
            // Instagram does not say when somebody commented, only when it was sent.
            at: at.or_else(|| moment(value, "timestamp")).or_else(|| self.sent_at()),
            family,
            key: format!("{}\n{}\n{key}", self.word, self.account),
            happening,
            raw: self.raw.to_owned(),
        }
    }

    /// When it was sent, where what happened carries the time of something earlier.
    pub(super) fn sent_at(&self) -> Option<jetbridge_domain::clock::Time> {
        moment(&json!({"time": self.sent}), "time")
    }

    /// The time that tells an item from others of its kind: its own, or where it has none the sending's, which
    /// Meta repeats when it sends the same once more.
    pub(super) fn time(&self, value: &Value, key: &str) -> String {
        word(value, key).unwrap_or_else(|| format!("sent {}", self.sent))
    }

    /// An item that has no name.
    pub(super) fn other(&self, family: Family, value: Option<&Value>) -> Inbound {
        let whole = value.map_or_else(|| self.raw.get().to_owned(), canonical);
        let value = value.unwrap_or(&Value::Null);
        self.nameless(family, value, &format!("{}\n{whole}", self.time(value, "timestamp")))
    }

    /// An entry that says more than its lists, or has none. Fields whose values are not sent are the same in
    /// any order.
    fn more(&self) -> Inbound {
        let Some(value) = read(self.raw.get()) else { return self.other(Family::Account, None) };
        let mut fields = texts(&value, "changed_fields");
        if fields.is_empty() {
            return self.other(Family::Account, Some(&value));
        }
        fields.sort();
        self.nameless(Family::Account, &value, &format!("changed\n{}\n{}", self.sent, fields.join(" ")))
    }

    fn nameless(&self, family: Family, value: &Value, key: &str) -> Inbound {
        let read = Read { family, happening: Happening::Other, key: format!("other\n{key}"), at: None };
        self.inbound(value, read)
    }
}

/// What reading an item came to.
pub(super) struct Read {
    pub(super) family: Family,
    pub(super) happening: Happening,
    pub(super) key: String,
    pub(super) at: Option<jetbridge_domain::clock::Time>,
}

/// Takes a webhook apart. Only what is no JSON object fails; an entry or item of a strange shape becomes
/// [`Happening::Other`].
pub fn parse(body: &[u8]) -> Result<Vec<Inbound>, Unreadable> {
    let whole: Fields<'_> = serde_json::from_slice(body).map_err(|_| Unreadable)?;
    let object = whole.get("object").and_then(|raw| plain(raw)).unwrap_or_default();
    let mut all = Vec::new();
    match whole.get("entry").map(|raw| serde_json::from_str::<Vec<&RawValue>>(raw.get())) {
        Some(Ok(entries)) => entries.into_iter().for_each(|raw| entry(&object, raw, &mut all)),
        // One entry without its list.
        _ => whole.get("entry").into_iter().for_each(|raw| entry(&object, raw, &mut all)),
    }
    tell_apart(&mut all);
    Ok(all)
}

/// A text or a number, as text: an id of any length keeps its digits.
fn plain(raw: &RawValue) -> Option<String> {
    let text = raw.get();
    if text.starts_with('"') {
        return read(text)?.as_str().map(str::to_owned);
    }
    text.starts_with(|c: char| c.is_ascii_digit() || c == '-').then(|| text.to_owned())
}

fn entry(word: &str, raw: &RawValue, all: &mut Vec<Inbound>) {
    let object = match word {
        "page" => Object::Page,
        "instagram" => Object::Instagram,
        _ => Object::Person,
    };
    let Ok(fields) = serde_json::from_str::<Fields<'_>>(raw.get()) else {
        let place = Place { object, word, account: "", sent: "", standby: false, raw };
        return all.push(place.more());
    };
    let account = fields.get("id").and_then(|raw| plain(raw)).unwrap_or_default();
    let sent = fields.get("time").and_then(|raw| plain(raw)).unwrap_or_default();
    let place = |raw, standby| Place { object, word, account: &account, sent: &sent, standby, raw };
    let before = all.len();
    for (name, standby) in [("messaging", false), ("standby", true), ("changes", false)] {
        match items(&fields, name) {
            Items::None => {}
            Items::List(list) if name == "changes" => {
                all.extend(list.into_iter().flat_map(|raw| changes::item(&place(raw, false))));
            }
            Items::List(list) => {
                all.extend(list.into_iter().flat_map(|raw| messaging::item(&place(raw, standby))));
            }
            Items::Odd(raw) => all.push(place(raw, standby).other(Family::Account, read(raw.get()).as_ref())),
        }
    }
    // Instagram's own login shows a change without its list.
    if fields.contains_key("field") {
        all.extend(changes::item(&place(raw, false)));
    } else if all.len() == before || fields.iter().any(|(key, raw)| is_more(key, raw)) {
        all.push(place(raw, false).more());
    }
}

/// What an entry says of itself. `hop_context` names the app that had the conversation before.
const ENVELOPE: [&str; 7] = ["id", "uid", "time", "hop_context", "messaging", "standby", "changes"];

/// Whether something stands beside the lists that may have happened: a list that is not known yet.
fn is_more(key: &str, raw: &RawValue) -> bool {
    !ENVELOPE.contains(&key) && raw.get().starts_with(['[', '{'])
}

/// What stands under one of the names that lists have.
enum Items<'a> {
    None,
    List(Vec<&'a RawValue>),
    /// No list at all: handed on as it is, since nothing may be lost.
    Odd(&'a RawValue),
}

fn items<'a>(fields: &Fields<'a>, name: &str) -> Items<'a> {
    match fields.get(name) {
        None => Items::None,
        Some(raw) if raw.get() == "null" => Items::None,
        Some(raw) => serde_json::from_str(raw.get()).map_or(Items::Odd(raw), Items::List),
    }
}

/// One sending can tell that a comment was hidden, shown and hidden again, which only their order tells apart.
/// Two of the same that follow each other are the same.
fn tell_apart(items: &mut [Inbound]) {
    let (mut latest, mut times) = (BTreeMap::new(), BTreeMap::<String, usize>::new());
    for item in items {
        let Some(thing) = comes_and_goes(&item.happening) else { continue };
        let key = item.key.clone();
        if latest.insert((item.account.clone(), thing), key.clone()).as_ref() == Some(&key) {
            // As the one before, whichever number that has.
            if let Some(again) = times.get(&key).filter(|again| **again > 0) {
                item.key = format!("{key}\n#{again}");
            }
            continue;
        }
        let again = times.entry(key).and_modify(|again| *again += 1).or_default();
        if *again > 0 {
            item.key = format!("{}\n#{again}", item.key);
        }
    }
}

/// What it is that can change to and fro; all that has no name is one.
fn comes_and_goes(happening: &Happening) -> Option<String> {
    let Happening::Content(kind, content) = happening else {
        return matches!(happening, Happening::Other).then(String::new);
    };
    let id = content.comment_id.as_ref().or(content.post_id.as_ref())?;
    match kind {
        ContentKind::CommentEdited | ContentKind::CommentHidden | ContentKind::PostEdited => Some(id.clone()),
        ContentKind::PostReaction => {
            Some(format!("{id} {}", content.from.as_ref().map_or("", |from| from.id.as_str())))
        }
        _ => None,
    }
}

/// Where a text stands in an item: absent, empty and of another type are the same.
pub(super) fn part(value: &Value, key: &str) -> String {
    word(value, key).unwrap_or_default()
}
