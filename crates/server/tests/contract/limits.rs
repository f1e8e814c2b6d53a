//! Limits that the demo switches off, and clients that are slow on purpose.

use tokio::io::AsyncWriteExt as _;

use crate::support::{Program, bad, raw, run};

#[test]
fn a_partner_past_its_limit_is_8_and_told_when_to_come_back() {
    run(async {
        let program = Program::start(&[("JETBRIDGE_LIMITS_PARTNER_REQUESTS_PER_MINUTE", "5")]);
        let partner = program.demo_partner().await;
        let other = program.new_partner("Within its limit").await;
        let mut last_left = i64::MAX;
        for n in 0..5 {
            let answer = partner.get("/api/settings/getWebhook").await.ok();
            assert_eq!(answer.header("ratelimit-limit"), "5", "call {n}: {:?}", answer.headers);
            let left: i64 = answer.header("ratelimit-remaining").parse().unwrap();
            let reset: i64 = answer.header("ratelimit-reset").parse().unwrap();
            assert!(left < last_left && (0..=60).contains(&reset), "{left} left, {reset} s");
            last_left = left;
        }
        let refused = partner.call("GET", "/api/settings/getWebhook").send().await;
        assert_eq!(bad(429, 8).differs("the sixth call", &refused), None);
        let seconds: i64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&seconds));
        other.get("/api/settings/getWebhook").await.ok();
        // A limit is no answer that a key keeps.
        let create = partner.create_call(r#"{"type":1}"#).header("idempotency-key", "limited");
        assert_eq!(bad(429, 8).differs("with a key", &create.send().await), None);
    });
}

#[test]
fn an_address_past_its_limit_is_8() {
    run(async {
        let program = Program::start(&[("JETBRIDGE_LIMITS_ADDRESS_REQUESTS_PER_MINUTE", "20")]);
        let mut refused = None;
        for _ in 0..25 {
            let answer = program.call("GET", "/api/nothing").send().await;
            if answer.reason() == 8 {
                refused = Some(answer);
            }
        }
        let refused = refused.expect("25 calls are more than 20");
        assert_eq!(bad(429, 8).differs("an address", &refused), None);
    });
}

#[test]
fn a_client_that_never_finishes_is_not_waited_for() {
    run(async {
        let program = Program::start(&[
            ("JETBRIDGE_LIMITS_HEADER_SECONDS", "1"),
            ("JETBRIDGE_LIMITS_BODY_SECONDS", "1"),
        ]);
        let partner = program.demo_partner().await;
        let authorization = format!("Bearer {}", partner.token);
        let headers = [("Authorization", authorization.as_str()), ("Content-Length", "10000")];
        let half_a_body =
            [&raw::head("POST", "/api/facebook/createOnboarding", &headers)[..], b"{\"type\":"].concat();
        let starts: [&[u8]; 3] =
            [b"", b"GET /api/settings/getWebhook HTTP/1.1\r\nHost: x\r\nX-A", &half_a_body];
        for start in starts {
            let mut stream = raw::connect(&program.url).await;
            stream.write_all(start).await.unwrap();
            // Ends in time, or this fails; if there is an answer, it is one.
            if let Some(answer) = raw::answer(&mut stream).await
                && start.len() == half_a_body.len()
            {
                answer.check_house_style("half a body");
            }
        }
        let list = partner.get("/api/facebook/getOnboardings").await.ok();
        assert!(list.list().is_empty());
    });
}
