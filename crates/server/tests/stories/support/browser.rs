//! A client's browser without scripts: cookies per host, redirects followed, forms found and sent.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, Url};

/// A page, or whatever else came.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) html: String,
}

/// The permissions step is left with every box ticked but these.
pub(crate) struct Browser {
    http: reqwest::Client,
    gateway: String,
    sandbox: String,
    cookies: BTreeMap<String, String>,
}

impl Page {
    /// The value of the hidden or other field `name`.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        self.inputs().into_iter().find(|i| i.name == name).map(|i| i.value)
    }

    /// What a form sends as it stands.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        let sent = |i: &Input| !i.disabled && (i.kind == "hidden" || i.kind == "text" || i.checked);
        self.inputs().into_iter().filter(sent).map(|i| (i.name, i.value)).collect()
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.html.contains(text)
    }

    /// The kind of trouble, by the words that only its page has.
    fn inputs(&self) -> Vec<Input> {
        self.html
            .split('<')
            .filter(|tag| tag.starts_with("input"))
            .map(|tag| {
                let tag = tag.split('>').next().unwrap_or_default();
                Input {
                    name: attribute(tag, "name"),
                    value: attribute(tag, "value"),
                    kind: attribute(tag, "type"),
                    checked: tag.split_whitespace().any(|w| w == "checked"),
                    disabled: tag.split_whitespace().any(|w| w == "disabled"),
                }
            })
            .collect()
    }
}

struct Input {
    name: String,
    value: String,
    kind: String,
    checked: bool,
    disabled: bool,
}

fn attribute(tag: &str, name: &str) -> String {
    let found = tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
    found.unwrap_or_default().replace("&#38;", "&").replace("&amp;", "&")
}

impl Browser {
    pub(crate) fn new(http: reqwest::Client, gateway: &str, sandbox: &str) -> Self {
        Self { http, gateway: gateway.to_owned(), sandbox: sandbox.to_owned(), cookies: BTreeMap::new() }
    }

    /// The same browser in another tab.
    pub(crate) fn same(&self) -> Self {
        Self {
            http: self.http.clone(),
            gateway: self.gateway.clone(),
            sandbox: self.sandbox.clone(),
            cookies: self.cookies.clone(),
        }
    }

    /// What it sends as its cookies.
    pub(crate) fn cookies(&self) -> String {
        let cookies: Vec<String> = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        cookies.join("; ")
    }

    /// One request without following where it leads.
    pub(crate) async fn raw(
        &mut self,
        method: Method,
        url: Url,
        form: Option<&[(String, String)]>,
    ) -> reqwest::Response {
        let mut request = self.http.request(method, url).header(COOKIE, self.cookies());
        if let Some(form) = form {
            request = request.form(form);
        }
        let answer = request.send().await.unwrap();
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    async fn follow(&mut self, method: Method, url: Url, form: Option<&[(String, String)]>) -> Page {
        let mut answer = self.raw(method, url.clone(), form).await;
        let mut url = url;
        for _ in 0..10 {
            let Some(to) = answer.headers().get(LOCATION) else { break };
            url = url.join(to.to_str().unwrap()).unwrap();
            answer = self.raw(Method::GET, url.clone(), None).await;
        }
        Page { url, status: answer.status().as_u16(), html: answer.text().await.unwrap() }
    }

    pub(crate) async fn get(&mut self, url: &str) -> Page {
        self.follow(Method::GET, url.parse().unwrap(), None).await
    }

    /// Opens a link.
    pub(crate) async fn open(&mut self, param: &str) -> Page {
        self.get(&format!("{}/f/{param}", self.gateway)).await
    }

    /// Sends a form of a link's page.
    pub(crate) async fn press(&mut self, param: &str, form: &str, fields: &[(&str, &str)]) -> Page {
        let url = format!("{}/f/{param}/{form}", self.gateway).parse().unwrap();
        let fields: Vec<(String, String)> =
            fields.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        self.follow(Method::POST, url, Some(&fields)).await
    }

    /// Presses Continue: to the sandbox's dialog.
    pub(crate) async fn go_on(&mut self, param: &str) -> Page {
        self.open(param).await;
        let page = self.press(param, "continue", &[]).await;
        assert!(page.url.as_str().starts_with(&self.sandbox), "not at the dialog: {}", page.url);
        page
    }

    /// Sends the dialog's form as it stands, with this button, and some boxes unticked.
    pub(crate) async fn submit(&mut self, page: &Page, button: (&str, &str), untick: &[&str]) -> Page {
        let mut fields = page.fields();
        fields.retain(|(_, value)| !untick.contains(&value.as_str()));
        fields.push((button.0.to_owned(), button.1.to_owned()));
        self.follow(Method::POST, page.url.clone(), Some(&fields)).await
    }

    /// Goes through the dialog as this person, unticking `untick`, up to where Facebook sends back.
    pub(crate) async fn dialog(&mut self, mut page: Page, person: &str, untick: &[&str]) -> Page {
        for _ in 0..8 {
            if !page.url.as_str().starts_with(&self.sandbox) {
                return page;
            }
            let step = page.field("step").unwrap_or_else(|| panic!("no step: {}", page.html));
            let button = match step.as_str() {
                "login" => ("person", person),
                "continue" => ("action", "continue"),
                "assets" => ("action", "next"),
                _ => ("action", "allow"),
            };
            page = self.submit(&page, button, untick).await;
        }
        panic!("the dialog does not end: {}", page.html)
    }

    /// Goes through the dialog as this person up to where Facebook sends the browser back to, and does not go there.
    pub(crate) async fn way_back(&mut self, mut page: Page, person: &str) -> String {
        loop {
            let step = page.field("step").unwrap_or_else(|| panic!("no step: {}", page.html));
            let button = match step.as_str() {
                "login" => ("person", person),
                "continue" => ("action", "continue"),
                "assets" => ("action", "next"),
                _ => break,
            };
            page = self.submit(&page, button, &[]).await;
        }
        let mut fields = page.fields();
        fields.push(("action".to_owned(), "allow".to_owned()));
        let answer = self.raw(Method::POST, page.url.clone(), Some(&fields)).await;
        answer.headers()[LOCATION].to_str().unwrap().to_owned()
    }

    /// From the link to the picker.
    pub(crate) async fn consent(&mut self, param: &str, person: &str) -> Page {
        let page = self.go_on(param).await;
        self.dialog(page, person, &[]).await
    }

    /// From the picker to the end, with this asset.
    pub(crate) async fn finish(&mut self, param: &str, picker: &Page, asset: &str) -> Page {
        let csrf = picker.field("csrf").unwrap_or_else(|| panic!("no picker: {}", picker.html));
        let confirm = self.press(param, "choose", &[("csrf", &csrf), ("asset", asset)]).await;
        assert!(confirm.has("/confirm"), "not asked to confirm: {}", confirm.html);
        self.press(param, "confirm", &[("csrf", &csrf)]).await
    }

    /// The whole way.
    pub(crate) async fn connect(&mut self, param: &str, person: &str, asset: &str) -> Page {
        let picker = self.consent(param, person).await;
        self.finish(param, &picker, asset).await
    }
}
