//! `POST /api/facebook/checkConnection`: proves a connection's life now.

use axum::extract::State;
use jetbridge_domain::reason::Reason;

use super::connection_view::{self, ConnectionView};
use crate::app::life;
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Kind, Method, Operation, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "checkConnection",
    method: Method::Post,
    summary: "Check a connection",
    text: "Asks Meta whether the token works, the permissions are there, the Instagram account is still linked, \
           the webhooks are subscribed and, for type 3, leads can be read; a lost subscription is made again. Every connection is checked once a day \
           without being asked. What has changed is also told by an event.",
    input: &[must("connection_id", Kind::Id("connection", "con_"), "The connection.")],
    answer: connection_view::FIELDS,
    reasons: &[
        Reason::NoSuchConnection,
        Reason::MustReconnect,
        Reason::Parameter,
        Reason::BodyNotObject,
        Reason::MetaRefused,
        Reason::MetaFailing,
    ],
    sample: || Ok(Answer::fine(&ConnectionView::of(&connection_view::sample()?))?),
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d"}"#,
    ..Operation::BASE
};

/// Checks it and answers what was found.
pub async fn handler(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let id = connection_id(&Object::parse(&call.body)?)?;
    let connection = life::check(&web.app, &call.partner.id, &id).await?;
    Answer::fine(&ConnectionView::of(&connection))
}
