//! A link, as the API shows it.

use jetbridge_domain::clock::Time;
use jetbridge_domain::inputs::{Digits, Locale, Reference};
use jetbridge_domain::onboarding::{Link, Step};
use jetbridge_domain::url::WebUrl;
use serde::Serialize;

use crate::app::App;

/// The fields of a link.
#[derive(Serialize)]
pub struct LinkView<'a> {
    param: &'a str,
    onboarding_link: String,
    r#type: i64,
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
}

/// The address a client opens.
pub fn address(app: &App, link: &Link) -> String {
    app.config.public(&format!("/f/{}", link.param.expose()))
}

impl<'a> LinkView<'a> {
    /// Of a link with its steps, at `now`.
    pub fn of(app: &App, link: &'a Link, steps: &[(Step, Time)], now: Time) -> Self {
        let state = link.state_at(now);
        Self {
            param: link.param.expose(),
            onboarding_link: address(app, link),
            r#type: link.product.number(),
            reference: link.reference.as_ref(),
            server: link.inbox.server.as_ref(),
            account_id: link.inbox.account_id.as_ref(),
            inbox_id: link.inbox.inbox_id.as_ref(),
            locale: link.locale.as_ref(),
            create_time: link.created_at.as_seconds(),
            expires_at: link.expires_at.as_seconds(),
            state: state.word(),
            why: state.why().map(jetbridge_domain::onboarding::Why::word),
            steps: steps.iter().map(|(s, at)| StepView { step: s.word(), time: at.as_seconds() }).collect(),
        }
    }
}
