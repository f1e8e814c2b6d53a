//! What Meta sends us: proving that it is Meta, and taking apart what came. No network here.

mod batch;
mod changes;
mod messaging;
mod value;
mod verify;

pub use batch::{Unreadable, parse};
pub use verify::{SignedRequest, SignedRequestError, challenge, signed_request, verify_signature};
