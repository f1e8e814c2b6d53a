//! Facebook Login: the dialog, the code, the tokens and what they may do.

use std::ops::ControlFlow;

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::secret::Secret;
use serde_json::Value;
use url::Url;

use crate::answer;
use crate::call::Call;
use crate::client::{Meta, address};
use crate::error::MetaError;
use crate::paging;

/// A token to act for a person, or for a business's system user.
#[derive(Debug, Clone)]
pub struct UserToken {
    /// The token. Of any length: Meta warns that they may grow.
    pub token: Secret,
    /// How long it lives from now. None where Meta does not say, as for tokens that do not expire;
    /// [`Meta::inspect`] tells.
    pub expires_in: Option<Span>,
}

/// What a token is (Graph API reference: `debug_token`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspection {
    /// The app it was given to. Absent where Meta cannot read the token.
    pub app_id: Option<String>,
    /// Whose token it is.
    pub kind: TokenKind,
    /// Whether it still works.
    pub valid: bool,
    /// Why it does not, where Meta says so.
    pub error: Option<TokenError>,
    /// The app-scoped id of the person who consented.
    pub user_id: Option<String>,
    /// The permissions it carries.
    pub scopes: Vec<String>,
    /// The permissions again, with what each is limited to.
    pub granular: Vec<Granular>,
    /// When it expires; none means never.
    pub expires_at: Option<Time>,
    /// When the app's access to the person's data lapses unless they come back; none means never, or
    /// that Meta does not say.
    pub data_access_expires_at: Option<Time>,
    /// The Page of a Page token.
    pub profile_id: Option<String>,
}

/// Whose a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// `USER`: a person.
    User,
    /// `PAGE`: a Page, through a person.
    Page,
    /// `APP`: the app itself.
    App,
    /// `SYSTEM_USER`: a business's system user.
    SystemUser,
    /// Anything else, or not said.
    Other,
}

/// Why a token does not work: a code and subcode as in [`crate::GraphError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenError {
    /// `code`, mostly 190; 0 where Meta gave none.
    pub code: i64,
    /// `subcode`, such as 460 after a changed password.
    pub subcode: Option<i64>,
}

/// A permission and what it is limited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granular {
    /// The permission's name.
    pub scope: String,
    /// The ids it covers: of Pages for `pages_*`, of Instagram accounts for `instagram_*`. **None is
    /// all**, those to come too; an empty list is none at all.
    pub target_ids: Option<Vec<String>>,
}

/// What became of one permission that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PermissionStatus {
    /// The permission's name.
    pub permission: String,
    /// What became of it.
    pub state: PermissionState,
}

/// Whether a permission may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PermissionState {
    /// It was given.
    Granted,
    /// It was refused; the dialog does not ask again unless told to.
    Declined,
    /// It lapsed.
    Expired,
    /// A word this client does not know: not given.
    Other,
}

impl Meta {
    /// Where to send the person's browser (Facebook Login: the manual flow).
    ///
    /// `state` comes back unchanged. `scopes` are the permissions to ask for; with a `config_id` in the
    /// settings that configuration names them, and `scopes` is not sent. `rerequest` asks again for
    /// what was declined before. `locale` is the dialog's language as Meta writes it (`ar_AR`).
    pub fn dialog_url(&self, state: &str, scopes: &[&str], rerequest: bool, locale: Option<&str>) -> Url {
        let config = self.config();
        let mut url = address(&config.dialog_base, &config.graph_version, &["dialog", "oauth"]);
        {
            let mut query = url.query_pairs_mut();
            query.append_pair("client_id", &config.app_id);
            query.append_pair("redirect_uri", &config.redirect_uri);
            query.append_pair("state", state);
            query.append_pair("response_type", "code");
            if let Some(id) = &config.config_id {
                query.append_pair("config_id", id);
                query.append_pair("override_default_response_type", "true");
            } else {
                query.append_pair("scope", &scopes.join(","));
            }
            if rerequest {
                query.append_pair("auth_type", "rerequest");
            }
            if let Some(locale) = locale {
                query.append_pair("locale", locale);
            }
        }
        url
    }

    /// Changes the code from the redirect into a token. A code works once and for minutes: where the
    /// outcome is unknown, the person has to go through the dialog again.
    pub async fn exchange_code(&self, code: &Secret) -> Result<UserToken, MetaError> {
        let redirect_uri = self.config().redirect_uri.clone();
        user_token(self.token_call().form("redirect_uri", redirect_uri).secret("code", code)).await
    }

    /// Changes a person's token of an hour or two into one of about sixty days. Page tokens taken with
    /// the long one do not expire by time.
    pub async fn long_lived(&self, token: &Secret) -> Result<UserToken, MetaError> {
        let call = self.token_call().form("grant_type", "fb_exchange_token");
        user_token(call.secret("fb_exchange_token", token)).await
    }

    /// The token endpoint takes GET and POST; POST keeps secret, code and token out of the address.
    fn token_call(&self) -> Call<'_> {
        let config = self.config();
        self.post("POST /oauth/access_token", &["oauth", "access_token"])
            .form("client_id", &config.app_id)
            .secret("client_secret", &config.app_secret)
    }

    /// Asks Meta about a token. A dead token is an answer, not an error: `valid` is false. A token of
    /// another app is refused with code 100.
    ///
    /// It is a GET, sent as a POST with `method=get`, which Meta treats alike (Graph API reference:
    /// making calls): so the inspected token is in the body and not in the address.
    pub async fn inspect(&self, token: &Secret) -> Result<Inspection, MetaError> {
        let call = self.post("GET /debug_token", &["debug_token"]).token(self.app_token());
        let answer = call.form("method", "get").secret("input_token", token).send().await?;
        let data = answer.get("data").filter(|data| data.is_object());
        Ok(inspection(data.ok_or(MetaError::Odd { http: 200, what: "an inspection without data" })?))
    }

    /// What the person granted and declined, by permission (Graph API reference: user permissions).
    pub async fn permissions(&self, token: &Secret) -> Result<Vec<PermissionStatus>, MetaError> {
        let mut all = Vec::new();
        let call = self.get("GET /me/permissions", &["me", "permissions"]).token(token);
        paging::each(call, |row| {
            all.extend(permission_status(row));
            ControlFlow::Continue(())
        })
        .await?;
        Ok(all)
    }

    /// Takes the app out of a person's account: every token of theirs for this app dies, those of
    /// their Pages too. `user_id` is their app-scoped id (Graph API reference: user permissions).
    pub async fn deauthorize(&self, user_id: &str) -> Result<(), MetaError> {
        let call = self.delete("DELETE /{user-id}/permissions", &[user_id, "permissions"]);
        confirmed(call.token(self.app_token())).await
    }
}

/// Sends a write whose answer is `success`.
pub(crate) async fn confirmed(call: Call<'_>) -> Result<(), MetaError> {
    let answer = call.send().await?;
    if answer::succeeded(&answer) {
        Ok(())
    } else {
        Err(MetaError::Odd { http: 200, what: "a write that is not confirmed" })
    }
}

async fn user_token(call: Call<'_>) -> Result<UserToken, MetaError> {
    let answer = call.send().await?;
    let token = answer::word(&answer, "access_token")
        .ok_or(MetaError::Odd { http: 200, what: "a token answer without a token" })?;
    let seconds = answer::number(&answer, "expires_in").filter(|seconds| *seconds > 0);
    Ok(UserToken { token: Secret::new(token), expires_in: seconds.map(Span::seconds) })
}

fn inspection(data: &Value) -> Inspection {
    let granular = answer::list(data, "granular_scopes").unwrap_or_default().iter().filter_map(|row| {
        let target_ids = row.get("target_ids").map(|_| answer::texts(row, "target_ids"));
        Some(Granular { scope: answer::word(row, "scope")?, target_ids })
    });
    Inspection {
        app_id: answer::word(data, "app_id"),
        kind: match answer::text(data, "type").as_deref() {
            Some("USER") => TokenKind::User,
            Some("PAGE") => TokenKind::Page,
            Some("APP") => TokenKind::App,
            Some("SYSTEM_USER") => TokenKind::SystemUser,
            _ => TokenKind::Other,
        },
        valid: answer::flag(data, "is_valid"),
        error: data.get("error").filter(|error| error.is_object()).map(|error| TokenError {
            code: answer::number(error, "code").unwrap_or(0),
            subcode: answer::number(error, "subcode"),
        }),
        user_id: answer::word(data, "user_id"),
        scopes: answer::texts(data, "scopes"),
        granular: granular.collect(),
        expires_at: answer::moment(data, "expires_at"),
        data_access_expires_at: answer::moment(data, "data_access_expires_at"),
        profile_id: answer::word(data, "profile_id"),
    }
}

fn permission_status(row: &Value) -> Option<PermissionStatus> {
    let state = match answer::text(row, "status").as_deref() {
        Some("granted") => PermissionState::Granted,
        Some("declined") => PermissionState::Declined,
        Some("expired") => PermissionState::Expired,
        _ => PermissionState::Other,
    };
    Some(PermissionStatus { permission: answer::word(row, "permission")?, state })
}
