//! The way out to addresses that partners chose.
//!
//! A partner's URL may be a trick to make the gateway talk to the machines around it. So every
//! connection is vetted at the moment it is dialled, and by the address that is dialled: a check of
//! the URL's text is walked around by one more way to spell an address, and a check of the name
//! by a resolver that answers differently the next time.
//!
//! Beyond that, a partner's server can waste only what it was given: the time of one request, a
//! bounded head and the beginning of a body. Redirects are answers like any other, nothing is
//! decompressed, and no proxy is taken from the environment.
//!
//! Start reading at [`Policy`] (which addresses), then the connector (dialling) and [`Egress`]
//! (requests). This crate must not know what is sent or why.

mod answer;
mod client;
mod connector;
mod failure;
mod head;
mod policy;
mod request;
mod resolve;
mod tls;

pub use answer::Answer;
pub use client::{Egress, Error, Options};
pub use failure::{BadUrl, Failure};
pub use head::Head;
pub use policy::{Policy, Refused};
pub use resolve::{Resolve, SystemResolver};
pub use tls::TlsTrouble;
