//! The configuration: the commented default file, a file of the operator's over it, the
//! environment over both. All mistakes are reported at once, before anything starts.

mod read;

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use ipnet::IpNet;
use jetbridge_domain::clock::Span;
use jetbridge_domain::delivery::RetryPolicy;
use jetbridge_domain::seal::{KeyRing, Pepper};
use jetbridge_domain::secret::Secret;
use jetbridge_store::db::Location;
use jetbridge_store::tokens::GuessPolicy;
use url::Url;

pub use read::Environment;

/// The commented file that is the source of every default.
pub const DEFAULT: &str = include_str!("default.toml");

/// Everything the operator decides, checked.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where clients and Meta reach us; without a path.
    pub public_url: Url,
    /// The database.
    pub database: Location,
    /// Read connections on SQLite.
    pub readers: usize,
    /// Connections on PostgreSQL.
    pub pool_size: usize,
    /// Answers requests.
    pub web: bool,
    /// Delivers and sweeps.
    pub worker: bool,
    /// The Meta app.
    pub meta: MetaConfig,
    /// The keys that seal.
    pub keys: KeyRing,
    /// What tokens and params are hashed with.
    pub pepper: Pepper,
    /// Bounds on what callers do.
    pub limits: Limits,
    /// Deliveries to partners.
    pub webhooks: Webhooks,
    /// How logs look.
    pub log: Log,
}

/// The Meta app and where Meta is.
#[derive(Debug, Clone)]
pub struct MetaConfig {
    /// The app's id.
    pub app_id: String,
    /// The app's secret.
    pub app_secret: Secret,
    /// What Meta shows when it verifies the webhook address.
    pub verify_token: Secret,
    /// Such as `v25.0`.
    pub graph_version: String,
    /// The Graph API's base.
    pub graph_url: Url,
    /// The login dialog's base.
    pub dialog_url: Url,
    /// A Facebook Login for Business configuration.
    pub login_config_id: Option<String>,
    /// The time one call may take.
    pub timeout: Duration,
    /// The time to look at a file before Meta is asked to fetch it; zero does not look.
    pub media_check: Duration,
}

/// Bounds on what callers do.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Requests a minute of one partner; 0 is no limit.
    pub partner_per_minute: u32,
    /// Requests a minute of one address; 0 is no limit.
    pub address_per_minute: u32,
    /// Connections open at a time.
    pub connections: usize,
    /// The time for a request's headers.
    pub header_time: Duration,
    /// The time for a request's body.
    pub body_time: Duration,
    /// Wrong tries at the token endpoint.
    pub guesses: GuessPolicy,
    /// Proxies whose word on the client's address is taken.
    pub trusted_proxies: Vec<IpNet>,
}

/// Deliveries to partners.
#[derive(Debug, Clone)]
pub struct Webhooks {
    /// The time an endpoint has to answer.
    pub timeout: Duration,
    /// When to try again.
    pub retry: RetryPolicy,
    /// Deliveries under way at a time.
    pub concurrency: usize,
    /// Networks that may be reached although they are not public.
    pub allow_networks: Vec<IpNet>,
}

/// How logs look.
#[derive(Debug, Clone)]
pub struct Log {
    /// JSON lines, or text for people.
    pub json: bool,
    /// What is logged.
    pub filter: String,
}

/// Everything that is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
#[error("the configuration cannot be used:\n{}", .0.iter().map(|m| format!("  - {m}")).collect::<Vec<_>>().join("\n"))]
pub struct Mistakes(pub Vec<String>);

impl Config {
    /// Reads the operator's file, if there is one, and the environment.
    pub fn load(file: Option<&Path>, environment: &Environment) -> Result<Self, Mistakes> {
        let mut reader = read::Reader::new(DEFAULT, file, environment)?;
        let config = Self::from_reader(&mut reader);
        match config {
            Some(config) if reader.mistakes.is_empty() => Ok(config),
            _ => Err(Mistakes(reader.mistakes)),
        }
    }

    fn from_reader(r: &mut read::Reader) -> Option<Self> {
        // Every part is read before any is given up, so that all mistakes are told at once.
        let listen = r.parsed("listen", "an address and port such as 127.0.0.1:8080");
        let public_url = r.base_url("public_url");
        let database = r.database();
        let roles = r.texts("roles");
        for role in roles.iter().filter(|role| !["web", "worker"].contains(&role.as_str())) {
            r.mistake("roles", &format!("there is no role \"{role}\"; take \"web\", \"worker\" or both"));
        }
        if roles.is_empty() {
            r.mistake("roles", "name at least one of \"web\" and \"worker\"");
        }
        let meta = r.meta();
        let keys = r.keys();
        let pepper = r.pepper();
        let limits = r.limits();
        let webhooks = r.webhooks();
        let log = r.log();
        Some(Self {
            listen: listen?,
            public_url: public_url?,
            database: database?,
            readers: r.number("database.readers", 1, 64)?,
            pool_size: r.number("database.pool_size", 2, 1000)?,
            web: roles.iter().any(|role| role == "web"),
            worker: roles.iter().any(|role| role == "worker"),
            meta: meta?,
            keys: keys?,
            pepper: pepper?,
            limits: limits?,
            webhooks: webhooks?,
            log: log?,
        })
    }

    /// Whether browsers reach us over TLS: cookies are then bound to it.
    pub fn secure(&self) -> bool {
        self.public_url.scheme() == "https"
    }

    /// An address of our own, such as `/f/...`.
    pub fn public(&self, path: &str) -> String {
        format!("{}{path}", self.public_url.as_str().trim_end_matches('/'))
    }
}

fn seconds(n: u32) -> Span {
    Span::seconds(i64::from(n))
}

#[cfg(test)]
mod tests;
