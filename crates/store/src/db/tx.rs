//! A transaction: the one thing statements are run on.

use std::cell::Cell;
use std::sync::Arc;

use deadpool_postgres::Object;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use tokio_postgres::types::{ToSql, Type};

use super::{Row, StoreError, Value};

/// Which engine runs the statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// The server.
    Postgres,
}

/// A transaction. It owns its connection while it runs.
pub struct Tx(pub(super) Inner);

pub(super) enum Inner {
    Sqlite(Connection),
    Postgres(Object),
}

impl Tx {
    /// Which engine runs it.
    pub fn engine(&self) -> Engine {
        match &self.0 {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    /// What ends a `SELECT` that claims work others may claim as well.
    pub fn skip_locked(&self) -> &'static str {
        match self.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => "FOR UPDATE SKIP LOCKED",
        }
    }

    /// What ends a `SELECT` whose row is about to be changed. SQLite has one writer anyway.
    pub fn lock_row(&self) -> &'static str {
        match self.engine() {
            Engine::Sqlite => "",
            Engine::Postgres => "FOR UPDATE",
        }
    }

    /// All rows of a statement with `$1`, `$2`, ... for its parameters.
    pub async fn query(&mut self, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
        match &mut self.0 {
            Inner::Sqlite(connection) => sqlite_query(connection, sql, params),
            Inner::Postgres(client) => {
                let statement = client.prepare_cached(sql).await.map_err(noted)?;
                let rows = client.query(&statement, &refs(params)).await.map_err(noted)?;
                let columns: Arc<[String]> =
                    statement.columns().iter().map(|c| c.name().to_owned()).collect();
                rows.iter().map(|row| postgres_row(row, &columns)).collect()
            }
        }
    }

    /// The one row there may be.
    pub async fn query_opt(&mut self, sql: &str, params: &[Value]) -> Result<Option<Row>, StoreError> {
        let mut rows = self.query(sql, params).await?;
        if rows.len() > 1 {
            return Err(too_many(sql));
        }
        Ok(rows.pop())
    }

    /// The one row there must be.
    pub async fn query_one(&mut self, sql: &str, params: &[Value]) -> Result<Row, StoreError> {
        self.query_opt(sql, params).await?.ok_or_else(|| StoreError::Inconsistent {
            place: first_words(sql),
            column: "*".to_owned(),
            why: "no row".to_owned(),
        })
    }

    /// Runs a statement without rows; answers how many it changed.
    pub async fn execute(&mut self, sql: &str, params: &[Value]) -> Result<u64, StoreError> {
        match &mut self.0 {
            Inner::Sqlite(connection) => {
                let mut statement = connection.prepare_cached(sql)?;
                bind(&mut statement, params)?;
                Ok(u64::try_from(statement.raw_execute()?).unwrap_or(u64::MAX))
            }
            Inner::Postgres(client) => {
                let statement = client.prepare_cached(sql).await.map_err(noted)?;
                client.execute(&statement, &refs(params)).await.map_err(noted)
            }
        }
    }

    /// Runs several statements without parameters: migrations.
    pub(super) async fn batch(&mut self, sql: &str) -> Result<(), StoreError> {
        match &mut self.0 {
            Inner::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Inner::Postgres(client) => client.batch_execute(sql).await.map_err(noted),
        }
    }
}

/// A statement's failure, remembered: from there on PostgreSQL will not commit, and may have asked
/// for another run.
fn noted(error: tokio_postgres::Error) -> StoreError {
    let error = StoreError::from(error);
    let _ = super::postgres::FAILED.try_with(|failed| failed.note(&error));
    error
}

fn too_many(sql: &str) -> StoreError {
    StoreError::Inconsistent {
        place: first_words(sql),
        column: "*".to_owned(),
        why: "more than one row".to_owned(),
    }
}

/// Enough of a statement to find it in the source; its parameters are never part of it.
fn first_words(sql: &str) -> String {
    sql.split_whitespace().take(12).collect::<Vec<_>>().join(" ")
}

fn refs(params: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|p| p as &(dyn ToSql + Sync)).collect()
}

/// `$3` is a name to SQLite, so it is bound by name and may stand anywhere, any number of times.
fn bind(statement: &mut rusqlite::CachedStatement<'_>, params: &[Value]) -> Result<(), StoreError> {
    for (n, value) in (1..).zip(params) {
        let index = statement
            .parameter_index(&format!("${n}"))?
            .ok_or(rusqlite::Error::InvalidParameterCount(params.len(), statement.parameter_count()))?;
        statement.raw_bind_parameter(index, value)?;
    }
    if statement.parameter_count() != params.len() {
        return Err(rusqlite::Error::InvalidParameterCount(params.len(), statement.parameter_count()).into());
    }
    Ok(())
}

fn sqlite_query(connection: &Connection, sql: &str, params: &[Value]) -> Result<Vec<Row>, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, params)?;
    let columns: Arc<[String]> = statement.column_names().map(str::to_owned).collect();
    let mut rows = statement.raw_query();
    let mut out = Vec::new();
    while let Some(row) = rows.next()? {
        let values = (0..columns.len())
            .map(|n| {
                Ok(match row.get_ref(n)? {
                    ValueRef::Null => None,
                    ValueRef::Integer(i) => Some(Value::Int(i)),
                    ValueRef::Text(t) => Some(Value::Text(String::from_utf8_lossy(t).into_owned())),
                    ValueRef::Blob(b) => Some(Value::Blob(b.to_vec())),
                    ValueRef::Real(_) => return Err(rusqlite::Error::InvalidQuery),
                })
            })
            .collect::<Result<Vec<_>, rusqlite::Error>>()?;
        out.push(Row::new(Arc::clone(&columns), values));
    }
    Ok(out)
}

fn postgres_row(row: &tokio_postgres::Row, columns: &Arc<[String]>) -> Result<Row, StoreError> {
    let values = row
        .columns()
        .iter()
        .enumerate()
        .map(|(n, column)| {
            Ok(match *column.type_() {
                Type::INT8 => row.try_get::<_, Option<i64>>(n)?.map(Value::Int),
                Type::INT4 => row.try_get::<_, Option<i32>>(n)?.map(|v| Value::Int(i64::from(v))),
                Type::BOOL => row.try_get::<_, Option<bool>>(n)?.map(Value::from),
                Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(n)?.map(Value::Blob),
                _ => row.try_get::<_, Option<String>>(n)?.map(Value::Text),
            })
        })
        .collect::<Result<Vec<_>, tokio_postgres::Error>>()?;
    Ok(Row::new(Arc::clone(columns), values))
}

thread_local! {
    static ON_THREAD: Cell<bool> = const { Cell::new(false) };
}

tokio::task_local! {
    pub(super) static IN_TASK: ();
}

/// Marks the thread as running a transaction, until dropped.
pub(super) struct Running;

impl Running {
    pub(super) fn on_this_thread() -> Self {
        ON_THREAD.set(true);
        Self
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        ON_THREAD.set(false);
    }
}

/// Whether the running task has a transaction open: the doors out assert that it has not.
pub fn in_transaction() -> bool {
    ON_THREAD.get() || IN_TASK.try_with(|()| ()).is_ok()
}
