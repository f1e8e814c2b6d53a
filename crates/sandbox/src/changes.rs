//! Webhooks with `changes`: what happens to posts, comments, media and leads.
//!
//! A change waits in its own table until the next delivery, which puts as many into one request as Meta does.
//! Unlike messaging, a failing receiver loses what waited too long, and not its subscription.

use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Map, Value, json};

use crate::graph::{subscribed_apps, subscriptions};
use crate::world::Page;
use crate::{Error, content, grants, settings, webhooks, world};

/// Seconds to wait after each failed attempt: at once, then a few more times.
pub(crate) const PAUSES: [i64; 7] = [0, 60, 600, 3_600, 14_400, 36_000, 72_000];
/// A change that cannot be handed over for 36 hours is dropped.
pub(crate) const GIVE_UP_SECONDS: i64 = 36 * 3_600;
/// The most changes that one request carries.
const MOST: usize = 1_000;

/// Whom a change is about, as the webhook's `object` and `entry.id` say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) object: &'static str,
    pub(crate) id: &'a str,
    pub(crate) page_id: &'a str,
}

impl<'a> Subject<'a> {
    pub(crate) fn page(page: &'a Page) -> Subject<'a> {
        Subject { object: content::PAGE, id: &page.id, page_id: &page.id }
    }

    /// The linked professional account; a personal one is nobody's subject.
    pub(crate) fn instagram(page: &'a Page) -> Option<Subject<'a>> {
        let account = page.professional_instagram()?;
        Some(Subject { object: content::INSTAGRAM, id: &account.id, page_id: &page.id })
    }
}

/// Keeps one change for the next delivery, if both the app and the Page are subscribed. `actor` is the visitor
/// who caused it, or nothing for the Page itself.
pub(crate) fn queue(
    tx: &Connection,
    subject: Subject<'_>,
    field: &str,
    actor: Option<&str>,
    value: &Value,
    now: i64,
) -> Result<(), Error> {
    if let Some(name) = actor
        && !webhooks::causes_webhooks(tx, name)?
    {
        return Ok(());
    }
    let Subject { object, id, page_id } = subject;
    let subscription = subscriptions::find(tx, object)?;
    if !subscription.is_some_and(|found| found.fields.iter().any(|name| name == field)) {
        return Ok(());
    }
    // For Instagram the Page only needs some subscription; the fields are those of the app.
    let installed = subscribed_apps::fields_of(tx, page_id)?;
    if !installed.is_some_and(|fields| object != content::PAGE || fields.iter().any(|name| name == field)) {
        return Ok(());
    }
    tx.execute(
        "INSERT INTO changes (page_id, object, entry_id, field, value, created_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (page_id, object, id, field, value.to_string(), now),
    )?;
    Ok(())
}

/// Whether anybody who runs the Page let the app see what other people write there; without it the webhooks
/// do not say who did.
pub(crate) fn shows_authors(tx: &Connection, page_id: &str, now: i64) -> Result<bool, Error> {
    for person in world::people(tx)?.into_iter().chain(world::system_users(tx)?) {
        let allowed = grants::of_person(tx, &person.id, now)?
            .is_some_and(|found| found.has("pages_read_user_content") && found.covers_page(page_id));
        if allowed && world::role(tx, &person.id, page_id)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

struct Waiting {
    id: i64,
    page_id: String,
    entry_id: String,
    field: String,
    value: Value,
}

/// Puts everything that waits into requests of at most a thousand changes each.
pub(crate) fn gather(tx: &Connection, now: i64) -> Result<(), Error> {
    loop {
        let object: Option<String> = tx
            .query_row("SELECT object FROM changes ORDER BY id LIMIT 1", [], |row| row.get(0))
            .optional()?;
        let Some(object) = object else { return Ok(()) };
        let mut batch = waiting(tx, &object)?;
        for change in &batch {
            tx.execute("DELETE FROM changes WHERE id = ?1", [change.id])?;
        }
        // The app may have let the object go meanwhile; then nobody waits for these.
        let target: Option<(String, bool)> = tx
            .query_row(
                "SELECT callback_url, include_values FROM app_subscriptions WHERE object = ?1",
                [&object],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        let Some((url, with_values)) = target else { continue };
        let delivery = settings::get(tx, settings::CHANGE_DELIVERY)?;
        if delivery.as_deref() == Some("reversed") {
            batch.reverse();
        }
        let body = json!({"object": object, "entry": entries(&batch, with_values, now)});
        let page_id = batch.first().map(|first| first.page_id.as_str());
        let one_page = page_id.filter(|id| batch.iter().all(|change| change.page_id == *id));
        let times = if delivery.as_deref() == Some("twice") { 2 } else { 1 };
        for _ in 0..times {
            webhooks::queue(tx, "changes", one_page, &url, webhooks::ascii(&body).as_bytes(), now)?;
        }
    }
}

fn waiting(tx: &Connection, object: &str) -> Result<Vec<Waiting>, Error> {
    let mut statement = tx.prepare_cached(
        "SELECT id, page_id, entry_id, field, value FROM changes WHERE object = ?1 ORDER BY id LIMIT ?2",
    )?;
    let rows = statement.query_map((object, i64::try_from(MOST).unwrap_or(i64::MAX)), |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get::<_, String>(4)?))
    })?;
    let mut batch = Vec::new();
    for row in rows {
        let (id, page_id, entry_id, field, value) = row?;
        batch.push(Waiting { id, page_id, entry_id, field, value: serde_json::from_str(&value)? });
    }
    Ok(batch)
}

/// One entry for each Page or account, its changes in the order in which they happened.
fn entries(batch: &[Waiting], with_values: bool, now: i64) -> Vec<Value> {
    let mut ids: Vec<&str> = Vec::new();
    for change in batch {
        if !ids.contains(&change.entry_id.as_str()) {
            ids.push(&change.entry_id);
        }
    }
    let entry = |id: &str| {
        let of_this = || batch.iter().filter(|change| change.entry_id == id);
        let mut entry = Map::new();
        entry.insert("id".to_owned(), json!(id));
        entry.insert("time".to_owned(), json!(now));
        if with_values {
            let changes: Vec<Value> =
                of_this().map(|change| json!({"field": change.field, "value": change.value})).collect();
            entry.insert("changes".to_owned(), json!(changes));
        } else {
            let mut fields: Vec<&str> = of_this().map(|change| change.field.as_str()).collect();
            fields.dedup();
            entry.insert("changed_fields".to_owned(), json!(fields));
        }
        Value::Object(entry)
    };
    ids.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Db;

    #[test]
    fn a_request_carries_a_thousand_changes_and_the_rest_go_in_the_next() {
        let db = Db::open(std::path::Path::new(":memory:")).unwrap();
        let sizes = db
            .run(|tx| {
                crate::seed::seed_once(tx, 0)?;
                tx.execute_batch(
                    "INSERT INTO app_subscriptions VALUES ('page', 'http://app.test/', '[\"feed\"]', 1); \
                     INSERT INTO page_subscriptions VALUES ('102000000000006', '[\"feed\"]');",
                )?;
                let page = content::page_of(tx, world::PAGE_BIKES)?;
                for number in 0..=MOST {
                    queue(tx, Subject::page(&page), "feed", None, &json!({"number": number}), 5)?;
                }
                gather(tx, 7)?;
                let mut statement = tx.prepare("SELECT body FROM outbox ORDER BY id")?;
                let bodies = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
                let mut sizes = Vec::new();
                for body in bodies {
                    let body: Value = serde_json::from_slice(&body?)?;
                    assert_eq!(body["entry"][0]["time"], 7);
                    sizes.push(body["entry"][0]["changes"].as_array().map_or(0, Vec::len));
                }
                Ok::<_, Error>(sizes)
            })
            .unwrap();
        assert_eq!(sizes, [1_000, 1]);
    }
}
