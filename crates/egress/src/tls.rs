//! TLS on dialled connections, and what went wrong with it in words that help whoever runs the
//! server at the other end.

use std::error::Error;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, InvalidDnsNameError};
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tower::Service;

use crate::connector::{Connector, NotConnected};

/// What was wrong with TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TlsTrouble {
    /// Today is not between the certificate's dates.
    #[error("the certificate has expired or is not valid yet")]
    Dates,
    /// No public authority stands behind it, as far as was shown.
    #[error("the certificate's issuer is not trusted; are the intermediate certificates sent with it?")]
    Issuer,
    /// It is for another host.
    #[error("the certificate is for another host name")]
    Name,
    /// Anything else about the certificate.
    #[error("the certificate is not acceptable")]
    Certificate,
    /// What answered does not speak TLS.
    #[error("the port does not speak TLS")]
    NotTls,
    /// No version, cipher or signature in common, or the other side hung up.
    #[error("the TLS handshake failed; TLS 1.2 or 1.3 is needed")]
    Handshake,
}

/// The public authorities, and these certificates beside them.
pub(crate) fn config(extra: Vec<CertificateDer<'static>>) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for certificate in extra {
        roots.add(certificate)?;
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}

/// A [`Connector`] with TLS where the URL asks for it.
#[derive(Clone)]
pub(crate) struct Secured {
    https: HttpsConnector<Connector>,
    patience: Duration,
}

impl Secured {
    /// `patience` bounds the whole of making a connection. The client finishes some connections in
    /// the background, where no request's own time limit reaches them.
    pub(crate) fn new(tls: ClientConfig, connector: Connector, patience: Duration) -> Self {
        let https = HttpsConnectorBuilder::new()
            .with_tls_config(tls)
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        Self { https, patience }
    }
}

impl Service<Uri> for Secured {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = NotConnected;
    type Future = BoxFuture<'static, Result<Self::Response, NotConnected>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NotConnected>> {
        // The connector below is always ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connecting = tokio::time::timeout(self.patience, self.https.call(uri));
        Box::pin(async move {
            connecting.await.map_err(|_| NotConnected::Slow)?.map_err(|error| {
                match error.downcast::<NotConnected>() {
                    Ok(known) => *known,
                    Err(other) if other.is::<InvalidDnsNameError>() => NotConnected::NoHost,
                    Err(other) => NotConnected::Tls(trouble(&*other)),
                }
            })
        })
    }
}

/// Finds rustls's own word under the I/O errors around it, which hide it from `source()`.
fn trouble(error: &(dyn Error + 'static)) -> TlsTrouble {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            return name(tls);
        }
        next = match error.downcast_ref::<io::Error>() {
            Some(io) => io.get_ref().map(|inner| inner as &(dyn Error + 'static)),
            None => error.source(),
        };
    }
    TlsTrouble::Handshake
}

fn name(error: &rustls::Error) -> TlsTrouble {
    use CertificateError as C;
    match error {
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            C::Expired | C::ExpiredContext { .. } | C::NotValidYet | C::NotValidYetContext { .. } => {
                TlsTrouble::Dates
            }
            C::UnknownIssuer => TlsTrouble::Issuer,
            C::NotValidForName | C::NotValidForNameContext { .. } => TlsTrouble::Name,
            _ => TlsTrouble::Certificate,
        },
        rustls::Error::InvalidMessage(_) => TlsTrouble::NotTls,
        _ => TlsTrouble::Handshake,
    }
}
