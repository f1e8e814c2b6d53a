//! The ways back to the app.

use rusqlite::Connection;
use url::form_urlencoded::Serializer;

use crate::dialog::request::DialogRequest;
use crate::dialog::{Content, Reply};
use crate::grants::{self, Consent};
use crate::{Error, graph, tokens};

/// "Cancel": the only refusal that the app ever hears of.
pub(crate) fn cancelled(request: &DialogRequest) -> Reply {
    let mut query = Serializer::new(String::new());
    query
        .append_pair("error", "access_denied")
        .append_pair("error_code", "200")
        .append_pair("error_description", "Permissions error")
        .append_pair("error_reason", "user_denied");
    back(request, query, None)
}

/// "Continue": records the consent and hands out what `response_type` asked for.
pub(crate) fn allowed(
    tx: &Connection,
    request: &DialogRequest,
    person_id: &str,
    consent: &Consent,
    now: i64,
) -> Result<Reply, Error> {
    grants::record(tx, person_id, consent, now)?;
    let mut query = Serializer::new(String::new());
    let mut fragment = None;
    if request.response.code {
        query.append_pair("code", &tokens::issue_code(tx, person_id, &request.redirect_uri, now)?);
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
        let token = graph::implicit_token(tx, person_id, now)?;
        let data_access = grants.map_or(0, |grants| grants.data_access_expires_at);
        let mut answer = Serializer::new(String::new());
        answer
            .append_pair("access_token", &token.text)
            .append_pair("data_access_expiration_time", &data_access.to_string())
            .append_pair("expires_in", &(token.expires_at - now).to_string());
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
