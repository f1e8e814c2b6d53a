//! Dialling: one lookup, every address of its answer vetted, and exactly those dialled.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::Uri;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tower::Service;

use crate::policy::{Policy, Refused};
use crate::resolve::Resolve;
use crate::tls::TlsTrouble;

/// How many of a name's addresses are dialled. All are vetted; but a name with a thousand addresses
/// must not turn one delivery into a thousand connections.
const DIAL_AT_MOST: usize = 8;

/// Why no connection was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotConnected {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("the host name does not resolve")]
    Resolve,
    #[error("no address took the connection")]
    Connect,
    #[error(transparent)]
    Tls(#[from] TlsTrouble),
    #[error("the connection was not made in time")]
    Slow,
    #[error("the URL has no host that can be asked")]
    NoHost,
}

/// Dials vetted addresses only.
#[derive(Clone)]
pub(crate) struct Connector {
    policy: Arc<Policy>,
    resolver: Arc<dyn Resolve>,
    patience: Duration,
}

impl Connector {
    /// `patience` is the time that the lookup may take, and again all dialling together.
    pub(crate) fn new(policy: Policy, resolver: Arc<dyn Resolve>, patience: Duration) -> Self {
        Self { policy: Arc::new(policy), resolver, patience }
    }

    async fn connect(self, uri: Uri) -> Result<TcpStream, NotConnected> {
        let host = uri.host().ok_or(NotConnected::NoHost)?;
        let host = host.strip_prefix('[').and_then(|h| h.strip_suffix(']')).unwrap_or(host);
        let port = uri.port_u16().unwrap_or(if uri.scheme_str() == Some("https") { 443 } else { 80 });
        let addresses = self.addresses(host).await?;
        // An answer that mixes public and private addresses is a trick, so all of it is refused.
        for ip in &addresses {
            if let Err(refused) = self.policy.check(*ip) {
                tracing::warn!(host, address = %refused.0, "an address that is not public was not dialled");
                return Err(refused.into());
            }
        }
        self.dial(&addresses, port).await
    }

    async fn addresses(&self, host: &str) -> Result<Vec<IpAddr>, NotConnected> {
        if let Ok(ip) = host.parse() {
            return Ok(vec![ip]);
        }
        match timeout(self.patience, self.resolver.resolve(host.to_owned())).await {
            Ok(Ok(addresses)) if !addresses.is_empty() => Ok(addresses),
            _ => Err(NotConnected::Resolve),
        }
    }

    /// One after the other. Each gets an equal share of the time that is left, so that a first
    /// address that swallows packets does not use up the time of the others.
    async fn dial(&self, addresses: &[IpAddr], port: u16) -> Result<TcpStream, NotConnected> {
        let began = Instant::now();
        let count = addresses.len().min(DIAL_AT_MOST);
        let left = (1..=u32::try_from(count).unwrap_or(u32::MAX)).rev();
        for (ip, left) in addresses.iter().zip(left) {
            let share = self.patience.saturating_sub(began.elapsed()) / left;
            if let Ok(Ok(stream)) = timeout(share, TcpStream::connect(SocketAddr::new(*ip, port))).await {
                // Without it a small request may wait for an acknowledgement; no reason to fail.
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
    type Future = BoxFuture<'static, Result<Self::Response, NotConnected>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NotConnected>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connector = self.clone();
        Box::pin(async move { connector.connect(uri).await.map(TokioIo::new) })
    }
}
