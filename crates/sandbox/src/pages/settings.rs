//! The app's settings as a dashboard would hold them, and planned faults.

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use serde::Deserialize;

use crate::faults::{self, Fault, Planned};
use crate::pages::time;
use crate::{Error, Sandbox, pages, settings};

#[derive(Template)]
#[template(path = "settings.html")]
struct Shown<'a> {
    app_id: &'a str,
    redirect_uris: String,
    deauthorize_url: String,
    require_proof: bool,
    long_code_tokens: bool,
    empty_pages: bool,
    accounts_per_page: String,
    usage_percent: String,
    regain_minutes: String,
    now: String,
    faults: Vec<(Planned, String)>,
}

pub(crate) async fn show(State(sandbox): State<Sandbox>) -> Response<Body> {
    let now = time::utc(sandbox.now());
    let shown = sandbox.db().run(|tx| {
        let text = |key| Ok::<_, Error>(settings::get(tx, key)?.unwrap_or_default());
        let described = |planned: Planned| {
            let text = serde_json::to_string(&planned.fault)?;
            Ok::<_, Error>((planned, text))
        };
        Ok::<_, Error>(Shown {
            app_id: &sandbox.config().app_id,
            redirect_uris: settings::redirect_uris(tx)?.join("\n"),
            deauthorize_url: text(settings::DEAUTHORIZE_URL)?,
            require_proof: settings::is_on(tx, settings::REQUIRE_PROOF)?,
            long_code_tokens: settings::is_on(tx, settings::LONG_CODE_TOKENS)?,
            empty_pages: settings::is_on(tx, settings::EMPTY_PAGES)?,
            accounts_per_page: text(settings::ACCOUNTS_PER_PAGE)?,
            usage_percent: text(settings::USAGE_PERCENT)?,
            regain_minutes: text(settings::REGAIN_MINUTES)?,
            now,
            faults: faults::all(tx)?.into_iter().map(described).collect::<Result<_, _>>()?,
        })
    });
    pages::page(shown)
}

#[derive(Deserialize)]
pub(crate) struct Saved {
    redirect_uris: String,
    deauthorize_url: String,
    accounts_per_page: String,
    #[serde(default)]
    usage_percent: String,
    #[serde(default)]
    regain_minutes: String,
    require_proof: Option<String>,
    long_code_tokens: Option<String>,
    empty_pages: Option<String>,
}

pub(crate) async fn save(State(sandbox): State<Sandbox>, Form(form): Form<Saved>) -> Response<Body> {
    let uris: Vec<String> = form
        .redirect_uris
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let per_page = positive(&form.accounts_per_page);
    let url = Some(form.deauthorize_url.trim()).filter(|url| !url.is_empty());
    let saved = sandbox.db().run(|tx| {
        settings::replace_redirect_uris(tx, &uris)?;
        settings::set(tx, settings::DEAUTHORIZE_URL, url)?;
        settings::set(tx, settings::ACCOUNTS_PER_PAGE, per_page)?;
        settings::set(tx, settings::USAGE_PERCENT, positive(&form.usage_percent))?;
        settings::set(tx, settings::REGAIN_MINUTES, positive(&form.regain_minutes))?;
        settings::switch(tx, settings::REQUIRE_PROOF, form.require_proof.is_some())?;
        settings::switch(tx, settings::LONG_CODE_TOKENS, form.long_code_tokens.is_some())?;
        settings::switch(tx, settings::EMPTY_PAGES, form.empty_pages.is_some())
    });
    pages::done(saved, "/sandbox/settings")
}

/// A number above zero, or nothing.
fn positive(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| text.parse::<u32>().is_ok_and(|number| number > 0))
}

#[derive(Deserialize)]
pub(crate) struct FaultForm {
    action: String,
    #[serde(default)]
    pattern: String,
    #[serde(default)]
    times: String,
    #[serde(default)]
    preset: String,
}

pub(crate) async fn plan_fault(
    State(sandbox): State<Sandbox>,
    Form(form): Form<FaultForm>,
) -> Response<Body> {
    let error = |code, subcode, http| Some(Fault::Error { code, subcode, http, message: None });
    let fault = match form.preset.as_str() {
        "unavailable" => error(2, None, 503),
        "app_limit" => error(4, None, 403),
        "user_limit" => error(17, None, 400),
        "custom_limit" => error(613, None, 400),
        "instagram_limit" => error(80002, None, 400),
        "blocked" => error(368, None, 400),
        "page_limit" => error(80001, None, 400),
        "token" => error(190, Some(463), 401),
        "slow" => Some(Fault::Slow { ms: 10_000 }),
        "html" => Some(Fault::Html { http: 502 }),
        "drop" => Some(Fault::Drop),
        _ => None,
    };
    let pattern = form.pattern.trim().to_owned();
    let times = form.times.trim().parse().unwrap_or(1);
    let planned = sandbox.db().run(|tx| match (form.action.as_str(), fault) {
        ("clear", _) => faults::clear(tx),
        (_, Some(fault)) if !pattern.is_empty() => faults::plan(tx, &Planned { pattern, times, fault }),
        _ => Ok(()),
    });
    pages::done(planned, "/sandbox/settings")
}
