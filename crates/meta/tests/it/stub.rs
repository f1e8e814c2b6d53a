//! A listener that records what it is asked and answers from a script.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jetbridge_domain::secret::Secret;
use jetbridge_meta::{Config, Meta};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use url::Url;

pub(crate) const APP_ID: &str = "411222333444555";
pub(crate) const APP_SECRET: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f90";
pub(crate) const USER_TOKEN: &str = "EAAuser";
/// `HMAC-SHA256(APP_SECRET, USER_TOKEN)`, worked out with Python's `hmac`.
pub(crate) const USER_PROOF: &str = "78bc555c61b452e88af8ff54b4083d0037a3933b8e300ad03c8162b95d03f7a0";

pub(crate) fn user_token() -> Secret {
    Secret::new(USER_TOKEN)
}

/// What the listener was asked.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) form: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|v| v.to_str().ok())
    }

    pub(crate) fn query(&self, key: &str) -> Option<&str> {
        self.query.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    pub(crate) fn form(&self, key: &str) -> Option<&str> {
        self.form.iter().find(|(k, _)| k == key).map(|(_, v)| v.as_str())
    }

    /// A parameter of the body that is JSON itself; null where there is none.
    pub(crate) fn json(&self, key: &str) -> Value {
        self.form(key).map_or(Value::Null, |text| serde_json::from_str(text).unwrap())
    }

    /// The names of all parameters but the proof, sorted.
    pub(crate) fn names(&self) -> Vec<&str> {
        let all = self.query.iter().chain(&self.form).map(|(key, _)| key.as_str());
        let mut names: Vec<_> = all.filter(|name| *name != "appsecret_proof").collect();
        names.sort_unstable();
        names
    }

    /// That the call proves itself as it should: the token in the header alone, and its proof.
    pub(crate) fn is_proven(&self) {
        assert_eq!(self.header("authorization"), Some("Bearer EAAuser"), "{self:?}");
        assert_eq!(self.query("appsecret_proof").or(self.form("appsecret_proof")), Some(USER_PROOF));
        assert!(!format!("{} {:?} {:?}", self.line, self.query, self.form).contains(USER_TOKEN), "{self:?}");
        if self.line.starts_with("POST") {
            assert_eq!(self.query, [], "a POST's parameters are in its body");
        }
    }
}

enum Play {
    Answer(u16, Vec<(&'static str, String)>, Vec<u8>),
    Echo,
    Silence,
    /// The answer comes once the client's patience, see [`impatient`], would be at its end.
    Late(String),
}

#[derive(Clone)]
pub(crate) struct Stub {
    pub(crate) base: Url,
    script: Arc<Mutex<VecDeque<Play>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    always: Arc<Mutex<Option<String>>>,
}

impl Stub {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
        let stub = Self { base, script: Arc::default(), asked: Arc::default(), always: Arc::default() };
        let on_ask = stub.clone();
        let router = Router::new().fallback(move |request| on_ask.clone().answer(request));
        tokio::spawn(async move { axum::serve(listener, router).await });
        stub
    }

    /// A listener with one answer of 200.
    pub(crate) async fn playing(body: &str) -> Self {
        Self::start().await.then(200, body)
    }

    pub(crate) fn then(self, status: u16, body: impl Into<Vec<u8>>) -> Self {
        self.script.lock().unwrap().push_back(Play::Answer(status, Vec::new(), body.into()));
        self
    }

    pub(crate) fn then_with(self, header: (&'static str, &str), status: u16, body: &str) -> Self {
        let headers = vec![(header.0, header.1.to_owned())];
        self.script.lock().unwrap().push_back(Play::Answer(status, headers, body.into()));
        self
    }

    /// A refusal that repeats everything that was sent, in every text it has.
    pub(crate) fn then_echo(self) -> Self {
        self.script.lock().unwrap().push_back(Play::Echo);
        self
    }

    pub(crate) fn then_silence(self) -> Self {
        self.script.lock().unwrap().push_back(Play::Silence);
        self
    }

    /// From now on, whatever is asked beyond the script has this answer of 200.
    pub(crate) fn always(&self, body: &str) {
        *self.always.lock().unwrap() = Some(body.to_owned());
    }

    pub(crate) fn then_late(self, body: &str) -> Self {
        self.script.lock().unwrap().push_back(Play::Late(body.to_owned()));
        self
    }

    pub(crate) fn meta(&self) -> Meta {
        Meta::new(config(&self.base)).unwrap()
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    /// The only request there was.
    pub(crate) fn only(&self) -> Asked {
        let asked = self.asked();
        assert_eq!(asked.len(), 1, "{asked:?}");
        asked[0].clone()
    }

    async fn answer(self, request: Request<Body>) -> Response {
        let (head, body) = request.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        let pairs = |bytes: &[u8]| url::form_urlencoded::parse(bytes).into_owned().collect();
        let asked = Asked {
            line: format!("{} {}", head.method, head.uri.path()),
            query: pairs(head.uri.query().unwrap_or_default().as_bytes()),
            headers: head.headers,
            form: pairs(&body),
        };
        self.asked.lock().unwrap().push(asked.clone());
        let play = self.script.lock().unwrap().pop_front();
        match play {
            Some(Play::Answer(status, headers, body)) => {
                let mut response = (StatusCode::from_u16(status).unwrap(), body).into_response();
                for (name, value) in headers {
                    response.headers_mut().insert(name, value.parse().unwrap());
                }
                response
            }
            Some(Play::Echo) => {
                let form: Vec<_> = asked.form.iter().map(|(key, value)| format!("{key}={value}")).collect();
                let sent = [
                    asked.header("authorization").unwrap_or_default(),
                    head.uri.query().unwrap_or_default(),
                    std::str::from_utf8(&body).unwrap(),
                    &form.join(" "),
                ]
                .join(" ");
                let error = json!({"message": format!("Malformed access token {sent}"), "type": sent, "code": 190,
                    "error_user_title": sent, "error_user_msg": sent});
                let token = asked.header("authorization").unwrap_or_default().to_owned();
                let headers = [("x-fb-trace-id", token), ("facebook-api-version", sent)];
                (StatusCode::BAD_REQUEST, headers, json!({ "error": error }).to_string()).into_response()
            }
            Some(Play::Late(body)) => {
                tokio::time::sleep(IMPATIENCE * 2).await;
                body.into_response()
            }
            Some(Play::Silence) => std::future::pending().await,
            None => match self.always.lock().unwrap().clone() {
                Some(body) => body.into_response(),
                None => (StatusCode::IM_A_TEAPOT, "the script has ended").into_response(),
            },
        }
    }
}

/// Answers every request with these bytes, head and all, and cuts the line.
pub(crate) async fn raw(answer: impl Into<Vec<u8>>) -> Url {
    let answer = answer.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = Vec::new();
            let mut buffer = [0; 4096];
            while !is_whole(&request) {
                match stream.read(&mut buffer).await {
                    Ok(n) if n > 0 => request.extend_from_slice(&buffer[..n]),
                    _ => break,
                }
            }
            let _ = stream.write_all(&answer).await;
        }
    });
    base
}

fn is_whole(request: &[u8]) -> bool {
    const TLS_HANDSHAKE: u8 = 0x16;
    if request.first() == Some(&TLS_HANDSHAKE) {
        return true;
    }
    let text = String::from_utf8_lossy(request).to_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    body.len() >= length.and_then(|n| n.parse().ok()).unwrap_or(0)
}

/// An address where nobody listens.
pub(crate) async fn nobody() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap()
}

pub(crate) fn config(base: &Url) -> Config {
    Config {
        app_id: APP_ID.to_owned(),
        app_secret: Secret::new(APP_SECRET),
        graph_version: "v25.0".to_owned(),
        graph_base: base.clone(),
        dialog_base: Url::parse("https://www.facebook.com").unwrap(),
        redirect_uri: "https://jetbridge.example/facebook/callback".to_owned(),
        timeout: Duration::from_secs(10),
        config_id: None,
    }
}

const IMPATIENCE: Duration = Duration::from_millis(150);

/// A client that does not wait.
pub(crate) fn impatient(base: &Url) -> Meta {
    Meta::new(Config { timeout: IMPATIENCE, ..config(base) }).unwrap()
}
