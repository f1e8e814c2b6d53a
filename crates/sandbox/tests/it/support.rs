//! A running sandbox with a clock that stands still, a browser without scripts, and a receiver of webhooks.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use aws_lc_rs::hmac;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use jetbridge_sandbox::{Config, Sandbox};
use reqwest::{Client, Method, Response};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use url::Url;

pub(crate) const APP_ID: &str = "1234567890123456";
pub(crate) const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";
pub(crate) const REDIRECT: &str = "http://app.test/callback?x=1";
pub(crate) const START: i64 = 1_790_000_000;

/// What most logins ask for.
pub(crate) const SCOPES: &str =
    "pages_show_list,pages_messaging,pages_manage_metadata,pages_read_engagement,instagram_basic";

pub(crate) struct Meta {
    pub(crate) url: String,
    pub(crate) client: Client,
    clock: Arc<AtomicI64>,
}

#[expect(clippy::disallowed_methods, reason = "tests talk to the sandbox as any program does")]
pub(crate) fn client() -> Client {
    Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

fn config(data_file: &Path, url: &str) -> Config {
    Config {
        data_file: data_file.to_owned(),
        app_id: APP_ID.to_owned(),
        app_secret: APP_SECRET.to_owned(),
        app_name: "Test App".to_owned(),
        graph_version: "v25.0".to_owned(),
        redirect_uris: vec![REDIRECT.to_owned(), "http://app.test/other".to_owned()],
        public_url: format!("{url}/"),
    }
}

impl Meta {
    /// Only opens a world, to see whether that works.
    pub(crate) fn try_file(data_file: &Path) -> Result<(), jetbridge_sandbox::Error> {
        Sandbox::open(config(data_file, "http://sandbox.test")).map(|_| ())
    }

    pub(crate) async fn start() -> Meta {
        Meta::with_file(Path::new(":memory:")).await
    }

    pub(crate) async fn with_file(data_file: &Path) -> Meta {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let clock = Arc::new(AtomicI64::new(START));
        let config = config(data_file, &url);
        let read = Arc::clone(&clock);
        let sandbox = Sandbox::open_at(config, Arc::new(move || read.load(Ordering::SeqCst))).unwrap();
        let router = sandbox.router();
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Meta { url, client: client(), clock }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.load(Ordering::SeqCst)
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.clock.fetch_add(seconds, Ordering::SeqCst);
    }

    /// One Graph call with its parameters in the query.
    pub(crate) async fn send(&self, method: Method, path: &str, parameters: &[(&str, &str)]) -> Response {
        let url = Url::parse_with_params(&format!("{}/v25.0{path}", self.url), parameters).unwrap();
        self.client.request(method, url).send().await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Value {
        let response = self.send(Method::GET, path, parameters).await;
        assert_eq!(response.headers()["facebook-api-version"], "v25.0");
        response.json().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, parameters: &[(&str, &str)]) -> Value {
        self.send(Method::POST, path, parameters).await.json().await.unwrap()
    }

    pub(crate) async fn delete(&self, path: &str, parameters: &[(&str, &str)]) -> Value {
        self.send(Method::DELETE, path, parameters).await.json().await.unwrap()
    }

    /// One call of the control API.
    pub(crate) async fn control(&self, method: Method, path: &str, body: &Value) -> Value {
        let url = format!("{}/sandbox/api{path}", self.url);
        self.client.request(method, url).json(body).send().await.unwrap().json().await.unwrap()
    }

    pub(crate) fn app_token() -> String {
        format!("{APP_ID}|{APP_SECRET}")
    }

    /// Logs a person in and allows everything: all Pages, all permissions.
    pub(crate) async fn code(&self, person: &str, scopes: &str) -> String {
        let mut browser = Browser::open(self, &[("scope", scopes)]);
        let mut answers = vec![("pages_choice", "all"), ("instagram_choice", "all")];
        answers.extend(scopes.split(',').map(|scope| ("permission", scope)));
        browser.log_in(person).await;
        query_of(&browser.allow(&answers).await, "code").unwrap()
    }

    pub(crate) async fn exchange(&self, code: &str) -> Value {
        self.get(
            "/oauth/access_token",
            &[
                ("client_id", APP_ID),
                ("client_secret", APP_SECRET),
                ("code", code),
                ("redirect_uri", REDIRECT),
            ],
        )
        .await
    }

    pub(crate) async fn short_token(&self, person: &str, scopes: &str) -> String {
        let code = self.code(person, scopes).await;
        text(&self.exchange(&code).await["access_token"])
    }

    pub(crate) async fn lengthen(&self, token: &str) -> Value {
        self.get(
            "/oauth/access_token",
            &[
                ("grant_type", "fb_exchange_token"),
                ("client_id", APP_ID),
                ("client_secret", APP_SECRET),
                ("fb_exchange_token", token),
            ],
        )
        .await
    }

    pub(crate) async fn long_token(&self, person: &str, scopes: &str) -> String {
        let short = self.short_token(person, scopes).await;
        text(&self.lengthen(&short).await["access_token"])
    }

    pub(crate) async fn page_token(&self, user_token: &str, page: &str) -> String {
        let found =
            self.get(&format!("/{page}"), &[("fields", "access_token"), ("access_token", user_token)]).await;
        text(&found["access_token"])
    }

    pub(crate) async fn debug(&self, token: &str) -> Value {
        let app = Meta::app_token();
        self.get("/debug_token", &[("input_token", token), ("access_token", &app)]).await["data"].clone()
    }
}

pub(crate) fn text(value: &Value) -> String {
    assert!(value.is_string(), "not a string: {value}");
    value.as_str().unwrap().to_owned()
}

/// `(code, subcode)` of an error envelope.
pub(crate) fn error_of(answer: &Value) -> (i64, Option<i64>) {
    let error = &answer["error"];
    assert!(error["fbtrace_id"].is_string() && error["message"].is_string(), "not an error: {answer}");
    (error["code"].as_i64().unwrap(), error["error_subcode"].as_i64())
}

/// What the dialog's own page complains about, if it is one that does.
pub(crate) fn problem_of(page: &Page) -> Option<String> {
    let (_, rest) = page.html.split_once("data-problem=\"")?;
    rest.split('"').next().map(str::to_owned)
}

pub(crate) fn query_of(url: &str, name: &str) -> Option<String> {
    let url = Url::parse(url).unwrap();
    url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

/// Follows the dialog as a browser without scripts does.
pub(crate) struct Browser<'a> {
    meta: &'a Meta,
    url: Url,
    cookie: Option<String>,
}

pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) location: Option<String>,
    pub(crate) html: String,
}

impl<'a> Browser<'a> {
    /// A dialog with the right `client_id`, `redirect_uri` and `state`, unless `parameters` say otherwise.
    pub(crate) fn open(meta: &'a Meta, parameters: &[(&str, &str)]) -> Browser<'a> {
        let usual = [("client_id", APP_ID), ("redirect_uri", REDIRECT), ("state", "a b&c")];
        let usual = usual.iter().filter(|(name, _)| parameters.iter().all(|(other, _)| other != name));
        let all = usual.chain(parameters.iter());
        let url = Url::parse_with_params(&format!("{}/v25.0/dialog/oauth", meta.url), all).unwrap();
        Browser { meta, url, cookie: None }
    }

    /// The same browser, still logged in, at another dialog.
    pub(crate) fn again(&self, parameters: &[(&str, &str)]) -> Browser<'a> {
        Browser { cookie: self.cookie.clone(), ..Browser::open(self.meta, parameters) }
    }

    pub(crate) async fn load(&mut self) -> Page {
        let request = self.meta.client.get(self.url.clone());
        self.finish(request).await
    }

    pub(crate) async fn submit(&mut self, form: &[(&str, &str)]) -> Page {
        let request = self.meta.client.post(self.url.clone()).form(form);
        self.finish(request).await
    }

    async fn finish(&mut self, request: reqwest::RequestBuilder) -> Page {
        let request = match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        let response = request.send().await.unwrap();
        let header =
            |name: &str| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        if let Some(cookie) = header("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        Page { status: response.status(), location: header("location"), html: response.text().await.unwrap() }
    }

    pub(crate) async fn log_in(&mut self, person: &str) -> Page {
        let page = self.submit(&[("step", "login"), ("person", person)]).await;
        assert_eq!(page.status, StatusCode::OK);
        page
    }

    /// The last step, with these boxes ticked; answers where the browser is sent.
    pub(crate) async fn allow(&mut self, answers: &[(&str, &str)]) -> String {
        let mut form = vec![("step", "permissions"), ("action", "allow")];
        form.extend_from_slice(answers);
        let page = self.submit(&form).await;
        assert_eq!(page.status, StatusCode::FOUND, "{}", page.html);
        page.location.unwrap()
    }
}

/// An app's callback: answers challenges when told the right token, and hands over what it receives.
pub(crate) struct Receiver {
    pub(crate) url: String,
    pub(crate) received: mpsc::UnboundedReceiver<(HeaderMap, Bytes)>,
}

pub(crate) const VERIFY_TOKEN: &str = "a verify token";

impl Receiver {
    /// `status` is what it answers to every POST.
    pub(crate) async fn start(status: StatusCode) -> Receiver {
        let (sender, received) = mpsc::unbounded_channel();
        let challenge = |Query(query): Query<Vec<(String, String)>>| async move {
            let find = |name: &str| query.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
            let right = find("hub.verify_token").as_deref() == Some(VERIFY_TOKEN)
                && find("hub.mode").as_deref() == Some("subscribe");
            if right {
                (StatusCode::OK, find("hub.challenge").unwrap())
            } else {
                (StatusCode::FORBIDDEN, String::new())
            }
        };
        let take = move |headers: HeaderMap, body: Bytes| async move {
            sender.send((headers, body)).unwrap();
            status
        };
        let router = Router::new()
            .route("/hook", get(challenge).post(take))
            .route("/liar", get(|| async { "1158201444" }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Receiver { url, received }
    }

    pub(crate) fn hook(&self) -> String {
        format!("{}/hook", self.url)
    }
}

pub(crate) fn hmac_sha256(key: &[u8], message: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), message).as_ref().to_vec()
}

/// Everything about content that a login can ask for.
pub(crate) const CONTENT_SCOPES: &str = "pages_show_list,pages_manage_metadata,pages_read_engagement,\
     pages_read_user_content,pages_manage_posts,pages_manage_engagement,pages_manage_ads,leads_retrieval,\
     instagram_basic,instagram_content_publish,instagram_manage_comments";

impl Meta {
    /// A Page token with all rights to content.
    pub(crate) async fn content_token(&self, person: &str, page: &str) -> String {
        let user = self.long_token(person, CONTENT_SCOPES).await;
        self.page_token(&user, page).await
    }

    /// One act of visitors, or of those who run the Page; the id of what came of it.
    pub(crate) async fn act(&self, act: Value) -> String {
        let done = self.control(Method::POST, "/content", &act).await;
        text(&done["id"])
    }
}

/// A receiver with a subscription of both levels, and what it was told.
pub(crate) struct Subscribed {
    receiver: Receiver,
}

impl Subscribed {
    /// Subscribes the app to `fields` of `object`, and the Page to `page_fields`.
    pub(crate) async fn start(
        meta: &Meta,
        page: (&str, &str),
        object: &str,
        fields: &str,
        page_fields: &str,
    ) -> Subscribed {
        let receiver = Receiver::start(StatusCode::OK).await;
        Subscribed::with(meta, receiver, page, object, fields, page_fields).await
    }

    /// The same with a receiver that is there already.
    pub(crate) async fn with(
        meta: &Meta,
        receiver: Receiver,
        (page, token): (&str, &str),
        object: &str,
        fields: &str,
        page_fields: &str,
    ) -> Subscribed {
        let (app, hook) = (Meta::app_token(), receiver.hook());
        let call = [
            ("object", object),
            ("callback_url", hook.as_str()),
            ("verify_token", VERIFY_TOKEN),
            ("fields", fields),
            ("include_values", "true"),
            ("access_token", app.as_str()),
        ];
        let done = meta.post(&format!("/{APP_ID}/subscriptions"), &call).await;
        assert_eq!(done["success"], true, "{done}");
        let call = [("subscribed_fields", page_fields), ("access_token", token)];
        let done = meta.post(&format!("/{page}/subscribed_apps"), &call).await;
        assert_eq!(done["success"], true, "{done}");
        Subscribed { receiver }
    }

    /// Every change that was sent until now, as `(field, value)`, with the envelopes looked at.
    pub(crate) async fn changes(&mut self, meta: &Meta) -> Vec<(String, Value)> {
        self.bodies(meta).await.iter().flat_map(changes_of).collect()
    }

    /// The bodies that were sent until now.
    pub(crate) async fn bodies(&mut self, meta: &Meta) -> Vec<Value> {
        meta.control(Method::POST, "/webhooks/deliver", &Value::Null).await;
        let mut bodies = Vec::new();
        while let Ok((headers, body)) = self.receiver.received.try_recv() {
            let expected = hex::encode(hmac_sha256(APP_SECRET.as_bytes(), &body));
            assert_eq!(headers["x-hub-signature-256"], format!("sha256={expected}"));
            assert!(body.is_ascii());
            bodies.push(serde_json::from_slice(&body).unwrap());
        }
        bodies
    }
}

fn changes_of(body: &Value) -> Vec<(String, Value)> {
    let entries = body["entry"].as_array().unwrap();
    let mut found = Vec::new();
    for entry in entries {
        for change in entry["changes"].as_array().unwrap() {
            found.push((text(&change["field"]), change["value"].clone()));
        }
    }
    found
}
