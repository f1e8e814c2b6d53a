//! `GET /f/{param}`: shows where the link, and this browser's way through it, stand.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use jetbridge_domain::inputs::Locale;
use jetbridge_domain::onboarding::{Asset, Journey, Link, LinkOver, Stage, Stop};
use jetbridge_domain::seal::Purpose;
use jetbridge_domain::secret::Secret;

use super::show::{self, Visitor};
use super::view::{Choice, Confirm, Done, Landing, Page, Picker, Shell, Trouble, TroubleKind};
use crate::app::connections;
use crate::app::journey::{self, View};
use crate::app::{App, Refusal};
use crate::http::router::Web;

/// Shows the page.
pub(super) async fn handler(
    State(web): State<Web>,
    param: Result<Path<String>, PathRejection>,
    visitor: Visitor,
) -> Response {
    // What is no UTF-8 is no param either.
    let Ok(Path(param)) = param else { return show::not_found(State(web), visitor).await };
    match page(&web.app, &param, &visitor).await {
        Ok((view, page)) => {
            let status = match &page {
                Page::Trouble(trouble) => show::status(trouble.kind),
                _ => StatusCode::OK,
            };
            let shell = Shell { partner: Some(view.partner), ..Shell::default() };
            let locale = view.link.locale.as_ref().map(Locale::as_str);
            visitor.page(&web.app.config, status, locale, &shell, &page)
        }
        Err(refusal) => visitor.failed(&web.app.config, &param, &refusal),
    }
}

async fn page(app: &App, param: &str, visitor: &Visitor) -> Result<(View, Page), Refusal> {
    let view = journey::view(app, param, visitor.browser.as_ref()).await?;
    let page = match (view.link.usable(app.clock.now()), &view.journey) {
        (Err(LinkOver::Finished), Some(Journey { stage: Stage::Finished(id), .. })) => {
            let connection = connections::get(app, &view.link.partner, id).await?;
            let asset = Asset {
                page_id: connection.page_id,
                page_name: connection.page_name,
                instagram: connection.instagram,
                blocked: None,
            };
            Page::Done(Done {
                choice: Choice::new(&asset, view.link.product),
                products: vec![view.link.product],
                message: None,
                return_to: None,
            })
        }
        (Err(over), _) => Page::Trouble(Trouble::new(over.into())),
        (Ok(()), journey) => {
            let csrf = visitor.browser.as_ref().map(|b| csrf(app, param, b)).unwrap_or_default();
            going_on(app, &view.link, journey.as_ref(), csrf)
        }
    };
    Ok((view, page))
}

fn going_on(app: &App, link: &Link, journey: Option<&Journey>, csrf: String) -> Page {
    let param = link.param.expose().to_owned();
    let product = link.product;
    let trouble =
        |kind| Trouble { param: Some(param.clone()), csrf: Some(csrf.clone()), ..Trouble::new(kind) };
    let choices = |assets: &[Asset]| assets.iter().map(|a| Choice::new(a, product)).collect();
    match journey.map(|j| &j.stage) {
        None | Some(Stage::AtFacebook) => Page::Landing(Landing {
            param,
            products: vec![product],
            expires_at: link.expires_at,
            now: app.clock.now(),
            message: None,
            button: None,
            reconnect: None,
            inside_app: false,
        }),
        Some(Stage::Choosing(grant)) => Page::Picker(Picker { param, csrf, choices: choices(&grant.assets) }),
        Some(Stage::Chosen(grant, key)) => match grant.assets.iter().find(|a| a.key() == key) {
            Some(asset) => Page::Confirm(Confirm {
                param,
                csrf,
                choice: Choice::new(asset, product),
                products: vec![product],
            }),
            None => Page::Picker(Picker { param, csrf, choices: choices(&grant.assets) }),
        },
        Some(Stage::Stuck(..)) => Page::Trouble(trouble(TroubleKind::SubscribeFailed)),
        Some(Stage::Stopped(Stop { why, missing, assets })) => Page::Trouble(Trouble {
            missing: missing.clone(),
            choices: choices(assets),
            ..trouble((*why).into())
        }),
        // Cut off while the code was being looked at; or finished, on a link that is open again.
        Some(Stage::Returned | Stage::Finished(_)) => Page::Trouble(trouble(TroubleKind::MetaDown)),
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
