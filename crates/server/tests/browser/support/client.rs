//! A client on the way: what is pressed on which page.

use std::sync::Arc;

use super::{Browser, Person, Program};

/// What each page is known by.
pub(crate) const LANDING: &str = ".plan";
pub(crate) const CHOOSE: &str = "#choose";
pub(crate) const CONFIRM: &str = "form[action$='/confirm']";
pub(crate) const DONE: &str = "#closed";
pub(crate) const TROUBLE: &str = "body.is-stuck";

/// Somebody with a browser, in front of the program.
pub(crate) struct Client {
    pub(crate) browser: Browser,
    pub(crate) program: Arc<Program>,
}

impl Client {
    pub(crate) fn address(&self, param: &str) -> String {
        format!("{}/f/{param}", self.program.url)
    }

    /// Opens the link.
    pub(crate) async fn open(&self, param: &str) {
        self.browser.goto(&self.address(param)).await;
    }

    /// From the link's page to Facebook.
    pub(crate) async fn go_on(&self) {
        self.browser.click("form[action$='/continue'] button").await;
    }

    /// At Facebook: a button of this step.
    pub(crate) async fn press(&self, step: &str, name: &str, value: &str) {
        self.browser.see(&format!("input[name=step][value={step}]")).await;
        self.browser.click(&format!("button[name={name}][value='{value}']")).await;
    }

    pub(crate) async fn log_in(&self, person: &Person) {
        self.press("login", "person", &person.id).await;
    }

    /// At Facebook, logged in: the Pages as they are ticked, every permission.
    pub(crate) async fn allow(&self) {
        self.press("assets", "action", "next").await;
        self.press("permissions", "action", "allow").await;
    }

    /// From the link to the page after Facebook.
    pub(crate) async fn consent(&self, param: &str, person: &Person) {
        self.open(param).await;
        self.go_on().await;
        self.log_in(person).await;
        self.allow().await;
    }

    /// Back from Facebook: chooses this Page or account.
    pub(crate) async fn choose(&self, asset: &str) {
        self.browser.see(CHOOSE).await;
        self.browser.click(&format!("input[name=asset][value='{asset}']")).await;
        self.browser.click("button[form=choose]").await;
        self.browser.see(CONFIRM).await;
    }

    pub(crate) async fn confirm(&self) {
        self.browser.click(&format!("{CONFIRM} button")).await;
    }

    /// The whole way.
    pub(crate) async fn connect(&self, param: &str, person: &Person, asset: &str) {
        self.consent(param, person).await;
        self.choose(asset).await;
        self.confirm().await;
        self.browser.see(DONE).await;
    }

    /// From now on it is as in another browser.
    pub(crate) async fn forget(&self) {
        self.browser.client.delete_all_cookies().await.unwrap();
    }
}
