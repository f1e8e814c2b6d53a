//! TLS, against servers with the certificates in `certificates/` (made by the script there).

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use jetbridge_egress::{Answer, Egress, Error, Failure, Options, TlsTrouble};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};
use url::Url;

use crate::support::{Canary, Liar, SHORT, Stub, Then, allowing, ip, post};

const AUTHORITY: &[u8] = include_bytes!("certificates/authority.der");
const GOOD: &[u8] = include_bytes!("certificates/good.der");
const EXPIRED: &[u8] = include_bytes!("certificates/expired.der");
const OTHER_NAME: &[u8] = include_bytes!("certificates/other-name.der");
const KEY: &[u8] = include_bytes!("certificates/server.key.der");

/// A server that shows this certificate and answers one request. rustls alone has no async side,
/// so it has a thread.
fn showing(certificate: &'static [u8]) -> SocketAddr {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(certificate)], PrivateKeyDer::try_from(KEY).unwrap())
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut tcp, _) = listener.accept().unwrap();
        let mut tls = ServerConnection::new(Arc::new(config)).unwrap();
        let mut stream = Stream::new(&mut tls, &mut tcp);
        // A client that does not like the certificate hangs up here.
        if stream.read(&mut [0; 1024]).is_ok() {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        }
    });
    at
}

fn trusting(roots: Vec<CertificateDer<'static>>) -> Egress {
    let options = Options { roots, ..allowing(&["127.0.0.1/32"]) };
    Egress::with_resolver(options, Liar::new(|_, _| vec![ip("127.0.0.1")])).unwrap()
}

async fn asked(egress: &Egress, at: SocketAddr) -> Result<Answer, Failure> {
    let url = Url::parse(&format!("https://partner.example:{}/", at.port())).unwrap();
    post(egress, &url).await
}

#[tokio::test]
async fn certificates_are_checked() {
    let ours = trusting(vec![CertificateDer::from(AUTHORITY)]);
    assert_eq!(asked(&ours, showing(GOOD)).await.unwrap().body, "ok");
    for (certificate, trouble) in [(EXPIRED, TlsTrouble::Dates), (OTHER_NAME, TlsTrouble::Name)] {
        assert_eq!(asked(&ours, showing(certificate)).await, Err(Failure::Tls(trouble)));
    }
    let public = trusting(Vec::new());
    assert_eq!(asked(&public, showing(GOOD)).await, Err(Failure::Tls(TlsTrouble::Issuer)));
}

#[tokio::test]
async fn what_does_not_speak_tls_is_told_so() {
    let egress = trusting(Vec::new());
    let talkative = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = talkative.local_addr().unwrap();
    std::thread::spawn(move || {
        let (mut tcp, _) = talkative.accept().unwrap();
        tcp.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        let _ = tcp.read(&mut [0; 1024]);
    });
    assert_eq!(asked(&egress, at).await, Err(Failure::Tls(TlsTrouble::NotTls)));
    // A canary hangs up without a word.
    let canary = Canary::new().await;
    let url = Url::parse(&format!("https://partner.example:{}/", canary.port)).unwrap();
    let cut = post(&egress, &url).await;
    assert_eq!(cut, Err(Failure::Tls(TlsTrouble::Handshake)));
    assert_eq!(cut.unwrap_err().class(), "tls");
}

/// The handshake has a bound of its own too: not every connection is waited for by a request.
#[tokio::test]
async fn a_handshake_that_hangs_is_left() {
    let mut stub = Stub::answering("", Then::Hang).await;
    let quick = Options { connect_timeout: SHORT, ..allowing(&["127.0.0.1/32"]) };
    let egress = Egress::new(quick).unwrap();
    let url = Url::parse(&format!("https://{}/", stub.at)).unwrap();
    let answer = egress.post(&url, Vec::new(), bytes::Bytes::new(), Duration::MAX).await;
    assert_eq!(answer, Err(Failure::Timeout));
    stub.hung_up().await;
}

#[test]
fn a_root_that_is_no_certificate_is_an_error() {
    let roots = vec![CertificateDer::from(&b"nonsense"[..])];
    assert!(matches!(Egress::new(Options { roots, ..Options::default() }), Err(Error::Tls(_))));
}
