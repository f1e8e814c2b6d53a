//! The accept loop: bounds on connections, on the time a request's headers take and on the time an
//! answer is left untaken, and a stop that lets running requests finish.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::extract::Peer;
use super::untaken::Untaken;

/// Bounds of a listener.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Connections open at a time; further ones wait to be accepted.
    pub connections: usize,
    /// The time a request's headers may take.
    pub header_time: Duration,
}

/// An answer may be left untaken so many times as long as a request's headers may take: networks
/// stall, and a client on a phone in a lift is no attacker.
const UNTAKEN: u32 = 3;

/// How long running requests have after the word to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// Serves until `stop`, then lets running requests finish.
pub async fn serve(listener: TcpListener, router: Router, bounds: Bounds, stop: CancellationToken) {
    let places = Arc::new(Semaphore::new(bounds.connections));
    let graceful = GracefulShutdown::new();
    loop {
        let place = tokio::select! {
            Ok(place) = Arc::clone(&places).acquire_owned() => place,
            // Also where every place is taken: nobody else would leave one for the word's sake.
            () = stop.cancelled() => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file descriptors, most likely: give connections time to end.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = stop.cancelled() => break,
        };
        let _ = stream.set_nodelay(true);
        let stream = Untaken::new(stream, bounds.header_time.saturating_mul(UNTAKEN));
        let service = router.clone().map_request(move |mut request: Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(Peer(peer));
            request.map(axum::body::Body::new)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.header_time)
            .max_buf_size(64 * 1024)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
        let watched = graceful.watch(connection);
        tokio::spawn(async move {
            // A connection that a client cuts or lets time out is not worth a line.
            let _ = watched.await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests were still running when the time to finish them was over");
    }
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpStream;

    use super::*;

    /// The one place is taken by a caller who says nothing and has an hour for it.
    #[tokio::test]
    async fn the_word_to_stop_is_heard_when_every_place_is_taken() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let hour = Duration::from_secs(3600);
        let bounds = Bounds { connections: 1, header_time: hour };
        let stop = CancellationToken::new();
        let router = Router::new().route("/", axum::routing::get(async || "here"));
        let serving = tokio::spawn(serve(listener, router, bounds, stop.clone()));
        let mut caller = TcpStream::connect(address).await.unwrap();
        // Its answer shows that the place is taken; the connection stays open.
        tokio::io::AsyncWriteExt::write_all(&mut caller, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        tokio::io::AsyncReadExt::read_exact(&mut caller, &mut [0; 8]).await.unwrap();
        stop.cancel();
        tokio::time::timeout(Duration::from_secs(20), serving).await.expect("it ends").unwrap();
    }
}
