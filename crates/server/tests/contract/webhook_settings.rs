//! `setWebhook`, `getWebhook`, `rotateWebhookSecret`.

use serde_json::{Value, json};

use crate::support::api::check_all;
use crate::support::browser::{Browser, Person};
use crate::support::hooks::Hooks;
use crate::support::{Call, Program, Want, bad, run};

const SET: &str = "/api/settings/setWebhook";
const GET: &str = "/api/settings/getWebhook";
const ROTATE: &str = "/api/settings/rotateWebhookSecret";

fn of_length(n: usize) -> String {
    format!("https://partner.example/{}", "a".repeat(n - 24))
}

#[test]
fn a_right_url_is_set_and_read_back() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Right urls").await;
        assert_eq!(partner.get(GET).await.ok().json["url"], "", "nothing at first");
        let right = [
            "https://partner.example".to_owned(),
            "http://partner.example/".to_owned(),
            "https://partner.example/hook".to_owned(),
            "https://partner.example:8443/a/b?key=value&x=%20y".to_owned(),
            "http://127.0.0.1:9/x".to_owned(),
            "http://[::1]:9/x".to_owned(),
            "https://partner.example/a@b:c".to_owned(),
            of_length(511),
            of_length(512),
        ];
        for (n, url) in right.iter().enumerate() {
            let answer = partner.set_webhook(url).await;
            assert_eq!(answer.json["url"], url.as_str());
            let secret = answer.json.get("secret");
            assert_eq!(secret.is_some(), n == 0, "once, on the call that creates it: {}", answer.text);
            assert!(secret.is_none_or(|secret| secret.as_str().unwrap().starts_with("whsec_")));
            let read = partner.get(GET).await.ok();
            assert_eq!(read.json["url"], url.as_str());
            assert!(!read.text.contains("whsec_"));
        }
        println!("right urls: {} cases", right.len());
    });
}

#[test]
fn a_wrong_url_is_13_and_changes_nothing() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Wrong urls").await;
        partner.set_webhook("https://partner.example/kept").await;
        let mut values: Vec<String> = [
            "partner.example",
            "//partner.example/x",
            "/hook",
            "https://",
            "https:///hook",
            "http:partner",
            "ftp://partner.example",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "ws://partner.example",
            "https://user@partner.example",
            "https://user:password@partner.example",
            "https://:p@partner.example",
            "https://partner.example/#fragment",
            "https://partner.example/#",
            "https://partner.example:70000/",
            "https://exa mple.com/",
            "https://[::1/",
            "x",
            "https://a.example/\u{0}",
        ]
        .map(|text| Value::from(text).to_string())
        .to_vec();
        values.push(Value::from(of_length(513)).to_string());
        values.push(Value::from(of_length(100_000)).to_string());
        values.extend(["null", "1", "1.5", "true", "[]", "{}", "[\"https://a.example\"]"].map(str::to_owned));
        let mut rows: Vec<(String, Call, Want)> = values
            .iter()
            .map(|value| {
                let call = partner.call("POST", SET).body(format!("{{\"url\":{value}}}"));
                (value.chars().take(50).collect(), call, bad(400, 13).at("url"))
            })
            .collect();
        rows.push(("absent".into(), partner.call("POST", SET).body("{}"), bad(400, 13).at("url")));
        check_all("wrong urls", rows).await;
        assert_eq!(partner.get(GET).await.ok().json["url"], "https://partner.example/kept");
    });
}

#[test]
fn an_empty_url_or_one_space_clears_it() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Cleared").await;
        for nothing in ["", " "] {
            partner.set_webhook("https://partner.example/hook").await;
            let cleared = partner.set_webhook(nothing).await;
            assert_eq!(cleared.json["url"], "", "{}", cleared.text);
            assert!(cleared.json.get("secret").is_none());
            assert_eq!(partner.get(GET).await.ok().json["url"], "");
            // Clearing what is clear is fine.
            partner.set_webhook(nothing).await;
        }
    });
}

#[test]
fn partners_have_webhooks_of_their_own() {
    run(async {
        let program = Program::shared();
        let (one, other) = (program.new_partner("Hook A").await, program.new_partner("Hook B").await);
        let first = one.set_webhook("https://a.example/hook").await.text_of("secret");
        assert_eq!(other.get(GET).await.ok().json["url"], "");
        let second = other.set_webhook("https://a.example/hook").await.text_of("secret");
        assert_ne!(first, second);
        other.set_webhook("").await;
        assert_eq!(one.get(GET).await.ok().json["url"], "https://a.example/hook");
    });
}

#[test]
fn a_secret_of_nothing_cannot_be_rotated() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("No secret").await;
        let answer = partner.call("POST", ROTATE).body("{}").send().await;
        assert_eq!(answer.status.as_u16(), 404, "{}", answer.text);
    });
}

#[test]
fn both_secrets_sign_after_a_rotation() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Two secrets").await;
        let mut hooks = Hooks::start().await;
        let old = partner.set_webhook(&hooks.url).await.text_of("secret");
        let rotated = partner.call("POST", ROTATE).body("{}").send().await.ok();
        let new = rotated.text_of("secret");
        assert!(new.starts_with("whsec_") && new != old);
        let person = Person::new(&program, "Rotation").await;
        let param = partner.create(json!({"type": 1}).to_string()).await;
        Browser::new(&program).connect(&param, &person).await;
        for _ in 0..2 {
            let delivery = hooks.next().await;
            assert!(delivery.signed_by(&old), "{:?}", delivery.headers);
            assert!(delivery.signed_by(&new), "{:?}", delivery.headers);
        }
    });
}

#[test]
fn a_day_after_a_rotation_only_the_new_secret_signs() {
    run(async {
        let program = Program::start(&[]);
        let partner = program.demo_partner().await;
        let mut hooks = Hooks::start().await;
        let old = partner.set_webhook(&hooks.url).await.text_of("secret");
        let new = partner.call("POST", ROTATE).body("{}").send().await.ok().text_of("secret");
        program.backdate(
            "UPDATE endpoints SET previous_until = previous_until - 86401000000 WHERE previous_until > 0",
        );
        let person = Person::new(&program, "Rotation").await;
        let param = partner.create(json!({"type": 1}).to_string()).await;
        Browser::new(&program).connect(&param, &person).await;
        let delivery = hooks.next().await;
        assert!(!delivery.signed_by(&old) && delivery.signed_by(&new));
    });
}

#[test]
fn a_webhook_that_was_cleared_and_set_again_is_signed_with_a_secret_the_partner_knows() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Set again").await;
        let mut hooks = Hooks::start().await;
        let first = partner.set_webhook(&hooks.url).await.text_of("secret");
        partner.set_webhook("").await;
        let again = partner.set_webhook(&hooks.url).await;
        let known = again.json["secret"].as_str().unwrap_or(&first).to_owned();
        let person = Person::new(&program, "Set again").await;
        let param = partner.create(json!({"type": 1}).to_string()).await;
        Browser::new(&program).connect(&param, &person).await;
        assert!(hooks.next().await.signed_by(&known));
    });
}
