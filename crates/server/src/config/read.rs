//! Reading one key after the other, with every mistake kept: which key, where it was set, and what
//! to write instead.

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use ipnet::IpNet;
use jetbridge_domain::delivery::RetryPolicy;
use jetbridge_domain::seal::{KeyRing, Pepper};
use jetbridge_domain::secret::Secret;
use jetbridge_store::db::Location;
use jetbridge_store::tokens::GuessPolicy;
use toml::{Table, Value};
use url::Url;

use super::{Limits, Log, MetaConfig, Mistakes, Webhooks, seconds};

/// The variables that begin with `JETBRIDGE_`.
#[derive(Debug, Clone, Default)]
pub struct Environment(pub Vec<(String, String)>);

impl Environment {
    /// Those of this process, but for `JETBRIDGE_TEST_...`, which tell the tests where their tools are.
    pub fn of_process() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place where the environment is read")]
        let all = std::env::vars();
        Self(all.filter(|(n, _)| n.starts_with("JETBRIDGE_") && !n.starts_with("JETBRIDGE_TEST_")).collect())
    }
}

pub(super) struct Reader {
    values: Vec<(String, Value, Source)>,
    pub(super) mistakes: Vec<String>,
}

#[derive(Clone)]
enum Source {
    Default,
    File(PathBuf),
    Variable(String),
}

impl Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Default => write!(f, "not set"),
            Self::File(path) => write!(f, "in {}", path.display()),
            Self::Variable(name) => write!(f, "in the variable {name}"),
        }
    }
}

fn flat(table: &Table) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    for (key, value) in table {
        match value {
            Value::Table(section) => {
                out.extend(flat(section).into_iter().map(|(inner, v)| (format!("{key}.{inner}"), v)));
            }
            other => out.push((key.clone(), other.clone())),
        }
    }
    out
}

fn variable(key: &str) -> String {
    format!("JETBRIDGE_{}", key.replace('.', "_").to_uppercase())
}

/// The known name that is most like a wrong one.
fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |name: &str| {
        let (a, b): (Vec<char>, Vec<char>) = (wrong.chars().collect(), name.chars().collect());
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.iter().enumerate() {
            let mut diagonal = i;
            let mut left = i + 1;
            let mut next = vec![left];
            for (y, above) in b.iter().zip(row.iter().skip(1)) {
                left = (diagonal + usize::from(x != y)).min(above + 1).min(left + 1);
                diagonal = *above;
                next.push(left);
            }
            row = next;
        }
        row.last().copied().unwrap_or(usize::MAX)
    };
    known.map(|name| (distance(name), name)).filter(|(d, _)| *d <= 5).min().map(|(_, name)| name)
}

impl Reader {
    pub(super) fn new(
        defaults: &str,
        file: Option<&Path>,
        environment: &Environment,
    ) -> Result<Self, Mistakes> {
        let parse = |text: &str, name: &str| {
            text.parse::<Table>().map_err(|e| Mistakes(vec![format!("{name} is not TOML: {e}")]))
        };
        let defaults = flat(&parse(defaults, "the built-in default")?);
        let mut reader = Self {
            values: defaults.into_iter().map(|(k, v)| (k, v, Source::Default)).collect(),
            mistakes: Vec::new(),
        };
        if let Some(path) = file {
            let name = path.display().to_string();
            let text = std::fs::read_to_string(path)
                .map_err(|e| Mistakes(vec![format!("{name} cannot be read: {e}")]))?;
            for (key, value) in flat(&parse(&text, &name)?) {
                reader.set(&key, value, Source::File(path.to_owned()));
            }
        }
        for (name, text) in &environment.0 {
            reader.set_variable(name, text);
        }
        Ok(reader)
    }

    fn keys_known(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(|(k, _, _)| k.as_str())
    }

    fn set(&mut self, key: &str, value: Value, source: Source) {
        if let Some(entry) = self.values.iter_mut().find(|(k, _, _)| k == key) {
            if entry.1.same_type(&value) {
                entry.1 = value;
                entry.2 = source;
            } else {
                let wanted = entry.1.type_str();
                self.mistakes.push(format!("{key} ({source}) must be of the kind {wanted}"));
            }
            return;
        }
        let hint =
            nearest(key, self.keys_known()).map(|k| format!("; did you mean {k}?")).unwrap_or_default();
        self.mistakes.push(format!("there is no key {key} ({source}){hint}"));
    }

    fn set_variable(&mut self, name: &str, text: &str) {
        let Some(key) = self.keys_known().find(|k| variable(k) == name).map(str::to_owned) else {
            let names: Vec<String> = self.keys_known().map(variable).collect();
            let hint = nearest(name, names.iter().map(String::as_str))
                .map(|n| format!("; did you mean {n}?"))
                .unwrap_or_default();
            self.mistakes.push(format!("there is no setting for the variable {name}{hint}"));
            return;
        };
        let source = Source::Variable(name.to_owned());
        let items = || text.split(',').map(str::trim).filter(|t| !t.is_empty());
        let value = match self.value(&key) {
            Value::Integer(_) => text.trim().parse().ok().map(Value::Integer),
            Value::Boolean(_) => text.trim().parse().ok().map(Value::Boolean),
            Value::Array(old) if old.iter().all(Value::is_integer) && !old.is_empty() => items()
                .map(|t| t.parse().ok().map(Value::Integer))
                .collect::<Option<Vec<_>>>()
                .map(Value::Array),
            Value::Array(_) => Some(Value::Array(items().map(|t| Value::String(t.to_owned())).collect())),
            _ => Some(Value::String(text.to_owned())),
        };
        match value {
            Some(value) => self.set(&key, value, source),
            None => self.mistakes.push(format!("{key} ({source}) must be a number")),
        }
    }

    fn value(&self, key: &str) -> Value {
        self.values
            .iter()
            .find(|(k, _, _)| k == key)
            .map_or(Value::String(String::new()), |(_, v, _)| v.clone())
    }

    pub(super) fn mistake(&mut self, key: &str, what: &str) {
        let source = self.values.iter().find(|(k, _, _)| k == key).map_or(Source::Default, |e| e.2.clone());
        self.mistakes.push(format!("{key} ({source}, or {}): {what}", variable(key)));
    }

    fn text(&self, key: &str) -> String {
        self.value(key).as_str().unwrap_or_default().trim().to_owned()
    }

    pub(super) fn texts(&self, key: &str) -> Vec<String> {
        let list = self.value(key).as_array().cloned().unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(|t| t.trim().to_owned()).collect()
    }

    pub(super) fn parsed<T: FromStr>(&mut self, key: &str, wanted: &str) -> Option<T> {
        let parsed = self.text(key).parse().ok();
        if parsed.is_none() {
            self.mistake(key, &format!("must be {wanted}"));
        }
        parsed
    }

    pub(super) fn number<T: TryFrom<i64>>(&mut self, key: &str, least: i64, most: i64) -> Option<T> {
        let n = self.value(key).as_integer().filter(|n| (least..=most).contains(n));
        if n.is_none() {
            self.mistake(key, &format!("must be a whole number from {least} to {most}"));
        }
        n.and_then(|n| T::try_from(n).ok())
    }

    fn needed(&mut self, key: &str, what: &str) -> Option<String> {
        let text = self.text(key);
        if text.is_empty() {
            self.mistake(key, &format!("must be set: {what}"));
            return None;
        }
        Some(text)
    }

    fn secret_text(&mut self, key: &str, text: &str) -> Option<Secret> {
        let Some(path) = text.strip_prefix("file:") else { return Some(Secret::new(text)) };
        match std::fs::read_to_string(path) {
            Ok(content) => Some(Secret::new(content.trim())),
            Err(e) => {
                self.mistake(key, &format!("the file {path} cannot be read: {e}"));
                None
            }
        }
    }

    fn secret(&mut self, key: &str, what: &str) -> Option<Secret> {
        let text = self.needed(key, what)?;
        let secret = self.secret_text(key, &text)?;
        let dull = ["secret", "changeme", "change-me", "default", "password", "test"];
        if secret.expose().len() < 8 || dull.contains(&secret.expose().to_lowercase().as_str()) {
            self.mistake(key, "is too short or too well known to be a secret");
            return None;
        }
        Some(secret)
    }

    pub(super) fn base_url(&mut self, key: &str) -> Option<Url> {
        let text = self.needed(key, "an address such as https://connect.example.com")?;
        let url = Url::parse(&text).ok().filter(|u| {
            matches!(u.scheme(), "http" | "https")
                && u.host().is_some()
                && u.path() == "/"
                && u.query().is_none()
                && u.fragment().is_none()
                && u.username().is_empty()
        });
        if url.is_none() {
            self.mistake(key, "must be an http or https address without a path");
        }
        url
    }

    pub(super) fn database(&mut self) -> Option<Location> {
        let text = self.text("database_url");
        match text.parse() {
            Ok(location) => Some(location),
            Err(why) => {
                self.mistake("database_url", &format!("{why}"));
                None
            }
        }
    }

    pub(super) fn meta(&mut self) -> Option<MetaConfig> {
        let app_id = self.needed("meta.app_id", "the Meta app's id");
        let app_secret = self.secret("meta.app_secret", "the Meta app's secret");
        let verify_token = self.secret("meta.verify_token", "a text of your own, at least 8 characters");
        let version = self.text("meta.graph_version");
        let well_formed = version.strip_prefix('v').and_then(|v| v.split_once('.')).is_some_and(|(a, b)| {
            [a, b].iter().all(|n| !n.is_empty() && n.bytes().all(|c| c.is_ascii_digit()))
        });
        if !well_formed {
            self.mistake("meta.graph_version", "must look like v25.0");
        }
        let graph_url = self.base_url("meta.graph_url");
        let dialog_url = self.base_url("meta.dialog_url");
        let timeout: Option<u32> = self.number("meta.timeout_seconds", 1, 120);
        let media_check: Option<u32> = self.number("meta.media_check_seconds", 0, 20);
        Some(MetaConfig {
            app_id: app_id?,
            app_secret: app_secret?,
            verify_token: verify_token?,
            graph_version: version,
            graph_url: graph_url?,
            dialog_url: dialog_url?,
            login_config_id: Some(self.text("meta.login_config_id")).filter(|t| !t.is_empty()),
            timeout: Duration::from_secs(u64::from(timeout?)),
            media_check: Duration::from_secs(u64::from(media_check?)),
        })
    }

    pub(super) fn keys(&mut self) -> Option<KeyRing> {
        let mut secrets = Vec::new();
        for text in self.texts("secrets.keys") {
            secrets.push(self.secret_text("secrets.keys", &text)?);
        }
        match KeyRing::parse(&secrets) {
            Ok(ring) => Some(ring),
            Err(why) => {
                self.mistake("secrets.keys", &format!("{why}; `jetbridge keys` makes one"));
                None
            }
        }
    }

    pub(super) fn pepper(&mut self) -> Option<Pepper> {
        let text = self.needed("secrets.pepper", "`jetbridge keys` makes one")?;
        let secret = self.secret_text("secrets.pepper", &text)?;
        match Pepper::parse(&secret) {
            Ok(pepper) => Some(pepper),
            Err(why) => {
                self.mistake("secrets.pepper", &why.to_string());
                None
            }
        }
    }

    fn networks(&mut self, key: &str) -> Vec<IpNet> {
        let mut out = Vec::new();
        for text in self.texts(key) {
            match text.parse() {
                Ok(net) => out.push(net),
                Err(_) => self.mistake(key, &format!("\"{text}\" is not a network such as 10.0.0.0/8")),
            }
        }
        out
    }

    fn duration(&mut self, key: &str, least: i64, most: i64) -> Option<Duration> {
        self.number::<u32>(key, least, most).map(|n| Duration::from_secs(u64::from(n)))
    }

    pub(super) fn limits(&mut self) -> Option<Limits> {
        let partner = self.number("limits.partner_requests_per_minute", 0, 10_000_000);
        let address = self.number("limits.address_requests_per_minute", 0, 10_000_000);
        let connections = self.number("limits.connections", 1, 1_000_000);
        let header_time = self.duration("limits.header_seconds", 1, 300);
        let body_time = self.duration("limits.body_seconds", 1, 600);
        let tries = self.number("limits.wrong_tries", 1, 1000);
        let window: Option<u32> = self.number("limits.wrong_tries_window_seconds", 1, 86_400);
        let block: Option<u32> = self.number("limits.wrong_tries_block_seconds", 1, 86_400);
        let trusted_proxies = self.networks("limits.trusted_proxies");
        Some(Limits {
            partner_per_minute: partner?,
            address_per_minute: address?,
            connections: connections?,
            header_time: header_time?,
            body_time: body_time?,
            guesses: GuessPolicy { most: tries?, window: seconds(window?), block: seconds(block?) },
            trusted_proxies,
        })
    }

    pub(super) fn webhooks(&mut self) -> Option<Webhooks> {
        let timeout = self.duration("webhooks.timeout_seconds", 1, 30);
        let give_up: Option<u32> = self.number("webhooks.give_up_after_seconds", 60, 2_592_000);
        let hold: Option<u32> = self.number("webhooks.hold_seconds", 0, 86_400);
        let concurrency = self.number("webhooks.concurrency", 1, 10_000);
        let allow_networks = self.networks("webhooks.allow_networks");
        let list = self.value("webhooks.retry_waits_seconds").as_array().cloned().unwrap_or_default();
        let waits: Option<Vec<u32>> =
            list.iter().map(|v| v.as_integer().and_then(|n| u32::try_from(n).ok())).collect();
        if waits.as_ref().is_none_or(Vec::is_empty) {
            self.mistake("webhooks.retry_waits_seconds", "must be a list of at least one number of seconds");
        }
        Some(Webhooks {
            timeout: timeout?,
            retry: RetryPolicy {
                waits: waits?.into_iter().map(seconds).collect(),
                give_up_after: seconds(give_up?),
                hold: seconds(hold?),
                ..RetryPolicy::default()
            },
            concurrency: concurrency?,
            allow_networks,
        })
    }

    pub(super) fn log(&mut self) -> Option<Log> {
        let format = self.text("log.format");
        if !["json", "text"].contains(&format.as_str()) {
            self.mistake("log.format", "must be \"json\" or \"text\"");
            return None;
        }
        Some(Log { json: format == "json", filter: self.text("log.filter") })
    }
}
