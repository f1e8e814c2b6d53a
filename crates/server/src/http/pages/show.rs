//! From a page's data to the answer a browser gets.

use axum::extract::{FromRequestParts, State};
use axum::http::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, LOCATION, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use jetbridge_domain::secret::Secret;

use super::cookies;
use super::text::{self, Lang, Text};
use super::view::{Page, Shell, Trouble, TroubleKind};
use crate::app::Refusal;
use crate::config::Config;
use crate::http::extract::Query;
use crate::http::request_id;
use crate::http::router::Web;

/// Who looks at a page: the browser, and the languages it asks for.
pub(in crate::http) struct Visitor {
    /// The browser, if it has been here before.
    pub(super) browser: Option<Secret>,
    /// How it came to a link's page, where the address says so.
    pub(super) came: Option<Came>,
    chosen: Option<Lang>,
    kept: Option<Lang>,
    accept: Option<String>,
}

impl FromRequestParts<Web> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, Self::Rejection> {
        let Ok(query) = Query::from_request_parts(parts, web).await;
        let config = &web.app.config;
        Ok(Self {
            browser: cookies::browser(config, &parts.headers),
            came: query.raw("came").and_then(|word| Came::ALL.into_iter().find(|c| c.word() == word)),
            chosen: query.raw("lang").and_then(Lang::parse),
            kept: cookies::language(config, &parts.headers),
            accept: parts.headers.get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map(str::to_owned),
        })
    }
}

impl Visitor {
    /// The language: what the client chose on a page, the first of the wishes that we speak, what the browser
    /// prefers.
    fn language(&self, wishes: &[Option<&str>]) -> Lang {
        self.chosen.or(self.kept).unwrap_or_else(|| text::negotiate(wishes, self.accept.as_deref()))
    }

    /// The locale for Facebook's dialog: what the client chose on a page, or else what the link says. What the
    /// browser prefers, Facebook sees for itself.
    pub(super) fn dialog_locale(&self, link: Option<&str>) -> Option<String> {
        self.chosen.or(self.kept).and_then(Lang::dialog).or_else(|| link.and_then(text::dialog_locale))
    }

    /// The address, with the language that was chosen at this one.
    pub(super) fn in_chosen_language(&self, path: &str) -> String {
        self.chosen.map_or_else(|| path.to_owned(), |lang| format!("{path}?lang={}", lang.code()))
    }

    /// The answer with this page, in the first of these languages that we speak.
    pub(super) fn page(
        &self,
        config: &Config,
        status: StatusCode,
        wishes: &[Option<&str>],
        shell: &Shell,
        page: &Page,
        new_browser: Option<&Secret>,
    ) -> Response {
        let lang = self.language(wishes);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        if let Some(chosen) = self.chosen
            && let Ok(cookie) = HeaderValue::from_str(&cookies::set_language(config, chosen))
        {
            headers.append(SET_COOKIE, cookie);
        }
        if let Some(new) = new_browser
            && let Ok(cookie) = HeaderValue::from_str(&cookies::set_browser(config, new))
        {
            headers.append(SET_COOKIE, cookie);
        }
        match page.render(Text::of(lang), shell) {
            Ok(html) => (status, headers, html).into_response(),
            Err(error) => {
                tracing::error!(%error, "a page cannot be rendered");
                (StatusCode::INTERNAL_SERVER_ERROR, "Something broke on our side. Please try again.")
                    .into_response()
            }
        }
    }

    /// The answer where there is no link to speak of.
    pub(super) fn trouble(&self, config: &Config, trouble: Trouble) -> Response {
        let status = status(trouble.kind);
        self.page(config, status, &[], &Shell::default(), &Page::Trouble(trouble), None)
    }

    /// The answer where a use case failed; `param` is empty where the link is not known yet.
    pub(in crate::http) fn failed(&self, config: &Config, param: &str, refusal: &Refusal) -> Response {
        if matches!(refusal, Refusal::NoSuchLink) {
            return self.trouble(config, Trouble::new(TroubleKind::LinkUnknown));
        }
        if matches!(refusal, Refusal::TooManyJourneys) {
            return self.trouble(config, Trouble::new(TroubleKind::TooMany));
        }
        tracing::error!(error = ?refusal, "a client's page failed");
        self.trouble(
            config,
            Trouble {
                param: Some(param.to_owned()).filter(|p| !p.is_empty()),
                code: Some(request_id::current()),
                ..Trouble::new(TroubleKind::SomethingBroke)
            },
        )
    }
}

/// What a page about trouble says to programs.
pub(super) fn status(kind: TroubleKind) -> StatusCode {
    match kind {
        TroubleKind::LinkUnknown | TroubleKind::NotFound => StatusCode::NOT_FOUND,
        TroubleKind::LinkExpired | TroubleKind::LinkCancelled => StatusCode::GONE,
        TroubleKind::SomethingBroke => StatusCode::INTERNAL_SERVER_ERROR,
        TroubleKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
        TroubleKind::SessionLost | TroubleKind::LoginLate | TroubleKind::CookiesRefused => {
            StatusCode::BAD_REQUEST
        }
        _ => StatusCode::OK,
    }
}

/// Sends the browser to `to` with a GET.
pub(super) fn see_other(to: &str, cookie: Option<&str>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    if let Ok(to) = HeaderValue::from_str(to) {
        headers.insert(LOCATION, to);
    }
    if let Some(Ok(cookie)) = cookie.map(HeaderValue::from_str) {
        headers.insert(SET_COOKIE, cookie);
    }
    response
}

/// How a client came to a link's page, where that is what the page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    /// Back from Facebook, in another browser than the one that left.
    InOtherBrowser,
    /// Back from Facebook when the time for it was over.
    Late,
    /// From Continue, without the cookie that the page had given.
    WithoutCookies,
}

impl Came {
    const ALL: [Self; 3] = [Self::InOtherBrowser, Self::Late, Self::WithoutCookies];

    /// The word in the address.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::InOtherBrowser => "other-browser",
            Self::Late => "late",
            Self::WithoutCookies => "without-cookies",
        }
    }

    /// What the page says about it.
    pub(super) const fn trouble(self) -> TroubleKind {
        match self {
            Self::InOtherBrowser => TroubleKind::SessionLost,
            Self::Late => TroubleKind::LoginLate,
            Self::WithoutCookies => TroubleKind::CookiesRefused,
        }
    }
}

/// The address of a link's page that says so.
pub(super) fn came(param: &str, how: Came) -> String {
    format!("{}?came={}", link_path(param), how.word())
}

/// A link's address on this host.
pub(super) fn link_path(param: &str) -> String {
    let param: String = url::form_urlencoded::byte_serialize(param.as_bytes()).collect();
    format!("/f/{param}")
}

/// A path that leads nowhere.
pub(super) async fn not_found(State(web): State<Web>, visitor: Visitor) -> Response {
    visitor.trouble(&web.app.config, Trouble::new(TroubleKind::NotFound))
}
