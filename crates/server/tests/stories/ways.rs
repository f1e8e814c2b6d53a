//! The other ways through a link: lost and found again, several products, a connection renewed.

use jetbridge_domain::clock::Span;
use jetbridge_sandbox::world::{
    DANA, LIOR, OMER, PAGE_BIKES, PAGE_CAFE_AURORA, PAGE_CERAMICS, PAGE_ROASTERY, TAMAR,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Received, on_both_engines};

fn steps(link: &Value) -> Vec<&str> {
    link["steps"].as_array().unwrap().iter().map(|s| s["step"].as_str().unwrap()).collect()
}

fn names(received: &[Received]) -> Vec<&str> {
    received.iter().map(Received::name).collect()
}

on_both_engines! {
    /// Each way of losing the client has its page, its step, and a way on.
    async fn whoever_is_lost_finds_the_way(world: World) {
        let mut partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let (mut one, mut other) = (world.browser(), world.browser());
        let dialog = one.go_on(&param).await;
        let state = dialog.url.query_pairs().find(|(k, _)| k == "state").unwrap().1.into_owned();
        let callback = format!("{}/oauth/callback/facebook?code=x&state={state}", world.url);
        let lost = other.get(&callback).await;
        assert_eq!((lost.status, lost.url.path()), (400, format!("/f/{param}").as_str()));
        assert!(lost.has("We lost sight of you") && !lost.has(&state), "{}", lost.html);
        let hebrew = other.get(&format!("{}&lang=he", lost.url.as_str().split('#').next().unwrap())).await;
        assert!(hebrew.has("<html lang=\"he\"") && hebrew.has("class=\"button\""), "{}", hebrew.html);
        world.pass(Span::minutes(61));
        let late = one.get(&callback).await;
        assert!(late.status == 400 && late.has("took too long"), "{}", late.html);
        let mut strict = world.browser();
        let refused = strict.press(&param, "continue", &[]).await;
        assert!(refused.url.query().unwrap().contains("without-cookies"));
        assert!(refused.has("<form") && !refused.has("keeps no cookies"), "this browser does keep them, after all");
        let bare = format!("{}/f/{param}?came=without-cookies", world.url);
        let page = world.browser().get(&bare).await;
        assert!(page.status == 400 && page.has("keeps no cookies"), "{}", page.html);
        partner.renew().await;
        let link = partner.onboarding(&param).await;
        let all = ["created", "sent_to_facebook", "other_browser", "login_late", "cookie_missing"];
        assert_eq!(steps(&link), all);
        other.connect(&param, DANA, PAGE_ROASTERY).await;
        assert_eq!(partner.onboarding(&param).await["state"], "finished");
        let over = other.get(&bare).await;
        assert!(over.has("/static/close.js"), "what is over is over, whatever the address says");
    }

    /// Looking again needs no second login: it uses the consent that is there.
    async fn what_was_missing_is_put_right_and_found(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        let page = browser.consent(&param, TAMAR).await;
        assert!(page.has(&format!("/f/{param}/check")), "{}", page.html);
        let csrf = page.field("csrf").unwrap();
        let form = [("csrf", csrf.as_str())];
        assert!(browser.press(&param, "check", &form).await.has("/check"), "nothing has changed");
        world.deliver().await;
        assert_eq!(names(&endpoint.take()), ["onboarding.failed"], "and the partner knows already");
        let yoga = jetbridge_sandbox::world::PAGE_YOGA;
        let role = json!({"tasks": ["MESSAGING", "MODERATE", "MANAGE"]});
        world.control("PUT", &format!("people/{TAMAR}/pages/{yoga}"), role).await;
        let forged = browser.press(&param, "check", &[("csrf", "wrong")]).await;
        assert!(forged.has("/check"), "a form of somebody else's does nothing");
        let picker = browser.press(&param, "check", &form).await;
        assert!(picker.has(&format!("/f/{param}/choose")), "{}", picker.html);
        let link = partner.onboarding(&param).await;
        assert_eq!(link["state"], "started");
        let all = ["created", "sent_to_facebook", "returned", "failed", "checked_again", "checked_again", "choosing"];
        assert_eq!(steps(&link), all);
        assert_eq!(link["steps"][3]["why"], "no_usable_asset");
        browser.finish(&param, &picker, yoga).await;
        assert_eq!(partner.onboarding(&param).await["state"], "finished");
        assert!(browser.press(&param, "check", &form).await.has("/static/close.js"), "too late to look");
    }

    /// Meta's trouble after the consent is waited out with it, and told apart.
    async fn a_busy_meta_is_waited_out(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        for (code, why) in [(4, "meta_busy"), (2, "meta_failing"), (200, "meta_refused")] {
            let fault = json!({"match": "GET /me/accounts", "times": 1, "kind": "error", "code": code});
            world.control("POST", "faults", fault).await;
            let page = browser.consent(&param, DANA).await;
            assert!(page.has(&format!("/f/{param}/check")), "{code}: {}", page.html);
            assert_eq!(partner.onboarding(&param).await["why"], why);
            let csrf = page.field("csrf").unwrap();
            let picker = browser.press(&param, "check", &[("csrf", &csrf)]).await;
            assert!(picker.has(&format!("/f/{param}/choose")), "{code}: {}", picker.html);
        }
        // A consent that is dead is of no use.
        let fault = json!({"match": "GET /me/accounts", "times": 1, "kind": "error", "code": 190, "subcode": 460});
        world.control("POST", "faults", fault).await;
        let page = browser.consent(&param, DANA).await;
        assert!(page.has(&format!("/f/{param}/continue")) && !page.has("/check"), "{}", page.html);
        let left = world.app.db.read((), |tx, ()| Box::pin(async move {
            tx.query_one("SELECT COUNT(*) AS n FROM journeys WHERE stage = 'stopped' AND grant_sealed IS NOT NULL", &[])
                .await?
                .int("n")
        }));
        assert_eq!(left.await.unwrap(), 0);
    }

    /// A second refusal is answered with other words; the partner sees the same cause.
    async fn declining_twice_is_taken_as_an_answer(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        let dialog = browser.go_on(&param).await;
        let page = browser.dialog(dialog, DANA, &["pages_messaging"]).await;
        assert!(page.has("Not everything was allowed"), "{}", page.html);
        let dialog = browser.press(&param, "continue", &[("rerequest", "1")]).await;
        let page = browser.dialog(dialog, DANA, &["pages_messaging"]).await;
        assert!(page.has("still switched off") && page.has("tell <bdi>Shop CRM</bdi>"), "{}", page.html);
        assert_eq!(partner.onboarding(&param).await["why"], "permission_declined");
    }

    /// One consent, several connections, one word that it is done.
    async fn several_products_come_of_one_consent(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let made = partner.post("facebook/createOnboarding", json!({"type": 1, "types": [4, 1, 2]})).await;
        assert_eq!((&made["type"], &made["types"]), (&json!(1), &json!([1, 2, 4])));
        let param = made["param"].as_str().unwrap().to_owned();
        let mut browser = world.browser();
        let done = browser.connect(&param, DANA, PAGE_CAFE_AURORA).await;
        assert!(done.has("/static/close.js"), "{}", done.html);
        world.deliver().await;
        let received = endpoint.take();
        let of = |name: &str| received.iter().filter(|r| r.name() == name).collect::<Vec<_>>();
        assert_eq!((of("connection.created").len(), of("onboarding.completed").len()), (3, 1));
        let data = &of("onboarding.completed")[0].body["data"];
        let types: Vec<_> = data["connections"].as_array().unwrap().iter().map(|c| c["type"].clone()).collect();
        assert_eq!(types, [json!(1), json!(2), json!(4)]);
        assert!(data.get("without").is_none());
        let fields = world.page_fields(PAGE_CAFE_AURORA).await;
        assert!(fields.iter().any(|f| f == "messages") && fields.iter().any(|f| f == "feed"), "{fields:?}");
        for filter in ["type=2", "type=4"] {
            let list = partner.get(&format!("facebook/getOnboardings?{filter}")).await;
            assert_eq!(list["list"][0]["types"], json!([1, 2, 4]), "{filter}");
        }
        assert_eq!(partner.get("facebook/getOnboardings?type=3").await["list"], json!([]));
    }

    /// What an asset cannot carry is left out, shown before confirming, and told to the partner.
    async fn a_product_that_does_not_fit_is_left_out(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let made = partner.post("facebook/createOnboarding", json!({"types": [1, 2]})).await;
        let param = made["param"].as_str().unwrap().to_owned();
        let mut browser = world.browser();
        let picker = browser.consent(&param, DANA).await;
        let csrf = picker.field("csrf").unwrap();
        let confirm = browser.press(&param, "choose", &[("csrf", &csrf), ("asset", PAGE_ROASTERY)]).await;
        assert!(confirm.has("Not included") && confirm.has("No professional Instagram account"), "{}", confirm.html);
        browser.press(&param, "confirm", &[("csrf", &csrf)]).await;
        world.deliver().await;
        let received = endpoint.take();
        let done = received.iter().find(|r| r.name() == "onboarding.completed").unwrap();
        assert_eq!(done.body["data"]["connections"].as_array().unwrap().len(), 1);
        assert_eq!(done.body["data"]["without"], json!([{"type": 2, "why": "no_instagram"}]));
        // The first product is what the link is for.
        let made = partner.post("facebook/createOnboarding", json!({"types": [2, 1]})).await;
        let param = made["param"].as_str().unwrap().to_owned();
        let page = world.browser().consent(&param, LIOR).await;
        assert!(!page.has("/choose"), "{}", page.html);
        assert_eq!(partner.onboarding(&param).await["why"], "no_instagram");
        let _ = PAGE_CERAMICS;
    }

    /// Lists that say two things are refused.
    async fn types_are_one_clear_list(world: World) {
        let partner = world.partner("Shop CRM").await;
        for (body, reason, field) in [
            (json!({"type": 1, "types": []}), 50, "types"),
            (json!({"type": 1, "types": [1, 1]}), 50, "types"),
            (json!({"type": 1, "types": "1,2"}), 50, "types"),
            (json!({"type": 9, "types": [1]}), 37, "type"),
            (json!({"types": null}), 37, "type"),
            (json!({"type": 1, "message": "x".repeat(201)}), 50, "message"),
            (json!({"type": 1, "logo": "http://a.example/l.png"}), 50, "logo"),
            (json!({"type": 1, "success_url": "ftp://a.example/"}), 50, "success_url"),
            (json!({"type": 1, "failure_url": "//a.example/"}), 50, "failure_url"),
            (json!({"type": 1, "reconnect": "con_x"}), 50, "reconnect"),
            (json!({"type": 1, "reconnect": 7}), 50, "reconnect"),
        ] {
            let (status, answer) = partner.call(Method::POST, "facebook/createOnboarding", Some(body.clone())).await;
            assert_eq!((status, &answer["reason"], &answer["field"]), (400, &json!(reason), &json!(field)), "{body}");
        }
    }

    /// A renewal brings back the same asset under the same id, and loses nothing.
    async fn a_connection_is_renewed(world: World) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let first = json!({"type": 1, "reference": "shop-7", "server": "https://inbox.example", "account_id": 12, "inbox_id": 3});
        let param = partner.post("facebook/createOnboarding", first).await["param"].as_str().unwrap().to_owned();
        world.browser().connect(&param, DANA, PAGE_CAFE_AURORA).await;
        let before = partner.connections().await.remove(0);
        let id = before["connection_id"].as_str().unwrap().to_owned();
        world.deliver().await;
        endpoint.take();
        let renewal = json!({"type": 1, "reconnect": id});
        let made = partner.post("facebook/createOnboarding", renewal.clone()).await;
        let param = made["param"].as_str().unwrap().to_owned();
        let link = partner.onboarding(&param).await;
        assert_eq!((&link["reconnect"], &link["reference"]), (&json!(id), &json!("shop-7")));
        let mut browser = world.browser();
        assert!(browser.open(&param).await.has("Reconnect <bdi>Cafe Aurora</bdi>"));
        // Somebody without that Page comes first.
        let page = browser.consent(&param, OMER).await;
        assert!(page.has("This link is for <bdi>Cafe Aurora</bdi>"), "{}", page.html);
        assert_eq!(partner.onboarding(&param).await["why"], "other_asset");
        let mut browser = world.browser();
        let picker = browser.consent(&param, DANA).await;
        let csrf = picker.field("csrf").unwrap();
        for other in [PAGE_ROASTERY, PAGE_BIKES] {
            let page = browser.press(&param, "choose", &[("csrf", &csrf), ("asset", other)]).await;
            assert!(page.has("/choose"), "only the same asset: {other}");
        }
        browser.finish(&param, &picker, PAGE_CAFE_AURORA).await;
        let after = partner.connections().await;
        assert_eq!(after.len(), 1);
        for same in ["connection_id", "reference", "server", "account_id", "inbox_id", "page_id", "create_time", "state"] {
            assert_eq!(after[0][same], before[same], "{same}");
        }
        world.deliver().await;
        assert_eq!(names(&endpoint.take()), ["onboarding.failed", "connection.updated", "onboarding.completed"]);

        for (body, status, reason) in [
            (json!({"type": 2, "reconnect": id}), 400, 50),
            (json!({"types": [1, 2], "reconnect": id}), 400, 50),
            (json!({"type": 1, "reconnect": format!("con_{}", "0".repeat(32))}), 404, 40),
        ] {
            let (answered, answer) = partner.call(Method::POST, "facebook/createOnboarding", Some(body)).await;
            assert_eq!((answered, &answer["reason"]), (status, &json!(reason)), "{answer}");
        }
        let stranger = world.partner("Stranger").await;
        let (status, answer) = stranger.call(Method::POST, "facebook/createOnboarding", Some(renewal)).await;
        assert_eq!((status, &answer["reason"]), (404, &json!(40)));
    }

    /// A connection that ends takes its renewal with it, at whatever step the client is.
    async fn an_ended_connection_is_not_renewed(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        world.browser().connect(&param, DANA, PAGE_CAFE_AURORA).await;
        let id = partner.connections().await[0]["connection_id"].as_str().unwrap().to_owned();
        let renewal = json!({"type": 1, "reconnect": id});
        let made = partner.post("facebook/createOnboarding", renewal.clone()).await;
        let param = made["param"].as_str().unwrap().to_owned();
        let mut browser = world.browser();
        let picker = browser.consent(&param, DANA).await;
        let csrf = picker.field("csrf").unwrap();
        browser.press(&param, "choose", &[("csrf", &csrf), ("asset", PAGE_CAFE_AURORA)]).await;
        let (status, _) =
            partner.call(Method::DELETE, "facebook/deleteConnection", Some(json!({"connection_id": id}))).await;
        assert_eq!(status, 200);
        let page = browser.press(&param, "confirm", &[("csrf", &csrf)]).await;
        assert!(page.has("nothing to renew") && !page.has("<form method"), "{}", page.html);
        assert!(world.browser().open(&param).await.has("nothing to renew"));
        let ended = partner.connections().await;
        assert_eq!((ended.len(), &ended[0]["state"]), (1, &json!("disconnected")));
        let (status, answer) = partner.call(Method::POST, "facebook/createOnboarding", Some(renewal)).await;
        assert_eq!((status, &answer["reason"], &answer["field"]), (400, &json!(50), &json!("reconnect")));
    }
}
