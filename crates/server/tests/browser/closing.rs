//! The last page closes itself where it may.

use serde_json::json;

use crate::support::{DONE, Setup, until, visit};

#[test]
fn a_window_that_the_partners_page_opened_closes_itself() {
    visit(Setup::DESKTOP, async |client| {
        let (program, browser) = (&client.program, &client.browser);
        let person = program.person("Dana Levi").await;
        let (page, _) = program.page(&person, "Cafe Aurora", "none").await;
        let param = program.link(1).await;
        browser.goto(&program.sandbox).await;
        let first = browser.client.window().await.unwrap();
        browser.run("window.open(arguments[0], '_blank')", vec![json!(client.address(&param))]).await;
        let windows = browser.client.windows().await.unwrap();
        let second = windows.into_iter().find(|one| *one != first).expect("a second window");
        browser.client.switch_to_window(second.clone()).await.unwrap();
        browser.see("form[action$='/continue']").await;
        client.go_on().await;
        client.log_in(&person).await;
        client.allow().await;
        client.choose(&page).await;
        client.confirm().await;
        browser.see(DONE).await;
        assert!(browser.is_shown("#closing").await && !browser.is_shown(DONE).await);
        until("the window is gone", async || !browser.client.windows().await.unwrap().contains(&second))
            .await;
        browser.client.switch_to_window(first).await.unwrap();
        assert_eq!(program.onboarding(&param).await["state"], "finished");
    });
}

#[test]
fn a_window_that_cannot_close_says_that_it_may_be_closed() {
    visit(Setup::DESKTOP, async |client| {
        let (program, browser) = (&client.program, &client.browser);
        let person = program.person("Dana Levi").await;
        let (page, _) = program.page(&person, "Cafe Aurora", "none").await;
        let param = program.link(1).await;
        client.connect(&param, &person, &page).await;
        until("it says so", async || browser.is_shown(DONE).await).await;
        assert!(!browser.is_shown("#closing").await);
        assert_eq!(browser.text(DONE).await, "You may close this page now.");
    });
}
