//! `jetbridge sandbox`: the stand-in for Meta alone.

use anyhow::Context as _;
use jetbridge_sandbox::Sandbox;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::say;
use crate::cli::SandboxArgs;
use crate::config::Log;
use crate::http::listener::{self, Bounds};
use crate::logs;

/// The name of the file its world is kept in.
pub const WORLD: &str = "sandbox.sqlite";

/// Serves the sandbox until a signal.
pub async fn run(args: SandboxArgs) -> anyhow::Result<()> {
    logs::start(&Log { json: false, filter: "warn".to_owned() });
    let listener =
        TcpListener::bind(args.listen).await.with_context(|| format!("cannot listen on {}", args.listen))?;
    let url = args.public_url.map_or_else(|| Ok(format!("http://{}", listener.local_addr()?)), anyhow::Ok)?;
    std::fs::create_dir_all(&args.data_dir)?;
    let sandbox = Sandbox::open(jetbridge_sandbox::Config {
        data_file: args.data_dir.join(WORLD),
        app_id: args.app_id,
        app_secret: args.app_secret,
        app_name: "Jetbridge".to_owned(),
        graph_version: "v25.0".to_owned(),
        redirect_uris: args.redirect_uri,
        public_url: url.clone(),
    })?;
    let stop = CancellationToken::new();
    super::stop_on_signal(&stop)?;
    say(&format!("The sandbox is at {url}"))?;
    serve(listener, &sandbox, stop).await;
    Ok(())
}

/// Serves a sandbox on a listener until `stop`.
pub async fn serve(listener: TcpListener, sandbox: &Sandbox, stop: CancellationToken) {
    let bounds = Bounds { connections: 200, header_time: std::time::Duration::from_secs(10) };
    listener::serve(listener, sandbox.router(), bounds, stop).await;
}
