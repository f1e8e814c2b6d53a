//! Work beside the requests: delivering events to partners, fetching their logos, and sweeping up.

pub mod deliver;
pub mod sweep;

use std::time::Duration;

use jetbridge_domain::clock::Span;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::app::{App, branding, leads, life, publishing};

/// How often the database is asked although nobody said there is something to do: after a restart,
/// and for what another process left.
const POLL: Span = Span::seconds(1);

/// How often is swept.
const SWEEP: Duration = Duration::from_secs(15);

/// Runs until `stop`; deliveries under way are finished.
pub async fn run(app: App, stop: CancellationToken) {
    tokio::join!(
        deliver_loop(&app, &stop),
        sweep_loop(&app, &stop),
        fetch_loop(&app, &stop),
        check_loop(&app, &stop),
        leads_loop(&app, &stop),
        posts_loop(&app, &stop)
    );
}

async fn deliver_loop(app: &App, stop: &CancellationToken) {
    if let Err(error) = deliver::free_claims(app).await {
        tracing::error!(error = ?error, "claims of an earlier process could not be freed; they lapse");
    }
    let mut under_way = JoinSet::new();
    while !stop.is_cancelled() {
        let room = app.config.webhooks.concurrency.saturating_sub(under_way.len());
        let claimed = if room == 0 { Ok(Vec::new()) } else { deliver::claim(app, room).await };
        let found = match claimed {
            Ok(claimed) => {
                let found = claimed.len();
                for one in claimed {
                    let app = app.clone();
                    under_way.spawn(async move { deliver::deliver(&app, one).await });
                }
                found
            }
            Err(error) => {
                tracing::error!(error = ?error, "deliveries could not be claimed");
                0
            }
        };
        if found > 0 && found == room {
            continue;
        }
        // One that ends may free the next of its conversation.
        tokio::select! {
            Some(_) = under_way.join_next() => {}
            () = app.wake.notified() => {}
            () = tokio::time::sleep(POLL.to_std()) => {}
            () = stop.cancelled() => {}
        }
    }
    while under_way.join_next().await.is_some() {}
}

/// Fetches partners' pictures: soon after they were set, and again where a server did not answer.
async fn fetch_loop(app: &App, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match branding::fetch_due(app).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!(error = ?error, "logos could not be fetched; it is tried again"),
        }
        tokio::select! {
            () = app.fetch.notified() => {}
            () = tokio::time::sleep(SWEEP) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Reads leads: soon after Meta told of them, and again where it would not give the answers.
async fn leads_loop(app: &App, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match leads::read_due(app).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!(error = ?error, "leads could not be read; it is tried again"),
        }
        tokio::select! {
            () = app.leads.notified() => {}
            () = tokio::time::sleep(SWEEP) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Leads posts on that are planned or being prepared.
async fn posts_loop(app: &App, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = publishing::go_on(app).await {
            tracing::error!(error = ?error, "posts could not be led on; it is tried again");
        }
        tokio::select! {
            () = app.posts.notified() => {}
            () = tokio::time::sleep(POLL.to_std()) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Proves the life of connections, each once a day.
async fn check_loop(app: &App, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        match life::check_due(app).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => {
                tracing::error!(error = ?error, "connections could not be checked; it is tried again");
            }
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            () = stop.cancelled() => {}
        }
    }
}

async fn sweep_loop(app: &App, stop: &CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = sweep::sweep(app).await {
            tracing::error!(error = ?error, "sweeping failed; it is tried again");
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {}
            () = stop.cancelled() => {}
        }
    }
}
