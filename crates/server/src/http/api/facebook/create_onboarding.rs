//! `POST /api/facebook/createOnboarding`: makes an onboarding link.

use axum::extract::State;
use jetbridge_domain::inputs::{self, Digits, Locale, Reference};
use jetbridge_domain::onboarding::{Inbox, NewLink};
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
    expires_at: i64,
}

fn input(body: &[u8]) -> Result<NewLink, Fail> {
    let body = Object::parse(body)?;
    let product = body.get("type", Reason::Type, inputs::product)?;
    let server = body.get("server", Reason::Server, |raw| WebUrl::server(&inputs::string(raw)?))?;
    let locale = body.get("locale", Reason::Parameter, |raw| Locale::from_text(inputs::string(raw)?))?;
    Ok(NewLink {
        product: product.ok_or_else(|| Fail::field(Reason::Type, "type"))?,
        reference: body.get("reference", Reason::Reference, Reference::parse)?,
        inbox: Inbox {
            server,
            account_id: body.get("account_id", Reason::AccountId, Digits::parse)?,
            inbox_id: body.get("inbox_id", Reason::InboxId, Digits::parse)?,
        },
        life: body.get("expires_in", Reason::Parameter, inputs::expires_in)?.unwrap_or(inputs::DEFAULT_LIFE),
        locale,
    })
}

/// Makes the link, once per idempotency key.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let new = input(&call.body);
    once(&web.app, call, "createOnboarding", new, |tx, app, call, new| {
        Box::pin(async move {
            let link = links::make(new.clone(), &call.partner.id, app.clock.now(), &app.vault.entropy)?;
            links::create(tx, app, &link).await?;
            Answer::fine(&Created {
                param: link.param.expose(),
                onboarding_link: link_view::address(app, &link),
                r#type: link.product.number(),
                expires_at: link.expires_at.as_seconds(),
            })
        })
    })
    .await
}
