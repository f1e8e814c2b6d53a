//! How it ends otherwise: refused, given up, run out, disconnected.

use serde_json::json;

use crate::support::browser::{Browser, Person};
use crate::support::hooks::Hooks;
use crate::support::{Program, run};

#[test]
fn a_client_who_refuses_can_still_finish() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Refused").await;
        let mut hooks = Hooks::start().await;
        let secret = partner.set_webhook(&hooks.url).await.text_of("secret");
        let person = Person::new(&program, "Refuser").await;
        let param = partner.create(r#"{"type":1,"reference":"no","account_id":7}"#).await;
        let mut browser = Browser::new(&program);
        let page = browser.refuse(&param).await;
        assert!(page.text.contains("<h1"), "{}", page.text);
        let failed = hooks.next_of("onboarding.failed").await;
        assert!(failed.signed_by(&secret));
        let data = failed.data();
        assert!(data["why"].as_str().is_some_and(|why| !why.is_empty()), "{data}");
        assert_eq!((&data["param"], &data["reference"]), (&json!(param), &json!("no")));
        assert_eq!((&data["type"], &data["account_id"]), (&json!(1), &json!(7)));
        let link = partner.onboarding(&param).await.json;
        assert_eq!(link["state"], "failed");
        let found = partner.get("/api/facebook/getOnboardings?status=failed").await.ok();
        assert_eq!(found.list()[0]["param"], param.as_str());

        // Failed is not the end.
        Browser::new(&program).connect(&param, &person).await;
        hooks.next_of("onboarding.completed").await;
        assert_eq!(partner.onboarding(&param).await.json["state"], "finished");
        assert!(partner.get("/api/facebook/getOnboardings?status=failed").await.ok().list().is_empty());
    });
}

#[test]
fn a_disconnected_connection_is_unsubscribed_and_says_so_once() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Disconnected").await;
        let mut hooks = Hooks::start().await;
        let secret = partner.set_webhook(&hooks.url).await.text_of("secret");
        let person = Person::new(&program, "Leaver").await;
        let body =
            r#"{"type":1,"reference":"bye","inbox_id":98765432109876543210987654321098765432109876543211}"#;
        let param = partner.create(body).await;
        Browser::new(&program).connect(&param, &person).await;
        let created = hooks.next_of("connection.created").await;
        let id = created.data()["connection_id"].as_str().unwrap().to_owned();
        assert!(!person.subscribed_fields(&program).await.is_null());

        let path = format!("/api/facebook/deleteConnection?connection_id={id}");
        partner.call("DELETE", &path).send().await.ok();
        let gone = hooks.next_of("connection.disconnected").await;
        assert!(gone.signed_by(&secret));
        assert_eq!(gone.data()["connection_id"], id.as_str());
        assert_eq!(gone.data()["reference"], "bye");
        assert!(gone.data()["why"].as_str().is_some_and(|why| !why.is_empty()), "{}", gone.data());
        assert_eq!(
            gone.raw("inbox_id").as_deref(),
            Some("98765432109876543210987654321098765432109876543211")
        );
        assert!(gone.json["seq"].as_i64() > created.json["seq"].as_i64());
        assert!(person.subscribed_fields(&program).await.is_null(), "the subscription is gone");
        let read = partner.get(&format!("/api/facebook/getConnection?connection_id={id}")).await.ok();
        assert_eq!(read.json["state"], "disconnected");
        let list = partner.get("/api/facebook/getConnections?state=disconnected").await.ok();
        assert_eq!(list.list().len(), 1);
        assert!(partner.get("/api/facebook/getConnections?state=active").await.ok().list().is_empty());

        // Again by body, and then connected again: the same connection comes back to life.
        let again = partner.call("DELETE", "/api/facebook/deleteConnection");
        again.body(json!({"connection_id": id}).to_string()).send().await.ok();
        let param = partner.create(r#"{"type":1}"#).await;
        Browser::new(&program).connect(&param, &person).await;
        hooks.next_of("onboarding.completed").await;
        hooks.next_of("onboarding.completed").await;
        let active = partner.get("/api/facebook/getConnections?state=active").await.ok();
        assert_eq!(active.list().len(), 1);
        let rest = hooks.left_over();
        assert!(rest.iter().all(|delivery| delivery.kind() != "connection.disconnected"), "{rest:?}");
    });
}

#[test]
fn one_product_less_leaves_the_pages_other_product_subscribed() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Two products").await;
        let person = Person::new(&program, "Two products").await;
        for product in [1, 3] {
            let param = partner.create(json!({"type": product}).to_string()).await;
            Browser::new(&program).connect(&param, &person).await;
        }
        let both = person.subscribed_fields(&program).await;
        let all = partner.get("/api/facebook/getConnections").await.ok();
        for (n, connection) in all.list().iter().enumerate() {
            let id = connection["connection_id"].as_str().unwrap();
            let path = format!("/api/facebook/deleteConnection?connection_id={id}");
            partner.call("DELETE", &path).send().await.ok();
            let left = person.subscribed_fields(&program).await;
            assert_eq!(left.is_null(), n == 1, "{left}");
            assert!(n == 1 || left.as_array().unwrap().len() <= both.as_array().unwrap().len());
        }
    });
}

#[test]
fn a_link_that_runs_out_is_told() {
    run(async {
        let program = Program::start(&[]);
        let partner = program.demo_partner().await;
        let mut hooks = Hooks::start().await;
        let secret = partner.set_webhook(&hooks.url).await.text_of("secret");
        let param = partner.create(r#"{"type":2,"reference":"late","expires_in":60}"#).await;
        program.backdate("UPDATE links SET expires_at = expires_at - 61000000");
        // The sweep begins with a start, so this need not wait for its next turn.
        let program = program.kill_and_restart();
        let expired = hooks.next_of("onboarding.expired").await;
        assert!(expired.signed_by(&secret));
        let data = expired.data();
        assert_eq!((&data["param"], &data["reference"]), (&json!(param), &json!("late")));
        assert_eq!(data["type"], 2);
        assert_eq!(partner.at(&program.url).onboarding(&param).await.json["state"], "expired");
    });
}

#[test]
fn a_link_taken_back_on_the_way_connects_nothing() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Taken back").await;
        let person = Person::new(&program, "Too late").await;
        let param = partner.create(r#"{"type":1}"#).await;
        let mut browser = Browser::new(&program);
        browser.choose(&param, &person).await;
        let path = format!("/api/facebook/deleteOnboarding?param={param}");
        let csrf_page = browser.open(&param).await;
        assert_eq!(csrf_page.status.as_u16(), 200);
        partner.call("DELETE", &path).send().await.ok();
        let page = browser.open(&param).await;
        assert_eq!(page.status.as_u16(), 410, "{}", page.text);
        assert!(partner.get("/api/facebook/getConnections").await.ok().list().is_empty());
        assert!(person.subscribed_fields(&program).await.is_null());
    });
}
