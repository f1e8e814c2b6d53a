//! The product's words and rules. No I/O, no async, no clock or randomness of its own: both are
//! handed in. Nothing here knows HTTP, SQL or Meta's wire format.
//!
//! Start reading at [`onboarding`] (a link and the way through it), then [`connection`],
//! [`event`] and [`delivery`].

pub mod branding;
pub mod budget;
pub mod clock;
pub mod color;
pub mod connection;
pub mod delivery;
pub mod endpoint;
pub mod entropy;
pub mod event;
pub mod id;
pub mod inbound;
pub mod inputs;
pub mod limits;
pub mod media;
pub mod message;
pub mod onboarding;
pub mod post;
pub mod product;
pub mod reason;
pub mod seal;
pub mod secret;
pub mod signature;
pub mod trace;
pub mod url;
pub mod window;
