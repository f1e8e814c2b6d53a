//! Two partners on one gateway, and what the operator can do to one.

use serde_json::json;

use crate::support::api::{check_all, credentials};
use crate::support::browser::{Browser, Person};
use crate::support::{Call, Partner, Program, Want, bad, good, run};

fn calls_about(partner: &Partner, param: &str, connection: &str) -> Vec<(String, Call, Want)> {
    let row = |method: &str, path: &str, query: String, want: Want| {
        let whole = format!("{path}?{query}");
        (format!("{method} {whole}"), partner.call(method, &whole), want)
    };
    vec![
        row("GET", "/api/facebook/getOnboarding", format!("param={param}"), bad(404, 26)),
        row("DELETE", "/api/facebook/deleteOnboarding", format!("param={param}"), bad(404, 26)),
        row("GET", "/api/facebook/getConnection", format!("connection_id={connection}"), bad(404, 40)),
        row("DELETE", "/api/facebook/deleteConnection", format!("connection_id={connection}"), bad(404, 40)),
        (
            "DELETE link by body".into(),
            partner
                .call("DELETE", "/api/facebook/deleteOnboarding")
                .body(json!({"param": param}).to_string()),
            bad(404, 26),
        ),
        (
            "DELETE connection by body".into(),
            partner
                .call("DELETE", "/api/facebook/deleteConnection")
                .body(json!({"connection_id": connection}).to_string()),
            bad(404, 40),
        ),
    ]
}

#[test]
fn no_partner_sees_or_changes_what_is_anothers() {
    run(async {
        let program = Program::shared();
        let (one, other) = (program.new_partner("Mine").await, program.new_partner("Yours").await);
        let person = Person::new(&program, "Tenant").await;
        let open = one.create(r#"{"type":1,"reference":"mine"}"#).await;
        let finished = one.create(r#"{"type":1,"reference":"mine"}"#).await;
        Browser::new(&program).connect(&finished, &person).await;
        let mine = one.get("/api/facebook/getConnections").await.ok();
        let connection = mine.list()[0]["connection_id"].as_str().unwrap().to_owned();
        check_all("another's link", calls_about(&other, &open, &connection)).await;
        check_all("another's finished link", calls_about(&other, &finished, &connection)).await;
        for list in [
            "getOnboardings",
            "getOnboardings?reference=mine",
            "getOnboardings?status=finished",
            "getConnections",
            "getConnections?reference=mine",
            &format!("getConnections?page_id={}", person.page),
        ] {
            let answer = other.get(&format!("/api/facebook/{list}")).await.ok();
            assert!(answer.list().is_empty(), "{list}: {}", answer.text);
        }
        // A cursor leads nowhere in another's list.
        let cursor = one.get("/api/facebook/getOnboardings?limit=1").await.ok().text_of("next");
        let walked = other.get(&format!("/api/facebook/getOnboardings?after={cursor}")).await;
        assert!(walked.reason() == 50 || walked.list().is_empty(), "{}", walked.text);
        assert_eq!(one.onboarding(&open).await.json["state"], "open");
        let still = one.get(&format!("/api/facebook/getConnection?connection_id={connection}")).await.ok();
        assert_eq!(still.json["state"], "active");
        // The same Page may be connected by both, each with a connection of its own.
        let theirs = other.create(r#"{"type":1}"#).await;
        Browser::new(&program).connect(&theirs, &person).await;
        let theirs = other.get("/api/facebook/getConnections").await.ok();
        assert_ne!(theirs.list()[0]["connection_id"], connection.as_str());
        one.call("DELETE", &format!("/api/facebook/deleteConnection?connection_id={connection}"))
            .send()
            .await
            .ok();
        assert!(!person.subscribed_fields(&program).await.is_null(), "the other one still needs it");
        assert_eq!(other.get("/api/facebook/getConnections").await.ok().list()[0]["state"], "active");
    });
}

#[test]
fn a_suspended_partner_is_4_until_it_is_resumed() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Suspended").await;
        let other = program.new_partner("Not suspended").await;
        let param = partner.create(r#"{"type":1}"#).await;
        let suspended = program.cli(&["partner", "suspend", &partner.client_id, "--json"]);
        assert_eq!(suspended["client_id"], partner.client_id.as_str());
        let right = credentials(&partner.client_id, &partner.client_secret);
        let get = |path: &str| partner.call("GET", path);
        let rows = vec![
            ("getWebhook".into(), get("/api/settings/getWebhook"), bad(403, 4)),
            ("getOnboardings".into(), get("/api/facebook/getOnboardings"), bad(403, 4)),
            ("getOnboarding".into(), get(&format!("/api/facebook/getOnboarding?param={param}")), bad(403, 4)),
            ("getConnections".into(), get("/api/facebook/getConnections"), bad(403, 4)),
            ("createOnboarding".into(), partner.create_call(r#"{"type":1}"#), bad(403, 4)),
            (
                "setWebhook".into(),
                partner.call("POST", "/api/settings/setWebhook").body(r#"{"url":""}"#),
                bad(403, 4),
            ),
            (
                "rotateWebhookSecret".into(),
                partner.call("POST", "/api/settings/rotateWebhookSecret").body("{}"),
                bad(403, 4),
            ),
            (
                "deleteOnboarding".into(),
                partner.call("DELETE", &format!("/api/facebook/deleteOnboarding?param={param}")),
                bad(403, 4),
            ),
            (
                "accessToken".into(),
                program.call("POST", "/api/settings/accessToken").body(right),
                bad(403, 4),
            ),
            ("another partner".into(), other.call("GET", "/api/facebook/getOnboardings"), good()),
        ];
        check_all("a suspended partner", rows).await;
        program.cli(&["partner", "suspend", &partner.client_id, "--resume", "--json"]);
        assert_eq!(partner.onboarding(&param).await.json["state"], "open");
    });
}

#[test]
fn a_new_secret_ends_the_old_one_and_every_token() {
    run(async {
        let program = Program::shared();
        let old = program.new_partner("Rotated").await;
        let second = Partner::log_in(&program.url, &old.client_id, &old.client_secret).await;
        let made = program.cli(&["partner", "rotate-secret", &old.client_id, "--json"]);
        assert_eq!(made["client_id"], old.client_id.as_str());
        let secret = made["client_secret"].as_str().unwrap();
        let token_call = |secret: &str| {
            program.call("POST", "/api/settings/accessToken").body(credentials(&old.client_id, secret))
        };
        let rows = vec![
            ("first token".into(), old.call("GET", "/api/settings/getWebhook"), bad(401, 3)),
            ("second token".into(), second.call("GET", "/api/settings/getWebhook"), bad(401, 3)),
            ("old secret".into(), token_call(&old.client_secret), bad(401, 2)),
            ("new secret".into(), token_call(secret), good()),
        ];
        check_all("a rotated client secret", rows).await;
        let new = Partner::log_in(&program.url, &old.client_id, secret).await;
        new.get("/api/settings/getWebhook").await.ok();
    });
}

#[test]
fn a_connection_of_a_suspended_partner_stays_as_it_is() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Paused").await;
        let person = Person::new(&program, "Paused client").await;
        let param = partner.create(r#"{"type":1}"#).await;
        Browser::new(&program).connect(&param, &person).await;
        program.cli(&["partner", "suspend", &partner.client_id, "--json"]);
        program.cli(&["partner", "suspend", &partner.client_id, "--resume", "--json"]);
        let list = partner.get("/api/facebook/getConnections").await.ok();
        assert_eq!(list.list()[0]["state"], "active");
    });
}
