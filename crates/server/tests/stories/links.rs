//! Links, from the partner's side.

use jetbridge_domain::clock::Span;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::on_both_engines;

on_both_engines! {
    /// What was asked for comes back, to the last digit.
    async fn a_link_keeps_what_it_was_made_with(world: World) {
        let partner = world.partner("Shop CRM").await;
        let digits = "12345678901234567890123456789012345678901234567890";
        let body = format!(r#"{{"type":3,"reference":"\u05d7\u05e0\u05d5\u05ea","server":"https://inbox.example.com",
            "account_id":{digits},"inbox_id":0,"locale":"he","expires_in":60}}"#);
        let answer = partner.post("facebook/createOnboarding", serde_json::from_str::<Value>(&body.replace(digits, "7")).unwrap()).await;
        let param = answer["param"].as_str().unwrap().to_owned();
        assert_eq!(answer["onboarding_link"], format!("{}/f/{param}", world.url));
        assert_eq!(answer["expires_at"], 1_800_000_060);
        let shown = partner.onboarding(&param).await;
        assert_eq!(shown["type"], 3);
        assert_eq!(shown["reference"], "חנות");
        assert_eq!(shown["inbox_id"], 0);
        assert_eq!(shown["state"], "open");
        assert_eq!(shown["steps"], json!([{"step": "created", "time": 1_800_000_000}]));
    }

    /// The partner hears of a link that ran out, once, and its page says so.
    async fn a_link_expires(world: World) {
        let mut partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let param = partner.link(1).await;
        world.pass(Span::days(30));
        partner.renew().await;
        assert_eq!(partner.onboarding(&param).await["state"], "expired");
        let listed = partner.get("facebook/getOnboardings?status=expired").await;
        assert_eq!(listed["list"].as_array().unwrap().len(), 1);
        world.sweep().await;
        world.sweep().await;
        world.deliver().await;
        assert_eq!(endpoint.take_names(), ["onboarding.expired"]);
        let page = world.browser().open(&param).await;
        assert_eq!(page.status, 410);
        let again = world.browser().press(&param, "continue", &[]).await;
        assert_eq!(again.status, 410);
    }

    /// A deleted link says so kindly, and deleting it again is fine.
    async fn a_link_is_deleted(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        for _ in 0..2 {
            let (status, _) = partner.call(Method::DELETE, "facebook/deleteOnboarding", Some(json!({"param": param}))).await;
            assert_eq!(status, 200);
        }
        assert_eq!(partner.onboarding(&param).await["state"], "cancelled");
        assert_eq!(world.browser().open(&param).await.status, 410);
    }

    /// Another partner's link does not exist.
    async fn a_link_is_its_partners_alone(world: World) {
        let (one, other) = (world.partner("One").await, world.partner("Other").await);
        let param = one.link(1).await;
        let (status, answer) = other.call(Method::GET, &format!("facebook/getOnboarding?param={param}"), None).await;
        assert_eq!((status, &answer["reason"]), (404, &json!(26)));
        let (status, answer) = other.call(Method::DELETE, "facebook/deleteOnboarding", Some(json!({"param": param}))).await;
        assert_eq!((status, &answer["reason"]), (404, &json!(26)));
        assert_eq!(other.get("facebook/getOnboardings").await["list"], json!([]));
        assert_eq!(one.onboarding(&param).await["state"], "open");
    }

    /// Pages of a list have no gaps and no repeats, also among links of one moment.
    async fn a_long_list_is_walked(world: World) {
        let partner = world.partner("Shop CRM").await;
        let mut made = Vec::new();
        for n in 0..25 {
            if n % 4 == 0 { world.pass(Span::seconds(1)); }
            made.push(partner.link(1 + n % 4).await);
        }
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = partner.get(&format!("facebook/getOnboardings?limit=7{after}")).await;
            seen.extend(page["list"].as_array().unwrap().iter().map(|l| l["param"].as_str().unwrap().to_owned()));
            let Some(next) = page["next"].as_str() else { break };
            after = format!("&after={next}");
        }
        let mut sorted = (seen.clone(), made.clone());
        sorted.0.sort();
        sorted.1.sort();
        assert_eq!(sorted.0, sorted.1);
        assert_eq!(seen.first(), made.last());
        let ones = partner.get("facebook/getOnboardings?type=1&reference=shop-7").await;
        assert_eq!(ones["list"].as_array().unwrap().len(), 7);
    }

    /// The same key with the same body is one link, for a day; with another body it is refused.
    async fn an_idempotency_key_holds_for_a_day(world: World) {
        let partner = world.partner("Shop CRM").await;
        let body = json!({"type": 1});
        let first = partner.post_with_key("facebook/createOnboarding", &body, "k-1").await;
        assert_eq!(first.0, 200);
        assert_eq!(partner.post_with_key("facebook/createOnboarding", &body, "k-1").await, first);
        let (status, answer) = partner.post_with_key("facebook/createOnboarding", &json!({"type": 2}), "k-1").await;
        assert_eq!((status, &answer["reason"]), (409, &json!(48)));
        let wrong = partner.post_with_key("facebook/createOnboarding", &json!({"type": 9}), "k-2").await;
        assert_eq!((wrong.0, &wrong.1["reason"]), (400, &json!(37)));
        assert_eq!(partner.post_with_key("facebook/createOnboarding", &json!({"type": 9}), "k-2").await, wrong);
        world.pass(Span::hours(24));
        let mut partner = partner;
        partner.renew().await;
        let later = partner.post_with_key("facebook/createOnboarding", &body, "k-1").await;
        assert_ne!(later.1["param"], first.1["param"]);
        assert_eq!(partner.get("facebook/getOnboardings").await["list"].as_array().unwrap().len(), 2);
    }

    /// Fifty calls at once with one key make one link.
    async fn an_idempotency_key_holds_at_once(world: World) {
        let partner = world.partner("Shop CRM").await;
        let body = json!({"type": 1});
        let calls = (0..50).map(|_| partner.post_with_key("facebook/createOnboarding", &body, "k"));
        let answers = futures_util::future::join_all(calls).await;
        assert!(answers.iter().all(|a| *a == answers[0]), "{answers:?}");
        assert_eq!(partner.get("facebook/getOnboardings").await["list"].as_array().unwrap().len(), 1);
    }
}
