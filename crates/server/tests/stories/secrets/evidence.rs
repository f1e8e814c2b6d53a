//! What came out, and where; and the secrets that were made on the way.

use std::collections::BTreeSet;

use serde_json::Value;

use super::CALLBACK;
use crate::support::{Call, Exchange, Received, World};

/// Where a text was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The address that was asked for.
    Target,
    /// What was sent with it: headers and body.
    Asked,
    /// `Location`.
    Location,
    /// `Set-Cookie`.
    Kept,
    /// Any other header of an answer.
    Head,
    /// A page's text.
    Page,
    /// An answer of the API.
    Answer,
    /// A webhook to the partner.
    Webhook,
    /// An address at Meta.
    MetaTarget,
    /// What was sent to Meta beside it.
    MetaAsked,
    /// What Meta answered.
    MetaAnswer,
    /// A log line.
    Log,
    /// The database.
    Database,
}

pub(super) struct Seen {
    pub(super) place: Place,
    pub(super) label: String,
    /// As it came, byte for byte: a database file is no text.
    pub(super) bytes: Vec<u8>,
}

impl Seen {
    pub(super) fn new(place: Place, label: &str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { place, label: label.to_owned(), bytes: bytes.into() }
    }
}

use Place::{
    Answer, Asked, Database, Head, Kept, Location, MetaAnswer, MetaAsked, MetaTarget, Page, Target, Webhook,
};

/// A path without what is secret in it.
pub(super) fn template(target: &str) -> String {
    let path = target.split('?').next().unwrap();
    let Some(rest) = path.strip_prefix("/f/") else { return path.to_owned() };
    let behind = rest.find(['/', '.']).map_or("", |at| &rest[at..]);
    format!("/f/*{behind}")
}

pub(super) fn of_exchange(e: &Exchange, dialog: &str) -> Vec<Seen> {
    let label = format!("{} {}", e.method, template(&e.target));
    let asked =
        |pairs: &[(String, String)]| pairs.iter().map(|(n, v)| format!("{n}: {v}\n")).collect::<String>();
    let mut all = vec![
        Seen::new(Target, &label, e.target.as_str()),
        Seen::new(Asked, &label, format!("{}\n{}", asked(&e.asked), e.form)),
    ];
    for (name, value) in &e.headers {
        let (place, label) = match name.as_str() {
            "location" if value.starts_with(dialog) => (Location, format!("to the dialog: {label}")),
            "location" if value.starts_with("/f/") => (Location, format!("to a link: {label}")),
            "location" => (Location, format!("elsewhere: {label}")),
            "set-cookie" => (Kept, label.clone()),
            _ => (Head, label.clone()),
        };
        all.push(Seen::new(place, &label, value.as_str()));
    }
    let place = if e.target.starts_with("/api") { Answer } else { Page };
    all.push(Seen::new(place, &label, e.body.as_str()));
    all
}

pub(super) fn of_call(call: &Call) -> [Seen; 3] {
    let label = format!("{} {}", call.method, call.path);
    let seen = |place, text: String| Seen::new(place, &label, text);
    [
        seen(MetaTarget, format!("{}?{}", call.path, call.query)),
        seen(MetaAsked, format!("{}\n{}", call.authorization, call.body)),
        seen(MetaAnswer, call.answer.clone()),
    ]
}

pub(super) fn of_webhook(webhook: &Received) -> Seen {
    let head = format!("{:?}\n", webhook.headers).into_bytes();
    Seen::new(Webhook, webhook.name(), [head, webhook.raw.clone()].concat())
}

/// The database as whoever steals it has it: every value, and with SQLite every byte of its files.
pub(super) async fn of_database(world: &World) -> Vec<Seen> {
    let mut all = vec![Seen::new(Database, "rows", world.state().await.text())];
    if let Some(path) = world.database.strip_prefix("sqlite:") {
        for file in ["", "-wal", "-shm"] {
            let bytes = std::fs::read(format!("{path}{file}")).unwrap();
            all.push(Seen::new(Database, file, bytes));
        }
    }
    all
}

/// Every value under `name` in a JSON, at any depth.
fn values(json: &Value, name: &str, into: &mut BTreeSet<String>) {
    match json {
        Value::Object(fields) => {
            for (key, value) in fields {
                if let (true, Some(text)) = (key == name, value.as_str()) {
                    into.insert(text.to_owned());
                }
                values(value, name, into);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| values(value, name, into)),
        _ => {}
    }
}

fn query(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1.split('#').next()?;
    url::form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
}

/// What the flows brought to light: everything that was made on the way and is secret.
pub(super) fn found(exchanges: &[Exchange], calls: &[Call]) -> Vec<(&'static str, String)> {
    let mut all = BTreeSet::new();
    for e in exchanges {
        for (name, value) in &e.headers {
            if name == "location" {
                all.extend(query(value, "state").map(|s| ("state", s)));
            }
            if let ("set-cookie", Some(rest)) = (name.as_str(), value.strip_prefix("browser=")) {
                all.insert(("browser", rest.split(';').next().unwrap().to_owned()));
            }
        }
        if e.target.starts_with(CALLBACK) && e.status == 303 {
            all.extend(query(&e.target, "code").map(|c| ("code", c)));
        }
        all.extend(
            e.body
                .split("name=\"csrf\" value=\"")
                .skip(1)
                .map(|v| ("csrf", v.split('"').next().unwrap().to_owned())),
        );
        if let Ok(json) = serde_json::from_str::<Value>(&e.body) {
            for (field, kind) in [("access_token", "access token"), ("param", "param")] {
                let mut of_field = BTreeSet::new();
                values(&json, field, &mut of_field);
                all.extend(of_field.into_iter().map(|v| (kind, v)));
            }
        }
    }
    for call in calls {
        let mut tokens = BTreeSet::new();
        if let Ok(json) = serde_json::from_str::<Value>(&call.answer) {
            values(&json, "access_token", &mut tokens);
        }
        let kind = if call.path.ends_with("/oauth/access_token") { "user token" } else { "Page token" };
        all.extend(tokens.into_iter().map(|t| (kind, t)));
        let proof =
            call.form("appsecret_proof").or_else(|| query(&format!("?{}", call.query), "appsecret_proof"));
        all.extend(proof.map(|p| ("proof of a token", p)));
    }
    all.into_iter().collect()
}
