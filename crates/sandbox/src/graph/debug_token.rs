//! `/debug_token`: what a token is, and whether it still works.

use rusqlite::Connection;
use serde_json::{Map, Value, json};

use crate::grants::{Grants, PUBLIC_PROFILE, Selection};
use crate::graph::auth::{self, Caller};
use crate::graph::error::GraphError;
use crate::graph::{Call, Context};
use crate::sign;
use crate::tokens::{self, Kind, Token};

pub(crate) fn get(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: Option<&Caller>,
) -> Result<Value, GraphError> {
    if !matches!(caller, Some(Caller::App)) {
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
    Ok(json!({"data": data}))
}

fn app_token(context: &Context, text: &str) -> Result<Value, GraphError> {
    let (app_id, _) = text.split_once('|').unwrap_or((text, ""));
    if app_id != context.app_id {
        return Err(GraphError::parameter("The App_id in the input_token did not match the Viewing App"));
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
    let mut data = about_app(context, if token.kind == Kind::Page { "PAGE" } else { "USER" });
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
    data.insert("granular_scopes".to_owned(), granular(&scopes, grants));
    data.insert("scopes".to_owned(), json!(scopes));
    Ok(Value::Object(data))
}

/// A Page token keeps no Page permission once its Page is no longer selected.
fn scopes<'a>(grants: &'a Grants, page_id: Option<&str>) -> Vec<&'a str> {
    let covered = page_id.is_none_or(|page_id| grants.covers_page(page_id));
    grants.granted().into_iter().filter(|scope| covered || *scope == PUBLIC_PROFILE).collect()
}

fn granular(scopes: &[&str], grants: &Grants) -> Value {
    let entry = |scope: &&str| {
        let targets: &Selection = if scope.starts_with("pages_") {
            &grants.pages
        } else if scope.starts_with("instagram_") {
            &grants.instagram
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
