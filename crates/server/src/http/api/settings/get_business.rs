//! `GET /api/settings/getBusiness`: how the partner appears to clients.

use axum::extract::State;
use jetbridge_domain::branding::{LogoState, LogoTrouble, LogoUrl, Words};
use jetbridge_domain::color::Color;
use jetbridge_domain::inputs::Locale;
use jetbridge_domain::url::WebUrl;
use serde::Serialize;

use crate::app::branding;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::Caller;
use crate::http::router::Web;

/// What is set; the rest is absent.
#[derive(Serialize)]
struct Business<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    onboarding_logo: Option<&'a LogoUrl>,
    /// `waiting`, `kept` or `failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    onboarding_logo_state: Option<&'static str>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    onboarding_logo_why: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    onboarding_message: Option<&'a Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    onboarding_button: Option<&'a Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    onboarding_success: Option<&'a Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    onboarding_failed: Option<&'a Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    display_name: Option<&'a Words>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locale: Option<&'a Locale>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<Color>,
    #[serde(skip_serializing_if = "Option::is_none")]
    success_url: Option<&'a WebUrl>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_url: Option<&'a WebUrl>,
}

/// Answers the settings.
pub async fn handler(State(web): State<Web>, Caller(partner): Caller) -> Result<Answer, Fail> {
    let (set, logo) = branding::get(&web.app, &partner.id).await?;
    let state = logo.map(|l| l.state);
    Answer::fine(&Business {
        onboarding_logo: set.logo.as_ref(),
        onboarding_logo_state: state.map(|s| s.word()),
        onboarding_logo_why: match state {
            Some(LogoState::Failed(why)) => Some(LogoTrouble::word(why)),
            _ => None,
        },
        onboarding_message: set.message.as_ref(),
        onboarding_button: set.button.as_ref(),
        onboarding_success: set.success.as_ref(),
        onboarding_failed: set.failed.as_ref(),
        display_name: set.display_name.as_ref(),
        locale: set.locale.as_ref(),
        color: set.color,
        success_url: set.success_url.as_ref(),
        failure_url: set.failure_url.as_ref(),
    })
}
