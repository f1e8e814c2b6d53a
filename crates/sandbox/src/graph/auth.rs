//! Who calls: the access token, and the proof that comes with it.

use rusqlite::Connection;

use crate::grants::{self, Grants};
use crate::graph::error::GraphError;
use crate::graph::{Call, Context};
use crate::tokens::{self, Kind, Token};
use crate::{settings, sign};

/// The caller of one Graph call.
pub(crate) enum Caller {
    /// The app itself, with `{app-id}|{app-secret}` or what `client_credentials` gave.
    App,
    /// A person, or a Page on behalf of a person.
    Person(Box<Viewer>),
}

/// A living token with what its person allowed.
pub(crate) struct Viewer {
    pub(crate) token: Token,
    pub(crate) grants: Grants,
}

impl Viewer {
    pub(crate) fn is_page(&self) -> bool {
        self.token.kind == Kind::Page
    }

    /// The Page a Page token acts for.
    pub(crate) fn page_id(&self) -> Option<&str> {
        self.token.page_id.as_deref()
    }
}

/// Seconds that a proof with `appsecret_time` stays good.
const PROOF_SECONDS: i64 = 300;

/// Reads the token of a call, if it has one, and checks its proof.
pub(crate) fn caller(tx: &Connection, context: &Context, call: &Call) -> Result<Option<Caller>, GraphError> {
    let Some(text) = call.access_token() else { return Ok(None) };
    let caller = if text.contains('|') {
        app_caller(context, text)?
    } else {
        let token = tokens::find(tx, text)?.ok_or_else(GraphError::malformed_token)?;
        Caller::Person(Box::new(living(tx, context, token)?))
    };
    check_proof(tx, context, call, text, &caller)?;
    Ok(Some(caller))
}

fn app_caller(context: &Context, text: &str) -> Result<Caller, GraphError> {
    let literal = format!("{}|{}", context.app_id, context.app_secret);
    let minted = sign::app_token(&context.app_id, &context.app_secret);
    if sign::same(text, &literal) || sign::same(text, &minted) {
        Ok(Caller::App)
    } else if text.split('|').next() == Some(context.app_id.as_str()) {
        Err(GraphError::bad_token_signature())
    } else {
        Err(GraphError::unknown_app())
    }
}

/// A token that still works, together with the consent behind it.
pub(crate) fn living(tx: &Connection, context: &Context, token: Token) -> Result<Viewer, GraphError> {
    let dead = |subcode| GraphError::dead_token(subcode, &context.app_id, token.expires_at, context.now);
    if let Some(subcode) = token.death(context.now) {
        return Err(dead(subcode));
    }
    let grants = grants::of_person(tx, &token.person_id, context.now)?;
    let grants = grants.ok_or_else(|| dead(tokens::APP_REMOVED))?;
    Ok(Viewer { token, grants })
}

fn check_proof(
    tx: &Connection,
    context: &Context,
    call: &Call,
    token: &str,
    caller: &Caller,
) -> Result<(), GraphError> {
    let Some(proof) = call.param("appsecret_proof") else {
        // An app token already contains a secret, so it needs no proof of one.
        let required = matches!(caller, Caller::Person(_)) && settings::is_on(tx, settings::REQUIRE_PROOF)?;
        return if required {
            Err(GraphError::parameter("API calls from the server require an appsecret_proof argument"))
        } else {
            Ok(())
        };
    };
    let message = match call.param("appsecret_time") {
        None => token.to_owned(),
        Some(time) => {
            let fresh = time
                .parse::<i64>()
                .is_ok_and(|time| time.abs_diff(context.now) <= PROOF_SECONDS.unsigned_abs());
            if !fresh {
                return Err(GraphError::parameter("Invalid appsecret_time provided in the API argument"));
            }
            format!("{token}|{time}")
        }
    };
    if sign::same(proof, &sign::sha256_hex(context.app_secret.as_bytes(), message.as_bytes())) {
        Ok(())
    } else {
        Err(GraphError::parameter("Invalid appsecret_proof provided in the API argument"))
    }
}
