//! `/{app-id}/subscriptions`: the app subscribes to the fields of an object, once for all Pages.

use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Value, json};

use crate::graph::auth::{self, Caller};
use crate::graph::error::GraphError;
use crate::graph::subscribed_apps::PAGE_FIELDS;
use crate::graph::{Call, Context, reply};
use crate::{Error, Sandbox, random, settings};

const INSTAGRAM_FIELDS: &[&str] = &[
    "comment_poll_response",
    "comments",
    "creator_marketplace_invited_creator_onboarding",
    "creator_marketplace_projects",
    "delta",
    "follow",
    "live_comments",
    "mentions",
    "message_edit",
    "message_reactions",
    "messages",
    "messaging_handover",
    "messaging_optins",
    "messaging_policy_enforcement",
    "messaging_postbacks",
    "messaging_referral",
    "messaging_seen",
    "onboarding_welcome_message_series",
    "response_feedback",
    "share_to_story",
    "standby",
    "story_insights",
    "story_poll_response",
    "story_reactions",
];

/// One app-level subscription.
pub(crate) struct Subscription {
    pub(crate) object: String,
    pub(crate) callback_url: String,
    pub(crate) fields: Vec<String>,
}

/// Which fields an object has; `None` for objects whose fields are not checked here.
fn known_fields(object: &str) -> Result<Option<&'static [&'static str]>, GraphError> {
    match object {
        "page" => Ok(Some(PAGE_FIELDS)),
        "instagram" => Ok(Some(INSTAGRAM_FIELDS)),
        "user"
        | "permissions"
        | "application"
        | "certificate_transparency"
        | "ad_account"
        | "whatsapp_business_account" => Ok(None),
        other => Err(GraphError::parameter(&format!("Param object is invalid - got \"{other}\""))),
    }
}

fn only_the_app(caller: Option<&Caller>) -> Result<(), GraphError> {
    match caller {
        Some(Caller::App) => Ok(()),
        Some(Caller::Person(_)) => Err(GraphError::app_token_required()),
        None => Err(GraphError::token_required()),
    }
}

pub(crate) fn all(tx: &Connection) -> Result<Vec<Subscription>, Error> {
    let mut statement =
        tx.prepare_cached("SELECT object, callback_url, fields FROM app_subscriptions ORDER BY object")?;
    let rows = statement.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?))
    })?;
    let mut subscriptions = Vec::new();
    for row in rows {
        let (object, callback_url, fields) = row?;
        let fields = serde_json::from_str(&fields)?;
        subscriptions.push(Subscription { object, callback_url, fields });
    }
    Ok(subscriptions)
}

pub(crate) fn find(tx: &Connection, object: &str) -> Result<Option<Subscription>, Error> {
    Ok(all(tx)?.into_iter().find(|subscription| subscription.object == object))
}

pub(crate) fn get(tx: &Connection, context: &Context, caller: &Caller) -> Result<Value, GraphError> {
    only_the_app(Some(caller))?;
    let describe = |subscription: Subscription| {
        let fields: Vec<Value> = subscription
            .fields
            .iter()
            .map(|name| json!({"name": name, "version": context.version}))
            .collect();
        json!({
            "object": subscription.object, "callback_url": subscription.callback_url, "active": true,
            "fields": fields,
        })
    };
    let data: Vec<Value> = all(tx)?.into_iter().map(describe).collect();
    Ok(json!({"data": data}))
}

pub(crate) fn delete(tx: &Connection, call: &Call, caller: &Caller) -> Result<Value, GraphError> {
    only_the_app(Some(caller))?;
    let Some(object) = call.param("object") else {
        tx.execute("DELETE FROM app_subscriptions", [])?;
        return reply::success(tx);
    };
    known_fields(object)?;
    let removed = call.list("fields");
    if let Some(subscription) = find(tx, object)? {
        let left: Vec<String> =
            subscription.fields.into_iter().filter(|field| !removed.contains(field)).collect();
        if removed.is_empty() || left.is_empty() {
            tx.execute("DELETE FROM app_subscriptions WHERE object = ?1", [object])?;
        } else {
            let left = serde_json::to_string(&left).map_err(Error::from)?;
            tx.execute("UPDATE app_subscriptions SET fields = ?2 WHERE object = ?1", [object, &left])?;
        }
    }
    reply::success(tx)
}

/// Checks the call, challenges the callback with nothing locked, and only then stores the subscription.
pub(crate) async fn post(sandbox: &Sandbox, context: &Context, call: &Call) -> Result<Value, GraphError> {
    let existing = sandbox.db().run(|tx| {
        only_the_app(auth::caller(tx, context, call)?.as_ref())?;
        let object = call.param("object").ok_or_else(|| GraphError::missing_parameter("object"))?;
        let url = tx
            .query_row("SELECT callback_url FROM app_subscriptions WHERE object = ?1", [object], |row| {
                row.get::<_, String>(0)
            })
            .optional()?;
        Ok::<_, GraphError>(url)
    })?;
    let object = call.param("object").unwrap_or_default();
    let fields = checked_fields(call, object)?;
    let callback_url = match (call.param("callback_url"), existing) {
        (Some(url), _) => {
            let verify_token = call.param("verify_token");
            let verify_token = verify_token.ok_or_else(|| GraphError::missing_parameter("verify_token"))?;
            challenge(sandbox, url, verify_token).await?;
            url.to_owned()
        }
        (None, Some(url)) => url,
        (None, None) => return Err(GraphError::missing_parameter("callback_url")),
    };
    let include_values = !matches!(call.param("include_values"), Some("false" | "0"));
    sandbox.db().run(|tx| {
        let mut fields = fields;
        if settings::is_on(tx, settings::ADD_FIELDS)? {
            let before = find(tx, object)?.map(|subscription| subscription.fields);
            fields = reply::union(fields, before.unwrap_or_default());
        }
        tx.execute(
            "INSERT OR REPLACE INTO app_subscriptions VALUES (?1, ?2, ?3, ?4)",
            (object, &callback_url, serde_json::to_string(&fields).map_err(Error::from)?, include_values),
        )?;
        reply::success(tx)
    })
}

fn checked_fields(call: &Call, object: &str) -> Result<Vec<String>, GraphError> {
    let known = known_fields(object)?;
    let mut fields = call.list("fields");
    if fields.is_empty() {
        return Err(GraphError::missing_parameter("fields"));
    }
    if let Some(unknown) =
        fields.iter().find(|field| known.is_some_and(|known| !known.contains(&field.as_str())))
    {
        return Err(GraphError::parameter(&format!("Param fields is invalid - got \"{unknown}\"")));
    }
    fields.sort_unstable();
    fields.dedup();
    Ok(fields)
}

/// `GET {callback}?hub.mode=subscribe&hub.challenge=..&hub.verify_token=..` must answer 200 with the challenge.
async fn challenge(sandbox: &Sandbox, url: &str, verify_token: &str) -> Result<(), GraphError> {
    let mut url = url::Url::parse(url)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https"))
        .ok_or_else(|| GraphError::parameter("Param callback_url must be a valid URL"))?;
    let challenge = random::id("1", 10)?;
    url.query_pairs_mut()
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.challenge", &challenge)
        .append_pair("hub.verify_token", verify_token);
    let answer = sandbox.inner.http.get(url).send().await;
    let answer = answer.map_err(|error| GraphError::callback_failed(&transport_failure(&error)))?;
    let status = answer.status();
    if status != StatusCode::OK {
        let name = status.canonical_reason().unwrap_or_default();
        return Err(GraphError::callback_failed(&format!(
            "HTTP Status Code = {}; HTTP Message = {name}",
            status.as_u16()
        )));
    }
    let body = answer.bytes().await;
    let body = body.map_err(|error| GraphError::callback_failed(&transport_failure(&error)))?;
    if body.as_ref() == challenge.as_bytes() {
        Ok(())
    } else {
        Err(GraphError::callback_failed("The response does not match the challenge"))
    }
}

fn transport_failure(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        "curl_errno = 28; curl_error = Operation timed out".to_owned()
    } else {
        "curl_errno = 7; curl_error = Failed to connect".to_owned()
    }
}
