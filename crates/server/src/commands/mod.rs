//! What the command line does.

pub mod dev;
pub mod docs;
pub mod partner;
pub mod sandbox;
pub mod serve;

use std::io::Write as _;

use anyhow::Context as _;
use jetbridge_domain::entropy::Entropy;
use jetbridge_domain::seal;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// Prints a line for the caller; logs go elsewhere.
pub fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).context("stdout cannot be written")
}

/// Prints a fresh key and pepper.
pub fn keys() -> anyhow::Result<()> {
    let entropy = Entropy::system();
    let (key, pepper) = (seal::new_key(1, &entropy)?, seal::new_pepper(&entropy)?);
    say(&format!("[secrets]\nkeys = [\"{}\"]\npepper = \"{}\"", key.expose(), pepper.expose()))
}

/// Ends with the first SIGTERM or SIGINT.
fn stop_on_signal(stop: &CancellationToken) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = stop.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: running requests and deliveries are finished");
        stop.cancel();
    });
    Ok(())
}
