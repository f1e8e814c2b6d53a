//! `POST /api/settings/rotateWebhookSecret`: a new signing secret; the old one signs beside it for
//! a day.

use axum::extract::State;
use jetbridge_domain::id::EndpointId;
use jetbridge_domain::reason::Reason;
use serde::Serialize;

use crate::app::settings;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::once::once;
use crate::http::openapi::{Kind, Method, Operation, may, must};
use crate::http::router::Web;

#[derive(Serialize)]
struct Rotated<'a> {
    secret: &'a str,
}

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "settings",
    name: "rotateWebhookSecret",
    method: Method::Post,
    summary: "Renew a signing secret",
    text: "Answers a new secret. For 24 hours every webhook carries two signatures, one of the old and one of the new.",
    keyed: true,
    input: &[may(
        "endpoint_id",
        Kind::Id("endpoint", "ep_"),
        "Which endpoint; the default one where it is not said.",
    )],
    answer: &[must("secret", Kind::Text, "The new secret, once.")],
    reasons: &[Reason::NoSuchWebhook, Reason::Parameter],
    sample: || Ok(Answer::fine(&Rotated { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" })?),
    example: "{}",
    ..Operation::BASE
};

fn endpoint(body: &[u8]) -> Result<Option<EndpointId>, Fail> {
    let text = Object::parse(body)?.text("endpoint_id", Reason::Parameter)?;
    text.map(|t| t.parse()).transpose().map_err(|_| Fail::parameter("endpoint_id"))
}

/// Rotates the secret of `endpoint_id`, or of the default endpoint.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let endpoint = endpoint(&call.body);
    once(&web.app, call, "rotateWebhookSecret", endpoint, |tx, app, call, endpoint| {
        Box::pin(async move {
            let secret = settings::rotate_secret(tx, app, &call.partner.id, endpoint.as_ref()).await?;
            Answer::fine(&Rotated { secret: secret.expose() })
        })
    })
    .await
}
