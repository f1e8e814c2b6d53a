//! Meta's webhooks, from Meta's signature to the partner's endpoint.

use aws_lc_rs::hmac;
use futures_util::future::join_all;
use jetbridge_domain::clock::Span;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA, PAGE_ROASTERY};
use serde_json::{Value, json};

use crate::support::{Endpoint, Partner, Received, World, on_both_engines};

const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";
const PERSON: &str = "6789012345678901";

impl World {
    /// Sends a webhook signed with this secret; answers the status.
    async fn signed(&self, body: &str, secret: &str) -> u16 {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, body.as_bytes());
        let hex: String = tag.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        let signature = format!("sha256={hex}");
        self.wire("POST", "/meta/webhook", &[("X-Hub-Signature-256", &signature)], body).await.status
    }

    async fn meta_says(&self, body: &Value) {
        assert_eq!(self.signed(&body.to_string(), APP_SECRET).await, 200, "{body}");
    }

    /// A partner with this product on a Page, and its endpoint, emptied.
    async fn listening(&self, name: &str, product: i64, page: &str) -> (Partner, Endpoint) {
        let partner = self.partner(name).await;
        let endpoint = partner.endpoint().await;
        let param = partner.link(product).await;
        let mut browser = self.browser();
        let picker = browser.consent(&param, DANA).await;
        let asset = if product % 2 == 0 { picker.field("asset").unwrap() } else { page.to_owned() };
        browser.finish(&param, &picker, &asset).await;
        self.deliver().await;
        endpoint.take();
        (partner, endpoint)
    }
}

fn now(world: &World) -> i64 {
    world.clock.now().as_seconds()
}

fn said(account: &str, mid: &str, at: i64) -> Value {
    json!({"sender": {"id": PERSON}, "recipient": {"id": account}, "timestamp": at * 1000,
        "message": {"mid": mid, "text": format!("says {mid}")}})
}

#[expect(clippy::needless_pass_by_value, reason = "it is made for this call")]
fn webhook(object: &str, account: &str, key: &str, items: Value) -> Value {
    json!({"object": object, "entry": [{"id": account, "time": 1_795_000_000, key: items}]})
}

on_both_engines! {
    /// A message becomes one event, in a form of our own, with what Meta sent and the window.
    async fn a_message_reaches_the_partner(world: World) {
        let (partner, endpoint) = world.listening("Shop CRM", 1, PAGE_CAFE_AURORA).await;
        let at = now(&world);
        let item = said(PAGE_CAFE_AURORA, "m_1", at);
        world.meta_says(&webhook("page", PAGE_CAFE_AURORA, "messaging", json!([item]))).await;
        world.deliver().await;
        let told = endpoint.take();
        assert_eq!(told.len(), 1);
        let data = &told[0].body["data"];
        assert_eq!(told[0].name(), "message.received");
        assert!(told[0].is_signed_with(&endpoint.secret));
        let connection = &partner.connections().await[0];
        for field in ["connection_id", "param", "reference", "type", "page_id"] {
            assert_eq!(data[field], connection[field], "{field}");
        }
        assert_eq!(data["from"], json!({"id": PERSON}));
        assert_eq!((&data["text"], &data["message_id"], &data["at"]), (&json!("says m_1"), &json!("m_1"), &json!(at)));
        assert_eq!(data["window_expires_at"], at + 86_400);
        assert_eq!(data["raw"], item);
    }

    /// Copies are one, also those that come at once and in other batches.
    async fn copies_are_one(world: World) {
        let (_, endpoint) = world.listening("Shop CRM", 1, PAGE_CAFE_AURORA).await;
        let items: Vec<Value> = (0..5).map(|n| said(PAGE_CAFE_AURORA, &format!("m_{n}"), now(&world))).collect();
        let batch = webhook("page", PAGE_CAFE_AURORA, "messaging", json!(items));
        let mut other = webhook("page", PAGE_CAFE_AURORA, "messaging", json!([items[3], items[1]]));
        other["entry"][0]["time"] = json!(5);
        join_all((0..12).map(|n| world.meta_says(if n % 2 == 0 { &batch } else { &other }))).await;
        world.meta_says(&batch).await;
        world.pass(Span::hours(7 * 24 - 1));
        world.sweep().await;
        world.meta_says(&other).await;
        while world.deliver().await > 0 {}
        let told = endpoint.take();
        let mut ids: Vec<String> = told.iter().map(|r| r.body["data"]["message_id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids.len(), 5, "{ids:?}");
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 5, "{ids:?}");
    }

    /// What is not signed by Meta leaves no trace.
    async fn only_meta_is_heard(world: World) {
        let (_, endpoint) = world.listening("Shop CRM", 1, PAGE_CAFE_AURORA).await;
        let body = webhook("page", PAGE_CAFE_AURORA, "messaging", json!([said(PAGE_CAFE_AURORA, "m_1", now(&world))]));
        let before = world.state().await;
        assert_eq!(world.signed(&body.to_string(), "another secret").await, 403);
        assert_eq!(world.wire("POST", "/meta/webhook", &[], &body.to_string()).await.status, 403);
        let wrong = [("X-Hub-Signature-256", "sha256=00")];
        assert_eq!(world.wire("POST", "/meta/webhook", &wrong, &body.to_string()).await.status, 403);
        world.state().await.is_as(&before, &[], "not signed by Meta");
        for odd in ["", "x", "[]", "{}", "{\"object\":\"page\",\"entry\":[7]}"] {
            assert_eq!(world.signed(odd, APP_SECRET).await, 200, "{odd}: there is nobody to be told");
        }
        world.deliver().await;
        assert!(endpoint.take().is_empty());
    }

    /// Each is told of what its product is for: two partners on one Page, two products of one partner.
    async fn each_is_told_what_is_its_own(world: World) {
        let (_, messenger) = world.listening("One", 1, PAGE_CAFE_AURORA).await;
        let (_, messenger_too) = world.listening("Two", 1, PAGE_CAFE_AURORA).await;
        let (_, posts) = world.listening("Three", 3, PAGE_CAFE_AURORA).await;
        let (_, elsewhere) = world.listening("Four", 1, PAGE_ROASTERY).await;
        let (instagram_partner, instagram) = world.listening("Five", 2, PAGE_CAFE_AURORA).await;
        let account = instagram_partner.connections().await[0]["instagram_id"].as_str().unwrap().to_owned();
        let at = now(&world);
        let comment = json!({"field": "feed", "value": {"item": "comment", "verb": "add", "comment_id": "1_2",
            "post_id": "1", "created_time": at, "message": "nice", "from": {"id": PERSON, "name": "Dana"}}});
        let policy = json!({"recipient": {"id": PAGE_CAFE_AURORA}, "timestamp": 1,
            "policy_enforcement": {"action": "warning"}});
        for body in [
            webhook("page", PAGE_CAFE_AURORA, "messaging", json!([said(PAGE_CAFE_AURORA, "m_1", at), policy])),
            webhook("page", PAGE_CAFE_AURORA, "changes", json!([comment])),
            webhook("instagram", &account, "messaging", json!([said(&account, "aWdf1", at)])),
            webhook("instagram", &account, "changes", json!([{"field": "story_insights", "value": {"reach": 4}}])),
            webhook("page", "999", "messaging", json!([said("999", "m_9", at)])),
        ] {
            world.meta_says(&body).await;
        }
        while world.deliver().await > 0 {}
        for (endpoint, expected) in [
            (&messenger, &["message.received", "meta.other"][..]),
            (&messenger_too, &["message.received", "meta.other"]),
            (&posts, &["comment.created"]),
            (&elsewhere, &[]),
            // Nobody has the account's posts: what has no name is passed on all the same.
            (&instagram, &["message.received", "meta.other"]),
        ] {
            let mut names = endpoint.take_names();
            names.sort_by_key(|name| name == "meta.other");
            assert_eq!(names, expected);
        }
    }

    /// A conversation keeps its order, and one that fails holds back no other.
    async fn a_conversation_keeps_its_order(world: World) {
        let (_, endpoint) = world.listening("Shop CRM", 1, PAGE_CAFE_AURORA).await;
        let at = now(&world);
        let mut other = said(PAGE_CAFE_AURORA, "other", at);
        other["sender"]["id"] = json!("5555");
        let items = json!([said(PAGE_CAFE_AURORA, "m_1", at), said(PAGE_CAFE_AURORA, "m_2", at), other]);
        world.meta_says(&webhook("page", PAGE_CAFE_AURORA, "messaging", items)).await;
        let mid = |r: &Received| r.body["data"]["message_id"].as_str().unwrap().to_owned();
        // Whichever comes first fails three times: at once, once more, and after five minutes.
        endpoint.will_answer(&[500, 500, 500]);
        for _ in 0..4 {
            while world.deliver().await > 0 {}
            world.pass(Span::minutes(30));
        }
        let all: Vec<String> = endpoint.take().iter().map(mid).collect();
        let last = |name: &str| all.iter().rposition(|m| m == name).unwrap();
        assert!(all.len() >= 6 && last("m_1") < all.iter().position(|m| m == "m_2").unwrap(), "{all:?}");
        assert!(all.contains(&"other".to_owned()));
    }

    /// The window is opened by what people do, not by what is done to them, and by the latest of it.
    async fn the_window_is_told(world: World) {
        let (_, endpoint) = world.listening("Shop CRM", 1, PAGE_CAFE_AURORA).await;
        let at = now(&world);
        let mut echo = said(PAGE_CAFE_AURORA, "m_0", at);
        echo["sender"]["id"] = json!(PAGE_CAFE_AURORA);
        echo["recipient"]["id"] = json!(PERSON);
        echo["message"]["is_echo"] = json!(true);
        let mut echo_later = echo.clone();
        echo_later["message"]["mid"] = json!("m_7");
        for item in [
            echo,
            said(PAGE_CAFE_AURORA, "m_1", at),
            said(PAGE_CAFE_AURORA, "m_2", at - 500),
            said(PAGE_CAFE_AURORA, "m_3", at + 9_999_999),
            echo_later,
        ] {
            world.meta_says(&webhook("page", PAGE_CAFE_AURORA, "messaging", json!([item]))).await;
            while world.deliver().await > 0 {}
        }
        let windows: Vec<Value> = endpoint.take().iter().map(|r| r.body["data"]["window_expires_at"].clone()).collect();
        let open = json!(at + 86_400);
        assert_eq!(windows, [Value::Null, open.clone(), open.clone(), open.clone(), open]);
    }

    /// People's ids, like their words, lie in the database sealed or hashed only.
    async fn people_are_not_named_in_the_database(world: World) {
        let (_, endpoint) = world.listening("Shop CRM", 1, PAGE_CAFE_AURORA).await;
        let item = said(PAGE_CAFE_AURORA, "m_secret", now(&world));
        world.meta_says(&webhook("page", PAGE_CAFE_AURORA, "messaging", json!([item]))).await;
        world.deliver().await;
        assert_eq!(endpoint.take().len(), 1);
        let text = world.state().await.text();
        let hex = |plain: &str| plain.bytes().map(|b| format!("{b:02x}")).collect::<String>();
        for plain in [PERSON, "says m_secret", "m_secret"] {
            assert!(!text.contains(plain) && !text.contains(&hex(plain)), "{plain}");
        }
    }

    /// A database that does not take it is no 200, and Meta's next try is taken.
    async fn what_is_not_stored_is_not_acknowledged(world: World) {
        let (_, endpoint) = world.listening("Shop CRM", 1, PAGE_CAFE_AURORA).await;
        let body = webhook("page", PAGE_CAFE_AURORA, "messaging", json!([said(PAGE_CAFE_AURORA, "m_1", now(&world))]));
        world.rows("ALTER TABLE deliveries RENAME TO gone").await;
        assert_eq!(world.signed(&body.to_string(), APP_SECRET).await, 503);
        world.rows("ALTER TABLE gone RENAME TO deliveries").await;
        world.meta_says(&body).await;
        world.deliver().await;
        assert_eq!(endpoint.take_names(), ["message.received"]);
    }

    /// What the sandbox sends, as a person writes there, arrives.
    async fn the_sandbox_is_heard(world: World) {
        let (_, endpoint) = world.listening("Shop CRM", 1, PAGE_CAFE_AURORA).await;
        let hook = format!("{}/meta/webhook", world.url);
        world.app.meta.subscribe_app("page", &hook, &world.app.config.meta.verify_token, &["messages"]).await.unwrap();
        let sent = json!({"page_id": PAGE_CAFE_AURORA, "from_name": "Dana", "text": "h\u{e4}llo"});
        world.control("POST", "send_message", sent).await;
        while world.deliver().await == 0 {
            world.news().await;
        }
        let told = endpoint.take();
        assert_eq!(told[0].body["data"]["text"], "h\u{e4}llo");
    }
}
