//! Clients on their way through a link.

use jetbridge_domain::clock::Span;
use jetbridge_sandbox::world::{
    DANA, INSTAGRAM_CAFE_AURORA, LIOR, NOA, PAGE_CAFE_AURORA, PAGE_ROASTERY, PAGE_YOGA, TAMAR,
};
use serde_json::{Value, json};

use crate::support::on_both_engines;

fn steps(link: &Value) -> Vec<&str> {
    link["steps"].as_array().unwrap().iter().map(|s| s["step"].as_str().unwrap()).collect()
}

on_both_engines! {
    /// The whole way, for each product, up to the signed webhooks.
    async fn each_product_is_connected(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        for product in 1..=4 {
            // So that the newest connection is the newest by the clock as well.
            world.pass(Span::seconds(1));
            let param = partner.link(product).await;
            let done = world.browser().connect(&param, DANA, PAGE_CAFE_AURORA).await;
            assert!(done.has("/static/close.js"), "{}", done.html);
            let link = partner.onboarding(&param).await;
            assert_eq!(link["state"], "finished");
            let all = ["created", "sent_to_facebook", "returned", "choosing", "chosen", "confirmed", "finished"];
            assert_eq!(steps(&link), all);
            world.deliver().await;
            let received = endpoint.take();
            let mut names: Vec<&str> = received.iter().map(crate::support::Received::name).collect();
            names.sort_unstable();
            assert_eq!(names, ["connection.created", "onboarding.completed"]);
            for webhook in &received {
                assert!(webhook.is_signed_with(&endpoint.secret));
                let data = &webhook.body["data"];
                assert_eq!((&data["type"], &data["reference"], &data["param"]), (&json!(product), &json!("shop-7"), &json!(param)));
            }
            let connection = &partner.connections().await[0];
            assert_eq!(connection["page_id"], PAGE_CAFE_AURORA);
            let instagram = if product % 2 == 0 { json!(INSTAGRAM_CAFE_AURORA) } else { Value::Null };
            assert_eq!(connection["instagram_id"], instagram);
            assert_eq!(connection["state"], "active");
            assert!(connection["checks"].as_array().unwrap().iter().all(|c| c["ok"] == true), "{connection}");
        }
        assert_eq!(partner.connections().await.len(), 4);
    }

    /// Looking at a link does not use it up, and leaves no trace.
    async fn a_preview_changes_nothing(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let before = partner.onboarding(&param).await;
        for _ in 0..3 { assert_eq!(world.browser().open(&param).await.status, 200); }
        assert_eq!(partner.onboarding(&param).await, before);
    }

    /// A client who cancels can try again and finish.
    async fn cancelling_is_not_the_end(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        let dialog = browser.go_on(&param).await;
        let page = browser.submit(&dialog, ("action", "cancel"), &[]).await;
        assert!(page.has(&format!("/f/{param}/continue")), "{}", page.html);
        world.deliver().await;
        let failed = endpoint.take().remove(0);
        assert_eq!((failed.name(), &failed.body["data"]["why"]), ("onboarding.failed", &json!("cancelled_at_facebook")));
        let link = partner.onboarding(&param).await;
        assert_eq!((&link["state"], &link["why"]), (&json!("failed"), &json!("cancelled_at_facebook")));
        browser.connect(&param, DANA, PAGE_ROASTERY).await;
        assert_eq!(partner.onboarding(&param).await["state"], "finished");
    }

    /// A declined permission is named and can be given after all.
    async fn a_declined_permission_is_asked_for_again(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        let dialog = browser.go_on(&param).await;
        let page = browser.dialog(dialog, DANA, &["pages_messaging"]).await;
        assert_eq!(page.field("rerequest").as_deref(), Some("1"), "{}", page.html);
        let dialog = browser.press(&param, "continue", &[("rerequest", "1")]).await;
        assert!(dialog.url.query().unwrap().contains("rerequest"));
        let picker = browser.dialog(dialog, DANA, &[]).await;
        browser.finish(&param, &picker, PAGE_ROASTERY).await;
        assert_eq!(partner.onboarding(&param).await["state"], "finished");
    }

    /// Nothing to choose from: each cause is told apart.
    async fn each_lack_has_its_cause(world: World) {
        let partner = world.partner("Shop CRM").await;
        for (product, person, why) in
            [(1, NOA, "no_pages"), (2, LIOR, "no_instagram"), (1, TAMAR, "no_usable_asset")]
        {
            let param = partner.link(product).await;
            let page = world.browser().consent(&param, person).await;
            assert!(page.has(&format!("/f/{param}/continue")), "{}", page.html);
            assert_eq!(partner.onboarding(&param).await["why"], why);
        }
    }

    /// What cannot be used is shown, greyed, and cannot be chosen by a forged form.
    async fn an_unusable_asset_cannot_be_chosen(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(2).await;
        let mut browser = world.browser();
        let picker = browser.consent(&param, DANA).await;
        assert!(picker.has("Roastery") || picker.has("roastery"), "{}", picker.html);
        let csrf = picker.field("csrf").unwrap();
        for asset in [PAGE_ROASTERY, PAGE_YOGA, "1", ""] {
            let page = browser.press(&param, "choose", &[("csrf", &csrf), ("asset", asset)]).await;
            assert!(page.has("/choose"), "still the picker for {asset}");
        }
        let page = browser.press(&param, "choose", &[("csrf", "wrong"), ("asset", PAGE_CAFE_AURORA)]).await;
        assert!(page.has("/choose"));
    }

    /// The callback of one browser is worth nothing in another, and used once in its own.
    async fn a_callback_belongs_to_its_browser(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let (mut one, mut other) = (world.browser(), world.browser());
        let dialog = one.go_on(&param).await;
        let state = dialog.url.query_pairs().find(|(k, _)| k == "state").unwrap().1.into_owned();
        let callback = format!("{}/oauth/callback/facebook?code=stolen&state={state}", world.url);
        let refused = other.get(&callback).await;
        assert_eq!(refused.status, 400);
        assert_eq!(partner.onboarding(&param).await["state"], "started");
        let picker = one.dialog(dialog, DANA, &[]).await;
        assert!(picker.has("/choose"));
        let again = one.get(&callback).await;
        assert!(again.has("/choose") && again.url.path() == format!("/f/{param}"), "{}", again.html);
        assert_eq!(one.get(&format!("{}/oauth/callback/facebook?code=x&state=forged", world.url)).await.status, 400);
        assert_eq!(one.get(&format!("{}/oauth/callback/facebook", world.url)).await.status, 400);
    }

    /// A login that took too long starts again, kindly; one of 50 minutes goes on.
    async fn a_slow_login_goes_on_for_an_hour(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        for (minutes, status) in [(50, 200), (61, 400)] {
            let dialog = browser.go_on(&param).await;
            world.pass(Span::minutes(minutes));
            assert_eq!(browser.dialog(dialog, DANA, &[]).await.status, status);
        }
    }

    /// Two clients on one link: the first to confirm finishes it, the other is told so.
    async fn two_clients_make_one_connection(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let (mut one, mut other) = (world.browser(), world.browser());
        let (first, second) = (one.consent(&param, DANA).await, other.consent(&param, DANA).await);
        one.finish(&param, &first, PAGE_CAFE_AURORA).await;
        let csrf = second.field("csrf").unwrap();
        let late = other.press(&param, "choose", &[("csrf", &csrf), ("asset", PAGE_ROASTERY)]).await;
        assert!(!late.has("/confirm"));
        assert_eq!(partner.connections().await.len(), 1);
        assert!(one.open(&param).await.has("/static/close.js"), "the first still sees that it is done");
        assert!(!other.open(&param).await.has("/static/close.js"));
    }

    /// Whoever comes too late leaves no subscription behind on a Page that nobody needs.
    async fn a_late_confirmation_leaves_nothing_behind(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let (mut one, mut other) = (world.browser(), world.browser());
        let (first, second) = (one.consent(&param, DANA).await, other.consent(&param, DANA).await);
        let csrf = second.field("csrf").unwrap();
        other.press(&param, "choose", &[("csrf", &csrf), ("asset", PAGE_ROASTERY)]).await;
        let slow = json!({"match": "POST /*/subscribed_apps", "times": 1, "kind": "slow", "ms": 400});
        world.control("POST", "faults", slow).await;
        let form = [("csrf", csrf.as_str())];
        let (late, _) = futures_util::future::join(
            other.press(&param, "confirm", &form),
            one.finish(&param, &first, PAGE_CAFE_AURORA),
        )
        .await;
        assert!(!late.has("/confirm"), "{}", late.html);
        let connected = partner.connections().await;
        assert_eq!(connected.len(), 1);
        for page in [PAGE_CAFE_AURORA, PAGE_ROASTERY] {
            let needed = connected[0]["page_id"] == page;
            assert_eq!(!world.page_fields(page).await.is_empty(), needed, "{page}");
        }
    }

    /// Confirming many times at once makes one connection and tells of it once.
    async fn confirming_at_once_is_done_once(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        let picker = browser.consent(&param, DANA).await;
        let csrf = picker.field("csrf").unwrap();
        browser.press(&param, "choose", &[("csrf", &csrf), ("asset", PAGE_CAFE_AURORA)]).await;
        let mut many: Vec<_> = (0..10).map(|_| browser.same()).collect();
        let form = [("csrf", csrf.as_str())];
        let pressed = many.iter_mut().map(|b| b.press(&param, "confirm", &form));
        for page in futures_util::future::join_all(pressed).await {
            assert!(page.has("/static/close.js"), "{}", page.html);
        }
        world.deliver().await;
        assert_eq!(endpoint.take().len(), 2);
        assert_eq!(partner.connections().await.len(), 1);
    }

    /// Meta fails at each call in turn: nothing is half-made, and trying again works.
    async fn meta_failing_anywhere_can_be_tried_again(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        for call in ["/oauth/access_token", "/debug_token", "/me/permissions", "/me/accounts"] {
            for kind in [json!({"kind": "error", "code": 2, "http": 503}), json!({"kind": "html"}), json!({"kind": "drop"})] {
                let mut fault = kind;
                fault["match"] = json!(format!("* {call}"));
                fault["times"] = json!(1);
                world.control("POST", "faults", fault).await;
                let page = browser.consent(&param, DANA).await;
                // With a consent in hand it is only looked at again; before, Facebook is asked anew.
                let next = if call == "/me/accounts" { "check" } else { "continue" };
                assert!(page.has(&format!("/f/{param}/{next}")), "{call}: {}", page.html);
                assert_eq!(partner.onboarding(&param).await["state"], "failed");
            }
        }
        let picker = browser.consent(&param, DANA).await;
        let csrf = picker.field("csrf").unwrap();
        browser.press(&param, "choose", &[("csrf", &csrf), ("asset", PAGE_CAFE_AURORA)]).await;
        for _ in 0..2 {
            world.control("POST", "faults", json!({"match": "POST /*/subscribed_apps", "times": 1, "kind": "error", "code": 2, "http": 500})).await;
            let page = browser.press(&param, "confirm", &[("csrf", &csrf)]).await;
            assert!(page.has(&format!("/f/{param}/confirm")), "{}", page.html);
            assert!(partner.connections().await.is_empty());
        }
        let done = browser.press(&param, "confirm", &[("csrf", &csrf)]).await;
        assert!(done.has("/static/close.js"), "{}", done.html);
    }
}
