//! The way out, seen from outside: every request goes to a real listener on loopback, and what
//! must not be dialled is watched by one that counts.

#![expect(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod answers;
mod connections;
mod names;
mod requests;
mod routable;
mod spellings;
mod support;
mod table;
mod tls;
