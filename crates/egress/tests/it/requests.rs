//! What is sent.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, USER_AGENT};
use http::{HeaderName, HeaderValue};
use jetbridge_egress::{BadUrl, Egress, Failure, Options};
use url::Url;

use crate::support::{Canary, LONG, Stub, Then, allowing, client, post};
use crate::table::PROXIES;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn a_post_arrives_with_exactly_these_bytes_and_headers() {
    let mut stub = Stub::answering(OK, Then::Next).await;
    let headers = vec![
        (CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (HeaderName::from_static("webhook-id"), HeaderValue::from_static("evt_1")),
        (HeaderName::from_static("x-twice"), HeaderValue::from_static("a")),
        (HeaderName::from_static("x-twice"), HeaderValue::from_static("b")),
    ];
    let body = "{\"a\" :\t\"שלום\\u0000\"}\r\n\r\n";
    let url = stub.url("/hook%20x?key=v%26w#nothing");
    let answer = client().post(&url, headers, Bytes::from_static(body.as_bytes()), LONG).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.body[..], answer.whole), (200, &b"ok"[..], true));
    let expected = format!(
        "POST /hook%20x?key=v%26w HTTP/1.1\r\n\
         content-type: application/json\r\n\
         webhook-id: evt_1\r\n\
         x-twice: a\r\n\
         x-twice: b\r\n\
         user-agent: Jetbridge/{}\r\n\
         host: {}\r\n\
         content-length: {}\r\n\r\n{body}",
        env!("CARGO_PKG_VERSION"),
        stub.at,
        body.len()
    );
    assert_eq!(stub.request().await, expected);
}

#[tokio::test]
async fn an_empty_post_says_so_and_a_get_has_no_body() {
    let mut stub = Stub::answering(OK, Then::Next).await;
    let egress = client();
    egress.post(&stub.url("/"), Vec::new(), Bytes::new(), LONG).await.unwrap();
    let request = stub.request().await;
    assert!(request.contains("content-length: 0\r\n"), "{request}");
    let agent = vec![(USER_AGENT, HeaderValue::from_static("other/1"))];
    let answer = egress.get(&stub.url("/x?y"), agent, 1, LONG).await.unwrap();
    assert_eq!((&answer.body[..], answer.whole), (&b"o"[..], false));
    let request = stub.request().await;
    let expected = format!("GET /x?y HTTP/1.1\r\nuser-agent: other/1\r\nhost: {}\r\n\r\n", stub.at);
    assert_eq!(request, expected);
}

#[tokio::test]
async fn what_cannot_be_requested_is_refused_before_anything_is_dialled() {
    let canary = Canary::new().await;
    let strict = Egress::new(Options { https_only: true, ..allowing(&["127.0.0.0/8"]) }).unwrap();
    let url = Url::parse(&format!("http://127.0.0.1:{}/", canary.port)).unwrap();
    assert_eq!(post(&strict, &url).await, Err(Failure::BadUrl(BadUrl::NotHttps)));
    let egress = client();
    let host = vec![(HOST, HeaderValue::from_static("inside.example"))];
    let answer = egress.post(&url, host, Bytes::new(), LONG).await;
    assert_eq!(answer, Err(Failure::Header { name: HOST }));
    let foreign = Url::parse("http://127.0.0.1:25/").unwrap();
    assert_eq!(post(&egress, &foreign).await, Err(Failure::BadUrl(BadUrl::Port(25))));
    assert_eq!(canary.count().await, 0);
}

/// The test above runs once more, in a process of its own whose environment names a proxy for
/// everything. The proxy hears of nothing, and the post arrives all the same.
#[tokio::test]
async fn a_proxy_in_the_environment_is_ignored() {
    let proxy = Canary::new().await;
    let address = format!("http://127.0.0.1:{}", proxy.port);
    let mut child = tokio::process::Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "requests::a_post_arrives_with_exactly_these_bytes_and_headers"]);
    for name in PROXIES {
        child.env(name, &address);
    }
    let output = child.env_remove("no_proxy").env_remove("NO_PROXY").output().await.unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
    assert_eq!(proxy.count().await, 0);
}

#[tokio::test]
async fn no_sentence_repeats_the_url() {
    let stub = Stub::answering("nonsense\r\n\r\n", Then::Close).await;
    let egress = client();
    let secret = "hush";
    let with_secret = |url: &str| Url::parse(&url.replace("SECRET", secret)).unwrap();
    let mut classes = Vec::new();
    for url in [
        with_secret(&format!("http://{}/SECRET?SECRET", stub.at)),
        with_secret("http://SECRET:SECRET@a.example/"),
        with_secret("ftp://a.example/SECRET"),
        with_secret("http://10.0.0.1/SECRET?SECRET"),
        with_secret("https://127.0.0.1:1/SECRET"),
        with_secret("https://127.0.0.1:65535/SECRET?SECRET"),
    ] {
        let failure = post(&egress, &url).await.unwrap_err();
        assert!(!format!("{failure} {failure:?}").contains(secret), "{failure:?}");
        assert!(!failure.to_string().contains("10.0.0.1"), "{failure}");
        classes.push(failure.class());
    }
    assert_eq!(classes, ["cut_off", "bad_url", "bad_url", "refused_address", "bad_url", "no_connection"]);
}
