//! The sandbox behaves as Meta does, seen from outside: every test talks to a real listener.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the report")]

mod assets;
mod batch;
mod business;
mod calls;
mod clock;
mod comments;
mod content_page;
mod control;
mod dialog;
mod inspector;
mod instagram_media;
mod leads;
mod modes;
mod page_events;
mod posts;
mod sdk;
mod subscriptions;
mod support;
mod tokens;
mod usage;
