//! The headers and cookies of every page and answer, from one table: what is not in the table must not be sent.

use std::collections::BTreeMap;

use jetbridge_domain::branding::PictureKind;
use jetbridge_domain::clock::Span;
use jetbridge_domain::onboarding::JOURNEY_LIFE;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA, TAMAR};
use jetbridge_store::logos;
use reqwest::Method;
use serde_json::json;

use crate::support::{Browser, Engine, Partner, World};

/// An address that a proxy with TLS would serve.
const OVER_TLS: &str = "https://gateway.example";

const CALLBACK: &str = "/oauth/callback/facebook";

/// What an answer is, and so what it says beside what all of them say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A page for a client.
    Page,
    /// A page's address where there is nothing to show: sent on, or nothing there.
    Bare,
    /// A link's QR code.
    Svg,
    /// A style sheet, script or icon of ours, of this type.
    File(&'static str),
    /// A partner's style sheet.
    Brand,
    /// A partner's picture.
    Logo,
    /// JSON.
    Api,
    /// A word for a program.
    Word,
    /// Nothing but a status, for a program.
    Nothing,
}

/// What a browser is given to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cookie {
    Browser,
    Language,
}

struct Walk {
    world: World,
    tls: bool,
    asked: usize,
}

impl Walk {
    fn expected(&self, kind: Kind) -> BTreeMap<String, String> {
        let mut all = vec![("x-content-type-options", "nosniff".to_owned())];
        if self.tls {
            all.push(("strict-transport-security", "max-age=63072000; includeSubDomains".to_owned()));
        }
        if !matches!(kind, Kind::Api | Kind::Word | Kind::Nothing) {
            all.extend([
                ("referrer-policy", "no-referrer".to_owned()),
                ("x-frame-options", "DENY".to_owned()),
                ("cross-origin-opener-policy", "same-origin".to_owned()),
                ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=()".to_owned()),
            ]);
        }
        let policy = format!(
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self' {}; \
             frame-ancestors 'none'; base-uri 'none'",
            self.world.sandbox
        );
        let day = "public, max-age=86400";
        // Content type, cache, policy, and who may load it.
        let (content, cache, policy, site) = match kind {
            Kind::Page => ("text/html; charset=utf-8", "no-store", policy.as_str(), "same-origin"),
            Kind::Bare => ("", "no-store", policy.as_str(), "same-origin"),
            Kind::Svg => {
                let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
                ("image/svg+xml", "no-store", policy, "cross-origin")
            }
            Kind::File(content) => (content, "public, max-age=300", policy.as_str(), "same-origin"),
            Kind::Brand => ("text/css; charset=utf-8", day, policy.as_str(), "same-origin"),
            Kind::Logo => ("image/png", "public, max-age=3600", "default-src 'none'; sandbox", "same-origin"),
            Kind::Api => ("application/json; charset=utf-8", "no-store", "", ""),
            Kind::Word => ("text/plain; charset=utf-8", "no-store", "", ""),
            Kind::Nothing => ("", "no-store", "", ""),
        };
        all.extend([
            ("content-type", content.to_owned()),
            ("cache-control", cache.to_owned()),
            ("content-security-policy", policy.to_owned()),
            ("cross-origin-resource-policy", site.to_owned()),
        ]);
        all.into_iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| (n.to_owned(), v)).collect()
    }

    fn cookie(&self, cookie: Cookie, value: &str) -> String {
        let (prefix, secure) = if self.tls { ("__Host-", "; Secure") } else { ("", "") };
        let (name, seconds) = match cookie {
            Cookie::Browser => ("browser", JOURNEY_LIFE.as_seconds_up()),
            Cookie::Language => ("lang", 365 * 24 * 3600),
        };
        format!("{prefix}{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
    }

    /// Asks, and fails where anything in the answer's head is not as the table says.
    async fn ask(&mut self, (method, target): (&str, &str), sent: Sent<'_>, row: (u16, Kind, &[Cookie])) {
        let (status, kind, cookies) = row;
        self.asked += 1;
        let what = format!("{method} {target}");
        let mut headers = vec![("Cookie", sent.cookie)];
        headers.extend(sent.more);
        let answer = self.world.wire(method, target, &headers, sent.body).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
        let mut all: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in &answer.headers {
            let transport = ["date", "content-length", "transfer-encoding", "connection"];
            if !transport.contains(&name.as_str()) && name != "set-cookie" {
                assert_eq!(all.insert(name.clone(), value.clone()), None, "{what}: {name} comes twice");
            }
        }
        let id = all.remove("x-request-id").unwrap_or_else(|| panic!("{what}: no request id"));
        assert!(id.starts_with("req_") && id.len() == 28, "{what}: {id}");
        let allow = all.remove("allow");
        assert_eq!(allow.is_some(), status == 405, "{what}: {allow:?}");
        assert_eq!(all.remove("location").is_some(), status == 303, "{what}");
        assert_eq!(all.remove("retry-after").is_some(), status == 429, "{what}");
        if kind == Kind::Api {
            for name in ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"] {
                let value = all.remove(name).unwrap_or_else(|| panic!("{what}: no {name}"));
                assert!(value.parse::<u32>().is_ok(), "{what}: {name}: {value}");
            }
        }
        assert_eq!(all, self.expected(kind), "{what}");
        let given = answer.all("set-cookie");
        assert_eq!(given.len(), cookies.len(), "{what}: {given:?}");
        for (line, cookie) in given.iter().zip(cookies) {
            let value = line.split(';').next().unwrap().split_once('=').unwrap().1;
            if *cookie == Cookie::Browser {
                assert_eq!(value.len(), 43, "{what}: {line}");
            }
            assert_eq!(**line, self.cookie(*cookie, value), "{what}");
        }
    }

    /// Looks at a page that a browser without and with cookies sees alike.
    async fn page(&mut self, target: &str, cookie: &str, status: u16) {
        self.ask(("GET", target), Sent::with(cookie), (status, Kind::Page, &[])).await;
    }

    /// From Continue to the page behind Facebook, as that person.
    async fn consent(&mut self, param: &str, person: &str) -> (Browser, crate::support::Page) {
        let mut browser = self.world.browser();
        let dialog = browser.go_on(param).await;
        let back = browser.way_back(dialog, person).await;
        let back = back.replace(OVER_TLS, &self.world.url);
        self.ask(
            ("GET", &back[self.world.url.len()..].replace("#_=_", "")),
            Sent::with(&browser.cookies()),
            (303, Kind::Bare, &[]),
        )
        .await;
        let page = browser.open(param).await;
        (browser, page)
    }

    /// A link's pages, one after the other.
    async fn link(&mut self, partner: &Partner) {
        let param = partner.link(1).await;
        let link = format!("/f/{param}");
        let fresh = Sent::default();
        self.ask(("GET", &link), fresh, (200, Kind::Page, &[Cookie::Browser])).await;
        self.ask(
            ("GET", &format!("{link}?lang=he")),
            fresh,
            (200, Kind::Page, &[Cookie::Language, Cookie::Browser]),
        )
        .await;
        self.ask(("HEAD", &link), fresh, (200, Kind::Page, &[Cookie::Browser])).await;
        self.ask(("GET", &format!("{link}.svg")), fresh, (200, Kind::Svg, &[])).await;
        self.ask(("GET", &format!("{link}?came=late")), fresh, (400, Kind::Page, &[Cookie::Browser])).await;
        let mut known = self.world.browser();
        known.open(&param).await;
        let cookie = known.cookies();
        self.page(&link, &cookie, 200).await;
        self.page(&format!("{link}?came=other-browser"), &cookie, 400).await;
        self.ask(
            ("GET", &format!("{link}?lang=ar")),
            Sent::with(&cookie),
            (200, Kind::Page, &[Cookie::Language]),
        )
        .await;
        self.ask(("PUT", &link), Sent::with(&cookie), (405, Kind::Bare, &[])).await;
        for form in ["continue", "choose", "back", "check", "confirm"] {
            let target = format!("{link}/{form}");
            self.ask(("GET", &target), Sent::with(&cookie), (303, Kind::Bare, &[])).await;
            // Only Continue renews the cookie, or gives one to a browser that came without.
            let given: &[Cookie] = if form == "continue" { &[Cookie::Browser] } else { &[] };
            for cookie in ["", cookie.as_str()] {
                self.ask(("POST", &target), Sent::with(cookie), (303, Kind::Bare, given)).await;
            }
            let elsewhere = Sent { more: &[("Sec-Fetch-Site", "cross-site")], ..Sent::with(&cookie) };
            self.ask(("POST", &target), elsewhere, (303, Kind::Bare, &[])).await;
        }
        let (browser, page) = self.consent(&param, TAMAR).await;
        assert!(page.has("/check"), "{}", page.html);
        self.page(&link, &browser.cookies(), 200).await;
        let (mut browser, picker) = self.consent(&param, DANA).await;
        self.page(&link, &browser.cookies(), 200).await;
        let csrf = picker.field("csrf").unwrap();
        let confirm = browser.press(&param, "choose", &[("csrf", &csrf), ("asset", PAGE_CAFE_AURORA)]).await;
        assert!(confirm.has("/confirm"));
        self.page(&link, &browser.cookies(), 200).await;
        let done = browser.press(&param, "confirm", &[("csrf", &csrf)]).await;
        assert!(done.has("/static/close.js"), "{}", done.html);
        self.page(&link, &browser.cookies(), 200).await;
        // For others it is over, and they are given nothing.
        self.page(&link, "", 200).await;
        self.page(&link, &cookie, 200).await;
        self.over(partner).await;
    }

    async fn over(&mut self, partner: &Partner) {
        let cancelled = partner.link(1).await;
        partner.call(Method::DELETE, "facebook/deleteOnboarding", Some(json!({"param": cancelled}))).await;
        let made = partner.post("facebook/createOnboarding", json!({"type": 1, "expires_in": 60})).await;
        let expired = made["param"].as_str().unwrap().to_owned();
        self.world.pass(Span::minutes(2));
        for param in [cancelled, expired] {
            self.page(&format!("/f/{param}"), "", 410).await;
            self.ask(("POST", &format!("/f/{param}/confirm")), Sent::default(), (303, Kind::Bare, &[])).await;
        }
    }

    /// What no link has to do with.
    async fn beside(&mut self, partner: &Partner) {
        for target in [
            "/",
            "/nowhere",
            "/f/nobody",
            "/f/nobody.svg",
            "/f/%ff",
            "/f/a/b",
            "/index.php",
            "/apix",
            "/static",
        ] {
            self.page(target, "", 404).await;
        }
        self.ask(("GET", "/nowhere?lang=he"), Sent::default(), (404, Kind::Page, &[Cookie::Language])).await;
        self.page(&format!("{CALLBACK}?state=x&code=x"), "", 400).await;
        self.page(CALLBACK, "", 400).await;
        self.ask(("POST", CALLBACK), Sent::default(), (405, Kind::Bare, &[])).await;
        for (name, kind) in [
            ("app.css", "text/css; charset=utf-8"),
            ("close.js", "text/javascript; charset=utf-8"),
            ("icon.svg", "image/svg+xml"),
        ] {
            self.ask(("GET", &format!("/static/{name}")), Sent::default(), (200, Kind::File(kind), &[]))
                .await;
        }
        self.ask(("GET", "/brand/b00020.css"), Sent::default(), (200, Kind::Brand, &[])).await;
        for target in [
            "/static/nothing.js",
            "/brand/red.css",
            "/brand/b00020",
            "/logo/nothing",
            "/logo/lgo_00000000000000000000000000000000",
        ] {
            self.ask(("GET", target), Sent::default(), (404, Kind::Bare, &[])).await;
        }
        let own = "https://cdn.example/own.png";
        partner.post("facebook/createOnboarding", json!({"type": 1, "logo": own})).await;
        let claim = self
            .world
            .app
            .db
            .write(self.world.clock.now(), |tx, now| Box::pin(logos::claim(tx, *now, *now, 9)));
        let id = claim.await.unwrap().remove(0).0.id;
        let keep = self
            .world
            .app
            .db
            .write(id.clone(), |tx, id| Box::pin(logos::keep(tx, id, PictureKind::Png, b"\x89PNG")));
        keep.await.unwrap();
        self.ask(("GET", &format!("/logo/{id}")), Sent::default(), (200, Kind::Logo, &[])).await;
        for target in ["/healthz", "/readyz"] {
            self.ask(("GET", target), Sent::default(), (200, Kind::Word, &[])).await;
        }
        let challenge = |token: &str| {
            format!("/meta/webhook?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1")
        };
        self.ask(("GET", &challenge("a-verify-token")), Sent::default(), (200, Kind::Word, &[])).await;
        self.ask(("GET", &challenge("wrong")), Sent::default(), (403, Kind::Nothing, &[])).await;
        let unsigned = Sent { body: "{}", ..Sent::default() };
        self.ask(("POST", "/meta/webhook"), unsigned, (403, Kind::Nothing, &[])).await;
        self.ask(("DELETE", "/meta/webhook"), Sent::default(), (405, Kind::Nothing, &[])).await;
    }

    /// The API: no cookie is read or set, and no other site's script may read an answer.
    async fn api(&mut self, partner: &Partner) {
        let bearer = format!("Bearer {}", partner.token);
        let named: &[(&str, &str)] = &[("Authorization", &bearer), ("Origin", "https://evil.example")];
        let known = Sent {
            more: named,
            ..Sent::with("browser=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA; lang=he")
        };
        let (right, wrong) = (
            json!({"client_id": partner.client_id, "client_secret": partner.client_secret}).to_string(),
            json!({"client_id": partner.client_id, "client_secret": "wrong"}).to_string(),
        );
        for (method, path, sent, status) in [
            ("POST", "/settings/accessToken", Sent { body: &right, ..Sent::default() }, 200),
            ("POST", "/settings/accessToken", Sent { body: &wrong, ..Sent::default() }, 401),
            ("POST", "/settings/accessToken", Sent { body: "no JSON", ..Sent::default() }, 400),
            ("GET", "/settings/getWebhook", known, 200),
            ("HEAD", "/settings/getWebhook", known, 200),
            ("GET", "/settings/getWebhook", Sent::default(), 401),
            ("GET", "/facebook/getOnboardings?limit=x", known, 400),
            ("GET", "/facebook/getOnboarding?param=nobody", known, 404),
            ("POST", "/facebook/createOnboarding", Sent { body: "{\"type\":1}", ..known }, 200),
            ("POST", "/facebook/createOnboarding", Sent { body: "[]", ..known }, 400),
            ("GET", "/facebook/createOnboarding", known, 405),
            ("OPTIONS", "/facebook/createOnboarding", known, 405),
            ("GET", "/nowhere", known, 404),
            ("GET", "/", known, 404),
            ("GET", "", known, 404),
        ] {
            self.ask((method, &format!("/api{path}")), sent, (status, Kind::Api, &[])).await;
        }
        for _ in 0..10 {
            partner.ask_token("wrong").await;
        }
        let tries = Sent { body: &right, ..Sent::default() };
        self.ask(("POST", "/api/settings/accessToken"), tries, (429, Kind::Api, &[])).await;
    }

    /// A failure of ours says no more and no less.
    async fn broken(&mut self, partner: &Partner) {
        let param = partner.link(1).await;
        let bearer = format!("Bearer {}", partner.token);
        let named: &[(&str, &str)] = &[("Authorization", &bearer)];
        self.world.rows("ALTER TABLE links RENAME TO gone").await;
        self.page(&format!("/f/{param}"), "", 500).await;
        self.page(&format!("/f/{param}.svg"), "", 500).await;
        let listed = Sent { more: named, ..Sent::default() };
        self.ask(("GET", "/api/facebook/getOnboardings"), listed, (500, Kind::Api, &[])).await;
        self.world.rows("ALTER TABLE gone RENAME TO links").await;
        let cookies = [("__Host-browser", self.tls), ("browser", !self.tls)];
        for (name, known) in cookies {
            let cookie = format!("{name}={}", "A".repeat(43));
            let given: &[Cookie] = if known { &[] } else { &[Cookie::Browser] };
            self.ask(("GET", &format!("/f/{param}")), Sent::with(&cookie), (200, Kind::Page, given)).await;
        }
    }
}

/// What is sent with a request.
#[derive(Debug, Clone, Copy, Default)]
struct Sent<'a> {
    cookie: &'a str,
    more: &'a [(&'a str, &'a str)],
    body: &'a str,
}

impl<'a> Sent<'a> {
    fn with(cookie: &'a str) -> Self {
        Self { cookie, ..Self::default() }
    }
}

async fn walk(engine: Engine, tls: bool) {
    let more: &[(&str, &str)] = if tls { &[("PUBLIC_URL", OVER_TLS)] } else { &[] };
    let world = World::start_with(engine, more).await;
    if tls {
        let ours = json!({"redirect_uris": [format!("{OVER_TLS}{CALLBACK}")]});
        world.control("PUT", "app", ours).await;
    }
    let partner = world.partner("Shop CRM").await;
    let mut walk = Walk { world, tls, asked: 0 };
    walk.link(&partner).await;
    walk.beside(&partner).await;
    walk.broken(&partner).await;
    walk.api(&partner).await;
    assert!(walk.asked > 90, "only {} answers were looked at", walk.asked);
}

/// Each answer's head, without TLS and with it, on both engines.
macro_rules! walks {
    ($($name:ident: $engine:ident, $tls:literal;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            walk(Engine::$engine, $tls).await;
        }
    )*};
}

walks! {
    sqlite_in_the_clear: Sqlite, false;
    sqlite_over_tls: Sqlite, true;
    postgres_in_the_clear: Postgres, false;
    postgres_over_tls: Postgres, true;
}
