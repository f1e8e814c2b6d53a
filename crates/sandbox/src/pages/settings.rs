//! The app's settings as a dashboard would hold them, configurations, and planned faults.

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::State;
use axum::http::Response;
use rusqlite::Connection;
use serde::Deserialize;

use crate::configurations::{self, Configuration, TokenType};
use crate::faults::presets::{self, Preset};
use crate::faults::{self, Fault, Planned};
use crate::pages::time;
use crate::settings::{Kind, Setting};
use crate::{Error, Sandbox, pages, settings};

/// One setting with what it holds.
struct Line {
    setting: &'static Setting,
    value: String,
}

impl Line {
    fn choices(&self) -> &'static [&'static str] {
        if let Kind::Choice(choices) = self.setting.kind { choices } else { &[] }
    }

    fn is_switch(&self) -> bool {
        self.setting.kind == Kind::Switch
    }

    fn is_number(&self) -> bool {
        self.setting.kind == Kind::Number
    }
}

#[derive(Template)]
#[template(path = "settings.html")]
struct Shown<'a> {
    app_id: &'a str,
    redirect_uris: String,
    lines: Vec<Line>,
    now: String,
    configurations: Vec<Configuration>,
    faults: Vec<(Planned, String)>,
    presets: Vec<&'static Preset>,
}

pub(crate) async fn show(State(sandbox): State<Sandbox>) -> Response<Body> {
    let shown = sandbox.db().run(|tx| {
        let described = |planned: Planned| {
            let text = serde_json::to_string(&planned.fault)?;
            Ok::<_, Error>((planned, text))
        };
        Ok::<_, Error>(Shown {
            app_id: &sandbox.config().app_id,
            redirect_uris: settings::redirect_uris(tx)?.join("\n"),
            lines: settings::ALL.iter().map(|setting| line(tx, setting)).collect::<Result<_, _>>()?,
            now: time::utc(sandbox.now()),
            configurations: configurations::all(tx)?,
            faults: faults::all(tx)?.into_iter().map(described).collect::<Result<_, _>>()?,
            presets: presets::all().collect(),
        })
    });
    pages::page(shown)
}

fn line(tx: &Connection, setting: &'static Setting) -> Result<Line, Error> {
    Ok(Line { setting, value: settings::get(tx, setting.key)?.unwrap_or_default() })
}

/// A box that is not ticked sends nothing, so every setting is stored, sent or not. What cannot be stored stays
/// as it was.
pub(crate) async fn save(
    State(sandbox): State<Sandbox>,
    Form(form): Form<Vec<(String, String)>>,
) -> Response<Body> {
    let given = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
    let uris: Vec<String> = given("redirect_uris")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let saved = sandbox.db().run(|tx| {
        settings::replace_redirect_uris(tx, &uris)?;
        for setting in settings::ALL {
            if let Err(why) = settings::store(tx, setting, given(setting.key))? {
                tracing::warn!(why, "a setting was not changed");
            }
        }
        Ok::<_, Error>(())
    });
    pages::done(saved, "/sandbox/settings")
}

#[derive(Deserialize)]
pub(crate) struct ConfigurationForm {
    action: String,
    id: String,
    #[serde(default)]
    name: String,
    token: Option<TokenType>,
    #[serde(default)]
    permissions: String,
    expires_in_60_days: Option<String>,
}

/// Makes, replaces or removes a configuration. What Meta's dashboard would not take is not stored.
pub(crate) async fn save_configuration(
    State(sandbox): State<Sandbox>,
    Form(form): Form<ConfigurationForm>,
) -> Response<Body> {
    let words = form.permissions.split([',', ' ', '\r', '\n']).filter(|word| !word.is_empty());
    let configuration = Configuration {
        id: form.id.trim().to_owned(),
        name: form.name,
        token: form.token.unwrap_or(TokenType::User),
        permissions: words.map(str::to_owned).collect(),
        expires_in_60_days: form.expires_in_60_days.is_some(),
    };
    let done = sandbox.db().run(|tx| match form.action.as_str() {
        "remove" => configurations::remove(tx, &configuration.id),
        _ if configuration.check().is_ok() => configurations::save(tx, &configuration),
        _ => Ok(()),
    });
    pages::done(done, "/sandbox/settings")
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
    headers: Option<String>,
}

pub(crate) async fn plan_fault(
    State(sandbox): State<Sandbox>,
    Form(form): Form<FaultForm>,
) -> Response<Body> {
    let fault = match form.preset.as_str() {
        "slow" => Fault::Slow { ms: 10_000 },
        "html" => Fault::Html { http: 502 },
        "drop" => Fault::Drop,
        "lost" => Fault::Lost,
        name => Fault::Preset { name: name.to_owned(), headers: form.headers.is_some(), minutes: 5 },
    };
    let pattern = form.pattern.trim().to_owned();
    let times = form.times.trim().parse().unwrap_or(1);
    let planned = sandbox.db().run(|tx| match form.action.as_str() {
        "clear" => faults::clear(tx),
        _ if pattern.is_empty() || fault.check().is_err() => Ok(()),
        _ => faults::plan(tx, &Planned { pattern, times, fault }),
    });
    pages::done(planned, "/sandbox/settings")
}
