//! The whole way with nothing but a keyboard, and every control of every page.

use std::collections::BTreeSet;

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::support::{Browser, CHOOSE, CONFIRM, DONE, LANDING, Lang, Samples, Setup, TROUBLE, View, visit};

const FOCUS: &str = include_str!("support/focus.js");

async fn strike(browser: &Browser, key: Key) {
    let value = char::from(key);
    let keys =
        KeyActions::new("keyboard".to_owned()).then(KeyAction::Down { value }).then(KeyAction::Up { value });
    browser.client.perform_actions(keys).await.unwrap();
}

/// One stop of the tabulator: the focus can be seen there, and nothing lies on it.
async fn tab(browser: &Browser, page: &str) -> Value {
    strike(browser, Key::Tab).await;
    let stop = browser.run(FOCUS, vec![]).await;
    assert_eq!(stop["complaints"], json!([]), "{page}");
    stop
}

/// Goes on with the tabulator until the focus is there.
async fn tab_to(browser: &Browser, css: &str) {
    for _ in 0..40 {
        tab(browser, css).await;
        let there = "return document.activeElement.matches(arguments[0])";
        if browser.run(there, vec![json!(css)]).await == true {
            return;
        }
    }
    panic!("{css} cannot be reached with the tabulator");
}

async fn press(browser: &Browser, css: &str, key: Key) {
    tab_to(browser, css).await;
    strike(browser, key).await;
}

#[test]
fn the_whole_way_can_be_gone_by_keyboard() {
    visit(Setup::DESKTOP, async |client| {
        let (program, browser) = (&client.program, &client.browser);
        let person = program.person("Dana Levi").await;
        program.page(&person, "Aurora Roastery", "none").await;
        let (page, instagram) = program.page(&person, "Cafe Aurora", "professional").await;
        let (other, _) = program.page(&person, "Aurora Events", "professional").await;
        let param = program.link(4).await;

        client.open(&param).await;
        browser.see(LANDING).await;
        press(browser, ".skip", Key::Enter).await;
        press(browser, "form[action$='/continue'] button", Key::Enter).await;
        browser.see("input[name=step][value=login]").await;
        press(browser, &format!("button[value='{}']", person.id), Key::Enter).await;
        browser.see("input[name=step][value=assets]").await;
        // Off and on again.
        let tick = format!("#instagram-{instagram}");
        press(browser, &tick, Key::Space).await;
        assert!(!browser.see(&tick).await.is_selected().await.unwrap());
        strike(browser, Key::Space).await;
        press(browser, "button[value=next]", Key::Enter).await;
        browser.see("input[name=step][value=permissions]").await;
        press(browser, "button[value=allow]", Key::Space).await;

        browser.see(CHOOSE).await;
        press(browser, "input[name=asset]", Key::Space).await;
        strike(browser, Key::Down).await;
        let chosen = "return document.querySelector('input[name=asset]:checked').value";
        let chosen = browser.run(chosen, vec![]).await;
        assert!(chosen == *page || chosen == *other, "{chosen}");
        press(browser, "button[form=choose]", Key::Enter).await;
        browser.see(CONFIRM).await;
        press(browser, &format!("{CONFIRM} button"), Key::Enter).await;
        browser.see(DONE).await;
        assert_eq!(program.connections(&param).await[0]["page_id"], chosen);
    });
}

#[test]
fn who_is_stuck_gets_out_by_keyboard_and_may_change_the_language_there() {
    visit(Setup::PHONE, async |client| {
        let (program, browser) = (&client.program, &client.browser);
        let person = program.person("Dana Levi").await;
        let (page, _) = program.page(&person, "Cafe Aurora", "none").await;
        let param = program.link(1).await;
        client.open(&param).await;
        client.go_on().await;
        browser.see("input[name=step][value=login]").await;
        press(browser, "button[value=cancel]", Key::Enter).await;
        browser.see(TROUBLE).await;
        for lang in ["ar", "he", "en"] {
            press(browser, &format!(".langs [hreflang={lang}]"), Key::Enter).await;
            browser.see(&format!("html[lang={lang}] {TROUBLE}")).await;
        }
        press(browser, "form[action$='/continue'] button", Key::Enter).await;
        browser.see("input[name=step]").await;
        client.log_in(&person).await;
        client.allow().await;
        client.choose(&page).await;

        let fault =
            json!({"match": "POST /*/subscribed_apps", "times": 1, "kind": "error", "code": 2, "http": 503});
        program.control("faults", fault).await;
        press(browser, &format!("{CONFIRM} button"), Key::Enter).await;
        browser.see(TROUBLE).await;
        press(browser, "form[action$='/back'] button", Key::Enter).await;
        browser.see(CHOOSE).await;
        client.choose(&page).await;
        press(browser, &format!("{CONFIRM} button"), Key::Space).await;
        browser.see(DONE).await;
    });
}

/// Each control is a stop, in the order in which it stands, with its focus in plain sight: on a phone, where a bar
/// stays at the bottom, and in a small window.
#[test]
fn every_control_of_every_page_is_a_stop_that_can_be_seen() {
    const CONTROLS: &str = "const radios = new Set();
        return [...document.querySelectorAll('a[href], button, input:not([type=hidden])')]
            .filter(one => !one.disabled && one.checkVisibility())
            .filter(one => one.type !== 'radio' || !radios.has(one.name) && radios.add(one.name))
            .map(one => one.outerHTML.slice(0, 300))";
    visit(Setup::DESKTOP, async |client| {
        let browser = &client.browser;
        let samples = Samples::serve().await;
        let mut shapes = BTreeSet::new();
        for (page, _) in samples.of(Lang::Arabic) {
            browser.view(View::PHONE).await;
            browser.goto(&samples.address(page)).await;
            let controls = browser.run(CONTROLS, vec![]).await;
            // The same controls again in pages of the same length show nothing new.
            let height = browser.run("return document.documentElement.scrollHeight >> 6", vec![]).await;
            if !shapes.insert(format!("{height}{controls}")) {
                continue;
            }
            for view in [View::PHONE, View::ZOOMED] {
                browser.view(view).await;
                browser.goto(&samples.address(page)).await;
                for control in controls.as_array().unwrap() {
                    assert_eq!(&tab(browser, page).await["on"], control, "{page}");
                }
            }
        }
        assert!(shapes.len() > 10, "{shapes:?}");
        browser.view_as_new().await;
    });
}
