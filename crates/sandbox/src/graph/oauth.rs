//! `/oauth/access_token`: the code exchange, the long-lived exchange and the app token; `/oauth/client_code`.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::graph::auth::Caller;
use crate::graph::error::GraphError;
use crate::graph::{Call, Context, auth};
use crate::tokens::{self, Kind, NewCode, Redeemed, Token};
use crate::{settings, sign};

pub(crate) fn access_token(tx: &Connection, context: &Context, call: &Call) -> Result<Value, GraphError> {
    check_client(context, call)?;
    match call.param("grant_type") {
        None | Some("authorization_code") => exchange_code(tx, context, call),
        Some("fb_exchange_token") => exchange_token(tx, context, call),
        Some("client_credentials") => Ok(json!({
            "access_token": sign::app_token(&context.app_id, &context.app_secret), "token_type": "bearer",
        })),
        Some(other) => Err(GraphError::parameter(&format!("Invalid grant_type: {other}"))),
    }
}

fn check_client(context: &Context, call: &Call) -> Result<(), GraphError> {
    let client_id = call.param("client_id").ok_or_else(|| GraphError::missing_client("client_id"))?;
    if client_id != context.app_id {
        return Err(GraphError::unknown_app());
    }
    let secret = call.param("client_secret").ok_or_else(|| GraphError::missing_client("client_secret"))?;
    if sign::same(secret, &context.app_secret) { Ok(()) } else { Err(GraphError::wrong_secret()) }
}

/// `/oauth/client_code`: a code that hands a long-lived token on to a device.
pub(crate) fn client_code(tx: &Connection, context: &Context, call: &Call) -> Result<Value, GraphError> {
    check_client(context, call)?;
    let redirect_uri = call.param("redirect_uri");
    let redirect_uri = redirect_uri.ok_or_else(|| GraphError::missing_client("redirect_uri"))?;
    if !settings::redirect_uris(tx)?.iter().any(|known| known == redirect_uri) {
        return Err(GraphError::parameter("redirect_uri isn't an absolute URI. Check RFC 3986."));
    }
    let Some(Caller::Person(viewer)) = auth::caller(tx, context, call)? else {
        return Err(GraphError::token_required());
    };
    if viewer.token.kind != Kind::Long {
        return Err(GraphError::parameter("A long-lived user access token is required"));
    }
    let new = NewCode {
        person_id: &viewer.token.person_id,
        redirect_uri,
        kind: Some(Kind::Long),
        token_seconds: None,
        free_redirect: false,
    };
    Ok(json!({"code": tokens::issue_code(tx, &new, context.now)?}))
}

fn exchange_code(tx: &Connection, context: &Context, call: &Call) -> Result<Value, GraphError> {
    let missing = |name: &str| GraphError::code(&format!("Missing {name} parameter."), None);
    let code = call.param("code").ok_or_else(|| missing("code"))?;
    let redeemed = tokens::redeem(tx, code, call.param("redirect_uri"), context.now)?;
    let (person_id, kind, seconds) = match redeemed {
        Redeemed::Good { person_id, kind, token_seconds } => (person_id, kind, token_seconds),
        Redeemed::NoRedirect => return Err(missing("redirect_uri")),
        Redeemed::Unknown => return Err(GraphError::code("Invalid verification code format.", None)),
        Redeemed::Used => {
            return Err(GraphError::code("This authorization code has been used.", Some(36009)));
        }
        Redeemed::Expired => {
            return Err(GraphError::code("This authorization code has expired.", Some(36007)));
        }
        Redeemed::OtherRedirect => {
            return Err(GraphError::code(
                "Error validating verification code. Please make sure your redirect_uri is identical to the \
                 one you used in the OAuth dialog request",
                Some(36008),
            ));
        }
    };
    let usual = if settings::is_on(tx, settings::LONG_CODE_TOKENS)? { Kind::Long } else { Kind::Short };
    let token = match kind.unwrap_or(usual) {
        Kind::System => tokens::issue_system(tx, &person_id, seconds, context.now)?,
        kind => tokens::issue_user(tx, &person_id, kind, context.now)?,
    };
    answer(tx, &token)
}

fn exchange_token(tx: &Connection, context: &Context, call: &Call) -> Result<Value, GraphError> {
    let text = call.param("fb_exchange_token");
    let text = text.ok_or_else(|| GraphError::missing_parameter("fb_exchange_token"))?;
    let token = tokens::find(tx, text)?.ok_or_else(GraphError::malformed_token)?;
    let viewer = auth::living(tx, context, token)?;
    if !matches!(viewer.token.kind, Kind::Short | Kind::Long) {
        return Err(GraphError::parameter("fb_exchange_token must be a user access token"));
    }
    answer(tx, &tokens::issue_user(tx, &viewer.token.person_id, Kind::Long, context.now)?)
}

fn answer(tx: &Connection, token: &Token) -> Result<Value, GraphError> {
    let mut answer = json!({"access_token": token.text, "token_type": "bearer"});
    if token.expires_at != 0
        && !settings::is_on(tx, settings::NO_EXPIRES_IN)?
        && let Value::Object(answer) = &mut answer
    {
        answer.insert("expires_in".to_owned(), json!(token.expires_at - token.issued_at));
    }
    Ok(answer)
}
