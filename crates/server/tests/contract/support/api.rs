//! Calls of the API, and the promises that hold for every answer.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, StatusCode};
use serde_json::Value;

/// The contract's table: each reason with the HTTP statuses it may come with.
const REASONS: [(i64, &[u16]); 30] = [
    (1, &[200]),
    (2, &[400, 401]),
    (3, &[401, 429]),
    (4, &[403]),
    (6, &[400]),
    (7, &[413]),
    (8, &[429]),
    (9, &[500, 503]),
    (10, &[404]),
    (13, &[405, 400]),
    (20, &[400]),
    (25, &[409]),
    (26, &[404]),
    (33, &[400]),
    (34, &[400]),
    (36, &[400]),
    (37, &[400]),
    (40, &[404]),
    (41, &[409]),
    (42, &[409]),
    (43, &[502]),
    (44, &[409]),
    (45, &[400]),
    (46, &[400]),
    (47, &[400]),
    (48, &[409]),
    (49, &[503]),
    (50, &[400]),
    (51, &[409]),
    // Newer than the table: there is no such webhook endpoint.
    (53, &[404]),
];

#[expect(clippy::disallowed_methods, reason = "a test's own client")]
pub(crate) fn http(from: Option<Ipv4Addr>) -> Client {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .local_address(from.map(IpAddr::V4))
        .timeout(Duration::from_secs(60))
        .no_proxy()
        .build()
        .unwrap()
}

fn shared_http() -> Client {
    static CLIENT: OnceLock<Client> = OnceLock::new();
    CLIENT.get_or_init(|| http(None)).clone()
}

/// A request being put together.
#[derive(Clone)]
pub(crate) struct Call {
    client: Client,
    base: String,
    pub(crate) method: String,
    pub(crate) path: String,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl Call {
    pub(crate) fn new(base: &str, method: &str, path: &str) -> Call {
        Call {
            client: shared_http(),
            base: base.to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            headers: HeaderMap::new(),
            body: None,
        }
    }

    pub(crate) fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Call {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.headers.append(name, HeaderValue::from_bytes(value.as_ref()).unwrap());
        self
    }

    pub(crate) fn token(self, token: &str) -> Call {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Call {
        self.body = Some(body.into());
        self
    }

    /// From another address of this machine.
    pub(crate) fn with(mut self, client: &Client) -> Call {
        self.client = client.clone();
        self
    }

    /// Sends it to something that is not the API.
    pub(crate) async fn send_anywhere(self) -> Answer {
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        let mut request =
            self.client.request(method, format!("{}{}", self.base, self.path)).headers(self.headers);
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let text = response.text().await.expect("a whole answer");
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, headers, text, json }
    }

    /// Sends once more what an idempotency key has settled: the answer is the first one's to the last byte, so it
    /// names the first request.
    pub(crate) async fn repeat(self, first: &Answer) {
        let answer = self.send_anywhere().await;
        answer.check("a repeated call", true);
        assert_eq!((answer.status, &answer.text), (first.status, &first.text));
    }

    /// Sends it, and checks what holds for every answer of the API.
    pub(crate) async fn send(self) -> Answer {
        let what = format!("{} {}", self.method, self.path.chars().take(80).collect::<String>());
        let answer = self.send_anywhere().await;
        answer.check_house_style(&what);
        answer
    }
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn reason(&self) -> i64 {
        self.json["reason"].as_i64().unwrap_or_else(|| panic!("no reason in {}", self.text))
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text_of(&self, name: &str) -> String {
        self.json[name].as_str().unwrap_or_else(|| panic!("no text {name} in {}", self.text)).to_owned()
    }

    pub(crate) fn list(&self) -> &Vec<Value> {
        self.json["list"].as_array().unwrap_or_else(|| panic!("no list in {}", self.text))
    }

    pub(crate) fn ok(self) -> Answer {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        self
    }

    /// The house style: a flat object, never anything else.
    pub(crate) fn check_house_style(&self, what: &str) {
        self.check(what, false);
    }

    fn check(&self, what: &str, repeated: bool) {
        let (json, text) = (&self.json, &self.text);
        let kind = self.header("content-type");
        assert!(kind.starts_with("application/json"), "{what}: {kind} {text}");
        assert!(json.is_object(), "{what}: not an object: {} {text}", self.status);
        assert!(!self.header("x-request-id").is_empty(), "{what}: no X-Request-Id");
        assert!(json["reason"].is_i64(), "{what}: reason is no integer: {text}");
        let statuses = REASONS.iter().find(|(reason, _)| *reason == self.reason()).map(|(_, all)| *all);
        let statuses = statuses.unwrap_or_else(|| panic!("{what}: reason outside the table: {text}"));
        assert!(statuses.contains(&self.status.as_u16()), "{what}: {} with {text}", self.status);
        if self.status == StatusCode::OK {
            assert_eq!(json["status"], "OK", "{what}: {text}");
            return;
        }
        assert_eq!(json["status"], "FAIL", "{what}: {text}");
        let id = json["request_id"].as_str().unwrap_or_default();
        assert!(!id.is_empty(), "{what}: no request_id: {text}");
        assert!(repeated || id == self.header("x-request-id"), "{what}: another's request_id: {text}");
        let message = json["message"].as_str().unwrap_or_else(|| panic!("{what}: no message: {text}"));
        assert!(is_one_sentence(message), "{what}: not one sentence: {message}");
        assert!(json.get("field").is_none_or(Value::is_string), "{what}: {text}");
        if self.status == StatusCode::TOO_MANY_REQUESTS || self.reason() == 51 {
            let seconds: u32 = self.header("retry-after").parse().expect("Retry-After in seconds");
            assert!(seconds > 0, "{what}: Retry-After: 0");
        }
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            assert!(!self.header("allow").is_empty(), "{what}: no Allow");
        }
    }
}

fn is_one_sentence(message: &str) -> bool {
    let Some(body) = message.strip_suffix('.') else { return false };
    message.contains(' ') && message.is_ascii() && !body.contains(". ") && !body.contains('\n')
}

/// What a row of a table expects.
#[derive(Clone, Copy)]
pub(crate) struct Want {
    pub(crate) status: u16,
    pub(crate) reason: i64,
    pub(crate) field: Option<&'static str>,
}

/// It works.
pub(crate) const fn good() -> Want {
    Want { status: 200, reason: 1, field: None }
}

/// It is refused.
pub(crate) const fn bad(status: u16, reason: i64) -> Want {
    Want { status, reason, field: None }
}

impl Want {
    pub(crate) const fn at(self, field: &'static str) -> Want {
        Want { field: Some(field), ..self }
    }

    /// Nothing where it holds, otherwise what differs: a table reports all its rows at once.
    pub(crate) fn differs(&self, name: &str, answer: &Answer) -> Option<String> {
        let field_right = self.field.is_none_or(|field| answer.json["field"] == field);
        let right = answer.status.as_u16() == self.status && answer.reason() == self.reason && field_right;
        (!right).then(|| {
            let short: String = answer.text.chars().take(240).collect();
            format!(
                "{name}: want {}/{} {}, got {} {short}",
                self.status,
                self.reason,
                self.field.unwrap_or_default(),
                answer.status
            )
        })
    }
}

/// Sends every row and reports all that differ.
pub(crate) async fn check_all(subject: &str, rows: Vec<(String, Call, Want)>) {
    let count = rows.len();
    let mut wrong = Vec::new();
    for (name, call, want) in rows {
        wrong.extend(want.differs(&name, &call.send().await));
    }
    println!("{subject}: {count} cases");
    assert!(wrong.is_empty(), "{subject}: {} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
}

/// A partner with a token.
#[derive(Clone)]
pub(crate) struct Partner {
    pub(crate) url: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) token: String,
}

pub(crate) fn credentials(id: &str, secret: &str) -> String {
    serde_json::json!({"client_id": id, "client_secret": secret}).to_string()
}

impl Partner {
    pub(crate) async fn log_in(url: &str, client_id: &str, client_secret: &str) -> Partner {
        let call = Call::new(url, "POST", "/api/settings/accessToken");
        let answer = call.body(credentials(client_id, client_secret)).send().await.ok();
        Partner {
            url: url.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: client_secret.to_owned(),
            token: answer.text_of("access_token"),
        }
    }

    /// The same partner, where the program listens now.
    pub(crate) fn at(&self, url: &str) -> Partner {
        Partner { url: url.to_owned(), ..self.clone() }
    }

    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        Call::new(&self.url, method, path).token(&self.token)
    }

    pub(crate) fn create_call(&self, body: impl Into<Vec<u8>>) -> Call {
        self.call("POST", "/api/facebook/createOnboarding").body(body)
    }

    /// A new link's param.
    pub(crate) async fn create(&self, body: impl Into<Vec<u8>>) -> String {
        self.create_call(body).send().await.ok().text_of("param")
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path).send().await
    }

    pub(crate) async fn onboarding(&self, param: &str) -> Answer {
        self.get(&format!("/api/facebook/getOnboarding?param={param}")).await.ok()
    }

    pub(crate) async fn set_webhook(&self, url: &str) -> Answer {
        let body = serde_json::json!({"url": url}).to_string();
        self.call("POST", "/api/settings/setWebhook").body(body).send().await.ok()
    }
}
