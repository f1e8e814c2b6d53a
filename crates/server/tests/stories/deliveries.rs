//! Events on their way to partners.

use jetbridge_domain::clock::Span;
use reqwest::Method;
use serde_json::json;

use crate::support::{Partner, World, on_both_engines};

/// Makes a link run out: one event.
async fn one_event(world: &World, partner: &mut Partner) {
    partner.renew().await;
    partner.post("facebook/createOnboarding", json!({"type": 1, "expires_in": 60})).await;
    world.pass(Span::minutes(1));
    world.sweep().await;
}

on_both_engines! {
    /// The schedule of the contract, with the same id and bytes each time and a new signature.
    async fn a_failing_endpoint_is_tried_for_three_days(world: World) {
        let mut partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        endpoint.will_answer(&[500; 20]);
        one_event(&world, &mut partner).await;
        let (mut all, mut hours) = (Vec::new(), 0);
        for quarter in 0..(4 * 24 * 4) {
            world.deliver().await;
            let now = endpoint.take();
            if !now.is_empty() { hours = quarter / 4; }
            all.extend(now);
            world.pass(Span::minutes(15));
        }
        // At once, at once again, 5 min, 20 min, 1 h, 4 h, 24 h, 24 h.
        assert_eq!(all.len(), 8);
        assert!((53..60).contains(&hours), "the last one came after {hours} hours");
        let mut signatures = Vec::new();
        for attempt in &all {
            assert_eq!(attempt.raw, all[0].raw);
            assert_eq!(attempt.header("webhook-id"), all[0].body["id"]);
            assert!(attempt.is_signed_with(&endpoint.secret));
            signatures.push(attempt.header("webhook-signature").to_owned());
        }
        signatures.dedup();
        assert_eq!(signatures.len(), 7, "the first two attempts share a second");
    }

    /// Any 2xx ends it, and `Retry-After` is heeded.
    async fn an_accepted_delivery_is_not_repeated(world: World) {
        let mut partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        endpoint.will_answer_retry_after(503, "600");
        endpoint.will_answer(&[204]);
        one_event(&world, &mut partner).await;
        world.deliver().await;
        assert_eq!(endpoint.take().len(), 1);
        world.pass(Span::minutes(9));
        world.deliver().await;
        assert_eq!(endpoint.take().len(), 0);
        world.pass(Span::minutes(3));
        world.deliver().await;
        assert_eq!(endpoint.take().len(), 1);
        world.pass(Span::days(4));
        world.deliver().await;
        assert_eq!(endpoint.take().len(), 0);
    }

    /// 410 disables the endpoint; its events wait, and come when the address is set again.
    async fn a_gone_endpoint_loses_nothing(world: World) {
        let mut partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        endpoint.will_answer(&[410]);
        for _ in 0..3 { one_event(&world, &mut partner).await; world.deliver().await; }
        assert_eq!(endpoint.take().len(), 1);
        world.pass(Span::days(4));
        world.deliver().await;
        assert_eq!(endpoint.take().len(), 0);
        partner.renew().await;
        partner.post("settings/setWebhook", json!({"url": endpoint.url})).await;
        world.deliver().await;
        let seqs: Vec<i64> = endpoint.take().iter().map(|r| r.body["seq"].as_i64().unwrap()).collect();
        assert_eq!(seqs, [1, 2, 3]);
    }

    /// Five days of nothing but failure pause an endpoint.
    async fn days_of_failure_pause_an_endpoint(world: World) {
        let mut partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        endpoint.will_answer(&[500; 100]);
        for _ in 0..6 {
            one_event(&world, &mut partner).await;
            world.deliver().await;
            world.pass(Span::days(1));
        }
        endpoint.take();
        one_event(&world, &mut partner).await;
        world.deliver().await;
        assert_eq!(endpoint.take().len(), 0);
    }

    /// Both secrets sign for a day after a rotation.
    async fn a_rotated_secret_signs_beside_the_new_one_for_a_day(world: World) {
        let mut partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let rotated = partner.post("settings/rotateWebhookSecret", json!({})).await;
        let new = rotated["secret"].as_str().unwrap();
        one_event(&world, &mut partner).await;
        world.deliver().await;
        let both = endpoint.take().remove(0);
        assert!(both.is_signed_with(&endpoint.secret) && both.is_signed_with(new));
        world.pass(Span::days(1));
        one_event(&world, &mut partner).await;
        world.deliver().await;
        let alone = endpoint.take().remove(0);
        assert!(!alone.is_signed_with(&endpoint.secret) && alone.is_signed_with(new));
    }

    /// An endpoint that is cleared gets nothing; the next one has a secret of its own.
    async fn a_cleared_endpoint_is_gone(world: World) {
        let mut partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        partner.post("settings/setWebhook", json!({"url": " "})).await;
        assert_eq!(partner.get("settings/getWebhook").await["url"], "");
        one_event(&world, &mut partner).await;
        world.deliver().await;
        assert!(endpoint.take().is_empty());
        let (status, answer) = partner.call(Method::POST, "settings/rotateWebhookSecret", Some(json!({}))).await;
        assert_eq!((status, &answer["reason"]), (404, &json!(53)));
        assert_ne!(partner.endpoint().await.secret, endpoint.secret);
    }

    /// An address inside our own network is refused at the moment of dialling.
    async fn a_private_address_is_not_dialled(world: World) {
        let mut partner = world.partner("Shop CRM").await;
        for address in ["http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]:9/", "http://2130706433.example.invalid/"] {
            partner.post("settings/setWebhook", json!({"url": address})).await;
            one_event(&world, &mut partner).await;
            assert!(world.deliver().await > 0);
        }
        let outcomes = world.outcomes().await;
        assert!(outcomes.contains(&"refused_address".to_owned()), "{outcomes:?}");
        assert!(!outcomes.contains(&"accepted".to_owned()) && !outcomes.contains(&"no_connection".to_owned()), "{outcomes:?}");
    }
}
