//! `GET /api/settings/getBusiness`: how the partner appears to clients.

use axum::extract::State;
use jetbridge_domain::branding::{Branding, LogoState, LogoTrouble, LogoUrl, Words};
use jetbridge_domain::color::Color;
use jetbridge_domain::inputs::Locale;
use jetbridge_domain::url::WebUrl;
use serde::Serialize;

use crate::app::branding;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::Caller;
use crate::http::openapi::{Kind, Operation, may};
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

const PAGE: Kind = Kind::Url(512);

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "settings",
    name: "getBusiness",
    summary: "Read how you appear to clients",
    text: "What is not set is absent.",
    answer: &[
        may("onboarding_logo", Kind::LogoUrl, "Where your picture is fetched from."),
        may("onboarding_logo_state", Kind::Word(&["waiting", "kept", "failed"]), "How far it is."),
        may(
            "onboarding_logo_why",
            Kind::Word(&["address_refused", "not_answered", "too_large", "wrong_kind", "too_many_pixels"]),
            "Why it could not be had.",
        ),
        may("onboarding_message", Kind::Words(200), "Your words on the first page."),
        may("onboarding_button", Kind::Line(50), "The text of the first page's button."),
        may("onboarding_success", Kind::Words(200), "Your words when it is done."),
        may("onboarding_failed", Kind::Words(200), "Your words when it does not go on."),
        may("display_name", Kind::Line(100), "The name clients see."),
        may("locale", Kind::Locale, "The pages' language."),
        may("color", Kind::Color, "Your colour."),
        may("success_url", PAGE, "Where clients go after finishing."),
        may("failure_url", PAGE, "Where clients may go when it does not go on."),
    ],
    sample: || {
        let (mut set, new) = (Branding::default(), super::set_business::example()?);
        new.apply(&mut set);
        Ok(answer(&set, Some(LogoState::Failed(LogoTrouble::TooLarge)))?)
    },
    ..Operation::BASE
};

/// Answers the settings.
pub async fn handler(State(web): State<Web>, Caller(partner): Caller) -> Result<Answer, Fail> {
    let (set, logo) = branding::get(&web.app, &partner.id).await?;
    answer(&set, logo.map(|l| l.state))
}

fn answer(set: &Branding, state: Option<LogoState>) -> Result<Answer, Fail> {
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
