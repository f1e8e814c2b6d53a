//! What may be sent as a body, whatever the endpoint.

use serde_json::json;
use tokio::io::AsyncWriteExt as _;

use crate::support::api::check_all;
use crate::support::{Partner, Program, Want, bad, good, raw, run};

const CREATE: &str = "/api/facebook/createOnboarding";
const SET_WEBHOOK: &str = "/api/settings/setWebhook";

/// An unknown field whose arrays bring the whole body to this depth.
fn nested(depth: usize) -> Vec<u8> {
    let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
    format!("{{\"type\":1,\"url\":\"\",\"x\":{open}{close}}}").into_bytes()
}

/// Nested objects instead.
fn nested_objects(depth: usize) -> Vec<u8> {
    let (open, close) = ("{\"a\":".repeat(depth - 1), "}".repeat(depth - 1));
    format!("{{\"type\":1,\"url\":\"\",\"x\":{open}1{close}}}").into_bytes()
}

/// A good body of exactly so many bytes.
fn of_size(size: usize) -> Vec<u8> {
    let frame = "{\"type\":1,\"url\":\"\",\"x\":\"\"}";
    format!("{{\"type\":1,\"url\":\"\",\"x\":\"{}\"}}", "a".repeat(size - frame.len())).into_bytes()
}

fn shapes() -> Vec<(&'static str, Vec<u8>, Want)> {
    let not_an_object = bad(400, 6);
    vec![
        ("empty", b"".to_vec(), not_an_object),
        ("white space", b" \n".to_vec(), not_an_object),
        ("an array", b"[]".to_vec(), not_an_object),
        ("an array of a good one", b"[{\"type\":1,\"url\":\"\"}]".to_vec(), not_an_object),
        ("null", b"null".to_vec(), not_an_object),
        ("a number", b"1".to_vec(), not_an_object),
        ("a text", b"\"x\"".to_vec(), not_an_object),
        ("true", b"true".to_vec(), not_an_object),
        ("a word", b"hello".to_vec(), not_an_object),
        ("a form", b"type=1&url=".to_vec(), not_an_object),
        ("XML", b"<type>1</type>".to_vec(), not_an_object),
        ("cut", b"{\"type\":1,\"url\":\"\"".to_vec(), not_an_object),
        ("cut in a text", b"{\"type\":1,\"url\":\"".to_vec(), not_an_object),
        ("a comma too many", b"{\"type\":1,\"url\":\"\",}".to_vec(), not_an_object),
        ("single quotes", b"{'type':1,'url':''}".to_vec(), not_an_object),
        ("a comment", b"{\"type\":1,\"url\":\"\"/* x */}".to_vec(), not_an_object),
        ("NaN", b"{\"type\":1,\"url\":\"\",\"x\":NaN}".to_vec(), not_an_object),
        ("a leading zero", b"{\"type\":01,\"url\":\"\",\"x\":01}".to_vec(), not_an_object),
        ("two objects", b"{\"type\":1,\"url\":\"\"}{}".to_vec(), not_an_object),
        ("something after it", b"{\"type\":1,\"url\":\"\"} x".to_vec(), not_an_object),
        ("a raw line break in a text", b"{\"type\":1,\"url\":\"\",\"x\":\"a\nb\"}".to_vec(), not_an_object),
        ("broken UTF-8", b"{\"type\":1,\"url\":\"\",\"x\":\"\xff\"}".to_vec(), not_an_object),
        ("an overlong form", b"{\"type\":1,\"url\":\"\",\"x\":\"\xc0\xaf\"}".to_vec(), not_an_object),
        (
            "UTF-16",
            "{\"type\":1,\"url\":\"\"}".encode_utf16().flat_map(u16::to_le_bytes).collect(),
            not_an_object,
        ),
        ("raw zero bytes", vec![0; 20], not_an_object),
        ("depth 65", nested(65), not_an_object),
        ("depth 65 of objects", nested_objects(65), not_an_object),
        ("depth 5000", nested(5000), not_an_object),
        ("depth 400 000", nested(400_000), not_an_object),
        ("arrays that never close", b"[".repeat(900_000), not_an_object),
        ("depth 64", nested(64), good()),
        ("depth 64 of objects", nested_objects(64), good()),
        ("depth 10", nested(10), good()),
        (
            "brackets in a text",
            format!("{{\"type\":1,\"url\":\"\",\"x\":\"{}\"}}", "[{".repeat(200)).into_bytes(),
            good(),
        ),
        ("white space around", b"\r\n\t {\"type\" : 1 , \"url\" : \"\" } \n".to_vec(), good()),
        ("999 999 bytes", of_size(999_999), good()),
        ("1 000 000 bytes", of_size(1_000_000), good()),
        ("1 048 577 bytes", of_size(1_048_577), bad(413, 7)),
        ("2 MB", of_size(2_000_000), bad(413, 7)),
        ("2 MB of nothing", vec![b' '; 2_000_000], bad(413, 7)),
        ("10 MB", of_size(10_000_000), bad(413, 7)),
        ("31 MB", vec![b'['; 31_000_000], bad(413, 7)),
    ]
}

async fn check_shapes(partner: &Partner, path: &str) {
    let rows = shapes()
        .into_iter()
        .map(|(name, body, want)| (name.to_owned(), partner.call("POST", path).body(body), want))
        .collect();
    check_all(&format!("bodies of {path}"), rows).await;
}

#[test]
fn only_a_json_object_of_at_most_1_mb_is_a_body() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Bodies").await;
        check_shapes(&partner, CREATE).await;
        check_shapes(&partner, SET_WEBHOOK).await;
    });
}

#[test]
fn a_post_without_any_body_is_no_object() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("No body").await;
        let rows =
            [CREATE, SET_WEBHOOK].map(|path| (path.to_owned(), partner.call("POST", path), bad(400, 6)));
        check_all("no body", rows.into()).await;
    });
}

#[test]
fn a_body_past_32_mb_harms_nobody() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("40 MB").await;
        let authorization = format!("Bearer {}", partner.token);
        let length = 40_000_000;
        let headers = [("Authorization", authorization.as_str()), ("Content-Length", &length.to_string())];
        let mut stream = raw::connect(&program.url).await;
        stream.write_all(&raw::head("POST", CREATE, &headers)).await.unwrap();
        let piece = vec![b' '; 1_000_000];
        for _ in 0..40 {
            // Past 32 MB the program may close.
            if stream.write_all(&piece).await.is_err() {
                break;
            }
        }
        if let Some(answer) = raw::answer(&mut stream).await {
            answer.check_house_style("40 MB");
            assert_eq!((answer.status.as_u16(), answer.reason()), (413, 7));
        }
        partner.create(r#"{"type":1}"#).await;
    });
}

#[test]
fn chunks_are_a_body_as_well() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Chunks").await;
        let authorization = format!("Bearer {}", partner.token);
        let headers = [("Authorization", authorization.as_str()), ("Transfer-Encoding", "chunked")];
        let head = raw::head("POST", CREATE, &headers);
        let small = [&head[..], b"7\r\n{\"type\"\r\n3\r\n:1}\r\n0\r\n\r\n"].concat();
        let answer = raw::exchange(&program.url, &small).await;
        assert_eq!(good().differs("two chunks", &answer), None);
        let large = [&head[..], b"1e8480\r\n", &vec![b' '; 2_000_000], b"\r\n0\r\n\r\n"].concat();
        let answer = raw::exchange(&program.url, &large).await;
        assert_eq!(bad(413, 7).differs("a chunk of 2 MB", &answer), None);
        let broken = [&head[..], b"zz\r\n{}\r\n0\r\n\r\n"].concat();
        let mut stream = raw::connect(&program.url).await;
        stream.write_all(&broken).await.unwrap();
        if let Some(answer) = raw::answer(&mut stream).await {
            assert!(answer.status.is_client_error(), "{}", answer.text);
        }
    });
}

#[test]
fn the_content_type_does_not_matter() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Content types").await;
        let kinds = [
            "application/json",
            "application/json; charset=utf-8",
            "application/json; charset=latin1",
            "text/plain",
            "text/html",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/xml",
            "application/octet-stream",
            "nonsense",
            "",
            "application/json, text/plain",
        ];
        let rows = kinds.iter().flat_map(|kind| {
            let create = partner.create_call(r#"{"type":1}"#).header("content-type", kind);
            let hook = partner.call("POST", SET_WEBHOOK).body(r#"{"url":""}"#).header("content-type", kind);
            [(format!("create as {kind}"), create, good()), (format!("webhook as {kind}"), hook, good())]
        });
        check_all("content types", rows.collect()).await;
    });
}

#[test]
fn unknown_fields_are_ignored_and_null_is_absent() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Nulls").await;
        let all_null = json!({
            "type": 2, "reference": null, "server": null, "account_id": null, "inbox_id": null,
            "expires_in": null, "locale": null,
        });
        let unknown =
            json!({"type": 1, "Reference": "x", "foo": {"bar": [1, "x", null]}, "": 1, "\u{5e9}": 1});
        for body in [all_null, unknown] {
            let param = partner.create(body.to_string()).await;
            let link = partner.onboarding(&param).await;
            for name in ["reference", "server", "account_id", "inbox_id"] {
                assert!(link.json[name].is_null(), "{name} in {}", link.text);
            }
            let days = (link.json["expires_at"].as_i64().unwrap()
                - link.json["create_time"].as_i64().unwrap())
                / 86_400;
            assert_eq!(days, 30);
        }
        let rows = vec![
            (
                "null for a mandatory field".to_owned(),
                partner.create_call(r#"{"type":null}"#),
                bad(400, 37).at("type"),
            ),
            (
                "null url".to_owned(),
                partner.call("POST", SET_WEBHOOK).body(r#"{"url":null}"#),
                bad(400, 13).at("url"),
            ),
        ];
        check_all("null where something is needed", rows).await;
    });
}

#[test]
fn a_zero_character_is_refused_with_its_fields_reason() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Zeros").await;
        let create = |body: &str| partner.create_call(body.as_bytes());
        let rows = vec![
            (
                "reference".to_owned(),
                create(r#"{"type":1,"reference":"a\u0000b"}"#),
                bad(400, 20).at("reference"),
            ),
            (
                "reference alone".to_owned(),
                create(r#"{"type":1,"reference":"\u0000"}"#),
                bad(400, 20).at("reference"),
            ),
            (
                "server".to_owned(),
                create(r#"{"type":1,"server":"https://a.example/\u0000"}"#),
                bad(400, 34).at("server"),
            ),
            ("locale".to_owned(), create(r#"{"type":1,"locale":"en\u0000"}"#), bad(400, 50).at("locale")),
            (
                "url".to_owned(),
                partner.call("POST", SET_WEBHOOK).body(r#"{"url":"https://a.example/\u0000"}"#.as_bytes()),
                bad(400, 13).at("url"),
            ),
            ("raw in a text".to_owned(), create("{\"type\":1,\"reference\":\"\0\"}"), bad(400, 6)),
        ];
        check_all("U+0000", rows).await;
    });
}
