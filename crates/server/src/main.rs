//! The `jetbridge` program.

use std::process::ExitCode;

use clap::Parser as _;
use jetbridge::cli::Cli;

#[tokio::main]
async fn main() -> ExitCode {
    match Cli::parse().run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let chain: Vec<String> = error.chain().map(ToString::to_string).collect();
            let _ = std::io::Write::write_all(
                &mut std::io::stderr(),
                format!("jetbridge: {}\n", chain.join(": ")).as_bytes(),
            );
            ExitCode::FAILURE
        }
    }
}
