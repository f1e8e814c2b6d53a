//! The connector: the address that is dialled is the one that was vetted. A check at any other
//! moment can be walked around by a name that resolves differently the next time.

use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tower::Service;

use crate::policy::{Policy, Refused};

/// Turns a host name into addresses.
pub trait Resolve: Send + Sync + 'static {
    /// All addresses of `host`.
    fn resolve(&self, host: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>>;
}

/// The system's resolver.
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve(&self, host: String) -> BoxFuture<'static, std::io::Result<Vec<IpAddr>>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((host, 0)).await?.map(|a| a.ip()).collect()) })
    }
}

/// Why no connection was made.
#[derive(Debug, thiserror::Error)]
pub enum NotConnected {
    /// One of the host's addresses must not be dialled.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The host's name has no address.
    #[error("the host name does not resolve")]
    Resolve,
    /// No address took the connection.
    #[error("no connection could be made")]
    Connect,
    /// The URL has no host.
    #[error("the URL has no host")]
    NoHost,
}

/// Dials vetted addresses only.
#[derive(Clone)]
pub struct Connector {
    policy: Arc<Policy>,
    resolver: Arc<dyn Resolve>,
    timeout: Duration,
}

impl Connector {
    /// With this policy, resolver and time for one connection.
    pub fn new(policy: Policy, resolver: Arc<dyn Resolve>, timeout: Duration) -> Self {
        Self { policy: Arc::new(policy), resolver, timeout }
    }

    async fn connect(self, uri: Uri) -> Result<TcpStream, NotConnected> {
        let host = uri.host().ok_or(NotConnected::NoHost)?;
        let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        let addresses = match host.parse::<IpAddr>() {
            Ok(ip) => vec![ip],
            Err(_) => self.resolver.resolve(host.to_owned()).await.map_err(|_| NotConnected::Resolve)?,
        };
        // An answer that mixes public and private addresses is a trick, so all of it is refused.
        for ip in &addresses {
            self.policy.check(*ip)?;
        }
        if addresses.is_empty() {
            return Err(NotConnected::Resolve);
        }
        for ip in addresses {
            let dial = TcpStream::connect(SocketAddr::new(ip, port));
            if let Ok(Ok(stream)) = tokio::time::timeout(self.timeout, dial).await {
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
        }
        Err(NotConnected::Connect)
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<TcpStream>;
    type Error = NotConnected;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, NotConnected>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NotConnected>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move { connector.connect(uri).await.map(TokioIo::new) })
    }
}
