//! `/me/accounts`: the Pages that a person opted in, in answers with cursors.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::graph::auth::Viewer;
use crate::graph::error::GraphError;
use crate::graph::{Call, Context, fields, nodes};
use crate::settings;
use crate::world::{self, Role};

const DEFAULT_FIELDS: [&str; 6] = ["access_token", "category", "category_list", "name", "id", "tasks"];
const DEFAULT_LIMIT: usize = 25;
const MAX_LIMIT: usize = 100;

/// Behind a cursor: the Page it points at, and whether the empty answer before it was already given.
const SKIPPED: &str = ":skipped";

pub(crate) fn get(
    tx: &Connection,
    context: &Context,
    call: &Call,
    viewer: &Viewer,
) -> Result<Value, GraphError> {
    let wanted = fields::wanted(call.param("fields"), &DEFAULT_FIELDS)?;
    let roles = opted_in(tx, viewer)?;
    let limit = limit(tx, call)?;
    let after = call.param("after").map(decode).transpose()?;
    let before = call.param("before").map(decode).transpose()?;

    let (from, to) = match (&after, &before) {
        (Some(cursor), _) => {
            let from = if cursor.page_id.is_empty() { 0 } else { position(&roles, cursor)? + 1 };
            (from, (from + limit).min(roles.len()))
        }
        (None, Some(cursor)) => {
            let to = position(&roles, cursor)?;
            (to.saturating_sub(limit), to)
        }
        (None, None) => (0, limit.min(roles.len())),
    };
    let deepest = settings::number(tx, settings::DEEPEST_CURSOR)?.and_then(|most| usize::try_from(most).ok());
    if deepest.is_some_and(|deepest| from > deepest) {
        let why = "The after cursor specified exceeds the max limit supported by this endpoint";
        return Err(GraphError::parameter(why));
    }
    let skipped = after.as_ref().is_some_and(|cursor| cursor.skipped);
    if from < roles.len() && !skipped && settings::is_on(tx, settings::EMPTY_PAGES)? {
        let page_id = after.as_ref().map_or("", |cursor| cursor.page_id.as_str());
        let cursor = STANDARD.encode(format!("{page_id}{SKIPPED}"));
        let next = link(context, call, viewer, limit, ("after", &cursor));
        return Ok(json!({"data": [], "paging": {"cursors": {"after": cursor}, "next": next}}));
    }

    let shown = roles.get(from..to).unwrap_or_default();
    let data = shown
        .iter()
        .map(|role| nodes::page_fields(tx, context, viewer, role, &wanted, &nodes::EDGE_FIELDS))
        .collect::<Result<Vec<_>, _>>()?;
    let (Some(first), Some(last)) = (shown.first(), shown.last()) else { return Ok(json!({"data": data})) };
    let (first, last) = (STANDARD.encode(&first.page.id), STANDARD.encode(&last.page.id));
    let mut paging = json!({"cursors": {"before": first, "after": last}});
    if let Value::Object(paging) = &mut paging {
        if to < roles.len() {
            paging.insert("next".to_owned(), link(context, call, viewer, limit, ("after", &last)).into());
        }
        if from > 0 {
            paging
                .insert("previous".to_owned(), link(context, call, viewer, limit, ("before", &first)).into());
        }
    }
    Ok(json!({"data": data, "paging": paging}))
}

/// Without `pages_show_list` the list is empty, not refused; so it is for roles given through a business without
/// `business_management`.
fn opted_in(tx: &Connection, viewer: &Viewer) -> Result<Vec<Role>, GraphError> {
    if !viewer.grants.has("pages_show_list") {
        return Ok(Vec::new());
    }
    let mut roles = world::roles(tx, &viewer.token.person_id)?;
    let through = viewer.grants.has("business_management");
    roles.retain(|role| viewer.grants.covers_page(&role.page.id) && (through || !role.through_business));
    Ok(roles)
}

fn limit(tx: &Connection, call: &Call) -> Result<usize, GraphError> {
    let asked = match call.param("limit") {
        None => DEFAULT_LIMIT,
        Some(text) => {
            text.parse::<usize>().map_err(|_| GraphError::parameter("Param limit must be an integer"))?
        }
    };
    let cap = settings::get(tx, settings::ACCOUNTS_PER_PAGE)?.and_then(|text| text.parse::<usize>().ok());
    Ok(asked.min(cap.unwrap_or(MAX_LIMIT)).clamp(1, MAX_LIMIT))
}

struct Cursor {
    page_id: String,
    skipped: bool,
}

fn decode(text: &str) -> Result<Cursor, GraphError> {
    let bytes = STANDARD.decode(text).map_err(|_| bad_cursor())?;
    let text = String::from_utf8(bytes).map_err(|_| bad_cursor())?;
    Ok(match text.strip_suffix(SKIPPED) {
        Some(page_id) => Cursor { page_id: page_id.to_owned(), skipped: true },
        None => Cursor { page_id: text, skipped: false },
    })
}

fn position(roles: &[Role], cursor: &Cursor) -> Result<usize, GraphError> {
    roles.iter().position(|role| role.page.id == cursor.page_id).ok_or_else(bad_cursor)
}

fn bad_cursor() -> GraphError {
    GraphError::parameter("Invalid cursor")
}

/// An absolute address with the token in it and, as at Meta, without any `appsecret_proof`.
fn link(context: &Context, call: &Call, viewer: &Viewer, limit: usize, cursor: (&str, &str)) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair("access_token", &viewer.token.text);
    if let Some(fields) = call.param("fields") {
        query.append_pair("fields", fields);
    }
    query.append_pair("limit", &limit.to_string());
    query.append_pair(cursor.0, cursor.1);
    let query = query.finish();
    format!("{}/{}/{}/accounts?{query}", context.public_url, context.version, viewer.token.person_id)
}
