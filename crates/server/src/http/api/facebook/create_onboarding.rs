//! `POST /api/facebook/createOnboarding`: makes an onboarding link.

use axum::extract::State;
use jetbridge_domain::branding::{LogoUrl, Words};
use jetbridge_domain::inputs::{self, Digits, Locale, Reference};
use jetbridge_domain::onboarding::{Face, Inbox, Link, NewLink};
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
use crate::http::openapi::{Kind, Method, Operation, may, must};
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

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "createOnboarding",
    method: Method::Post,
    summary: "Make an onboarding link",
    text: "Give the link to your client, who opens it, logs in at Facebook, chooses and confirms. With `types` one \
           consent makes several connections: `type`, or else the first of the list, is what the client's Page or \
           account has to fit; what of the others does not fit is left out. With `reconnect` only the same asset can \
           come back, under the same connection_id; `reference`, `server`, `account_id` and `inbox_id` stay as they \
           were where they are not given. `GET /f/<param>.svg` is the link's QR code.",
    keyed: true,
    input: &[
        must(
            "type",
            Kind::Product,
            "1 Messenger, 2 Instagram messaging, 3 Facebook Page (posts, comments, ads leads), 4 Instagram account (posts, comments). May be left out where `types` is given.",
        ),
        may("reference", Kind::Reference, "Your own word for it, given back on everything about it."),
        may("server", Kind::Url(200), "The omni-channel server."),
        may("account_id", Kind::Digits, "The account there, kept to the last digit."),
        may("inbox_id", Kind::Digits, "The inbox there, kept to the last digit."),
        may("types", Kind::Products, "Several products with one consent."),
        may("expires_in", Kind::Integer(60, 31_536_000), "Seconds it works; 30 days where it is not said."),
        may("locale", Kind::Locale, "The language of its pages, where the client chooses none."),
        may("success_url", Kind::Url(512), "Where the client goes after finishing."),
        may("failure_url", Kind::Url(512), "Where the client may go when it does not go on."),
        may(
            "reconnect",
            Kind::Id("connection", "con_"),
            "A live connection of the same product, to be renewed.",
        ),
        may("message", Kind::Words(200), "Your words to this client."),
        may("logo", Kind::LogoUrl, "The picture beside them, fetched and served as with setBusiness."),
    ],
    answer: &[
        must("param", Kind::Param, "The key to the link; part of its address."),
        must("onboarding_link", Kind::Text, "The address to give to the client."),
        must("type", Kind::Product, "What it connects; of several the first."),
        may("types", Kind::Products, "All that it connects, where it is more than one."),
        must("expires_at", Kind::Time, "When it stops working."),
    ],
    reasons: &[
        Reason::Type,
        Reason::Reference,
        Reason::Server,
        Reason::AccountId,
        Reason::InboxId,
        Reason::NoSuchConnection,
        Reason::Parameter,
    ],
    sample: || {
        let (link, _) = link_view::sample()?;
        Ok(created(&link, link_view::SAMPLE_ADDRESS.to_owned())?)
    },
    example: r#"{"type":2,"reference":"shop-7","server":"https://inbox.example.com","account_id":12,"inbox_id":345}"#,
    ..Operation::BASE
};

/// What is to be connected: `type` comes first, wherever it stands among `types`.
fn products(body: &Object) -> Result<Products, Fail> {
    let first = body.get("type", Reason::Type, inputs::product)?;
    let several = body.get("types", Reason::Parameter, inputs::products)?;
    match (first, several) {
        (None, None) => Err(Fail::field(Reason::Type, "type")),
        (Some(first), Some(several)) => Ok(Products::new(first, several.iter())),
        (None, Some(several)) => Ok(several),
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

fn created(link: &Link, address: String) -> Result<Answer, Fail> {
    Answer::fine(&Created {
        param: link.param.expose(),
        onboarding_link: address,
        r#type: link.products.first().number(),
        types: link_view::types(link),
        expires_at: link.expires_at.as_seconds(),
    })
}

/// Makes the link, once per idempotency key.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let new = input(&call.body);
    once(&web.app, call, "createOnboarding", new, |tx, app, call, new| {
        Box::pin(async move {
            let link = links::create(tx, app, &call.partner.id, new).await?;
            created(&link, link_view::address(app, &link))
        })
    })
    .await
    .inspect_fine(|| web.app.fetch.notify_one())
}
