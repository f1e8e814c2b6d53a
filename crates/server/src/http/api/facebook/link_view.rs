//! A link, as the API shows it.

use jetbridge_domain::branding::{LogoUrl, Words};
use jetbridge_domain::clock::Time;
use jetbridge_domain::id::ConnectionId;
use jetbridge_domain::inputs::{Digits, Locale, Reference};
use jetbridge_domain::onboarding::{Link, Why};
use jetbridge_domain::product::Product;
use jetbridge_domain::url::WebUrl;
use jetbridge_store::links::Recorded;
use serde::Serialize;

use crate::app::App;

/// The fields of a link.
#[derive(Serialize)]
pub struct LinkView<'a> {
    param: &'a str,
    onboarding_link: String,
    r#type: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    types: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<&'a Reference>,
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'a WebUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'a Digits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    inbox_id: Option<&'a Digits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a Locale>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reconnect: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo: Option<&'a LogoUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    success_url: Option<&'a WebUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_url: Option<&'a WebUrl>,
    create_time: i64,
    expires_at: i64,
    state: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    steps: Vec<StepView>,
}

#[derive(Serialize)]
struct StepView {
    step: &'static str,
    time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
}

impl StepView {
    fn of(recorded: &Recorded) -> Self {
        let why = recorded.why.map(Why::word);
        Self { step: recorded.step.word(), time: recorded.at.as_seconds(), why }
    }
}

/// All that a link connects, where it is more than its `type`.
pub fn types(link: &Link) -> Option<Vec<i64>> {
    link.products.several().then(|| link.products.iter().map(Product::number).collect())
}

/// The address a client opens.
pub fn address(app: &App, link: &Link) -> String {
    app.config.public(&format!("/f/{}", link.param.expose()))
}

impl<'a> LinkView<'a> {
    /// Of a link with its steps, at `now`.
    pub fn of(app: &App, link: &'a Link, steps: &[Recorded], now: Time) -> Self {
        let state = link.state_at(now);
        Self {
            param: link.param.expose(),
            onboarding_link: address(app, link),
            r#type: link.products.first().number(),
            types: types(link),
            reference: link.reference.as_ref(),
            server: link.inbox.server.as_ref(),
            account_id: link.inbox.account_id.as_ref(),
            inbox_id: link.inbox.inbox_id.as_ref(),
            locale: link.locale.as_ref(),
            reconnect: link.reconnect.as_ref().map(ConnectionId::as_str),
            message: link.face.message.as_ref(),
            logo: link.face.logo.as_ref(),
            success_url: link.face.success_url.as_ref(),
            failure_url: link.face.failure_url.as_ref(),
            create_time: link.created_at.as_seconds(),
            expires_at: link.expires_at.as_seconds(),
            state: state.word(),
            why: state.why().map(Why::word),
            steps: steps.iter().map(StepView::of).collect(),
        }
    }
}
