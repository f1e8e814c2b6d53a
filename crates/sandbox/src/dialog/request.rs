//! The dialog's parameters, and what makes it refuse without a redirect.

use axum::http::request::Parts;
use rusqlite::Connection;

use crate::configurations::{Configuration, TokenType};
use crate::grants::{self, PUBLIC_PROFILE};
use crate::{Error, Sandbox, configurations, settings};

/// A request that may be answered: the app, the address and the scopes are right.
pub(crate) struct DialogRequest {
    /// Path and query of the request: every form goes back to it.
    pub(crate) action: String,
    pub(crate) app_id: String,
    pub(crate) app_name: String,
    pub(crate) redirect_uri: String,
    pub(crate) state: Option<String>,
    pub(crate) response: ResponseType,
    /// In the order asked, `public_profile` first.
    pub(crate) scopes: Vec<String>,
    pub(crate) auth_type: AuthType,
    /// What `config_id` stands for. All of its permissions or none are given.
    pub(crate) configuration: Option<Configuration>,
    /// The exchange of the code may leave `redirect_uri` out.
    pub(crate) free_redirect: bool,
}

/// What the app wants to be asked although it was answered before.
#[derive(Clone, Copy)]
pub(crate) struct AuthType {
    /// The permissions that were declined.
    pub(crate) rerequest: bool,
    /// Who it is.
    pub(crate) reauthenticate: bool,
    /// The choices, even when nothing is new.
    pub(crate) reauthorize: bool,
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
    /// Whether the login gives the token of a business's system user.
    pub(crate) fn for_system_user(&self) -> bool {
        self.configuration.as_ref().is_some_and(|found| found.token == TokenType::SystemUser)
    }

    pub(crate) fn all_or_nothing(&self) -> bool {
        self.configuration.is_some()
    }

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
        let redirect_uri = match checked_redirect(tx, find("redirect_uri"))? {
            Ok(uri) => uri,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let configuration = find("config_id").map(|id| configurations::find(tx, id)).transpose()?;
        if matches!(configuration, Some(None)) {
            return Ok(Err(unknown_configuration()));
        }
        let configuration = configuration.flatten();
        // A configuration brings its own permissions; `scope` is not looked at beside it.
        let asked: Vec<&str> = match &configuration {
            Some(configuration) => configuration.permissions.iter().map(String::as_str).collect(),
            None => words(find("scope").unwrap_or_default()).collect(),
        };
        let mut scopes = vec![PUBLIC_PROFILE.to_owned()];
        for scope in asked {
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
        let is_system = configuration.as_ref().is_some_and(|found| found.token == TokenType::SystemUser);
        if token && is_system {
            return Ok(Err(code_only()));
        }
        let overridden = find("override_default_response_type") == Some("true");
        Ok(Ok(DialogRequest {
            action: format!("{}?{query}", parts.uri.path()),
            app_id: sandbox.config().app_id.clone(),
            app_name: sandbox.config().app_name.clone(),
            redirect_uri,
            state: find("state").map(str::to_owned),
            response: ResponseType {
                code: response_type.contains(&"code") || !token,
                token,
                granted_scopes: response_type.contains(&"granted_scopes"),
            },
            scopes,
            auth_type: AuthType {
                rerequest: auth_type.contains(&"rerequest"),
                reauthenticate: auth_type.contains(&"reauthenticate"),
                reauthorize: auth_type.contains(&"reauthorize"),
            },
            free_redirect: configuration.is_some() && overridden,
            configuration,
        }))
    }
}

/// Whether the browser may be sent back there: a secure address, of one of the app's domains, and registered as
/// it is.
fn checked_redirect(tx: &Connection, asked: Option<&str>) -> Result<Result<String, Refusal>, Error> {
    let registered = settings::redirect_uris(tx)?;
    let url = asked.and_then(|uri| url::Url::parse(uri).ok());
    let host = url.as_ref().and_then(url::Url::host_str).unwrap_or_default();
    let developing = settings::get(tx, settings::APP_MODE)?.as_deref() == Some("development");
    let is_https = url.as_ref().is_some_and(|url| url.scheme() == "https");
    let secure = is_https || (developing && host == "localhost");
    if settings::is_on(tx, settings::ENFORCE_HTTPS)? && !secure {
        return Ok(Err(insecure()));
    }
    let domains = settings::list(tx, settings::APP_DOMAINS)?;
    let belongs = |domain: &String| host == domain || host.ends_with(&format!(".{domain}"));
    if !domains.is_empty() && !domains.iter().any(belongs) {
        return Ok(Err(domain_missing(host, &domains)));
    }
    Ok(match asked {
        Some(uri) if registered.iter().any(|known| known == uri) => Ok(uri.to_owned()),
        other => Err(url_blocked(other, &registered)),
    })
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
        advice: "Make the configuration in the sandbox's settings, or send scope and no config_id."
            .to_owned(),
    }
}

fn code_only() -> Refusal {
    Refusal {
        problem: "response_type",
        title: "Invalid response_type",
        text: "This configuration gives a token of a system user, for which only a code can be exchanged."
            .to_owned(),
        advice: "Send response_type=code.".to_owned(),
    }
}

fn insecure() -> Refusal {
    Refusal {
        problem: "insecure",
        title: "Insecure Login Blocked",
        text: "The login was not started from, or does not lead back to, a secure page.".to_owned(),
        advice: "The redirect address must begin with https; http://localhost is enough for an app in \
                 development."
            .to_owned(),
    }
}

fn domain_missing(host: &str, domains: &[String]) -> Refusal {
    Refusal {
        problem: "domain",
        title: "Can't Load URL",
        text: "The domain of this URL isn't included in the app's domains. To be able to load this URL, add all \
               domains and subdomains of your app to the App Domains field in your app settings."
            .to_owned(),
        advice: format!("Asked: {host}. Domains: {}.", domains.join(", ")),
    }
}

/// The app is not live, and this person has no role on it.
pub(crate) fn inactive(app_name: &str) -> Refusal {
    Refusal {
        problem: "inactive",
        title: "App Not Active",
        text: format!("{app_name} is not available: the app isn't active. Its developers know about it."),
        advice: "Make the app live in the sandbox's settings, or give this person a role on it.".to_owned(),
    }
}

/// Something that the app lacks, found after the person said yes.
pub(crate) fn unavailable() -> Refusal {
    Refusal {
        problem: "unavailable",
        title: "It looks like this app isn't available",
        text: "This app needs at least one supported permission (1349187).".to_owned(),
        advice: "The sandbox's settings say that logins end so.".to_owned(),
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
