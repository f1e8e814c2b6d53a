//! A client's browser without scripts, from the link through Meta's dialog and back.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use serde_json::{Value, json};
use url::Url;
use url::form_urlencoded::Serializer;

use super::{Answer, Call, Program};

/// Somebody of the sandbox with one Page.
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) page: String,
    pub(crate) instagram: Option<String>,
}

impl Person {
    pub(crate) async fn new(program: &Program, name: &str) -> Person {
        let made = program.sandbox("POST", "/sandbox/api/people", Some(json!({"name": name}))).await;
        let id = made["id"].as_str().unwrap().to_owned();
        let page = json!({"person_id": id, "name": format!("{name} Page"), "instagram": "professional"});
        let page = program.sandbox("POST", "/sandbox/api/pages", Some(page)).await;
        Person {
            id,
            page: page["id"].as_str().unwrap_or_else(|| panic!("{page}")).to_owned(),
            instagram: page["instagram"]["id"].as_str().map(str::to_owned),
        }
    }

    /// The asset that a type connects.
    pub(crate) fn asset(&self, product: u8) -> &str {
        if [2, 4].contains(&product) { self.instagram.as_ref().unwrap() } else { &self.page }
    }

    /// What the app is subscribed to on the Page, as the sandbox has it.
    pub(crate) async fn subscribed_fields(&self, program: &Program) -> Value {
        let world = program.sandbox("GET", "/sandbox/api/world", None).await;
        let pages = world["pages"].as_array().unwrap();
        pages.iter().find(|page| page["id"] == self.page.as_str()).unwrap()["subscribed_fields"].clone()
    }
}

/// Cookies are kept by host and port, which is stricter than browsers are.
pub(crate) struct Browser<'a> {
    program: &'a Program,
    cookies: BTreeMap<(String, String), String>,
}

impl<'a> Browser<'a> {
    pub(crate) fn new(program: &'a Program) -> Browser<'a> {
        Browser { program, cookies: BTreeMap::new() }
    }

    async fn load(&mut self, method: &str, url: &str, form: Option<&[(&str, &str)]>) -> Answer {
        let url = Url::parse(&self.program.url).unwrap().join(url).unwrap();
        let origin = url.origin().ascii_serialization();
        let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
        let mut call = Call::new(&origin, method, &format!("{}{query}", url.path()));
        let mine = self.cookies.iter().filter(|((at, _), _)| *at == origin);
        let cookies: Vec<String> = mine.map(|((_, name), value)| format!("{name}={value}")).collect();
        if !cookies.is_empty() {
            call = call.header("cookie", cookies.join("; "));
        }
        if let Some(form) = form {
            let body = Serializer::new(String::new()).extend_pairs(form).finish();
            call = call.header("content-type", "application/x-www-form-urlencoded").body(body);
        }
        let answer = call.send_anywhere().await;
        for cookie in answer.headers.get_all("set-cookie") {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert((origin.clone(), name.to_owned()), value.to_owned());
        }
        answer
    }

    /// The link's page, as it is now.
    pub(crate) async fn open(&mut self, param: &str) -> Answer {
        self.load("GET", &format!("/f/{param}"), None).await
    }

    /// Presses the button that leads to Meta; answers the dialog's address.
    pub(crate) async fn go_to_meta(&mut self, param: &str) -> String {
        let page = self.open(param).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text);
        let csrf = csrf(&page.text);
        let form: Vec<(&str, &str)> = csrf.iter().map(|token| ("csrf", token.as_str())).collect();
        let answer = self.load("POST", &format!("/f/{param}/continue"), Some(&form)).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert!(answer.header("location").starts_with(&self.program.sandbox));
        answer.header("location").to_owned()
    }

    /// Allows everything that is asked; answers the address of the callback.
    pub(crate) async fn allow(&mut self, dialog: &str, person: &Person) -> String {
        self.load("POST", dialog, Some(&[("step", "login"), ("person", &person.id)])).await;
        let url = Url::parse(dialog).unwrap();
        let (_, scope) = url.query_pairs().find(|(name, _)| name == "scope").unwrap();
        let mut form = vec![("step", "permissions"), ("action", "allow")];
        form.extend([("pages_choice", "all"), ("instagram_choice", "all")]);
        form.extend(scope.split(',').map(|one| ("permission", one)));
        let answer = self.load("POST", dialog, Some(&form)).await;
        assert_eq!(answer.status, StatusCode::FOUND, "{}", answer.text);
        answer.header("location").to_owned()
    }

    /// Refuses, and comes back to the link's page.
    pub(crate) async fn refuse(&mut self, param: &str) -> Answer {
        let dialog = self.go_to_meta(param).await;
        let answer = self.load("POST", &dialog, Some(&[("step", "login"), ("action", "cancel")])).await;
        self.come_back(answer.header("location")).await;
        self.open(param).await
    }

    /// Follows Meta's redirect; it ends at the link's clean address.
    pub(crate) async fn come_back(&mut self, callback: &str) {
        let answer = self.load("GET", callback, None).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
        assert!(!answer.header("location").contains("code="), "{}", answer.header("location"));
    }

    /// A form of the link's page, with the token that the page holds.
    pub(crate) async fn press(&mut self, param: &str, step: &str, more: &[(&str, &str)]) -> Answer {
        let page = self.open(param).await.text;
        let csrf = csrf(&page).unwrap_or_else(|| panic!("no csrf before {step}: {page}"));
        let mut form = vec![("csrf", csrf.as_str())];
        form.extend_from_slice(more);
        self.load("POST", &format!("/f/{param}/{step}"), Some(&form)).await
    }

    /// Everything up to the confirmation.
    pub(crate) async fn choose(&mut self, param: &str, person: &Person) {
        let dialog = self.go_to_meta(param).await;
        let callback = self.allow(&dialog, person).await;
        self.come_back(&callback).await;
        let picker = self.open(param).await.text;
        let asset = value_of(&picker, "asset").unwrap_or_else(|| panic!("nothing to choose: {picker}"));
        let chosen = self.press(param, "choose", &[("asset", &asset)]).await;
        assert_eq!(chosen.status, StatusCode::SEE_OTHER, "{}", chosen.text);
    }

    /// The whole way.
    pub(crate) async fn connect(&mut self, param: &str, person: &Person) {
        self.choose(param, person).await;
        let confirmed = self.press(param, "confirm", &[]).await;
        assert_eq!(confirmed.status, StatusCode::SEE_OTHER, "{}", confirmed.text);
        let done = self.open(param).await;
        assert!(!done.text.contains("<form method=\"post\""), "not done: {}", done.text);
    }
}

fn csrf(html: &str) -> Option<String> {
    value_of(html, "csrf")
}

/// The value of the first control of this name.
fn value_of(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split('"').next().map(str::to_owned)
}
