//! A partner's own endpoint: takes webhooks, and verifies each with the published library.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use standardwebhooks::Webhook;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::raw_member;

/// Far more than a delivery takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

/// One request that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    pub(crate) json: Value,
}

impl Delivery {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn kind(&self) -> &str {
        self.json["type"].as_str().unwrap()
    }

    pub(crate) fn data(&self) -> &Value {
        &self.json["data"]
    }

    /// A member of `data` as it was written, digit for digit.
    pub(crate) fn raw(&self, name: &str) -> Option<String> {
        raw_member(std::str::from_utf8(&self.body).unwrap(), &["data", name])
    }

    pub(crate) fn signed_by(&self, secret: &str) -> bool {
        Webhook::new(secret).unwrap().verify(&self.body, &self.headers).is_ok()
    }
}

/// The listener.
pub(crate) struct Hooks {
    pub(crate) url: String,
    arrived: mpsc::UnboundedReceiver<Delivery>,
    answers: Arc<Mutex<VecDeque<StatusCode>>>,
    /// Arrived while something else was waited for.
    kept: Vec<Delivery>,
}

impl Hooks {
    pub(crate) async fn start() -> Hooks {
        let (sender, arrived) = mpsc::unbounded_channel();
        let answers = Arc::new(Mutex::new(VecDeque::new()));
        let next_answer = Arc::clone(&answers);
        let take = move |headers: HeaderMap, body: Bytes| async move {
            let json = serde_json::from_slice(&body).unwrap_or(Value::Null);
            // Taken first: the test may say what the next one is answered as soon as it has seen this one.
            let answer = next_answer.lock().unwrap().pop_front().unwrap_or(StatusCode::OK);
            // Nobody listens any more once the test is over.
            let _ = sender.send(Delivery { headers, body, json });
            answer
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook?of=partner", listener.local_addr().unwrap());
        let router = Router::new().route("/hook", post(take));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Hooks { url, arrived, answers, kept: Vec::new() }
    }

    /// What the next requests are answered, before it is 200 again.
    pub(crate) fn answer_next(&self, answers: &[StatusCode]) {
        self.answers.lock().unwrap().extend(answers);
    }

    /// The next request of any kind.
    pub(crate) async fn next(&mut self) -> Delivery {
        if !self.kept.is_empty() {
            return self.kept.remove(0);
        }
        self.receive("anything").await
    }

    /// The next event of this type; what else arrives is kept.
    pub(crate) async fn next_of(&mut self, kind: &str) -> Delivery {
        if let Some(at) = self.kept.iter().position(|delivery| delivery.kind() == kind) {
            return self.kept.remove(at);
        }
        loop {
            let delivery = self.receive(kind).await;
            if delivery.kind() == kind {
                return delivery;
            }
            self.kept.push(delivery);
        }
    }

    async fn receive(&mut self, what: &str) -> Delivery {
        let waited = timeout(PATIENCE, self.arrived.recv()).await;
        let seen: Vec<&str> = self.kept.iter().map(Delivery::kind).collect();
        waited.unwrap_or_else(|_| panic!("{what} did not arrive; there was {seen:?}")).unwrap()
    }

    /// Everything that arrived so far and was not taken.
    pub(crate) fn left_over(&mut self) -> Vec<Delivery> {
        while let Ok(delivery) = self.arrived.try_recv() {
            self.kept.push(delivery);
        }
        std::mem::take(&mut self.kept)
    }
}
