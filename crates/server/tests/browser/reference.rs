//! The API reference, for whoever reads it: on a phone, on a desktop, in the dark, without a mouse.

use serde_json::{Value, json};

use crate::support::{Client, Setup, View, visit};

#[test]
fn the_reference_is_readable_everywhere_and_asks_nobody_else() {
    visit(Setup::DESKTOP, async |client: &Client| {
        let browser = &client.browser;
        browser.goto(&format!("{}/docs", client.program.url)).await;
        // What is folded away is looked at as well.
        browser.run("document.querySelectorAll('details').forEach(one => (one.open = true))", vec![]).await;
        for view in [View::PHONE, View::NARROW, View::DESKTOP, View::DESKTOP.dark()] {
            browser.view(view).await;
            let over = "const root = document.documentElement; return root.scrollWidth - root.clientWidth";
            assert_eq!(browser.run(over, vec![]).await, json!(0), "it scrolls sideways: {}", view.width);
            assert_eq!(browser.barriers(&[]).await, Vec::<String>::new(), "{}", view.width);
        }
        browser.view_as_new().await;
        let elsewhere = browser
            .run(
                "return performance.getEntriesByType('resource').map(one => one.name)
                    .filter(name => !name.startsWith(arguments[0]))",
                vec![json!(client.program.url)],
            )
            .await;
        assert_eq!(elsewhere, json!([]));
        let broken = browser
            .run(
                "return [...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))
                    .filter(id => !document.getElementById(id))",
                vec![],
            )
            .await;
        assert_eq!(broken, json!([]), "links that lead nowhere");
        let document: Value = crate::support::http()
            .get(format!("{}/api/openapi.json", client.program.url))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        let told = |names: Vec<&String>| {
            names.into_iter().map(|n| n.rsplit('/').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let mut names = told(document["paths"].as_object().unwrap().keys().collect());
        names.extend(told(document["webhooks"].as_object().unwrap().keys().collect()));
        for name in names {
            let there =
                browser.run("return !!document.getElementById(arguments[0])", vec![json!(name)]).await;
            assert_eq!(there, json!(true), "{name} is not told");
        }
    });
}
