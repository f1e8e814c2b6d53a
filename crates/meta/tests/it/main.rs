//! The client against a listener that plays what a test tells it to. It is written from Meta's
//! reference, by hand, and shares nothing with the client.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are tests")]

mod assets;
mod calls;
mod comments;
mod conversations;
mod errors;
mod facts;
mod graph;
mod leads;
mod login;
mod messaging;
mod odd;
mod publishing;
mod secrets;
mod stub;
mod subscriptions;
mod webhook;
mod webhook_changes;
mod webhook_conversations;
mod webhook_keys;
mod webhook_mutations;
mod webhook_shapes;
