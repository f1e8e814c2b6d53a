//! The forms of a link's page: each does its step and sends the browser back to the page, so that
//! reloading and going back are harmless.

use std::collections::HashMap;

use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::response::Response;
use jetbridge_domain::inputs::Locale;
use jetbridge_domain::secret::Secret;

use super::show::{Came, Visitor, came, link_path, not_found, see_other};
use super::{cookies, link};
use crate::app::journey::{self, Move};
use crate::app::{Refusal, finish};
use crate::http::extract::read_body;
use crate::http::router::Web;

/// A form that a browser sent for a link.
pub(super) struct Form {
    web: Web,
    param: String,
    visitor: Visitor,
    /// A browser that says so knows that the form came from another site.
    from_elsewhere: bool,
    fields: HashMap<String, String>,
}

impl FromRequest<Web> for Form {
    type Rejection = Response;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visitor) = Visitor::from_request_parts(&mut parts, web).await;
        // What is no UTF-8 is no param either.
        let Ok(Path(param)) = Path::<String>::from_request_parts(&mut parts, web).await else {
            return Err(not_found(State(web.clone()), visitor).await);
        };
        let site = parts.headers.get("sec-fetch-site");
        let body = read_body(body, web.app.config.limits.body_time).await.bytes().unwrap_or_default();
        Ok(Self {
            web: web.clone(),
            param,
            visitor,
            from_elsewhere: site.is_some_and(|v| v == "cross-site" || v == "same-site"),
            fields: url::form_urlencoded::parse(&body).into_owned().collect(),
        })
    }
}

impl Form {
    fn get(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// The browser, if we know it and the form came from our own page.
    fn browser(&self) -> Option<&Secret> {
        self.visitor.browser.as_ref().filter(|browser| {
            !self.from_elsewhere && link::csrf_matches(&self.web.app, &self.param, browser, self.get("csrf"))
        })
    }

    /// Back to the page, which shows what came of it.
    fn to_link(&self, done: Result<(), Refusal>) -> Response {
        match done {
            Ok(()) => see_other(&link_path(&self.param), None),
            Err(refusal) => self.visitor.failed(&self.web.app.config, &self.param, &refusal),
        }
    }
}

/// A form's address asked for with a GET: somebody reloaded or shared it, or chose a language on a page that a form
/// led to.
pub(super) async fn to_link(Path(param): Path<String>, visitor: Visitor) -> Response {
    see_other(&visitor.in_chosen_language(&link_path(&param)), None)
}

/// `POST /f/{param}/continue`: to Facebook. Binds the way to this browser.
pub(super) async fn go_on(form: Form) -> Response {
    if form.from_elsewhere {
        return form.to_link(Ok(()));
    }
    let app = &form.web.app;
    let Some(browser) = &form.visitor.browser else { return without_cookie(&form).await };
    let again = !form.get("again").is_empty() || !form.get("rerequest").is_empty();
    let locale = |asked: Option<&Locale>| form.visitor.dialog_locale(asked.map(Locale::as_str));
    match journey::start(app, &form.param, browser, again, locale).await {
        // Written anew, so that it lasts as long as the journey.
        Ok(Some(dialog)) => see_other(dialog.as_str(), Some(&cookies::set_browser(&app.config, browser))),
        Ok(None) => form.to_link(Ok(())),
        Err(refusal) => form.to_link(Err(refusal)),
    }
}

/// The page gave this browser a cookie; one that does not bring it back would be a stranger after
/// Facebook, too. It gets another: whether it keeps that one, the next page sees.
async fn without_cookie(form: &Form) -> Response {
    let app = &form.web.app;
    let done = async {
        journey::came_without_cookie(app, &form.param).await?;
        Ok::<_, Refusal>(Secret::new(app.vault.entropy.token()?))
    };
    match done.await {
        Ok(new) => {
            let cookie = cookies::set_browser(&app.config, &new);
            see_other(&came(&form.param, Came::WithoutCookies), Some(&cookie))
        }
        Err(refusal) => form.to_link(Err(refusal)),
    }
}

/// `POST /f/{param}/check`: look again, with the same consent.
pub(super) async fn check(form: Form) -> Response {
    let done = match form.browser() {
        Some(browser) => journey::look_again(&form.web.app, &form.param, browser).await,
        None => Ok(()),
    };
    form.to_link(done)
}

/// `POST /f/{param}/choose`: one of the list.
pub(super) async fn choose(form: Form) -> Response {
    let asset = form.get("asset").to_owned();
    step(&form, Move::Choose(asset)).await
}

/// `POST /f/{param}/back`: the list again.
pub(super) async fn back(form: Form) -> Response {
    step(&form, Move::Back).await
}

async fn step(form: &Form, step: Move) -> Response {
    let done = match form.browser() {
        Some(browser) => journey::go(&form.web.app, &form.param, browser, step).await,
        None => Ok(()),
    };
    form.to_link(done)
}

/// `POST /f/{param}/confirm`: connect it.
pub(super) async fn confirm(form: Form) -> Response {
    let done = match form.browser() {
        Some(browser) => finish::confirm(&form.web.app, &form.param, browser).await,
        None => Ok(()),
    };
    form.to_link(done)
}
