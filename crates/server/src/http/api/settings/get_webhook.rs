//! `GET /api/settings/getWebhook`: the default endpoint's address.

use axum::extract::State;
use jetbridge_domain::url::WebUrl;
use serde::Serialize;

use crate::app::settings;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::Caller;
use crate::http::openapi::{Kind, Operation, must};
use crate::http::router::Web;

#[derive(Serialize)]
struct Webhook<'a> {
    /// Empty where none is set.
    url: &'a str,
}

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "settings",
    name: "getWebhook",
    summary: "Read your webhook address",
    answer: &[must("url", Kind::Text, "The address; empty where none is set.")],
    sample: || Ok(Answer::fine(&Webhook { url: "https://crm.example.com/hook" })?),
    ..Operation::BASE
};

/// Answers the address.
pub async fn handler(State(web): State<Web>, Caller(partner): Caller) -> Result<Answer, Fail> {
    let url = settings::webhook(&web.app, &partner.id).await?;
    Answer::fine(&Webhook { url: url.as_ref().map_or("", WebUrl::as_str) })
}
