//! What the sandbox sends to the app: webhooks of Pages and Instagram accounts, and the deauthorise callback.
//!
//! Everything goes through the `outbox` table, so a restart loses nothing. Bodies are written the way Meta writes
//! them (ASCII only, `/` as `\/`), so a receiver that checks the signature over a re-serialised body fails.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Value, json};

use crate::graph::{subscribed_apps, subscriptions};
use crate::{Error, Inner, Sandbox, changes, content, random, settings, sign, world};

/// Seconds to wait after each failed attempt: at once, then ever more slowly.
const PAUSES: [i64; 8] = [0, 5, 30, 120, 300, 600, 900, 1_800];
/// After an hour of failures Meta unsubscribes the app from the Page.
const GIVE_UP_SECONDS: i64 = 3_600;
/// After a quarter of an hour Meta warns the app's owner.
const ALERT_SECONDS: i64 = 900;
/// As many updates as Meta joins in one request.
const MOST_TOGETHER: i64 = 1_000;
/// The longest the worker sleeps while something waits: the injected clock may have jumped meanwhile.
const LONGEST_NAP: i64 = 30;

/// Whether a webhook was sent, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Queued {
    Yes,
    NoSuchPage,
    /// While the app is not live, only people with a role on it cause webhooks.
    AppInDevelopment,
    AppNotSubscribed,
    PageNotSubscribed,
    /// The owner of the Instagram account has switched access to messages off.
    AccessOff,
    /// What happened causes no webhook on this platform.
    NoSuchEvent,
}

impl Queued {
    /// Why nothing was sent, as a word of the control API.
    pub(crate) fn why_not(self) -> Option<&'static str> {
        match self {
            Queued::Yes => None,
            Queued::NoSuchPage => Some("no_such_page"),
            Queued::AppInDevelopment => Some("app_in_development"),
            Queued::AppNotSubscribed => Some("app_not_subscribed"),
            Queued::PageNotSubscribed => Some("page_not_subscribed"),
            Queued::AccessOff => Some("access_off"),
            Queued::NoSuchEvent => Some("no_such_event"),
        }
    }
}

/// One messaging event of a Page or an Instagram account.
pub(crate) struct Event<'a> {
    pub(crate) object: &'a str,
    /// `entry[].id`.
    pub(crate) id: &'a str,
    pub(crate) page_id: &'a str,
    /// What both levels have to be subscribed to.
    pub(crate) field: &'a str,
    /// `messaging`, or `standby` for an app that does not control the thread.
    pub(crate) list: &'a str,
    pub(crate) body: Value,
}

/// While the app is not live, only people with a role on it cause webhooks.
pub(crate) fn causes_webhooks(tx: &Connection, name: &str) -> Result<bool, Error> {
    let live = matches!(settings::get(tx, settings::APP_MODE)?.as_deref(), None | Some("live"));
    let has_role = |person: &world::Person| person.name == name && person.app_role.is_some();
    Ok(live || world::people(tx)?.iter().any(has_role))
}

/// Queues one messaging event, if both the app and the Page are subscribed.
pub(crate) fn queue_event(tx: &Connection, event: &Event<'_>, now: i64) -> Result<Queued, Error> {
    let Event { object, id, page_id, field, list, ref body } = *event;
    let Some(subscription) =
        subscriptions::find(tx, object)?.filter(|found| found.fields.iter().any(|name| name == field))
    else {
        return Ok(Queued::AppNotSubscribed);
    };
    // For Instagram the Page only needs some subscription; the fields are those of the app.
    let installed = subscribed_apps::fields_of(tx, page_id)?;
    if !installed.is_some_and(|fields| object != "page" || fields.iter().any(|name| name == field)) {
        return Ok(Queued::PageNotSubscribed);
    }
    let mut entry = json!({"id": id, "time": now.saturating_mul(1000), list: [body]});
    if settings::is_on(tx, settings::NUMERIC_WEBHOOK_IDS)? {
        ids_as_numbers(&mut entry);
    }
    let body = ascii(&json!({"object": object, "entry": [entry]}));
    let times = if settings::is_on(tx, settings::DUPLICATE_WEBHOOKS)? { 2 } else { 1 };
    for _ in 0..times {
        queue(tx, "messaging", Some(page_id), &subscription.callback_url, body.as_bytes(), now)?;
    }
    Ok(Queued::Yes)
}

/// Queues a sample of the dashboard's: only the app has to be subscribed.
pub(crate) fn queue_sample(
    tx: &Connection,
    object: &str,
    field: &str,
    entry: &Value,
    now: i64,
) -> Result<Queued, Error> {
    let wanted = subscriptions::find(tx, object)?;
    let Some(wanted) = wanted.filter(|found| found.fields.iter().any(|name| name == field)) else {
        return Ok(Queued::AppNotSubscribed);
    };
    let body = ascii(&json!({"object": object, "entry": [entry]}));
    queue(tx, "messaging", None, &wanted.callback_url, body.as_bytes(), now)?;
    Ok(Queued::Yes)
}

/// Every `id` of digits as a number, as old fields of webhooks have it.
fn ids_as_numbers(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value.as_str().and_then(|text| text.parse::<u64>().ok()) {
                    Some(number) if key == "id" => *value = json!(number),
                    _ => ids_as_numbers(value),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(ids_as_numbers),
        _ => {}
    }
}

/// Tells the app that a person removed it, if the app wants to know.
pub(crate) fn queue_deauthorize(
    tx: &Connection,
    app_secret: &str,
    person_id: &str,
    now: i64,
) -> Result<(), Error> {
    let Some(url) = settings::get(tx, settings::DEAUTHORIZE_URL)? else { return Ok(()) };
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("signed_request", &sign::signed_request(app_secret, person_id, now));
    queue(tx, "deauthorize", None, &url, form.finish().as_bytes(), now)
}

/// Tells the app that a business installed it by a login with a configuration.
pub(crate) fn queue_integration_added(
    tx: &Connection,
    app_id: &str,
    business_id: &str,
    configuration_id: &str,
    now: i64,
) -> Result<(), Error> {
    let value = json!({"business_manager_id": business_id, "tp_config_id": configuration_id});
    queue_application(tx, app_id, "business_integration_install", &value, now)
}

/// Tells the app that a business removed it.
pub(crate) fn queue_integration_removed(
    tx: &Connection,
    app_id: &str,
    business_id: &str,
    now: i64,
) -> Result<(), Error> {
    let value = json!({"business_manager_id": business_id});
    queue_application(tx, app_id, "business_integration_uninstall", &value, now)
}

/// Queues a change of the object `application`, if the app subscribed to it.
fn queue_application(
    tx: &Connection,
    app_id: &str,
    field: &str,
    value: &Value,
    now: i64,
) -> Result<(), Error> {
    let wanted = subscriptions::find(tx, "application")?;
    let Some(wanted) = wanted.filter(|found| found.fields.iter().any(|name| name == field)) else {
        return Ok(());
    };
    let change = json!({"field": field, "value": value});
    let body = json!({"object": "application", "entry": [{"id": app_id, "time": now, "changes": [change]}]});
    queue(tx, "application", None, &wanted.callback_url, ascii(&body).as_bytes(), now)
}

pub(crate) fn queue(
    tx: &Connection,
    kind: &str,
    page_id: Option<&str>,
    url: &str,
    body: &[u8],
    now: i64,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO outbox (kind, page_id, url, body, created_at, next_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)",
        (kind, page_id, url, body, now),
    )?;
    Ok(())
}

/// A visitor's id is theirs per Page and per product, as PSID and IGSID are.
pub(crate) fn visitor(tx: &Connection, page_id: &str, object: &str, name: &str) -> Result<String, Error> {
    let found = tx
        .prepare_cached("SELECT scoped_id FROM visitors WHERE page_id = ?1 AND object = ?2 AND name = ?3")?
        .query_row([page_id, object, name], |row| row.get(0))
        .optional()?;
    if let Some(id) = found {
        return Ok(id);
    }
    let id = random::id(if object == "page" { "71" } else { "12" }, 16)?;
    tx.execute("INSERT INTO visitors VALUES (?1, ?2, ?3, ?4)", [page_id, object, name, &id])?;
    Ok(id)
}

/// JSON as Meta puts it on the wire: `/` escaped, everything beyond ASCII as `\u` with lower-case digits.
pub(crate) fn ascii(value: &Value) -> String {
    let mut out = String::new();
    // A slash can only stand inside a string, so it is always safe to escape.
    for c in value.to_string().chars() {
        match c {
            '/' => out.push_str("\\/"),
            c if c.is_ascii() => out.push(c),
            c => {
                let mut units = [0; 2];
                for unit in c.encode_utf16(&mut units) {
                    out.push_str("\\u");
                    out.push_str(&hex::encode(unit.to_be_bytes()));
                }
            }
        }
    }
    out
}

struct Due {
    id: i64,
    kind: String,
    page_id: Option<String>,
    url: String,
    body: Vec<u8>,
    created_at: i64,
    attempts: i64,
}

/// What is due next, and with it what goes into the same request.
fn next_due(tx: &Connection, now: i64) -> Result<Vec<Due>, Error> {
    let order = if settings::is_on(tx, settings::NEWEST_FIRST)? { "id DESC" } else { "next_at, id" };
    let sql = format!(
        "SELECT id, kind, page_id, url, body, created_at, attempts FROM outbox \
         WHERE state = 'pending' AND next_at <= ?1 ORDER BY {order} LIMIT ?2"
    );
    let together = settings::is_on(tx, settings::BATCH_WEBHOOKS)?;
    let most = if together { MOST_TOGETHER } else { 1 };
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement.query_map((now, most), |row| {
        Ok(Due {
            id: row.get(0)?,
            kind: row.get(1)?,
            page_id: row.get(2)?,
            url: row.get(3)?,
            body: row.get(4)?,
            created_at: row.get(5)?,
            attempts: row.get(6)?,
        })
    })?;
    let mut due = rows.collect::<Result<Vec<_>, _>>()?;
    if let Some(first) = due.first().map(|first| (first.kind.clone(), first.url.clone(), object_of(first))) {
        let alike = |other: &Due| (other.kind.clone(), other.url.clone(), object_of(other)) == first;
        let alike = due.iter().take_while(|other| first.0 == "messaging" && alike(other)).count();
        due.truncate(alike.max(1));
    }
    Ok(due)
}

fn json_of(due: &Due) -> Value {
    serde_json::from_slice(&due.body).unwrap_or_default()
}

fn object_of(due: &Due) -> Option<String> {
    json_of(due).get("object").and_then(Value::as_str).map(str::to_owned)
}

/// One body for several webhooks: all their entries.
fn joined(due: &[Due]) -> Vec<u8> {
    if let [only] = due {
        return only.body.clone();
    }
    let entries: Vec<Value> = due
        .iter()
        .filter_map(|due| json_of(due).get("entry").and_then(Value::as_array).cloned())
        .flatten()
        .collect();
    let object = due.first().and_then(object_of);
    ascii(&json!({"object": object, "entry": entries})).into_bytes()
}

/// Sends everything that is due, one after the other; answers how many attempts succeeded and failed.
pub(crate) async fn deliver_due(sandbox: &Sandbox) -> Result<(u32, u32), Error> {
    let _one_at_a_time = sandbox.inner.delivering.lock().await;
    let (mut delivered, mut failed) = (0, 0);
    loop {
        let now = sandbox.now();
        let due = sandbox.db().run(|tx| {
            content::settle(tx, now)?;
            changes::gather(tx, now)?;
            next_due(tx, now)
        })?;
        let Some(first) = due.first() else { return Ok((delivered, failed)) };
        let outcome = send(sandbox, first, joined(&due)).await;
        if outcome.is_ok() {
            delivered += 1;
        } else {
            failed += 1;
        }
        sandbox.db().run(|tx| due.iter().try_for_each(|due| record(tx, due, &outcome, now)))?;
    }
}

async fn send(sandbox: &Sandbox, due: &Due, body: Vec<u8>) -> Result<String, String> {
    let secret = sandbox.config().app_secret.as_bytes();
    let mut request = sandbox.inner.http.post(&due.url);
    if due.kind == "deauthorize" {
        request = request.header("content-type", "application/x-www-form-urlencoded");
    } else {
        request = request
            .header("content-type", "application/json")
            .header("x-hub-signature", format!("sha1={}", sign::sha1_hex(secret, &body)))
            .header("x-hub-signature-256", format!("sha256={}", sign::sha256_hex(secret, &body)));
    }
    match request.body(body).send().await {
        Ok(answer) if answer.status().as_u16() == 200 => Ok("200".to_owned()),
        Ok(answer) => Err(answer.status().as_u16().to_string()),
        Err(error) if error.is_timeout() => Err("no answer within 5 seconds".to_owned()),
        Err(_) => Err("no connection".to_owned()),
    }
}

fn record(tx: &Connection, due: &Due, outcome: &Result<String, String>, now: i64) -> Result<(), Error> {
    let (pauses, give_up) = match due.kind.as_str() {
        "changes" => (&changes::PAUSES[..], changes::GIVE_UP_SECONDS),
        _ => (&PAUSES[..], GIVE_UP_SECONDS),
    };
    let pause = usize::try_from(due.attempts).ok().and_then(|index| pauses.get(index)).copied();
    let next_at = now + pause.unwrap_or(give_up);
    let (state, result) = match outcome {
        Ok(result) => ("delivered", result),
        Err(result) if next_at - due.created_at > give_up => {
            if let Some(page_id) = due.page_id.as_ref().filter(|_| due.kind != "changes") {
                tracing::warn!(page_id, "webhooks disabled: an hour of failures unsubscribed the Page");
                subscribed_apps::remove(tx, page_id)?;
            }
            ("dropped", result)
        }
        Err(result) => {
            if let (Some(page_id), true) = (&due.page_id, now - due.created_at >= ALERT_SECONDS) {
                tracing::warn!(page_id, result, "webhooks failing: after an hour the Page is unsubscribed");
            }
            ("pending", result)
        }
    };
    tx.execute(
        "UPDATE outbox SET attempts = attempts + 1, state = ?2, result = ?3, next_at = ?4 WHERE id = ?1",
        (due.id, state, result, next_at),
    )?;
    Ok(())
}

/// Starts the delivery in the background, once, if a runtime is there to run it.
pub(crate) fn start_worker(sandbox: &Sandbox) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
    if sandbox.inner.worker_started.swap(true, Ordering::SeqCst) {
        return;
    }
    let wake = Arc::clone(&sandbox.inner.wake);
    runtime.spawn(work(Arc::downgrade(&sandbox.inner), wake));
}

async fn work(inner: Weak<Inner>, wake: Arc<tokio::sync::Notify>) {
    loop {
        let nap = {
            let Some(inner) = inner.upgrade() else { return };
            let sandbox = Sandbox { inner };
            match deliver_due(&sandbox).await.and_then(|_| seconds_to_next(&sandbox)) {
                Ok(nap) => nap,
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "webhooks could not be sent");
                    Some(LONGEST_NAP)
                }
            }
        };
        match nap {
            None => wake.notified().await,
            Some(seconds) => {
                let seconds = u64::try_from(seconds.clamp(1, LONGEST_NAP)).unwrap_or(1);
                let _ = tokio::time::timeout(Duration::from_secs(seconds), wake.notified()).await;
            }
        }
    }
}

fn seconds_to_next(sandbox: &Sandbox) -> Result<Option<i64>, Error> {
    let now = sandbox.now();
    let next: Option<i64> = sandbox.db().run(|tx| {
        let sending: Option<i64> =
            tx.query_row("SELECT MIN(next_at) FROM outbox WHERE state = 'pending'", [], |row| row.get(0))?;
        let due = content::next_at(tx, now)?;
        Ok::<_, Error>(sending.into_iter().chain(due).min())
    })?;
    Ok(next.map(|at| at - now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_ascii_with_lower_case_escapes() {
        let text = ascii(&json!({"a": "https://ä/\u{1f600}\u{1}"}));
        assert_eq!(text, r#"{"a":"https:\/\/\u00e4\/\ud83d\ude00\u0001"}"#);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["a"], "https://ä/\u{1f600}\u{1}");
    }
}
