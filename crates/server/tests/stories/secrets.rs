//! What must not leak, and what must not start.
//!
//! One story goes through every flow with secrets that occur nowhere else, and through refusals, Meta's errors,
//! the database's and a panic. Everything that came out is then searched for all of them: logs, answers, pages,
//! addresses, webhooks, the database's bytes. A table says where each may be, and must have been.

mod evidence;
mod run;
mod search;

use jetbridge::app::context::StartError;

use crate::support::{Engine, Front, Logs, World, on_both_engines};
use evidence::Place::{
    self, Answer, Asked, Database, Kept, Location, Log, MetaAnswer, MetaAsked, MetaTarget, Page, Target,
    Webhook,
};
use evidence::{Seen, found, of_call, of_database, of_exchange, of_webhook};
use run::{Run, unique_key};
use search::search;

const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";
const VERIFY_TOKEN: &str = "a-verify-token-of-this-story-alone";
const CALLBACK: &str = "/oauth/callback/facebook";

on_both_engines! {
    /// With other keys or another pepper the program refuses to start on a database.
    async fn wrong_keys_refuse_to_start(world: World) {
        let (key, pepper) = (format!("1:{}=", "C".repeat(42) + "A"), format!("{}=", "D".repeat(42) + "A"));
        let wrong = world.reopen(&[("SECRETS_KEYS", &key)]).await;
        assert!(matches!(wrong, Err(StartError::WrongKeys)));
        let wrong = world.reopen(&[("SECRETS_PEPPER", &pepper)]).await;
        assert!(matches!(wrong, Err(StartError::WrongPepper)));
        let rotated = format!("2:{}=,1:{}=", "C".repeat(42) + "A", "A".repeat(43));
        assert!(world.reopen(&[("SECRETS_KEYS", &rotated)]).await.is_ok());
    }
}

/// Each kind of secret, and where it may be: the place, and how its label begins. It must have been in the first.
const TABLE: &[(&str, &[(Place, &str)])] = &[
    ("client secret", &[(Asked, "POST /api/settings/accessToken")]),
    ("rotated client secret", &[(Asked, "POST /api/settings/accessToken")]),
    ("wrong client secret", &[(Asked, "POST /api/settings/accessToken")]),
    (
        "access token",
        &[
            (Answer, "POST /api/settings/accessToken"),
            (Asked, "POST /api/"),
            (Asked, "GET /api/"),
            (Asked, "DELETE /api/"),
        ],
    ),
    ("wrong access token", &[(Asked, "GET /api/")]),
    (
        "signing secret",
        &[(Answer, "POST /api/settings/setWebhook"), (Answer, "POST /api/settings/rotateWebhookSecret")],
    ),
    ("rotated signing secret", &[(Answer, "POST /api/settings/rotateWebhookSecret")]),
    ("app secret", &[(MetaAsked, ""), (MetaAnswer, "")]),
    ("verify token", &[(Target, "GET /meta/webhook")]),
    ("wrong verify token", &[(Target, "GET /meta/webhook")]),
    ("user token", &[(MetaAnswer, "POST /oauth/access_token"), (MetaAsked, ""), (MetaAnswer, "")]),
    ("Page token", &[(MetaAnswer, "GET /"), (MetaAsked, ""), (MetaAnswer, "")]),
    ("proof of a token", &[(MetaAsked, ""), (MetaTarget, ""), (MetaAnswer, "")]),
    (
        "code",
        &[
            (Target, "GET /oauth/callback/facebook"),
            (MetaAsked, "POST /oauth/access_token"),
            (MetaAnswer, ""),
        ],
    ),
    ("state", &[(Location, "to the dialog: POST /f/*/continue"), (Target, "GET /oauth/callback/facebook")]),
    (
        "param",
        &[
            (Answer, "POST /api/facebook/createOnboarding"),
            (Answer, "GET /api/facebook/get"),
            (Target, "GET /f/*"),
            (Target, "POST /f/*/"),
            (Target, "GET /api/facebook/getOnboarding"),
            (Location, "to a link: "),
            (Page, "GET /f/*"),
            (Page, "POST /f/*/"),
            (Webhook, ""),
        ],
    ),
    (
        "browser",
        &[
            (Kept, "GET /f/*"),
            (Kept, "POST /f/*/continue"),
            (Asked, "GET /f/*"),
            (Asked, "POST /f/*/"),
            (Asked, "GET /oauth/callback/facebook"),
        ],
    ),
    ("csrf", &[(Page, "GET /f/*"), (Asked, "POST /f/*/")]),
    ("wrong csrf", &[(Asked, "POST /f/*/")]),
    ("sealing key", &[]),
    ("pepper", &[]),
];

/// The story of a whole life, and the search through what it left.
async fn no_secret_leaks(engine: Engine) {
    let logs = Logs::listen();
    let (key, pepper) = (unique_key(), unique_key());
    let settings = [
        ("SECRETS_KEYS", format!("1:{key}")),
        ("SECRETS_PEPPER", pepper.clone()),
        ("META_VERIFY_TOKEN", VERIFY_TOKEN.to_owned()),
        ("LIMITS_WRONG_TRIES", "1000".to_owned()),
    ];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let (world, door, front) = Front::world(engine, &settings).await;
    let partner = world.partner("Shop CRM").await;
    let mut run = Run { world, door, front, partner, secrets: Vec::new(), webhooks: Vec::new() };
    run.know("app secret", APP_SECRET);
    run.know("verify token", VERIFY_TOKEN);
    run.know("sealing key", &key);
    run.know("pepper", &pepper);
    run.credentials().await;
    run.journey().await;
    run.ending().await;
    let panicked = run.panics().await;
    run.broken().await;
    run.world.sweep().await;

    let (exchanges, calls) = (run.front.exchanges(), run.door.calls());
    let mut secrets = run.secrets.clone();
    secrets.extend(found(&exchanges, &calls));
    let mut evidence: Vec<Seen> = exchanges.iter().flat_map(|e| of_exchange(e, &run.world.sandbox)).collect();
    evidence.extend(calls.iter().flat_map(of_call));
    evidence.extend(run.webhooks.iter().map(of_webhook));
    evidence.extend(panicked);
    evidence.extend(of_database(&run.world).await);
    for (text, form) in logs.heard().into_iter().zip(["text", "JSON"]) {
        for line in
            ["answered", "a handler panicked", "Meta did not do its part", "the database did not do its part"]
        {
            assert!(text.contains(line), "the log as {form} has no line {line:?}");
        }
        assert!(text.contains("TRACE"), "every level is heard");
        evidence.push(Seen::new(Log, form, text));
    }
    assert!(run.webhooks.len() >= 3, "{:?}", run.webhooks.len());
    assert!(
        evidence.iter().any(|seen| seen.place == Database && holds(&seen.bytes, "shop-7")),
        "data lies there"
    );
    search(&secrets, &evidence);
    sealed_with(&run.world).await;
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// The key and the pepper that nothing may show were those in use: with others the database does not open.
async fn sealed_with(world: &World) {
    let (key, pepper) = (format!("1:{}", unique_key()), unique_key());
    assert!(matches!(world.reopen(&[("SECRETS_KEYS", &key)]).await, Err(StartError::WrongKeys)));
    assert!(matches!(world.reopen(&[("SECRETS_PEPPER", &pepper)]).await, Err(StartError::WrongPepper)));
    assert!(world.reopen(&[]).await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaks_with_sqlite() {
    no_secret_leaks(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaks_with_postgres() {
    no_secret_leaks(Engine::Postgres).await;
}
