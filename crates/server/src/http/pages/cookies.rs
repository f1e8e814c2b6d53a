//! Two cookies: which browser this is, and which language it chose.

use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use jetbridge_domain::onboarding::JOURNEY_LIFE;
use jetbridge_domain::secret::Secret;

use super::text::Lang;
use crate::config::Config;

/// Over TLS a cookie belongs to this host alone and never travels in the clear.
fn name(config: &Config, name: &str) -> String {
    if config.secure() { format!("__Host-{name}") } else { name.to_owned() }
}

fn read<'a>(config: &Config, headers: &'a HeaderMap, cookie: &str) -> Option<&'a str> {
    let wanted = name(config, cookie);
    let lines = headers.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, _)| *name == wanted)
        .map(|(_, value)| value)
}

fn write(config: &Config, cookie: &str, value: &str, seconds: i64) -> String {
    let secure = if config.secure() { "; Secure" } else { "" };
    format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", name(config, cookie))
}

/// The browser that asks, if it has been here before.
pub(super) fn browser(config: &Config, headers: &HeaderMap) -> Option<Secret> {
    let value = read(config, headers, "browser")?;
    let plausible =
        value.len() == 43 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    plausible.then(|| Secret::new(value))
}

/// Lets the browser be recognised. Lax: it has to come along when Facebook sends the client back.
pub(super) fn set_browser(config: &Config, browser: &Secret) -> String {
    write(config, "browser", browser.expose(), JOURNEY_LIFE.as_seconds_up())
}

/// The language the client chose on an earlier page.
pub(super) fn language(config: &Config, headers: &HeaderMap) -> Option<Lang> {
    Lang::parse(read(config, headers, "lang")?)
}

/// Keeps the chosen language.
pub(super) fn set_language(config: &Config, lang: Lang) -> String {
    write(config, "lang", lang.code(), 365 * 24 * 3600)
}
