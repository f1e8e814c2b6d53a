//! Messages and reactions as they are kept.

use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::{Map, Value};

use crate::Error;
use crate::messaging::Thread;

/// A message can be edited so often.
pub(crate) const MAX_EDITS: i64 = 5;

#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) number: i64,
    pub(crate) mid: String,
    pub(crate) thread: i64,
    pub(crate) from_person: bool,
    /// Milliseconds.
    pub(crate) sent_at: i64,
    /// The `message` of its webhook without the mid.
    pub(crate) content: Map<String, Value>,
    /// What the person may tap; webhooks never carry it.
    pub(crate) quick_replies: Vec<Value>,
    pub(crate) edits: i64,
    pub(crate) deleted: bool,
}

impl Message {
    pub(crate) fn text(&self) -> Option<&str> {
        self.content.get("text").and_then(Value::as_str)
    }

    pub(crate) fn attachments(&self) -> &[Value] {
        self.content.get("attachments").and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Reaction {
    pub(crate) from_person: bool,
    pub(crate) name: String,
    pub(crate) emoji: String,
}

const COLUMNS: &str =
    "number, mid, thread, from_person, sent_at, content, quick_replies, edits, deleted FROM chat_messages";

type Raw = (Message, String, Option<String>);

fn read(row: &Row<'_>) -> rusqlite::Result<Raw> {
    let message = Message {
        number: row.get(0)?,
        mid: row.get(1)?,
        thread: row.get(2)?,
        from_person: row.get(3)?,
        sent_at: row.get(4)?,
        content: Map::new(),
        quick_replies: Vec::new(),
        edits: row.get(7)?,
        deleted: row.get(8)?,
    };
    Ok((message, row.get(5)?, row.get(6)?))
}

fn whole((message, content, quick_replies): Raw) -> Result<Message, Error> {
    let quick_replies = quick_replies.map(|text| serde_json::from_str(&text)).transpose()?;
    Ok(Message {
        content: serde_json::from_str(&content)?,
        quick_replies: quick_replies.unwrap_or_default(),
        ..message
    })
}

pub(crate) fn find(tx: &Connection, mid: &str) -> Result<Option<Message>, Error> {
    let sql = format!("SELECT {COLUMNS} WHERE mid = ?1");
    tx.prepare_cached(&sql)?.query_row([mid], read).optional()?.map(whole).transpose()
}

/// All of a thread, the newest first.
pub(crate) fn of_thread(tx: &Connection, thread: &Thread) -> Result<Vec<Message>, Error> {
    let sql = format!("SELECT {COLUMNS} WHERE thread = ?1 ORDER BY number DESC");
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement.query_map([thread.number], read)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().map(whole).collect()
}

/// Keeps a message and answers it; the thread moves on to its moment.
pub(crate) fn add(
    tx: &Connection,
    thread: &Thread,
    from_person: bool,
    content: &Map<String, Value>,
    quick_replies: &[Value],
    now: i64,
) -> Result<Message, Error> {
    let mid = thread.platform.new_mid()?;
    let sent_at = thread.next_moment(now);
    let taps = if quick_replies.is_empty() { None } else { Some(serde_json::to_string(quick_replies)?) };
    tx.execute(
        "INSERT INTO chat_messages (mid, thread, from_person, sent_at, content, quick_replies) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (&mid, thread.number, from_person, sent_at, serde_json::to_string(content)?, taps),
    )?;
    tx.execute("UPDATE chat_threads SET updated_at = ?2 WHERE number = ?1", (thread.number, sent_at))?;
    find(tx, &mid)?.ok_or_else(|| Error::Corrupt(format!("the new message {mid} is missing")))
}

/// Gives a message another text and counts the edit.
pub(crate) fn edit(tx: &Connection, message: &Message, text: &str) -> Result<(), Error> {
    let mut content = message.content.clone();
    content.insert("text".to_owned(), Value::from(text));
    tx.execute(
        "UPDATE chat_messages SET content = ?2, edits = edits + 1 WHERE mid = ?1",
        (&message.mid, serde_json::to_string(&content)?),
    )?;
    Ok(())
}

/// Takes a message back: its content is gone for everybody.
pub(crate) fn unsend(tx: &Connection, message: &Message) -> Result<(), Error> {
    tx.execute(
        "UPDATE chat_messages SET deleted = 1, content = '{}', quick_replies = NULL WHERE mid = ?1",
        [&message.mid],
    )?;
    tx.execute("DELETE FROM chat_reactions WHERE mid = ?1", [&message.mid])?;
    Ok(())
}

pub(crate) fn react(tx: &Connection, mid: &str, reaction: &Reaction) -> Result<(), Error> {
    tx.execute(
        "INSERT OR REPLACE INTO chat_reactions VALUES (?1, ?2, ?3, ?4)",
        (mid, reaction.from_person, &reaction.name, &reaction.emoji),
    )?;
    Ok(())
}

pub(crate) fn unreact(tx: &Connection, mid: &str, from_person: bool) -> Result<(), Error> {
    tx.execute("DELETE FROM chat_reactions WHERE mid = ?1 AND from_person = ?2", (mid, from_person))?;
    Ok(())
}

pub(crate) fn reactions(tx: &Connection, mid: &str) -> Result<Vec<Reaction>, Error> {
    let mut statement = tx.prepare_cached(
        "SELECT from_person, reaction, emoji FROM chat_reactions WHERE mid = ?1 ORDER BY from_person",
    )?;
    let rows = statement.query_map([mid], |row| {
        Ok(Reaction { from_person: row.get(0)?, name: row.get(1)?, emoji: row.get(2)? })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
