//! The use cases: what the API, the pages and the commands do, on plain types. No HTTP here.
//!
//! A use case that talks to Meta reads as *prepare* (a transaction), *call* (no transaction), *finish*
//! (a transaction).

pub mod acting;
pub mod branding;
pub mod budget;
pub mod connections;
mod consent;
pub mod context;
pub mod finish;
pub mod inbound;
pub mod journey;
pub mod leads;
pub mod life;
pub mod links;
pub mod media;
pub mod partners;
pub mod publishing;
pub mod settings;

pub use context::App;

use jetbridge_domain::entropy::NoEntropy;
use jetbridge_meta::MetaError;
use jetbridge_store::db::StoreError;

/// Why a use case did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The database did not do its part.
    #[error("the database failed")]
    Store(#[from] StoreError),
    /// Nothing unguessable can be made.
    #[error("no randomness")]
    NoEntropy(#[from] NoEntropy),
    /// There is no such link, or it is another partner's.
    #[error("no such link")]
    NoSuchLink,
    /// Too many ways through the link have begun of late.
    #[error("too many ways through the link have begun")]
    TooManyJourneys,
    /// The link is finished.
    #[error("the link is finished")]
    LinkFinished,
    /// There is no such connection, or it is another partner's.
    #[error("no such connection")]
    NoSuchConnection,
    /// The connection cannot be renewed by this link: it has ended, or is for another product.
    #[error("the connection cannot be renewed by this link")]
    NotRenewable,
    /// The connection has ended.
    #[error("the connection has ended")]
    ConnectionEnded,
    /// There is no such webhook endpoint.
    #[error("no such webhook endpoint")]
    NoSuchWebhook,
    /// Something of ours cannot be written as JSON.
    #[error("it cannot be written: {0}")]
    Unwritable(String),
    /// Meta did not do its part.
    #[error("Meta failed")]
    Meta(#[from] MetaError),
}
