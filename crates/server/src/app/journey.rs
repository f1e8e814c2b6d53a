//! The client's way through a link, up to the choice: opening, going to Facebook, coming back,
//! choosing. Confirming is in [`super::finish`].

use jetbridge_domain::event::Event;
use jetbridge_domain::id::JourneyId;
use jetbridge_domain::inputs::Locale;
use jetbridge_domain::onboarding::{
    self, Asset, Grant, InstagramAccount, JOURNEY_LIFE, Journey, LOGIN_LIFE, Link, OutOfOrder, Stage, Step,
    Stop, Why,
};
use jetbridge_domain::product::Product;
use jetbridge_domain::seal::Purpose;
use jetbridge_domain::secret::Secret;
use jetbridge_meta::{MetaError, PermissionState};
use jetbridge_store::db::Tx;
use jetbridge_store::{events, journeys, links, partners};
use url::Url;

use super::{App, Refusal};

/// What a page needs to know of a link.
#[derive(Debug, Clone)]
pub struct View {
    /// The link.
    pub link: Link,
    /// Who asks.
    pub partner: String,
    /// This browser's way through it, if it has begun one.
    pub journey: Option<Journey>,
}

/// Looks at a link. Changes nothing, so that a chat program's preview does no harm.
pub async fn view(app: &App, param: &str, browser: Option<&Secret>) -> Result<View, Refusal> {
    let input = (app.clone(), param.to_owned(), browser.cloned());
    app.db
        .read(input, |tx, (app, param, browser)| {
            Box::pin(async move { look(tx, app, param, browser.as_ref()).await })
        })
        .await
}

async fn look(tx: &mut Tx, app: &App, param: &str, browser: Option<&Secret>) -> Result<View, Refusal> {
    let link = links::by_param(tx, &app.vault, param).await?.ok_or(Refusal::NoSuchLink)?;
    let partner = partners::get(tx, &link.partner).await?.ok_or(Refusal::NoSuchLink)?.name;
    let since = app.clock.now().minus(JOURNEY_LIFE);
    let journey = match browser {
        Some(browser) => journeys::of_browser(tx, &app.vault, &link.id, browser, since).await?,
        None => None,
    };
    Ok(View { link, partner, journey })
}

/// Starts a way through a link: the address of Facebook's dialog, or `None` where the link is over.
/// `again` asks for what was declined before.
pub async fn start(app: &App, param: &str, browser: &Secret, again: bool) -> Result<Option<Url>, Refusal> {
    let state = Secret::new(app.vault.entropy.token()?);
    let input = (app.clone(), param.to_owned(), browser.clone(), state.clone());
    let link = app
        .db
        .write(input, |tx, (app, param, browser, state)| {
            Box::pin(async move {
                let now = app.clock.now();
                let id = links::by_param(tx, &app.vault, param).await?.ok_or(Refusal::NoSuchLink)?.id;
                let link = links::lock(tx, &app.vault, &id).await?.ok_or(Refusal::NoSuchLink)?;
                let Ok(started) = link.start(now) else { return Ok(None) };
                let journey = Journey {
                    id: JourneyId::new(now, &app.vault.entropy)?,
                    link: id.clone(),
                    partner: link.partner.clone(),
                    stage: Stage::AtFacebook,
                    created_at: now,
                    updated_at: now,
                };
                journeys::insert(tx, &app.vault, &journey, browser, state).await?;
                links::set_state(tx, &id, &started, Step::SentToFacebook, now).await?;
                Ok::<_, Refusal>(Some(link))
            })
        })
        .await?;
    Ok(link.map(|link| {
        let locale = link.locale.as_ref().and_then(dialog_locale);
        app.meta.dialog_url(state.expose(), link.product.permissions(), again, locale.as_deref())
    }))
}

/// The dialog's language as Meta writes it: with a country, such as `he_IL`. Where the partner named
/// none, the one Meta has for the language.
fn dialog_locale(locale: &Locale) -> Option<String> {
    let mut parts = locale.as_str().split(['-', '_']);
    let language = parts.next()?.to_ascii_lowercase();
    let country = parts.next().filter(|c| c.len() == 2).map(str::to_ascii_uppercase);
    let country = match (country, language.as_str()) {
        (Some(country), _) => country,
        (None, "en") => "US".to_owned(),
        (None, "he") => "IL".to_owned(),
        (None, _) => return None,
    };
    Some(format!("{language}_{country}"))
}

/// What Facebook's redirect brought.
pub struct Callback {
    /// The `state` we sent.
    pub state: String,
    /// The code, where the client allowed.
    pub code: Option<Secret>,
}

/// Where a client who came back from Facebook goes on.
pub enum Returned {
    /// On the link's page, which knows the step.
    Continue(Secret),
    /// Another browser, or too late: the link has to be started again.
    StartAgain(Secret),
    /// Nobody knows this `state`.
    Unknown,
}

/// A client came back from Facebook. The `state` is used up before anything else happens; a second
/// callback in the same browser lands on the current step.
pub async fn returned(app: &App, browser: Option<&Secret>, callback: Callback) -> Result<Returned, Refusal> {
    let input = (app.clone(), callback.state, browser.cloned(), callback.code.is_some());
    let taken = app
        .db
        .write(input, |tx, (app, state, browser, allowed)| {
            Box::pin(async move { take(tx, app, state, browser.as_ref(), *allowed).await })
        })
        .await?;
    let (link, journey) = match taken {
        Taken::Go(both) => *both,
        Taken::Answer(answer) => return Ok(answer),
    };
    let stage = match &callback.code {
        None => Stage::Stopped(Stop::plain(Why::Cancelled)),
        Some(code) => consent(app, link.product, code).await.unwrap_or_else(Stage::Stopped),
    };
    let param = link.param.clone();
    settle(app, link, Journey { stage, ..journey }).await?;
    Ok(Returned::Continue(param))
}

enum Taken {
    Go(Box<(Link, Journey)>),
    Answer(Returned),
}

async fn take(
    tx: &mut Tx,
    app: &App,
    state: &str,
    browser: Option<&Secret>,
    allowed: bool,
) -> Result<Taken, Refusal> {
    let now = app.clock.now();
    let Some((journey, bound_to)) = journeys::by_state(tx, &app.vault, state).await? else {
        return Ok(Taken::Answer(Returned::Unknown));
    };
    let link = links::lock(tx, &app.vault, &journey.link).await?.ok_or(Refusal::NoSuchLink)?;
    let param = link.param.clone();
    let same =
        browser.is_some_and(|b| app.vault.pepper.matches(Purpose::Browser, b.expose().as_bytes(), &bound_to));
    if !same {
        return Ok(Taken::Answer(Returned::StartAgain(param)));
    }
    if !matches!(journey.stage, Stage::AtFacebook) || link.usable(now).is_err() {
        return Ok(Taken::Answer(Returned::Continue(param)));
    }
    if now.since(journey.created_at) > LOGIN_LIFE {
        return Ok(Taken::Answer(Returned::StartAgain(param)));
    }
    if !journeys::take_state(tx, &journey.id, now).await? {
        return Ok(Taken::Answer(Returned::Continue(param)));
    }
    if allowed {
        links::add_step(tx, &link.id, Step::Returned, now).await?;
    }
    Ok(Taken::Go(Box::new((link, journey))))
}

/// Turns a code into what can be chosen, or into why nothing can. Talks to Meta only.
async fn consent(app: &App, product: Product, code: &Secret) -> Result<Stage, Stop> {
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
    let missing: Vec<String> = product
        .required_permissions()
        .filter(|p| !granted.iter().any(|g| g == p))
        .map(str::to_owned)
        .collect();
    if !missing.is_empty() {
        return Err(Stop { missing, ..Stop::plain(Why::PermissionDeclined) });
    }
    let pages = app.meta.pages(&token, product).await.map_err(|e| stop("pages", &e))?;
    let mut assets: Vec<Asset> = pages.into_iter().map(|page| asset(product, page)).collect();
    assets.sort_by_key(|a| (a.blocked.is_some(), a.page_name.to_lowercase()));
    match onboarding::nothing_to_choose(&assets) {
        Some(why) => Err(Stop { assets, ..Stop::plain(why) }),
        None => Ok(Stage::Choosing(Grant { token, meta_user, granted, assets })),
    }
}

pub(super) fn asset(product: Product, page: jetbridge_meta::Page) -> Asset {
    let instagram = page.instagram.map(|i| InstagramAccount { id: i.id, username: i.username });
    let blocked = onboarding::blocked(product, &page.tasks, page.has_token, instagram.is_some());
    Asset { page_id: page.id, page_name: page.name, instagram, blocked }
}

/// Reads Meta's failure as the client's cause; Meta's own words go to the log.
pub(super) fn stop(call: &'static str, error: &MetaError) -> Stop {
    let why = match error {
        MetaError::Refused(refused) if !refused.transient => Why::MetaRefused,
        _ => Why::MetaFailing,
    };
    tracing::warn!(call, error = %error, "Meta did not do its part of a consent");
    Stop::plain(why)
}

/// Writes down where a consent led, and tells the partner where it led nowhere.
async fn settle(app: &App, link: Link, journey: Journey) -> Result<(), Refusal> {
    app.db
        .write((app.clone(), link, journey), |tx, (app, link, journey)| {
            Box::pin(async move {
                let now = app.clock.now();
                if let Stage::Stopped(stop) = &journey.stage {
                    fail(tx, app, link, journey, stop).await
                } else {
                    journeys::update(tx, &app.vault, journey, now).await?;
                    Ok(links::add_step(tx, &link.id, Step::Choosing, now).await?)
                }
            })
        })
        .await?;
    app.wake.notify_one();
    Ok(())
}

/// Writes down a journey that came to nothing. A link that ended meanwhile by another's doing is
/// left as it is.
pub(super) async fn fail(
    tx: &mut Tx,
    app: &App,
    link: &Link,
    journey: &Journey,
    stop: &Stop,
) -> Result<(), Refusal> {
    let now = app.clock.now();
    journeys::update(tx, &app.vault, journey, now).await?;
    let Some(link) = links::lock(tx, &app.vault, &link.id).await? else { return Ok(()) };
    let Ok(failed) = link.fail(stop.why, now) else { return Ok(()) };
    links::set_state(tx, &link.id, &failed, Step::Failed, now).await?;
    let event = Event::OnboardingFailed { link: &link, why: stop.why, missing: &stop.missing };
    events::append(tx, &app.vault, &link.partner, &event, now).await?;
    Ok(())
}

/// A move inside the picker.
#[derive(Debug, Clone)]
pub enum Move {
    /// The client chose this asset.
    Choose(String),
    /// The client wants the list again.
    Back,
}

/// Moves a journey on. A move that its stage does not allow changes nothing: the page then shows
/// where it really stands.
pub async fn go(app: &App, param: &str, browser: &Secret, step: Move) -> Result<(), Refusal> {
    let input = (app.clone(), param.to_owned(), browser.clone(), step);
    app.db
        .write(input, |tx, (app, param, browser, step)| {
            Box::pin(async move {
                let view = look(tx, app, param, Some(browser)).await?;
                let now = app.clock.now();
                let Some(journey) = view.journey.filter(|_| view.link.usable(now).is_ok()) else {
                    return Ok(());
                };
                let stage: Result<Stage, OutOfOrder> = match step {
                    Move::Choose(asset) => journey.choose(asset),
                    Move::Back => journey.back(),
                };
                let Ok(stage) = stage else { return Ok(()) };
                if matches!(stage, Stage::Chosen(..)) {
                    links::add_step(tx, &view.link.id, Step::Chosen, now).await?;
                }
                Ok(journeys::update(tx, &app.vault, &Journey { stage, ..journey }, now).await?)
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_dialog_speaks_the_links_language_where_meta_does() {
        let of = |text: &str| dialog_locale(&Locale::from_text(text.to_owned()).unwrap());
        assert_eq!(of("he").as_deref(), Some("he_IL"));
        assert_eq!(of("en-gb").as_deref(), Some("en_GB"));
        assert_eq!(of("pt_BR").as_deref(), Some("pt_BR"));
        assert_eq!(of("eo"), None);
    }
}
