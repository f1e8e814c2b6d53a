//! The way out to addresses that partners chose. Every connection is vetted at the moment it is
//! dialled ([`policy`], [`connector`]); redirects are not followed, no proxy is taken from the
//! environment, and no more of an answer is read than was asked for.

pub mod connector;
pub mod policy;

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use ipnet::IpNet;
use url::Url;

use connector::{Connector, NotConnected, Resolve, SystemResolver};
use policy::Policy;

/// How the way out is used.
#[derive(Debug, Clone)]
pub struct Options {
    /// Networks that may be dialled although they are not public.
    pub allow: Vec<IpNet>,
    /// The time one connection may take.
    pub connect_timeout: Duration,
    /// How much of an answer's body is read.
    pub read_at_most: usize,
    /// What we call ourselves.
    pub user_agent: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            read_at_most: 4096,
            user_agent: concat!("Jetbridge/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The user agent is no header value.
    #[error("the user agent is not a header value")]
    UserAgent,
    /// TLS cannot be set up.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// What `Retry-After` asked for, in seconds.
    pub retry_after: Option<Duration>,
    /// The beginning of its body.
    pub body: Bytes,
}

/// Why there is no answer. Nothing of the URL but its host is in it.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The address must not be dialled.
    #[error("{0}; the operator can allow its network")]
    Refused(policy::Refused),
    /// The host name has no address.
    #[error("the host name does not resolve")]
    Resolve,
    /// No connection could be made.
    #[error("no connection could be made")]
    Connect,
    /// TLS failed: a certificate that is not publicly valid, most likely.
    #[error("TLS failed: is the certificate publicly valid?")]
    Tls,
    /// The answer did not come in time.
    #[error("no answer in time")]
    Timeout,
    /// The answer was no HTTP, or the connection was cut.
    #[error("the answer was cut off or is not HTTP")]
    Protocol,
    /// The URL cannot be requested.
    #[error("the URL cannot be requested")]
    BadUrl,
}

impl Failure {
    /// One stable word for it.
    pub const fn class(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused_address",
            Self::Resolve => "no_such_host",
            Self::Connect => "no_connection",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Protocol => "cut_off",
            Self::BadUrl => "bad_url",
        }
    }
}

/// The client; cheap to clone.
#[derive(Clone)]
pub struct Egress {
    client: Client<HttpsConnector<Connector>, Full<Bytes>>,
    user_agent: HeaderValue,
    read_at_most: usize,
}

impl Egress {
    /// With the system's resolver.
    pub fn new(options: Options) -> Result<Self, Error> {
        Self::with_resolver(options, Arc::new(SystemResolver))
    }

    /// With a resolver of one's own.
    pub fn with_resolver(options: Options, resolver: Arc<dyn Resolve>) -> Result<Self, Error> {
        let user_agent = HeaderValue::from_str(&options.user_agent).map_err(|_| Error::UserAgent)?;
        let connector = Connector::new(Policy::new(options.allow), resolver, options.connect_timeout);
        let mut roots = rustls::RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(Error::Tls)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(30))
            .http1_max_buf_size(64 * 1024)
            .build(https);
        Ok(Self { client, user_agent, read_at_most: options.read_at_most })
    }

    /// Posts exactly these bytes. A redirect is an answer like any other.
    pub async fn post(
        &self,
        url: &Url,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Bytes,
        timeout: Duration,
    ) -> Result<Answer, Failure> {
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(uri(url)?)
            .header(http::header::USER_AGENT, self.user_agent.clone())
            .body(Full::new(body))
            .map_err(|_| Failure::BadUrl)?;
        request.headers_mut().extend(headers);
        tokio::time::timeout(timeout, self.send(request)).await.unwrap_or(Err(Failure::Timeout))
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Result<Answer, Failure> {
        let response = self.client.request(request).await.map_err(|e| read(&e))?;
        let (parts, mut body) = response.into_parts();
        let mut kept = BytesMut::new();
        // The status came whole and is what counts: a body that is cut off is kept as far as it came.
        while kept.len() < self.read_at_most
            && let Some(Ok(frame)) = body.frame().await
        {
            if let Ok(data) = frame.into_data() {
                let room = self.read_at_most.saturating_sub(kept.len()).min(data.len());
                kept.extend_from_slice(data.get(..room).unwrap_or_default());
            }
        }
        let retry_after = parts
            .headers
            .get(http::header::RETRY_AFTER)
            .and_then(|v| v.to_str().ok())
            .and_then(|v| v.trim().parse().ok())
            .map(Duration::from_secs);
        Ok(Answer { status: parts.status, retry_after, body: kept.freeze() })
    }
}

fn uri(url: &Url) -> Result<http::Uri, Failure> {
    let plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.host().is_some();
    if !plain {
        return Err(Failure::BadUrl);
    }
    let mut bare = url.clone();
    bare.set_fragment(None);
    bare.as_str().parse().map_err(|_| Failure::BadUrl)
}

/// Finds the cause under the client's own error.
fn read(error: &hyper_util::client::legacy::Error) -> Failure {
    let mut source = error.source();
    let mut tls = false;
    while let Some(cause) = source {
        if let Some(not) = cause.downcast_ref::<NotConnected>() {
            return match not {
                NotConnected::Refused(refused) => Failure::Refused(*refused),
                NotConnected::Resolve => Failure::Resolve,
                NotConnected::Connect => Failure::Connect,
                NotConnected::NoHost => Failure::BadUrl,
            };
        }
        let io = cause.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        tls |= cause.is::<rustls::Error>()
            || io.is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>);
        source = cause.source();
    }
    match (tls, error.is_connect()) {
        (true, _) => Failure::Tls,
        (false, true) => Failure::Connect,
        (false, false) => Failure::Protocol,
    }
}
