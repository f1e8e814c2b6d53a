//! What must not leak, and what must not start.
//!
//! One story goes through every flow with secrets that occur nowhere else, and through refusals, Meta's errors,
//! the database's and a panic. Everything that came out is then searched for all of them: logs, answers, pages,
//! addresses, webhooks, the database's bytes. A table says where each may be, and must have been.

use std::collections::{BTreeSet, HashMap};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::Request;
use jetbridge::app::context::StartError;
use jetbridge::app::partners;
use jetbridge::http::router::{Web, router};
use jetbridge_domain::clock::Span;
use jetbridge_domain::entropy::Entropy;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA, PAGE_ROASTERY, TAMAR};
use reqwest::Method;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::support::{
    Browser, Call, Door, Engine, Exchange, Front, Logs, Partner, Received, World, on_both_engines,
};

const APP_SECRET: &str = "0123456789abcdef0123456789abcdef";
const VERIFY_TOKEN: &str = "a-verify-token-of-this-story-alone";
const CALLBACK: &str = "/oauth/callback/facebook";

on_both_engines! {
    /// With other keys or another pepper the program refuses to start on a database.
    async fn wrong_keys_refuse_to_start(world: World) {
        let (key, pepper) = (format!("1:{}=", "C".repeat(42) + "A"), format!("{}=", "D".repeat(42) + "A"));
        let wrong = world.reopen(&[("SECRETS_KEYS", &key)]).await;
        assert!(matches!(wrong, Err(StartError::WrongKeys)));
        let wrong = world.reopen(&[("SECRETS_PEPPER", &pepper)]).await;
        assert!(matches!(wrong, Err(StartError::WrongPepper)));
        let rotated = format!("2:{}=,1:{}=", "C".repeat(42) + "A", "A".repeat(43));
        assert!(world.reopen(&[("SECRETS_KEYS", &rotated)]).await.is_ok());
    }
}

/// Where a text was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The address that was asked for.
    Target,
    /// What was sent with it: headers and body.
    Asked,
    /// `Location`.
    Location,
    /// `Set-Cookie`.
    Kept,
    /// Any other header of an answer.
    Head,
    /// A page's text.
    Page,
    /// An answer of the API.
    Answer,
    /// A webhook to the partner.
    Webhook,
    /// An address at Meta.
    MetaTarget,
    /// What was sent to Meta beside it.
    MetaAsked,
    /// What Meta answered.
    MetaAnswer,
    /// A log line.
    Log,
    /// The database.
    Database,
}

use Place::{
    Answer, Asked, Database, Head, Kept, Location, Log, MetaAnswer, MetaAsked, MetaTarget, Page, Target,
    Webhook,
};

struct Seen {
    place: Place,
    label: String,
    text: String,
}

/// Each kind of secret, and where it may be: the place, and how its label begins. It must have been in the first.
const TABLE: &[(&str, &[(Place, &str)])] = &[
    ("client secret", &[(Asked, "POST /api/settings/accessToken")]),
    ("rotated client secret", &[(Asked, "POST /api/settings/accessToken")]),
    ("wrong client secret", &[(Asked, "POST /api/settings/accessToken")]),
    (
        "access token",
        &[
            (Answer, "POST /api/settings/accessToken"),
            (Asked, "POST /api/"),
            (Asked, "GET /api/"),
            (Asked, "DELETE /api/"),
        ],
    ),
    ("wrong access token", &[(Asked, "GET /api/")]),
    (
        "signing secret",
        &[(Answer, "POST /api/settings/setWebhook"), (Answer, "POST /api/settings/rotateWebhookSecret")],
    ),
    ("rotated signing secret", &[(Answer, "POST /api/settings/rotateWebhookSecret")]),
    ("app secret", &[(MetaAsked, ""), (MetaAnswer, "")]),
    ("verify token", &[(Target, "GET /meta/webhook")]),
    ("wrong verify token", &[(Target, "GET /meta/webhook")]),
    ("token of Meta's", &[(MetaAnswer, ""), (MetaAsked, "")]),
    ("proof of a token", &[(MetaAsked, ""), (MetaTarget, ""), (MetaAnswer, "")]),
    (
        "code",
        &[
            (Target, "GET /oauth/callback/facebook"),
            (MetaAsked, "POST /oauth/access_token"),
            (MetaAnswer, ""),
        ],
    ),
    ("state", &[(Location, "to the dialog: POST /f/*/continue"), (Target, "GET /oauth/callback/facebook")]),
    (
        "param",
        &[
            (Answer, "POST /api/facebook/createOnboarding"),
            (Answer, "GET /api/facebook/get"),
            (Target, "GET /f/*"),
            (Target, "POST /f/*/"),
            (Target, "GET /api/facebook/getOnboarding"),
            (Location, "to a link: "),
            (Page, "GET /f/*"),
            (Page, "POST /f/*/"),
            (Webhook, ""),
        ],
    ),
    (
        "browser",
        &[
            (Kept, "GET /f/*"),
            (Kept, "POST /f/*/continue"),
            (Asked, "GET /f/*"),
            (Asked, "POST /f/*/"),
            (Asked, "GET /oauth/callback/facebook"),
        ],
    ),
    ("csrf", &[(Page, "GET /f/*"), (Asked, "POST /f/*/")]),
    ("wrong csrf", &[(Asked, "POST /f/*/")]),
    ("sealing key", &[]),
    ("pepper", &[]),
];

/// How a secret may be written.
fn forms(secret: &str) -> Vec<String> {
    let bytes = secret.as_bytes();
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    let encoded: String = url::form_urlencoded::byte_serialize(bytes).collect();
    let listed: Vec<String> = bytes.iter().take(16).map(u8::to_string).collect();
    let mut all = vec![secret.to_owned(), hex, encoded, listed.join(", ")];
    if secret.len() >= 32 {
        // A half is too much as well.
        all.extend([secret[..20].to_owned(), secret[secret.len() - 20..].to_owned()]);
    }
    all.dedup();
    all
}

/// A path without what is secret in it.
fn template(target: &str) -> String {
    let path = target.split('?').next().unwrap();
    let Some(rest) = path.strip_prefix("/f/") else { return path.to_owned() };
    let behind = rest.find(['/', '.']).map_or("", |at| &rest[at..]);
    format!("/f/*{behind}")
}

fn of_exchange(e: &Exchange, dialog: &str) -> Vec<Seen> {
    let label = format!("{} {}", e.method, template(&e.target));
    let asked =
        |pairs: &[(String, String)]| pairs.iter().map(|(n, v)| format!("{n}: {v}\n")).collect::<String>();
    let mut all = vec![
        Seen { place: Target, label: label.clone(), text: e.target.clone() },
        Seen { place: Asked, label: label.clone(), text: format!("{}\n{}", asked(&e.asked), e.form) },
    ];
    for (name, value) in &e.headers {
        let (place, label) = match name.as_str() {
            "location" if value.starts_with(dialog) => (Location, format!("to the dialog: {label}")),
            "location" if value.starts_with("/f/") => (Location, format!("to a link: {label}")),
            "location" => (Location, format!("elsewhere: {label}")),
            "set-cookie" => (Kept, label.clone()),
            _ => (Head, label.clone()),
        };
        all.push(Seen { place, label, text: value.clone() });
    }
    let place = if e.target.starts_with("/api") { Answer } else { Page };
    all.push(Seen { place, label, text: e.body.clone() });
    all
}

fn of_call(call: &Call) -> [Seen; 3] {
    let label = format!("{} {}", call.method, call.path);
    let seen = |place, text: String| Seen { place, label: label.clone(), text };
    [
        seen(MetaTarget, format!("{}?{}", call.path, call.query)),
        seen(MetaAsked, format!("{}\n{}", call.authorization, call.body)),
        seen(MetaAnswer, call.answer.clone()),
    ]
}

fn of_webhook(webhook: &Received) -> Seen {
    let body = String::from_utf8_lossy(&webhook.raw).into_owned();
    Seen { place: Webhook, label: webhook.name().to_owned(), text: format!("{:?}\n{body}", webhook.headers) }
}

/// The database as whoever steals it has it: every value, and with SQLite every byte of its files.
async fn of_database(world: &World) -> Vec<Seen> {
    let seen = |label: &str, text| Seen { place: Database, label: label.to_owned(), text };
    let mut all = vec![seen("rows", world.state().await.text())];
    if let Some(path) = world.database.strip_prefix("sqlite:") {
        for file in ["", "-wal", "-shm"] {
            let bytes = std::fs::read(format!("{path}{file}")).unwrap();
            all.push(seen(file, String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    all
}

/// Every value under `name` in a JSON, at any depth.
fn values(json: &Value, name: &str, into: &mut BTreeSet<String>) {
    match json {
        Value::Object(fields) => {
            for (key, value) in fields {
                if let (true, Some(text)) = (key == name, value.as_str()) {
                    into.insert(text.to_owned());
                }
                values(value, name, into);
            }
        }
        Value::Array(list) => list.iter().for_each(|value| values(value, name, into)),
        _ => {}
    }
}

fn query(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1.split('#').next()?;
    url::form_urlencoded::parse(query.as_bytes()).find(|(n, _)| n == name).map(|(_, v)| v.into_owned())
}

/// What the flows brought to light: everything that was made on the way and is secret.
fn found(exchanges: &[Exchange], calls: &[Call]) -> Vec<(&'static str, String)> {
    let mut all = BTreeSet::new();
    for e in exchanges {
        for (name, value) in &e.headers {
            if name == "location" {
                all.extend(query(value, "state").map(|s| ("state", s)));
            }
            if let ("set-cookie", Some(rest)) = (name.as_str(), value.strip_prefix("browser=")) {
                all.insert(("browser", rest.split(';').next().unwrap().to_owned()));
            }
        }
        if e.target.starts_with(CALLBACK) && e.status == 303 {
            all.extend(query(&e.target, "code").map(|c| ("code", c)));
        }
        all.extend(
            e.body
                .split("name=\"csrf\" value=\"")
                .skip(1)
                .map(|v| ("csrf", v.split('"').next().unwrap().to_owned())),
        );
        if let Ok(json) = serde_json::from_str::<Value>(&e.body) {
            for (field, kind) in [("access_token", "access token"), ("param", "param")] {
                let mut of_field = BTreeSet::new();
                values(&json, field, &mut of_field);
                all.extend(of_field.into_iter().map(|v| (kind, v)));
            }
        }
    }
    for call in calls {
        let mut tokens = BTreeSet::new();
        if let Ok(json) = serde_json::from_str::<Value>(&call.answer) {
            values(&json, "access_token", &mut tokens);
        }
        all.extend(tokens.into_iter().map(|t| ("token of Meta's", t)));
        let proof =
            call.form("appsecret_proof").or_else(|| query(&format!("?{}", call.query), "appsecret_proof"));
        all.extend(proof.map(|p| ("proof of a token", p)));
    }
    all.into_iter().collect()
}

/// A secret that occurs nowhere else.
fn unique() -> String {
    Entropy::system().token().unwrap()
}

/// 32 random bytes as the configuration takes them.
fn unique_key() -> String {
    format!("{}A=", unique()[..42].replace('-', "+").replace('_', "/"))
}

/// Looks for many texts at once: there are hundreds of secrets, and a long log.
struct Needles<'a> {
    all: Vec<(usize, String)>,
    by_start: HashMap<u64, Vec<usize>>,
    /// Which starts there may be, to be asked first.
    marks: Vec<bool>,
    secrets: &'a [(&'static str, String)],
}

const MARKS: u32 = 20;

impl<'a> Needles<'a> {
    fn of(secrets: &'a [(&'static str, String)]) -> Self {
        let mut needles =
            Self { all: Vec::new(), by_start: HashMap::new(), marks: vec![false; 1 << MARKS], secrets };
        for (n, (kind, secret)) in secrets.iter().enumerate() {
            assert!(secret.len() >= 16, "{kind} {secret} is too short to be looked for");
            for form in forms(secret) {
                let start = u64::from_be_bytes(form.as_bytes()[..8].try_into().unwrap());
                needles.marks[Self::mark(start)] = true;
                needles.by_start.entry(start).or_default().push(needles.all.len());
                needles.all.push((n, form));
            }
        }
        needles
    }

    fn mark(start: u64) -> usize {
        usize::try_from(start.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (64 - MARKS)).unwrap()
    }

    /// The secrets in a text, each with the first place where it is.
    fn found(&self, text: &str) -> HashMap<usize, usize> {
        let (mut found, mut window) = (HashMap::new(), 0_u64);
        let bytes = text.as_bytes();
        for (at, byte) in bytes.iter().enumerate() {
            window = (window << 8) | u64::from(*byte);
            if at < 7 || !self.marks[Self::mark(window)] {
                continue;
            }
            for needle in self.by_start.get(&window).into_iter().flatten() {
                let (secret, form) = &self.all[*needle];
                if bytes[at - 7..].starts_with(form.as_bytes()) {
                    found.entry(*secret).or_insert(at - 7);
                }
            }
        }
        found
    }
}

/// Fails where a secret is in a place that is not its own, or was never where it belongs.
fn search(secrets: &[(&'static str, String)], evidence: &[Seen]) {
    let needles = Needles::of(secrets);
    let table: HashMap<&str, &[(Place, &str)]> = TABLE.iter().copied().collect();
    let mut travelled = BTreeSet::new();
    for seen in evidence {
        for (secret, at) in needles.found(&seen.text) {
            let (kind, _) = &needles.secrets[secret];
            let allowed = table.get(kind).unwrap_or_else(|| panic!("{kind} is not in the table"));
            let fits = |(place, label): &(Place, &str)| seen.place == *place && seen.label.starts_with(label);
            let from = seen.text.floor_char_boundary(at.saturating_sub(200));
            let to = seen.text.ceil_char_boundary((at + 200).min(seen.text.len()));
            assert!(
                allowed.iter().any(fits),
                "{kind} in {:?} of {}: {}",
                seen.place,
                seen.label,
                &seen.text[from..to]
            );
            if allowed.first().is_some_and(fits) {
                travelled.insert(*kind);
            }
        }
    }
    for (kind, allowed) in TABLE {
        assert!(secrets.iter().any(|(k, _)| k == kind), "no {kind} was on the way");
        assert!(
            allowed.is_empty() || travelled.contains(kind),
            "no {kind} was where it belongs: {:?}",
            allowed.first()
        );
    }
}

/// One run through everything.
struct Run {
    world: World,
    door: Door,
    front: Front,
    partner: Partner,
    secrets: Vec<(&'static str, String)>,
    webhooks: Vec<Received>,
}

impl Run {
    fn know(&mut self, kind: &'static str, secret: &str) {
        self.secrets.push((kind, secret.to_owned()));
    }

    /// The partner's credentials, tokens and refusals.
    async fn credentials(&mut self) {
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
    async fn journey(&mut self) {
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
    async fn ending(&mut self) {
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
    async fn broken(&mut self) {
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
    async fn panics(&self) -> Vec<Seen> {
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
            all.push(Seen { place: Head, label: label.clone(), text: head });
            all.push(Seen { place: Answer, label, text });
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

/// The story of a whole life, and the search through what it left.
async fn no_secret_leaks(engine: Engine) {
    let logs = Logs::listen();
    let (key, pepper) = (unique_key(), unique_key());
    let settings = [
        ("SECRETS_KEYS", format!("1:{key}")),
        ("SECRETS_PEPPER", pepper.clone()),
        ("META_VERIFY_TOKEN", VERIFY_TOKEN.to_owned()),
        ("LIMITS_WRONG_TRIES", "1000".to_owned()),
    ];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let (world, door, front) = Front::world(engine, &settings).await;
    let partner = world.partner("Shop CRM").await;
    let mut run = Run { world, door, front, partner, secrets: Vec::new(), webhooks: Vec::new() };
    run.know("app secret", APP_SECRET);
    run.know("verify token", VERIFY_TOKEN);
    run.know("sealing key", &key);
    run.know("pepper", &pepper);
    run.credentials().await;
    run.journey().await;
    run.ending().await;
    let panicked = run.panics().await;
    run.broken().await;
    run.world.sweep().await;

    let (exchanges, calls) = (run.front.exchanges(), run.door.calls());
    let mut secrets = run.secrets.clone();
    secrets.extend(found(&exchanges, &calls));
    let mut evidence: Vec<Seen> = exchanges.iter().flat_map(|e| of_exchange(e, &run.world.sandbox)).collect();
    evidence.extend(calls.iter().flat_map(of_call));
    evidence.extend(run.webhooks.iter().map(of_webhook));
    evidence.extend(panicked);
    evidence.extend(of_database(&run.world).await);
    for (text, form) in logs.heard().into_iter().zip(["text", "JSON"]) {
        for line in
            ["answered", "a handler panicked", "Meta did not do its part", "the database did not do its part"]
        {
            assert!(text.contains(line), "the log as {form} has no line {line:?}");
        }
        assert!(text.contains("TRACE"), "every level is heard");
        evidence.push(Seen { place: Log, label: form.to_owned(), text });
    }
    assert!(run.webhooks.len() >= 3, "{:?}", run.webhooks.len());
    assert!(
        evidence.iter().any(|seen| seen.place == Database && seen.text.contains("shop-7")),
        "data lies there"
    );
    search(&secrets, &evidence);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaks_with_sqlite() {
    no_secret_leaks(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaks_with_postgres() {
    no_secret_leaks(Engine::Postgres).await;
}
