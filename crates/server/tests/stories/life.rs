//! A connection's life: its proof on demand and once a day, and what Meta tells of its person.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jetbridge::app::life;
use jetbridge_domain::clock::Span;
use jetbridge_domain::id::{ConnectionId, PartnerId};
use jetbridge_domain::secret::Secret;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA, PAGE_ROASTERY};
use serde_json::{Value, json};

use crate::support::{Partner, World, on_both_engines};

const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";

impl World {
    /// A connection of this product, its id first.
    async fn connection(&self, partner: &Partner, product: i64, page: &str) -> String {
        let param = partner.link(product).await;
        let instagram = matches!(product, 2 | 4);
        let mut browser = self.browser();
        let picker = browser.consent(&param, DANA).await;
        let asset = if instagram { picker.field("asset").unwrap() } else { page.to_owned() };
        browser.finish(&param, &picker, &asset).await;
        let all = partner.connections().await;
        let made = all.iter().find(|c| c["param"] == param.as_str()).unwrap();
        made["connection_id"].as_str().unwrap().to_owned()
    }

    async fn happens_to(&self, person: &str, kind: &str) {
        self.control("POST", &format!("people/{person}/tokens"), json!({"kind": kind})).await;
    }

    async fn token_of(&self, id: &str) -> Option<Secret> {
        let sql = format!("SELECT partner_id FROM connections WHERE id = '{id}'");
        let partner: PartnerId = self.rows(&sql).await[0][0].parse().unwrap();
        let id: ConnectionId = id.parse().unwrap();
        let input = (self.app.clone(), partner, id);
        let read = self.app.db.read(input, |tx, (app, partner, id)| {
            Box::pin(jetbridge_store::connections::token(tx, &app.vault, partner, id))
        });
        read.await.unwrap()
    }

    /// Meta's word about a person, signed with `secret`.
    async fn told(&self, path: &str, payload: &Value, secret: &str) -> (u16, String) {
        let payload = URL_SAFE_NO_PAD.encode(payload.to_string());
        let key = aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, secret.as_bytes());
        let signature = URL_SAFE_NO_PAD.encode(aws_lc_rs::hmac::sign(&key, payload.as_bytes()));
        let body = format!("signed_request={signature}.{payload}");
        let answer = self.wire("POST", path, &[], &body).await;
        (answer.status, answer.body)
    }
}

fn removal(person: &str) -> Value {
    json!({"user_id": person, "algorithm": "HMAC-SHA256", "issued_at": 1_795_000_000})
}

async fn check(partner: &Partner, id: &str) -> (u16, Value) {
    partner.call(reqwest::Method::POST, "facebook/checkConnection", Some(json!({"connection_id": id}))).await
}

/// Which checks hold, by name.
fn held(connection: &Value) -> Vec<(String, bool)> {
    let checks = connection["checks"].as_array().unwrap();
    checks.iter().map(|c| (c["check"].as_str().unwrap().to_owned(), c["ok"] == true)).collect()
}

fn all_held(names: &[&str]) -> Vec<(String, bool)> {
    names.iter().map(|name| ((*name).to_owned(), true)).collect()
}

on_both_engines! {
    /// A live connection proves its life, and nobody is told what was known before.
    async fn a_live_connection_proves_it(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let messenger = world.connection(&partner, 1, PAGE_CAFE_AURORA).await;
        let instagram = world.connection(&partner, 2, PAGE_CAFE_AURORA).await;
        world.deliver().await;
        endpoint.take();
        world.pass(Span::minutes(1));
        let (status, answer) = check(&partner, &messenger).await;
        assert_eq!((status, held(&answer)), (200, all_held(&["token", "permissions", "subscribed"])), "{answer}");
        let (_, answer) = check(&partner, &instagram).await;
        assert_eq!(held(&answer), all_held(&["token", "permissions", "instagram", "subscribed"]), "{answer}");
        assert_eq!(answer["state"], "active");
        world.deliver().await;
        assert!(endpoint.take_names().is_empty());
    }

    /// A dead token is found, told once, and ends with a new consent.
    async fn a_dead_token_is_found(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let id = world.connection(&partner, 1, PAGE_CAFE_AURORA).await;
        world.deliver().await;
        endpoint.take();
        world.happens_to(DANA, "password_changed").await;
        for _ in 0..2 {
            let (status, answer) = check(&partner, &id).await;
            assert_eq!((status, &answer["state"]), (200, &json!("needs_reconnect")), "{answer}");
            assert_eq!(held(&answer), [("token".to_owned(), false)]);
            assert!(answer["checks"][0]["why"].as_str().unwrap().contains("190/460"), "{answer}");
            world.pass(Span::minutes(1));
        }
        world.deliver().await;
        let told = endpoint.take();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].name(), "connection.needs_reconnect");
        assert_eq!(told[0].body["data"]["why"], "token_dead");
        world.connection(&partner, 1, PAGE_CAFE_AURORA).await;
        assert_eq!(check(&partner, &id).await.1["state"], "active");
    }

    /// What the person cleared at facebook.com works again without a new consent.
    async fn a_cleared_checkpoint_works_again(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let id = world.connection(&partner, 1, PAGE_CAFE_AURORA).await;
        world.happens_to(DANA, "checkpoint").await;
        assert_eq!(check(&partner, &id).await.1["state"], "needs_reconnect");
        world.deliver().await;
        endpoint.take();
        world.pass(Span::minutes(1));
        world.happens_to(DANA, "cleared").await;
        assert_eq!(check(&partner, &id).await.1["state"], "active");
        world.deliver().await;
        let told = endpoint.take();
        assert_eq!((told[0].name(), &told[0].body["data"]["why"]), ("connection.updated", &json!("works_again")));
    }

    /// A subscription that Meta dropped is made again; a permission taken back is told with what to do.
    async fn what_was_lost_is_mended_or_told(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let id = world.connection(&partner, 3, PAGE_CAFE_AURORA).await;
        world.deliver().await;
        endpoint.take();
        let token = world.token_of(&id).await.unwrap();
        world.app.meta.unsubscribe_page(PAGE_CAFE_AURORA, &token).await.unwrap();
        world.pass(Span::minutes(1));
        assert_eq!(held(&check(&partner, &id).await.1), all_held(&["token", "permissions", "subscribed", "leads"]));
        assert!(world.page_fields(PAGE_CAFE_AURORA).await.contains(&"leadgen".to_owned()));

        let path = format!("people/{DANA}/permissions/leads_retrieval");
        world.control("PUT", &path, json!({"status": "declined"})).await;
        world.pass(Span::minutes(1));
        let (_, answer) = check(&partner, &id).await;
        assert_eq!(answer["state"], "active");
        let failed = &answer["checks"][1];
        assert_eq!((&failed["check"], &failed["ok"]), (&json!("permissions"), &json!(false)), "{answer}");
        assert!(failed["why"].as_str().unwrap().contains("leads_retrieval") && failed["fix"].is_string());
        world.deliver().await;
        let told = endpoint.take();
        assert_eq!((told[0].name(), &told[0].body["data"]["why"]), ("connection.updated", &json!("checks_changed")));
        assert_eq!(told[0].body["data"]["checks"], answer["checks"]);
    }

    /// What the business does with its leads is part of the proof, with Meta's own words.
    async fn leads_that_cannot_be_read_are_told(world: World) {
        let partner = world.partner("Shop CRM").await;
        let id = world.connection(&partner, 3, PAGE_CAFE_AURORA).await;
        world.control("PUT", "app", json!({"lead_access": "permission"})).await;
        let (_, answer) = check(&partner, &id).await;
        assert_eq!(answer["state"], "active");
        let failed = &answer["checks"][3];
        assert_eq!((&failed["check"], &failed["ok"]), (&json!("leads"), &json!(false)), "{answer}");
        assert!(failed["why"].as_str().unwrap().contains("Lead Access Manager") && failed["fix"].is_string());
        world.control("PUT", "app", json!({"lead_access": "open"})).await;
        world.pass(Span::minutes(1));
        let all = all_held(&["token", "permissions", "subscribed", "leads"]);
        assert_eq!(held(&check(&partner, &id).await.1), all);
    }

    /// Meta's word that a person's permissions have changed has the connection checked at once.
    async fn changed_permissions_are_checked_at_once(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let id = world.connection(&partner, 3, PAGE_CAFE_AURORA).await;
        world.deliver().await;
        endpoint.take();
        assert_eq!(life::check_due(&world.app).await.unwrap(), 0, "a day has not passed");
        let path = format!("people/{DANA}/permissions/leads_retrieval");
        world.control("PUT", &path, json!({"status": "declined"})).await;
        let person = world.rows(&format!("SELECT meta_user FROM connections WHERE id = '{id}'")).await[0][0].clone();
        let change = json!({"object": "permissions", "entry": [{"id": person, "uid": person, "time": 1_795_000_000,
            "changes": [{"field": "leads_retrieval", "value": {"verb": "revoke"}}]}]});
        jetbridge::app::inbound::receive(&world.app, change.to_string().as_bytes()).await.unwrap();
        assert_eq!(life::check_due(&world.app).await.unwrap(), 1);
        world.deliver().await;
        let told = endpoint.take();
        let names: Vec<_> = told.iter().map(crate::support::Received::name).collect();
        assert_eq!(names, ["meta.other", "connection.updated"]);
    }

    /// A call through a connection that needs its client answers the link for it, where one is open.
    async fn the_way_back_is_in_the_answer(world: World) {
        let partner = world.partner("Shop CRM").await;
        let id = world.connection(&partner, 3, PAGE_CAFE_AURORA).await;
        world.happens_to(DANA, "password_changed").await;
        check(&partner, &id).await;
        let post = async || {
            let body = json!({"connection_id": id, "text": "Roses"});
            partner.call(reqwest::Method::POST, "facebook/createPost", Some(body)).await
        };
        let (status, answer) = post().await;
        assert_eq!((status, &answer["reason"], answer.get("reconnect_link")), (409, &json!(42), None), "{answer}");
        let renew = json!({"type": 3, "reconnect": id, "expires_in": 3600});
        partner.post("facebook/createOnboarding", renew.clone()).await;
        world.pass(Span::seconds(1));
        let link = partner.post("facebook/createOnboarding", renew).await;
        assert_eq!(post().await.1["reconnect_link"], link["onboarding_link"], "the latest");
        world.pass(Span::hours(1));
        assert_eq!(post().await.1.get("reconnect_link"), None, "it has expired");
    }

    /// Where Meta has no answer nothing is concluded; what is not there or has ended cannot be checked.
    async fn a_check_without_an_answer_changes_nothing(world: World) {
        let (partner, other) = (world.partner("Shop CRM").await, world.partner("Other").await);
        let id = world.connection(&partner, 1, PAGE_CAFE_AURORA).await;
        let before = world.state().await;
        world.control("POST", "faults", json!({"match": "GET /debug_token", "kind": "drop"})).await;
        let (status, answer) = check(&partner, &id).await;
        assert_eq!((status, &answer["reason"]), (503, &json!(49)));
        world.state().await.is_as(&before, &[], "Meta had no answer");
        assert_eq!(check(&other, &id).await.1["reason"], 40);
        assert_eq!(check(&partner, "con_x").await.1["field"], "connection_id");
        let end = json!({"connection_id": id});
        partner.call(reqwest::Method::DELETE, "facebook/deleteConnection", Some(end)).await;
        assert_eq!(check(&partner, &id).await.1["reason"], 42);
    }

    /// Each is checked a day after it was made or last checked, and not before.
    async fn every_connection_is_checked_daily(world: World) {
        let mut partner = world.partner("Shop CRM").await;
        world.connection(&partner, 1, PAGE_CAFE_AURORA).await;
        world.pass(Span::hours(6));
        partner.renew().await;
        world.connection(&partner, 1, PAGE_ROASTERY).await;
        let due = async || life::check_due(&world.app).await.unwrap();
        assert_eq!(due().await, 0);
        world.pass(Span::hours(18));
        assert_eq!(due().await, 1);
        assert_eq!(due().await, 0);
        world.pass(Span::hours(6));
        assert_eq!(due().await, 1);
        world.pass(Span::hours(18));
        world.control("POST", "faults", json!({"match": "GET /debug_token", "kind": "drop"})).await;
        assert_eq!((due().await, due().await), (1, 0));
        world.pass(Span::minutes(15));
        assert_eq!((due().await, due().await), (1, 0), "tried again");
        world.pass(Span::minutes(15));
        assert_eq!(due().await, 0, "and settled");
    }

    /// Whoever removes the app at Facebook is forgotten at once: the sandbox tells as Meta does.
    async fn removing_the_app_forgets_the_token(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let id = world.connection(&partner, 1, PAGE_CAFE_AURORA).await;
        world.deliver().await;
        endpoint.take();
        let callback = format!("{}/meta/deauthorize", world.url);
        world.control("PUT", "app", json!({"deauthorize_url": callback})).await;
        world.happens_to(DANA, "app_removed").await;
        while world.token_of(&id).await.is_some() {
            world.news().await;
        }
        let connection = partner.connections().await.remove(0);
        assert_eq!(connection["state"], "needs_reconnect");
        world.deliver().await;
        let told = endpoint.take();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].name(), &told[0].body["data"]["why"]), ("connection.needs_reconnect", &json!("app_removed")));
        world.told("/meta/deauthorize", &removal("nobody"), APP_SECRET).await;
        assert_eq!(check(&partner, &id).await.1["checks"][0]["ok"], false);
    }

    /// A person's data is deleted, the partner told, and the person shown that it was.
    async fn a_persons_data_is_deleted(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let id = world.connection(&partner, 1, PAGE_CAFE_AURORA).await;
        world.deliver().await;
        endpoint.take();
        let sql = format!("SELECT meta_user FROM connections WHERE id = '{id}'");
        let person = world.rows(&sql).await[0][0].clone();
        let (status, body) = world.told("/meta/data-deletion", &removal(&person), APP_SECRET).await;
        assert_eq!(status, 200, "{body}");
        let answer: Value = serde_json::from_str(&body).unwrap();
        let (url, code) = (answer["url"].as_str().unwrap(), answer["confirmation_code"].as_str().unwrap());
        assert!(url.ends_with(&format!("/meta/data-deletion/{code}")), "{answer}");
        let mut browser = world.browser();
        let page = browser.get(&format!("{}/meta/data-deletion/{code}", world.url)).await;
        assert!(page.status == 200 && page.has("Your data was deleted"), "{}", page.html);
        let unknown = browser.get(&format!("{}/meta/data-deletion/{code}x", world.url)).await;
        assert!(unknown.status == 404 && !unknown.has("Your data was deleted"));
        assert_eq!(world.rows(&sql).await[0][0], "");
        assert!(world.token_of(&id).await.is_none());
        assert!(!world.state().await.text().contains(code), "the code lies there as a hash only");
        world.deliver().await;
        let told = endpoint.take();
        assert_eq!((told[0].name(), &told[0].body["data"]["why"]), ("connection.disconnected", &json!("data_deletion")));
    }

    /// Nobody but Meta says such things.
    async fn only_meta_is_believed(world: World) {
        let partner = world.partner("Shop CRM").await;
        world.connection(&partner, 1, PAGE_CAFE_AURORA).await;
        let person = world.rows("SELECT meta_user FROM connections").await[0][0].clone();
        let before = world.state().await;
        for path in ["/meta/deauthorize", "/meta/data-deletion"] {
            assert_eq!(world.told(path, &removal(&person), "another secret").await.0, 403, "{path}");
            let mut other = removal(&person);
            other["algorithm"] = json!("none");
            assert_eq!(world.told(path, &other, APP_SECRET).await.0, 400, "{path}");
            for body in ["", "signed_request=", "signed_request=a.b", "x=y"] {
                let status = world.wire("POST", path, &[], body).await.status;
                assert!(status == 400 || status == 403, "{path} {body}: {status}");
            }
        }
        world.state().await.is_as(&before, &[], "not signed by Meta");
    }
}
