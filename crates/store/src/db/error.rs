//! What can go wrong with a database. No variant holds a parameter, a row's content or a password.

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite failed.
    #[error("SQLite failed")]
    Sqlite(#[source] rusqlite::Error),
    /// PostgreSQL failed, or could not be reached.
    #[error("PostgreSQL failed")]
    Postgres(#[source] tokio_postgres::Error),
    /// No connection could be had.
    #[error("no connection to the database: {0}")]
    Unavailable(String),
    /// A row means nothing: the data is not this program's, or was damaged.
    #[error("inconsistent data in {place}, column {column}: {why}")]
    Inconsistent {
        /// The table or statement.
        place: String,
        /// The column.
        column: String,
        /// What is wrong, without the value.
        why: String,
    },
    /// The migrations and the database do not fit.
    #[error("{0}")]
    Migration(String),
    /// The database was closed.
    #[error("the database is closed")]
    Closed,
    /// The work inside a transaction waited for something that is not the database.
    #[error("a transaction waited for something that is not the database")]
    Pended,
    /// The work inside a transaction panicked.
    #[error("the work inside a transaction panicked")]
    Panicked,
    /// The commit failed for a whole group of writes.
    #[error("the commit failed: {0}")]
    Commit(String),
    /// The system's random generator failed.
    #[error("no randomness")]
    NoEntropy,
    /// The location is not one.
    #[error("{0}")]
    Location(String),
}

impl StoreError {
    /// Whether the same call may succeed a moment later.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unavailable(_) | Self::Closed | Self::Commit(_) => true,
            Self::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DiskFull)
            ),
            Self::Postgres(error) => {
                error.is_closed()
                    || error.code().is_none_or(|c| matches!(c.code().get(..2), Some("57" | "53" | "40")))
            }
            _ => false,
        }
    }

    /// Whether a unique constraint was violated: the one kind that both engines tell alike.
    pub fn is_unique_violation(&self) -> bool {
        match self {
            Self::Sqlite(rusqlite::Error::SqliteFailure(error, _)) => {
                matches!(
                    error.extended_code,
                    rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE | rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY
                )
            }
            Self::Postgres(error) => error.code() == Some(&tokio_postgres::error::SqlState::UNIQUE_VIOLATION),
            _ => false,
        }
    }

    /// PostgreSQL asks for the transaction to be run again.
    pub(super) fn wants_another_run(&self) -> bool {
        use tokio_postgres::error::SqlState;
        match self {
            Self::Postgres(error) => error.code().is_some_and(|c| {
                *c == SqlState::T_R_SERIALIZATION_FAILURE || *c == SqlState::T_R_DEADLOCK_DETECTED
            }),
            _ => false,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Postgres(error)
    }
}
