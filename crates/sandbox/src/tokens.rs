//! Codes and tokens: minting, life times, and the ways they die.

use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::{Error, random};

/// Subcodes of error 190.
pub(crate) const APP_REMOVED: i64 = 458;
pub(crate) const CHECKPOINT: i64 = 459;
pub(crate) const PASSWORD_CHANGED: i64 = 460;
pub(crate) const EXPIRED: i64 = 463;
pub(crate) const LOGGED_OUT: i64 = 467;
pub(crate) const ROLE_LOST: i64 = 492;

const CODE_SECONDS: i64 = 600;
const LONG_SECONDS: i64 = 60 * 86_400;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A user token of one to two hours.
    Short,
    /// A user token of about 60 days.
    Long,
    /// A Page token, bound to (Page, person, app).
    Page,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Kind::Short => "short",
            Kind::Long => "long",
            Kind::Page => "page",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) kind: Kind,
    pub(crate) person_id: String,
    pub(crate) page_id: Option<String>,
    pub(crate) issued_at: i64,
    /// 0: never.
    pub(crate) expires_at: i64,
    dead: Option<i64>,
}

impl Token {
    /// The subcode of error 190 that this token answers with, if it is dead by now.
    pub(crate) fn death(&self, now: i64) -> Option<i64> {
        self.dead.or((self.expires_at != 0 && self.expires_at <= now).then_some(EXPIRED))
    }
}

const COLUMNS: &str = "token, kind, person_id, page_id, issued_at, expires_at, dead";

fn read(row: &Row<'_>) -> rusqlite::Result<Token> {
    let kind = match row.get::<_, String>(1)?.as_str() {
        "long" => Kind::Long,
        "page" => Kind::Page,
        _ => Kind::Short,
    };
    Ok(Token {
        text: row.get(0)?,
        kind,
        person_id: row.get(2)?,
        page_id: row.get(3)?,
        issued_at: row.get(4)?,
        expires_at: row.get(5)?,
        dead: row.get(6)?,
    })
}

pub(crate) fn find(tx: &Connection, text: &str) -> Result<Option<Token>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM tokens WHERE token = ?1");
    Ok(tx.prepare_cached(&sql)?.query_row([text], read).optional()?)
}

pub(crate) fn of_person(tx: &Connection, person_id: &str) -> Result<Vec<Token>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM tokens WHERE person_id = ?1 ORDER BY issued_at, rowid");
    let mut statement = tx.prepare_cached(&sql)?;
    let tokens = statement.query_map([person_id], read)?.collect::<Result<_, _>>()?;
    Ok(tokens)
}

/// A new user token for a person.
pub(crate) fn issue_user(tx: &Connection, person_id: &str, kind: Kind, now: i64) -> Result<Token, Error> {
    // Meta's life times are never round; a client that compares with a round number shall notice.
    let seconds = match kind {
        Kind::Long => LONG_SECONDS - 1 - i64::from(random::below(120)?),
        Kind::Short | Kind::Page => 3_700 + i64::from(random::below(3_400)?),
    };
    let token = Token {
        text: random::access_token()?,
        kind,
        person_id: person_id.to_owned(),
        page_id: None,
        issued_at: now,
        expires_at: now + seconds,
        dead: None,
    };
    insert(tx, &token, None)?;
    Ok(token)
}

/// The Page token that a user token reads: the same one each time, living no longer than a short parent,
/// and without end under a long one.
pub(crate) fn page_token(tx: &Connection, parent: &Token, page_id: &str, now: i64) -> Result<Token, Error> {
    let sql = format!("SELECT {COLUMNS} FROM tokens WHERE parent = ?1 AND page_id = ?2 AND dead IS NULL");
    let found = tx.prepare_cached(&sql)?.query_row([&parent.text, page_id], read).optional()?;
    if let Some(token) = found.filter(|token| token.death(now).is_none()) {
        return Ok(token);
    }
    let token = Token {
        text: random::access_token()?,
        kind: Kind::Page,
        person_id: parent.person_id.clone(),
        page_id: Some(page_id.to_owned()),
        issued_at: now,
        expires_at: if parent.kind == Kind::Long { 0 } else { parent.expires_at },
        dead: None,
    };
    insert(tx, &token, Some(&parent.text))?;
    Ok(token)
}

fn insert(tx: &Connection, token: &Token, parent: Option<&str>) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO tokens VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL)",
        (
            &token.text,
            token.kind.as_str(),
            &token.person_id,
            &token.page_id,
            parent,
            token.issued_at,
            token.expires_at,
        ),
    )?;
    Ok(())
}

/// Kills a person's tokens: all of them, or those for one Page. A token dies once: the first reason stays.
pub(crate) fn kill(
    tx: &Connection,
    person_id: &str,
    page_id: Option<&str>,
    subcode: i64,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE tokens SET dead = ?3 \
         WHERE person_id = ?1 AND (?2 IS NULL OR page_id = ?2) AND dead IS NULL",
        (person_id, page_id, subcode),
    )?;
    Ok(())
}

/// Lets tokens run out now: user tokens and Page tokens alike.
pub(crate) fn expire(tx: &Connection, person_id: &str, page_id: Option<&str>, now: i64) -> Result<(), Error> {
    tx.execute(
        "UPDATE tokens SET expires_at = ?3 \
         WHERE person_id = ?1 AND (?2 IS NULL OR page_id = ?2) AND (expires_at = 0 OR expires_at > ?3)",
        (person_id, page_id, now),
    )?;
    Ok(())
}

pub(crate) fn issue_code(
    tx: &Connection,
    person_id: &str,
    redirect_uri: &str,
    now: i64,
) -> Result<String, Error> {
    let code = random::login_code()?;
    tx.execute("INSERT INTO codes VALUES (?1, ?2, ?3, ?4, NULL)", (&code, person_id, redirect_uri, now))?;
    Ok(code)
}

/// How the exchange of a code ended.
pub(crate) enum Redeemed {
    Person(String),
    Unknown,
    Used,
    Expired,
    OtherRedirect,
}

pub(crate) fn redeem(tx: &Connection, code: &str, redirect_uri: &str, now: i64) -> Result<Redeemed, Error> {
    let found = tx
        .prepare_cached("SELECT person_id, redirect_uri, created_at, used_at FROM codes WHERE code = ?1")?
        .query_row([code], |row| {
            let used: Option<i64> = row.get(3)?;
            Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, i64>(2)?, used.is_some()))
        })
        .optional()?;
    Ok(match found {
        None => Redeemed::Unknown,
        Some((.., true)) => Redeemed::Used,
        Some((_, _, created_at, _)) if created_at + CODE_SECONDS <= now => Redeemed::Expired,
        Some((_, bound_to, ..)) if bound_to != redirect_uri => Redeemed::OtherRedirect,
        Some((person_id, ..)) => {
            tx.execute("UPDATE codes SET used_at = ?2 WHERE code = ?1", (code, now))?;
            Redeemed::Person(person_id)
        }
    })
}
