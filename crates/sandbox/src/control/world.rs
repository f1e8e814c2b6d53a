//! The whole world as one JSON object, for tests and for the curious.

use axum::Json;
use axum::extract::State;
use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::businesses::{self, Business, Relation};
use crate::control::Answer;
use crate::graph::{subscribed_apps, subscriptions};
use crate::settings::{self, Kind};
use crate::{Config, Error, Sandbox, configurations, faults, grants, tokens, world};

pub(crate) async fn show(State(sandbox): State<Sandbox>) -> Answer {
    let config = sandbox.config();
    let now = sandbox.now();
    sandbox.db().run(|tx| {
        let describe = |people: Vec<world::Person>| {
            people.iter().map(|person| describe_person(tx, person, now)).collect::<Result<Vec<_>, _>>()
        };
        let (people, system_users) = (describe(world::people(tx)?)?, describe(world::system_users(tx)?)?);
        let pages =
            world::pages(tx)?.iter().map(|page| describe_page(tx, page)).collect::<Result<Vec<_>, _>>()?;
        let subscriptions: Vec<Value> = subscriptions::all(tx)?
            .into_iter()
            .map(|found| {
                json!({"object": found.object, "callback_url": found.callback_url, "fields": found.fields})
            })
            .collect();
        Ok(Json(json!({
            "app": app(tx, config)?, "now": now,
            "people": people, "system_users": system_users, "businesses": businesses(tx)?, "pages": pages,
            "configurations": configurations::all(tx).map(|list| json!(list))?, "subscriptions": subscriptions,
            "webhooks": outbox(tx)?, "faults": faults::all(tx).map(|faults| json!(faults))?,
        })))
    })
}

/// The app with all its settings.
fn app(tx: &Connection, config: &Config) -> Result<Value, Error> {
    let mut app = Map::new();
    app.insert("id".to_owned(), json!(config.app_id));
    app.insert("name".to_owned(), json!(config.app_name));
    app.insert("version".to_owned(), json!(config.graph_version));
    app.insert("redirect_uris".to_owned(), json!(settings::redirect_uris(tx)?));
    for setting in settings::ALL {
        let value = settings::get(tx, setting.key)?;
        let value = match setting.kind {
            Kind::Switch => json!(value.as_deref() == Some("on")),
            Kind::Number => json!(value.and_then(|text| text.parse::<i64>().ok()).unwrap_or(0)),
            Kind::Text => json!(value),
            Kind::Choice(choices) => json!(value.as_deref().or(choices.first().copied())),
        };
        app.insert(setting.key.to_owned(), value);
    }
    Ok(Value::Object(app))
}

fn businesses(tx: &Connection) -> Result<Vec<Value>, Error> {
    let ids = |pages: Vec<world::Page>| pages.into_iter().map(|page| page.id).collect::<Vec<_>>();
    let describe = |business: Business| {
        Ok(json!({
            "id": business.id, "name": business.name, "people": businesses::people_of(tx, &business.id)?,
            "owned_pages": ids(businesses::pages_of(tx, &business.id, Relation::Owned)?),
            "client_pages": ids(businesses::pages_of(tx, &business.id, Relation::Client)?),
        }))
    };
    businesses::all(tx)?.into_iter().map(describe).collect()
}

fn describe_person(tx: &Connection, person: &world::Person, now: i64) -> Result<Value, Error> {
    let grants = grants::of_person(tx, &person.id, now)?;
    let permissions: serde_json::Map<String, Value> = grants
        .iter()
        .flat_map(grants::Grants::all)
        .map(|(permission, status)| (permission.to_owned(), json!(status)))
        .collect();
    let pages: Vec<Value> = world::roles(tx, &person.id)?
        .into_iter()
        .map(|role| {
            let opted_in = grants.as_ref().is_some_and(|grants| grants.covers_page(&role.page.id));
            json!({
                "id": role.page.id, "tasks": role.tasks, "opted_in": opted_in,
                "through_business": role.through_business,
            })
        })
        .collect();
    let tokens: Vec<Value> = tokens::of_person(tx, &person.id)?
        .iter()
        .map(|token| {
            json!({
                "id": token.id, "kind": token.kind.as_str(), "page_id": token.page_id, "issued_at": token.issued_at,
                "expires_at": token.expires_at, "dead": token.death(now),
            })
        })
        .collect();
    Ok(json!({
        "id": person.id, "name": person.name, "connected": grants.is_some(), "permissions": permissions,
        "pages": pages, "tokens": tokens, "app_role": person.app_role, "business_id": person.business_id,
    }))
}

pub(crate) fn describe_page(tx: &Connection, page: &world::Page) -> Result<Value, Error> {
    let instagram = page.instagram.as_ref().map(|account| {
        let kind = if account.professional { "professional" } else { "personal" };
        json!({"id": account.id, "username": account.username, "kind": kind})
    });
    Ok(json!({
        "id": page.id, "name": page.name, "instagram": instagram,
        "subscribed_fields": subscribed_apps::fields_of(tx, &page.id)?,
    }))
}

fn outbox(tx: &Connection) -> Result<Vec<Value>, Error> {
    let mut statement =
        tx.prepare_cached("SELECT id, kind, page_id, state, attempts, result, body FROM outbox ORDER BY id")?;
    let rows = statement.query_map([], |row| {
        let body: Vec<u8> = row.get(6)?;
        Ok(json!({
            "id": row.get::<_, i64>(0)?, "kind": row.get::<_, String>(1)?,
            "page_id": row.get::<_, Option<String>>(2)?, "state": row.get::<_, String>(3)?,
            "attempts": row.get::<_, i64>(4)?, "result": row.get::<_, Option<String>>(5)?,
            "body": String::from_utf8_lossy(&body),
        }))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
