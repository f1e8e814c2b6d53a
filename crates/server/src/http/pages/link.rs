//! `GET /f/{param}`: shows where the link, and this browser's way through it, stand.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jetbridge_domain::branding::Words;
use jetbridge_domain::connection::Connection;
use jetbridge_domain::inputs::Locale;
use jetbridge_domain::onboarding::{Asset, Journey, LinkOver, Stage, Stop, Why};
use jetbridge_domain::seal::Purpose;
use jetbridge_domain::secret::Secret;
use jetbridge_domain::url::WebUrl;

use super::show::{self, Came, Visitor};
use super::view::{Choice, Confirm, Done, Holds, Landing, Page, Picker, Shell, Trouble, TroubleKind};
use super::{brand, qr};
use crate::app::connections;
use crate::app::journey::{self, View};
use crate::app::{App, Refusal};
use crate::http::router::Web;

/// Shows the page, or with `.svg` behind the param the link's QR code.
pub(super) async fn handler(
    State(web): State<Web>,
    param: Result<Path<String>, PathRejection>,
    visitor: Visitor,
) -> Response {
    // What is no UTF-8 is no param either.
    let Ok(Path(param)) = param else { return show::not_found(State(web), visitor).await };
    if let Some(param) = param.strip_suffix(".svg") {
        return match journey::view(&web.app, param, None).await {
            Ok(view) => qr::answer(&web.app.config.public(&show::link_path(view.link.param.expose()))),
            Err(refusal) => visitor.failed(&web.app.config, param, &refusal),
        };
    }
    match page(&web.app, &param, &visitor).await {
        Ok((view, page, new_browser)) => {
            let query = visitor.came.map(|came| format!("came={}", came.word()));
            let shell = Shell { query, ..shell(&view) };
            let status = match &page {
                Page::Trouble(trouble) => show::status(trouble.kind),
                _ => StatusCode::OK,
            };
            let wishes =
                [&view.link.locale, &view.who.branding.locale].map(|l| l.as_ref().map(Locale::as_str));
            visitor.page(&web.app.config, status, &wishes, &shell, &page, new_browser.as_ref())
        }
        Err(refusal) => visitor.failed(&web.app.config, &param, &refusal),
    }
}

fn shell(view: &View) -> Shell {
    Shell {
        partner: Some(view.who.name.clone()),
        logo: view.who.logo.as_ref().map(brand::logo_path),
        stylesheet: view.who.branding.color.map(brand::stylesheet_path),
        query: None,
    }
}

/// The page, and a new cookie for a browser that came without one while the link is open: whether it
/// brings the cookie back is seen before it is sent to Facebook.
async fn page(app: &App, param: &str, visitor: &Visitor) -> Result<(View, Page, Option<Secret>), Refusal> {
    let view = journey::view(app, param, visitor.browser.as_ref()).await?;
    let mut new_browser = None;
    let page = match (view.link.usable(app.clock.now()), &view.journey) {
        (Err(LinkOver::Finished), Some(Journey { stage: Stage::Finished(ids), .. })) => {
            let mut made = Vec::new();
            for id in ids {
                made.push(connections::get(app, &view.link.partner, id).await?);
            }
            done(&view, &made)
        }
        (Err(over), _) => Page::Trouble(trouble(&view, over.into())),
        (Ok(()), _) if view.renews_nothing() => Page::Trouble(trouble(&view, TroubleKind::ConnectionEnded)),
        (Ok(()), journey) => {
            if visitor.browser.is_none() {
                new_browser = Some(Secret::new(app.vault.entropy.token()?));
            }
            let away = matches!(journey.as_ref().map(|j| &j.stage), None | Some(Stage::AtFacebook));
            let cookies = visitor.browser.is_some();
            let came = visitor.came.filter(|c| away && !(cookies && *c == Came::WithoutCookies));
            match came {
                Some(came) => {
                    let param = Some(param.to_owned());
                    Page::Trouble(Trouble { param, ..trouble(&view, came.trouble()) })
                }
                None => going_on(app, &view, visitor.browser.as_ref()),
            }
        }
    };
    Ok((view, page, new_browser))
}

/// A trouble of this link's, with the partner's words and way out.
fn trouble(view: &View, kind: TroubleKind) -> Trouble {
    let brand = &view.who.branding;
    let (message, back) = if kind.is_fine() {
        (None, None)
    } else {
        (brand.failed.as_ref(), view.link.face.failure_url.as_ref().or(brand.failure_url.as_ref()))
    };
    Trouble {
        message: message.map(words),
        return_to: back.map(|url| url.as_str().to_owned()),
        asset: view.renews.as_ref().map(asset_of).map(|a| Choice::new(&a, view.link.products.first())),
        ..Trouble::new(kind)
    }
}

fn done(view: &View, made: &[Connection]) -> Page {
    let Some(first) = made.first() else {
        return Page::Trouble(trouble(view, TroubleKind::LinkFinished));
    };
    let brand = &view.who.branding;
    let to = view.link.face.success_url.as_ref().or(brand.success_url.as_ref());
    Page::Done(Done {
        choice: Choice::new(&asset_of(first), first.product),
        products: made.iter().map(|c| c.product).collect(),
        message: brand.success.as_ref().map(words),
        return_to: to.map(WebUrl::as_str).map(str::to_owned),
    })
}

fn words(words: &Words) -> String {
    words.as_str().to_owned()
}

/// What was connected, as the picker would show it.
fn asset_of(connection: &Connection) -> Asset {
    Asset {
        page_id: connection.page_id.clone(),
        page_name: connection.page_name.clone(),
        instagram: connection.instagram.clone(),
        blocked: None,
        without: Vec::new(),
    }
}

fn landing(app: &App, view: &View) -> Page {
    let (brand, link) = (&view.who.branding, &view.link);
    let name = |c: &Connection| Choice::new(&asset_of(c), c.product).name;
    Page::Landing(Landing {
        param: link.param.expose().to_owned(),
        products: link.products.iter().collect(),
        expires_at: link.expires_at,
        now: app.clock.now(),
        message: link.face.message.as_ref().or(brand.message.as_ref()).map(words),
        button: brand.button.as_ref().map(words),
        reconnect: view.renews.as_ref().map(name),
        inside_app: false,
    })
}

fn going_on(app: &App, view: &View, browser: Option<&Secret>) -> Page {
    let param = view.link.param.expose().to_owned();
    let products = &view.link.products;
    let csrf = browser.map(|b| csrf(app, &param, b)).unwrap_or_default();
    let choices = |assets: &[Asset]| assets.iter().map(|a| Choice::new(a, products.first())).collect();
    let stopped = |stop: &Stop, holds: Holds| {
        let kind = match stop.why {
            Why::PermissionDeclined if stop.again => TroubleKind::PermissionDeclinedAgain,
            why => why.into(),
        };
        Page::Trouble(Trouble {
            param: Some(param.clone()),
            csrf: Some(csrf.clone()),
            missing: stop.missing.clone(),
            choices: choices(&stop.assets),
            holds,
            ..trouble(view, kind)
        })
    };
    let picker = |assets: &[Asset]| {
        Page::Picker(Picker { param: param.clone(), csrf: csrf.clone(), choices: choices(assets) })
    };
    match view.journey.as_ref().map(|j| &j.stage) {
        None | Some(Stage::AtFacebook) => landing(app, view),
        Some(Stage::Choosing(grant)) => picker(&grant.assets),
        Some(Stage::Chosen(grant, key)) => match grant.assets.iter().find(|a| a.key() == key) {
            Some(asset) => Page::Confirm(Confirm {
                param: param.clone(),
                csrf: csrf.clone(),
                choice: Choice::new(asset, products.first()),
                products: asset.carries(products),
                without: asset.without.clone(),
            }),
            None => picker(&grant.assets),
        },
        Some(Stage::Stuck(_, _, why)) => stopped(&Stop::plain(*why), Holds::Choice),
        Some(Stage::Waiting(_, stop)) => stopped(stop, Holds::Consent),
        Some(Stage::Stopped(stop)) => stopped(stop, Holds::Nothing),
        // Cut off while the code was being looked at; or finished, on a link that is open again.
        Some(Stage::Returned | Stage::Finished(_)) => stopped(&Stop::plain(Why::MetaFailing), Holds::Nothing),
    }
}

/// What a form must bring back: only a page we gave this browser knows it.
pub(super) fn csrf(app: &App, param: &str, browser: &Secret) -> String {
    let value = format!("{}\n{param}", browser.expose());
    let hash = app.vault.pepper.hash(Purpose::Form, value.as_bytes());
    hash.iter().map(|b| format!("{b:02x}")).collect()
}

/// Whether a form brought the right value back.
pub(super) fn csrf_matches(app: &App, param: &str, browser: &Secret, brought: &str) -> bool {
    Secret::new(csrf(app, param, browser)).matches(brought.as_bytes())
}
