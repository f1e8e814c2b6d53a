//! The ways back to the app.

use rusqlite::Connection;
use url::form_urlencoded::Serializer;

use crate::businesses::{self, Business};
use crate::configurations::Configuration;
use crate::dialog::request::{self, DialogRequest};
use crate::dialog::{Content, Reply, views};
use crate::grants::{self, Consent};
use crate::tokens::{self, Kind, NewCode};
use crate::world::Person;
use crate::{Error, settings, webhooks};

/// "Cancel": the only refusal that the app ever hears of.
pub(crate) fn cancelled(tx: &Connection, request: &DialogRequest) -> Result<Reply, Error> {
    let documented = settings::get(tx, settings::CANCEL_WORDS)?.as_deref() == Some("documented");
    let mut query = Serializer::new(String::new());
    query.append_pair("error", "access_denied");
    if documented {
        query.append_pair("error_description", "Permissions error.");
    } else {
        query.append_pair("error_code", "200").append_pair("error_description", "Permissions error");
    }
    query.append_pair("error_reason", "user_denied");
    Ok(back(request, query, None))
}

/// Who allows what: a person for themselves, or for a system user of their business.
pub(crate) struct Allowed<'a> {
    pub(crate) person: &'a Person,
    pub(crate) consent: Consent,
    pub(crate) business: Option<Business>,
}

/// "Continue": records the consent and hands out what `response_type` asked for, unless the app may not have it.
pub(crate) fn allowed(
    tx: &Connection,
    request: &DialogRequest,
    given: &Allowed<'_>,
    now: i64,
) -> Result<Reply, Error> {
    match settings::get(tx, settings::DIALOG)?.as_deref() {
        Some("access_denied") => return cancelled(tx, request),
        Some("unavailable") => return views::refused(&request::unavailable()),
        _ => {}
    }
    let consent = &given.consent;
    let partly = request.all_or_nothing() && consent.permissions.values().any(|granted| !granted);
    // Nothing tells a stranger's refusal from a cancel.
    if partly || is_stranger(tx, request, given.person)? {
        return cancelled(tx, request);
    }
    let (actor, kind) = match &given.business {
        None => (given.person.id.clone(), None),
        Some(business) => {
            let user = businesses::system_user(tx, business, now)?;
            businesses::delegate(tx, &given.person.id, &user.id, &consent.pages)?;
            if let Some(configuration) = &request.configuration {
                let (app, id) = (&request.app_id, &configuration.id);
                webhooks::queue_integration_added(tx, app, &business.id, id, now)?;
            }
            (user.id, Some(Kind::System))
        }
    };
    grants::record(tx, &actor, consent, now)?;
    answer(tx, request, &actor, kind, now)
}

/// Somebody without a role on an app that is in development, or that has not passed review for what it asks.
fn is_stranger(tx: &Connection, request: &DialogRequest, person: &Person) -> Result<bool, Error> {
    let developing = settings::get(tx, settings::APP_MODE)?.as_deref() == Some("development");
    let standard = settings::list(tx, settings::STANDARD_ACCESS)?;
    let limited = developing || request.scopes.iter().any(|scope| standard.contains(scope));
    Ok(limited && person.app_role.is_none())
}

fn answer(
    tx: &Connection,
    request: &DialogRequest,
    person_id: &str,
    kind: Option<Kind>,
    now: i64,
) -> Result<Reply, Error> {
    let mut query = Serializer::new(String::new());
    let mut fragment = None;
    if request.response.code {
        let new = NewCode {
            person_id,
            redirect_uri: &request.redirect_uri,
            kind,
            token_seconds: request.configuration.as_ref().and_then(Configuration::token_seconds),
            free_redirect: request.free_redirect,
        };
        query.append_pair("code", &tokens::issue_code(tx, &new, now)?);
    }
    let grants = grants::of_person(tx, person_id, now)?;
    if request.response.granted_scopes {
        let with_status = |wanted: &str| {
            let status = |scope: &String| grants.as_ref().and_then(|grants| grants.status(scope));
            let list: Vec<&str> = request
                .scopes
                .iter()
                .filter(|scope| status(scope) == Some(wanted))
                .map(String::as_str)
                .collect();
            list.join(",")
        };
        query.append_pair("granted_scopes", &with_status("granted"));
        query.append_pair("denied_scopes", &with_status("declined"));
    }
    if request.response.token {
        let token = tokens::issue_user(tx, person_id, Kind::Short, now)?;
        let data_access = grants.map_or(0, |grants| grants.data_access_expires_at);
        let mut answer = Serializer::new(String::new());
        answer
            .append_pair("access_token", &token.text)
            .append_pair("data_access_expiration_time", &data_access.to_string())
            .append_pair("expires_in", &(token.expires_at - now).to_string());
        if settings::is_on(tx, settings::LONG_CODE_TOKENS)? {
            let long = tokens::issue_user(tx, person_id, Kind::Long, now)?;
            answer.append_pair("long_lived_token", &long.text);
        }
        fragment = Some(answer);
    }
    Ok(back(request, query, fragment))
}

/// Without a token everything goes in the query and the fragment is the `_=_` that real redirects carry;
/// with one, everything goes in the fragment.
fn back(
    request: &DialogRequest,
    mut query: Serializer<'_, String>,
    fragment: Option<Serializer<'_, String>>,
) -> Reply {
    if let Some(state) = &request.state {
        query.append_pair("state", state);
    }
    let query = query.finish();
    let to = if let Some(mut fragment) = fragment {
        let fragment = fragment.finish();
        let rest = if query.is_empty() { String::new() } else { format!("&{query}") };
        format!("{}#{fragment}{rest}", request.redirect_uri)
    } else {
        let separator = if request.redirect_uri.contains('?') { '&' } else { '?' };
        format!("{}{separator}{query}#_=_", request.redirect_uri)
    };
    Reply { content: Content::Redirect(to), session: None }
}
