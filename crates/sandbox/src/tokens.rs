//! Codes and tokens: minting, life times, and the ways they die.

use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::{Error, random};

/// Subcodes of error 190.
pub(crate) const APP_REMOVED: i64 = 458;
pub(crate) const CHECKPOINT: i64 = 459;
pub(crate) const PASSWORD_CHANGED: i64 = 460;
pub(crate) const EXPIRED: i64 = 463;
pub(crate) const UNCONFIRMED: i64 = 464;
pub(crate) const LOGGED_OUT: i64 = 467;
pub(crate) const ROLE_LOST: i64 = 492;
/// No subcode: the token belongs to another app.
pub(crate) const FOREIGN: i64 = 0;

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
    /// A token of a business's system user, without end unless the configuration gives it one.
    System,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Kind::Short => "short",
            Kind::Long => "long",
            Kind::Page => "page",
            Kind::System => "system",
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Token {
    /// What the switches call it, since its text is a secret.
    pub(crate) id: i64,
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

const COLUMNS: &str = "token, kind, person_id, page_id, issued_at, expires_at, dead, rowid";

fn read(row: &Row<'_>) -> rusqlite::Result<Token> {
    let kind = match row.get::<_, String>(1)?.as_str() {
        "long" => Kind::Long,
        "page" => Kind::Page,
        "system" => Kind::System,
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
        id: row.get(7)?,
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
        Kind::Short | Kind::Page | Kind::System => 3_700 + i64::from(random::below(3_400)?),
    };
    insert(tx, new(kind, person_id, now, now + seconds)?, None)
}

/// A new token for a system user; without `seconds` it has no end.
pub(crate) fn issue_system(
    tx: &Connection,
    person_id: &str,
    seconds: Option<i64>,
    now: i64,
) -> Result<Token, Error> {
    let expires_at = seconds.map_or(0, |seconds| now + seconds);
    insert(tx, new(Kind::System, person_id, now, expires_at)?, None)
}

fn new(kind: Kind, person_id: &str, issued_at: i64, expires_at: i64) -> Result<Token, Error> {
    let (text, person_id) = (random::access_token()?, person_id.to_owned());
    Ok(Token { id: 0, text, kind, person_id, page_id: None, issued_at, expires_at, dead: None })
}

/// The Page token that a user token reads: the same one each time, living no longer than a short parent,
/// and without end under a long one.
pub(crate) fn page_token(tx: &Connection, parent: &Token, page_id: &str, now: i64) -> Result<Token, Error> {
    let sql = format!("SELECT {COLUMNS} FROM tokens WHERE parent = ?1 AND page_id = ?2 AND dead IS NULL");
    let found = tx.prepare_cached(&sql)?.query_row([&parent.text, page_id], read).optional()?;
    if let Some(token) = found.filter(|token| token.death(now).is_none()) {
        return Ok(token);
    }
    let expires_at = if parent.kind == Kind::Long { 0 } else { parent.expires_at };
    let token =
        Token { page_id: Some(page_id.to_owned()), ..new(Kind::Page, &parent.person_id, now, expires_at)? };
    insert(tx, token, Some(&parent.text))
}

fn insert(tx: &Connection, token: Token, parent: Option<&str>) -> Result<Token, Error> {
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
    Ok(Token { id: tx.last_insert_rowid(), ..token })
}

/// Which tokens a switch means: all of a person, those for one Page, or a single one.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Target<'a> {
    pub(crate) person: &'a str,
    pub(crate) page: Option<&'a str>,
    pub(crate) token: Option<i64>,
}

impl<'a> Target<'a> {
    pub(crate) fn of(person: &'a str) -> Self {
        Target { person, ..Target::default() }
    }
}

const TARGET: &str = "person_id = ?1 AND (?2 IS NULL OR page_id = ?2) AND (?3 IS NULL OR rowid = ?3)";

/// Kills tokens. A token dies once: the first reason stays.
pub(crate) fn kill(tx: &Connection, target: Target<'_>, subcode: i64) -> Result<(), Error> {
    let sql = format!("UPDATE tokens SET dead = ?4 WHERE {TARGET} AND dead IS NULL");
    tx.execute(&sql, (target.person, target.page, target.token, subcode))?;
    Ok(())
}

/// Revives the tokens that only waited for the person to do something at facebook.com.
pub(crate) fn clear(tx: &Connection, target: Target<'_>) -> Result<(), Error> {
    let sql =
        format!("UPDATE tokens SET dead = NULL WHERE {TARGET} AND dead IN ({CHECKPOINT}, {UNCONFIRMED})");
    tx.execute(&sql, (target.person, target.page, target.token))?;
    Ok(())
}

/// Lets tokens run out now: user tokens and Page tokens alike.
pub(crate) fn expire(tx: &Connection, target: Target<'_>, now: i64) -> Result<(), Error> {
    let sql =
        format!("UPDATE tokens SET expires_at = ?4 WHERE {TARGET} AND (expires_at = 0 OR expires_at > ?4)");
    tx.execute(&sql, (target.person, target.page, target.token, now))?;
    Ok(())
}

/// A code to be exchanged for a token.
pub(crate) struct NewCode<'a> {
    pub(crate) person_id: &'a str,
    pub(crate) redirect_uri: &'a str,
    /// `None`: what the settings say.
    pub(crate) kind: Option<Kind>,
    pub(crate) token_seconds: Option<i64>,
    /// The exchange may leave `redirect_uri` out.
    pub(crate) free_redirect: bool,
}

pub(crate) fn issue_code(tx: &Connection, new: &NewCode<'_>, now: i64) -> Result<String, Error> {
    let code = random::login_code()?;
    tx.execute(
        "INSERT INTO codes VALUES (?1, ?2, ?3, ?4, NULL, ?5, ?6, ?7)",
        (
            &code,
            new.person_id,
            new.redirect_uri,
            now,
            new.kind.map(Kind::as_str),
            new.token_seconds,
            new.free_redirect,
        ),
    )?;
    Ok(code)
}

/// How the exchange of a code ended.
pub(crate) enum Redeemed {
    Good { person_id: String, kind: Option<Kind>, token_seconds: Option<i64> },
    Unknown,
    Used,
    Expired,
    OtherRedirect,
    NoRedirect,
}

struct FoundCode {
    person_id: String,
    bound_to: String,
    created_at: i64,
    used: bool,
    kind: Option<String>,
    token_seconds: Option<i64>,
    free_redirect: bool,
}

fn find_code(tx: &Connection, code: &str) -> Result<Option<FoundCode>, Error> {
    let found = tx
        .prepare_cached(
            "SELECT person_id, redirect_uri, created_at, used_at, token_kind, token_seconds, free_redirect \
             FROM codes WHERE code = ?1",
        )?
        .query_row([code], |row| {
            Ok(FoundCode {
                person_id: row.get(0)?,
                bound_to: row.get(1)?,
                created_at: row.get(2)?,
                used: row.get::<_, Option<i64>>(3)?.is_some(),
                kind: row.get(4)?,
                token_seconds: row.get(5)?,
                free_redirect: row.get(6)?,
            })
        })
        .optional()?;
    Ok(found)
}

pub(crate) fn redeem(
    tx: &Connection,
    code: &str,
    redirect_uri: Option<&str>,
    now: i64,
) -> Result<Redeemed, Error> {
    let Some(found) = find_code(tx, code)? else { return Ok(Redeemed::Unknown) };
    Ok(match redirect_uri {
        _ if found.used => Redeemed::Used,
        _ if found.created_at + CODE_SECONDS <= now => Redeemed::Expired,
        Some(uri) if uri != found.bound_to => Redeemed::OtherRedirect,
        None if !found.free_redirect => Redeemed::NoRedirect,
        _ => {
            tx.execute("UPDATE codes SET used_at = ?2 WHERE code = ?1", (code, now))?;
            let kind = found.kind.map(|kind| if kind == "system" { Kind::System } else { Kind::Long });
            Redeemed::Good { person_id: found.person_id, kind, token_seconds: found.token_seconds }
        }
    })
}
