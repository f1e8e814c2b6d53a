//! `/me/permissions`: what a person allowed, and taking it back.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::graph::error::GraphError;
use crate::graph::{Call, Context, reply};
use crate::{grants, webhooks};

pub(crate) fn get(
    tx: &Connection,
    context: &Context,
    call: &Call,
    person_id: &str,
) -> Result<Value, GraphError> {
    let grants = grants::of_person(tx, person_id, context.now)?;
    let only = (call.param("permission"), call.param("status"));
    let data: Vec<Value> = grants
        .iter()
        .flat_map(grants::Grants::all)
        .filter(|(permission, status)| {
            only.0.is_none_or(|wanted| wanted == *permission) && only.1.is_none_or(|wanted| wanted == *status)
        })
        .map(|(permission, status)| json!({"permission": permission, "status": status}))
        .collect();
    Ok(json!({"data": data}))
}

/// One permission, or with none named the whole app.
pub(crate) fn delete(
    tx: &Connection,
    context: &Context,
    person_id: &str,
    permission: Option<&str>,
) -> Result<Value, GraphError> {
    match permission {
        None => {
            grants::remove_app(tx, person_id)?;
            webhooks::queue_deauthorize(tx, &context.app_secret, person_id, context.now)?;
        }
        Some(grants::PUBLIC_PROFILE) => {
            return Err(GraphError::parameter("The permission public_profile cannot be revoked on its own"));
        }
        Some(permission) if grants::is_known(permission) => grants::revoke(tx, person_id, permission)?,
        Some(other) => return Err(GraphError::parameter(&format!("Invalid permission: {other}"))),
    }
    reply::success(tx)
}
