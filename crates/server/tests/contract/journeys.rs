//! A client's way from the link to the connection, and what the partner hears of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::browser::{Browser, Person};
use crate::support::hooks::{Delivery, Hooks};
use crate::support::{Partner, Program, now, run};

const FIFTY: &str = "98765432109876543210987654321098765432109876543211";
const OTHER: &str = "12345678901234567890123456789012345678901234567899";

/// What holds for every delivery, whatever it says.
fn check_delivery(delivery: &Delivery, secret: &str) {
    let json = &delivery.json;
    assert!(delivery.signed_by(secret), "{:?}", delivery.headers);
    assert_eq!(json["id"], delivery.header("webhook-id"));
    assert!(!delivery.header("webhook-id").is_empty());
    assert!(delivery.header("webhook-signature").starts_with("v1,"));
    let sent: i64 = delivery.header("webhook-timestamp").parse().unwrap();
    assert!((now() - sent).abs() < 60, "{sent}");
    assert!((now() - json["timestamp"].as_i64().unwrap()).abs() < 60, "{json}");
    assert!(json["seq"].as_i64().unwrap() > 0, "{json}");
    assert!(json["data"].is_object(), "{json}");
    let members: BTreeSet<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(members, BTreeSet::from(["id", "type", "timestamp", "seq", "data"]));
    assert!(delivery.header("content-type").starts_with("application/json"));
    let text = String::from_utf8_lossy(&delivery.body);
    assert!(!text.contains("access_token") && !text.contains("EAA"), "{text}");
}

async fn partner_with_hooks(program: &Program, name: &str) -> (Partner, Hooks, String) {
    let partner = program.new_partner(name).await;
    let hooks = Hooks::start().await;
    let secret = partner.set_webhook(&hooks.url).await.text_of("secret");
    (partner, hooks, secret)
}

fn seed(product: u8) -> String {
    format!(
        "{{\"type\":{product},\"reference\":\"shop \u{5e9}\",\"server\":\"https://chat.example.com/x\",\
         \"account_id\":{FIFTY},\"inbox_id\":{OTHER}}}"
    )
}

fn check_data(delivery: &Delivery, param: &str, product: u8) {
    let data = delivery.data();
    assert_eq!(data["param"], param);
    assert_eq!(data["reference"], "shop \u{5e9}");
    assert_eq!(data["type"], product);
    assert_eq!(data["server"], "https://chat.example.com/x");
    assert_eq!(delivery.raw("account_id").as_deref(), Some(FIFTY), "{data}");
    assert_eq!(delivery.raw("inbox_id").as_deref(), Some(OTHER), "{data}");
}

async fn goes_all_the_way(product: u8) {
    let program = Program::shared();
    let (partner, mut hooks, secret) = partner_with_hooks(&program, "All the way").await;
    let person = Person::new(&program, &format!("Client of {product}")).await;
    let param = partner.create(seed(product)).await;
    let mut browser = Browser::new(&program);
    browser.choose(&param, &person).await;
    assert_eq!(partner.onboarding(&param).await.json["state"], "started");
    assert!(
        person.subscribed_fields(&program).await.is_null(),
        "nothing is connected before the confirmation"
    );
    let confirmed = browser.press(&param, "confirm", &[]).await;
    assert_eq!(confirmed.status.as_u16(), 303);
    assert_eq!(browser.open(&param).await.status.as_u16(), 200);

    let created = hooks.next_of("connection.created").await;
    let completed = hooks.next_of("onboarding.completed").await;
    for delivery in [&created, &completed] {
        check_delivery(delivery, &secret);
        check_data(delivery, &param, product);
    }
    assert_ne!(created.json["id"], completed.json["id"]);
    assert_ne!(created.json["seq"], completed.json["seq"]);
    let connections = completed.data()["connections"].as_array().unwrap();
    assert_eq!(connections.len(), 1);
    let (told, id) = (&connections[0], created.data()["connection_id"].as_str().unwrap());
    assert_eq!(told["connection_id"], id);
    assert_eq!(told["type"], product);
    assert_eq!(told["page_id"], person.page.as_str());

    let connection = partner.get(&format!("/api/facebook/getConnection?connection_id={id}")).await.ok();
    let json = &connection.json;
    for (name, value) in [
        ("connection_id", json!(id)),
        ("type", json!(product)),
        ("state", json!("active")),
        ("page_id", json!(person.page)),
        ("page_name", json!(format!("Client of {product} Page"))),
        ("reference", json!("shop \u{5e9}")),
        ("param", json!(param)),
        ("server", json!("https://chat.example.com/x")),
    ] {
        assert_eq!(json[name], value, "{name}");
    }
    for (name, digits) in [("account_id", FIFTY), ("inbox_id", OTHER)] {
        assert_eq!(crate::support::raw_member(&connection.text, &[name]).as_deref(), Some(digits));
    }
    if [2, 4].contains(&product) {
        assert_eq!(json["instagram_id"], person.asset(product));
        assert!(json["instagram_username"].is_string());
    }
    assert!(json["granted"].as_array().is_some_and(|all| !all.is_empty()), "{json}");
    for check in json["checks"].as_array().unwrap() {
        assert!(check["check"].is_string() && check["ok"] == true, "{check}");
    }
    assert!((now() - json["create_time"].as_i64().unwrap()).abs() < 60);
    assert!(!person.subscribed_fields(&program).await.is_null());

    let link = partner.onboarding(&param).await.json;
    assert_eq!(link["state"], "finished");
    let times: Vec<i64> =
        link["steps"].as_array().unwrap().iter().map(|step| step["time"].as_i64().unwrap()).collect();
    assert!(times.len() > 2 && times.is_sorted(), "{link}");
    let again = partner.call("DELETE", &format!("/api/facebook/deleteOnboarding?param={param}")).send().await;
    assert_eq!((again.status.as_u16(), again.reason()), (409, 25));
    assert!(partner.get("/api/facebook/getOnboardings?status=finished").await.ok().list().len() == 1);

    // Opened, continued and confirmed once more: the client finished once, and once only.
    browser.open(&param).await;
    Browser::new(&program).open(&param).await;
    let rest = hooks.left_over();
    assert!(rest.iter().all(|delivery| delivery.kind() == "onboarding.opened"), "{rest:?}");
}

#[test]
fn messenger() {
    run(goes_all_the_way(1));
}

#[test]
fn instagram_messaging() {
    run(goes_all_the_way(2));
}

#[test]
fn facebook_page() {
    run(goes_all_the_way(3));
}

#[test]
fn instagram_account() {
    run(goes_all_the_way(4));
}

async fn connections(partner: &Partner, query: &str) -> Vec<Value> {
    partner.get(&format!("/api/facebook/getConnections{query}")).await.ok().list().clone()
}

#[test]
fn the_same_asset_again_is_the_same_connection() {
    run(async {
        let program = Program::shared();
        let (partner, mut hooks, secret) = partner_with_hooks(&program, "Twice").await;
        let person = Person::new(&program, "Twice").await;
        let first = partner.create(r#"{"type":1,"reference":"one"}"#).await;
        Browser::new(&program).connect(&first, &person).await;
        let created = hooks.next_of("connection.created").await;
        hooks.next_of("onboarding.completed").await;
        let second = partner.create(r#"{"type":1,"reference":"two"}"#).await;
        Browser::new(&program).connect(&second, &person).await;
        let updated = hooks.next_of("connection.updated").await;
        let completed = hooks.next_of("onboarding.completed").await;
        for delivery in [&created, &updated, &completed] {
            check_delivery(delivery, &secret);
        }
        assert_eq!(updated.data()["connection_id"], created.data()["connection_id"]);
        assert_eq!(completed.data()["connections"][0]["connection_id"], created.data()["connection_id"]);
        assert_eq!(updated.data()["reference"], "two");
        assert!(updated.json["seq"].as_i64() > created.json["seq"].as_i64());
        let all = connections(&partner, "").await;
        assert_eq!(all.len(), 1, "not doubled");
        assert_eq!((&all[0]["reference"], &all[0]["param"]), (&json!("two"), &json!(second)));
        assert!(hooks.left_over().iter().all(|delivery| delivery.kind() != "connection.created"));

        // Another product of the same Page is a connection of its own.
        let third = partner.create(r#"{"type":3,"reference":"three"}"#).await;
        Browser::new(&program).connect(&third, &person).await;
        let other = hooks.next_of("connection.created").await;
        assert_ne!(other.data()["connection_id"], created.data()["connection_id"]);
        let page = &person.page;
        for (query, count) in [
            (String::new(), 2),
            ("?type=1".to_owned(), 1),
            ("?type=3".to_owned(), 1),
            ("?type=2".to_owned(), 0),
            ("?reference=two".to_owned(), 1),
            ("?reference=one".to_owned(), 0),
            (format!("?page_id={page}"), 2),
            (format!("?page_id={page}&type=3"), 1),
            ("?page_id=1".to_owned(), 0),
            ("?state=active".to_owned(), 2),
            ("?state=disconnected".to_owned(), 0),
            ("?limit=1".to_owned(), 1),
        ] {
            assert_eq!(connections(&partner, &query).await.len(), count, "{query}");
        }
        let newest = connections(&partner, "?limit=1").await;
        assert_eq!(newest[0]["connection_id"], other.data()["connection_id"]);
    });
}

#[test]
fn seq_rises_without_a_gap() {
    run(async {
        let program = Program::shared();
        let (partner, mut hooks, secret) = partner_with_hooks(&program, "Seq").await;
        let person = Person::new(&program, "Seq").await;
        let mut seen = Vec::new();
        for product in [1, 2, 3] {
            let param = partner.create(json!({"type": product}).to_string()).await;
            Browser::new(&program).connect(&param, &person).await;
            for _ in 0..2 {
                let delivery = hooks.next().await;
                check_delivery(&delivery, &secret);
                seen.push(delivery.json["seq"].as_i64().unwrap());
            }
        }
        seen.sort_unstable();
        assert_eq!(seen, [1, 2, 3, 4, 5, 6]);
    });
}
