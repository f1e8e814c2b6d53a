//! The sandbox's one SQLite connection and its tables.

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::Error;

const SCHEMA: &str =
    concat!(include_str!("schema.sql"), include_str!("messaging/schema.sql"), include_str!("content.sql"));
const SCHEMA_VERSION: i64 = 4;

/// The database. Every call is one short transaction, durable when it returns.
pub(crate) struct Db {
    connection: Mutex<Connection>,
}

impl Db {
    pub(crate) fn open(path: &Path) -> Result<Db, Error> {
        let mut connection = Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        // Off until the tables are there: older ones are dropped in any order.
        connection.pragma_update(None, "foreign_keys", false)?;
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let version: i64 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        match version {
            0 => {
                tx.execute_batch(SCHEMA)?;
                tx.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            }
            SCHEMA_VERSION => {}
            older if older < SCHEMA_VERSION => {
                tracing::warn!(
                    file = %path.display(), found = older, wanted = SCHEMA_VERSION,
                    "the sandbox's world is of an older version: it begins anew, with nobody connected"
                );
                drop_everything(&tx)?;
                tx.execute_batch(SCHEMA)?;
                tx.pragma_update(None, "user_version", SCHEMA_VERSION)?;
            }
            other => {
                let why = format!("schema version {other}, this sandbox knows {SCHEMA_VERSION}");
                return Err(Error::Corrupt(why));
            }
        }
        tx.commit()?;
        connection.pragma_update(None, "foreign_keys", true)?;
        Ok(Db { connection: Mutex::new(connection) })
    }

    /// Runs `work` in one transaction; commits if it succeeds, undoes everything if it fails.
    pub(crate) fn run<T, E: From<rusqlite::Error>>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        // A panic elsewhere cannot leave half a write behind: the transaction was undone on unwinding.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&tx)?;
        tx.commit()?;
        Ok(done)
    }
}

/// A world of invented people is not worth a migration.
fn drop_everything(tx: &Transaction<'_>) -> Result<(), Error> {
    let mut statement =
        tx.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")?;
    let names = statement.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    names.iter().try_for_each(|name| tx.execute_batch(&format!("DROP TABLE \"{name}\"")))?;
    Ok(())
}
