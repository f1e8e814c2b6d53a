//! What the pages let the browser do: nothing they do not need.

use crate::support::{Client, LANDING, Setup, http, visit};

#[test]
fn no_page_lets_itself_be_framed() {
    visit(Setup::DESKTOP, async |client: &Client| {
        let browser = &client.browser;
        let param = client.program.link(1).await;
        client.open(&param).await;
        browser.see(LANDING).await;
        browser.goto(&format!("data:text/html,<iframe src='{}'></iframe>", client.address(&param))).await;
        browser.client.enter_frame(0).await.unwrap();
        assert!(!browser.has("main").await, "the page is shown in a frame");
        // The refusal is what is wanted; it is no complaint.
        let refusals = browser.logged().await;
        assert!(refusals.iter().all(|one| one.contains("frame")), "{refusals:?}");
    });
}

#[test]
fn every_page_forbids_frames_caches_and_foreign_content() {
    visit(Setup::DESKTOP, async |client: &Client| {
        let param = client.program.link(1).await;
        let unknown = client.address("no-such-link");
        let callback = format!("{}/oauth/callback/facebook?state=forged", client.program.url);
        for address in [client.address(&param), unknown, callback, format!("{}/nothing", client.program.url)]
        {
            let answer = http().get(&address).send().await.unwrap();
            let header = |name: &str| answer.headers().get(name).map_or("", |value| value.to_str().unwrap());
            let policy = header("content-security-policy");
            for part in
                ["default-src 'none'", "script-src 'self';", "style-src 'self';", "frame-ancestors 'none'"]
            {
                assert!(policy.contains(part), "{part} at {address}: {policy}");
            }
            assert!(!policy.contains("unsafe"), "{policy}");
            assert_eq!(header("x-frame-options"), "DENY", "{address}");
            assert_eq!(header("referrer-policy"), "no-referrer", "{address}");
            assert_eq!(header("cache-control"), "no-store", "{address}");
            assert_eq!(header("x-content-type-options"), "nosniff", "{address}");
        }
    });
}

#[test]
fn a_style_or_a_script_smuggled_into_the_page_does_nothing() {
    visit(Setup::DESKTOP, async |client: &Client| {
        let browser = &client.browser;
        let param = client.program.link(1).await;
        client.open(&param).await;
        browser.see(LANDING).await;
        let smuggle = "const script = document.createElement('script');
            script.textContent = 'document.title = \"smuggled\"';
            const style = document.createElement('style');
            style.textContent = 'main { display: none }';
            document.body.append(script, style);
            return document.title + getComputedStyle(document.querySelector('main')).display";
        let found = browser.run(smuggle, vec![]).await;
        assert!(
            !found.as_str().unwrap().contains("smuggled") && found.as_str().unwrap().ends_with("flex"),
            "{found}"
        );
        let refusals = browser.logged().await;
        assert!(
            refusals.len() == 2 && refusals.iter().all(|one| one.contains("Content Security Policy")),
            "{refusals:?}"
        );
    });
}
