//! Serves the sandbox by hand: `cargo run -p jetbridge-sandbox --example serve [data-file]`, on port 8081.

use std::path::PathBuf;

use jetbridge_sandbox::{Config, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let data_file = std::env::args().nth(1).map_or_else(|| PathBuf::from(":memory:"), PathBuf::from);
    let sandbox = Sandbox::open(Config {
        data_file,
        app_id: "1234567890123456".to_owned(),
        app_secret: "0123456789abcdef0123456789abcdef".to_owned(),
        app_name: "Example App".to_owned(),
        graph_version: "v25.0".to_owned(),
        redirect_uris: vec!["http://127.0.0.1:8080/callback".to_owned()],
        public_url: "http://127.0.0.1:8081".to_owned(),
    })?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8081").await?;
    axum::serve(listener, sandbox.router()).await?;
    Ok(())
}
