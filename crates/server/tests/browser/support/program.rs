//! The program itself, and what is asked of it and of its sandbox without a browser.

use std::ops::Deref;
use std::sync::Arc;

use reqwest::{Client, Method};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::running::Running;

/// A running `jetbridge dev`, killed when dropped.
pub(crate) struct Program(Running);

impl Deref for Program {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.0
    }
}

impl Program {
    pub(crate) fn start() -> Arc<Program> {
        Arc::new(Program(Running::start(TempDir::new().unwrap(), &[])))
    }

    async fn call(&self, method: Method, url: String, token: Option<&str>, body: Option<Value>) -> Value {
        let mut request = http().request(method, &url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "{url}: {status} {text}");
        serde_json::from_str(&text).unwrap()
    }

    /// A call of the partner API by the demo's partner.
    async fn api(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let login = json!({"client_id": self.client_id, "client_secret": self.client_secret});
        let url = format!("{}/api/settings/accessToken", self.url);
        let login = self.call(Method::POST, url, None, Some(login)).await;
        let url = format!("{}/api/facebook/{path}", self.url);
        self.call(method, url, login["access_token"].as_str(), body).await
    }

    /// A call of the sandbox's control API.
    pub(crate) async fn control(&self, path: &str, body: Value) -> Value {
        self.call(Method::POST, format!("{}/sandbox/api/{path}", self.sandbox), None, Some(body)).await
    }

    /// A new link's param.
    pub(crate) async fn link(&self, product: u8) -> String {
        self.link_with(json!({"type": product, "reference": "shop-7"})).await
    }

    pub(crate) async fn link_with(&self, fields: Value) -> String {
        let made = self.api(Method::POST, "createOnboarding", Some(fields)).await;
        made["param"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn cancel(&self, param: &str) {
        self.api(Method::DELETE, "deleteOnboarding", Some(json!({"param": param}))).await;
    }

    /// The link as its partner sees it.
    pub(crate) async fn onboarding(&self, param: &str) -> Value {
        self.api(Method::GET, &format!("getOnboarding?param={param}"), None).await
    }

    /// The connections that the link left behind.
    pub(crate) async fn connections(&self, param: &str) -> Vec<Value> {
        let all = self.api(Method::GET, "getConnections?limit=200", None).await;
        all["list"].as_array().unwrap().iter().filter(|one| one["param"] == param).cloned().collect()
    }

    /// Somebody new at the sandbox.
    pub(crate) async fn person(&self, name: &str) -> Person {
        let made = self.control("people", json!({"name": name})).await;
        Person { id: made["id"].as_str().unwrap().to_owned() }
    }

    /// A Page of that person's; answers its id and its Instagram account's.
    pub(crate) async fn page(&self, person: &Person, name: &str, instagram: &str) -> (String, String) {
        let page = json!({"person_id": person.id, "name": name, "instagram": instagram});
        let made = self.control("pages", page).await;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&made["id"]), text(&made["instagram"]["id"]))
    }
}

/// Somebody who can log in at the sandbox.
pub(crate) struct Person {
    pub(crate) id: String,
}

/// A client that follows no redirect.
#[expect(clippy::disallowed_methods, reason = "a test's own client")]
pub(crate) fn http() -> Client {
    Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}
