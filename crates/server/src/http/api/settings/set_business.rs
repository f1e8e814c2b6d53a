//! `PATCH /api/settings/setBusiness`: how the partner appears to clients.

use axum::extract::State;
use jetbridge_domain::branding::{Change, LogoUrl, NewBranding, Words};
use jetbridge_domain::color::Color;
use jetbridge_domain::inputs::{Invalid, Locale};
use jetbridge_domain::reason::Reason;
use jetbridge_domain::url::WebUrl;
use serde::Serialize;

use crate::app::branding;
use crate::http::answer::{Answer, Fail};
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::once::once;
use crate::http::openapi::{Field, Kind, Method, Operation, may};
use crate::http::router::Web;

/// What was set; a setting that was cleared is the empty text.
#[derive(Serialize)]
struct Business<'a> {
    #[serde(skip_serializing_if = "Change::is_keep")]
    onboarding_logo: &'a Change<LogoUrl>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    onboarding_message: &'a Change<Words>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    onboarding_button: &'a Change<Words>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    onboarding_success: &'a Change<Words>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    onboarding_failed: &'a Change<Words>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    display_name: &'a Change<Words>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    locale: &'a Change<Locale>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    color: &'a Change<Color>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    success_url: &'a Change<WebUrl>,
    #[serde(skip_serializing_if = "Change::is_keep")]
    failure_url: &'a Change<WebUrl>,
}

const MESSAGE: Kind = Kind::Clearable(&Kind::Words(200));
const PAGE: Kind = Kind::Clearable(&Kind::Url(512));

/// The settings; an answer holds those that the call named.
const SETTINGS: &[Field] = &[
    may(
        "onboarding_logo",
        Kind::Clearable(&Kind::LogoUrl),
        "Your picture. It is fetched soon after (at most 200 KB and 4096 pixels a side, png or jpg by content), kept, and served from this host.",
    ),
    may("onboarding_message", MESSAGE, "Your words on the first page."),
    may("onboarding_button", Kind::Clearable(&Kind::Line(50)), "The text of the first page's button."),
    may("onboarding_success", MESSAGE, "Your words when it is done."),
    may("onboarding_failed", MESSAGE, "Your words when it does not go on."),
    may(
        "display_name",
        Kind::Clearable(&Kind::Line(100)),
        "The name clients see, instead of your account's.",
    ),
    may(
        "locale",
        Kind::Clearable(&Kind::Locale),
        "The pages' language where neither link nor client chose one.",
    ),
    may("color", Kind::Clearable(&Kind::Color), "Your colour. Shades of it are used that can be read."),
    may("success_url", PAGE, "Where clients go after finishing, instead of the page closing itself."),
    may("failure_url", PAGE, "Where clients may go when it does not go on."),
];

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "settings",
    name: "setBusiness",
    method: Method::Patch,
    summary: "Set how you appear to clients",
    text: "Changes what the body names and answers just that. An empty text, or one space, clears a setting.",
    keyed: true,
    input: SETTINGS,
    answer: SETTINGS,
    reasons: &[Reason::Logo, Reason::Message, Reason::Button, Reason::EndText, Reason::Parameter],
    wrong_method: Reason::UsePatch,
    sample: || Ok(answer(&example()?)?),
    example: EXAMPLE,
    ..Operation::BASE
};

const EXAMPLE: &str = r##"{"onboarding_logo":"https://crm.example.com/logo.png","onboarding_message":"Welcome to Harbour CRM!","onboarding_button":"Connect","onboarding_success":"Thank you!","onboarding_failed":"Call us at 555-0134.","display_name":"Harbour CRM","locale":"en","color":"#0b6a54","success_url":"https://crm.example.com/connected","failure_url":"https://crm.example.com/help"}"##;

/// One setting: absent keeps it, the empty text or one space clears it.
fn change<T>(
    body: &Object,
    name: &'static str,
    reason: Reason,
    parse: impl FnOnce(&str) -> Result<T, Invalid>,
) -> Result<Change<T>, Fail> {
    Ok(match body.text(name, reason)?.as_deref() {
        None => Change::Keep,
        Some("" | " ") => Change::Clear,
        Some(text) => Change::Set(parse(text).map_err(|_| Fail::field(reason, name))?),
    })
}

fn input(body: &[u8]) -> Result<NewBranding, Fail> {
    let body = &Object::parse(body)?;
    Ok(NewBranding {
        logo: change(body, "onboarding_logo", Reason::Logo, LogoUrl::parse)?,
        message: change(body, "onboarding_message", Reason::Message, Words::message)?,
        button: change(body, "onboarding_button", Reason::Button, Words::button)?,
        success: change(body, "onboarding_success", Reason::EndText, Words::message)?,
        failed: change(body, "onboarding_failed", Reason::EndText, Words::message)?,
        display_name: change(body, "display_name", Reason::Parameter, Words::name)?,
        locale: change(body, "locale", Reason::Parameter, |t| Locale::from_text(t.to_owned()))?,
        color: change(body, "color", Reason::Parameter, Color::parse)?,
        success_url: change(body, "success_url", Reason::Parameter, WebUrl::page)?,
        failure_url: change(body, "failure_url", Reason::Parameter, WebUrl::page)?,
    })
}

/// The example, for the document of both calls.
pub fn example() -> Result<NewBranding, Fail> {
    input(EXAMPLE.as_bytes())
}

fn answer(new: &NewBranding) -> Result<Answer, Fail> {
    Answer::fine(&Business {
        onboarding_logo: &new.logo,
        onboarding_message: &new.message,
        onboarding_button: &new.button,
        onboarding_success: &new.success,
        onboarding_failed: &new.failed,
        display_name: &new.display_name,
        locale: &new.locale,
        color: &new.color,
        success_url: &new.success_url,
        failure_url: &new.failure_url,
    })
}

/// Changes what the body names, and answers just that.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let new = input(&call.body);
    once(&web.app, call, "setBusiness", new, |tx, app, call, new| {
        Box::pin(async move {
            branding::set(tx, app, &call.partner.id, new).await?;
            answer(new)
        })
    })
    .await
    .inspect_fine(|| web.app.fetch.notify_one())
}
