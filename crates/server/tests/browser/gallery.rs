//! Every page in every language, from the samples that the snapshots keep: looked at on every kind of screen by
//! axe-core and by a strict designer. The pages that a journey really leads to are looked at in `journeys`, and the
//! sandbox's here.

use std::path::PathBuf;

use fantoccini::Locator;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA};

use crate::support::{
    Browser, CHOOSE, Client, Lang, Person, Samples, Setup, View, pictures, visit, visit_afresh,
};

/// What one page gets complaints for, each with how the page was shown.
struct Critic<'a> {
    browser: &'a Browser,
    page: &'a str,
    found: Vec<String>,
}

impl Critic<'_> {
    fn add(&mut self, view: View, complaints: Vec<String>) {
        let shown = format!("{} at {}x{}", self.page, view.width, view.height);
        let how = [(view.dark, "dark"), (view.forced, "forced colours"), (view.text > 16, "large text")];
        let how: String = how.iter().filter(|(is, _)| *is).map(|(_, name)| format!(", {name}")).collect();
        self.found.extend(complaints.into_iter().map(|one| format!("{shown}{how}: {one}")));
    }

    /// The designer alone.
    async fn look(&mut self, view: View) {
        self.browser.view(view).await;
        let complaints = self.browser.complaints(view).await;
        self.add(view, complaints);
    }

    /// The designer, and axe-core.
    async fn study(&mut self, view: View, rules: &[&str]) {
        self.look(view).await;
        let barriers = self.browser.barriers(rules).await;
        self.add(view, barriers);
    }
}

/// What depends on how a page is shown, and not on its HTML.
const LOOKS: [&str; 4] =
    ["color-contrast", "target-size", "link-in-text-block", "scrollable-region-focusable"];

/// A picture of the page as a whole, where somebody wants to look for himself.
async fn picture(browser: &Browser, page: &str, view: View) {
    let Some(folder) = pictures() else { return };
    let picture = browser.whole(view).await;
    std::fs::create_dir_all(&folder).unwrap();
    let dark = if view.dark { "-dark" } else { "" };
    let path: PathBuf = folder.join(format!("{page}-{}{dark}.png", view.width));
    std::fs::write(path, picture).unwrap();
}

fn stands_up_everywhere(lang: Lang) {
    visit(Setup::DESKTOP, async |client| {
        let browser = &client.browser;
        let samples = Samples::serve().await;
        // Before there is anything whose colours could change in passing.
        browser.view(View::PHONE).await;
        browser.goto(&samples.address("landing-messenger.en")).await;
        let mut found = Vec::new();
        for (page, html) in samples.of(lang) {
            browser.put(html).await;
            let mut critic = Critic { browser, page, found: Vec::new() };
            critic.study(View::PHONE, &[]).await;
            // Colours know no language.
            if lang == Lang::English {
                critic.study(View::PHONE.dark(), &LOOKS).await;
                critic.look(View::DESKTOP.dark()).await;
                critic.study(View::DESKTOP, &LOOKS).await;
            } else {
                critic.look(View::DESKTOP).await;
            }
            for view in [View::NARROW, View::ZOOMED, View::DESKTOP.large(), View::PHONE.large()] {
                critic.look(view).await;
            }
            found.append(&mut critic.found);
            picture(browser, page, View::PHONE).await;
            picture(browser, page, View::DESKTOP).await;
            picture(browser, page, View::DESKTOP.dark()).await;
        }
        browser.view_as_new().await;
        assert!(found.is_empty(), "{} complaints:\n{}", found.len(), found.join("\n"));
    });
}

#[test]
fn every_page_stands_up_everywhere_in_english() {
    stands_up_everywhere(Lang::English);
}

#[test]
fn every_page_stands_up_everywhere_in_hebrew() {
    stands_up_everywhere(Lang::Hebrew);
}

#[test]
fn every_page_stands_up_everywhere_in_arabic() {
    stands_up_everywhere(Lang::Arabic);
}

/// Nobody would notice if the critics had fallen asleep.
#[test]
fn the_critics_see_what_is_wrong() {
    visit(Setup::DESKTOP, async |client| {
        let browser = &client.browser;
        let samples = Samples::serve().await;
        let damage = [
            ("document.querySelector('.lead').style.color = '#ccc'", "color-contrast", "has a contrast of"),
            ("document.querySelector('main').append(document.createElement('img'))", "image-alt", ""),
            ("document.documentElement.removeAttribute('lang')", "html-has-lang", ""),
            (
                "document.querySelector('.langs').style.cssText = 'inline-size: 2000px'",
                "",
                "wide in a window of",
            ),
            (
                "document.querySelector('h1').style.cssText = 'block-size: 0; overflow: hidden'",
                "",
                "is cut off",
            ),
            ("document.querySelector('.lead').style.marginBlockStart = '-40px'", "", "lies on"),
            (
                "document.querySelectorAll('.langs a').forEach(one => one.style.cssText =
                    'min-block-size: 0; min-inline-size: 0; block-size: 9px; inline-size: 9px; padding: 0')",
                "target-size",
                "is 9 by 9",
            ),
        ];
        browser.view(View::PHONE).await;
        browser.goto(&samples.address("landing-messenger.en")).await;
        assert_eq!(browser.barriers(&[]).await, Vec::<String>::new());
        let (_, html) =
            samples.of(Lang::English).into_iter().find(|(n, _)| *n == "landing-messenger.en").unwrap();
        for (script, barrier, complaint) in damage {
            browser.put(html).await;
            assert_eq!(browser.complaints(View::PHONE).await, Vec::<String>::new());
            browser.run(script, vec![]).await;
            if !barrier.is_empty() {
                let barriers = browser.barriers(&[]).await;
                assert!(barriers.iter().any(|one| one.starts_with(barrier)), "{barrier}: {barriers:?}");
            }
            let complaints = browser.complaints(View::PHONE).await;
            let seen = complaints.iter().any(|c| c.contains(complaint));
            assert!(complaint.is_empty() || seen, "{complaint}: {complaints:?}");
        }
        browser.view_as_new().await;
    });
}

/// Colours of the visitor's own: a browser paints away every background of ours.
#[test]
fn nothing_is_told_by_backgrounds_alone() {
    visit(Setup::DESKTOP, async |client| {
        let browser = &client.browser;
        let samples = Samples::serve().await;
        let view = View::PHONE.forced();
        browser.view(view).await;
        browser.goto(&samples.address("landing-messenger.en")).await;
        for (page, html) in samples.of(Lang::English) {
            browser.put(html).await;
            let found = browser.run(include_str!("support/forced.js"), vec![]).await;
            assert_eq!(found, serde_json::json!([]), "{page}");
            let complaints = browser.complaints(view).await;
            assert!(complaints.is_empty(), "{page}: {complaints:?}");
        }
        browser.view_as_new().await;
    });
}

#[test]
fn who_wants_no_movement_gets_none() {
    const MOVING: &str = "return document.getAnimations().length
        + [...document.querySelectorAll('*')].filter(one =>
            getComputedStyle(one).transitionDuration.split(',').some(time => parseFloat(time) > 0)).length";
    visit(Setup::DESKTOP, async |client| {
        let browser = &client.browser;
        let samples = Samples::serve().await;
        for page in ["landing-messenger.en", "picker.ar", "done.he"] {
            browser.view(View::PHONE).await;
            browser.goto(&samples.address(page)).await;
            // The last page's own bar, which its script shows.
            browser.run("document.querySelector('#closing')?.removeAttribute('hidden')", vec![]).await;
            assert_eq!(browser.run(MOVING, vec![]).await, 0, "{page}");
            browser.view(View::PHONE.moving()).await;
            assert!(browser.run(MOVING, vec![]).await.as_u64().unwrap() > 0, "{page} never moves");
        }
        browser.view_as_new().await;
    });
}

/// A page of the sandbox, which has one language.
async fn look_at_the_sandbox(client: &Client, page: &str) {
    client.browser.see(".banner").await;
    let mut critic = Critic { browser: &client.browser, page, found: Vec::new() };
    critic.study(View::PHONE.dark(), &[]).await;
    critic.study(View::DESKTOP, &LOOKS).await;
    assert!(critic.found.is_empty(), "{}", critic.found.join("\n"));
    picture(&client.browser, &format!("sandbox-{page}"), View::DESKTOP).await;
}

#[test]
fn the_sandboxs_pages_stand_up() {
    visit_afresh(async |client| {
        let (program, browser) = (&client.program, &client.browser);
        let dana = Person { id: DANA.to_owned() };
        let param = program.link(1).await;
        client.open(&param).await;
        client.go_on().await;
        look_at_the_sandbox(client, "login").await;
        client.log_in(&dana).await;
        browser.see("input[name=step][value=assets]").await;
        look_at_the_sandbox(client, "assets").await;
        client.press("assets", "action", "next").await;
        browser.see("input[name=step][value=permissions]").await;
        look_at_the_sandbox(client, "permissions").await;
        client.press("permissions", "action", "allow").await;
        browser.see(CHOOSE).await;
        // Once more, as somebody whom Facebook knows by now.
        let again = browser.client.find(Locator::Css(".aside button")).await.unwrap();
        again.click().await.unwrap();
        client.press("continue", "action", "continue").await;
        browser.see("input[name=step][value=reconnect]").await;
        look_at_the_sandbox(client, "reconnect").await;
        client.press("reconnect", "action", "allow").await;
        client.choose(PAGE_CAFE_AURORA).await;
        client.confirm().await;
        for page in ["", "sandbox/webhooks", "sandbox/settings", "inspector"] {
            browser.goto(&format!("{}/{page}", program.sandbox)).await;
            look_at_the_sandbox(
                client,
                if page.is_empty() { "home" } else { page.trim_start_matches("sandbox/") },
            )
            .await;
        }
    });
}
