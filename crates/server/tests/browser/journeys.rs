//! The whole way for each type. Each type is gone twice, so that it meets two of the languages, both widths, and a
//! browser with scripts and one without.

use serde_json::{Value, json};

use crate::support::{CHOOSE, CONFIRM, Client, DONE, LANDING, Lang, Setup, until, visit};

/// The language, the style and the width are those of this visit; the page needs no scrolling sideways and asked
/// nobody else for anything.
async fn looks_right(client: &Client, page: &str) {
    let (browser, setup) = (&client.browser, client.browser.setup);
    browser.see(page).await;
    assert_eq!(browser.attr("html", "lang").await.as_deref(), Some(setup.lang.code()));
    assert_eq!(browser.attr("html", "dir").await.as_deref(), Some(setup.lang.dir()));
    let style = "return getComputedStyle(document.querySelector('main')).direction
        + getComputedStyle(document.querySelector('.quiet, .skip')).position";
    assert_eq!(browser.run(style, vec![]).await, format!("{}absolute", setup.lang.dir()));
    let (width, _) = setup.screen.size();
    let widths = browser.run("return [innerWidth, document.documentElement.scrollWidth]", vec![]).await;
    assert_eq!(widths[0], width);
    assert!(widths[1].as_u64().unwrap() <= u64::from(width), "{page} is {} wide", widths[1]);
    let elsewhere = browser
        .run(
            "return performance.getEntriesByType('resource').map(one => one.name)
                .filter(name => !name.startsWith(arguments[0]))",
            vec![json!(client.program.url)],
        )
        .await;
    assert_eq!(elsewhere, json!([]), "{page}");
    if setup.scripts {
        assert_eq!(browser.barriers(&[]).await, Vec::<String>::new(), "{page}");
    }
}

/// From the link to the webhook, with a look at every page.
fn goes_the_whole_way(product: u8, setup: Setup) {
    visit(setup, async |client| {
        let (program, browser) = (&client.program, &client.browser);
        let person = program.person("Dana Levi").await;
        program.page(&person, "Aurora Roastery", "none").await;
        let (page, instagram) = program.page(&person, "קפה אורורה", "professional").await;
        let param = program.link(product).await;

        client.open(&param).await;
        looks_right(client, LANDING).await;
        assert!(browser.text("h1").await.contains("Demo Partner"));
        let permissions = browser.texts(".groups dd").await;
        assert!(
            permissions.len() >= 4 && permissions.iter().all(|text| !text.contains('_')),
            "{permissions:?}"
        );
        client.go_on().await;
        client.log_in(&person).await;
        client.allow().await;

        looks_right(client, CHOOSE).await;
        // Facebook adds `#_=_` to where it sends people back.
        assert_eq!(browser.url_without_fragment().await, client.address(&param), "no code in the address");
        assert_eq!(browser.texts("label.choice").await.len(), 2);
        client.choose(&page).await;

        looks_right(client, CONFIRM).await;
        assert!(program.connections(&param).await.is_empty(), "nothing is connected before the confirmation");
        client.confirm().await;

        looks_right(client, DONE).await;
        if setup.scripts {
            assert!(browser.is_shown("#closing").await || browser.is_shown(DONE).await);
        } else {
            assert!(!browser.is_shown("#closing").await);
            assert!(browser.is_shown(DONE).await);
        }
        let connections = program.connections(&param).await;
        let [connection] = connections.as_slice() else { panic!("{connections:?}") };
        assert_eq!((&connection["type"], &connection["page_id"]), (&json!(product), &json!(page)));
        let account = if [2, 4].contains(&product) { json!(instagram) } else { Value::Null };
        assert_eq!((&connection["instagram_id"], &connection["state"]), (&account, &json!("active")));
        assert_eq!(program.onboarding(&param).await["state"], "finished");
        // Once for each type.
        if setup.scripts {
            arrives_at_the_inspector(client, &param).await;
        }
    });
}

/// The end of the story: the signed webhook at the partner's endpoint.
async fn arrives_at_the_inspector(client: &Client, param: &str) {
    let url = format!("{}/inspector", client.program.sandbox);
    let mut found = None;
    until("onboarding.completed at the inspector", async || {
        client.browser.goto(&url).await;
        let events = "return [...document.querySelectorAll('.events li')]
            .filter(one => one.querySelector('pre').textContent.includes(arguments[0]))
            .map(one => [one.querySelector('strong').textContent, one.querySelector('.tag').textContent])
            .find(([name]) => name === 'onboarding.completed') ?? null";
        let event = client.browser.run(events, vec![json!(param)]).await;
        found = event.is_array().then_some(event);
        found.is_some()
    })
    .await;
    assert_eq!(found.unwrap()[1], "signature verified");
}

#[test]
fn messenger_is_connected_on_a_phone_in_english() {
    goes_the_whole_way(1, Setup::PHONE);
}

#[test]
fn messenger_is_connected_on_a_desktop_in_hebrew_without_scripts() {
    goes_the_whole_way(1, Setup::DESKTOP.in_hebrew().without_scripts());
}

#[test]
fn instagram_messaging_is_connected_on_a_phone_in_hebrew() {
    goes_the_whole_way(2, Setup::PHONE.in_hebrew());
}

#[test]
fn instagram_messaging_is_connected_on_a_desktop_in_arabic_without_scripts() {
    goes_the_whole_way(2, Setup::DESKTOP.in_arabic().without_scripts());
}

#[test]
fn a_facebook_page_is_connected_on_a_phone_in_english_without_scripts() {
    goes_the_whole_way(3, Setup::PHONE.without_scripts());
}

#[test]
fn a_facebook_page_is_connected_on_a_desktop_in_arabic() {
    goes_the_whole_way(3, Setup::DESKTOP.in_arabic());
}

#[test]
fn an_instagram_account_is_connected_on_a_phone_in_hebrew_without_scripts() {
    goes_the_whole_way(4, Setup::PHONE.in_hebrew().without_scripts());
}

#[test]
fn an_instagram_account_is_connected_on_a_desktop_in_english() {
    goes_the_whole_way(4, Setup::DESKTOP);
}

#[test]
fn a_person_without_an_account_makes_one_on_the_way() {
    visit(Setup::PHONE, async |client| {
        let browser = &client.browser;
        let param = client.program.link(2).await;
        client.open(&param).await;
        client.go_on().await;
        client.press("login", "action", "new_person").await;
        browser.see("#name").await.send_keys("Yael Bar").await.unwrap();
        client.press("new_person", "action", "create").await;
        browser.see("#page_name").await.send_keys("Yael Paints").await.unwrap();
        browser.click("#instagram-professional").await;
        client.press("new_page", "action", "create").await;
        client.allow().await;
        browser.see(CHOOSE).await;
        assert!(
            browser.see("input[name=asset]").await.is_selected().await.unwrap(),
            "the only one is chosen"
        );
        browser.click("button[form=choose]").await;
        browser.see(CONFIRM).await;
        client.confirm().await;
        browser.see(DONE).await;
    });
}

#[test]
fn the_language_is_the_one_that_was_chosen_then_the_links_then_the_browsers() {
    visit(Setup::DESKTOP, async |client| {
        let browser = &client.browser;
        let person = client.program.person("Omer Katz").await;
        client.program.page(&person, "Omer Bikes", "none").await;
        let param = client.program.link_with(json!({"type": 1, "locale": "he"})).await;
        client.open(&param).await;
        assert_eq!(browser.attr("html", "lang").await.as_deref(), Some(Lang::Hebrew.code()));
        browser.click("a[hreflang=en]").await;
        browser.see("html[lang=en]").await;
        client.go_on().await;
        client.log_in(&person).await;
        client.allow().await;
        browser.see(CHOOSE).await;
        assert_eq!(browser.attr("html", "lang").await.as_deref(), Some(Lang::English.code()));
        browser.click("a[hreflang=he]").await;
        browser.see("html[dir=rtl]").await;
        browser.see(CHOOSE).await;
    });
}
