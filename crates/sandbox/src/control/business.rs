//! Businesses, and the configurations of Facebook Login for Business.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::json;

use crate::businesses::{self, Relation};
use crate::configurations::{self, Configuration};
use crate::control::{Answer, Refused, parse, success};
use crate::dialog::checked_name;
use crate::{Sandbox, world};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BusinessInput {
    name: String,
    #[serde(default)]
    person_ids: Vec<String>,
    #[serde(default)]
    owned_pages: Vec<String>,
    #[serde(default)]
    client_pages: Vec<String>,
}

pub(crate) async fn create(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let input: BusinessInput = parse(&body)?;
    let name = checked_name(Some(&input.name)).ok_or_else(|| Refused::bad("a name of 1 to 80 characters"))?;
    let now = sandbox.now();
    let business = sandbox.db().run(|tx| {
        let business = businesses::add(tx, &name, now)?;
        for id in &input.person_ids {
            world::person(tx, id)?.ok_or_else(|| Refused::missing("person"))?;
            businesses::join(tx, &business.id, id)?;
        }
        let lists = [(&input.owned_pages, Relation::Owned), (&input.client_pages, Relation::Client)];
        for (ids, relation) in lists {
            for id in ids {
                world::page(tx, id)?.ok_or_else(|| Refused::missing("Page"))?;
                businesses::set_page(tx, &business.id, id, relation)?;
            }
        }
        Ok::<_, Refused>(business)
    })?;
    Ok(Json(json!({"id": business.id, "name": business.name})))
}

pub(crate) async fn show_configurations(State(sandbox): State<Sandbox>) -> Answer {
    let configurations = sandbox.db().run(|tx| configurations::all(tx))?;
    Ok(Json(json!({"list": configurations})))
}

/// Makes a configuration, or replaces the one with the same id.
pub(crate) async fn save_configuration(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let input: Configuration = parse(&body)?;
    input.check().map_err(Refused::bad)?;
    sandbox.db().run(|tx| configurations::save(tx, &input))?;
    Ok(success())
}

pub(crate) async fn remove_configuration(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Answer {
    sandbox.db().run(|tx| configurations::remove(tx, &id))?;
    Ok(success())
}
