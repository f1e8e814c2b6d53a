//! A way in that writes down what goes through it, both ways.

use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use jetbridge::http::listener::{self, Bounds};
use jetbridge::http::router::{Web, router};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::world::Engine;
use super::{Door, World};

/// A request and its answer.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) asked: Vec<(String, String)>,
    pub(crate) form: String,
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

#[derive(Clone, Default)]
pub(crate) struct Front(Arc<Mutex<Vec<Exchange>>>);

impl Front {
    /// A world whose gateway is reached through this, and reaches the sandbox through a door.
    pub(crate) async fn world(engine: Engine, more: &[(&str, &str)]) -> (World, Door, Self) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut settings = vec![("PUBLIC_URL", url.as_str())];
        settings.extend(more);
        let (mut world, door) = Door::world(engine, &settings).await;
        let callback = format!("{url}{}", jetbridge::http::CALLBACK_PATH);
        world.control("PUT", "app", serde_json::json!({"redirect_uris": [callback]})).await;
        let front = Self::default();
        let stop = CancellationToken::new();
        let web = router(Web::new(world.app.clone(), stop.clone()));
        let web = web.layer(from_fn_with_state(front.clone(), record));
        let bounds = Bounds { connections: 500, header_time: std::time::Duration::from_secs(5) };
        tokio::spawn(listener::serve(listener, web, bounds, stop));
        world.url = url;
        (world, door, front)
    }

    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.0.lock().unwrap().clone()
    }
}

fn pairs(headers: &axum::http::HeaderMap) -> Vec<(String, String)> {
    let pair = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    };
    headers.iter().map(pair).collect()
}

async fn record(State(front): State<Front>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 22).await.unwrap();
    let (method, target, asked) = (head.method.to_string(), head.uri.to_string(), pairs(&head.headers));
    let form = String::from_utf8_lossy(&body).into_owned();
    let answer = next.run(Request::from_parts(head, Body::from(body))).await;
    let (head, body) = answer.into_parts();
    let body = to_bytes(body, 1 << 22).await.unwrap();
    front.0.lock().unwrap().push(Exchange {
        method,
        target,
        asked,
        form,
        status: head.status.as_u16(),
        headers: pairs(&head.headers),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    Response::from_parts(head, Body::from(body))
}
