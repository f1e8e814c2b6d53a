//! A listener that plays what it is told to, one that counts, and resolvers that lie.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use jetbridge_egress::{Answer, Egress, Failure, Options, Resolve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use url::Url;

/// Longer than anything here takes: a test that waits so long has failed.
pub(crate) const LONG: Duration = Duration::from_secs(20);
/// The time of a request that is meant to run out of it; enough, also on a busy machine, for what
/// happens before it hangs.
pub(crate) const SHORT: Duration = Duration::from_millis(400);

/// What a stub does after its answer.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    /// Waits for the next request.
    Next,
    /// Hangs up.
    Close,
    /// Says nothing more and waits for the other side to hang up.
    Hang,
    /// Sends more and more until the other side hangs up.
    Flood,
}

/// Listens on loopback and answers every request the same.
pub(crate) struct Stub {
    pub(crate) at: SocketAddr,
    accepted: Arc<AtomicUsize>,
    requests: mpsc::UnboundedReceiver<String>,
    hung_up: mpsc::UnboundedReceiver<()>,
}

impl Stub {
    pub(crate) async fn answering(answer: &str, then: Then) -> Self {
        Self::on("127.0.0.1", answer, then).await
    }

    pub(crate) async fn on(ip: &str, answer: &str, then: Then) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let at = listener.local_addr().unwrap();
        let (request, requests) = mpsc::unbounded_channel();
        let (over, hung_up) = mpsc::unbounded_channel();
        let accepted = Arc::new(AtomicUsize::new(0));
        let (count, answer) = (accepted.clone(), answer.to_owned());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (answer, request, over) = (answer.clone(), request.clone(), over.clone());
                tokio::spawn(async move {
                    play(stream, &answer, then, &request).await;
                    let _ = over.send(());
                });
            }
        });
        Self { at, accepted, requests, hung_up }
    }

    pub(crate) fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.at)).unwrap()
    }

    pub(crate) fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    /// The next request, as it came.
    pub(crate) async fn request(&mut self) -> String {
        tokio::time::timeout(LONG, self.requests.recv()).await.unwrap().unwrap()
    }

    /// Until the other side of a connection hung up.
    pub(crate) async fn hung_up(&mut self) {
        tokio::time::timeout(LONG, self.hung_up.recv()).await.unwrap().unwrap();
    }
}

async fn play(mut stream: TcpStream, answer: &str, then: Then, requests: &mpsc::UnboundedSender<String>) {
    while let Some(request) = read(&mut stream).await {
        requests.send(request).unwrap();
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        match then {
            Then::Next => {}
            Then::Close => return,
            Then::Hang => while stream.read(&mut [0; 64]).await.is_ok_and(|n| n > 0) {},
            Then::Flood => while stream.write_all(&[b'x'; 8192]).await.is_ok() {},
        }
    }
}

/// A request's head and as much body as `content-length` says.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|l| l.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |l| l.parse().unwrap()) {
                return Some(text);
            }
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
}

/// Listens on every loopback address, v4 and v6, and counts who comes.
pub(crate) struct Canary {
    pub(crate) port: u16,
    accepted: Arc<AtomicUsize>,
}

impl Canary {
    pub(crate) async fn new() -> Self {
        let everywhere = TcpListener::bind("[::]:0").await;
        let listener = match everywhere {
            Ok(listener) => listener,
            Err(_) => TcpListener::bind("0.0.0.0:0").await.unwrap(),
        };
        let port = listener.local_addr().unwrap().port();
        let accepted = Arc::new(AtomicUsize::new(0));
        let count = accepted.clone();
        tokio::spawn(async move {
            while listener.accept().await.is_ok() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { port, accepted }
    }

    /// How many came so far. It connects once itself and waits to be hung up on: connections are
    /// accepted in order, so whoever came before has been counted by then.
    pub(crate) async fn count(&self) -> usize {
        let before = self.accepted.load(Ordering::SeqCst);
        let mut own = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let _ = own.read(&mut [0]).await;
        let after = self.accepted.swap(0, Ordering::SeqCst);
        assert!(after > before, "the canary is alive");
        after - 1
    }
}

/// Answers by a function of the name and of how often it was asked before.
pub(crate) struct Liar<F> {
    asked: AtomicUsize,
    answer: F,
}

impl<F: Fn(&str, usize) -> Vec<IpAddr> + Send + Sync + 'static> Liar<F> {
    pub(crate) fn new(answer: F) -> Arc<Self> {
        Arc::new(Self { asked: AtomicUsize::new(0), answer })
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl<F: Fn(&str, usize) -> Vec<IpAddr> + Send + Sync + 'static> Resolve for Liar<F> {
    fn resolve(&self, host: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let addresses = (self.answer)(&host, self.asked.fetch_add(1, Ordering::SeqCst));
        Box::pin(async move { Ok(addresses) })
    }
}

pub(crate) fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

/// Options that let these networks through.
pub(crate) fn allowing(networks: &[&str]) -> Options {
    Options { allow: networks.iter().map(|net| net.parse().unwrap()).collect(), ..Options::default() }
}

/// A client that may dial what stubs listen on.
pub(crate) fn client() -> Egress {
    Egress::new(allowing(&["127.0.0.1/32"])).unwrap()
}

pub(crate) async fn post(egress: &Egress, url: &Url) -> Result<Answer, Failure> {
    egress.post(url, Vec::new(), Bytes::from_static(b"{}"), LONG).await
}
