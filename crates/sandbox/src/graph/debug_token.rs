//! `/debug_token`: what a token is, and whether it still works.

use std::collections::BTreeSet;

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::grants::{Grants, PUBLIC_PROFILE, Selection};
use crate::graph::auth::{self, Caller};
use crate::graph::error::GraphError;
use crate::graph::{Call, Context};
use crate::tokens::{self, Kind, Token};
use crate::{settings, sign, world};

pub(crate) fn get(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: Option<&Caller>,
) -> Result<Value, GraphError> {
    if !may_inspect(tx, caller)? {
        return Err(GraphError::parameter(
            "You must provide an app access token, or a user access token that is an owner or developer of the app",
        ));
    }
    let text = call.param("input_token").ok_or_else(|| GraphError::missing_parameter("input_token"))?;
    let data = if text.contains('|') {
        app_token(context, text)?
    } else {
        match tokens::find(tx, text)? {
            Some(token) => user_or_page_token(tx, context, token)?,
            None => invalid(Map::new(), &GraphError::malformed_token()),
        }
    };
    let numeric = settings::is_on(tx, settings::NUMERIC_IDS)?;
    Ok(json!({"data": if numeric { with_numbers(data) } else { data }}))
}

/// The app itself, or one of the people who develop it.
fn may_inspect(tx: &Connection, caller: Option<&Caller>) -> Result<bool, GraphError> {
    Ok(match caller {
        Some(Caller::App) => true,
        Some(Caller::Person(viewer)) if !viewer.is_page() => {
            let role = world::person(tx, &viewer.token.person_id)?.and_then(|person| person.app_role);
            matches!(role.as_deref(), Some("administrator" | "developer"))
        }
        _ => false,
    })
}

/// Recorded answers have these ids as texts and as numbers.
fn with_numbers(mut data: Value) -> Value {
    if let Value::Object(map) = &mut data {
        for key in ["app_id", "user_id"] {
            let number = map.get(key).and_then(Value::as_str).and_then(|text| text.parse::<i64>().ok());
            number.and_then(|number| map.insert(key.to_owned(), json!(number)));
        }
    }
    data
}

fn other_app() -> GraphError {
    GraphError::parameter("The App_id in the input_token did not match the Viewing App")
}

fn app_token(context: &Context, text: &str) -> Result<Value, GraphError> {
    let (app_id, _) = text.split_once('|').unwrap_or((text, ""));
    if app_id != context.app_id {
        return Err(other_app());
    }
    let literal = format!("{}|{}", context.app_id, context.app_secret);
    let minted = sign::app_token(&context.app_id, &context.app_secret);
    if sign::same(text, &literal) || sign::same(text, &minted) {
        let mut data = about_app(context, "APP");
        data.insert("is_valid".to_owned(), json!(true));
        data.insert("scopes".to_owned(), json!([]));
        Ok(Value::Object(data))
    } else {
        Ok(invalid(Map::new(), &GraphError::bad_token_signature()))
    }
}

fn about_app(context: &Context, kind: &str) -> Map<String, Value> {
    let mut data = Map::new();
    data.insert("app_id".to_owned(), json!(context.app_id));
    data.insert("type".to_owned(), json!(kind));
    data.insert("application".to_owned(), json!(context.app_name));
    data
}

fn user_or_page_token(tx: &Connection, context: &Context, token: Token) -> Result<Value, GraphError> {
    if token.death(context.now) == Some(tokens::FOREIGN) {
        return Err(other_app());
    }
    let kind = match token.kind {
        Kind::Page => "PAGE",
        Kind::System => "SYSTEM_USER",
        Kind::Short | Kind::Long => "USER",
    };
    let mut data = about_app(context, kind);
    data.insert("expires_at".to_owned(), json!(token.expires_at));
    data.insert("user_id".to_owned(), json!(token.person_id));
    if let Some(page_id) = &token.page_id {
        data.insert("profile_id".to_owned(), json!(page_id));
    }
    if token.kind != Kind::Short {
        data.insert("issued_at".to_owned(), json!(token.issued_at));
    }
    let viewer = match auth::living(tx, context, token) {
        Ok(viewer) => viewer,
        Err(error) if error.code == 190 => return Ok(invalid(data, &error)),
        Err(error) => return Err(error),
    };
    let grants = &viewer.grants;
    data.insert("data_access_expires_at".to_owned(), json!(grants.data_access_expires_at));
    data.insert("is_valid".to_owned(), json!(true));
    let scopes = scopes(grants, viewer.page_id());
    let business = world::person(tx, &viewer.token.person_id)?.and_then(|person| person.business_id);
    let business = business.map(|id| BTreeSet::from([id]));
    data.insert("granular_scopes".to_owned(), granular(&scopes, grants, &business));
    data.insert("scopes".to_owned(), json!(scopes));
    Ok(Value::Object(data))
}

/// A Page token keeps no Page permission once its Page is no longer selected.
fn scopes<'a>(grants: &'a Grants, page_id: Option<&str>) -> Vec<&'a str> {
    let covered = page_id.is_none_or(|page_id| grants.covers_page(page_id));
    grants.granted().into_iter().filter(|scope| covered || *scope == PUBLIC_PROFILE).collect()
}

/// `business` is that of a system user; people are not asked for a choice of businesses.
fn granular(scopes: &[&str], grants: &Grants, business: &Selection) -> Value {
    let entry = |scope: &&str| {
        let targets: &Selection = if scope.starts_with("pages_") || *scope == "leads_retrieval" {
            &grants.pages
        } else if scope.starts_with("instagram_") {
            &grants.instagram
        } else if *scope == "business_management" {
            business
        } else {
            &None
        };
        match targets {
            Some(ids) => json!({"scope": scope, "target_ids": ids}),
            None => json!({"scope": scope}),
        }
    };
    let has_targets = |scope: &&&str| !matches!(**scope, PUBLIC_PROFILE | "email");
    scopes.iter().filter(has_targets).map(entry).collect()
}

fn invalid(mut data: Map<String, Value>, error: &GraphError) -> Value {
    let mut why = json!({"code": error.code, "message": error.message});
    if let (Some(subcode), Value::Object(why)) = (error.subcode, &mut why) {
        why.insert("subcode".to_owned(), json!(subcode));
    }
    data.insert("error".to_owned(), why);
    data.insert("is_valid".to_owned(), json!(false));
    data.insert("scopes".to_owned(), json!([]));
    Value::Object(data)
}
