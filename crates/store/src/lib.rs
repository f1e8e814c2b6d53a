//! All SQL of the product, written once for SQLite and PostgreSQL.
//!
//! [`db`] is the engine layer: connections, transactions, values, migrations. Beside it stands one
//! file per subject, each a set of plain async functions over a [`db::Tx`]; nothing outside this
//! crate names a table. Rules stand in `jetbridge-domain`; here rows become its types and back,
//! and a row that means nothing is an error that names it, never a guess.

pub mod acts;
pub mod brandings;
pub mod connections;
pub mod db;
pub mod deletions;
pub mod deliveries;
pub mod endpoints;
pub mod events;
pub mod idempotency;
pub mod inbound;
pub mod journeys;
pub mod known;
pub mod leads;
pub mod links;
pub mod logos;
pub mod page;
pub mod partners;
pub mod posts;
pub mod tokens;
pub mod vault;
pub mod windows;

use std::str::FromStr;

use db::StoreError;

/// A row that means nothing.
pub(crate) fn inconsistent(table: &'static str, column: &str, row: &str) -> StoreError {
    StoreError::Inconsistent { place: table.to_owned(), column: column.to_owned(), why: format!("row {row}") }
}

/// An id as it stands in the database.
pub(crate) fn id<T: FromStr>(table: &'static str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| inconsistent(table, "id", text))
}
