//! Chromium, as one person's browser.

use std::sync::Mutex;
use std::time::Duration;

use axum::http::Method;
use fantoccini::elements::Element;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit};
use url::Url;

use super::eyes::View;

/// More than a page takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// A place among the browsers that are busy at once; more only slow each other down.
pub(crate) async fn place() -> SemaphorePermit<'static> {
    static PLACES: Semaphore = Semaphore::const_new(3);
    PLACES.acquire().await.unwrap()
}

const ARGUMENTS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    Phone,
    Desktop,
}

impl Screen {
    pub(crate) const fn size(self) -> (u32, u32) {
        match self {
            Self::Phone => (390, 844),
            Self::Desktop => (1280, 900),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lang {
    English,
    Hebrew,
    Arabic,
}

impl Lang {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Hebrew => "he",
            Self::Arabic => "ar",
        }
    }

    pub(crate) const fn dir(self) -> &'static str {
        match self {
            Self::English => "ltr",
            Self::Hebrew | Self::Arabic => "rtl",
        }
    }
}

/// What kind of browser somebody has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Setup {
    pub(crate) screen: Screen,
    pub(crate) lang: Lang,
    pub(crate) scripts: bool,
}

impl Setup {
    /// An English one.
    pub(crate) const DESKTOP: Self = Self { screen: Screen::Desktop, lang: Lang::English, scripts: true };
    pub(crate) const PHONE: Self = Self { screen: Screen::Phone, ..Self::DESKTOP };

    pub(crate) const fn in_hebrew(self) -> Self {
        Self { lang: Lang::Hebrew, ..self }
    }

    pub(crate) const fn in_arabic(self) -> Self {
        Self { lang: Lang::Arabic, ..self }
    }

    pub(crate) const fn without_scripts(self) -> Self {
        Self { scripts: false, ..self }
    }

    /// Whether the same browser serves both: the language is said with each request.
    pub(crate) fn is_like(self, other: Setup) -> bool {
        (self.screen, self.scripts) == (other.screen, other.scripts)
    }

    fn capabilities(self) -> Value {
        let (width, height) = self.screen.size();
        let mut arguments: Vec<String> = ARGUMENTS.iter().map(|&one| one.to_owned()).collect();
        arguments.push(format!("--window-size={width},{height}"));
        let mut chrome = json!({
            "binary": environment("JETBRIDGE_TEST_CHROMIUM"),
            "args": arguments,
            "prefs": {},
        });
        if !self.scripts {
            chrome["prefs"]["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        if self.screen == Screen::Phone {
            // With scripts off, ChromeDriver's taps never end; its mouse clicks do.
            let metrics = json!({"width": width, "height": height, "pixelRatio": 2, "touch": self.scripts});
            chrome["mobileEmulation"] = json!({"deviceMetrics": metrics});
        }
        json!({
            "browserName": "chrome",
            "goog:chromeOptions": chrome,
            "goog:loggingPrefs": {"browser": "ALL"},
        })
    }
}

#[expect(clippy::disallowed_methods, reason = "`cargo xtask test` names the browser in the environment")]
pub(super) fn environment(name: &str) -> String {
    let value = std::env::var(name);
    value.unwrap_or_else(|_| {
        panic!("{name} is not set: run `cargo xtask test`, which starts the browser's driver")
    })
}

/// A browser and the page it shows.
pub(crate) struct Browser {
    pub(crate) client: Client,
    pub(crate) setup: Setup,
    /// How it shows pages, if not as a new one does.
    pub(super) shown: Mutex<Option<View>>,
}

impl Browser {
    pub(crate) async fn open(setup: Setup) -> Browser {
        let Value::Object(capabilities) = setup.capabilities() else { unreachable!("they are an object") };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&environment("JETBRIDGE_TEST_WEBDRIVER"))
            .await
            .expect("ChromeDriver opens Chromium");
        let browser = Browser { client, setup, shown: Mutex::default() };
        browser.check_scripts().await;
        browser.speak().await;
        browser
    }

    pub(crate) async fn close(self) {
        self.client.close().await.expect("the browser closes");
    }

    /// Serves somebody with this setup from now on.
    pub(crate) async fn serve(&mut self, setup: Setup) {
        assert!(self.setup.is_like(setup));
        self.setup = setup;
        self.speak().await;
    }

    async fn speak(&self) {
        let headers = json!({"headers": {"Accept-Language": self.setup.lang.code()}});
        self.devtools("Network.enable", json!({})).await;
        self.devtools("Network.setExtraHTTPHeaders", headers).await;
    }

    /// As it was when it was new, for the next test.
    pub(crate) async fn start_over(&self) {
        self.goto("about:blank").await;
        self.devtools("Network.clearBrowserCookies", json!({})).await;
        self.logged().await;
    }

    /// That scripts run, or do not, as the setup says.
    async fn check_scripts(&self) {
        self.goto("data:text/html,<title>off</title><script>document.title='on'</script>").await;
        let expected = if self.setup.scripts { "on" } else { "off" };
        assert_eq!(self.client.title().await.unwrap(), expected, "scripts");
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    pub(crate) async fn url(&self) -> Url {
        self.client.current_url().await.unwrap()
    }

    pub(crate) async fn url_without_fragment(&self) -> String {
        let mut url = self.url().await;
        url.set_fragment(None);
        url.into()
    }

    /// Waits for an element.
    pub(crate) async fn see(&self, css: &str) -> Element {
        loop {
            let wait = self.client.wait().at_most(PATIENCE).every(Duration::from_millis(50));
            match wait.for_element(Locator::Css(css)).await {
                Ok(element) => return element,
                // The page changed while it was looked at: the next one is looked at.
                Err(error) if error.to_string().contains("aborted by navigation") => {}
                Err(error) => panic!("no {css}: {error}"),
            }
        }
    }

    pub(crate) async fn has(&self, css: &str) -> bool {
        !self.client.find_all(Locator::Css(css)).await.unwrap().is_empty()
    }

    /// The text of an element as it is shown: nothing where it is hidden.
    pub(crate) async fn text(&self, css: &str) -> String {
        self.see(css).await.text().await.unwrap()
    }

    /// The texts of all such elements.
    pub(crate) async fn texts(&self, css: &str) -> Vec<String> {
        let mut texts = Vec::new();
        for element in self.client.find_all(Locator::Css(css)).await.unwrap() {
            texts.push(element.text().await.unwrap());
        }
        texts
    }

    pub(crate) async fn attr(&self, css: &str, name: &str) -> Option<String> {
        self.see(css).await.attr(name).await.unwrap()
    }

    pub(crate) async fn is_shown(&self, css: &str) -> bool {
        self.see(css).await.is_displayed().await.unwrap()
    }

    pub(crate) async fn click(&self, css: &str) {
        let element = self.see(css).await;
        element.click().await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// What a script gives that the test itself runs in the page, whatever the page may.
    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// A command of the browser's own protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({"cmd": command, "params": parameters});
        self.vendor("goog/cdp/execute", body).await
    }

    async fn vendor(&self, path: &'static str, body: Value) -> Value {
        self.client.issue_cmd(Vendor { path, body }).await.unwrap()
    }

    /// What the browser complained about so far. That a page came with a status of failure is none: some do.
    pub(crate) async fn logged(&self) -> Vec<String> {
        let entries = self.vendor("se/log", json!({"type": "browser"})).await;
        let entries = entries.as_array().unwrap();
        let severe = entries.iter().filter(|entry| entry["level"] == "SEVERE");
        let texts = severe.map(|entry| entry["message"].as_str().unwrap().to_owned());
        let is_page = |text: &str| !text.contains("/static/") && text.contains("Failed to load resource");
        texts.filter(|text| !is_page(text)).collect()
    }

    /// For the report of a test that failed.
    pub(crate) async fn tell_where_it_stands(&self) {
        let url = self.client.current_url().await;
        let source = self.client.source().await;
        println!("{:?}\nat {url:?}\n{}", self.setup, source.unwrap_or_default());
    }
}

/// Asks until it is so.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let asked = tokio::time::timeout(PATIENCE, async {
        let mut pause = tokio::time::interval(Duration::from_millis(50));
        while !is_so().await {
            pause.tick().await;
        }
    });
    assert!(asked.await.is_ok(), "waited in vain: {what}");
}

/// A command that WebDriver's standard does not have.
#[derive(Debug)]
struct Vendor {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Vendor {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        (Method::POST, Some(self.body.to_string()))
    }
}
