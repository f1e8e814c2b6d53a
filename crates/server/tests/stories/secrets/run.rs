//! The run through every flow: what is done, refused and broken on the way.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::Request;
use jetbridge::app::partners;
use jetbridge::http::router::{Web, router};
use jetbridge_domain::clock::Span;
use jetbridge_domain::entropy::Entropy;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA, PAGE_ROASTERY, TAMAR};
use reqwest::Method;
use serde_json::json;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::VERIFY_TOKEN;
use super::evidence::Place::{Answer, Head};
use super::evidence::{Seen, template};
use crate::support::{Browser, Call, Door, Front, Partner, Received, World};

/// A secret that occurs nowhere else.
pub(super) fn unique() -> String {
    Entropy::system().token().unwrap()
}

/// 32 random bytes as the configuration takes them.
pub(super) fn unique_key() -> String {
    format!("{}A=", unique()[..42].replace('-', "+").replace('_', "/"))
}

/// One run through everything.
pub(super) struct Run {
    pub(super) world: World,
    pub(super) door: Door,
    pub(super) front: Front,
    pub(super) partner: Partner,
    pub(super) secrets: Vec<(&'static str, String)>,
    pub(super) webhooks: Vec<Received>,
}

impl Run {
    pub(super) fn know(&mut self, kind: &'static str, secret: &str) {
        self.secrets.push((kind, secret.to_owned()));
    }

    /// The partner's credentials, tokens and refusals.
    pub(super) async fn credentials(&mut self) {
        let wrong = unique();
        self.know("client secret", &self.partner.client_secret.clone());
        self.know("wrong client secret", &wrong);
        assert_eq!(self.partner.ask_token(&wrong).await.0, 401);
        let new = partners::rotate_secret(&self.world.app, &self.partner.client_id).await.unwrap().unwrap();
        let old = std::mem::replace(&mut self.partner.client_secret, new.client_secret.expose().to_owned());
        assert_eq!(self.partner.ask_token(&old).await.0, 401);
        self.know("rotated client secret", &self.partner.client_secret.clone());
        self.partner.renew().await;
        let wrong = unique();
        self.know("wrong access token", &wrong);
        let right = std::mem::replace(&mut self.partner.token, wrong);
        for path in
            ["settings/getWebhook", "facebook/getConnections", "facebook/getOnboardings?limit=x", "nowhere"]
        {
            assert!(self.partner.call(Method::GET, path, None).await.0 >= 400);
        }
        self.partner.token = right;
        let wrong = unique();
        self.know("wrong verify token", &wrong);
        for (token, status) in [(VERIFY_TOKEN, 200), (wrong.as_str(), 403)] {
            let target = format!("/meta/webhook?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1");
            assert_eq!(self.world.wire("GET", &target, &[], "").await.status, status);
        }
        self.world.wire("POST", "/meta/webhook", &[("X-Hub-Signature-256", "sha256=00")], "{}").await;
    }

    /// A client's way with every detour.
    pub(super) async fn journey(&mut self) {
        let endpoint = self.partner.endpoint().await;
        self.know("signing secret", endpoint.secret.trim_start_matches("whsec_"));
        let body = json!({"type": 1, "reference": "shop-7"});
        let key = "a-key";
        let made = self.partner.post_with_key("facebook/createOnboarding", &body, key).await.1;
        assert_eq!(self.partner.post_with_key("facebook/createOnboarding", &body, key).await.1, made);
        let param = made["param"].as_str().unwrap().to_owned();
        let mut browser = self.world.browser();
        let dialog = browser.go_on(&param).await;
        browser.submit(&dialog, ("action", "cancel"), &[]).await;
        let dialog = browser.go_on(&param).await;
        browser.dialog(dialog, DANA, &["pages_messaging"]).await;
        let dialog = browser.press(&param, "continue", &[("rerequest", "1")]).await;
        browser.dialog(dialog, DANA, &[]).await;
        browser.consent(&param, TAMAR).await;
        let mut other = self.world.browser();
        let dialog = browser.go_on(&param).await;
        let back = browser.way_back(dialog, DANA).await;
        assert_eq!(other.get(&back).await.status, 400);
        self.world.pass(Span::minutes(61));
        assert_eq!(browser.get(&back).await.status, 400);
        self.partner.renew().await;
        self.quoting(&param).await;
        let picker = browser.consent(&param, DANA).await;
        let wrong = unique();
        self.know("wrong csrf", &wrong);
        browser.press(&param, "choose", &[("csrf", &wrong), ("asset", PAGE_CAFE_AURORA)]).await;
        assert!(browser.finish(&param, &picker, PAGE_CAFE_AURORA).await.has("/static/close.js"));
        endpoint.will_answer(&[500]);
        self.world.deliver().await;
        self.world.pass(Span::minutes(6));
        self.world.deliver().await;
        self.webhooks.extend(endpoint.take());
        for path in ["getConnections", "getOnboardings", &format!("getOnboarding?param={param}")] {
            self.partner.get(&format!("facebook/{path}")).await;
        }
        let rotate =
            self.partner.post_with_key("settings/rotateWebhookSecret", &json!({}), "another-key").await.1;
        self.know("rotated signing secret", rotate["secret"].as_str().unwrap().trim_start_matches("whsec_"));
    }

    /// Meta repeats in its errors all that it was told, in every form that an error has.
    async fn quoting(&mut self, param: &str) {
        let paths = ["/oauth/access_token", "/debug_token", "/me/permissions", "/me/accounts"];
        for path in paths {
            for form in 0..4 {
                self.door.will_answer(path, 1, move |call| quoted(call, form));
                let page = self.world.browser().consent(param, DANA).await;
                assert!(!page.has("/choose"), "{path}: {}", page.html);
            }
        }
        let page: &'static str = Box::leak(format!("/{PAGE_CAFE_AURORA}").into_boxed_str());
        for path in [page, "/debug_token", "/subscribed_apps"] {
            for form in 0..4 {
                let mut browser = self.world.browser();
                let csrf = browser.consent(param, DANA).await.field("csrf").unwrap();
                browser.press(param, "choose", &[("csrf", &csrf), ("asset", PAGE_CAFE_AURORA)]).await;
                self.door.will_answer(path, 1, move |call| quoted(call, form));
                let page = browser.press(param, "confirm", &[("csrf", &csrf)]).await;
                assert!(!page.has("/static/close.js"), "{path}: {}", page.html);
            }
        }
        assert_eq!(self.door.waiting(), 0, "each of Meta's errors was heard");
    }

    /// A connection is ended, with Meta's words passed on to the partner.
    pub(super) async fn ending(&mut self) {
        let connection = self.partner.connections().await.remove(0);
        let body = json!({"connection_id": connection["connection_id"]});
        // Only a refusal that stays one lets the connection end all the same.
        for (form, expected) in [(3, 502), (1, 503), (2, 503), (0, 200)] {
            self.door.will_answer("/subscribed_apps", 1, move |call| quoted(call, form));
            let (status, answer) =
                self.partner.call(Method::DELETE, "facebook/deleteConnection", Some(body.clone())).await;
            assert_eq!(status, expected, "{answer}");
            if form == 3 {
                assert!(answer["meta"]["message"].as_str().unwrap().contains("[secret]"), "{answer}");
            }
        }
    }

    /// Everything that the database can refuse, asked while it refuses.
    pub(super) async fn broken(&mut self) {
        let all = [
            "links",
            "link_steps",
            "journeys",
            "connections",
            "endpoints",
            "access_tokens",
            "partners",
            "guesses",
            "events",
            "idempotency",
        ];
        let sqlite = self.world.database.starts_with("sqlite:");
        for table in all {
            let (mut browser, param, csrf, back) = self.halfway().await;
            self.world.rows(&format!("ALTER TABLE {table} RENAME TO gone")).await;
            let failed = self.poke(&mut browser, &param, &csrf, &back).await;
            self.world.rows(&format!("ALTER TABLE gone RENAME TO {table}")).await;
            assert!(failed > 0, "nothing failed without {table}");
            // PostgreSQL quotes the row that a constraint refuses.
            let (break_it, mend_it) = if sqlite {
                let event = |when: &str| {
                    format!(
                        "CREATE TRIGGER no_{when} BEFORE {when} ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END"
                    )
                };
                (
                    vec![event("INSERT"), event("UPDATE")],
                    vec!["DROP TRIGGER no_INSERT".to_owned(), "DROP TRIGGER no_UPDATE".to_owned()],
                )
            } else {
                (
                    vec![format!("ALTER TABLE {table} ADD CONSTRAINT no CHECK (false) NOT VALID")],
                    vec![format!("ALTER TABLE {table} DROP CONSTRAINT no")],
                )
            };
            let (mut browser, param, csrf, back) = self.halfway().await;
            for sql in break_it {
                self.world.rows(&sql).await;
            }
            let failed = self.poke(&mut browser, &param, &csrf, &back).await;
            for sql in mend_it {
                self.world.rows(&sql).await;
            }
            assert!(failed > 0 || table == "partners", "nothing failed with a closed {table}");
        }
    }

    /// A browser that can confirm, and whose next callback is on its way.
    async fn halfway(&self) -> (Browser, String, String, String) {
        let (param, mut browser) = (self.partner.link(3).await, self.world.browser());
        let csrf = browser.consent(&param, DANA).await.field("csrf").unwrap();
        browser.press(&param, "choose", &[("csrf", &csrf), ("asset", PAGE_ROASTERY)]).await;
        let second = self.partner.link(1).await;
        let mut beside = browser.same();
        let dialog = beside.go_on(&second).await;
        let back = beside.way_back(dialog, DANA).await;
        (browser, param, csrf, back)
    }

    /// One of everything; answers how many failed on our side.
    async fn poke(&self, browser: &mut Browser, param: &str, csrf: &str, back: &str) -> usize {
        let mut failed = 0;
        let (right, wrong) = (self.partner.client_secret.clone(), unique());
        for secret in [right, wrong] {
            failed += usize::from(self.partner.ask_token(&secret).await.0 >= 500);
        }
        for (method, path, body) in [
            (Method::GET, "facebook/getConnections", None),
            (Method::GET, "facebook/getOnboardings", None),
            (Method::POST, "facebook/createOnboarding", Some(json!({"type": 1}))),
            (Method::POST, "settings/setWebhook", Some(json!({"url": "https://a.example/hook"}))),
            (Method::POST, "settings/rotateWebhookSecret", Some(json!({}))),
        ] {
            failed += usize::from(self.partner.call(method, path, body).await.0 >= 500);
        }
        let keyed = self.partner.post_with_key("settings/rotateWebhookSecret", &json!({}), &unique()).await;
        failed += usize::from(keyed.0 >= 500);
        failed += usize::from(browser.get(back).await.status >= 500);
        failed += usize::from(browser.open(param).await.status >= 500);
        for form in ["confirm", "back", "check", "continue"] {
            failed += usize::from(browser.press(param, form, &[("csrf", csrf)]).await.status >= 500);
        }
        failed
    }

    /// A panic in the middle of a call, and in the middle of a form.
    pub(super) async fn panics(&self) -> Vec<Seen> {
        let web = router(Web::new(self.world.app.clone(), CancellationToken::new()));
        let param = self.partner.link(1).await;
        let mut browser = self.world.browser();
        browser.open(&param).await;
        let mut all = Vec::new();
        for target in ["/api/facebook/createOnboarding".to_owned(), format!("/f/{param}/confirm")] {
            let body = Body::from_stream(futures_util::stream::once(async {
                assert!(std::hint::black_box(false), "planned by the story");
                Ok::<_, std::io::Error>(Bytes::new())
            }));
            let request = Request::post(&target)
                .header("authorization", format!("Bearer {}", self.partner.token))
                .header("cookie", browser.cookies());
            let answer = web.clone().oneshot(request.body(body).unwrap()).await.unwrap();
            assert_eq!(answer.status(), 500);
            let head = format!("{:?}", answer.headers());
            let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
            let text = String::from_utf8_lossy(&body).into_owned();
            assert!(text.contains("\"reason\":9") && head.contains("nosniff"), "{head} {text}");
            let label = format!("a panic at {}", template(&target));
            all.push(Seen::new(Head, &label, head));
            all.push(Seen::new(Answer, &label, text));
        }
        all
    }
}

/// An answer of Meta's that repeats the call: three kinds of refusal, and what is no JSON.
fn quoted(call: &Call, form: usize) -> (u16, String) {
    let words = format!("no: {} {} {}", call.authorization, call.query, call.body);
    let mut error = json!({"message": words, "type": words, "code": 100, "error_user_title": words,
        "error_user_msg": words, "fbtrace_id": call.authorization});
    match form {
        0 => (400, json!({"error": error}).to_string()),
        1 => (500, format!("<html><body>{words}</body></html>")),
        2 => (200, json!({"access_token": {"was": words}, "data": words, "success": words}).to_string()),
        _ => {
            error["is_transient"] = json!(true);
            error["code"] = json!(2);
            (500, json!({"error": error}).to_string())
        }
    }
}
