//! How connections are made, kept and left.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use jetbridge_egress::{Egress, Error, Failure, Options};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use url::Url;

use crate::support::{LONG, Liar, SHORT, Stub, Then, allowing, client, ip, post};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// Lets the tasks of this thread run: the client puts a connection back from one of its own.
async fn breathe() {
    for _ in 0..20 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_connection_is_used_again() {
    let stub = Stub::answering(OK, Then::Next).await;
    let egress = client();
    for path in ["/a", "/b", "/c"] {
        post(&egress, &stub.url(path)).await.unwrap();
        breathe().await;
    }
    assert_eq!(stub.accepted(), 1);
}

#[tokio::test]
async fn another_policy_has_other_connections() {
    let stub = Stub::answering(OK, Then::Next).await;
    post(&client(), &stub.url("/")).await.unwrap();
    breathe().await;
    let strict = Egress::new(Options::default()).unwrap();
    assert_eq!(post(&strict, &stub.url("/")).await, Err(Failure::Refused { address: ip("127.0.0.1") }));
    assert_eq!(stub.accepted(), 1);
}

/// Two names may lead to one address; what one partner's name leads to is not used for another's.
#[tokio::test]
async fn another_name_has_another_connection() {
    let stub = Stub::answering(OK, Then::Next).await;
    let anyone = Liar::new(|_, _| vec![ip("127.0.0.1")]);
    let egress = Egress::with_resolver(allowing(&["127.0.0.1/32"]), anyone).unwrap();
    for host in ["a.example", "b.example"] {
        let url = Url::parse(&format!("http://{host}:{}/", stub.at.port())).unwrap();
        post(&egress, &url).await.unwrap();
        breathe().await;
    }
    assert_eq!(stub.accepted(), 2);
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_made_anew() {
    let mut stub = Stub::answering(OK, Then::Close).await;
    let egress = client();
    for _ in 0..2 {
        post(&egress, &stub.url("/")).await.unwrap();
        stub.hung_up().await;
        breathe().await;
    }
    assert_eq!(stub.accepted(), 2);
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    drop(listener);
    assert_eq!(post(&client(), &url).await, Err(Failure::Connect));
}

/// A listener that takes no more connections: who dials it waits. What it gives back keeps it so.
async fn hole(at: SocketAddr) -> (TcpListener, Vec<TcpStream>) {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(at).unwrap();
    let listener = socket.listen(1).unwrap();
    let mut waiting = Vec::new();
    while let Ok(stream) = tokio::time::timeout(Duration::from_millis(100), TcpStream::connect(at)).await {
        waiting.push(stream.unwrap());
    }
    (listener, waiting)
}

#[tokio::test]
async fn an_address_that_swallows_packets_leaves_time_for_the_next() {
    let stub = Stub::on("127.0.0.2", OK, Then::Next).await;
    let port = stub.at.port();
    let _hole = hole(SocketAddr::new(ip("127.0.0.3"), port)).await;
    let with = |addresses: [&'static str; 2]| {
        let both = Liar::new(move |_, _| addresses.map(ip).to_vec());
        let options = Options { connect_timeout: SHORT, ..allowing(&["127.0.0.0/8"]) };
        Egress::with_resolver(options, both).unwrap()
    };
    let url = Url::parse(&format!("http://partner.example:{port}/")).unwrap();
    let began = Instant::now();
    assert_eq!(post(&with(["127.0.0.3", "127.0.0.2"]), &url).await.unwrap().status, 200);
    assert!(began.elapsed() < SHORT, "it had half of the time: {:?}", began.elapsed());
    let began = Instant::now();
    assert_eq!(post(&with(["127.0.0.3", "127.0.0.3"]), &url).await, Err(Failure::Connect));
    assert!(began.elapsed() >= SHORT && began.elapsed() < SHORT * 3, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_client_needs_a_name_that_can_be_sent() {
    let odd = Options { user_agent: "a\nb".to_owned(), ..Options::default() };
    assert!(matches!(Egress::new(odd), Err(Error::UserAgent)));
}

#[tokio::test]
async fn a_slow_partner_does_not_hold_up_another() {
    let slow = Stub::answering("", Then::Hang).await;
    let quick = Stub::answering(OK, Then::Next).await;
    let egress = client();
    let (slow_url, quick_url) = (slow.url("/"), quick.url("/"));
    let waiting = egress.post(&slow_url, Vec::new(), bytes::Bytes::new(), LONG);
    tokio::select! {
        biased;
        answer = waiting => panic!("{answer:?}"),
        answer = post(&egress, &quick_url) => assert_eq!(answer.unwrap().status, 200),
    }
}
