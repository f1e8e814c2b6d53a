//! The gateway: configuration, use cases, HTTP, workers and commands.
//!
//! A request's way is extractor, handler ([`http`]), use case ([`app`]), store. Start reading at
//! [`http::router`] for what is served, at [`app::journey`] for the client's way through a link, and
//! at [`worker`] for how events reach partners.

pub mod app;
pub mod cli;
pub mod commands;
pub mod config;
pub mod http;
mod logs;
pub mod worker;
