//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands;

/// A gateway between businesses and Meta: onboarding links, connections, signed webhooks.
#[derive(Debug, Parser)]
#[command(name = "jetbridge", version, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
enum Command {
    /// Try it: the gateway and a sandbox that stands in for Meta, with a demo partner.
    Dev(DevArgs),
    /// Serve in production.
    Serve(ConfigArgs),
    /// Serve the sandbox alone.
    Sandbox(SandboxArgs),
    /// Bring the database to this version's schema.
    Migrate(ConfigArgs),
    /// Settings at Meta.
    #[command(subcommand)]
    Meta(MetaCommand),
    /// Partners and their credentials.
    #[command(subcommand)]
    Partner(PartnerCommand),
    /// Print the commented default configuration.
    Config,
    /// Print a fresh key and pepper for the configuration.
    Keys,
    /// Write the generated documents into a folder.
    #[command(hide = true)]
    Docs {
        /// The folder.
        folder: PathBuf,
    },
}

/// How to try it.
#[derive(Debug, Args)]
pub struct DevArgs {
    /// Where the gateway listens; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Where the sandbox listens.
    #[arg(long, default_value = "127.0.0.1:8081")]
    pub sandbox_listen: SocketAddr,
    /// Where everything is kept.
    #[arg(long, default_value = "./jetbridge-data")]
    pub data_dir: PathBuf,
    /// Print one line of JSON once connections are accepted: url, `sandbox_url`, `client_id`, `client_secret`.
    #[arg(long)]
    pub json: bool,
}

/// Where the configuration is.
#[derive(Debug, Args)]
pub struct ConfigArgs {
    /// A TOML file; the environment wins over it.
    #[arg(long, global = true)]
    pub config: Option<PathBuf>,
}

/// How to serve the sandbox.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// Where it listens.
    #[arg(long, default_value = "127.0.0.1:8081")]
    pub listen: SocketAddr,
    /// Where its world is kept.
    #[arg(long, default_value = "./jetbridge-data")]
    pub data_dir: PathBuf,
    /// The id of its app.
    #[arg(long)]
    pub app_id: String,
    /// The secret of its app.
    #[arg(long)]
    pub app_secret: String,
    /// A redirect URI of its app; may be given several times.
    #[arg(long)]
    pub redirect_uri: Vec<String>,
    /// The address under which browsers reach it, where that is not the one it listens on.
    #[arg(long)]
    pub public_url: Option<String>,
}

/// Settings at Meta.
#[derive(Debug, Subcommand)]
enum MetaCommand {
    /// Subscribe the app's webhooks to this gateway; it must be running and reachable.
    Subscribe(ConfigArgs),
}

/// Partners.
#[derive(Debug, Subcommand)]
pub enum PartnerCommand {
    /// Add a partner and print its credentials, once.
    Create {
        /// What clients see: who asks.
        name: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// List all partners.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Refuse a partner's calls.
    Suspend {
        /// Its client id.
        client_id: String,
        /// Let it call again.
        #[arg(long)]
        resume: bool,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgs,
    },
    /// Give a partner a new client secret and print it, once; its access tokens end.
    RotateSecret {
        /// Its client id.
        client_id: String,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        /// Where the configuration is.
        #[command(flatten)]
        config: ConfigArgs,
    },
}

impl Cli {
    /// Does what was asked.
    pub async fn run(self) -> anyhow::Result<()> {
        match self.command {
            Command::Dev(args) => commands::dev::run(args).await,
            Command::Serve(args) => commands::serve::run(&args).await,
            Command::Sandbox(args) => commands::sandbox::run(args).await,
            Command::Migrate(args) => commands::serve::migrate(&args).await,
            Command::Meta(MetaCommand::Subscribe(args)) => commands::serve::subscribe(&args).await,
            Command::Partner(command) => commands::partner::run(command).await,
            Command::Config => commands::say(crate::config::DEFAULT.trim_end()),
            Command::Keys => commands::keys(),
            Command::Docs { folder } => commands::docs::run(&folder),
        }
    }
}
