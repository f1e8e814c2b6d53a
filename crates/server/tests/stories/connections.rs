//! What a finished link leaves behind.

use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA, PAGE_ROASTERY};
use reqwest::Method;
use serde_json::json;

use crate::support::{Partner, on_both_engines};

async fn end(partner: &Partner, id: &str) -> (u16, serde_json::Value) {
    partner.call(Method::DELETE, "facebook/deleteConnection", Some(json!({"connection_id": id}))).await
}

fn id(connection: &serde_json::Value) -> String {
    connection["connection_id"].as_str().unwrap().to_owned()
}

on_both_engines! {
    /// The same asset, product and partner again is the same connection, told of as updated.
    async fn connecting_again_refreshes(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let mut browser = world.browser();
        let first = partner.link(1).await;
        browser.connect(&first, DANA, PAGE_CAFE_AURORA).await;
        let before = partner.connections().await;
        let second = partner.link(1).await;
        browser.connect(&second, DANA, PAGE_CAFE_AURORA).await;
        let after = partner.connections().await;
        assert_eq!(after.len(), 1);
        assert_eq!(id(&after[0]), id(&before[0]));
        assert_eq!(after[0]["param"], second);
        world.deliver().await;
        let mut names = endpoint.take_names();
        names.sort();
        assert_eq!(names, ["connection.created", "connection.updated", "onboarding.completed", "onboarding.completed"]);
    }

    /// A Page that two partners use is subscribed to what both need, until nobody needs it.
    async fn a_page_is_shared(world: World) {
        let (one, other) = (world.partner("One").await, world.partner("Other").await);
        let (messenger, posts) = (one.link(1).await, other.link(3).await);
        world.browser().connect(&messenger, DANA, PAGE_CAFE_AURORA).await;
        assert!(!world.page_fields(PAGE_CAFE_AURORA).await.contains(&"feed".to_owned()));
        world.browser().connect(&posts, DANA, PAGE_CAFE_AURORA).await;
        let both = world.page_fields(PAGE_CAFE_AURORA).await;
        assert!(both.contains(&"messages".to_owned()) && both.contains(&"leadgen".to_owned()), "{both:?}");
        let connection = id(&one.connections().await[0]);
        assert_eq!(end(&one, &connection).await.0, 200);
        let left = world.page_fields(PAGE_CAFE_AURORA).await;
        assert!(!left.contains(&"messages".to_owned()) && left.contains(&"leadgen".to_owned()), "{left:?}");
        let connection = id(&other.connections().await[0]);
        assert_eq!(end(&other, &connection).await.0, 200);
        assert!(world.page_fields(PAGE_CAFE_AURORA).await.is_empty());
    }

    /// Ending a connection forgets its token, tells the partner once, and is fine twice.
    async fn a_connection_is_ended(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let param = partner.link(1).await;
        world.browser().connect(&param, DANA, PAGE_CAFE_AURORA).await;
        let connection = id(&partner.connections().await[0]);
        world.deliver().await;
        endpoint.take();
        for _ in 0..2 { assert_eq!(end(&partner, &connection).await.0, 200); }
        world.deliver().await;
        let told = endpoint.take();
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].name(), &told[0].body["data"]["why"]), ("connection.disconnected", &json!("deleted_by_partner")));
        assert_eq!(partner.connections().await[0]["state"], "disconnected");
        let again = partner.link(1).await;
        world.browser().connect(&again, DANA, PAGE_CAFE_AURORA).await;
        let active = partner.get("facebook/getConnections?state=active").await["list"].as_array().unwrap().clone();
        assert_eq!(active.len(), 1);
        assert_ne!(id(&active[0]), connection, "what was ended stays ended");
    }

    /// The person is de-authorised only when nobody's connection came from them.
    async fn a_person_is_let_go_last(world: World) {
        let partner = world.partner("Shop CRM").await;
        let (first, second) = (partner.link(1).await, partner.link(1).await);
        let mut browser = world.browser();
        browser.connect(&first, DANA, PAGE_CAFE_AURORA).await;
        browser.connect(&second, DANA, PAGE_ROASTERY).await;
        let all = partner.connections().await;
        end(&partner, &id(&all[0])).await;
        assert!(world.connected(DANA).await);
        end(&partner, &id(&all[1])).await;
        assert!(!world.connected(DANA).await);
    }

    /// Where Meta is out of reach nothing changes, and the call can be repeated; where Meta refuses
    /// for good, the connection ends all the same.
    async fn ending_while_meta_fails(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        world.browser().connect(&param, DANA, PAGE_CAFE_AURORA).await;
        let connection = id(&partner.connections().await[0]);
        world.control("POST", "faults", json!({"match": "DELETE /*/subscribed_apps", "times": 1, "kind": "html"})).await;
        let (status, answer) = end(&partner, &connection).await;
        assert_eq!((status, &answer["reason"]), (503, &json!(49)));
        assert_eq!(partner.connections().await[0]["state"], "active");
        world.control("POST", &format!("people/{DANA}/tokens"), json!({"kind": "password_changed"})).await;
        assert_eq!(end(&partner, &connection).await.0, 200);
        assert_eq!(partner.connections().await[0]["state"], "disconnected");
    }

    /// Another partner's connection does not exist.
    async fn a_connection_is_its_partners_alone(world: World) {
        let (one, other) = (world.partner("One").await, world.partner("Other").await);
        let param = one.link(1).await;
        world.browser().connect(&param, DANA, PAGE_CAFE_AURORA).await;
        let connection = id(&one.connections().await[0]);
        let (status, answer) = other.call(Method::GET, &format!("facebook/getConnection?connection_id={connection}"), None).await;
        assert_eq!((status, &answer["reason"]), (404, &json!(40)));
        assert_eq!(end(&other, &connection).await.1["reason"], 40);
        assert!(other.connections().await.is_empty());
        assert_eq!(one.connections().await[0]["state"], "active");
    }
}
