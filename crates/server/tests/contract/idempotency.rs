//! `Idempotency-Key`: a call that is repeated has happened once.

use crate::support::api::check_all;
use crate::support::{Answer, Call, Partner, Program, Want, bad, good, run};
use futures_util::future::join_all;

const LINKS: &str = "/api/facebook/getOnboardings?limit=200";

fn create(partner: &Partner, key: &str, body: &str) -> Call {
    partner.create_call(body.as_bytes()).header("idempotency-key", key)
}

async fn links(partner: &Partner) -> usize {
    partner.get(LINKS).await.ok().list().len()
}

#[test]
fn the_same_key_and_body_are_answered_the_same() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Same keys").await;
        let long = "k".repeat(255);
        let keys = [
            "1",
            "a-key",
            "~!@#$%^&*()_+{}|:\"<>?`-=[]\\;',./",
            &long,
            "018f6d5e-0000-7000-8000-000000000000",
        ];
        for key in keys {
            let first = create(&partner, key, r#"{"type":1,"reference":"once"}"#).send().await.ok();
            for _ in 0..3 {
                create(&partner, key, r#"{"type":1,"reference":"once"}"#).repeat(&first).await;
            }
        }
        assert_eq!(links(&partner).await, keys.len());
        // Without a key every call is its own.
        let (one, other) = (partner.create(r#"{"type":1}"#).await, partner.create(r#"{"type":1}"#).await);
        assert_ne!(one, other);
    });
}

#[test]
fn a_refusal_is_an_answer_too() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Settled refusals").await;
        let refused = [
            ("type", r#"{"type":9}"#, bad(400, 37)),
            ("reference", r#"{"type":1,"reference":true}"#, bad(400, 20)),
            ("server", r#"{"type":1,"server":"x"}"#, bad(400, 34)),
        ];
        for (key, body, want) in refused {
            let first = create(&partner, key, body).send().await;
            assert_eq!(want.differs(key, &first), None);
            create(&partner, key, body).repeat(&first).await;
            let other = create(&partner, key, r#"{"type":1}"#).send().await;
            assert_eq!(bad(409, 48).differs(key, &other), None);
        }
        assert_eq!(links(&partner).await, 0);
    });
}

#[test]
fn the_same_key_with_another_body_is_48() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Other bodies").await;
        create(&partner, "k", r#"{"type":1,"reference":"a"}"#).send().await.ok();
        let others = [
            r#"{"type":2,"reference":"a"}"#,
            r#"{"type":1,"reference":"b"}"#,
            r#"{"type":1}"#,
            r#"{"type":1,"reference":"a","locale":"he"}"#,
            r#"{"type":9}"#,
        ];
        let rows = others.iter().map(|body| ((*body).to_owned(), create(&partner, "k", body), bad(409, 48)));
        check_all("another body", rows.collect()).await;
        assert_eq!(links(&partner).await, 1);
        // Keys are compared with case.
        create(&partner, "K", r#"{"type":3}"#).send().await.ok();
    });
}

#[test]
fn a_key_belongs_to_its_partner_and_its_endpoint() {
    run(async {
        let program = Program::shared();
        let (one, other) = (program.new_partner("Key A").await, program.new_partner("Key B").await);
        let first = create(&one, "shared", r#"{"type":1}"#).send().await.ok();
        let second = create(&other, "shared", r#"{"type":2}"#).send().await.ok();
        assert_ne!(first.text_of("param"), second.text_of("param"));
        let hook = |url: &str| {
            let body = serde_json::json!({"url": url}).to_string();
            one.call("POST", "/api/settings/setWebhook").header("idempotency-key", "shared").body(body)
        };
        // The first answer holds the secret, and so does its repetition: it may have been lost on the way.
        let set = hook("https://a.example/hook").send().await.ok();
        assert!(set.json["secret"].is_string());
        hook("https://a.example/hook").repeat(&set).await;
        assert_eq!(bad(409, 48).differs("another url", &hook("https://b.example").send().await), None);
        let rotate = || {
            one.call("POST", "/api/settings/rotateWebhookSecret")
                .header("idempotency-key", "shared")
                .body("{}")
        };
        let rotated = rotate().send().await.ok();
        rotate().repeat(&rotated).await;
        assert_ne!(rotated.json["secret"], set.json["secret"]);
    });
}

#[test]
fn a_key_is_1_to_255_visible_ascii_characters() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Wrong keys").await;
        let long = "k".repeat(256);
        let longer = "k".repeat(5000);
        let keys = ["", " ", "a b", "a\tb", "\u{e9}", "\u{5e9}", &long, &longer];
        let mut rows: Vec<(String, Call, Want)> = keys
            .iter()
            .map(|key| (key.chars().take(20).collect(), create(&partner, key, r#"{"type":1}"#), bad(400, 50)))
            .collect();
        rows.push(("255".into(), create(&partner, &"k".repeat(255), r#"{"type":1}"#), good()));
        check_all("keys", rows).await;
    });
}

#[test]
fn thirty_calls_at_once_make_one_link() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("At once").await;
        let calls = (0..30).map(|_| create(&partner, "at-once", r#"{"type":1}"#).send());
        let answers = join_all(calls).await;
        let mut made: Option<&Answer> = None;
        for answer in answers.iter().filter(|answer| answer.reason() != 51) {
            assert_eq!(good().differs("one of thirty", answer), None);
            assert_eq!(made.get_or_insert(answer).text, answer.text);
        }
        assert_eq!(links(&partner).await, 1);
        let first = made.expect("somebody must have been first");
        create(&partner, "at-once", r#"{"type":1}"#).repeat(first).await;
    });
}

#[test]
fn a_key_outlives_a_kill() {
    run(async {
        let program = Program::start(&[]);
        let partner = program.demo_partner().await;
        let first = create(&partner, "kept", r#"{"type":1}"#).send().await.ok();
        let refused = create(&partner, "refused", r#"{"type":0}"#).send().await;
        let program = program.kill_and_restart();
        let partner = partner.at(&program.url);
        // The address it was made under is part of the answer that is kept.
        create(&partner, "kept", r#"{"type":1}"#).repeat(&first).await;
        create(&partner, "refused", r#"{"type":0}"#).repeat(&refused).await;
        let other = create(&partner, "kept", r#"{"type":2}"#).send().await;
        assert_eq!(bad(409, 48).differs("another body after a restart", &other), None);
        assert_eq!(links(&partner).await, 1);
    });
}

#[test]
fn after_a_day_a_key_is_new_again() {
    run(async {
        let program = Program::start(&[]);
        let partner = program.demo_partner().await;
        let first = create(&partner, "day", r#"{"type":1}"#).send().await.ok();
        program.backdate("UPDATE idempotency SET created_at = created_at - 86460000000");
        let second = create(&partner, "day", r#"{"type":1}"#).send().await.ok();
        assert_ne!(first.text_of("param"), second.text_of("param"));
    });
}
