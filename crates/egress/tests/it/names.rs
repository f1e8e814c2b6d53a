//! Resolvers that answer anything they like.

use std::future::pending;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jetbridge_egress::{Egress, Failure, Options, Resolve};
use tokio::time::{Duration, Instant};
use url::Url;

use crate::support::{Canary, Liar, Stub, Then, allowing, ip, post};
use crate::table::MIXES;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";

fn url(port: u16) -> Url {
    Url::parse(&format!("http://partner.example:{port}/hook")).unwrap()
}

#[tokio::test]
async fn one_forbidden_address_among_public_ones_refuses_them_all() {
    let canary = Canary::new().await;
    for mix in MIXES {
        let answer: Vec<IpAddr> = mix.iter().map(|text| ip(text)).collect();
        let egress =
            Egress::with_resolver(Options::default(), Liar::new(move |_, _| answer.clone())).unwrap();
        let answer = post(&egress, &url(canary.port)).await;
        assert!(matches!(answer, Err(Failure::Refused { .. })), "{mix:?}: {answer:?}");
    }
    assert_eq!(canary.count().await, 0);
}

/// 127.0.0.2 plays the public address here, 127.0.0.1 the private one.
#[tokio::test]
async fn a_name_that_moves_inside_is_refused_from_then_on() {
    let canary = Canary::new().await;
    let mut stub = Stub::on("127.0.0.2", OK, Then::Close).await;
    let port = stub.at.port();
    let moving = Liar::new(|_, asked| vec![ip(if asked == 0 { "127.0.0.2" } else { "127.0.0.1" })]);
    let egress = Egress::with_resolver(allowing(&["127.0.0.2/32"]), moving.clone()).unwrap();
    assert_eq!(post(&egress, &url(port)).await.unwrap().status, 200);
    assert!(stub.request().await.starts_with("POST /hook HTTP/1.1\r\n"));
    for at in [port, canary.port] {
        assert_eq!(post(&egress, &url(at)).await, Err(Failure::Refused { address: ip("127.0.0.1") }));
    }
    assert_eq!((moving.asked(), stub.accepted(), canary.count().await), (3, 1, 0));
}

/// Were the name looked up once to check it and once more to dial it, this would get through.
#[tokio::test]
async fn a_name_is_looked_up_once_and_that_answer_is_dialled() {
    let canary = Canary::new().await;
    let flipping = Liar::new(|_, asked| vec![ip(if asked % 2 == 0 { "127.0.0.2" } else { "127.0.0.1" })]);
    let egress = Egress::with_resolver(allowing(&["127.0.0.2/32"]), flipping.clone()).unwrap();
    // The canary listens on 127.0.0.2 too, and hangs up.
    assert_eq!(post(&egress, &url(canary.port)).await, Err(Failure::Protocol));
    assert_eq!(flipping.asked(), 1);
    assert_eq!(post(&egress, &url(canary.port)).await, Err(Failure::Refused { address: ip("127.0.0.1") }));
    assert_eq!((flipping.asked(), canary.count().await), (2, 1));
}

#[tokio::test]
async fn an_address_is_never_looked_up() {
    let liar = Liar::new(|_, _| vec![ip("93.184.215.14")]);
    let egress = Egress::with_resolver(Options::default(), liar.clone()).unwrap();
    for host in ["127.0.0.1", "0x7f.1", "[::1]", "[::ffff:7f00:1]"] {
        let answer = post(&egress, &Url::parse(&format!("http://{host}/")).unwrap()).await;
        assert!(matches!(answer, Err(Failure::Refused { .. })), "{host}");
    }
    assert_eq!(liar.asked(), 0);
}

#[tokio::test]
async fn the_next_address_is_dialled_when_one_does_not_answer() {
    let stub = Stub::on("127.0.0.2", OK, Then::Close).await;
    let both = Liar::new(|_, _| vec![ip("127.0.0.3"), ip("127.0.0.2")]);
    let egress = Egress::with_resolver(allowing(&["127.0.0.0/8"]), both).unwrap();
    assert_eq!(post(&egress, &url(stub.at.port())).await.unwrap().status, 200);
}

#[tokio::test]
async fn of_many_addresses_a_few_are_dialled() {
    let stub = Stub::on("127.0.0.2", OK, Then::Close).await;
    let many =
        Liar::new(|_, _| (0..8).map(|n| IpAddr::from([127, 0, 1, n])).chain([ip("127.0.0.2")]).collect());
    let egress = Egress::with_resolver(allowing(&["127.0.0.0/8"]), many).unwrap();
    assert_eq!(post(&egress, &url(stub.at.port())).await, Err(Failure::Connect));
    assert_eq!(stub.accepted(), 0);
}

struct Broken;

impl Resolve for Broken {
    fn resolve(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(async { Err(io::Error::other("no such name")) })
    }
}

struct Silent;

impl Resolve for Silent {
    fn resolve(&self, _: String) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        Box::pin(pending())
    }
}

#[tokio::test(start_paused = true)]
async fn names_without_an_address() {
    let nowhere = Liar::new(|_, _| Vec::new());
    let resolvers: [Arc<dyn Resolve>; 3] = [nowhere, Arc::new(Broken), Arc::new(Silent)];
    for resolver in resolvers {
        let egress = Egress::with_resolver(Options::default(), resolver).unwrap();
        assert_eq!(post(&egress, &url(80)).await, Err(Failure::Resolve));
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_lookup_uses_up_the_time_of_the_request() {
    let egress = Egress::with_resolver(Options::default(), Arc::new(Silent)).unwrap();
    let began = Instant::now();
    let answer = egress.post(&url(80), Vec::new(), bytes::Bytes::new(), Duration::from_secs(2)).await;
    assert_eq!(answer, Err(Failure::Timeout));
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn the_systems_resolver_is_vetted_like_any_other() {
    let canary = Canary::new().await;
    let egress = Egress::new(Options::default()).unwrap();
    let url = Url::parse(&format!("http://localhost:{}/", canary.port)).unwrap();
    let answer = post(&egress, &url).await;
    assert!(matches!(&answer, Err(Failure::Refused { address }) if address.is_loopback()), "{answer:?}");
    assert_eq!(canary.count().await, 0);
}
