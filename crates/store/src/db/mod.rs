//! The engine layer: one way to run a statement on SQLite and on PostgreSQL.
//!
//! [`Db::read`] and [`Db::write`] take an input and a function over a [`Tx`]. On SQLite all writes
//! that wait are run by one thread, each in a savepoint, and share one durable commit; on PostgreSQL
//! each is a transaction of a pooled connection. A function may be run again, so it must have no
//! effect outside its `Tx`, and it must wait for nothing but its `Tx`.
//!
//! What the engines do not share, each kept by a test in `tests/engine/differences.rs`:
//!
//! 1. After an error PostgreSQL refuses the rest of a transaction: conflicts are read from
//!    `ON CONFLICT DO NOTHING`, never caught. Work that went on all the same fails to commit.
//! 2. Integers are `BIGINT`; a `SUM` is cast. Times are microseconds, bound, never `now()`.
//! 3. Bytes that matter are `BLOB`/`BYTEA`. A NULL is sent with its type. No text has U+0000.
//! 4. Only the kind of a violation is common, not its words.
//! 5. Text is compared by its bytes (`COLLATE "C"`); `NULLS LAST` and `LIKE` are avoided.
//! 6. SQLite has one write connection and a few readers; PostgreSQL has a pool.
//! 7. The one dialect word is the row lock: [`Tx::skip_locked`], [`Tx::lock_row`].
//! 8. Two migration folders with the same numbers and names, compared by a test.

mod error;
mod location;
mod migrate;
mod postgres;
mod row;
mod sqlite;
mod tx;
mod value;

use futures_util::future::BoxFuture;

pub use error::StoreError;
pub use location::Location;
pub use row::Row;
pub use tx::{Engine, Tx, in_transaction};
pub use value::Value;

/// How a database is used.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Read connections on SQLite.
    pub readers: usize,
    /// Connections on PostgreSQL.
    pub pool_size: usize,
    /// The most writes that share one commit on SQLite.
    pub group: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { readers: 4, pool_size: 16, group: 256 }
    }
}

/// An open database; cheap to clone.
#[derive(Clone)]
pub struct Db(Backend);

#[derive(Clone)]
enum Backend {
    Sqlite(sqlite::Sqlite),
    Postgres(postgres::Postgres),
}

impl Db {
    /// Opens a database. A SQLite file is made where there is none, readable by its owner alone.
    pub async fn open(location: &Location, options: Options) -> Result<Self, StoreError> {
        Ok(Self(match location {
            Location::Sqlite(path) => Backend::Sqlite(sqlite::Sqlite::open(path.clone(), options).await?),
            Location::Postgres(url) => {
                Backend::Postgres(postgres::Postgres::open(url, options.pool_size).await?)
            }
        }))
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        match &self.0 {
            Backend::Sqlite(_) => Engine::Sqlite,
            Backend::Postgres(_) => Engine::Postgres,
        }
    }

    /// Reads in one consistent snapshot.
    pub async fn read<I, T, E, F>(&self, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> Fn(&'a mut Tx, &'a I) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
    {
        match &self.0 {
            Backend::Sqlite(db) => db.read(input, work).await,
            Backend::Postgres(db) => db.run(postgres::READ, input, work).await,
        }
    }

    /// Writes: answers only after a durable commit. An `Err` rolls back.
    pub async fn write<I, T, E, F>(&self, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> Fn(&'a mut Tx, &'a I) -> BoxFuture<'a, Result<T, E>> + Send + Sync + 'static,
    {
        match &self.0 {
            Backend::Sqlite(db) => db.write(input, work).await,
            Backend::Postgres(db) => db.run(postgres::WRITE, input, work).await,
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.read((), |tx, ()| {
            Box::pin(async move { tx.query_one("SELECT 1 AS one", &[]).await.map(|_| ()) })
        })
        .await
    }

    /// Stops taking work, finishes what waits and closes the connections.
    pub async fn close(&self) {
        match &self.0 {
            Backend::Sqlite(db) => db.close().await,
            Backend::Postgres(db) => db.close().await,
        }
    }
}
