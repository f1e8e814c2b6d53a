//! The gateway's one way of talking to Meta: logging clients in, finding their Pages and Instagram
//! accounts, subscribing to webhooks, acting on what was connected (messages, posts, comments, leads),
//! and proving that a call which claims to be Meta's is Meta's.
//!
//! Nothing here knows the store, partners or time: a call goes in with the tokens it needs, and an
//! answer in plain types or a [`MetaError`] comes out. Nothing is tried twice; whether to try again is
//! the caller's decision, and [`MetaError::advice`] says what Meta's answer means for it.
//!
//! Start reading at [`Meta`] and `call` (what every call has in common), then `login`, `assets` and
//! `subscriptions` in the order in which a client meets them, then `messaging`, `conversations`,
//! `publishing`, `comments` and `leads`, of which a partner's program makes use; `graph` passes on what
//! has no name here. `error` is the one place that knows Meta's codes. [`webhook`] is the way in.
//!
//! What must hold, and `tests/it` keeps: no token, code, proof or secret is ever part of a log line or
//! an error; no token is part of an address that is called, or of an answer that is handed on; no
//! answer, however odd, makes a panic; nothing is sent that Meta's pages do not list.

mod answer;
mod assets;
mod call;
mod client;
mod comments;
mod conversations;
mod error;
mod graph;
mod leads;
mod login;
mod messaging;
mod paging;
mod person;
mod publishing;
mod subscriptions;
mod usage;
pub mod webhook;

pub use assets::{Instagram, Page, PageAccess};
pub use client::{Config, ConfigError, Meta};
pub use comments::{Comment, Network};
pub use conversations::{Conversation, PastAttachment, PastMessage, Profile};
pub use error::{Advice, Budget, GraphError, MetaError, advice_for, budget_for};
pub use graph::GraphMethod;
pub use leads::{Lead, LeadAccess, LeadForm, Question};
pub use login::{Granular, Inspection, PermissionState, PermissionStatus, TokenError, TokenKind, UserToken};
pub use messaging::Sent;
pub use paging::{Listed, Part};
pub use person::Party;
pub use publishing::{
    ContainerState, ContainerStatus, Created, InstagramMedia, Post, Quota, Shelf, VideoStatus,
};
pub use subscriptions::AppSubscription;
pub use usage::{AccountUsage, Load, Usage};
