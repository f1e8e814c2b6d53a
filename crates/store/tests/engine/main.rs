//! The store on both engines: what the engine layer promises, the schema, and every row function.
//! A test that is not about one engine is one body, run on SQLite and on PostgreSQL, in a database
//! of its own.

#![cfg(test)]

mod differences;
mod location;
mod migrations;
mod parity;
mod postgres;
mod rows;
mod sqlite;
mod support;
mod transactions;
