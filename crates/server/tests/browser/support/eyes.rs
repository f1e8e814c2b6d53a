//! How a page is shown, and what is seen there: by axe-core, and by a strict designer.

use std::path::PathBuf;
use std::sync::OnceLock;

use serde_json::{Value, json};

use super::browser::{Browser, environment};

const LOOK: &str = include_str!("look.js");
const AXE: &str = include_str!("axe.js");

/// How a page is shown. What is not said is as on an ordinary desktop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) dark: bool,
    pub(crate) moving: bool,
    pub(crate) forced: bool,
    /// The browser's own size of text, in pixels.
    pub(crate) text: u32,
}

impl View {
    pub(crate) const DESKTOP: View =
        View { width: 1280, height: 900, dark: false, moving: false, forced: false, text: 16 };
    pub(crate) const PHONE: View = View { width: 390, height: 844, ..View::DESKTOP };
    /// The narrowest that WCAG asks for (1.4.10).
    pub(crate) const NARROW: View = View { width: 320, height: 568, ..View::DESKTOP };
    /// A window of 1280 by 800 at 200 %.
    pub(crate) const ZOOMED: View = View { width: 640, height: 400, ..View::DESKTOP };

    pub(crate) const fn dark(self) -> View {
        View { dark: true, ..self }
    }

    pub(crate) const fn moving(self) -> View {
        View { moving: true, ..self }
    }

    pub(crate) const fn forced(self) -> View {
        View { forced: true, ..self }
    }

    /// Text alone at 200 %.
    pub(crate) const fn large(self) -> View {
        View { text: 32, ..self }
    }
}

/// Where pictures are wanted: in the folder that `JETBRIDGE_TEST_PICTURES` names. They take their time.
#[expect(clippy::disallowed_methods, reason = "a wish of whoever runs the tests")]
pub(crate) fn pictures() -> Option<PathBuf> {
    std::env::var("JETBRIDGE_TEST_PICTURES").ok().map(PathBuf::from)
}

fn axe() -> &'static str {
    static AXE: OnceLock<String> = OnceLock::new();
    AXE.get_or_init(|| {
        std::fs::read_to_string(environment("JETBRIDGE_TEST_AXE")).expect("axe-core is readable")
    })
}

impl Browser {
    /// Shows pages in this way from now on.
    pub(crate) async fn view(&self, view: View) {
        let before = self.shown.lock().unwrap().replace(view);
        let colours = |view: View| (view.dark, view.moving, view.forced);
        if before.map(colours) != Some(colours(view)) {
            let media = json!({"features": [
                {"name": "prefers-color-scheme", "value": if view.dark { "dark" } else { "light" }},
                {"name": "prefers-reduced-motion", "value": if view.moving { "no-preference" } else { "reduce" }},
                {"name": "forced-colors", "value": if view.forced { "active" } else { "none" }},
            ]});
            self.devtools("Emulation.setEmulatedMedia", media).await;
        }
        if before.map_or(16, |before| before.text) != view.text {
            self.devtools("Page.setFontSizes", json!({"fontSizes": {"standard": view.text}})).await;
        }
        self.resize(view.width, view.height).await;
    }

    pub(crate) async fn resize(&self, width: u32, height: u32) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Shows pages again as a new browser does.
    pub(crate) async fn view_as_new(&self) {
        self.view(View { moving: true, ..View::DESKTOP }).await;
        self.devtools("Emulation.setEmulatedMedia", json!({"features": []})).await;
        self.devtools("Emulation.clearDeviceMetricsOverride", json!({})).await;
        self.shown.lock().unwrap().take();
    }

    /// A picture of the page as a whole.
    pub(crate) async fn whole(&self, view: View) -> Vec<u8> {
        self.view(view).await;
        let height = self.run("return document.documentElement.scrollHeight", vec![]).await.as_u64().unwrap();
        self.resize(view.width, view.height.max(u32::try_from(height).unwrap())).await;
        self.client.screenshot().await.unwrap()
    }

    /// Shows a page in place of the one that is shown, without loading it: scripts that are there already stay.
    pub(crate) async fn put(&self, html: &str) {
        let put = "const [html, done] = arguments;
            const page = new DOMParser().parseFromString(html, 'text/html');
            const root = document.documentElement;
            for (const { name } of [...root.attributes]) root.removeAttribute(name);
            for (const { name, value } of page.documentElement.attributes) root.setAttribute(name, value);
            const sheets = [...page.querySelectorAll('link[rel=stylesheet]')];
            root.replaceChildren(page.head, page.body);
            scrollTo(0, 0);
            Promise.all(sheets.map(sheet => sheet.sheet || new Promise(loaded => (sheet.onload = loaded))))
                .then(() => done(document.styleSheets.length === sheets.length));";
        let styled = self.client.execute_async(put, vec![json!(html)]).await.expect("the page is put there");
        assert_eq!(styled, true, "its style is there");
    }

    /// What a designer complains about.
    pub(crate) async fn complaints(&self, view: View) -> Vec<String> {
        strings(&self.run(LOOK, vec![json!(view.width)]).await)
    }

    /// What axe-core finds. `rules` narrows it down, where the rest has been looked at already.
    pub(crate) async fn barriers(&self, rules: &[&str]) -> Vec<String> {
        if self.run("return typeof axe", vec![]).await == "undefined" {
            self.run(&format!("{}; window.axe = axe", axe()), vec![]).await;
        }
        let found = self.client.execute_async(AXE, vec![json!(rules)]).await;
        strings(&found.unwrap_or_else(|error| panic!("axe-core: {error}")))
    }
}

fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().unwrap_or_else(|| panic!("no list: {list}"));
    list.iter().map(|one| one.as_str().unwrap_or_default().to_owned()).collect()
}
