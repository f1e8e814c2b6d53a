//! The partner contract, seen from outside: every test drives the real program over TCP, as a partner's
//! program, a client's browser and a partner's webhook endpoint would. Nothing here knows how it is built.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the report"
)]
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "how many cases a table has, and how a program ended"
)]

mod access_tokens;
mod bodies;
mod create_fields;
mod create_numbers;
mod hostile;
mod idempotency;
mod journey_end;
mod journeys;
mod limits;
mod links;
mod lists;
mod methods_and_paths;
mod partners;
mod schemathesis;
mod support;
mod token_requests;
mod webhook_delivery;
mod webhook_settings;
