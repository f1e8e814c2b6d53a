//! A simulation of the parts of Meta's platform that an integration talks to: the login dialog, the Graph API for
//! tokens, assets, subscriptions and content, and the webhooks themselves.
//!
//! It is true to Meta, not to whoever calls it: it depends on no other crate of this workspace and shares no
//! types with our client, because a misunderstanding written twice is found and one written once hides.
//! Everything it knows lies in one SQLite file, committed before it answers.
//!
//! Where to start: [`world`] says who lives here and under which ids, `graph` is the API, `messaging` the
//! conversations behind it, `content` what is published and said in public, `dialog` the login pages (with the
//! names of all form controls), `control` the switches under `/sandbox/api/`, `settings` the list of the app's
//! settings, `faults` the errors that can be ordered.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use axum::Router;

mod businesses;
mod changes;
mod clock;
mod configurations;
mod content;
mod control;
mod db;
mod dialog;
mod faults;
mod grants;
mod graph;
mod inspector;
mod messaging;
mod pages;
mod random;
mod seed;
mod settings;
mod sign;
mod tokens;
mod webhooks;
pub mod world;

/// What the sandbox is told when it starts: the app that Meta's dashboard would hold.
#[derive(Clone, Debug)]
pub struct Config {
    /// Its own SQLite file; `:memory:` keeps nothing.
    pub data_file: PathBuf,
    /// The app id, a string of digits.
    pub app_id: String,
    /// The app secret: signs webhooks and proves calls.
    pub app_secret: String,
    /// The app's name as the dialog shows it.
    pub app_name: String,
    /// The one version that answers, such as `v25.0`.
    pub graph_version: String,
    /// "Valid OAuth Redirect URIs" of the dashboard; added to those already stored.
    pub redirect_uris: Vec<String>,
    /// Where the sandbox is reached, for `paging.next` and pictures, without a final slash.
    pub public_url: String,
}

/// Why the sandbox could not do something.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database file could not be opened, read or written.
    #[error("the sandbox's database failed")]
    Database(#[from] rusqlite::Error),
    /// The database holds something that this version did not write.
    #[error("the sandbox's database holds a value it cannot read: {0}")]
    Corrupt(String),
    /// The system gave no randomness.
    #[error("the system gave no randomness")]
    Random,
    /// The client for outgoing requests could not be built.
    #[error("the client for outgoing requests could not be built")]
    Client(#[source] reqwest::Error),
    /// A page could not be rendered.
    #[error("a page could not be rendered")]
    Page(#[from] askama::Error),
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Error::Corrupt(error.to_string())
    }
}

/// Seconds since 1970, from outside, so that tests can move time.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The running sandbox; clones share one world.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
}

struct Inner {
    db: db::Db,
    config: Config,
    clock: Clock,
    /// Seconds by which the clock was moved forward by hand; the settings hold it too.
    offset: AtomicI64,
    http: reqwest::Client,
    wake: Arc<tokio::sync::Notify>,
    delivering: tokio::sync::Mutex<()>,
    worker_started: AtomicBool,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The worker holds only a weak reference: woken, it finds nobody and ends.
        self.wake.notify_one();
    }
}

impl Sandbox {
    /// Opens the world, makes its tables and, on the first start, its people.
    pub fn open(config: Config) -> Result<Sandbox, Error> {
        Self::open_at(config, Arc::new(wall_clock))
    }

    /// The same with a clock of the caller's.
    pub fn open_at(mut config: Config, clock: Clock) -> Result<Sandbox, Error> {
        config.public_url.truncate(config.public_url.trim_end_matches('/').len());
        let db = db::Db::open(&config.data_file)?;
        let now = clock();
        let offset = db.run(|tx| {
            seed::seed_once(tx, now)?;
            config.redirect_uris.iter().try_for_each(|uri| settings::add_redirect_uri(tx, uri))?;
            settings::clock_offset(tx)
        })?;
        let inner = Inner {
            db,
            config,
            clock,
            offset: AtomicI64::new(offset),
            http: http_client().map_err(Error::Client)?,
            wake: Arc::default(),
            delivering: tokio::sync::Mutex::default(),
            worker_started: AtomicBool::new(false),
        };
        Ok(Sandbox { inner: Arc::new(inner) })
    }

    /// All routes. Called inside a Tokio runtime, it also starts the delivery of queued webhooks.
    pub fn router(&self) -> Router {
        webhooks::start_worker(self);
        Router::new()
            .merge(pages::routes())
            .merge(clock::routes())
            .merge(control::routes())
            .merge(inspector::routes())
            .fallback(graph::handle)
            .layer(axum::middleware::from_fn(pages::refuse_cross_site))
            .with_state(self.clone())
    }

    fn db(&self) -> &db::Db {
        &self.inner.db
    }

    fn config(&self) -> &Config {
        &self.inner.config
    }

    /// Meta's time: what expires, expires by it.
    fn now(&self) -> i64 {
        self.unmoved_now().saturating_add(self.inner.offset.load(Ordering::SeqCst))
    }

    /// The time of everybody who is not Meta.
    fn unmoved_now(&self) -> i64 {
        (self.inner.clock)()
    }

    fn picture_url(&self, id: &str) -> String {
        format!("{}/sandbox/picture/{id}.svg", self.inner.config.public_url)
    }
}

#[expect(clippy::disallowed_methods, reason = "the sandbox's own real clock; tests pass theirs to open_at")]
fn wall_clock() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the sandbox plays Meta: it calls the app, it never calls Meta"
)]
fn http_client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(std::time::Duration::from_secs(5))
        .user_agent("facebookexternalua")
        .build()
}
