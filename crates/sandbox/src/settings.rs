//! What Meta's dashboard would hold about the app, and the sandbox's own switches.
//!
//! [`ALL`] lists them once: the control API, the page of settings and the picture of the world all read it.

use rusqlite::{Connection, OptionalExtension as _};

use crate::{Error, Sandbox};

/// What a setting holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Switch,
    /// 0: not set.
    Number,
    /// Empty: not set.
    Text,
    /// One of these; the first when not set.
    Choice(&'static [&'static str]),
}

/// One line of the settings.
pub(crate) struct Setting {
    pub(crate) key: &'static str,
    pub(crate) label: &'static str,
    pub(crate) kind: Kind,
}

const fn setting(key: &'static str, kind: Kind, label: &'static str) -> Setting {
    Setting { key, label, kind }
}

/// Where the app hears that a person removed it.
pub(crate) const DEAUTHORIZE_URL: &str = "deauthorize_url";
/// Whom the app is open to: everyone, or only people with a role on it.
pub(crate) const APP_MODE: &str = "app_mode";
/// Permissions without Advanced Access: people without a role cannot give them.
pub(crate) const STANDARD_ACCESS: &str = "standard_access";
/// "App Domains" of the dashboard; empty: not checked.
pub(crate) const APP_DOMAINS: &str = "app_domains";
/// Refuse redirect addresses that are not https.
pub(crate) const ENFORCE_HTTPS: &str = "enforce_https";
/// How every login ends.
pub(crate) const DIALOG: &str = "dialog";
/// How a cancelled login is worded: as recordings have it, or as the documentation prints it.
pub(crate) const CANCEL_WORDS: &str = "cancel_words";
/// Refuse Graph calls with a user or Page token that carry no `appsecret_proof`.
pub(crate) const REQUIRE_PROOF: &str = "require_proof";
/// Give a token of 60 days already for the code.
pub(crate) const LONG_CODE_TOKENS: &str = "long_code_tokens";
/// Say nothing about a token's life when it is handed out.
pub(crate) const NO_EXPIRES_IN: &str = "no_expires_in";
/// Answer app and user ids of `/debug_token` as numbers.
pub(crate) const NUMERIC_IDS: &str = "numeric_ids";
/// The most Pages that one answer of `/me/accounts` holds, whatever `limit` says.
pub(crate) const ACCOUNTS_PER_PAGE: &str = "accounts_per_page";
/// Put an empty answer with a `next` before each answer of `/me/accounts`.
pub(crate) const EMPTY_PAGES: &str = "empty_pages";
/// After so many Pages a cursor is too deep.
pub(crate) const DEEPEST_CURSOR: &str = "deepest_cursor";
/// A later login adds to what was selected before.
pub(crate) const KEEP_SELECTION: &str = "keep_selection";
/// A second subscription adds its fields to those of the first.
pub(crate) const ADD_FIELDS: &str = "add_fields";
/// `{"success":"true"}`.
pub(crate) const SUCCESS_AS_TEXT: &str = "success_as_text";
/// How many percent of its limits the app has used, as the usage headers say; above 100 is possible.
pub(crate) const USAGE_PERCENT: &str = "usage_percent";
/// Minutes until a limited Page may be called again, as the headers say.
pub(crate) const REGAIN_MINUTES: &str = "regain_minutes";
/// Instagram accounts whose owner has switched "Allow access to messages" off.
pub(crate) const CLOSED_ACCOUNTS: &str = "closed_accounts";
/// How profiles of people are answered: `granted` is the feature Business Asset User Profile Access.
pub(crate) const PROFILES: &str = "profiles";
/// The app lacks the feature Human Agent.
pub(crate) const NO_HUMAN_AGENT: &str = "no_human_agent";
/// What becomes of an attachment that Meta would fetch: the sandbox itself never fetches one.
pub(crate) const ATTACHMENT_FETCH: &str = "attachment_fetch";
/// People read only when told to.
pub(crate) const READ_BY_HAND: &str = "read_by_hand";
/// Every messaging webhook comes twice.
pub(crate) const DUPLICATE_WEBHOOKS: &str = "duplicate_webhooks";
/// What waits is sent with the newest first.
pub(crate) const NEWEST_FIRST: &str = "newest_first";
/// What waits for one address is sent in one request.
pub(crate) const BATCH_WEBHOOKS: &str = "batch_webhooks";
/// The webhooks of a call are sent before its answer.
pub(crate) const WEBHOOKS_FIRST: &str = "webhooks_first";
/// Ids in webhooks of messaging are numbers.
pub(crate) const NUMERIC_WEBHOOK_IDS: &str = "numeric_webhook_ids";

/// Seconds that the processing of a video takes.
pub(crate) const PROCESSING_SECONDS: &str = "processing_seconds";
/// How the processing of videos and Instagram containers ends.
pub(crate) const PROCESSING_RESULT: &str = "processing_result";
/// How many Instagram media an account may publish in 24 hours.
pub(crate) const PUBLISH_QUOTA: &str = "publish_quota";
/// Whether the Lead Access Manager lets the app read leads, and how it refuses.
pub(crate) const LEAD_ACCESS: &str = "lead_access";
/// How changes are delivered: as they happened, each twice, or the last first. Meta promises no order.
pub(crate) const CHANGE_DELIVERY: &str = "change_delivery";
/// Send the ids of a lead's webhook as numbers, as Meta also does.
pub(crate) const NUMERIC_LEADS: &str = "numeric_leads";
/// What the inspector checks signatures with; not part of [`ALL`], it has a form of its own.
pub(crate) const INSPECTOR_SECRET: &str = "inspector_secret";
/// Seconds by which the clock was moved forward by hand.
pub(crate) const CLOCK_OFFSET: &str = "clock_offset";

const APP_MODE_LABEL: &str = "Mode of the app; people without a role on it are refused at the end in \
     development, and by a page of Facebook's own when it is inactive";

const CHANGE_DELIVERY_LABEL: &str = "Webhooks of posts, comments, media and leads: normal, each request twice, or \
     the last change first";

const LEAD_ACCESS_LABEL: &str = "Lead Access Manager: open, or refusing as a missing object (100/33), a missing \
     permission (200) or a missing feature (10)";

pub(crate) const ALL: &[Setting] = &[
    setting(DEAUTHORIZE_URL, Kind::Text, "Deauthorise callback"),
    setting(APP_MODE, Kind::Choice(&["live", "development", "inactive"]), APP_MODE_LABEL),
    setting(STANDARD_ACCESS, Kind::Text, "Permissions without Advanced Access, separated by commas"),
    setting(APP_DOMAINS, Kind::Text, "App domains, separated by commas (empty: not checked)"),
    setting(ENFORCE_HTTPS, Kind::Switch, "Refuse redirect addresses that are not https"),
    setting(DIALOG, Kind::Choice(&["normal", "access_denied", "unavailable"]), "How every login ends"),
    setting(CANCEL_WORDS, Kind::Choice(&["recorded", "documented"]), "Words of a cancelled login"),
    setting(REQUIRE_PROOF, Kind::Switch, "Require appsecret_proof"),
    setting(LONG_CODE_TOKENS, Kind::Switch, "Give a token of 60 days already for the code"),
    setting(NO_EXPIRES_IN, Kind::Switch, "Leave expires_in out when a token is handed out"),
    setting(NUMERIC_IDS, Kind::Switch, "Answer the ids of /debug_token as numbers"),
    setting(ACCOUNTS_PER_PAGE, Kind::Number, "Most Pages in one answer of /me/accounts (0: as asked)"),
    setting(EMPTY_PAGES, Kind::Switch, "Put empty answers between those of /me/accounts"),
    setting(DEEPEST_CURSOR, Kind::Number, "Pages after which a cursor is too deep (0: never)"),
    setting(
        KEEP_SELECTION,
        Kind::Switch,
        "A later login adds to the earlier selection instead of replacing it",
    ),
    setting(ADD_FIELDS, Kind::Switch, "A second subscription adds fields instead of replacing them"),
    setting(SUCCESS_AS_TEXT, Kind::Switch, "Answer success as a text, as some of Meta's pages print it"),
    setting(USAGE_PERCENT, Kind::Number, "Percent of the limits used, in the usage headers (0: no headers)"),
    setting(REGAIN_MINUTES, Kind::Number, "Minutes until a limited Page may be called again"),
    // Messaging.
    setting(CLOSED_ACCOUNTS, Kind::Text, "Ids of Instagram accounts that allow no access to messages"),
    setting(PROFILES, Kind::Choice(&["granted", "empty", "id_only", "refused"]), "Profiles of people"),
    setting(NO_HUMAN_AGENT, Kind::Switch, "The app lacks the feature Human Agent"),
    setting(
        ATTACHMENT_FETCH,
        Kind::Choice(&["works", "fails", "times_out", "too_large"]),
        "Fetching an attachment from its address (the sandbox never really does)",
    ),
    setting(READ_BY_HAND, Kind::Switch, "People read only when told to, not at once"),
    setting(DUPLICATE_WEBHOOKS, Kind::Switch, "Send every webhook of messaging twice"),
    setting(NEWEST_FIRST, Kind::Switch, "Send waiting webhooks with the newest first"),
    setting(BATCH_WEBHOOKS, Kind::Switch, "Join waiting webhooks in one request with several entries"),
    setting(WEBHOOKS_FIRST, Kind::Switch, "Send the webhooks of a call before its answer"),
    setting(NUMERIC_WEBHOOK_IDS, Kind::Switch, "Write the ids in webhooks of messaging as numbers"),
    setting(PROCESSING_SECONDS, Kind::Number, "Seconds until a video is processed (0: 30)"),
    setting(PROCESSING_RESULT, Kind::Choice(&["finished", "error"]), "How processing of media ends"),
    setting(PUBLISH_QUOTA, Kind::Number, "Instagram media an account may publish in 24 hours (0: 100)"),
    setting(CHANGE_DELIVERY, Kind::Choice(&["normal", "twice", "reversed"]), CHANGE_DELIVERY_LABEL),
    setting(NUMERIC_LEADS, Kind::Switch, "Send the ids of leads in webhooks as numbers"),
    setting(LEAD_ACCESS, Kind::Choice(&["open", "missing", "permission", "feature"]), LEAD_ACCESS_LABEL),
];

pub(crate) fn find(key: &str) -> Option<&'static Setting> {
    ALL.iter().find(|setting| setting.key == key)
}

/// Stores what was given for a setting; `Err` says what it must be.
pub(crate) fn store(tx: &Connection, setting: &Setting, given: &str) -> Result<Result<(), String>, Error> {
    let given = given.trim();
    let key = setting.key;
    let value = match setting.kind {
        Kind::Switch => match given {
            "on" | "true" => Some("on"),
            "" | "off" | "false" => None,
            _ => return Ok(Err(format!("{key} is on or off"))),
        },
        Kind::Number => match given.parse::<u32>() {
            Ok(0) => None,
            Ok(_) => Some(given),
            Err(_) if given.is_empty() => None,
            Err(_) => return Ok(Err(format!("{key} is a number"))),
        },
        Kind::Text => Some(given).filter(|text| !text.is_empty()),
        Kind::Choice(choices) if choices.contains(&given) => Some(given),
        Kind::Choice(choices) => return Ok(Err(format!("{key} is one of {}", choices.join(", ")))),
    };
    set(tx, key, value).map(Ok)
}

pub(crate) fn get(tx: &Connection, key: &str) -> Result<Option<String>, Error> {
    let mut statement = tx.prepare_cached("SELECT value FROM settings WHERE key = ?1")?;
    Ok(statement.query_row([key], |row| row.get(0)).optional()?)
}

pub(crate) fn is_on(tx: &Connection, key: &str) -> Result<bool, Error> {
    Ok(get(tx, key)?.as_deref() == Some("on"))
}

pub(crate) fn number(tx: &Connection, key: &str) -> Result<Option<i64>, Error> {
    Ok(get(tx, key)?.and_then(|text| text.parse().ok()))
}

/// By how much the clock was moved; none when it never was.
pub(crate) fn clock_offset(tx: &Connection) -> Result<i64, Error> {
    get(tx, CLOCK_OFFSET)?
        .map_or(Ok(0), |text| text.parse().map_err(|_| Error::Corrupt(format!("{CLOCK_OFFSET} is {text}"))))
}

/// A text setting as a list.
pub(crate) fn list(tx: &Connection, key: &str) -> Result<Vec<String>, Error> {
    let text = get(tx, key)?.unwrap_or_default();
    Ok(text.split([',', ' ', '\n']).filter(|item| !item.is_empty()).map(str::to_owned).collect())
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

impl Sandbox {
    /// Tells where the app is told that a person removed it, unless the dashboard says another place.
    pub fn set_deauthorize_url(&self, url: &str) -> Result<(), Error> {
        self.db().run(|tx| {
            if get(tx, DEAUTHORIZE_URL)?.is_none() {
                set(tx, DEAUTHORIZE_URL, Some(url))?;
            }
            Ok::<_, Error>(())
        })
    }
}
