//! What Meta's dashboard would hold about the app, and the sandbox's own switches.

use rusqlite::{Connection, OptionalExtension as _};

use crate::Error;

/// Refuse Graph calls with a user or Page token that carry no `appsecret_proof`.
pub(crate) const REQUIRE_PROOF: &str = "require_proof";
/// Where the app hears that a person removed it.
pub(crate) const DEAUTHORIZE_URL: &str = "deauthorize_url";
/// Give a token of 60 days already for the code.
pub(crate) const LONG_CODE_TOKENS: &str = "long_code_tokens";
/// The most Pages that one answer of `/me/accounts` holds, whatever `limit` says.
pub(crate) const ACCOUNTS_PER_PAGE: &str = "accounts_per_page";
/// Put an empty answer with a `next` before each answer of `/me/accounts`.
pub(crate) const EMPTY_PAGES: &str = "empty_pages";
/// How many percent of its limits the app has used, as the usage headers say; above 100 is possible.
pub(crate) const USAGE_PERCENT: &str = "usage_percent";
/// Minutes until a limited Page may be called again, as the headers say.
pub(crate) const REGAIN_MINUTES: &str = "regain_minutes";
/// Seconds by which the clock was moved forward by hand.
pub(crate) const CLOCK_OFFSET: &str = "clock_offset";
/// What the inspector checks signatures with.
pub(crate) const INSPECTOR_SECRET: &str = "inspector_secret";

pub(crate) fn get(tx: &Connection, key: &str) -> Result<Option<String>, Error> {
    let mut statement = tx.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

pub(crate) fn is_on(tx: &Connection, key: &str) -> Result<bool, Error> {
    Ok(get(tx, key)?.as_deref() == Some("on"))
}

/// Sets a value, or removes it.
pub(crate) fn set(tx: &Connection, key: &str, value: Option<&str>) -> Result<(), Error> {
    match value {
        Some(value) => tx.execute("INSERT OR REPLACE INTO settings VALUES (?1, ?2)", [key, value])?,
        None => tx.execute("DELETE FROM settings WHERE key = ?1", [key])?,
    };
    Ok(())
}

pub(crate) fn switch(tx: &Connection, key: &str, on: bool) -> Result<(), Error> {
    set(tx, key, on.then_some("on"))
}

/// By how much the clock was moved; none when it never was.
pub(crate) fn clock_offset(tx: &Connection) -> Result<i64, Error> {
    get(tx, CLOCK_OFFSET)?
        .map_or(Ok(0), |text| text.parse().map_err(|_| Error::Corrupt(format!("{CLOCK_OFFSET} is {text}"))))
}

pub(crate) fn add_redirect_uri(tx: &Connection, uri: &str) -> Result<(), Error> {
    tx.execute("INSERT OR IGNORE INTO redirect_uris VALUES (?1)", [uri])?;
    Ok(())
}

pub(crate) fn replace_redirect_uris(tx: &Connection, uris: &[String]) -> Result<(), Error> {
    tx.execute("DELETE FROM redirect_uris", [])?;
    uris.iter().try_for_each(|uri| add_redirect_uri(tx, uri))
}

pub(crate) fn redirect_uris(tx: &Connection) -> Result<Vec<String>, Error> {
    let mut statement = tx.prepare_cached("SELECT uri FROM redirect_uris ORDER BY uri")?;
    let uris = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(uris)
}
