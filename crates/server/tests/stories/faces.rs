//! How a partner appears to its clients.

use jetbridge::app::branding;
use jetbridge_domain::branding::PictureKind;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA};
use jetbridge_store::logos;
use reqwest::Method;
use serde_json::json;

use crate::support::on_both_engines;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n a picture";

on_both_engines! {
    /// What is set shows on the pages, and is read back; what is cleared is gone.
    async fn a_business_is_set_and_shown(world: World) {
        let partner = world.partner("Shop CRM").await;
        let set = json!({
            "onboarding_message": "Hello & welcome", "onboarding_button": "Let us go",
            "onboarding_success": "All set", "onboarding_failed": "Call 555-0134",
            "display_name": "The Harbour", "locale": "he", "color": "#B00020",
            "success_url": "https://partner.example/yes?a=1&b=2", "failure_url": "https://partner.example/no",
        });
        let (status, answer) =
            partner.call(Method::PATCH, "settings/setBusiness", Some(set.clone())).await;
        assert_eq!((status, &answer["reason"]), (200, &json!(1)));
        let kept = partner.get("settings/getBusiness").await;
        for (name, value) in set.as_object().unwrap() {
            let value = if name == "color" { &json!("#b00020") } else { value };
            assert_eq!((&answer[name], &kept[name]), (value, value), "{name}");
        }
        assert!(answer.get("onboarding_logo").is_none());
        let param = partner.link(1).await;
        let mut browser = world.browser();
        let page = browser.open(&param).await;
        assert!(page.has("<html lang=\"he\""), "the partner's language: {}", page.html);
        for shown in ["The Harbour", "Hello &#38; welcome", "Let us go", "/brand/b00020.css"] {
            assert!(page.has(shown), "{shown}: {}", page.html);
        }
        let css = browser.get(&format!("{}/brand/b00020.css", world.url)).await;
        assert!(css.html.starts_with(":root{--brand:#"), "{}", css.html);
        let dialog = browser.go_on(&param).await;
        let stopped = browser.submit(&dialog, ("action", "cancel"), &[]).await;
        assert!(stopped.has("Call 555-0134") && stopped.has("https://partner.example/no"), "{}", stopped.html);
        let done = browser.connect(&param, DANA, PAGE_CAFE_AURORA).await;
        assert!(done.has("All set") && done.has("https://partner.example/yes?a=1&#38;b=2"), "{}", done.html);

        let clear = json!({"onboarding_message": "", "display_name": " ", "color": null});
        let (_, answer) = partner.call(Method::PATCH, "settings/setBusiness", Some(clear)).await;
        assert_eq!(answer, json!({"status": "OK", "onboarding_message": "", "display_name": "", "reason": 1}));
        let kept = partner.get("settings/getBusiness").await;
        assert!(kept.get("onboarding_message").is_none() && kept.get("display_name").is_none());
        assert_eq!(kept["color"], "#b00020", "null changes nothing");
        let other = world.partner("Other").await.get("settings/getBusiness").await;
        assert_eq!(other, json!({"status": "OK", "reason": 1}));
    }

    /// Each field has its own reason, and a wrong one changes nothing.
    async fn a_wrong_setting_is_named(world: World) {
        let partner = world.partner("Shop CRM").await;
        for (field, value, reason) in [
            ("onboarding_logo", json!("http://a.example/l.png"), 28),
            ("onboarding_logo", json!("https://a.example/l.svg"), 28),
            ("onboarding_logo", json!(7), 28),
            ("onboarding_message", json!("x".repeat(201)), 29),
            ("onboarding_message", json!("a\u{0}b"), 29),
            ("onboarding_button", json!("x".repeat(51)), 30),
            ("onboarding_button", json!("two\nlines"), 30),
            ("onboarding_success", json!("x".repeat(201)), 31),
            ("onboarding_failed", json!(["x"]), 31),
            ("display_name", json!("x".repeat(101)), 50),
            ("locale", json!("english"), 50),
            ("color", json!("red"), 50),
            ("success_url", json!("javascript:alert(1)"), 50),
            ("failure_url", json!("https://u:p@a.example/"), 50),
        ] {
            let body = json!({"onboarding_message": "kept?", field: value});
            let (status, answer) = partner.call(Method::PATCH, "settings/setBusiness", Some(body)).await;
            assert_eq!((status, &answer["reason"], &answer["field"]), (400, &json!(reason), &json!(field)), "{value}");
        }
        assert_eq!(partner.get("settings/getBusiness").await, json!({"status": "OK", "reason": 1}));
        let (status, answer) = partner.call(Method::POST, "settings/setBusiness", Some(json!({}))).await;
        assert_eq!((status, &answer["reason"]), (405, &json!(27)));
        let (status, answer) = partner.call(Method::PATCH, "settings/setBusiness", Some(json!([]))).await;
        assert_eq!((status, &answer["reason"]), (400, &json!(6)));
    }

    /// A logo that leads inside is refused when it is fetched; one that was kept is served from here.
    async fn a_logo_is_served_from_our_own_host(world: World) {
        let partner = world.partner("Shop CRM").await;
        let body = json!({"onboarding_logo": "https://10.0.0.1/l.png"});
        partner.call(Method::PATCH, "settings/setBusiness", Some(body)).await;
        let state = partner.get("settings/getBusiness").await;
        assert_eq!(state["onboarding_logo_state"], "waiting");
        assert_eq!(branding::fetch_due(&world.app).await.unwrap(), 1);
        assert_eq!(branding::fetch_due(&world.app).await.unwrap(), 0, "it is not tried again");
        let state = partner.get("settings/getBusiness").await;
        assert_eq!((&state["onboarding_logo_state"], &state["onboarding_logo_why"]), (&json!("failed"), &json!("address_refused")));

        let own = "https://cdn.example/own.png";
        let made = json!({"type": 1, "logo": own, "message": "for you"});
        let param = partner.post("facebook/createOnboarding", made).await["param"].as_str().unwrap().to_owned();
        let mut browser = world.browser();
        let page = browser.open(&param).await;
        assert!(!page.has("/logo/") && page.has("for you"), "{}", page.html);
        let claimed = world.app.db.write(world.clock.now(), |tx, now| Box::pin(logos::claim(tx, *now, *now, 9)));
        let logo = claimed.await.unwrap().remove(0).0;
        assert_eq!(logo.url.as_str(), own);
        let keep = world.app.db.write(logo.id.clone(), |tx, id| Box::pin(logos::keep(tx, id, PictureKind::Png, PNG)));
        keep.await.unwrap();
        assert!(browser.open(&param).await.has(&format!("/logo/{}", logo.id)));
        let url = format!("{}/logo/{}", world.url, logo.id);
        let served = browser.raw(Method::GET, url.parse().unwrap(), None).await;
        assert_eq!(served.headers()["content-type"], "image/png");
        assert_eq!(served.headers()["content-security-policy"], "default-src 'none'; sandbox");
        assert_eq!(served.bytes().await.unwrap(), PNG);
        for missing in ["lgo_00000000000000000000000000000000", "nonsense", "%ff"] {
            let gone = browser.raw(Method::GET, format!("{}/logo/{missing}", world.url).parse().unwrap(), None).await;
            assert!(gone.status().is_client_error(), "{missing}");
        }
    }

    /// The QR code is a picture of the link's address, and of nothing else.
    async fn a_link_has_a_qr_code(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        let mut svg = async |param: &str| {
            let url = format!("{}/f/{param}.svg", world.url).parse().unwrap();
            let answer = browser.raw(Method::GET, url, None).await;
            let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
            assert!(answer.headers().get("set-cookie").is_none());
            (answer.status().as_u16(), kind, answer.text().await.unwrap())
        };
        let (status, kind, code) = svg(&param).await;
        assert_eq!((status, kind.as_str()), (200, "image/svg+xml"));
        assert!(code.starts_with("<svg") && !code.contains("<script"), "{code}");
        assert_eq!(svg(&param).await.2, code);
        assert_ne!(svg(&partner.link(1).await).await.2, code);
        assert_eq!(svg("nobody").await.0, 404);
    }
}
