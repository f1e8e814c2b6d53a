//! Reloading, going back, coming twice, looking without coming: none of it does harm.

use crate::support::{CHOOSE, CONFIRM, Client, DONE, LANDING, Setup, http, visit};

/// Reloads, and opens the link anew: it is the same page both times.
async fn stays(client: &Client, param: &str, page: &str) {
    client.browser.see(page).await;
    client.browser.client.refresh().await.unwrap();
    client.browser.see(page).await;
    client.open(param).await;
    client.browser.see(page).await;
}

#[test]
fn reloading_keeps_every_step() {
    visit(Setup::DESKTOP, async |client| {
        let program = &client.program;
        let person = program.person("Dana Levi").await;
        let (page, _) = program.page(&person, "Cafe Aurora", "none").await;
        let (other, _) = program.page(&person, "Aurora Roastery", "none").await;
        let param = program.link(1).await;
        client.open(&param).await;
        stays(client, &param, LANDING).await;
        client.go_on().await;
        client.log_in(&person).await;
        client.allow().await;
        stays(client, &param, CHOOSE).await;
        client.choose(&other).await;
        stays(client, &param, CONFIRM).await;
        client.browser.click("form[action$='/back'] button").await;
        stays(client, &param, CHOOSE).await;
        client.choose(&page).await;
        client.confirm().await;
        stays(client, &param, DONE).await;
        assert_eq!(program.connections(&param).await.len(), 1);
        assert_eq!(program.connections(&param).await[0]["page_id"], page);
    });
}

#[test]
fn the_back_button_after_the_end_is_harmless() {
    visit(Setup::DESKTOP, async |client| {
        let (program, browser) = (&client.program, &client.browser);
        let person = program.person("Dana Levi").await;
        let (page, _) = program.page(&person, "Cafe Aurora", "none").await;
        let param = program.link(1).await;
        client.connect(&param, &person, &page).await;
        let before = program.connections(&param).await;
        for _ in 0..3 {
            browser.client.back().await.unwrap();
            if browser.url().await.as_str() == client.address(&param) && browser.has(CONFIRM).await {
                client.confirm().await;
                browser.see(DONE).await;
            }
        }
        client.open(&param).await;
        browser.see(DONE).await;
        assert_eq!(program.connections(&param).await, before);
        assert_eq!(program.onboarding(&param).await["state"], "finished");
    });
}

#[test]
fn coming_back_from_facebook_twice_lands_on_the_current_step() {
    visit(Setup::DESKTOP, async |client| {
        let (program, browser) = (&client.program, &client.browser);
        let person = program.person("Dana Levi").await;
        let (page, _) = program.page(&person, "Cafe Aurora", "none").await;
        let param = program.link(1).await;
        client.open(&param).await;
        client.go_on().await;
        client.log_in(&person).await;
        let dialog = browser.url().await;
        let (_, state) = dialog.query_pairs().find(|(name, _)| name == "state").unwrap();
        let callback = format!("{}/oauth/callback/facebook?code=again&state={state}", program.url);
        client.allow().await;
        for step in [CHOOSE, CONFIRM, DONE] {
            browser.see(step).await;
            browser.goto(&callback).await;
            browser.see(step).await;
            assert_eq!(browser.url_without_fragment().await, client.address(&param));
            match step {
                CHOOSE => client.choose(&page).await,
                CONFIRM => client.confirm().await,
                _ => {}
            }
        }
        assert_eq!(program.connections(&param).await.len(), 1);
    });
}

#[test]
fn going_back_from_facebook_and_on_again_works() {
    visit(Setup::DESKTOP, async |client| {
        let (program, browser) = (&client.program, &client.browser);
        let person = program.person("Dana Levi").await;
        let (page, _) = program.page(&person, "Cafe Aurora", "none").await;
        let param = program.link(1).await;
        client.open(&param).await;
        client.go_on().await;
        browser.see("input[name=step][value=login]").await;
        browser.client.back().await.unwrap();
        browser.see(LANDING).await;
        client.go_on().await;
        client.log_in(&person).await;
        client.allow().await;
        client.choose(&page).await;
        client.confirm().await;
        browser.see(DONE).await;
    });
}

#[test]
fn a_chat_programs_preview_does_not_use_the_link_up() {
    visit(Setup::PHONE, async |client| {
        let program = &client.program;
        let person = program.person("Dana Levi").await;
        let (page, _) = program.page(&person, "Cafe Aurora", "none").await;
        let param = program.link(1).await;
        let before = program.onboarding(&param).await;
        for agent in ["WhatsApp/2.23.20.0", "facebookexternalhit/1.1", "TelegramBot (like TwitterBot)"] {
            for path in ["", "/continue", "/choose", "/confirm", "/back"] {
                let request =
                    http().get(format!("{}{path}", client.address(&param))).header("user-agent", agent);
                let answer = request.send().await.unwrap();
                let expected = if path.is_empty() { 200 } else { 303 };
                assert_eq!(answer.status(), expected, "{path} for {agent}");
                // A cookie for whoever keeps it; nothing is stored here for one that does not come back.
                assert_eq!(answer.headers().get("set-cookie").is_some(), path.is_empty());
            }
            let head = http().head(client.address(&param)).header("user-agent", agent).send().await.unwrap();
            assert_eq!(head.status(), 200);
        }
        assert_eq!(program.onboarding(&param).await, before);
        client.connect(&param, &person, &page).await;
    });
}
