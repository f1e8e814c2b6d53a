//! Who may call: the `Authorization` header of every endpoint.

use crate::support::api::check_all;
use crate::support::{Call, Partner, Program, bad, good, raw, run};

/// Every call that needs a token, with a body or query that would do.
fn guarded(program: &Program) -> Vec<(&'static str, Call)> {
    let rows = [
        ("POST", "/api/settings/setWebhook", Some(r#"{"url":""}"#)),
        ("GET", "/api/settings/getWebhook", None),
        ("POST", "/api/settings/rotateWebhookSecret", Some("{}")),
        ("POST", "/api/facebook/createOnboarding", Some(r#"{"type":1}"#)),
        ("GET", "/api/facebook/getOnboardings", None),
        ("GET", "/api/facebook/getOnboarding?param=x", None),
        ("DELETE", "/api/facebook/deleteOnboarding?param=x", None),
        ("GET", "/api/facebook/getConnections", None),
        ("GET", "/api/facebook/getConnection?connection_id=x", None),
        ("DELETE", "/api/facebook/deleteConnection?connection_id=x", None),
    ];
    rows.into_iter()
        .map(|(method, path, body)| {
            let call = program.call(method, path);
            (path, body.map_or(call.clone(), |body| call.body(body)))
        })
        .collect()
}

#[test]
fn every_endpoint_refuses_every_wrong_token() {
    run(async {
        let program = Program::shared();
        let partner = program.demo_partner().await;
        let token = &partner.token;
        let long = "a".repeat(6000);
        let headers: Vec<(&str, Option<String>)> = vec![
            ("no header", None),
            ("empty", Some(String::new())),
            ("only the scheme", Some("Bearer".to_owned())),
            ("scheme and a space", Some("Bearer ".to_owned())),
            ("another scheme", Some(format!("Basic {token}"))),
            ("a scheme that begins the same", Some(format!("BearerX {token}"))),
            ("no scheme", Some(token.clone())),
            ("unknown", Some("Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned())),
            ("cut", Some(format!("Bearer {}", &token[..token.len() - 1]))),
            ("one character more", Some(format!("Bearer {token}a"))),
            ("two tokens", Some(format!("Bearer {token} {token}"))),
            ("quoted", Some(format!("Bearer \"{token}\""))),
            ("the client's secret", Some(format!("Bearer {}", partner.client_secret))),
            ("huge", Some(format!("Bearer {long}"))),
            ("not ASCII", Some("Bearer \u{e9}\u{5d0}".to_owned())),
        ];
        let mut rows = Vec::new();
        for (path, call) in guarded(&program) {
            for (name, header) in &headers {
                let call =
                    header.iter().fold(call.clone(), |call, value| call.header("authorization", value));
                rows.push((format!("{path}: {name}"), call, bad(401, 3)));
            }
        }
        check_all("wrong tokens", rows).await;
    });
}

#[test]
fn a_token_counts_in_the_header_only() {
    run(async {
        let program = Program::shared();
        let token = program.demo_partner().await.token;
        let list = "/api/facebook/getOnboardings";
        let rows = vec![
            ("header".into(), program.call("GET", list).token(&token), good()),
            // RFC 9110: the name of a scheme is compared without case.
            (
                "scheme in small letters".into(),
                program.call("GET", list).header("authorization", format!("bearer {token}")),
                good(),
            ),
            ("query".into(), program.call("GET", &format!("{list}?access_token={token}")), bad(401, 3)),
            (
                "cookie".into(),
                program.call("GET", list).header("cookie", format!("token={token}")),
                bad(401, 3),
            ),
            (
                "body".into(),
                program
                    .call("POST", "/api/facebook/createOnboarding")
                    .body(format!("{{\"type\":1,\"access_token\":\"{token}\"}}")),
                bad(401, 3),
            ),
        ];
        check_all("where a token counts", rows).await;
    });
}

#[test]
fn bytes_that_are_no_text_are_no_token() {
    run(async {
        let program = Program::shared();
        for value in [&b"Bearer \xff\xfe"[..], b"\x80", b"Bearer \xc3\x28"] {
            let mut request =
                b"GET /api/settings/getWebhook HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: "
                    .to_vec();
            request.extend_from_slice(value);
            request.extend_from_slice(b"\r\n\r\n");
            let answer = raw::exchange(&program.url, &request).await;
            answer.check_house_style("a header that is no text");
            assert_eq!((answer.status.as_u16(), answer.reason()), (401, 3), "{}", answer.text);
        }
    });
}

#[test]
fn a_second_token_leaves_the_first_valid() {
    run(async {
        let program = Program::shared();
        let first = program.demo_partner().await;
        let second = program.demo_partner().await;
        assert_ne!(first.token, second.token);
        for partner in [&first, &second, &first] {
            partner.get("/api/settings/getWebhook").await.ok();
        }
    });
}

#[test]
fn a_token_ends_when_its_hour_is_over() {
    run(async {
        let program = Program::start(&[]);
        let old = program.demo_partner().await;
        program.backdate("UPDATE access_tokens SET expires_at = expires_at - 3601000000");
        let rows = guarded(&program)
            .into_iter()
            .map(|(path, call)| (path.to_owned(), call.token(&old.token), bad(401, 3)))
            .collect();
        check_all("an expired token", rows).await;
        // A new one has its own end.
        program.demo_partner().await.get("/api/settings/getWebhook").await.ok();
        program
            .backdate("UPDATE access_tokens SET expires_at = expires_at - 3590000000 WHERE expires_at > 0");
    });
}

#[test]
fn credentials_and_tokens_outlive_a_kill() {
    run(async {
        let program = Program::start(&[]);
        let before = program.demo_partner().await;
        let param = before.create(r#"{"type":1}"#).await;
        let (id, secret) = (program.client_id.clone(), program.client_secret.clone());
        let program = program.kill_and_restart();
        assert_eq!((&program.client_id, &program.client_secret), (&id, &secret));
        let after: Partner = before.at(&program.url);
        assert_eq!(after.onboarding(&param).await.json["state"], "open");
        Partner::log_in(&program.url, &id, &secret).await.onboarding(&param).await;
    });
}
