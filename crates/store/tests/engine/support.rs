//! A database of a test's own, with keys, and ways to look into it and damage it from outside.

use std::path::PathBuf;

use futures_util::future::BoxFuture;
use jetbridge_domain::clock::Time;
use jetbridge_domain::entropy::Entropy;
use jetbridge_domain::event::sample;
use jetbridge_domain::seal::{KeyRing, Pepper, new_key, new_pepper};
use jetbridge_store::db::{Db, Engine, Location, Options, Row, StoreError, Tx, Value};
use jetbridge_store::vault::Vault;
use tokio_postgres::{Client, NoTls, SimpleQueryMessage};

/// Writes a test once and runs it on both engines.
macro_rules! on_both_engines {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident: &World) $body:block)*) => {$(
        mod $name {
            use super::*;

            $(#[$doc])*
            async fn body($world: &World) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                let world = $crate::support::World::migrated(jetbridge_store::db::Engine::Sqlite).await;
                body(&world).await;
                world.end().await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                let world = $crate::support::World::migrated(jetbridge_store::db::Engine::Postgres).await;
                body(&world).await;
                world.end().await;
            }
        }
    )*};
}

pub(crate) use on_both_engines;

pub(crate) const NOW: Time = sample::AT;

/// Small, so that waiting for a connection happens in tests.
pub(crate) const OPTIONS: Options = Options { readers: 2, pool_size: 4, group: 64 };

pub(crate) struct World {
    pub(crate) db: Db,
    pub(crate) location: Location,
    pub(crate) vault: Vault,
    pub(crate) entropy: Entropy,
    folder: tempfile::TempDir,
}

pub(crate) fn admin_url() -> String {
    #[expect(clippy::disallowed_methods, reason = "the test run says where PostgreSQL is")]
    let url = std::env::var("JETBRIDGE_TEST_POSTGRES");
    url.unwrap_or_else(|_| {
        panic!("JETBRIDGE_TEST_POSTGRES is not set: run the tests with `cargo xtask test`")
    })
}

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

impl World {
    pub(crate) async fn migrated(engine: Engine) -> Self {
        let world = Self::empty(engine).await;
        world.db.migrate(NOW).await.unwrap();
        world
    }

    pub(crate) async fn empty(engine: Engine) -> Self {
        Self::empty_with(engine, OPTIONS).await
    }

    pub(crate) async fn empty_with(engine: Engine, options: Options) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let entropy = Entropy::system();
        let location = match engine {
            Engine::Sqlite => Location::Sqlite(folder.path().join("store.sqlite")),
            Engine::Postgres => {
                let bytes: [u8; 8] = entropy.bytes().unwrap();
                let name: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
                let admin = admin_url();
                connect(&admin).await.batch_execute(&format!("CREATE DATABASE engine_{name}")).await.unwrap();
                let (server, _) = admin.rsplit_once('/').unwrap();
                Location::Postgres(format!("{server}/engine_{name}"))
            }
        };
        let db = Db::open(&location, options).await.unwrap();
        let vault = Vault {
            ring: KeyRing::parse(&[new_key(1, &entropy).unwrap()]).unwrap(),
            pepper: Pepper::parse(&new_pepper(&entropy).unwrap()).unwrap(),
            entropy: entropy.clone(),
        };
        Self { db, location, vault, entropy, folder }
    }

    /// Only a test that succeeded gets here: what a failed one leaves can be looked at.
    pub(crate) async fn end(self) {
        self.db.close().await;
        if let Location::Postgres(url) = &self.location {
            let (_, name) = url.rsplit_once('/').unwrap();
            let drop = format!("DROP DATABASE {name} WITH (FORCE)");
            connect(&admin_url()).await.batch_execute(&drop).await.unwrap();
        }
        self.folder.close().unwrap();
    }

    /// Another process on the same database.
    pub(crate) async fn another(&self) -> Db {
        Db::open(&self.location, OPTIONS).await.unwrap()
    }

    pub(crate) fn path(&self) -> PathBuf {
        match &self.location {
            Location::Sqlite(path) => path.clone(),
            Location::Postgres(_) => panic!("a server has no file"),
        }
    }

    pub(crate) fn url(&self) -> String {
        match &self.location {
            Location::Sqlite(_) => panic!("a file has no URL"),
            Location::Postgres(url) => url.clone(),
        }
    }

    /// A write of row functions.
    pub(crate) async fn write<I, T, F>(&self, input: I, work: F) -> Result<T, StoreError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'a> Fn(&'a mut Tx, &'a Vault, &'a I) -> BoxFuture<'a, Result<T, StoreError>>
            + Send
            + Sync
            + 'static,
    {
        let input = (self.vault.clone(), input);
        self.db.write(input, move |tx, (vault, input)| work(tx, vault, input)).await
    }

    /// A read of row functions.
    pub(crate) async fn read<I, T, F>(&self, input: I, work: F) -> Result<T, StoreError>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        F: for<'a> Fn(&'a mut Tx, &'a Vault, &'a I) -> BoxFuture<'a, Result<T, StoreError>>
            + Send
            + Sync
            + 'static,
    {
        let input = (self.vault.clone(), input);
        self.db.read(input, move |tx, (vault, input)| work(tx, vault, input)).await
    }

    /// One statement in a write of its own.
    pub(crate) async fn execute(&self, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
        execute(&self.db, sql, params).await
    }

    /// One query in a read of its own.
    pub(crate) async fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        let input = (sql.to_owned(), params.to_vec());
        self.db.read(input, |tx, (sql, params)| Box::pin(tx.query(sql, params))).await
    }

    /// The one integer of a query.
    pub(crate) async fn int(&self, sql: &str) -> i64 {
        self.query(sql, &[]).await.unwrap().first().unwrap().int("n").unwrap()
    }

    /// Runs SQL past the engine layer: somebody else's hand in the database.
    pub(crate) async fn tamper(&self, sql: &str) {
        match &self.location {
            Location::Sqlite(path) => {
                let connection = rusqlite::Connection::open(path).unwrap();
                connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
                connection.execute_batch(sql).unwrap();
            }
            Location::Postgres(url) => connect(url).await.batch_execute(sql).await.unwrap(),
        }
    }

    /// Rows past the engine layer, as texts.
    pub(crate) async fn look(&self, sql: &str) -> Vec<Vec<String>> {
        match &self.location {
            Location::Sqlite(path) => look_sqlite(&rusqlite::Connection::open(path).unwrap(), sql),
            Location::Postgres(url) => look_postgres(&connect(url).await, sql).await,
        }
    }
}

pub(crate) async fn execute(db: &Db, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
    let input = (sql.to_owned(), params.to_vec());
    db.write(input, |tx, (sql, params)| Box::pin(tx.execute(sql, params))).await
}

fn look_sqlite(connection: &rusqlite::Connection, sql: &str) -> Vec<Vec<String>> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let cell = |row: &rusqlite::Row<'_>, n| {
        row.get::<_, Option<rusqlite::types::Value>>(n).map(|value| match value {
            None | Some(rusqlite::types::Value::Null) => String::new(),
            Some(rusqlite::types::Value::Text(text)) => text,
            Some(rusqlite::types::Value::Integer(n)) => n.to_string(),
            Some(other) => format!("{other:?}"),
        })
    };
    let rows = statement.query_map([], |row| (0..columns).map(|n| cell(row, n)).collect()).unwrap();
    rows.map(Result::unwrap).collect()
}

pub(crate) async fn look_postgres(client: &Client, sql: &str) -> Vec<Vec<String>> {
    let messages = client.simple_query(sql).await.unwrap();
    let row = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => {
            Some((0..row.len()).map(|n| row.get(n).unwrap_or_default().to_owned()).collect())
        }
        _ => None,
    };
    messages.iter().filter_map(row).collect()
}
