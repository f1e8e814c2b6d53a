//! Health: `/healthz` says that the process lives, `/readyz` that it can do its work.

use axum::extract::State;
use axum::http::StatusCode;

use super::router::Web;

/// The process lives.
pub(super) async fn healthz() -> &'static str {
    "ok\n"
}

/// The database answers, and the process is not stopping.
pub(super) async fn readyz(State(web): State<Web>) -> (StatusCode, &'static str) {
    if web.stopping.is_cancelled() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match web.app.db.ping().await {
        Ok(()) => (StatusCode::OK, "ready\n"),
        Err(error) => {
            tracing::error!(error = ?error, "not ready: the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer\n")
        }
    }
}
