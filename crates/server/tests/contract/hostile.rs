//! Callers that do not speak HTTP as a proper client does: too slow, too large, too many, or in shapes that two
//! servers could read in two ways. The program stays up, answers the others, and runs nothing that was hidden.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Duration, timeout};

use crate::support::{Answer, Partner, Program, bad, raw, run};

const GET: &str = "/api/settings/getWebhook";
const CREATE: &str = "/api/facebook/createOnboarding";
const BODY: &str = r#"{"type":1,"url":""}"#;

/// Waits so short that a test which runs into them is short as well.
const IMPATIENT: [(&str, &str); 2] =
    [("JETBRIDGE_LIMITS_HEADER_SECONDS", "1"), ("JETBRIDGE_LIMITS_BODY_SECONDS", "1")];

/// What must come back, and nothing after it.
#[derive(Clone, Copy, Debug)]
enum Comes {
    /// This one answer of the API.
    One(u16, i64),
    /// This one, and at most a status without a body for what follows and cannot be read.
    OneOnly(u16, i64),
    /// The line or the headers cannot be read: at most a status without a body.
    Nothing,
}
use Comes::{Nothing, One, OneOnly};

/// Everything that comes until the program closes the connection, which it does in time.
async fn heard(url: &str, request: &[u8]) -> Vec<u8> {
    let mut stream = raw::connect(url).await;
    // It may close before it has heard everything.
    let _ = stream.write_all(request).await;
    read(&mut stream).await
}

async fn read(stream: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    let end = timeout(Duration::from_secs(40), stream.read_to_end(&mut bytes)).await;
    // Cut or closed: either way it is over.
    let _ = end.expect("the connection ends in time");
    bytes
}

/// The answers one after another, each as long as it says.
fn answers(mut bytes: &[u8]) -> Vec<Answer> {
    let mut all = Vec::new();
    while let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
        let head = String::from_utf8_lossy(&bytes[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |digits| digits.parse().unwrap());
        let rest = end + 4 + length;
        assert!(rest <= bytes.len(), "an answer is whole: {head}");
        all.push(raw::parse(&bytes[..rest]).expect("an answer"));
        bytes = &bytes[rest..];
    }
    assert!(bytes.is_empty(), "not an answer: {}", String::from_utf8_lossy(bytes));
    all
}

fn differs(name: &str, comes: Comes, bytes: &[u8]) -> Option<String> {
    let mut all = answers(bytes);
    let is_bare = |answer: &Answer| answer.status.as_u16() >= 400 && answer.text.is_empty();
    let (status, reason) = match comes {
        One(status, reason) => (status, reason),
        OneOnly(status, reason) => {
            all.truncate(if all.len() == 2 && is_bare(&all[1]) { 1 } else { all.len() });
            (status, reason)
        }
        Nothing => {
            let refused = all.len() <= 1 && all.iter().all(is_bare);
            return (!refused).then(|| format!("{name}: not refused: {}", String::from_utf8_lossy(bytes)));
        }
    };
    let [answer] = &all[..] else {
        return Some(format!("{name}: want one answer, got {}", String::from_utf8_lossy(bytes)));
    };
    if answer.json["reason"].is_null() {
        return Some(format!("{name}: not JSON: {}", String::from_utf8_lossy(bytes)));
    }
    answer.check_house_style(name);
    bad(status, reason).differs(name, answer)
}

/// A request as bytes; `TOKEN` is a good token, and no line is added.
fn asked(text: &str, partner: &Partner) -> Vec<u8> {
    text.replace("TOKEN", &format!("Authorization: Bearer {}", partner.token)).into_bytes()
}

/// A whole request that makes a link, to be hidden in another.
fn hidden() -> String {
    let length = BODY.len();
    format!("POST {CREATE} HTTP/1.1\r\nHost: x\r\nTOKEN\r\nContent-Length: {length}\r\n\r\n{BODY}")
}

/// Sends every row to one program. All are sent at once: most of them end by running out of time.
async fn check(subject: &str, program: &Program, partner: &Partner, rows: Vec<(&str, String, Comes)>) {
    let count = rows.len();
    let exchanges = rows.into_iter().map(|(name, text, comes)| {
        let (request, url) = (asked(&text, partner), program.url.clone());
        let name = name.to_owned();
        tokio::spawn(async move {
            let bytes = heard(&url, &request).await;
            (name, comes, bytes)
        })
    });
    let exchanges: Vec<_> = exchanges.collect();
    let mut wrong = Vec::new();
    for exchange in exchanges {
        let (name, comes, bytes) = exchange.await.unwrap();
        wrong.extend(differs(&name, comes, &bytes));
    }
    println!("{subject}: {count} cases");
    assert!(wrong.is_empty(), "{subject}: {} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
    let list = partner.get("/api/facebook/getOnboardings").await.ok();
    assert!(list.list().is_empty(), "nothing was made: {}", list.text);
}

#[test]
fn a_request_that_cannot_be_read_is_not_run() {
    run(async {
        let program = Program::start(&IMPATIENT);
        let partner = program.demo_partner().await;
        let get = |line: &str| format!("{line}\r\nHost: x\r\nTOKEN\r\nConnection: close\r\n\r\n");
        let with = |header: &str| format!("GET {GET} HTTP/1.1\r\nHost: x\r\nTOKEN\r\n{header}\r\n\r\n");
        let rows = vec![
            ("nothing", String::new(), Nothing),
            ("a line and no end", format!("GET {GET} HTTP/1.1"), Nothing),
            ("half the headers", format!("GET {GET} HTTP/1.1\r\nHost: x\r\nX-A"), Nothing),
            ("garbage", "\u{7f}ELF\u{1}\u{2}\r\n\r\n".to_owned(), Nothing),
            ("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{fc}\u{3}\u{3}".to_owned(), Nothing),
            ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u{4}\0\0\0\0\0".to_owned(), Nothing),
            ("HTTP/0.9", format!("GET {GET}\r\n\r\n"), Nothing),
            ("HTTP/3.0", get(&format!("GET {GET} HTTP/3.0")), Nothing),
            ("another protocol", "EHLO x\r\nMAIL FROM:<a@b.example>\r\n\r\n".to_owned(), Nothing),
            ("a NUL in the target", get("GET /api/settings\0/getWebhook HTTP/1.1"), Nothing),
            ("a NUL in the method", get(&format!("G\0ET {GET} HTTP/1.1")), Nothing),
            ("a control byte in the target", get("GET /api/\u{1}x HTTP/1.1"), Nothing),
            ("a DEL in the target", get("GET /api/\u{7f} HTTP/1.1"), Nothing),
            ("a tab in the target", get("GET /api/\tx HTTP/1.1"), Nothing),
            ("a space in the target", get("GET /api/x y HTTP/1.1"), Nothing),
            ("a bare return in the target", get("GET /api/\rx HTTP/1.1"), Nothing),
            ("no target", get("GET  HTTP/1.1"), Nothing),
            ("a NUL in a header", with("X-A: a\0b"), Nothing),
            ("a control byte in a header", with("X-A: a\u{1}b"), Nothing),
            ("a bare return in a header", with("X-A: a\rX-B: b"), Nothing),
            ("a space before a colon", with("Content-Length : 5"), Nothing),
            ("a space in a header's name", with("X A: b"), Nothing),
            ("a header without a colon", with("X-A"), Nothing),
            ("a folded header", with("X-A: a\r\n b: c"), Nothing),
            ("one header of 200 KB", with(&format!("X-A: {}", "a".repeat(200_000))), Nothing),
            ("a target of 200 KB", get(&format!("GET /api/{} HTTP/1.1", "a".repeat(200_000))), Nothing),
            ("200 headers", with(&(0..200).map(|n| format!("X-{n}: a\r\n")).collect::<String>()), Nothing),
        ];
        check("unreadable requests", &program, &partner, rows).await;
    });
}

#[test]
fn an_odd_request_that_can_be_read_is_answered_in_json() {
    run(async {
        let program = Program::start(&IMPATIENT);
        let partner = program.demo_partner().await;
        let get = |line: &str| format!("{line}\r\nHost: x\r\nTOKEN\r\nConnection: close\r\n\r\n");
        let rows = vec![
            ("no host", format!("GET {GET} HTTP/1.1\r\nTOKEN\r\nConnection: close\r\n\r\n"), One(200, 1)),
            ("HTTP/1.0", format!("GET {GET} HTTP/1.0\r\nTOKEN\r\n\r\n"), One(200, 1)),
            (
                "empty lines before it",
                format!("\r\n\r\n{}", get(&format!("GET {GET} HTTP/1.1"))),
                One(200, 1),
            ),
            ("another's host", get(&format!("GET http://other.example{GET} HTTP/1.1")), One(200, 1)),
            ("an absolute target of no path", get("GET http://x/api HTTP/1.1"), One(404, 10)),
            ("a method of its own", get(&format!("BREW {GET} HTTP/1.1")), One(405, 13)),
            ("TRACE", get(&format!("TRACE {GET} HTTP/1.1")), One(405, 13)),
            ("dots", get("GET /api/../api/settings/getWebhook HTTP/1.1"), One(404, 10)),
            ("two slashes", get("GET /api//settings/getWebhook HTTP/1.1"), One(404, 10)),
            ("an encoded NUL", get("GET /api/%00 HTTP/1.1"), One(404, 10)),
            ("encoded line breaks", get("GET /api/%0d%0aX-A:%20b HTTP/1.1"), One(404, 10)),
            ("a broken escape", get("GET /api/%zz HTTP/1.1"), One(404, 10)),
            ("a target of 8 KB", get(&format!("GET /api/{} HTTP/1.1", "a".repeat(8000))), One(404, 10)),
            (
                "an upgrade",
                format!(
                    "GET {GET} HTTP/1.1\r\nHost: x\r\nTOKEN\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n"
                ),
                One(200, 1),
            ),
            (
                "garbage after a request",
                format!("GET {GET} HTTP/1.1\r\nHost: x\r\nTOKEN\r\n\r\n\0\u{1}\u{2}garbage\r\n\r\n"),
                OneOnly(200, 1),
            ),
        ];
        check("odd requests", &program, &partner, rows).await;
    });
}

/// What a proxy in front takes for one request must not be two here.
#[test]
fn no_request_hides_in_another() {
    run(async {
        let program = Program::start(&IMPATIENT);
        let partner = program.demo_partner().await;
        let second = hidden();
        let post = |headers: &str, body: &str| {
            format!("POST /api/facebook/nothing HTTP/1.1\r\nHost: x\r\nTOKEN\r\n{headers}\r\n\r\n{body}")
        };
        let all = "0\r\n\r\n".len() + asked(&second, &partner).len();
        let length = format!("Content-Length: {all}");
        let ended = format!("0\r\n\r\n{second}");
        let (chunk, chunked) = (asked(&second, &partner).len(), "Transfer-Encoding: chunked");
        let create = |headers: &str, body: &str| {
            format!("POST {CREATE} HTTP/1.1\r\nHost: x\r\nTOKEN\r\n{headers}\r\n\r\n{body}")
        };
        let rows = vec![
            ("a length, then chunks", post(&format!("{length}\r\n{chunked}"), &ended), One(404, 10)),
            ("chunks, then a length", post(&format!("{chunked}\r\n{length}"), &ended), One(404, 10)),
            (
                "a short length over chunks",
                post(
                    &format!("Content-Length: 4\r\n{chunked}"),
                    &format!("{chunk:x}\r\n{second}\r\n0\r\n\r\n"),
                ),
                One(404, 10),
            ),
            ("two lengths", post(&format!("Content-Length: 5\r\n{length}"), &ended), Nothing),
            ("two lengths the other way", post(&format!("{length}\r\nContent-Length: 5"), &ended), Nothing),
            ("two lengths in one", post(&format!("Content-Length: 5, {all}"), &ended), Nothing),
            ("the same length twice in one", post("Content-Length: 5, 5", &ended), Nothing),
            ("a length with a sign", post("Content-Length: +5", &ended), Nothing),
            ("a negative length", post("Content-Length: -1", &second), Nothing),
            ("a length in hexadecimal", post("Content-Length: 0x5", &ended), Nothing),
            ("an empty length", post("Content-Length:", &second), Nothing),
            ("a length of 2^64", post("Content-Length: 18446744073709551616", &second), Nothing),
            ("a length with a NUL", post("Content-Length: 5\0", &second), Nothing),
            ("chunks that are not the last coding", post("Transfer-Encoding: chunked, x", &ended), Nothing),
            ("an unknown coding", post("Transfer-Encoding: x", &ended), Nothing),
            ("chunks with a vertical tab", post("Transfer-Encoding: \u{b}chunked", &ended), Nothing),
            ("a coding on two lines", post("Transfer-Encoding:\r\n chunked", &ended), Nothing),
            ("chunks in HTTP/1.0", post(chunked, &ended).replacen("HTTP/1.1", "HTTP/1.0", 1), Nothing),
            ("a chunk size of letters", create(chunked, "zz\r\n{}\r\n0\r\n\r\n"), One(400, 6)),
            ("a negative chunk size", create(chunked, "-1\r\n{}\r\n0\r\n\r\n"), One(400, 6)),
            ("a chunk size with 0x", create(chunked, "0x2\r\n{}\r\n0\r\n\r\n"), One(400, 6)),
            ("a chunk size past 64 bits", create(chunked, "fffffffffffffffff\r\n{}\r\n"), One(400, 6)),
            ("an endless chunk size", create(chunked, &"0".repeat(100_000)), One(400, 6)),
            (
                "an endless chunk extension",
                create(chunked, &format!("2;{}", "a".repeat(100_000))),
                One(400, 6),
            ),
            ("a chunk that ends with a bare line feed", create(chunked, "2\n{}\n0\n\n"), One(400, 6)),
            ("a chunk longer than it says", create(chunked, "1\r\n{}\r\n0\r\n\r\n"), One(400, 6)),
            ("chunks without an end", create(chunked, "2\r\n{}\r\n"), One(400, 6)),
            (
                "an endless trailer",
                create(chunked, &format!("2\r\n{{}}\r\n0\r\nX-A: {}", "a".repeat(100_000))),
                One(400, 6),
            ),
        ];
        check("smuggled requests", &program, &partner, rows).await;
    });
}

#[test]
fn a_body_that_does_not_come_or_is_too_large_is_refused_in_json() {
    run(async {
        let program = Program::start(&IMPATIENT);
        let partner = program.demo_partner().await;
        let post = |length: usize, body: &str| {
            format!(
                "POST {CREATE} HTTP/1.1\r\nHost: x\r\nTOKEN\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
            )
        };
        let large = "a".repeat(3_000_000);
        let rows = vec![
            ("half a body", post(1000, "{\"type\":"), One(400, 6)),
            ("no body", post(1000, ""), One(400, 6)),
            ("a body of a terabyte that never comes", post(1 << 40, "{"), One(400, 6)),
            ("a body of 3 MB", post(large.len(), &large), One(413, 7)),
        ];
        check("bodies", &program, &partner, rows).await;
    });
}

/// A byte now and then must not keep the clock from running out: the bound is on the whole.
#[test]
fn what_drips_is_cut_off() {
    run(async {
        let program = Program::start(&IMPATIENT);
        let partner = program.demo_partner().await;
        let head = format!("POST {CREATE} HTTP/1.1\r\nHost: x\r\nTOKEN\r\n");
        for (name, start, comes) in [
            ("headers", format!("{head}X-A: "), Nothing),
            ("a body", format!("{head}Content-Length: 1000000\r\n\r\n"), One(400, 6)),
            ("chunks", format!("{head}Transfer-Encoding: chunked\r\n\r\n"), One(400, 6)),
        ] {
            let (mut from, mut to) = raw::connect(&program.url).await.into_split();
            let _ = to.write_all(&asked(&start, &partner)).await;
            let drip = if name == "chunks" { &b"1\r\na\r\n"[..] } else { b"a" };
            let dripping = async {
                // Never ends by itself in the time that the reader waits.
                for _ in 0..2000 {
                    let _ = to.write_all(drip).await;
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            };
            let mut bytes = Vec::new();
            tokio::select! {
                _ = from.read_to_end(&mut bytes) => {}
                () = dripping => panic!("{name}: still listened to"),
            }
            assert_eq!(differs(name, comes, &bytes), None);
        }
        partner.get(GET).await.ok();
    });
}

/// Those beyond the bound wait; those who say nothing leave their places when their time is over.
#[test]
fn more_idle_connections_than_places_do_not_lock_others_out() {
    run(async {
        let program = Program::start(&[IMPATIENT[0], IMPATIENT[1], ("JETBRIDGE_LIMITS_CONNECTIONS", "4")]);
        let mut idle = Vec::new();
        for _ in 0..16 {
            idle.push(raw::connect(&program.url).await);
        }
        let head = raw::head("GET", "/api/nothing", &[]);
        let answer = raw::exchange(&program.url, &head).await;
        assert_eq!(bad(404, 10).differs("one among them", &answer), None);
        for mut stream in idle {
            assert!(answers(&read(&mut stream).await).iter().all(|answer| answer.text.is_empty()));
        }
    });
}

/// Who asks and asks, and reads nothing of the answers, is not kept either.
#[test]
fn callers_who_do_not_read_do_not_lock_others_out() {
    run(async {
        let program = Program::start(&[IMPATIENT[0], IMPATIENT[1], ("JETBRIDGE_LIMITS_CONNECTIONS", "2")]);
        let ask = b"GET /api/nothing HTTP/1.1\r\nHost: x\r\n\r\n".repeat(1000);
        let mut deaf = Vec::new();
        for _ in 0..2 {
            let mut stream = raw::connect(&program.url).await;
            // Until no more is taken: then the answers fill every buffer on the way.
            while let Ok(Ok(())) = timeout(Duration::from_millis(500), stream.write_all(&ask)).await {}
            deaf.push(stream);
        }
        let head = raw::head("GET", "/api/nothing", &[]);
        let answer = raw::exchange(&program.url, &head).await;
        assert_eq!(bad(404, 10).differs("one beside them", &answer), None);
        drop(deaf);
    });
}
