//! `POST /api/settings/accessToken`: credentials for an access token.

use axum::extract::State;
use jetbridge_domain::clock::Time;
use jetbridge_domain::event;
use jetbridge_domain::reason::Reason;
use jetbridge_domain::secret::Secret;
use serde::Serialize;

use crate::app::settings::{self, Login};
use crate::http::answer::{Answer, Fail};
use crate::http::extract::{Address, RawBody};
use crate::http::json::Object;
use crate::http::openapi::{Kind, Method, Operation, must};
use crate::http::router::Web;

#[derive(Serialize)]
struct Granted<'a> {
    access_token: &'a str,
    /// Unix seconds as a string: partners' programs expect it so.
    expiration_time: String,
    token_type: &'static str,
}

fn granted(token: &Secret, until: Time) -> Result<Answer, Fail> {
    Answer::fine(&Granted {
        access_token: token.expose(),
        expiration_time: until.as_seconds().to_string(),
        token_type: "Bearer",
    })
}

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "settings",
    name: "accessToken",
    method: Method::Post,
    summary: "Get an access token",
    text: "Trades your credentials for a token of one hour. An older token stays valid until its own end. Ten wrong \
           tries in ten minutes from one address block it for ten minutes.",
    token: false,
    input: &[
        must("client_id", Kind::Own(512), "The public half of your credentials."),
        must("client_secret", Kind::Own(512), "The secret half."),
    ],
    answer: &[
        must("access_token", Kind::Text, "Send it as `Authorization: Bearer`."),
        must("expiration_time", Kind::Text, "When it ends: Unix seconds, as text."),
        must("token_type", Kind::Word(&["Bearer"]), "Always Bearer."),
    ],
    reasons: &[
        Reason::WrongCredentials,
        Reason::CredentialsMalformed,
        Reason::TooManyTries,
        Reason::PartnerSuspended,
    ],
    sample: || Ok(granted(&Secret::new("Xq3v0kUe1lqk1b7mP4yZ2w8sN6tR9cJ5hD0aGfKxVbE"), event::sample::AT)?),
    example: r#"{"client_id":"jb_0123456789abcdef01234567","client_secret":"…"}"#,
    ..Operation::BASE
};

/// A body that is no JSON object is the credentials' fault here.
fn credentials(body: &[u8]) -> Result<(String, Secret), Fail> {
    let malformed = |_| Fail::of(Reason::CredentialsMalformed);
    let object = Object::parse(body).map_err(malformed)?;
    let needed = |name| {
        let text = object.text(name, Reason::CredentialsMalformed)?;
        text.ok_or_else(|| Fail::field(Reason::CredentialsMalformed, name))
    };
    Ok((needed("client_id")?, Secret::new(needed("client_secret")?)))
}

/// Answers a token for right credentials.
pub async fn handler(
    State(web): State<Web>,
    Address(address): Address,
    body: RawBody,
) -> Result<Answer, Fail> {
    let (client_id, secret) = credentials(&body.bytes()?)?;
    match settings::login(&web.app, client_id, secret, address).await? {
        Login::Token(secret, until) => granted(&secret, until),
        Login::Wrong => Err(Fail::of(Reason::WrongCredentials)),
        Login::Suspended => Err(Fail::of(Reason::PartnerSuspended)),
        Login::Blocked(until) => Err(Fail::wait(Reason::TooManyTries, until.since(web.app.clock.now()))),
    }
}
