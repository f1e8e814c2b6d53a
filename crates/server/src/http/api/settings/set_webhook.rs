//! `POST /api/settings/setWebhook`: the partner's default endpoint.

use axum::extract::State;
use jetbridge_domain::reason::Reason;
use jetbridge_domain::url::WebUrl;
use serde::Serialize;

use crate::app::settings;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::once::once;
use crate::http::openapi::{Kind, Method, Operation, may, must};
use crate::http::router::Web;

#[derive(Serialize)]
struct Webhook<'a> {
    url: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
}

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "settings",
    name: "setWebhook",
    method: Method::Post,
    summary: "Set your webhook address",
    text: "Where your default endpoint is. The call that creates it answers its signing secret, once; clearing it \
           deletes it. Webhooks are signed as Standard Webhooks 1.0 says.",
    keyed: true,
    input: &[must(
        "url",
        Kind::Clearable(&Kind::HookUrl(512)),
        "An http or https address without user name, password or fragment.",
    )],
    answer: &[
        must("url", Kind::Text, "The address; empty where none is set."),
        may("secret", Kind::Text, "The signing secret, by the call that made the endpoint."),
    ],
    reasons: &[Reason::WebhookUrl],
    sample: || {
        let (url, secret) = ("https://crm.example.com/hook", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        Ok(Answer::fine(&Webhook { url, secret: Some(secret) })?)
    },
    example: r#"{"url":"https://crm.example.com/hook"}"#,
    ..Operation::BASE
};

/// `None` clears the endpoint: the empty text, or one space.
fn url(body: &[u8]) -> Result<Option<WebUrl>, Fail> {
    let wrong = || Fail::field(Reason::WebhookUrl, "url");
    let text = Object::parse(body)?.text("url", Reason::WebhookUrl)?.ok_or_else(wrong)?;
    match text.as_str() {
        "" | " " => Ok(None),
        text => WebUrl::webhook(text).map(Some).map_err(|_| wrong()),
    }
}

/// Sets or clears the address; the secret is answered once, by the call that makes the endpoint.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let url = url(&call.body);
    once(&web.app, call, "setWebhook", url, |tx, app, call, url| {
        Box::pin(async move {
            let secret = settings::set_webhook(tx, app, &call.partner.id, url.as_ref()).await?;
            Answer::fine(&Webhook {
                url: url.as_ref().map_or("", WebUrl::as_str),
                secret: secret.as_ref().map(jetbridge_domain::secret::Secret::expose),
            })
        })
    })
    .await
}
