//! The sandbox behaves as Meta does, seen from outside: every test talks to a real listener.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "in a test a panic is the report")]

mod assets;
mod batch;
mod business;
mod calls;
mod chat;
mod chat_page;
mod clock;
mod comments;
mod content;
mod content_page;
mod control;
mod conversations;
mod dialog;
mod handover;
mod inspector;
mod instagram_media;
mod leads;
mod messages;
mod modes;
mod page_events;
mod posts;
mod sdk;
mod shop;
mod subscriptions;
mod support;
mod tokens;
mod usage;
mod windows;
