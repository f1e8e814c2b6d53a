//! The dialog's parameters, and what makes it refuse without a redirect.

use axum::http::request::Parts;
use rusqlite::Connection;

use crate::grants::{self, PUBLIC_PROFILE};
use crate::{Error, Sandbox, settings};

/// A request that may be answered: the app, the address and the scopes are right.
pub(crate) struct DialogRequest {
    /// Path and query of the request: every form goes back to it.
    pub(crate) action: String,
    pub(crate) app_name: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) response: ResponseType,
    /// In the order asked, `public_profile` first.
    pub(crate) scopes: Vec<String>,
    pub(crate) rerequest: bool,
    pub(crate) reauthenticate: bool,
}

/// What the app wants back.
#[derive(Clone, Copy)]
pub(crate) struct ResponseType {
    pub(crate) code: bool,
    pub(crate) token: bool,
    pub(crate) granted_scopes: bool,
}

/// Why the dialog shows its own page instead of going on or back.
pub(crate) struct Refusal {
    pub(crate) problem: &'static str,
    pub(crate) title: &'static str,
    pub(crate) text: String,
    /// What a developer should do, in the sandbox's own words.
    pub(crate) advice: String,
}

impl DialogRequest {
    pub(crate) fn read(
        tx: &Connection,
        sandbox: &Sandbox,
        parts: &Parts,
    ) -> Result<Result<DialogRequest, Refusal>, Error> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let find = |name: &str| {
            pairs
                .iter()
                .rev()
                .find(|(key, value)| key == name && !value.is_empty())
                .map(|(_, value)| value.as_str())
        };

        if find("client_id") != Some(&sandbox.config().app_id) {
            return Ok(Err(unknown_app(find("client_id"))));
        }
        let registered = settings::redirect_uris(tx)?;
        let redirect_uri = match find("redirect_uri") {
            Some(uri) if registered.iter().any(|known| known == uri) => uri.to_owned(),
            other => return Ok(Err(url_blocked(other, &registered))),
        };
        if find("config_id").is_some() {
            return Ok(Err(unknown_configuration()));
        }
        let mut scopes = vec![PUBLIC_PROFILE.to_owned()];
        for scope in words(find("scope").unwrap_or_default()) {
            if !grants::is_known(scope) {
                return Ok(Err(unknown_scope(scope)));
            }
            if !scopes.iter().any(|known| known == scope) {
                scopes.push(scope.to_owned());
            }
        }
        let response_type: Vec<&str> = words(find("response_type").unwrap_or("code")).collect();
        if let Some(other) =
            response_type.iter().find(|word| !matches!(**word, "code" | "token" | "granted_scopes"))
        {
            return Ok(Err(unknown_response_type(other)));
        }
        let auth_type: Vec<&str> = words(find("auth_type").unwrap_or_default()).collect();
        let token = response_type.contains(&"token");
        Ok(Ok(DialogRequest {
            action: format!("{}?{query}", parts.uri.path()),
            app_name: sandbox.config().app_name.clone(),
            redirect_uri,
            state: find("state").map(str::to_owned),
            response: ResponseType {
                code: response_type.contains(&"code") || !token,
                token,
                granted_scopes: response_type.contains(&"granted_scopes"),
            },
            scopes,
            rerequest: auth_type.contains(&"rerequest"),
            reauthenticate: auth_type.contains(&"reauthenticate"),
        }))
    }
}

/// Lists are separated by commas or by spaces.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).filter(|word| !word.is_empty())
}

fn unknown_app(client_id: Option<&str>) -> Refusal {
    Refusal {
        problem: "app",
        title: "Invalid App ID",
        text: "The provided app ID does not look like a valid app ID.".to_owned(),
        advice: match client_id {
            Some(id) => format!("This sandbox does not know an app with the id {id}. Compare client_id."),
            None => "The request has no client_id.".to_owned(),
        },
    }
}

fn url_blocked(redirect_uri: Option<&str>, registered: &[String]) -> Refusal {
    let known = if registered.is_empty() { "none yet".to_owned() } else { registered.join(", ") };
    Refusal {
        problem: "redirect_uri",
        title: "URL Blocked",
        text: "This redirect failed because the redirect URI is not white-listed in the app's client OAuth \
               settings. Make sure that the client and web OAuth logins are on and add all your app domains \
               as valid OAuth redirect URIs."
            .to_owned(),
        advice: match redirect_uri {
            Some(uri) => format!(
                "Asked: {uri}. Registered: {known}. The whole address must be the same, path and query included."
            ),
            None => format!("The request has no redirect_uri. Registered: {known}."),
        },
    }
}

fn unknown_scope(scope: &str) -> Refusal {
    Refusal {
        problem: "scope",
        title: "Invalid Scopes",
        text: format!(
            "Invalid Scopes: {scope}. This message is only shown to developers. Users of your app will \
             ignore these permissions if present."
        ),
        advice: "Compare the spelling with the list of permissions in Meta's documentation.".to_owned(),
    }
}

fn unknown_configuration() -> Refusal {
    Refusal {
        problem: "config",
        title: "Invalid configuration",
        text: "The configuration ID of this login request is not valid for this app.".to_owned(),
        advice: "The sandbox plays the classic login: send scope, and no config_id.".to_owned(),
    }
}

fn unknown_response_type(word: &str) -> Refusal {
    Refusal {
        problem: "response_type",
        title: "Invalid response_type",
        text: format!("The parameter response_type must not contain {word}."),
        advice: "Known are code, token and granted_scopes.".to_owned(),
    }
}
