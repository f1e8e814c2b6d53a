//! Where it does not go on: each page says why, and leads on.

use serde_json::json;

use crate::support::{CHOOSE, Client, DONE, LANDING, Setup, TROUBLE, visit};

async fn heading(client: &Client) -> String {
    client.browser.text("h1").await
}

#[test]
fn who_cancels_at_facebook_can_try_again() {
    visit(Setup::PHONE, async |client| {
        let program = &client.program;
        let person = program.person("Dana Levi").await;
        let (page, _) = program.page(&person, "Cafe Aurora", "none").await;
        let param = program.link(1).await;
        client.open(&param).await;
        client.go_on().await;
        client.press("login", "action", "cancel").await;
        client.browser.see(TROUBLE).await;
        assert_eq!(heading(client).await, "You stopped at Facebook");
        assert_eq!(program.onboarding(&param).await["state"], "failed");
        client.go_on().await;
        client.log_in(&person).await;
        client.allow().await;
        client.choose(&page).await;
        client.confirm().await;
        client.browser.see(DONE).await;
        assert_eq!(program.onboarding(&param).await["state"], "finished");
    });
}

#[test]
fn a_declined_permission_is_named_and_asked_for_again() {
    visit(Setup::DESKTOP, async |client| {
        let browser = &client.browser;
        let person = client.program.person("Dana Levi").await;
        client.program.page(&person, "Cafe Aurora", "none").await;
        let param = client.program.link(1).await;
        client.open(&param).await;
        client.go_on().await;
        client.log_in(&person).await;
        client.press("assets", "action", "next").await;
        browser.click("#permission-pages_messaging").await;
        client.press("permissions", "action", "allow").await;
        browser.see(TROUBLE).await;
        assert_eq!(heading(client).await, "Not everything was allowed");
        let missing = browser.texts(".missing li").await;
        assert_eq!(
            missing,
            ["Receive the messages sent to your Page and answer them, also in private after a comment."]
        );
        client.go_on().await;
        browser.see("input[name=step]").await;
        let asked = browser.url().await;
        assert!(
            asked.query_pairs().any(|(name, value)| name == "auth_type" && value == "rerequest"),
            "{asked}"
        );
        client.press("continue", "action", "continue").await;
        client.allow().await;
        browser.see(CHOOSE).await;
    });
}

#[test]
fn who_has_no_page_is_told_what_to_do() {
    visit(Setup::PHONE, async |client| {
        let person = client.program.person("Noa Shapiro").await;
        let param = client.program.link(1).await;
        client.consent(&param, &person).await;
        client.browser.see(TROUBLE).await;
        assert_eq!(heading(client).await, "There is no Page to connect");
        // Having made one, the same link goes on.
        client.program.page(&person, "Noa Bakes", "none").await;
        client.go_on().await;
        client.press("continue", "action", "continue").await;
        client.allow().await;
        client.browser.see(CHOOSE).await;
    });
}

#[test]
fn a_personal_instagram_account_does_not_count() {
    visit(Setup::PHONE, async |client| {
        let person = client.program.person("Lior Mizrahi").await;
        client.program.page(&person, "Mizrahi Ceramics", "personal").await;
        let param = client.program.link(2).await;
        client.consent(&param, &person).await;
        client.browser.see(TROUBLE).await;
        assert_eq!(heading(client).await, "There is no Instagram account to connect");
        assert!(client.browser.text(".note").await.contains("professional"));
        client.browser.see("form[action$='/continue'] input[name=again]").await;
    });
}

#[test]
fn a_missing_role_is_named() {
    visit(Setup::DESKTOP, async |client| {
        let browser = &client.browser;
        let person = client.program.person("Tamar Cohen").await;
        let yoga = json!({"person_id": person.id, "name": "Harbor Yoga", "tasks": ["ADVERTISE", "ANALYZE"]});
        client.program.control("pages", yoga).await;
        let param = client.program.link(1).await;
        client.consent(&param, &person).await;
        browser.see(TROUBLE).await;
        assert_eq!(heading(client).await, "None of your Pages can be connected yet");
        let blocked = browser.text(".blocked").await;
        assert!(blocked.contains("Harbor Yoga") && blocked.contains("Your role on this Page"), "{blocked}");
    });
}

#[test]
fn the_picker_shows_what_cannot_be_used_and_why() {
    visit(Setup::DESKTOP, async |client| {
        let (program, browser) = (&client.program, &client.browser);
        let person = program.person("Dana Levi").await;
        let (page, _) = program.page(&person, "Cafe Aurora", "professional").await;
        program.page(&person, "Aurora Roastery", "none").await;
        let tasks = ["ANALYZE"];
        let events = json!({"person_id": person.id, "name": "Aurora Events", "tasks": tasks, "instagram": "professional"});
        program.control("pages", events).await;
        let param = program.link(2).await;
        client.consent(&param, &person).await;
        browser.see(CHOOSE).await;
        let enabled =
            "return [...document.querySelectorAll('input[name=asset]:enabled')].map(one => one.value)";
        assert_eq!(browser.run(enabled, vec![]).await, json!([page]));
        let blocked = browser.texts(".blocked").await;
        let [roastery, events] = [&blocked[1], &blocked[0]];
        assert_eq!(blocked.len(), 2, "{blocked:?}");
        assert!(
            roastery.contains("Aurora Roastery") && roastery.contains("No professional Instagram"),
            "{roastery}"
        );
        assert!(events.contains("Your role on this Page"), "{events}");
    });
}

#[test]
fn a_withdrawn_link_says_so_also_half_way() {
    visit(Setup::PHONE, async |client| {
        let program = &client.program;
        let person = program.person("Dana Levi").await;
        let (page, _) = program.page(&person, "Cafe Aurora", "none").await;
        let param = program.link(1).await;
        client.consent(&param, &person).await;
        client.choose(&page).await;
        program.cancel(&param).await;
        client.confirm().await;
        client.browser.see(TROUBLE).await;
        assert_eq!(heading(client).await, "This link was withdrawn");
        assert!(program.connections(&param).await.is_empty());
        client.forget().await;
        client.open(&param).await;
        assert_eq!(heading(client).await, "This link was withdrawn");
    });
}

#[test]
fn a_finished_link_is_quiet_about_it_in_another_browser() {
    visit(Setup::PHONE, async |client| {
        let program = &client.program;
        let person = program.person("Dana Levi").await;
        let (page, _) = program.page(&person, "Cafe Aurora", "none").await;
        let param = program.link(1).await;
        client.connect(&param, &person, &page).await;
        client.forget().await;
        client.open(&param).await;
        assert_eq!(heading(client).await, "This is already connected");
        assert!(!client.browser.text("body").await.contains("Cafe Aurora"), "a stranger is not told what");
        assert!(!client.browser.has(TROUBLE).await && !client.browser.has("main form").await);
    });
}

#[test]
fn an_unknown_link_and_a_wrong_address_have_pages_of_their_own() {
    visit(Setup::PHONE, async |client| {
        client.open("no-such-link").await;
        assert_eq!(heading(client).await, "We do not know this link");
        client.browser.goto(&format!("{}/nothing/here", client.program.url)).await;
        assert_eq!(heading(client).await, "There is nothing at this address");
    });
}

#[test]
fn who_comes_back_in_another_browser_starts_again() {
    visit(Setup::DESKTOP, async |client| {
        let (program, browser) = (&client.program, &client.browser);
        let person = program.person("Dana Levi").await;
        program.page(&person, "Cafe Aurora", "none").await;
        let param = program.link(1).await;
        client.open(&param).await;
        client.go_on().await;
        client.log_in(&person).await;
        browser.client.delete_cookie("browser").await.unwrap();
        client.allow().await;
        browser.see(TROUBLE).await;
        assert_eq!(heading(client).await, "We lost sight of you on the way");
        // What Facebook brought is left behind, and another language keeps the way on.
        let lost = format!("{}?came=other-browser", client.address(&param));
        assert_eq!(browser.url_without_fragment().await, lost);
        browser.click("a[hreflang=he]").await;
        browser.see("html[lang=he]").await;
        assert_eq!(browser.url_without_fragment().await, format!("{lost}&lang=he"));
        browser.click("a[hreflang=en]").await;
        browser.see("html[lang=en]").await;
        browser.click("main a.button").await;
        browser.see(LANDING).await;
        assert_eq!(browser.url().await.as_str(), client.address(&param));
        assert_eq!(program.onboarding(&param).await["state"], "started");
    });
}

#[test]
fn where_the_way_was_lost_the_link_itself_says_that_it_is_over() {
    visit(Setup::PHONE, async |client| {
        let param = client.program.link(1).await;
        client.program.cancel(&param).await;
        let lost = format!("{}?came=late&lang=ar", client.address(&param));
        client.browser.goto(&lost).await;
        assert_eq!(heading(client).await, "سُحب هذا الرابط");
        client.browser.goto(&client.address("no-such-link?came=late&lang=en")).await;
        assert_eq!(heading(client).await, "We do not know this link");
    });
}

#[test]
fn a_forged_return_offers_no_way_on() {
    visit(Setup::PHONE, async |client| {
        for query in ["", "?state=forged&code=x", "?error=access_denied"] {
            client.browser.goto(&format!("{}/oauth/callback/facebook{query}", client.program.url)).await;
            assert_eq!(heading(client).await, "We lost sight of you on the way");
            assert!(!client.browser.has("main a, main form").await);
            assert!(!client.browser.client.source().await.unwrap().contains("forged"));
        }
    });
}

#[test]
fn the_dialog_speaks_the_language_that_was_chosen_else_the_links() {
    visit(Setup::DESKTOP, async |client| {
        let browser = &client.browser;
        let asked = async |param: &str| {
            client.open(param).await;
            client.go_on().await;
            browser.see("input[name=step]").await;
            let dialog = browser.url().await;
            dialog.query_pairs().find(|(name, _)| name == "locale").map(|(_, value)| value.into_owned())
        };
        let plain = client.program.link(1).await;
        assert_eq!(asked(&plain).await, None, "Facebook sees for itself what the browser prefers");
        let link = client.program.link_with(json!({"type": 1, "locale": "ar-EG"})).await;
        assert_eq!(asked(&link).await.as_deref(), Some("ar_AR"));
        client.open(&link).await;
        browser.click("a[hreflang=he]").await;
        browser.see("html[lang=he]").await;
        assert_eq!(asked(&link).await.as_deref(), Some("he_IL"));
        client.forget().await;
    });
}
