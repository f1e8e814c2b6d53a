//! What every use case needs: the database, the vault, the clock, and the two doors out.

use std::ops::Deref;
use std::sync::Arc;

use jetbridge_domain::clock::Clock;
use jetbridge_domain::entropy::Entropy;
use jetbridge_egress::Egress;
use jetbridge_meta::Meta;
use jetbridge_store::db::{Db, Options, StoreError};
use jetbridge_store::known::{self, Keys};
use jetbridge_store::vault::Vault;
use tokio::sync::Notify;

use super::budget::Budgets;
use crate::config::Config;

/// The running product; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Context>);

/// What an [`App`] holds.
pub struct Context {
    /// What the operator decided.
    pub config: Config,
    /// The store.
    pub db: Db,
    /// Keys, pepper, entropy.
    pub vault: Vault,
    /// The time.
    pub clock: Clock,
    /// The door to Meta.
    pub meta: Meta,
    /// What is left of Meta's limits.
    pub budgets: Arc<Budgets>,
    /// The door to addresses that partners chose.
    pub egress: Egress,
    /// Told when there may be something to deliver; polling is the truth.
    pub wake: Notify,
    /// Told when there may be a picture to fetch.
    pub fetch: Notify,
    /// Told when there may be a lead to read.
    pub leads: Notify,
    /// Told when there may be a post to lead on.
    pub posts: Notify,
}

impl Deref for App {
    type Target = Context;

    fn deref(&self) -> &Context {
        &self.0
    }
}

/// Why the product cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database cannot be used.
    #[error("the database cannot be used")]
    Store(#[from] StoreError),
    /// The configured keys are not this database's.
    #[error("secrets.keys does not open what this database holds; it was sealed with other keys")]
    WrongKeys,
    /// The configured pepper is not this database's.
    #[error("secrets.pepper is not the one this database was begun with")]
    WrongPepper,
    /// A client cannot be made.
    #[error("the client for {0} cannot be made: {1}")]
    Client(&'static str, String),
    /// The database is older than this program.
    #[error("the database needs migrations: {0}; run `jetbridge migrate`")]
    Unmigrated(String),
}

impl App {
    /// Opens the database, checks that the keys are its own, and makes the clients.
    pub async fn open(config: Config, clock: Clock, entropy: Entropy) -> Result<Self, StartError> {
        let options = Options { readers: config.readers, pool_size: config.pool_size, ..Options::default() };
        let db = Db::open(&config.database, options).await?;
        let pending = db.pending_migrations().await?;
        if !pending.is_empty() {
            return Err(StartError::Unmigrated(pending.join(", ")));
        }
        let vault = Vault { ring: config.keys.clone(), pepper: config.pepper.clone(), entropy };
        let keys = db.write(vault.clone(), |tx, vault| Box::pin(known::check(tx, vault))).await?;
        match keys {
            Keys::Right => {}
            Keys::WrongKeys => return Err(StartError::WrongKeys),
            Keys::WrongPepper => return Err(StartError::WrongPepper),
        }
        let meta = Meta::new(jetbridge_meta::Config {
            app_id: config.meta.app_id.clone(),
            app_secret: config.meta.app_secret.clone(),
            graph_version: config.meta.graph_version.clone(),
            graph_base: config.meta.graph_url.clone(),
            dialog_base: config.meta.dialog_url.clone(),
            redirect_uri: config.public(crate::http::CALLBACK_PATH),
            timeout: config.meta.timeout,
            config_id: config.meta.login_config_id.clone(),
        })
        .map_err(|e| StartError::Client("Meta", e.to_string()))?;
        let budgets = Arc::<Budgets>::default();
        let (told, at) = (Arc::clone(&budgets), clock.clone());
        meta.on_usage(move |usage| told.used(usage, at.now()));
        let egress = Egress::new(jetbridge_egress::Options {
            allow: config.webhooks.allow_networks.clone(),
            ..jetbridge_egress::Options::default()
        })
        .map_err(|e| StartError::Client("webhooks", e.to_string()))?;
        let [wake, fetch, leads, posts] = std::array::from_fn(|_| Notify::new());
        Ok(Self(Arc::new(Context {
            config,
            db,
            vault,
            clock,
            meta,
            budgets,
            egress,
            wake,
            fetch,
            leads,
            posts,
        })))
    }
}
