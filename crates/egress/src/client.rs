//! The client: one request, one answer, both bounded.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::RANGE;
use http::{HeaderName, HeaderValue, Method, Request};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use ipnet::IpNet;
use rustls::pki_types::CertificateDer;
use tokio::time::{Instant, timeout};
use url::Url;

use crate::answer::{self, Answer};
use crate::connector::Connector;
use crate::failure::Failure;
use crate::head::Head;
use crate::policy::Policy;
use crate::request;
use crate::resolve::{Resolve, SystemResolver};
use crate::tls::{self, Secured};

/// How long a connection is kept for the next request to the same host and port.
const IDLE: Duration = Duration::from_secs(30);
/// How many of them for one host and port.
const IDLE_AT_MOST: usize = 4;
/// The bytes that an answer's head may have.
const HEAD_AT_MOST: usize = 16 * 1024;
/// The headers that an answer may have.
const HEADERS_AT_MOST: usize = 100;

/// How the way out is used.
#[derive(Debug, Clone)]
pub struct Options {
    /// Networks that may be dialled although they are not public.
    pub allow: Vec<IpNet>,
    /// The time that looking up a name may take, dialling its addresses, and the TLS handshake: each.
    pub connect_timeout: Duration,
    /// How many bytes of an answer's body are read.
    pub read_at_most: usize,
    /// What we call ourselves.
    pub user_agent: String,
    /// Whether http is refused.
    pub https_only: bool,
    /// Certificates that are trusted beside the public authorities'.
    pub roots: Vec<CertificateDer<'static>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            connect_timeout: Duration::from_secs(5),
            read_at_most: 4096,
            user_agent: concat!("Jetbridge/", env!("CARGO_PKG_VERSION")).to_owned(),
            https_only: false,
            roots: Vec::new(),
        }
    }
}

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The user agent is no header value.
    #[error("the user agent is not a header value")]
    UserAgent,
    /// TLS cannot be set up, or a certificate to trust is none.
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
}

/// The client; cheap to clone. Its connections were vetted by its own policy when they were made,
/// and are used by nobody else: another policy is another `Egress`.
#[derive(Clone)]
pub struct Egress {
    client: Client<Secured, Full<Bytes>>,
    user_agent: HeaderValue,
    read_at_most: usize,
    https_only: bool,
}

impl Egress {
    /// With the system's resolver.
    pub fn new(options: Options) -> Result<Self, Error> {
        Self::with_resolver(options, Arc::new(SystemResolver))
    }

    /// With a resolver of one's own.
    pub fn with_resolver(options: Options, resolver: Arc<dyn Resolve>) -> Result<Self, Error> {
        let user_agent = HeaderValue::from_str(&options.user_agent).map_err(|_| Error::UserAgent)?;
        let tls = tls::config(options.roots).map_err(Error::Tls)?;
        let patience = options.connect_timeout;
        let connector = Connector::new(Policy::new(options.allow), resolver, patience);
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(IDLE_AT_MOST)
            .http1_max_buf_size(HEAD_AT_MOST)
            .http1_max_headers(HEADERS_AT_MOST)
            .build(Secured::new(tls, connector, patience.saturating_mul(3)));
        let Options { read_at_most, https_only, .. } = options;
        Ok(Self { client, user_agent, read_at_most, https_only })
    }

    /// Posts exactly these bytes, with these headers. Redirects are not followed. `time` is all
    /// there is, from the lookup to the end of the body.
    pub async fn post(
        &self,
        url: &Url,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Bytes,
        time: Duration,
    ) -> Result<Answer, Failure> {
        let request = self.request(Method::POST, url, headers, body)?;
        self.send(request, self.read_at_most, time).await
    }

    /// Gets what is there, at most so many bytes of it; [`Answer::whole`] says whether that was all.
    pub async fn get(
        &self,
        url: &Url,
        headers: Vec<(HeaderName, HeaderValue)>,
        read_at_most: usize,
        time: Duration,
    ) -> Result<Answer, Failure> {
        let request = self.request(Method::GET, url, headers, Bytes::new())?;
        self.send(request, read_at_most, time).await
    }

    /// Asks for the first byte of what is there and reads only what stands before it. Servers that hand out
    /// addresses signed for one method answer this, and not a HEAD. Redirects are not followed.
    pub async fn look(&self, url: &Url, time: Duration) -> Result<Head, Failure> {
        let first = (RANGE, HeaderValue::from_static("bytes=0-0"));
        let request = self.request(Method::GET, url, vec![first], Bytes::new())?;
        let answer = timeout(time, self.client.request(request)).await.map_err(|_| Failure::Timeout)??;
        Ok(Head::new(answer.status(), answer.headers()))
    }

    fn request(
        &self,
        method: Method,
        url: &Url,
        headers: Vec<(HeaderName, HeaderValue)>,
        body: Bytes,
    ) -> Result<Request<Full<Bytes>>, Failure> {
        request::build(method, url, headers, body, &self.user_agent, self.https_only)
    }

    /// When the time is over, dropping the request closes its connection.
    async fn send(
        &self,
        request: Request<Full<Bytes>>,
        read_at_most: usize,
        time: Duration,
    ) -> Result<Answer, Failure> {
        let began = Instant::now();
        let answering = timeout(time, self.client.request(request));
        let (head, body) = answering.await.map_err(|_| Failure::Timeout)??.into_parts();
        let left = time.saturating_sub(began.elapsed());
        let (body, whole) = answer::beginning(body, read_at_most, left).await;
        Ok(Answer { status: head.status, retry_after: answer::retry_after(&head.headers), body, whole })
    }
}
