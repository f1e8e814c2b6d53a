//! `POST /api/facebook/createOnboarding`: makes an onboarding link.

use axum::extract::State;
use jetbridge_domain::branding::{LogoUrl, Words};
use jetbridge_domain::inputs::{self, Digits, Locale, Reference};
use jetbridge_domain::onboarding::{Face, Inbox, NewLink};
use jetbridge_domain::product::Products;
use jetbridge_domain::reason::Reason;
use jetbridge_domain::url::WebUrl;
use serde::Serialize;

use super::link_view;
use crate::app::links;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::once::once;
use crate::http::router::Web;

#[derive(Serialize)]
struct Created<'a> {
    param: &'a str,
    onboarding_link: String,
    r#type: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    types: Option<Vec<i64>>,
    expires_at: i64,
}

/// What is to be connected: `types` begins with `type`, where both are given.
fn products(body: &Object) -> Result<Products, Fail> {
    let first = body.get("type", Reason::Type, inputs::product)?;
    let several = body.get("types", Reason::Parameter, inputs::products)?;
    match (first, several) {
        (None, None) => Err(Fail::field(Reason::Type, "type")),
        (Some(first), Some(several)) if several.first() != first => Err(Fail::parameter("types")),
        (_, Some(several)) => Ok(several),
        (Some(first), None) => Ok(Products::one(first)),
    }
}

fn face(body: &Object) -> Result<Face, Fail> {
    let page = |raw: &str| WebUrl::page(&inputs::string(raw)?);
    Ok(Face {
        message: body.get("message", Reason::Parameter, |raw| Words::message(&inputs::string(raw)?))?,
        logo: body.get("logo", Reason::Parameter, |raw| LogoUrl::parse(&inputs::string(raw)?))?,
        success_url: body.get("success_url", Reason::Parameter, page)?,
        failure_url: body.get("failure_url", Reason::Parameter, page)?,
    })
}

fn input(body: &[u8]) -> Result<NewLink, Fail> {
    let body = Object::parse(body)?;
    let server = body.get("server", Reason::Server, |raw| WebUrl::server(&inputs::string(raw)?))?;
    let locale = body.get("locale", Reason::Parameter, |raw| Locale::from_text(inputs::string(raw)?))?;
    let reconnect = body.get("reconnect", Reason::Parameter, |raw| {
        inputs::string(raw)?.parse().map_err(|_| inputs::Invalid)
    })?;
    Ok(NewLink {
        products: products(&body)?,
        reference: body.get("reference", Reason::Reference, Reference::parse)?,
        inbox: Inbox {
            server,
            account_id: body.get("account_id", Reason::AccountId, Digits::parse)?,
            inbox_id: body.get("inbox_id", Reason::InboxId, Digits::parse)?,
        },
        life: body.get("expires_in", Reason::Parameter, inputs::expires_in)?.unwrap_or(inputs::DEFAULT_LIFE),
        locale,
        reconnect,
        face: face(&body)?,
    })
}

/// Makes the link, once per idempotency key.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let new = input(&call.body);
    once(&web.app, call, "createOnboarding", new, |tx, app, call, new| {
        Box::pin(async move {
            let link = links::create(tx, app, &call.partner.id, new).await?;
            Answer::fine(&Created {
                param: link.param.expose(),
                onboarding_link: link_view::address(app, &link),
                r#type: link.products.first().number(),
                types: link_view::types(&link),
                expires_at: link.expires_at.as_seconds(),
            })
        })
    })
    .await
    .inspect_fine(|| web.app.fetch.notify_one())
}
