//! The forms of a link's page: each does its step and sends the browser back to the page, so that
//! reloading and going back are harmless.

use std::collections::HashMap;

use axum::extract::{FromRequest, Path, Request, State};
use axum::http::HeaderMap;
use axum::response::Response;
use jetbridge_domain::secret::Secret;

use super::show::{Visitor, link_path, see_other};
use super::{cookies, link};
use crate::app::journey::{self, Move};
use crate::app::{Refusal, finish};
use crate::http::extract::read_body;
use crate::http::router::Web;

/// A form's fields.
pub(super) struct Fields(HashMap<String, String>);

impl FromRequest<Web> for Fields {
    type Rejection = std::convert::Infallible;

    async fn from_request(request: Request, web: &Web) -> Result<Self, Self::Rejection> {
        let body = read_body(request.into_body(), web.app.config.limits.body_time).await.bytes();
        let body = body.unwrap_or_default();
        Ok(Self(url::form_urlencoded::parse(&body).into_owned().collect()))
    }
}

impl Fields {
    fn get(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

/// A browser that says so knows that the form came from another site.
fn from_elsewhere(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|v| v == "cross-site" || v == "same-site")
}

/// A form's address asked for with a GET: somebody reloaded or shared it.
pub(super) async fn to_link(Path(param): Path<String>) -> Response {
    see_other(&link_path(&param), None)
}

/// `POST /f/{param}/continue`: to Facebook. Binds the way to this browser.
pub(super) async fn go_on(
    State(web): State<Web>,
    Path(param): Path<String>,
    visitor: Visitor,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    if from_elsewhere(&headers) {
        return see_other(&link_path(&param), None);
    }
    let config = &web.app.config;
    let started = async {
        let browser = match &visitor.browser {
            Some(browser) => browser.clone(),
            None => Secret::new(web.app.vault.entropy.token()?),
        };
        let again = !fields.get("again").is_empty() || !fields.get("rerequest").is_empty();
        Ok((journey::start(&web.app, &param, &browser, again).await?, browser))
    };
    match started.await {
        Ok((Some(dialog), browser)) => {
            see_other(dialog.as_str(), Some(&cookies::set_browser(config, &browser)))
        }
        Ok((None, _)) => see_other(&link_path(&param), None),
        Err(refusal) => visitor.failed(config, &param, &refusal),
    }
}

/// Does a step of a browser that we know and whose form came from our page; then shows the page.
async fn step<F>(
    web: &Web,
    param: &str,
    visitor: &Visitor,
    headers: &HeaderMap,
    csrf: &str,
    work: F,
) -> Response
where
    F: AsyncFnOnce(&Secret) -> Result<(), Refusal>,
{
    let ours = visitor
        .browser
        .as_ref()
        .filter(|browser| !from_elsewhere(headers) && link::csrf_matches(&web.app, param, browser, csrf));
    let done = match ours {
        Some(browser) => work(browser).await,
        None => Ok(()),
    };
    match done {
        Ok(()) => see_other(&link_path(param), None),
        Err(refusal) => visitor.failed(&web.app.config, param, &refusal),
    }
}

/// `POST /f/{param}/choose`: one of the list.
pub(super) async fn choose(
    State(web): State<Web>,
    Path(param): Path<String>,
    visitor: Visitor,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    let asset = fields.get("asset").to_owned();
    step(&web, &param, &visitor, &headers, fields.get("csrf"), async |browser| {
        journey::go(&web.app, &param, browser, Move::Choose(asset)).await
    })
    .await
}

/// `POST /f/{param}/back`: the list again.
pub(super) async fn back(
    State(web): State<Web>,
    Path(param): Path<String>,
    visitor: Visitor,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    step(&web, &param, &visitor, &headers, fields.get("csrf"), async |browser| {
        journey::go(&web.app, &param, browser, Move::Back).await
    })
    .await
}

/// `POST /f/{param}/confirm`: connect it.
pub(super) async fn confirm(
    State(web): State<Web>,
    Path(param): Path<String>,
    visitor: Visitor,
    headers: HeaderMap,
    fields: Fields,
) -> Response {
    step(&web, &param, &visitor, &headers, fields.get("csrf"), async |browser| {
        finish::confirm(&web.app, &param, browser).await
    })
    .await
}
