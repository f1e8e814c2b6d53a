//! Control of a thread, moved by other apps.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::Config;
use crate::messaging::acts::{Act, Acted, tell_from};
use crate::messaging::events::{Field, From};
use crate::messaging::{self, Owner, Thread};

/// Another app moves, or Meta tells the app its role.
pub(super) fn hand_over(tx: &Connection, config: &Config, thread: &Thread, act: Act, now: i64) -> Acted {
    let previous = match &thread.owner {
        Owner::ThisApp => Some(config.app_id.clone()),
        Owner::Nobody => None,
        Owner::Other(app) => Some(app.clone()),
    };
    let metadata = |metadata: Option<String>| metadata.unwrap_or_default();
    let (from, key, value) = match act {
        Act::Take { app_id, metadata: said } => {
            messaging::set_owner(tx, thread, &owner(config, &app_id))?;
            let value = json!({
                "previous_owner_app_id": previous, "new_owner_app_id": app_id, "metadata": metadata(said),
            });
            (From::Person, "take_thread_control", value)
        }
        Act::Pass { app_id, metadata: said } => {
            let app_id = app_id.unwrap_or_else(|| config.app_id.clone());
            messaging::set_owner(tx, thread, &owner(config, &app_id))?;
            let value = json!({
                "previous_owner_app_id": previous, "new_owner_app_id": app_id, "metadata": metadata(said),
            });
            (From::Person, "pass_thread_control", value)
        }
        Act::Request { app_id, metadata: said } => {
            let value = json!({"requested_owner_app_id": app_id, "metadata": metadata(said)});
            (From::Person, "request_thread_control", value)
        }
        Act::AppRoles { roles } => {
            let mut value = Map::new();
            value.insert(config.app_id.clone(), json!(roles));
            (From::Nobody, "app_roles", Value::Object(value))
        }
        _ => return Ok(Err("this is no change of control".to_owned())),
    };
    tell_from(tx, thread, Field::Handovers, from, (key, value), now)
}

/// Who owns a thread that was given to an app.
fn owner(config: &Config, app_id: &str) -> Owner {
    if app_id == config.app_id { Owner::ThisApp } else { Owner::Other(app_id.to_owned()) }
}
