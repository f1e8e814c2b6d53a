//! A server of files, good and bad.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Response, StatusCode};
use axum::routing::get;
use futures_util::stream::{self, StreamExt as _};
use tokio::net::TcpListener;

/// Listens on loopback, which the stories' gateway may reach.
pub(crate) struct Files {
    url: String,
    /// How many pieces of `endless` were taken.
    pub(crate) pieces: Arc<AtomicU64>,
}

fn file(kind: &str, length: u64) -> impl Fn(HeaderMap) -> std::future::Ready<Response<Body>> + Clone {
    let kind = kind.to_owned();
    move |headers| {
        let whole = Response::builder().header("content-type", &kind);
        let answer = if headers.contains_key("range") {
            let part = whole.status(StatusCode::PARTIAL_CONTENT);
            part.header("content-range", format!("bytes 0-0/{length}")).body(Body::from("x"))
        } else {
            whole.body(Body::from("x"))
        };
        std::future::ready(answer.unwrap())
    }
}

fn moved(to: &'static str) -> impl Fn() -> std::future::Ready<Response<Body>> + Clone {
    move || {
        let answer = Response::builder().status(StatusCode::FOUND).header("location", to);
        std::future::ready(answer.body(Body::empty()).unwrap())
    }
}

impl Files {
    pub(crate) async fn serve() -> Self {
        let pieces = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&pieces);
        let endless = move || {
            let count = Arc::clone(&count);
            let body = stream::repeat_with(move || {
                count.fetch_add(1, Ordering::SeqCst);
                Ok::<_, std::convert::Infallible>(Bytes::from(vec![0; 65_536]))
            });
            let answer = Response::builder().header("content-type", "image/jpeg");
            std::future::ready(answer.body(Body::from_stream(body.boxed())).unwrap())
        };
        let router = Router::new()
            .route("/a.jpg", get(file("image/jpeg", 4711)))
            .route("/a.png", get(file("image/png", 4711)))
            .route("/a.mp4", get(file("video/mp4", 4711)))
            .route("/a.html", get(file("text/html; charset=utf-8", 4711)))
            .route("/big.jpg", get(file("image/jpeg", 9 * 1024 * 1024)))
            .route("/endless.jpg", get(endless))
            .route("/moved.jpg", get(moved("/a.jpg")))
            .route("/inside.jpg", get(moved("http://10.0.0.1/a.jpg")))
            .route("/circle.jpg", get(moved("/circle.jpg")));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, pieces }
    }

    pub(crate) fn at(&self, name: &str) -> String {
        format!("{}/{name}", self.url)
    }
}
