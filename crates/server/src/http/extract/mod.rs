//! What a handler takes from a request: who calls, with what.

mod address;
mod body;
mod partner;
mod query;

pub use address::{Address, Peer};
pub use body::{RawBody, read_body};
pub use partner::{Call, Caller};
pub use query::Query;
