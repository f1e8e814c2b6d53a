//! `serve`, and the commands that need the same configuration.

use anyhow::Context as _;
use jetbridge_domain::clock::Clock;
use jetbridge_domain::connection::page_fields;
use jetbridge_domain::entropy::Entropy;
use jetbridge_domain::product::Product;
use jetbridge_store::db::{Db, Options};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::say;
use crate::app::App;
use crate::cli::ConfigArgs;
use crate::config::{Config, Environment};
use crate::http::META_WEBHOOK_PATH;
use crate::http::listener::{self, Bounds};
use crate::http::router::{Web, router};
use crate::{logs, worker};

/// Reads the configuration and opens the product.
pub async fn open(args: &ConfigArgs) -> anyhow::Result<App> {
    let config = Config::load(args.config.as_deref(), &Environment::of_process())?;
    logs::start(&config.log);
    Ok(App::open(config, Clock::system(), Entropy::system()).await?)
}

/// `jetbridge serve`.
pub async fn run(args: &ConfigArgs) -> anyhow::Result<()> {
    let config = Config::load(args.config.as_deref(), &Environment::of_process())?;
    logs::start(&config.log);
    bring_up_to_date(&config).await?;
    let app = App::open(config, Clock::system(), Entropy::system()).await?;
    let stop = CancellationToken::new();
    super::stop_on_signal(&stop)?;
    if !app.config.webhooks.allow_networks.is_empty() {
        tracing::warn!(networks = ?app.config.webhooks.allow_networks, "webhooks may reach networks that are not public");
    }
    let listener = if app.config.web {
        let at = app.config.listen;
        Some(TcpListener::bind(at).await.with_context(|| format!("cannot listen on {at}"))?)
    } else {
        None
    };
    tracing::info!(listen = %app.config.listen, public_url = %app.config.public_url, database = %app.config.database, "serving");
    serve(app, listener, stop).await;
    Ok(())
}

/// Serves on `listener`, if there is one, and works, until `stop`.
pub async fn serve(app: App, listener: Option<TcpListener>, stop: CancellationToken) {
    let limits = &app.config.limits;
    let bounds = Bounds { connections: limits.connections, header_time: limits.header_time };
    let web = async {
        match listener {
            Some(listener) => {
                let router = router(Web::new(app.clone(), stop.clone()));
                listener::serve(listener, router, bounds, stop.clone()).await;
            }
            None => stop.cancelled().await,
        }
    };
    let work = async {
        if app.config.worker {
            worker::run(app.clone(), stop.clone()).await;
        }
    };
    tokio::join!(web, work);
    app.db.close().await;
}

async fn bring_up_to_date(config: &Config) -> anyhow::Result<Vec<String>> {
    let db = Db::open(&config.database, Options::default()).await?;
    let applied = db.migrate(Clock::system().now()).await?;
    db.close().await;
    for name in &applied {
        tracing::info!(name, "migration applied");
    }
    Ok(applied)
}

/// `jetbridge migrate`.
pub async fn migrate(args: &ConfigArgs) -> anyhow::Result<()> {
    let config = Config::load(args.config.as_deref(), &Environment::of_process())?;
    logs::start(&config.log);
    let applied = bring_up_to_date(&config).await?;
    if applied.is_empty() {
        return say("The database is up to date.");
    }
    say(&format!("Applied: {}.", applied.join(", ")))
}

/// `jetbridge meta subscribe`.
pub async fn subscribe(args: &ConfigArgs) -> anyhow::Result<()> {
    let app = open(args).await?;
    subscribe_app(&app).await?;
    for row in app.meta.app_subscriptions().await? {
        say(&format!("{}: {} fields, to {}", row.object, row.fields.len(), row.callback_url))?;
    }
    Ok(())
}

/// Subscribes the Meta app to every field that any product needs.
pub async fn subscribe_app(app: &App) -> anyhow::Result<()> {
    let callback = app.config.public(META_WEBHOOK_PATH);
    let token = &app.config.meta.verify_token;
    let page = page_fields(&Product::ALL);
    for (object, fields) in [("page", page.as_slice()), ("instagram", Product::INSTAGRAM_FIELDS)] {
        app.meta
            .subscribe_app(object, &callback, token, fields)
            .await
            .with_context(|| format!("Meta did not subscribe the app to {object}"))?;
    }
    Ok(())
}
