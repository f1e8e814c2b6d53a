//! `/oauth/access_token`: the code exchange, the long-lived exchange and the app token.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::graph::error::GraphError;
use crate::graph::{Call, Context, auth};
use crate::tokens::{self, Kind, Redeemed, Token};
use crate::{settings, sign};

pub(crate) fn access_token(tx: &Connection, context: &Context, call: &Call) -> Result<Value, GraphError> {
    let client_id = call.param("client_id").ok_or_else(|| GraphError::missing_client("client_id"))?;
    if client_id != context.app_id {
        return Err(GraphError::unknown_app());
    }
    let secret = call.param("client_secret").ok_or_else(|| GraphError::missing_client("client_secret"))?;
    if !sign::same(secret, &context.app_secret) {
        return Err(GraphError::wrong_secret());
    }
    match call.param("grant_type") {
        None | Some("authorization_code") => exchange_code(tx, context, call),
        Some("fb_exchange_token") => exchange_token(tx, context, call),
        Some("client_credentials") => Ok(json!({
            "access_token": sign::app_token(&context.app_id, &context.app_secret), "token_type": "bearer",
        })),
        Some(other) => Err(GraphError::parameter(&format!("Invalid grant_type: {other}"))),
    }
}

fn exchange_code(tx: &Connection, context: &Context, call: &Call) -> Result<Value, GraphError> {
    let missing = |name: &str| GraphError::code(&format!("Missing {name} parameter."), None);
    let code = call.param("code").ok_or_else(|| missing("code"))?;
    let redirect_uri = call.param("redirect_uri").ok_or_else(|| missing("redirect_uri"))?;
    let person = match tokens::redeem(tx, code, redirect_uri, context.now)? {
        Redeemed::Person(person) => person,
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
    let long = settings::is_on(tx, settings::LONG_CODE_TOKENS)?;
    let kind = if long { Kind::Long } else { Kind::Short };
    Ok(answer(&tokens::issue_user(tx, &person, kind, context.now)?))
}

fn exchange_token(tx: &Connection, context: &Context, call: &Call) -> Result<Value, GraphError> {
    let text = call.param("fb_exchange_token");
    let text = text.ok_or_else(|| GraphError::missing_parameter("fb_exchange_token"))?;
    let token = tokens::find(tx, text)?.ok_or_else(GraphError::malformed_token)?;
    let viewer = auth::living(tx, context, token)?;
    if viewer.is_page() {
        return Err(GraphError::parameter("fb_exchange_token must be a user access token"));
    }
    Ok(answer(&tokens::issue_user(tx, &viewer.token.person_id, Kind::Long, context.now)?))
}

fn answer(token: &Token) -> Value {
    json!({
        "access_token": token.text, "token_type": "bearer", "expires_in": token.expires_at - token.issued_at,
    })
}
