//! What a handler takes from a request: who calls, with what.

mod address;
mod body;
mod partner;
mod query;

pub use address::{Address, Peer};
pub use body::{RawBody, read_body, read_body_up_to};
pub use partner::{Call, Caller};
pub use query::Query;
