//! `accessToken`: who gets one, and who is kept from guessing.

use std::net::Ipv4Addr;

use serde_json::json;

use crate::support::api::{check_all, credentials, http};
use crate::support::{Call, Program, Want, bad, good, now, run};

const PATH: &str = "/api/settings/accessToken";

#[test]
fn a_token_comes_with_its_end_and_its_type() {
    run(async {
        let program = Program::shared();
        let body = credentials(&program.client_id, &program.client_secret);
        let answer = program.call("POST", PATH).body(body).send().await.ok();
        assert_eq!(answer.json["token_type"], "Bearer");
        assert_eq!(answer.json["reason"], 1);
        let token = answer.text_of("access_token");
        assert!(token.len() >= 22 && token.chars().all(|c| c.is_ascii_graphic()), "{token}");
        // Partners' programs read it as a text.
        let until: i64 = answer.text_of("expiration_time").parse().unwrap();
        assert!((3590..=3610).contains(&(until - now())), "{until}");
    });
}

/// Each table comes from an address of its own: ten wrong tries would block it.
async fn check_from(last: u8, subject: &str, program: &Program, bodies: Vec<(&str, Vec<u8>, Want)>) {
    let client = http(Some(Ipv4Addr::new(127, 0, 1, last)));
    let rows = bodies
        .into_iter()
        .map(|(name, body, want)| {
            (name.to_owned(), program.call("POST", PATH).body(body).with(&client), want)
        })
        .collect();
    check_all(subject, rows).await;
}

#[test]
fn credentials_of_the_wrong_type_are_refused() {
    run(async {
        let program = Program::shared();
        let (id, secret) = (program.client_id.as_str(), program.client_secret.as_str());
        let kinds = [json!(null), json!(7), json!(1.5), json!(true), json!([id]), json!({"x": id})];
        for (last, name) in [(1, "client_id"), (2, "client_secret")] {
            let rows = kinds
                .iter()
                .map(|value| {
                    let mut body = json!({"client_id": id, "client_secret": secret});
                    body[name] = value.clone();
                    (name, body.to_string().into_bytes(), bad(400, 2))
                })
                .collect();
            check_from(last, "wrongly typed credentials", &program, rows).await;
        }
        let missing = vec![
            ("nothing", b"{}".to_vec(), bad(400, 2)),
            ("no secret", json!({"client_id": id}).to_string().into_bytes(), bad(400, 2)),
            ("no id", json!({"client_secret": secret}).to_string().into_bytes(), bad(400, 2)),
            (
                "other case",
                json!({"Client_Id": id, "Client_Secret": secret}).to_string().into_bytes(),
                bad(400, 2),
            ),
        ];
        check_from(3, "missing credentials", &program, missing).await;
    });
}

#[test]
fn a_body_that_is_no_json_is_refused() {
    run(async {
        let program = Program::shared();
        let good_one = credentials(&program.client_id, &program.client_secret);
        let rows = vec![
            ("none", b"".to_vec(), bad(400, 2)),
            ("text", b"hello".to_vec(), bad(400, 2)),
            ("cut", good_one.as_bytes()[..good_one.len() - 1].to_vec(), bad(400, 2)),
            ("a form", b"client_id=a&client_secret=b".to_vec(), bad(400, 2)),
            ("something after it", format!("{good_one} x").into_bytes(), bad(400, 2)),
            ("broken UTF-8", b"{\"client_id\":\"\xff\",\"client_secret\":\"b\"}".to_vec(), bad(400, 2)),
            ("single quotes", b"{'client_id':'a'}".to_vec(), bad(400, 2)),
        ];
        check_from(4, "accessToken without JSON", &program, rows).await;
        let rows = vec![
            ("white space around", format!(" \n\t{good_one}\r\n").into_bytes(), good()),
            ("more fields", good_one.replacen('{', "{\"grant_type\":\"x\",", 1).into_bytes(), good()),
            (
                "2 MB",
                good_one.replacen('{', &format!("{{\"x\":\"{}\",", "a".repeat(2_000_000)), 1).into_bytes(),
                bad(413, 7),
            ),
        ];
        check_from(5, "accessToken with JSON", &program, rows).await;
    });
}

#[test]
fn wrong_credentials_are_refused() {
    run(async {
        let program = Program::shared();
        let (id, secret) = (program.client_id.as_str(), program.client_secret.as_str());
        let row = |name: &'static str, id: &str, secret: &str| {
            (name, credentials(id, secret).into_bytes(), bad(401, 2))
        };
        let rows = vec![
            row("wrong secret", id, "wrong"),
            row("wrong id", "demo_0000000000000000", secret),
            row("both swapped", secret, id),
            row("a space more", id, &format!("{secret} ")),
            row("other case", &id.to_uppercase(), secret),
            row("cut secret", id, &secret[..secret.len() - 1]),
            row("long", id, &"x".repeat(100_000)),
        ];
        check_from(6, "wrong credentials", &program, rows).await;
    });
}

#[test]
fn ten_wrong_tries_block_the_address_and_no_other() {
    run(async {
        let program = Program::start(&[]);
        let right = credentials(&program.client_id, &program.client_secret);
        let wrong = credentials(&program.client_id, "wrong");
        let ask = |program: &Program, body: &str| program.call("POST", PATH).body(body);
        let expect = async |call: Call, want: Want, name: &str| {
            assert_eq!(want.differs(name, &call.send().await), None);
        };
        for n in 1..=9 {
            expect(ask(&program, &wrong), bad(401, 2), &format!("try {n}")).await;
        }
        expect(ask(&program, &right), good(), "a right one among nine wrong ones").await;
        let other = http(Some(Ipv4Addr::new(127, 0, 0, 9)));
        for n in 1..=10 {
            expect(ask(&program, &wrong).with(&other), bad(401, 2), &format!("try {n} of another")).await;
        }
        for (name, body) in [("right", &right), ("wrong", &wrong)] {
            expect(ask(&program, body).with(&other), bad(429, 3), name).await;
        }
        let blocked = ask(&program, &right).with(&other).send().await;
        let seconds: i64 = blocked.header("retry-after").parse().unwrap();
        assert!((540..=600).contains(&seconds), "{seconds}");
        expect(ask(&program, &right), good(), "this address is not blocked").await;

        // The count is the database's: a restart forgets nothing.
        let program = program.kill_and_restart();
        expect(ask(&program, &right).with(&other), bad(429, 3), "after a restart").await;
        expect(ask(&program, &right), good(), "after a restart, from here").await;

        // Ten minutes later.
        program.backdate("UPDATE guesses SET blocked_until = blocked_until - 600000000, window_start = window_start - 600000000");
        expect(ask(&program, &right).with(&other), good(), "when the block is over").await;
    });
}
