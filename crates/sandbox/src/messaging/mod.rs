//! Conversations: who writes to a Page or an Instagram account, what was said, and who controls the thread.
//!
//! `acts` is what a person does, `events` the webhooks that follow, `messages` and `attachments` what is kept.

use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::world::{self, Page};
use crate::{Error, random, webhooks};

pub(crate) mod acts;
pub(crate) mod attachments;
pub(crate) mod events;
mod handover;
pub(crate) mod messages;
pub(crate) mod samples;

/// Where a conversation takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Platform {
    Messenger,
    Instagram,
}

impl Platform {
    /// The parameter `platform` of several edges.
    pub(crate) fn parse(text: &str) -> Option<Platform> {
        match text.to_ascii_lowercase().as_str() {
            "messenger" => Some(Platform::Messenger),
            "instagram" => Some(Platform::Instagram),
            _ => None,
        }
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Platform::Messenger => "messenger",
            Platform::Instagram => "instagram",
        }
    }

    /// The object of its webhooks.
    pub(crate) fn object(self) -> &'static str {
        match self {
            Platform::Messenger => "page",
            Platform::Instagram => "instagram",
        }
    }

    pub(crate) fn new_mid(self) -> Result<String, Error> {
        Ok(match self {
            Platform::Messenger => format!("m_{}", random::alphanumeric(86)?),
            Platform::Instagram => format!("aWdf{}", random::alphanumeric(120)?),
        })
    }

    fn new_thread_id(self) -> Result<String, Error> {
        Ok(match self {
            Platform::Messenger => format!("t_{}", random::id("1", 17)?),
            Platform::Instagram => format!("aWdf{}", random::alphanumeric(80)?),
        })
    }
}

/// Whether the business can reach the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum State {
    Open,
    /// The person blocked the business.
    Blocked,
    /// The person cannot receive this message now.
    Unavailable,
    /// The person's account is gone.
    Deleted,
}

impl State {
    pub(crate) const ALL: [State; 4] = [State::Open, State::Blocked, State::Unavailable, State::Deleted];

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            State::Open => "open",
            State::Blocked => "blocked",
            State::Unavailable => "unavailable",
            State::Deleted => "deleted",
        }
    }
}

/// Who controls a thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    ThisApp,
    Nobody,
    Other(String),
}

/// One conversation.
#[derive(Clone, Debug)]
pub(crate) struct Thread {
    pub(crate) number: i64,
    pub(crate) id: String,
    /// PSID or IGSID.
    pub(crate) person: String,
    pub(crate) name: String,
    pub(crate) page_id: String,
    pub(crate) platform: Platform,
    pub(crate) state: State,
    /// Seconds: when the person last did what opens the window.
    pub(crate) opened_at: Option<i64>,
    /// Milliseconds, as the two that follow.
    pub(crate) updated_at: i64,
    pub(crate) read_at: i64,
    pub(crate) seen_at: i64,
    pub(crate) owner: Owner,
}

impl Thread {
    /// Instagram's user names are plain ASCII; the name as the person would have chosen it.
    pub(crate) fn username(&self) -> String {
        world::username_from(&self.name, &self.person)
    }

    /// The id that the other side of the conversation has: the Page's, or its Instagram account's.
    pub(crate) fn account_id(&self, tx: &Connection) -> Result<String, Error> {
        if self.platform == Platform::Messenger {
            return Ok(self.page_id.clone());
        }
        let account = world::page(tx, &self.page_id)?.and_then(|page| page.instagram);
        account.map(|account| account.id).ok_or_else(|| Error::Corrupt(format!("{} has no account", self.id)))
    }

    /// Later than everything said before, so that a watermark tells two messages of one second apart.
    pub(crate) fn next_moment(&self, now: i64) -> i64 {
        now.saturating_mul(1000).max(self.updated_at.saturating_add(1))
    }
}

/// The Page of a Page's id, or of a professional Instagram account's.
pub(crate) fn channel(tx: &Connection, id: &str) -> Result<Option<(Page, Platform)>, Error> {
    if let Some(page) = world::page(tx, id)? {
        return Ok(Some((page, Platform::Messenger)));
    }
    let page = world::page_of_instagram(tx, id)?;
    Ok(page.filter(|page| page.professional_instagram().is_some()).map(|page| (page, Platform::Instagram)))
}

const COLUMNS: &str = "t.number, t.id, t.person, v.name, t.page_id, t.platform, t.state, t.opened_at, \
     t.updated_at, t.read_at, t.seen_at, t.owner FROM chat_threads t JOIN visitors v ON v.scoped_id = t.person";

fn read(row: &Row<'_>) -> rusqlite::Result<Thread> {
    let platform: String = row.get(5)?;
    let state: String = row.get(6)?;
    let owner: Option<String> = row.get(11)?;
    Ok(Thread {
        number: row.get(0)?,
        id: row.get(1)?,
        person: row.get(2)?,
        name: row.get(3)?,
        page_id: row.get(4)?,
        platform: Platform::parse(&platform).unwrap_or(Platform::Messenger),
        state: State::ALL.into_iter().find(|known| known.as_str() == state).unwrap_or(State::Open),
        opened_at: row.get(7)?,
        updated_at: row.get(8)?,
        read_at: row.get(9)?,
        seen_at: row.get(10)?,
        owner: match owner {
            None => Owner::ThisApp,
            Some(app) if app.is_empty() => Owner::Nobody,
            Some(app) => Owner::Other(app),
        },
    })
}

fn one(tx: &Connection, column: &str, value: &str) -> Result<Option<Thread>, Error> {
    let sql = format!("SELECT {COLUMNS} WHERE t.{column} = ?1");
    Ok(tx.prepare_cached(&sql)?.query_row([value], read).optional()?)
}

/// The thread of a conversation's id.
pub(crate) fn by_id(tx: &Connection, id: &str) -> Result<Option<Thread>, Error> {
    one(tx, "id", id)
}

/// The thread of a PSID or IGSID.
pub(crate) fn of_person(tx: &Connection, person: &str) -> Result<Option<Thread>, Error> {
    one(tx, "person", person)
}

pub(crate) fn by_number(tx: &Connection, number: i64) -> Result<Option<Thread>, Error> {
    one(tx, "number", &number.to_string())
}

/// All threads of a Page on one platform, the latest first; on both without a platform.
pub(crate) fn of_page(
    tx: &Connection,
    page_id: &str,
    platform: Option<Platform>,
) -> Result<Vec<Thread>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE t.page_id = ?1 AND (?2 IS NULL OR t.platform = ?2) \
         ORDER BY t.updated_at DESC, t.number DESC"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement.query_map((page_id, platform.map(Platform::as_str)), read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The conversation of somebody with a Page or an Instagram account, begun if there is none.
pub(crate) fn with(
    tx: &Connection,
    page: &Page,
    platform: Platform,
    name: &str,
    now: i64,
) -> Result<Thread, Error> {
    let person = webhooks::visitor(tx, &page.id, platform.object(), name)?;
    if let Some(thread) = of_person(tx, &person)? {
        return Ok(thread);
    }
    let id = platform.new_thread_id()?;
    tx.execute(
        "INSERT INTO chat_threads (id, person, page_id, platform, updated_at) VALUES (?1, ?2, ?3, ?4, ?5)",
        (&id, &person, &page.id, platform.as_str(), now.saturating_mul(1000).saturating_sub(1)),
    )?;
    by_id(tx, &id)?.ok_or_else(|| Error::Corrupt(format!("the new thread {id} is missing")))
}

/// The person did what opens the window for answers.
pub(crate) fn open_window(tx: &Connection, thread: &Thread, now: i64) -> Result<(), Error> {
    tx.execute("UPDATE chat_threads SET opened_at = ?2 WHERE number = ?1", (thread.number, now))?;
    Ok(())
}

pub(crate) fn set_state(tx: &Connection, thread: &Thread, state: State) -> Result<(), Error> {
    tx.execute("UPDATE chat_threads SET state = ?2 WHERE number = ?1", (thread.number, state.as_str()))?;
    Ok(())
}

pub(crate) fn set_owner(tx: &Connection, thread: &Thread, owner: &Owner) -> Result<(), Error> {
    let owner = match owner {
        Owner::ThisApp => None,
        Owner::Nobody => Some(""),
        Owner::Other(app) => Some(app.as_str()),
    };
    tx.execute("UPDATE chat_threads SET owner = ?2 WHERE number = ?1", (thread.number, owner))?;
    Ok(())
}

/// The person has read everything up to this moment.
pub(crate) fn set_read(tx: &Connection, thread: &Thread, until: i64) -> Result<(), Error> {
    tx.execute("UPDATE chat_threads SET read_at = ?2 WHERE number = ?1", (thread.number, until))?;
    Ok(())
}

/// The business has.
pub(crate) fn set_seen(tx: &Connection, thread: &Thread, until: i64) -> Result<(), Error> {
    tx.execute("UPDATE chat_threads SET seen_at = ?2 WHERE number = ?1", (thread.number, until))?;
    Ok(())
}
