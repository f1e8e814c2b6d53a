//! What a client's consent gives: from Facebook's code to the list of what can be connected. Talks to
//! Meta only.

use jetbridge_domain::onboarding::{
    Asset, Grant, InstagramAccount, Seen, Stage, Stop, Wanted, Why, nothing_to_choose,
};
use jetbridge_domain::product::Products;
use jetbridge_domain::secret::Secret;
use jetbridge_meta::{Advice, MetaError, PermissionState};

use super::App;

/// Turns a code into what can be chosen, or into why nothing can. `only` is the one asset that may
/// come back.
pub(super) async fn read(
    app: &App,
    products: &Products,
    only: Option<&str>,
    code: &Secret,
) -> Result<Stage, Stop> {
    let short = app.meta.exchange_code(code).await.map_err(|e| stop("code", &e))?;
    let token = app.meta.long_lived(&short.token).await.map_err(|e| stop("long-lived token", &e))?.token;
    let inspection = app.meta.inspect(&token).await.map_err(|e| stop("debug_token", &e))?;
    if inspection.app_id.as_deref() != Some(&app.config.meta.app_id) || !inspection.valid {
        tracing::warn!(valid = inspection.valid, "Meta gave a token that is not this app's or not valid");
        return Err(Stop::plain(Why::MetaRefused));
    }
    let Some(meta_user) = inspection.user_id else { return Err(Stop::plain(Why::MetaRefused)) };
    let permissions = app.meta.permissions(&token).await.map_err(|e| stop("permissions", &e))?;
    let granted: Vec<String> = permissions
        .into_iter()
        .filter(|p| p.state == PermissionState::Granted)
        .map(|p| p.permission)
        .collect();
    let required = products.first().required_permissions();
    let missing: Vec<String> =
        required.filter(|p| granted.iter().all(|g| g != p)).map(str::to_owned).collect();
    if !missing.is_empty() {
        return Err(Stop { missing, ..Stop::plain(Why::PermissionDeclined) });
    }
    list(app, products, only, Grant { token, meta_user, granted, assets: Vec::new() }).await
}

/// Lists what can be chosen with a consent. Where nothing can, or Meta does not say, the consent is
/// kept, to look again with; it is given up only where its token is dead.
pub(super) async fn list(
    app: &App,
    products: &Products,
    only: Option<&str>,
    grant: Grant,
) -> Result<Stage, Stop> {
    let instagram = sees_instagram(products, &grant.granted);
    let pages = match app.meta.pages(&grant.token, instagram).await {
        Ok(pages) => pages,
        Err(error) if error.advice() == Advice::Reconnect => return Err(stop("pages", &error)),
        Err(error) => return Ok(Stage::Waiting(grant, stop("pages", &error))),
    };
    let mut assets: Vec<Asset> =
        pages.into_iter().map(|page| asset(products, &grant.granted, only, page)).collect();
    assets.sort_by_key(|a| (a.blocked.is_some(), a.page_name.to_lowercase()));
    Ok(match nothing_to_choose(&assets) {
        Some(why) => Stage::Waiting(grant, Stop { assets, ..Stop::plain(why) }),
        None => Stage::Choosing(Grant { assets, ..grant }),
    })
}

/// Whether the Instagram accounts behind Pages are asked for: Meta shows them with `instagram_basic`.
pub(super) fn sees_instagram(products: &Products, granted: &[String]) -> bool {
    products.any_instagram() && granted.iter().any(|p| p == "instagram_basic")
}

/// What a Page is for a link.
pub(super) fn asset(
    products: &Products,
    granted: &[String],
    only: Option<&str>,
    page: jetbridge_meta::Page,
) -> Asset {
    let instagram = page.instagram.map(|i| InstagramAccount { id: i.id, username: i.username });
    let seen = Seen {
        page_id: page.id,
        page_name: page.name,
        instagram,
        tasks: page.tasks,
        has_token: page.has_token,
    };
    Asset::of(seen, &Wanted { products, granted, only })
}

/// Reads Meta's failure as the client's cause; Meta's own words go to the log.
pub(super) fn stop(call: &'static str, error: &MetaError) -> Stop {
    let why = match error.advice() {
        Advice::SlowDown => Why::MetaBusy,
        Advice::Retry => Why::MetaFailing,
        _ => Why::MetaRefused,
    };
    tracing::warn!(call, error = %error, "Meta did not do its part of a consent");
    Stop::plain(why)
}
