//! The name of the running request, which failures, pages and log lines quote.

use std::future::Future;

use jetbridge_domain::entropy::Entropy;

tokio::task_local! {
    static CURRENT: String;
}

/// A new name.
pub fn new(entropy: &Entropy) -> String {
    match entropy.bytes::<12>() {
        Ok(bytes) => bytes.iter().fold("req_".to_owned(), |text, b| format!("{text}{b:02x}")),
        Err(_) => "req_0".to_owned(),
    }
}

/// Runs a request under its name.
pub async fn scope<F: Future>(id: String, request: F) -> F::Output {
    CURRENT.scope(id, request).await
}

/// The running request's name; empty outside of one.
pub fn current() -> String {
    CURRENT.try_with(Clone::clone).unwrap_or_default()
}
