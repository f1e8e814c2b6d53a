//! PostgreSQL: a pool of connections, each transaction run to its end in a task of its own, so
//! that a caller who goes away never leaves half of one behind.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Timeouts};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use rustls::{ClientConfig, RootCertStore};
use tokio::sync::RwLock;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tx::{IN_TASK, Inner};
use super::{StoreError, Tx};

pub(super) const READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
pub(super) const WRITE: &str = "BEGIN";

/// How often a transaction is run again when PostgreSQL asks for it.
const RUNS: usize = 5;

const WAIT: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub(super) struct Postgres {
    pool: Pool,
    /// Whether work is taken. Each transaction holds it for reading, so that closing waits for all.
    open: Arc<RwLock<bool>>,
}

impl Postgres {
    pub(super) async fn open(url: &str, pool_size: usize) -> Result<Self, StoreError> {
        let mut config: Config =
            url.parse().map_err(|_| StoreError::Location("the postgres:// URL cannot be read".to_owned()))?;
        config.connect_timeout(WAIT);
        if config.get_application_name().is_none() {
            config.application_name("jetbridge");
        }
        if config.get_options().is_none() {
            config.options("-c synchronous_commit=on -c statement_timeout=30000");
        }
        let recycle = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let manager = match config.get_ssl_mode() {
            SslMode::Require => Manager::from_config(config, tls()?, recycle),
            _ => Manager::from_config(config, NoTls, recycle),
        };
        let pool = Pool::builder(manager)
            .max_size(pool_size)
            .timeouts(Timeouts { wait: Some(WAIT), create: Some(WAIT), recycle: Some(WAIT) })
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .build()
            .map_err(|e| StoreError::Unavailable(e.to_string()))?;
        let db = Self { pool, open: Arc::new(RwLock::new(true)) };
        drop(db.connection().await?);
        Ok(db)
    }

    async fn connection(&self) -> Result<Object, StoreError> {
        self.pool.get().await.map_err(|e| match e {
            deadpool_postgres::PoolError::Backend(error) => StoreError::Postgres(error),
            deadpool_postgres::PoolError::Closed => StoreError::Closed,
            other => StoreError::Unavailable(other.to_string()),
        })
    }

    pub(super) async fn close(&self) {
        *self.open.write().await = false;
        self.pool.close();
    }

    pub(super) async fn run<I, T, E, F>(&self, begin: &'static str, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> Fn(&'a mut Tx, &'a I) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
    {
        let open = Arc::clone(&self.open).read_owned().await;
        if !*open {
            return Err(StoreError::Closed.into());
        }
        let db = self.clone();
        let span = tracing::Span::current();
        let task = async move {
            let _open = open;
            for _ in 1..RUNS {
                match db.once(begin, &input, &work).await {
                    Ran::Again => {}
                    Ran::Ended(result) => return result,
                }
            }
            match db.once(begin, &input, &work).await {
                Ran::Ended(result) => result,
                Ran::Again => Err(StoreError::Unavailable("transactions kept colliding".to_owned()).into()),
            }
        };
        let task = tracing::Instrument::instrument(task, span);
        tokio::spawn(task).await.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }

    async fn once<I, T, E, F>(&self, begin: &'static str, input: &I, work: &F) -> Ran<T, E>
    where
        E: From<StoreError>,
        F: for<'a> Fn(&'a mut Tx, &'a I) -> BoxFuture<'a, Result<T, E>>,
    {
        let connection = match self.connection().await {
            Ok(connection) => connection,
            Err(error) => return Ran::Ended(Err(error.into())),
        };
        // Until the transaction is known to be over, the connection must not return to the pool.
        let mut open = Open(Some(Tx(Inner::Postgres(connection))));
        let Some(tx) = open.0.as_mut() else { return Ran::Ended(Err(StoreError::Closed.into())) };
        if let Err(error) = tx.batch(begin).await {
            return Ran::Ended(Err(error.into()));
        }
        let failed = Failed::default();
        let run =
            AssertUnwindSafe(FAILED.scope(failed.clone(), IN_TASK.scope((), work(tx, input)))).catch_unwind();
        let Ok(result) = run.await else { return Ran::Ended(Err(StoreError::Panicked.into())) };
        // After a failed statement PostgreSQL answers COMMIT kindly, and rolls back.
        let commit = result.is_ok() && !failed.any();
        let ended = if commit { tx.batch("COMMIT").await } else { tx.batch("ROLLBACK").await };
        match ended {
            Ok(()) => open.over(),
            Err(error) if error.wants_another_run() => {
                if tx.batch("ROLLBACK").await.is_ok() {
                    open.over();
                }
                return Ran::Again;
            }
            // Whether a cut-off COMMIT took effect is unknown: the caller learns that it may not have.
            Err(error) => return Ran::Ended(Err(StoreError::Commit(error.to_string()).into())),
        }
        match result {
            _ if failed.again() => Ran::Again,
            Ok(_) if !commit => {
                let why = "a statement failed, and the work went on".to_owned();
                Ran::Ended(Err(StoreError::Commit(why).into()))
            }
            result => Ran::Ended(result),
        }
    }
}

enum Ran<T, E> {
    Ended(Result<T, E>),
    Again,
}

/// Whether a statement of this run failed, and whether PostgreSQL asked to run again; the caller's
/// error type may have forgotten the one, or the work both.
#[derive(Clone, Default)]
pub(super) struct Failed(Arc<(AtomicBool, AtomicBool)>);

impl Failed {
    pub(super) fn note(&self, error: &StoreError) {
        self.0.0.store(true, Ordering::SeqCst);
        self.0.1.fetch_or(error.wants_another_run(), Ordering::SeqCst);
    }

    fn any(&self) -> bool {
        self.0.0.load(Ordering::SeqCst)
    }

    fn again(&self) -> bool {
        self.0.1.load(Ordering::SeqCst)
    }
}

tokio::task_local! {
    pub(super) static FAILED: Failed;
}

/// A transaction that may still be open. Dropped so, its connection is thrown away.
struct Open(Option<Tx>);

impl Open {
    fn over(&mut self) {
        self.0 = None;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(Tx(Inner::Postgres(connection))) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}

fn tls() -> Result<MakeRustlsConnect, StoreError> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| StoreError::Unavailable(e.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
