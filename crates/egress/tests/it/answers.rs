//! What is made of answers, good and bad.

use std::time::{Duration, Instant};

use bytes::Bytes;
use jetbridge_egress::{Egress, Failure};

use crate::support::{Canary, LONG, SHORT, Stub, Then, client, post};
use crate::table::REDIRECTS;

/// What a client makes of this answer.
async fn answered(answer: &str, then: Then) -> Result<jetbridge_egress::Answer, Failure> {
    let stub = Stub::answering(answer, then).await;
    post(&client(), &stub.url("/")).await
}

async fn in_a_short_time(egress: &Egress, stub: &Stub) -> Result<jetbridge_egress::Answer, Failure> {
    egress.post(&stub.url("/"), Vec::new(), Bytes::new(), SHORT).await
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let canary = Canary::new().await;
    for (status, host) in REDIRECTS {
        let answer = format!(
            "HTTP/1.1 {status} Go\r\nlocation: http://{host}:{}/\r\ncontent-length: 0\r\n\r\n",
            canary.port
        );
        assert_eq!(answered(&answer, Then::Next).await.unwrap().status, *status);
    }
    assert_eq!(canary.count().await, 0);
}

#[tokio::test]
async fn retry_after_is_handed_on() {
    let with = |header: &str| format!("HTTP/1.1 429 Slow\r\n{header}content-length: 0\r\n\r\n");
    for (header, wait) in [
        ("retry-after: 120\r\n", Some(120)),
        ("Retry-After:  7 \r\nretry-after: 9\r\n", Some(7)),
        ("", None),
        ("retry-after: soon\r\n", None),
        ("date: Mon, 23 Nov 2026 10:00:00 GMT\r\nretry-after: Mon, 23 Nov 2026 10:01:00 GMT\r\n", Some(60)),
    ] {
        let answer = answered(&with(header), Then::Next).await.unwrap();
        assert_eq!(
            (answer.status.as_u16(), answer.retry_after),
            (429, wait.map(Duration::from_secs)),
            "{header}"
        );
    }
}

#[tokio::test]
async fn a_body_is_kept_as_it_came() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n";
    let gzip = "HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\nabcd";
    let to_the_end = "HTTP/1.1 200 OK\r\n\r\nabcdef";
    let none = "HTTP/1.1 204 No\r\n\r\n";
    for (answer, then, body) in [
        (chunked, Then::Next, "abcde"),
        (gzip, Then::Next, "abcd"),
        (to_the_end, Then::Close, "abcdef"),
        (none, Then::Next, ""),
    ] {
        let answer = answered(answer, then).await.unwrap();
        assert_eq!((&answer.body[..], answer.whole), (body.as_bytes(), true));
    }
}

#[tokio::test]
async fn a_body_is_cut_at_the_cap_and_the_rest_is_never_read() {
    for head in ["", "content-length: 999999999999\r\n"] {
        let mut stub = Stub::answering(&format!("HTTP/1.1 500 No\r\n{head}\r\n"), Then::Flood).await;
        let answer = post(&client(), &stub.url("/")).await.unwrap();
        assert_eq!((answer.status.as_u16(), answer.body.len(), answer.whole), (500, 4096, false));
        assert!(answer.body.iter().all(|b| *b == b'x'));
        stub.hung_up().await;
    }
}

#[tokio::test]
async fn the_cap_is_exact() {
    let stub = Stub::answering("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n0123456789", Then::Next).await;
    let egress = client();
    for (cap, kept, whole) in
        [(0, "", false), (9, "012345678", false), (10, "0123456789", true), (11, "0123456789", true)]
    {
        let answer = egress.get(&stub.url("/"), Vec::new(), cap, LONG).await.unwrap();
        assert_eq!((&answer.body[..], answer.whole), (kept.as_bytes(), whole), "{cap}");
    }
}

/// The partner answered; what the body would have said is for show.
#[tokio::test]
async fn a_body_that_breaks_off_does_not_change_the_status() {
    let cut = "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc";
    let answer = answered(cut, Then::Close).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.body[..], answer.whole), (200, &b"abc"[..], false));
    let mut stub = Stub::answering(cut, Then::Hang).await;
    let began = Instant::now();
    let answer = in_a_short_time(&client(), &stub).await.unwrap();
    assert_eq!((answer.status.as_u16(), &answer.body[..], answer.whole), (200, &b"abc"[..], false));
    assert!(began.elapsed() < SHORT * 2, "{:?}", began.elapsed());
    stub.hung_up().await;
}

#[tokio::test]
async fn nobody_waits_for_more_than_the_cap() {
    let stub = Stub::answering("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc", Then::Hang).await;
    let began = Instant::now();
    let answer = client().get(&stub.url("/"), Vec::new(), 3, LONG).await.unwrap();
    assert_eq!((&answer.body[..], answer.whole), (&b"abc"[..], false));
    assert!(began.elapsed() < LONG / 2, "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_server_that_hangs_is_left_when_the_time_is_over() {
    for beginning in
        ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Hints\r\nlink: x\r\n\r\n"]
    {
        let mut stub = Stub::answering(beginning, Then::Hang).await;
        let egress = client();
        assert_eq!(in_a_short_time(&egress, &stub).await, Err(Failure::Timeout), "{beginning:?}");
        stub.hung_up().await;
    }
}

#[tokio::test]
async fn a_head_without_end_is_given_up() {
    let long = format!("HTTP/1.1 200 OK\r\nx: {}", "x".repeat(40_000));
    assert_eq!(answered(&long, Then::Hang).await, Err(Failure::Protocol));
    assert_eq!(answered("HTTP/1.1 200 OK\r\nx: ", Then::Flood).await, Err(Failure::Protocol));
    let headers = |n| format!("HTTP/1.1 200 OK\r\n{}content-length: 0\r\n\r\n", "x: y\r\n".repeat(n));
    assert_eq!(answered(&headers(101), Then::Next).await, Err(Failure::Protocol));
    assert_eq!(answered(&headers(60), Then::Next).await.unwrap().status, 200);
}

#[tokio::test]
async fn what_is_not_http_is_no_answer() {
    for nonsense in [
        "",
        "\r\n",
        "220 mail.example ESMTP\r\n",
        "HTTP/0.9 200 OK\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nbad header\r\n\r\n",
        "HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        "<html>hello</html>",
    ] {
        assert_eq!(answered(nonsense, Then::Close).await, Err(Failure::Protocol), "{nonsense:?}");
    }
}

#[tokio::test]
async fn only_the_head_of_a_file_is_read() {
    for (answer, status, media_type, length, location) in [
        (
            "HTTP/1.1 206 Part\r\ncontent-type: Image/PNG; x=y\r\ncontent-range: bytes 0-0/4711\r\n\
             content-length: 1\r\n\r\nx",
            206,
            Some("image/png"),
            Some(4711),
            None,
        ),
        (
            "HTTP/1.1 206 Part\r\ncontent-range: bytes 0-0/*\r\ncontent-length: 1\r\n\r\nx",
            206,
            None,
            None,
            None,
        ),
        ("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n", 200, None, Some(99), None),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", 200, None, None, None),
        ("HTTP/1.1 302 Go\r\nlocation: /b?c\r\n\r\n", 302, None, None, Some("/b?c")),
    ] {
        let mut stub = Stub::answering(answer, Then::Flood).await;
        let head = client().look(&stub.url("/a"), LONG).await.unwrap();
        assert_eq!(head.status, status, "{answer}");
        assert_eq!((head.media_type.as_deref(), head.length), (media_type, length), "{answer}");
        assert_eq!(head.location.as_deref(), location, "{answer}");
        let request = stub.request().await;
        assert!(request.starts_with("GET /a ") && request.contains("range: bytes=0-0\r\n"), "{request}");
        stub.hung_up().await;
    }
    let canary = Stub::answering("HTTP/1.1 200 OK\r\n\r\n", Then::Close).await;
    let strict = Egress::new(jetbridge_egress::Options::default()).unwrap();
    assert!(matches!(strict.look(&canary.url("/"), LONG).await, Err(Failure::Refused { .. })));
    assert_eq!(canary.accepted(), 0);
}
