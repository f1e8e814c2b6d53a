//! The client itself: which app, which Meta, by which HTTP.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use aws_lc_rs::hmac;
use jetbridge_domain::secret::Secret;
use reqwest::Method;
use reqwest::header::HeaderMap;
use url::Url;

use crate::call::{Call, bearer, is_id};
use crate::usage::{Hook, Usage};

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
    on_usage: OnceLock<Hook>,
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
        let (warned_of_version, on_usage) = (AtomicBool::new(false), OnceLock::new());
        Ok(Self(Arc::new(Inner { config, http, app_token, warned_of_version, on_usage })))
    }

    /// From now on `hook` is told what each answer says of Meta's limits, the refused ones included,
    /// for this client and its clones. The first hook stays. It is called within the call, so it must
    /// not wait for anything.
    pub fn on_usage(&self, hook: impl Fn(&Usage) + Send + Sync + 'static) {
        let _ = self.0.on_usage.set(Box::new(hook));
    }

    pub(crate) fn tell(&self, usage: &Usage) {
        if let Some(hook) = self.0.on_usage.get() {
            hook(usage);
        }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn http(&self) -> &reqwest::Client {
        &self.0.http
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
    pub(crate) fn proof(&self, token: &Secret) -> Secret {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.config().app_secret.expose().as_bytes());
        Secret::new(hex::encode(hmac::sign(&key, token.expose().as_bytes())))
    }

    /// A version past its end is answered by an older or newer one without an error; only the header
    /// tells (Graph API reference: versioning).
    pub(crate) fn compare_version(&self, headers: &HeaderMap) {
        let answered = headers.get("facebook-api-version").and_then(|v| v.to_str().ok());
        let Some(answered) = answered.filter(|v| v.len() <= "v999.99".len()) else { return };
        let called = &self.config().graph_version;
        if answered != called && !self.0.warned_of_version.swap(true, Ordering::Relaxed) {
            tracing::warn!(%called, answered, "Meta answers with another version than the one called");
        }
    }
}

/// Trust comes from the roots built in, as for partners' addresses: a system without a list of its own,
/// as small containers are, reaches Meta too.
fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let roots: rustls::RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
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

/// `{base}/{version}/{path}`; a path on the base is kept.
pub(crate) fn address(base: &Url, version: &str, path: &[impl AsRef<str>]) -> Url {
    let mut url = base.clone();
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push(version).extend(path);
    }
    url
}
