//! The gateway and the sandbox in one process, on one clock.

use std::path::PathBuf;
use std::sync::Arc;

use jetbridge::app::{App, partners};
use jetbridge::config::{Config, Environment};
use jetbridge::http::CALLBACK_PATH;
use jetbridge::http::listener::{self, Bounds};
use jetbridge::http::router::{Web, router};
use jetbridge::worker::{deliver, sweep};
use jetbridge_domain::clock::{Clock, Span, Time};
use jetbridge_domain::entropy::Entropy;
use jetbridge_sandbox::Sandbox;
use jetbridge_store::db::Db;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Browser, Partner};

const APP_ID: &str = "2026000000000001";
const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) url: String,
    pub(crate) sandbox: String,
    pub(crate) http: reqwest::Client,
    pub(crate) database: String,
    settings: Vec<(String, String)>,
    entropy: Entropy,
    stop: CancellationToken,
    cleanup: Option<(String, String)>,
    _folder: tempfile::TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
        // A PostgreSQL database of its own is dropped with the cluster that the test run started.
        drop(self.cleanup.take());
    }
}

fn variable(name: &str) -> String {
    #[expect(clippy::disallowed_methods, reason = "the test run says where PostgreSQL is")]
    let value = std::env::var(name);
    value.unwrap_or_else(|_| panic!("{name} is not set: run the tests with `cargo xtask test`"))
}

async fn new_postgres_database() -> (String, String) {
    let admin = variable("JETBRIDGE_TEST_POSTGRES");
    let bytes: [u8; 8] = Entropy::system().bytes().unwrap();
    let name = bytes.iter().fold("story_".to_owned(), |text, b| format!("{text}{b:02x}"));
    let (client, connection) = tokio_postgres::connect(&admin, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (server, _) = admin.rsplit_once('/').unwrap();
    (format!("{server}/{name}"), name)
}

impl World {
    pub(crate) async fn start(engine: Engine) -> Self {
        Self::start_with(engine, &[]).await
    }

    pub(crate) async fn start_with(engine: Engine, more: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (database, cleanup) = match engine {
            Engine::Sqlite => (format!("sqlite:{}", folder.path().join("jetbridge.sqlite").display()), None),
            Engine::Postgres => {
                let (url, name) = new_postgres_database().await;
                (url.clone(), Some((url, name)))
            }
        };
        let clock = Clock::manual(Time::from_seconds(1_800_000_000));
        let (gateway, beside) = (listen().await, listen().await);
        let url = format!("http://{}", gateway.local_addr().unwrap());
        let sandbox = format!("http://{}", beside.local_addr().unwrap());
        let settings = settings(&url, &sandbox, &database, more);
        let entropy = Entropy::system();
        let app = open(&settings, &clock, &entropy).await;
        let stop = CancellationToken::new();
        serve_sandbox(beside, &sandbox, &url, &clock, folder.path().join("sandbox.sqlite"), &stop);
        let bounds = Bounds { connections: 500, header_time: std::time::Duration::from_secs(5) };
        let web = router(Web::new(app.clone(), stop.clone()));
        tokio::spawn(listener::serve(gateway, web, bounds, stop.clone()));
        #[expect(clippy::disallowed_methods, reason = "a test's own client")]
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { app, clock, url, sandbox, http, database, settings, entropy, stop, cleanup, _folder: folder }
    }

    pub(crate) async fn partner(&self, name: &str) -> Partner {
        let credentials = partners::new_credentials(&self.app).unwrap();
        partners::create(&self.app, name, &credentials).await.unwrap();
        Partner::log_in(self, credentials).await
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.http.clone(), &self.url, &self.sandbox)
    }

    /// Delivers everything that is due at this moment of the clock.
    pub(crate) async fn deliver(&self) -> usize {
        deliver::deliver_due(&self.app).await.unwrap()
    }

    pub(crate) async fn sweep(&self) {
        sweep::sweep(&self.app).await.unwrap();
    }

    pub(crate) fn pass(&self, span: Span) {
        self.clock.advance(span);
    }

    /// Another process on the same database, with these settings changed.
    pub(crate) async fn reopen(
        &self,
        changed: &[(&str, &str)],
    ) -> Result<App, jetbridge::app::context::StartError> {
        let mut settings = self.settings.clone();
        settings.extend(changed.iter().map(|(k, v)| (format!("JETBRIDGE_{k}"), (*v).to_owned())));
        let config = Config::load(None, &Environment(settings)).unwrap();
        App::open(config, self.clock.clone(), self.entropy.clone()).await
    }

    /// Calls the sandbox's control API.
    pub(crate) async fn control(&self, method: &str, path: &str, body: Value) -> Value {
        let url = format!("{}/sandbox/api/{path}", self.sandbox);
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let answer = self.http.request(method, url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
        answer.json().await.unwrap()
    }

    /// The fields the app is subscribed to on a Page, as the sandbox has them.
    pub(crate) async fn page_fields(&self, page: &str) -> Vec<String> {
        let world = self.control("GET", "world", Value::Null).await;
        let pages = world["pages"].as_array().unwrap();
        let row = pages.iter().find(|row| row["id"] == page).unwrap();
        let fields = row["subscribed_fields"].as_array().cloned().unwrap_or_default();
        fields.iter().map(|field| field.as_str().unwrap().to_owned()).collect()
    }

    /// Waits until the gateway has taken something in: what the sandbox sends arrives by itself.
    pub(crate) async fn news(&self) {
        let arrived = async {
            tokio::select! {
                () = self.app.wake.notified() => {}
                () = self.app.leads.notified() => {}
            }
        };
        // Nothing is measured here: a busy machine takes its time.
        let patience = std::time::Duration::from_secs(60);
        tokio::time::timeout(patience, arrived).await.expect("nothing came in within a minute");
    }

    /// Whether the sandbox's person still has the app.
    pub(crate) async fn connected(&self, person: &str) -> bool {
        let world = self.control("GET", "world", Value::Null).await;
        let people = world["people"].as_array().unwrap();
        people.iter().find(|p| p["id"] == person).unwrap()["connected"] == true
    }

    /// What came of every attempt to deliver.
    pub(crate) async fn outcomes(&self) -> Vec<String> {
        self.rows("SELECT outcome FROM attempts ORDER BY at").await.into_iter().flatten().collect()
    }

    pub(crate) async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        match self.database.strip_prefix("sqlite:") {
            Some(path) => sqlite_rows(path, sql),
            None => postgres_rows(&self.database, sql).await,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn sqlite_rows(path: &str, sql: &str) -> Vec<Vec<String>> {
    use rusqlite::types::ValueRef;
    let db = rusqlite::Connection::open(path).unwrap();
    let mut statement = db.prepare(sql).unwrap();
    let columns = statement.column_count();
    let text = |value: ValueRef<'_>| match value {
        ValueRef::Null => String::new(),
        ValueRef::Integer(n) => n.to_string(),
        ValueRef::Real(n) => n.to_string(),
        ValueRef::Text(t) => String::from_utf8_lossy(t).into_owned(),
        ValueRef::Blob(b) => hex(b),
    };
    let rows = statement
        .query_map([], |row| (0..columns).map(|n| row.get_ref(n).map(text)).collect::<Result<Vec<_>, _>>());
    rows.unwrap().map(Result::unwrap).collect()
}

async fn postgres_rows(url: &str, sql: &str) -> Vec<Vec<String>> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let rows = client.simple_query(sql).await.unwrap();
    rows.iter()
        .filter_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|n| row.get(n).unwrap_or_default().to_owned()).collect())
            }
            _ => None,
        })
        .collect()
}

async fn listen() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

fn settings(url: &str, sandbox: &str, database: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let key = format!("1:{}=", "A".repeat(43));
    let pepper = format!("{}A=", "B".repeat(42));
    let own = [
        ("PUBLIC_URL", url),
        ("DATABASE_URL", database),
        ("META_APP_ID", APP_ID),
        ("META_APP_SECRET", APP_SECRET),
        ("META_VERIFY_TOKEN", "a-verify-token"),
        ("META_GRAPH_URL", sandbox),
        ("META_DIALOG_URL", sandbox),
        ("SECRETS_KEYS", &key),
        ("SECRETS_PEPPER", &pepper),
        ("DATABASE_POOL_SIZE", "5"),
        ("WEBHOOKS_ALLOW_NETWORKS", "127.0.0.0/8"),
        ("WEBHOOKS_TIMEOUT_SECONDS", "2"),
    ];
    own.iter().chain(more).map(|(name, value)| (format!("JETBRIDGE_{name}"), (*value).to_owned())).collect()
}

async fn open(settings: &[(String, String)], clock: &Clock, entropy: &Entropy) -> App {
    let config = Config::load(None, &Environment(settings.to_vec())).unwrap();
    let db = Db::open(&config.database, jetbridge_store::db::Options::default()).await.unwrap();
    db.migrate(clock.now()).await.unwrap();
    db.close().await;
    App::open(config, clock.clone(), entropy.clone()).await.unwrap()
}

fn serve_sandbox(
    beside: TcpListener,
    sandbox: &str,
    url: &str,
    clock: &Clock,
    data_file: PathBuf,
    stop: &CancellationToken,
) {
    let config = jetbridge_sandbox::Config {
        data_file,
        app_id: APP_ID.to_owned(),
        app_secret: APP_SECRET.to_owned(),
        app_name: "Stories".to_owned(),
        graph_version: "v25.0".to_owned(),
        redirect_uris: vec![format!("{url}{CALLBACK_PATH}")],
        public_url: sandbox.to_owned(),
    };
    let clock = clock.clone();
    let world = Sandbox::open_at(config, Arc::new(move || clock.now().as_seconds())).unwrap();
    let bounds = Bounds { connections: 500, header_time: std::time::Duration::from_secs(5) };
    tokio::spawn(listener::serve(beside, world.router(), bounds, stop.clone()));
}
