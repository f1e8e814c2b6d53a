//! Every page at both widths, in both languages, light and dark: kept as pictures for whoever wants to look, in
//! `target/screenshots`, and looked at for what a program can see.

use std::path::Path;

use jetbridge_sandbox::world::{DANA, LIOR, NOA, OMER, PAGE_CAFE_AURORA, TAMAR};
use serde_json::json;

use crate::support::{
    CHOOSE, CONFIRM, Client, DONE, LANDING, Lang, Person, Program, Screen, TROUBLE, visit_afresh,
};

const LOOK: &str = include_str!("support/look.js");

type View = (Lang, Screen, &'static str);

/// Two views together show both languages, both widths, and both light and dark.
const PAIRS: [[View; 2]; 2] = [
    [(Lang::English, Screen::Phone, "light"), (Lang::Hebrew, Screen::Desktop, "dark")],
    [(Lang::English, Screen::Desktop, "light"), (Lang::Hebrew, Screen::Phone, "dark")],
];

async fn resize(client: &Client, screen: Screen, height: u64) {
    let (width, _) = screen.size();
    let phone = screen == Screen::Phone;
    let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": phone});
    client.browser.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
}

/// Looks at the page as it is, and keeps a picture of the whole of it.
async fn look(client: &Client, name: &str, screen: Screen, light: &str) {
    let browser = &client.browser;
    let media = json!([
        {"name": "prefers-color-scheme", "value": light},
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]);
    browser.devtools("Emulation.setEmulatedMedia", json!({"features": media})).await;
    let (_, window) = screen.size();
    resize(client, screen, window.into()).await;
    let view = format!("{name}-{screen:?}-{light}").to_lowercase();
    let complaints = browser.run(LOOK, vec![]).await;
    assert_eq!(complaints, json!([]), "{view}");
    let height = browser.run("return document.documentElement.scrollHeight", vec![]).await.as_u64().unwrap();
    if height > window.into() {
        resize(client, screen, height).await;
    }
    let picture = browser.client.screenshot().await.unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("screenshots");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{view}.png")), picture).unwrap();
}

/// A page that is known by `css` and can be reloaded.
async fn show(client: &Client, name: &str, css: &str, views: [View; 2]) {
    let browser = &client.browser;
    browser.see(css).await;
    for (lang, screen, light) in views {
        let cookie = json!({"name": "lang", "value": lang.code(), "url": client.program.url});
        browser.devtools("Network.setCookie", cookie).await;
        browser.client.refresh().await.unwrap();
        browser.see(css).await;
        assert_eq!(browser.attr("html", "lang").await.as_deref(), Some(lang.code()), "{name}");
        look(client, &format!("{name}-{}", lang.code()), screen, light).await;
    }
}

/// A page that most clients see.
async fn show_fully(client: &Client, name: &str, css: &str) {
    for views in PAIRS {
        show(client, name, css, views).await;
    }
}

/// A page of the sandbox, which has one language.
async fn show_sandbox(client: &Client, name: &str) {
    client.browser.see(".banner").await;
    look(client, &format!("sandbox-{name}"), Screen::Phone, "dark").await;
    look(client, &format!("sandbox-{name}"), Screen::Desktop, "light").await;
}

async fn fails_once(program: &Program, call: &str) {
    let fault = json!({"match": call, "times": 1, "kind": "error", "code": 2, "http": 503});
    program.control("faults", fault).await;
}

fn person(id: &str) -> Person {
    Person { id: id.to_owned() }
}

#[test]
fn the_pages_of_the_way_look_right() {
    visit_afresh(async |client| {
        let (program, browser) = (&client.program, &client.browser);
        for product in [4, 2, 3] {
            client.open(&program.link(product).await).await;
            show(client, &format!("landing-{product}"), LANDING, PAIRS[1]).await;
        }
        let param = program.link(1).await;
        client.open(&param).await;
        show_fully(client, "landing-1", LANDING).await;
        client.go_on().await;
        show_sandbox(client, "login").await;
        client.log_in(&person(DANA)).await;
        browser.see("input[name=step][value=assets]").await;
        show_sandbox(client, "assets").await;
        client.press("assets", "action", "next").await;
        browser.see("input[name=step][value=permissions]").await;
        show_sandbox(client, "permissions").await;
        client.press("permissions", "action", "allow").await;
        show_fully(client, "picker", CHOOSE).await;
        client.choose(PAGE_CAFE_AURORA).await;
        show_fully(client, "confirm", CONFIRM).await;
        client.confirm().await;
        show_fully(client, "done", DONE).await;
        client.forget().await;
        client.open(&param).await;
        show(client, "link-finished", "h1", PAIRS[0]).await;

        for page in ["", "sandbox/webhooks", "sandbox/settings", "inspector"] {
            browser.goto(&format!("{}/{page}", program.sandbox)).await;
            show_sandbox(client, if page.is_empty() { "home" } else { page.trim_start_matches("sandbox/") })
                .await;
        }
    });
}

#[test]
fn the_pages_of_trouble_look_right() {
    visit_afresh(async |client| {
        let (program, browser) = (&client.program, &client.browser);
        let param = program.link(1).await;
        client.open(&param).await;
        client.go_on().await;
        client.press("login", "action", "cancel").await;
        show(client, "cancelled-at-facebook", TROUBLE, PAIRS[1]).await;

        client.go_on().await;
        client.log_in(&person(OMER)).await;
        client.press("assets", "action", "next").await;
        browser.click("#permission-pages_messaging").await;
        browser.click("#permission-pages_manage_metadata").await;
        client.press("permissions", "action", "allow").await;
        show(client, "permission-declined", ".missing", PAIRS[0]).await;

        for (name, product, who) in [("no-pages", 1, NOA), ("no-instagram", 2, LIOR), ("no-usable", 3, TAMAR)]
        {
            client.forget().await;
            client.consent(&program.link(product).await, &person(who)).await;
            show(client, name, TROUBLE, PAIRS[1]).await;
        }

        client.forget().await;
        let param = program.link(2).await;
        fails_once(program, "GET /me/accounts").await;
        client.consent(&param, &person(DANA)).await;
        show(client, "meta-down", TROUBLE, PAIRS[0]).await;
        // The consent is there: this link only looks again. A new one is asked for at Facebook.
        browser.click("form[action$='/check'] button").await;
        browser.see(CHOOSE).await;
        let param = program.link(2).await;
        client.open(&param).await;
        client.go_on().await;
        client.press("continue", "action", "continue").await;
        browser.see("input[name=step][value=reconnect]").await;
        show_sandbox(client, "reconnect").await;
        client.press("reconnect", "action", "allow").await;
        show_fully(client, "picker-with-blocked", CHOOSE).await;
        client.choose(PAGE_CAFE_AURORA).await;
        fails_once(program, "POST /*/subscribed_apps").await;
        client.confirm().await;
        show(client, "subscribe-failed", TROUBLE, PAIRS[1]).await;
        program.cancel(&param).await;
        client.open(&param).await;
        show(client, "link-cancelled", TROUBLE, PAIRS[0]).await;

        client.open(&program.link(1).await).await;
        client.go_on().await;
        client.press("continue", "action", "continue").await;
        browser.see("input[name=step][value=assets]").await;
        browser.client.delete_cookie("browser").await.unwrap();
        client.allow().await;
        show(client, "session-lost", TROUBLE, PAIRS[1]).await;

        client.open("no-such-link").await;
        show(client, "link-unknown", TROUBLE, PAIRS[0]).await;
        browser.goto(&format!("{}/nothing/here", program.url)).await;
        show(client, "not-found", TROUBLE, PAIRS[1]).await;
    });
}
