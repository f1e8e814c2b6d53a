//! What every call to Meta has in common: where it goes, how it proves itself, what it may cost, how
//! its answer is read and what is logged about it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::hmac;
use jetbridge_domain::secret::Secret;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Method, Response};
use serde_json::Value;
use url::Url;

use crate::error::{GraphError, MetaError};

/// An answer larger than this is not read on: Meta's largest here, a hundred Pages, is a tenth of it.
const MAX_ANSWER: usize = 4 * 1024 * 1024;
/// No more of one of Meta's texts is kept in an error, in characters.
const MAX_TEXT: usize = 1000;
/// Meta's trace ids are shorter than this, in bytes; what is not is none, and not logged.
const MAX_TRACE: usize = 100;
/// How long the way to Meta, TLS included, may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How to reach Meta as which app.
#[derive(Debug, Clone)]
pub struct Config {
    /// The app's id, digits.
    pub app_id: String,
    /// The app's secret: it proves calls, and Meta signs webhooks with it.
    pub app_secret: Secret,
    /// The version to call, such as `v25.0` (Graph API reference: versioning).
    pub graph_version: String,
    /// `https://graph.facebook.com`, or something that stands in for it.
    pub graph_base: Url,
    /// `https://www.facebook.com`, or something that stands in for it: where browsers are sent.
    pub dialog_base: Url,
    /// Where the login dialog sends the browser back to: one of the app's valid redirect addresses,
    /// letter by letter.
    pub redirect_uri: String,
    /// How long one call may take in all.
    pub timeout: Duration,
    /// The configuration of Facebook Login for Business; none means classic Facebook Login, which asks
    /// for permissions by name.
    pub config_id: Option<String>,
}

/// Settings that cannot work.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// `app_id` is empty or not an id.
    #[error("the app id is not an id of Meta's")]
    AppId,
    /// `app_secret` is empty or cannot be sent: signatures made with it would prove nothing.
    #[error("the app secret is empty or holds characters that no secret of Meta's has")]
    AppSecret,
    /// `graph_version` is not `v`, a number, a dot and a number.
    #[error("the Graph version is not written like v25.0")]
    GraphVersion,
    /// A base address is not `http` or `https` with a host and without query and fragment.
    #[error("{0} is not a plain http or https address")]
    Base(&'static str),
    /// `redirect_uri` is not an absolute address.
    #[error("the redirect address is not an absolute http or https address")]
    RedirectUri,
    /// TLS could not be set up.
    #[error("TLS could not be set up")]
    Tls(#[source] rustls::Error),
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be set up")]
    Client(#[source] reqwest::Error),
}

/// Meta, as one app sees it. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct Meta(Arc<Inner>);

struct Inner {
    config: Config,
    http: reqwest::Client,
    /// `{app-id}|{app-secret}`: an app token that needs no call to get.
    app_token: Secret,
    /// Set once it has been logged that another version answers than the one called.
    warned_of_version: AtomicBool,
}

impl fmt::Debug for Meta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Meta").field(&self.0.config).finish()
    }
}

impl Meta {
    /// Checks the settings and makes the client. Nothing is called yet.
    ///
    /// Redirects are not followed, no proxy is taken from the environment and nothing is repeated:
    /// each of them would send a token somewhere, or do something, without anybody's decision.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        check(&config)?;
        let app_token = Secret::new(format!("{}|{}", config.app_id, config.app_secret.expose()));
        bearer(&app_token).ok_or(ConfigError::AppSecret)?;
        #[expect(clippy::disallowed_methods, reason = "the one place where Meta's client is made")]
        let http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls().map_err(ConfigError::Tls)?)
            .user_agent(concat!("jetbridge/", env!("CARGO_PKG_VERSION")))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(config.timeout)
            .build()
            .map_err(|error| ConfigError::Client(error.without_url()))?;
        Ok(Self(Arc::new(Inner { config, http, app_token, warned_of_version: AtomicBool::new(false) })))
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn app_token(&self) -> &Secret {
        &self.0.app_token
    }

    /// A GET. `name` is the call's template: what logs say instead of the address.
    pub(crate) fn get<'m>(&'m self, name: &'static str, path: &[&str]) -> Call<'m> {
        Call::new(self, Method::GET, name, path)
    }

    /// A POST, whose parameters go in the body.
    pub(crate) fn post<'m>(&'m self, name: &'static str, path: &[&str]) -> Call<'m> {
        Call::new(self, Method::POST, name, path)
    }

    /// A DELETE.
    pub(crate) fn delete<'m>(&'m self, name: &'static str, path: &[&str]) -> Call<'m> {
        Call::new(self, Method::DELETE, name, path)
    }

    /// `HMAC-SHA256(app secret, token)` in lower-case hex: it shows that whoever holds the token is the
    /// app (Graph API reference: securing calls).
    fn proof(&self, token: &Secret) -> Secret {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.config().app_secret.expose().as_bytes());
        Secret::new(hex::encode(hmac::sign(&key, token.expose().as_bytes())))
    }

    /// A version past its end is answered by an older or newer one without an error; only the header
    /// tells (Graph API reference: versioning).
    fn compare_version(&self, headers: &HeaderMap) {
        let Some(answered) = headers.get("facebook-api-version").and_then(|v| v.to_str().ok()) else {
            return;
        };
        let called = &self.config().graph_version;
        if answered != called && !self.0.warned_of_version.swap(true, Ordering::Relaxed) {
            tracing::warn!(%called, answered, "Meta answers with another version than the one called");
        }
    }
}

/// Trust comes from the roots built in, as for partners' addresses: a system without a list of its own,
/// as small containers are, reaches Meta too.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let roots = rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(tls.with_root_certificates(roots).with_no_client_auth())
}

fn check(config: &Config) -> Result<(), ConfigError> {
    if !is_id(&config.app_id) {
        return Err(ConfigError::AppId);
    }
    if config.app_secret.is_empty() {
        return Err(ConfigError::AppSecret);
    }
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let version = config.graph_version.strip_prefix('v').and_then(|v| v.split_once('.'));
    if !version.is_some_and(|(major, minor)| digits(major) && digits(minor)) {
        return Err(ConfigError::GraphVersion);
    }
    for (name, base) in [("graph_base", &config.graph_base), ("dialog_base", &config.dialog_base)] {
        let plain = base.query().is_none() && base.fragment().is_none() && base.username().is_empty();
        if !(is_web(base) && plain && base.password().is_none()) {
            return Err(ConfigError::Base(name));
        }
    }
    match Url::parse(&config.redirect_uri) {
        Ok(url) if is_web(&url) => Ok(()),
        _ => Err(ConfigError::RedirectUri),
    }
}

fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https") && url.has_host()
}

/// Ids are digits, some with `_` between two of them, some letters too; whatever else is in one must
/// not become part of a path (a `..` would lead elsewhere).
fn is_id(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (1..=256).contains(&text.len()) && text.bytes().all(fits)
}

fn bearer(token: &Secret) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", token.expose())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// `{base}/{version}/{path}`; a path on the base is kept.
pub(crate) fn address(base: &Url, version: &str, path: &[impl AsRef<str>]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push(version).extend(path);
    }
    url
}

/// One call being put together.
#[derive(Clone)]
pub(crate) struct Call<'m> {
    meta: &'m Meta,
    method: Method,
    name: &'static str,
    path: Vec<String>,
    token: Option<Secret>,
    query: Vec<(&'static str, String)>,
    form: Vec<(&'static str, Secret)>,
}

impl<'m> Call<'m> {
    fn new(meta: &'m Meta, method: Method, name: &'static str, path: &[&str]) -> Self {
        let path = path.iter().map(|&part| part.to_owned()).collect();
        Self { meta, method, name, path, token: None, query: Vec::new(), form: Vec::new() }
    }

    /// The token to act with; it travels in the `Authorization` header, and its proof with it.
    pub(crate) fn token(mut self, token: &Secret) -> Self {
        self.token = Some(token.clone());
        self
    }

    /// A parameter of a GET or DELETE. It becomes part of the address: nothing secret goes here.
    pub(crate) fn query(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.query.retain(|(k, _)| *k != key);
        self.query.push((key, value.into()));
        self
    }

    /// A parameter of a POST, in its body.
    pub(crate) fn form(self, key: &'static str, value: impl Into<String>) -> Self {
        self.secret(key, &Secret::new(value))
    }

    /// A secret parameter of a POST, in its body.
    pub(crate) fn secret(mut self, key: &'static str, value: &Secret) -> Self {
        self.form.push((key, value.clone()));
        self
    }

    /// Sends it and reads the answer; what comes back is JSON and not one of Meta's errors.
    pub(crate) async fn send(self) -> Result<Value, MetaError> {
        let name = self.name;
        let began = Instant::now();
        let (heard, outcome) = match self.exchange().await {
            Ok((heard, outcome)) => (Some(heard), outcome),
            Err(error) => (None, Err(error)),
        };
        let refusal = outcome.as_ref().err().and_then(MetaError::refusal);
        let trace = refusal.and_then(|e| e.fbtrace_id.clone()).filter(|t| t.len() <= MAX_TRACE);
        let trace = trace.or_else(|| heard.as_ref().and_then(|h| h.trace.clone()));
        tracing::debug!(
            call = name,
            status = heard.map(|h| h.http),
            code = refusal.map(|e| e.code),
            subcode = refusal.and_then(|e| e.subcode),
            fbtrace_id = trace,
            duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
            failure = outcome.as_ref().err().filter(|_| refusal.is_none()).map(tracing::field::display),
            "called Meta"
        );
        outcome
    }

    async fn exchange(self) -> Result<(Heard, Result<Value, MetaError>), MetaError> {
        if !self.path.iter().all(|part| is_id(part)) {
            return Err(MetaError::NotSent("an id that is none of Meta's"));
        }
        let (request, secrets) = self.request()?;
        let mut response = request.send().await.map_err(unanswered)?;
        self.meta.compare_version(response.headers());
        let heard = Heard::read(&response);
        let outcome = match read(&mut response, heard.http).await {
            Ok(body) => understand(heard.http, &body, |text| clean(text, &secrets)),
            Err(error) => Err(error),
        };
        Ok((heard, outcome))
    }

    /// The request, and the secrets in it, which no error may repeat.
    fn request(&self) -> Result<(reqwest::RequestBuilder, Vec<Secret>), MetaError> {
        let config = self.meta.config();
        let mut url = address(&config.graph_base, &config.graph_version, &self.path);
        let mut secrets = vec![config.app_secret.clone()];
        let mut query = self.query.clone();
        let mut form: Vec<(&str, &str)> = self.form.iter().map(|(key, v)| (*key, v.expose())).collect();
        let proof = self.token.as_ref().map(|token| self.meta.proof(token));
        // The proof alone opens nothing, but it is kept out of addresses where there is a body to keep it in.
        if let Some(proof) = &proof {
            match self.method {
                Method::POST => form.push(("appsecret_proof", proof.expose())),
                _ => query.push(("appsecret_proof", proof.expose().to_owned())),
            }
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(&query);
        }
        let mut request = self.meta.0.http.request(self.method.clone(), url);
        if !form.is_empty() {
            request = request.form(&form);
        }
        if let Some(token) = &self.token {
            let value = bearer(token).ok_or(MetaError::NotSent("a token that no header can carry"))?;
            request = request.header(AUTHORIZATION, value);
            secrets.push(token.clone());
        }
        secrets.extend(proof);
        secrets.extend(self.form.iter().filter(|(key, _)| is_secret(key)).map(|(_, v)| v.clone()));
        Ok((request, secrets))
    }
}

/// Parameters whose values are secrets; the others may well be part of what Meta says about them.
fn is_secret(key: &str) -> bool {
    matches!(key, "client_secret" | "code" | "fb_exchange_token" | "input_token" | "verify_token")
}

/// What an answer's head says.
struct Heard {
    http: u16,
    trace: Option<String>,
}

impl Heard {
    fn read(response: &Response) -> Self {
        let trace = response.headers().get("x-fb-trace-id").and_then(|v| v.to_str().ok());
        let trace = trace.filter(|t| t.len() <= MAX_TRACE).map(str::to_owned);
        Self { http: response.status().as_u16(), trace }
    }
}

/// Only a connection that was never made proves that nothing was sent.
fn unanswered(error: reqwest::Error) -> MetaError {
    if error.is_connect() || error.is_builder() {
        MetaError::Unreachable(error.without_url())
    } else {
        MetaError::Unknown(error.without_url())
    }
}

/// The answer's bytes, as far as they are allowed to go.
async fn read(response: &mut Response, http: u16) -> Result<Vec<u8>, MetaError> {
    let too_large = || MetaError::Odd { http, what: "more bytes than any answer has" };
    if response.content_length().is_some_and(|n| n > MAX_ANSWER as u64) {
        return Err(too_large());
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(unanswered)? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(too_large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// Meta's error is told by its envelope, not by the HTTP status.
fn understand(http: u16, body: &[u8], clean: impl Fn(&str) -> String) -> Result<Value, MetaError> {
    // The parser's own words may quote the answer, and with it a token.
    let value: Value =
        serde_json::from_slice(body).map_err(|_| MetaError::Odd { http, what: "it is not JSON" })?;
    if let Some(error) = value.get("error").filter(|error| error.is_object()) {
        return Err(MetaError::Refused(Box::new(GraphError::read(http, error, clean))));
    }
    if !(200..300).contains(&http) {
        return Err(MetaError::Odd { http, what: "a failure without Meta's error envelope" });
    }
    Ok(value)
}

/// A text of Meta's without the secrets of the call, which Meta repeats at times, and cut to a length.
fn clean(text: &str, secrets: &[Secret]) -> String {
    let mut text = text.to_owned();
    for secret in secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty()) {
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        text = text.replace(secret, "[secret]").replace(&encoded, "[secret]");
    }
    text.chars().take(MAX_TEXT).collect()
}
