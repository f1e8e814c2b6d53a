//! A partner: its calls to the API, and the endpoint it gets webhooks at.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use jetbridge::app::partners::Credentials;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::World;

pub(crate) struct Partner {
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) token: String,
    url: String,
    http: reqwest::Client,
}

impl Partner {
    pub(crate) async fn log_in(world: &World, credentials: Credentials) -> Self {
        let mut partner = Self {
            client_id: credentials.client_id,
            client_secret: credentials.client_secret.expose().to_owned(),
            token: String::new(),
            url: world.url.clone(),
            http: world.http.clone(),
        };
        partner.renew().await;
        partner
    }

    /// Takes a new access token.
    pub(crate) async fn renew(&mut self) {
        let (status, answer) = self.ask_token(&self.client_secret).await;
        assert_eq!(status, 200, "{answer}");
        self.token = answer["access_token"].as_str().unwrap().to_owned();
    }

    pub(crate) async fn ask_token(&self, secret: &str) -> (u16, Value) {
        let body = json!({"client_id": self.client_id, "client_secret": secret});
        let (status, text) =
            self.send(Method::POST, "settings/accessToken", Some(body.to_string()), &[]).await;
        (status, serde_json::from_str(&text).unwrap())
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
        headers: &[(&str, &str)],
    ) -> (u16, String) {
        let mut request = self.http.request(method, format!("{}/api/{path}", self.url));
        request = request.header("authorization", format!("Bearer {}", self.token));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            request = request.body(body);
        }
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let (status, text) = self.send(method, path, body.map(|b| b.to_string()), &[]).await;
        (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}")))
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.call(Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(Method::POST, path, Some(body)).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    }

    pub(crate) async fn post_with_key(&self, path: &str, body: &Value, key: &str) -> (u16, Value) {
        let headers = [("idempotency-key", key)];
        let (status, text) = self.send(Method::POST, path, Some(body.to_string()), &headers).await;
        (status, serde_json::from_str(&text).unwrap())
    }

    /// Makes a link for a product; answers its param.
    pub(crate) async fn link(&self, product: i64) -> String {
        let body = json!({"type": product, "reference": "shop-7"});
        let answer = self.post("facebook/createOnboarding", body).await;
        answer["param"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn onboarding(&self, param: &str) -> Value {
        self.get(&format!("facebook/getOnboarding?param={param}")).await
    }

    pub(crate) async fn connections(&self) -> Vec<Value> {
        self.get("facebook/getConnections").await["list"].as_array().unwrap().clone()
    }

    /// Sets up a listener as the default endpoint.
    pub(crate) async fn endpoint(&self) -> Endpoint {
        let mut endpoint = Endpoint::listen().await;
        let answer = self.post("settings/setWebhook", json!({"url": endpoint.url})).await;
        endpoint.secret = answer["secret"].as_str().unwrap().to_owned();
        endpoint
    }
}

/// A webhook as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) headers: HeaderMap,
    pub(crate) raw: Vec<u8>,
    pub(crate) body: Value,
}

impl Received {
    pub(crate) fn name(&self) -> &str {
        self.body["type"].as_str().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    /// Checks the signature with the published library's parts that do not look at the clock.
    pub(crate) fn is_signed_with(&self, secret: &str) -> bool {
        let webhook = standardwebhooks::Webhook::new(secret).unwrap();
        let timestamp: i64 = self.header("webhook-timestamp").parse().unwrap();
        let expected = webhook.sign(self.header("webhook-id"), timestamp, &self.raw).unwrap();
        self.header("webhook-signature").split(' ').any(|s| s == expected)
    }
}

#[derive(Default)]
struct Book {
    received: Vec<Received>,
    plan: VecDeque<(u16, Option<String>)>,
}

/// A listener that answers as planned, then 200.
pub(crate) struct Endpoint {
    pub(crate) url: String,
    pub(crate) secret: String,
    book: Arc<Mutex<Book>>,
}

impl Endpoint {
    pub(crate) async fn listen() -> Self {
        let book = Arc::new(Mutex::new(Book::default()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let router = Router::new().route("/hook", post(receive)).with_state(Arc::clone(&book));
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, secret: String::new(), book }
    }

    /// Plans the next answers.
    pub(crate) fn will_answer(&self, statuses: &[u16]) {
        self.book.lock().unwrap().plan.extend(statuses.iter().map(|s| (*s, None)));
    }

    pub(crate) fn will_answer_retry_after(&self, status: u16, seconds: &str) {
        self.book.lock().unwrap().plan.push_back((status, Some(seconds.to_owned())));
    }

    /// What arrived since the last time.
    pub(crate) fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.book.lock().unwrap().received)
    }

    /// The names of what arrived since the last time.
    pub(crate) fn take_names(&self) -> Vec<String> {
        self.take().iter().map(|r| r.name().to_owned()).collect()
    }
}

async fn receive(
    State(book): State<Arc<Mutex<Book>>>,
    headers: HeaderMap,
    raw: Bytes,
) -> (StatusCode, HeaderMap) {
    let mut book = book.lock().unwrap();
    let body = serde_json::from_slice(&raw).unwrap();
    book.received.push(Received { headers, raw: raw.to_vec(), body });
    let (status, retry_after) = book.plan.pop_front().unwrap_or((200, None));
    let mut answer = HeaderMap::new();
    if let Some(seconds) = retry_after {
        answer.insert("retry-after", seconds.parse().unwrap());
    }
    (StatusCode::from_u16(status).unwrap(), answer)
}
