//! The Graph API's error envelope.

use std::borrow::Cow;

use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::{Value, json};

use crate::faults::{Planted, presets};
use crate::{Error, random, tokens};

/// The second word of `WWW-Authenticate`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Challenge {
    InvalidToken,
    InvalidRequest,
    InvalidCode,
    InsufficientScope,
}

impl Challenge {
    fn as_str(self) -> &'static str {
        match self {
            Challenge::InvalidToken => "invalid_token",
            Challenge::InvalidRequest => "invalid_request",
            Challenge::InvalidCode => "invalid_code",
            Challenge::InsufficientScope => "insufficient_scope",
        }
    }
}

/// Keys of the envelope that few errors have.
#[derive(Clone, Debug)]
struct Rare {
    user_title: Option<String>,
    user_msg: Option<String>,
    data: Option<Value>,
}

/// A refusal as the Graph API words it.
#[derive(Clone, Debug)]
pub(crate) struct GraphError {
    http: u16,
    kind: Cow<'static, str>,
    pub(crate) code: i64,
    pub(crate) subcode: Option<i64>,
    pub(crate) message: String,
    /// Left out when it is not known.
    transient: Option<bool>,
    rare: Option<Box<Rare>>,
    challenge: Challenge,
}

impl GraphError {
    fn new(http: u16, code: i64, message: impl Into<String>) -> Self {
        let challenge = match code {
            102 | 104 | 190 => Challenge::InvalidToken,
            10 | 200..=299 => Challenge::InsufficientScope,
            _ => Challenge::InvalidRequest,
        };
        GraphError {
            http,
            kind: Cow::Borrowed("OAuthException"),
            code,
            subcode: None,
            message: message.into(),
            transient: None,
            rare: None,
            challenge,
        }
    }

    fn subcode(mut self, subcode: i64) -> Self {
        self.subcode = Some(subcode);
        self
    }

    /// A code without one.
    pub(crate) fn coded(code: i64, what: &str) -> Self {
        Self::new(400, code, format!("(#{code}) {what}"))
    }

    /// A code with its subcode, as the tables of an API list them.
    pub(crate) fn with_subcode(code: i64, subcode: i64, what: &str) -> Self {
        Self::new(400, code, format!("(#{code}) {what}")).subcode(subcode)
    }

    /// 9000001: the account of the person is gone.
    pub(crate) fn account_deleted() -> Self {
        Self::new(400, 9_000_001, "(#9000001) The account has been deleted")
    }

    /// 230: the person has not written yet, so has not agreed to be looked up.
    pub(crate) fn consent_required() -> Self {
        Self::new(400, 230, "(#230) User consent is required to access user profile")
    }

    /// 100: a parameter is wrong.
    pub(crate) fn parameter(what: &str) -> Self {
        Self::new(400, 100, format!("(#100) {what}"))
    }

    pub(crate) fn missing_parameter(name: &str) -> Self {
        Self::parameter(&format!("The parameter {name} is required."))
    }

    pub(crate) fn no_such_field(field: &str, node: &str) -> Self {
        Self::parameter(&format!("Tried accessing nonexisting field ({field}) on node type ({node})"))
    }

    /// 100/33: the object is missing, or hidden; the answer does not say which.
    pub(crate) fn no_such_object(method: &str, id: &str) -> Self {
        let message = format!(
            "Unsupported {} request. Object with ID '{id}' does not exist, cannot be loaded due to missing \
             permissions, or does not support this operation. Please read the Graph API documentation at \
             https://developers.facebook.com/docs/graph-api",
            method.to_ascii_lowercase()
        );
        GraphError { kind: Cow::Borrowed("GraphMethodException"), ..Self::new(400, 100, message).subcode(33) }
    }

    /// 803: what should be an id is a name.
    pub(crate) fn no_such_alias(name: &str) -> Self {
        Self::new(404, 803, format!("(#803) Some of the aliases you requested do not exist: {name}"))
    }

    pub(crate) fn unknown_path(rest: &str) -> Self {
        Self::new(400, 2500, format!("Unknown path components: /{rest}"))
    }

    pub(crate) fn syntax(what: &str) -> Self {
        Self::new(400, 2500, format!("Syntax error {what}"))
    }

    /// 2500: `/me` without a token of a person or a Page.
    pub(crate) fn no_current_user() -> Self {
        Self::new(
            400,
            2500,
            "An active access token must be used to query information about the current user.",
        )
    }

    pub(crate) fn token_required() -> Self {
        Self::new(401, 104, "An access token is required to request this resource.")
    }

    pub(crate) fn malformed_token() -> Self {
        Self::new(400, 190, "Invalid OAuth access token - Cannot parse access token")
    }

    pub(crate) fn bad_token_signature() -> Self {
        Self::new(400, 190, "Invalid OAuth access token signature.")
    }

    /// 190 with the subcode a token died of.
    pub(crate) fn dead_token(subcode: i64, app_id: &str, expires_at: i64, now: i64) -> Self {
        if subcode == tokens::FOREIGN {
            return Self::malformed_token();
        }
        let why = match subcode {
            tokens::APP_REMOVED => format!("The user has not authorized application {app_id}."),
            tokens::CHECKPOINT => "You cannot access the app till you log in to www.facebook.com and follow \
                                   the instructions given."
                .to_owned(),
            tokens::PASSWORD_CHANGED => "The session has been invalidated because the user changed their \
                                         password or Facebook has changed the session for security reasons."
                .to_owned(),
            tokens::UNCONFIRMED => {
                "Sessions for the user are not allowed because the user is not a confirmed \
                                    user."
                    .to_owned()
            }
            tokens::EXPIRED => {
                format!("Session has expired on unix time {expires_at}. The current unix time is {now}.")
            }
            tokens::ROLE_LOST => "The user must be an administrator, editor, or moderator of the page in \
                                  order to impersonate it."
                .to_owned(),
            _ => "The session is invalid because the user logged out.".to_owned(),
        };
        Self::new(401, 190, format!("Error validating access token: {why}")).subcode(subcode)
    }

    /// 200: a permission or a task is missing.
    pub(crate) fn permission(what: &str) -> Self {
        Self::new(403, 200, format!("(#200) {what}"))
    }

    /// 10: the app may not do this at all for this object.
    pub(crate) fn not_allowed(what: &str) -> Self {
        Self::new(400, 10, format!("(#10) {what}"))
    }

    /// 210: a user token where a Page token is needed.
    pub(crate) fn page_token_required() -> Self {
        Self::new(400, 210, "(#210) A page access token is required to request this resource.")
    }

    /// 190/2069032: the same on a Page of the new experience.
    pub(crate) fn new_page_token_required() -> Self {
        let message = "A Page access token is required for this call for the new Pages experience.";
        Self::new(400, 190, message).subcode(2_069_032)
    }

    /// 15: another token where the app's own is needed.
    pub(crate) fn app_token_required() -> Self {
        Self::new(400, 15, "(#15) This method must be called with an app access_token.")
    }

    /// 2200: the callback did not answer the challenge.
    pub(crate) fn callback_failed(why: &str) -> Self {
        Self::new(400, 2200, format!("(#2200) Callback verification failed with the following errors: {why}"))
    }

    pub(crate) fn unknown_app() -> Self {
        Self::new(
            400,
            101,
            "Error validating application. Cannot get application info due to a system error.",
        )
    }

    pub(crate) fn missing_client(parameter: &str) -> Self {
        Self::new(400, 101, format!("Missing {parameter} parameter."))
    }

    pub(crate) fn wrong_secret() -> Self {
        Self::new(400, 1, "Error validating client secret.")
    }

    /// 100 with `invalid_code`: the login code cannot be exchanged.
    pub(crate) fn code(message: &str, subcode: Option<i64>) -> Self {
        GraphError { challenge: Challenge::InvalidCode, subcode, ..Self::new(400, 100, message) }
    }

    /// More calls in a batch than Meta takes.
    pub(crate) fn batch_too_large(most: usize) -> Self {
        let message = format!("Too many requests in batch message. Maximum batch size is {most}");
        GraphError { kind: Cow::Borrowed("GraphBatchException"), ..Self::new(400, 100, message) }
    }

    /// A refusal of content, which says in words for people what is wrong.
    pub(crate) fn content(code: i64, subcode: i64, title: &str, why: &str) -> Self {
        let rare = Rare { user_title: Some(title.to_owned()), user_msg: Some(why.to_owned()), data: None };
        let error = Self::new(400, code, format!("(#{code}) {why}")).subcode(subcode);
        GraphError { transient: Some(false), rare: Some(Box::new(rare)), ..error }
    }

    /// A fault that a switch asked for.
    pub(crate) fn planted(planted: Planted) -> Self {
        let Planted { http, code, subcode, .. } = planted;
        let known = presets::of_code(code, subcode);
        let message = planted.message.or_else(|| known.map(|preset| preset.message.to_owned()));
        let message = message.unwrap_or_else(|| format!("(#{code}) Injected by the sandbox"));
        let transient = planted.transient.or_else(|| presets::is_transient(code).then_some(true));
        let kind = planted.kind.map_or_else(|| presets::kind_of(code, subcode).into(), Cow::Owned);
        let Planted { user_title, user_msg, data, .. } = planted;
        let rare = Some(Box::new(Rare { user_title, user_msg, data }));
        GraphError { kind, subcode, transient, rare, ..Self::new(http, code, message) }
    }

    /// 1: the sandbox itself failed.
    fn internal() -> Self {
        GraphError { transient: Some(true), ..Self::new(500, 1, "An unknown error has occurred.") }
    }

    pub(crate) fn into_response(self, trace: &str) -> Response<String> {
        let mut error = json!({
            "message": self.message, "type": self.kind, "code": self.code, "fbtrace_id": trace,
        });
        if let Some(subcode) = self.subcode {
            set(&mut error, "error_subcode", json!(subcode));
        }
        if let Some(transient) = self.transient {
            set(&mut error, "is_transient", json!(transient));
        }
        if let Some(rare) = self.rare {
            for (key, value) in [
                ("error_user_title", rare.user_title.map(Value::from)),
                ("error_user_msg", rare.user_msg.map(Value::from)),
                ("error_data", rare.data),
            ] {
                if let Some(value) = value {
                    set(&mut error, key, value);
                }
            }
        }
        let mut response = Response::new(json!({"error": error}).to_string());
        *response.status_mut() = StatusCode::from_u16(self.http).unwrap_or(StatusCode::BAD_REQUEST);
        if self.kind == "OAuthException" {
            let ascii: String = self.message.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').collect();
            let value = format!(
                "OAuth \"Facebook Platform\" \"{}\" \"{}\"",
                self.challenge.as_str(),
                ascii.replace('"', "'")
            );
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(header::WWW_AUTHENTICATE, value);
            }
        }
        response
    }
}

fn set(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(map) = object {
        map.insert(key.to_owned(), value);
    }
}

/// Names one answer, as `fbtrace_id` and `x-fb-trace-id` do.
pub(crate) fn trace_id() -> String {
    random::alphanumeric(22).map_or_else(|_| "A".to_owned(), |text| format!("A{text}"))
}

impl From<Error> for GraphError {
    fn from(error: Error) -> Self {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "the sandbox failed while answering a Graph call"
        );
        GraphError::internal()
    }
}

impl From<rusqlite::Error> for GraphError {
    fn from(error: rusqlite::Error) -> Self {
        Error::Database(error).into()
    }
}
