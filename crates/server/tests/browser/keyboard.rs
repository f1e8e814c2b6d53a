//! The whole way with nothing but a keyboard.

use fantoccini::actions::{InputSource as _, KeyAction, KeyActions};
use fantoccini::key::Key;
use serde_json::json;

use crate::support::{Browser, CHOOSE, CONFIRM, DONE, LANDING, Setup, visit};

async fn strike(browser: &Browser, key: Key) {
    let value = char::from(key);
    let keys =
        KeyActions::new("keyboard".to_owned()).then(KeyAction::Down { value }).then(KeyAction::Up { value });
    browser.client.perform_actions(keys).await.unwrap();
}

/// Goes on with the tabulator until the focus is there; at every stop on the way it can be seen.
async fn tab_to(browser: &Browser, css: &str) {
    let focus = "const on = document.activeElement;
        const ring = one => one && getComputedStyle(one).outlineStyle !== 'none';
        return [on.matches(arguments[0]), ring(on) || ring(on.closest('label')), on.outerHTML.slice(0, 120)]";
    for _ in 0..40 {
        strike(browser, Key::Tab).await;
        let found = browser.run(focus, vec![json!(css)]).await;
        assert!(
            found[1] == true || found[2].as_str().unwrap().starts_with("<body"),
            "no focus to see on {}",
            found[2]
        );
        if found[0] == true {
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
