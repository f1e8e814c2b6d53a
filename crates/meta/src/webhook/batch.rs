//! The envelope: which object, which accounts, and the things that happened, taken apart (Graph API
//! reference: webhooks). Whatever cannot be read any further is handed on as it is.

use std::collections::BTreeMap;

use jetbridge_domain::inbound::{ContentKind, Family, Happening, Inbound, Object};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::value::{canonical, moment, read};
use super::{changes, messaging};
use crate::answer::word;

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

    /// An item that has no name.
    pub(super) fn other(&self, family: Family, value: Option<&Value>) -> Inbound {
        let whole = value.map_or_else(|| self.raw.get().to_owned(), canonical);
        let read = Read { family, happening: Happening::Other, key: format!("other\n{whole}"), at: None };
        self.inbound(value.unwrap_or(&Value::Null), read)
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
        return all.push(place.other(Family::Account, read(raw.get()).as_ref()));
    };
    let account = fields.get("id").and_then(|raw| plain(raw)).unwrap_or_default();
    let sent = fields.get("time").and_then(|raw| plain(raw)).unwrap_or_default();
    let place = |raw, standby| Place { object, word, account: &account, sent: &sent, standby, raw };
    let before = all.len();
    for (name, standby) in [("messaging", false), ("standby", true), ("changes", false)] {
        match items(&fields, name) {
            Items::None => {}
            Items::List(list) if name == "changes" => {
                all.extend(list.into_iter().map(|raw| changes::item(&place(raw, false))));
            }
            Items::List(list) => {
                all.extend(list.into_iter().map(|raw| messaging::item(&place(raw, standby))));
            }
            Items::Odd(raw) => all.push(place(raw, standby).other(Family::Account, read(raw.get()).as_ref())),
        }
    }
    tell_apart(all.get_mut(before..).unwrap_or_default());
    // Instagram's own login shows a change without its list; and there may be lists that are not known yet.
    if all.len() == before {
        let place = place(raw, false);
        all.push(if fields.contains_key("field") {
            changes::item(&place)
        } else {
            place.other(Family::Account, read(raw.get()).as_ref())
        });
    }
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

/// One entry can tell that a comment was hidden, shown and hidden again, which only their order tells apart.
/// Two of the same that follow each other are the same.
fn tell_apart(items: &mut [Inbound]) {
    let mut latest: BTreeMap<String, (String, usize)> = BTreeMap::new();
    for item in items {
        let Happening::Content(kind, content) = &item.happening else { continue };
        let changes = [ContentKind::CommentEdited, ContentKind::CommentHidden, ContentKind::PostEdited];
        let id = content.comment_id.as_ref().or(content.post_id.as_ref()).filter(|_| changes.contains(kind));
        let Some(id) = id else { continue };
        let (key, nth) = latest.entry(id.clone()).or_insert_with(|| (item.key.clone(), 0));
        if *key != item.key {
            (*key, *nth) = (item.key.clone(), *nth + 1);
        }
        if *nth > 0 {
            item.key = format!("{}\n#{nth}", item.key);
        }
    }
}

/// Where a text stands in an item: absent, empty and of another type are the same.
pub(super) fn part(value: &Value, key: &str) -> String {
    word(value, key).unwrap_or_default()
}
