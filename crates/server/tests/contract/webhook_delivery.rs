//! Deliveries that fail first, and a program that dies in between.

use axum::http::StatusCode;

use crate::support::browser::{Browser, Person};
use crate::support::hooks::Hooks;
use crate::support::{Program, run};

#[test]
fn a_failed_delivery_comes_again_with_the_same_id_and_bytes() {
    run(async {
        // The wait makes the second timestamp another one; by the contract the first retry is at once.
        let program = Program::start(&[("JETBRIDGE_WEBHOOKS_RETRY_WAITS_SECONDS", "2")]);
        let partner = program.demo_partner().await;
        let mut hooks = Hooks::start().await;
        let secret = partner.set_webhook(&hooks.url).await.text_of("secret");
        hooks.answer_next(&[StatusCode::INTERNAL_SERVER_ERROR; 2]);
        let person = Person::new(&program, "Retry").await;
        let param = partner.create(r#"{"type":1}"#).await;
        Browser::new(&program).connect(&param, &person).await;
        for kind in ["connection.created", "onboarding.completed"] {
            let (first, second) = (hooks.next_of(kind).await, hooks.next_of(kind).await);
            assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
            assert_eq!(first.body, second.body);
            let time = |header: &str| header.parse::<i64>().unwrap();
            assert!(time(second.header("webhook-timestamp")) > time(first.header("webhook-timestamp")));
            assert_ne!(first.header("webhook-signature"), second.header("webhook-signature"));
            assert!(first.signed_by(&secret) && second.signed_by(&secret));
        }
        assert!(hooks.left_over().is_empty());
    });
}

#[test]
fn the_first_retry_is_at_once() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("At once").await;
        let mut hooks = Hooks::start().await;
        partner.set_webhook(&hooks.url).await;
        let refusals = [StatusCode::FOUND, StatusCode::NOT_FOUND, StatusCode::SERVICE_UNAVAILABLE];
        for (n, status) in refusals.into_iter().enumerate() {
            hooks.answer_next(&[status]);
            let person = Person::new(&program, &format!("Retry {n}")).await;
            let param = partner.create(r#"{"type":1}"#).await;
            Browser::new(&program).connect(&param, &person).await;
            let mut times = std::collections::BTreeMap::new();
            for _ in 0..3 {
                *times.entry(hooks.next().await.header("webhook-id").to_owned()).or_insert(0) += 1;
            }
            assert_eq!(times.len(), 2, "{status}: one of two events came twice: {times:?}");
        }
    });
}

#[test]
fn any_2xx_is_a_success() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("2xx").await;
        let mut hooks = Hooks::start().await;
        partner.set_webhook(&hooks.url).await;
        hooks.answer_next(&[StatusCode::NO_CONTENT, StatusCode::ACCEPTED]);
        let person = Person::new(&program, "2xx").await;
        for product in [1, 3] {
            let param = partner.create(format!("{{\"type\":{product}}}")).await;
            Browser::new(&program).connect(&param, &person).await;
        }
        let mut ids = Vec::new();
        for _ in 0..4 {
            ids.push(hooks.next().await.header("webhook-id").to_owned());
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 4, "nothing came twice");
    });
}

#[test]
fn an_endpoint_that_is_cleared_gets_nothing_and_one_that_is_moved_gets_all() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Moved").await;
        let (mut before, mut after) = (Hooks::start().await, Hooks::start().await);
        let secret = partner.set_webhook(&before.url).await.text_of("secret");
        partner.set_webhook(&after.url).await;
        let person = Person::new(&program, "Moved").await;
        let param = partner.create(r#"{"type":1}"#).await;
        Browser::new(&program).connect(&param, &person).await;
        for _ in 0..2 {
            assert!(after.next().await.signed_by(&secret), "moving it keeps its secret");
        }
        assert!(before.left_over().is_empty());
    });
}

#[test]
fn what_was_confirmed_is_told_even_if_the_program_dies_at_once() {
    run(async {
        // Time enough to be killed between the refusal and the next try.
        let program = Program::start(&[("JETBRIDGE_WEBHOOKS_RETRY_WAITS_SECONDS", "1")]);
        let partner = program.demo_partner().await;
        let mut hooks = Hooks::start().await;
        let secret = partner.set_webhook(&hooks.url).await.text_of("secret");
        hooks.answer_next(&[StatusCode::INTERNAL_SERVER_ERROR; 2]);
        let person = Person::new(&program, "Crash").await;
        let param = partner.create(r#"{"type":1,"reference":"crash"}"#).await;
        Browser::new(&program).connect(&param, &person).await;
        let program = program.kill_and_restart();
        for kind in ["connection.created", "onboarding.completed"] {
            let delivery = hooks.next_of(kind).await;
            assert!(delivery.signed_by(&secret));
            assert_eq!(delivery.data()["param"], param.as_str());
        }
        let partner = partner.at(&program.url);
        assert_eq!(partner.onboarding(&param).await.json["state"], "finished");
        assert_eq!(partner.get("/api/facebook/getConnections").await.ok().list()[0]["state"], "active");
    });
}
