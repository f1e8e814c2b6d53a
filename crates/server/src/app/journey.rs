//! The client's way through a link, up to the choice: opening, going to Facebook, coming back,
//! looking again, choosing. What Meta says of a consent is read in [`super::consent`], confirming is
//! in [`super::finish`].

use jetbridge_domain::clock::Time;
use jetbridge_domain::connection::Connection;
use jetbridge_domain::event::Event;
use jetbridge_domain::id::JourneyId;
use jetbridge_domain::inputs::Locale;
use jetbridge_domain::onboarding::{
    JOURNEY_LIFE, Journey, LOGIN_LIFE, Link, LinkState, MOST_JOURNEYS, OutOfOrder, Stage, Step, Stop, Why,
};
use jetbridge_domain::seal::Purpose;
use jetbridge_domain::secret::Secret;
use jetbridge_store::db::Tx;
use jetbridge_store::{connections, events, journeys, links};
use url::Url;

use super::branding::{self, Who};
use super::{App, Refusal, consent};

/// What a page needs to know of a link.
#[derive(Debug, Clone)]
pub struct View {
    /// The link.
    pub link: Link,
    /// Who asks.
    pub who: Who,
    /// This browser's way through it, if it has begun one.
    pub journey: Option<Journey>,
    /// The connection that it renews, where that is what it is for.
    pub renews: Option<Connection>,
}

impl View {
    /// The link is to renew a connection that has ended.
    pub fn renews_nothing(&self) -> bool {
        self.link.reconnect.is_some() && !self.renews.as_ref().is_some_and(|c| c.state.live())
    }

    /// Whether a client may go on with it.
    pub fn open(&self, now: Time) -> bool {
        self.link.usable(now).is_ok() && !self.renews_nothing()
    }

    /// The language that the link asks for, or else the partner.
    pub fn locale(&self) -> Option<&Locale> {
        self.link.locale.as_ref().or(self.who.branding.locale.as_ref())
    }

    fn only(&self) -> Option<String> {
        self.renews.as_ref().map(|c| c.asset_id().to_owned())
    }
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
    let who = branding::who(tx, &link).await?;
    let renews = match &link.reconnect {
        Some(id) => connections::get(tx, &app.vault, &link.partner, id).await?,
        None => None,
    };
    let since = app.clock.now().minus(JOURNEY_LIFE);
    let journey = match browser {
        Some(browser) => journeys::of_browser(tx, &app.vault, &link.id, browser, since).await?,
        None => None,
    };
    Ok(View { link, who, journey, renews })
}

/// Starts a way through a link: the address of Facebook's dialog, or `None` where the link is over.
/// `again` asks for what was declined before; `dialog_locale` says which language Facebook is asked to speak, given
/// the link's.
pub async fn start(
    app: &App,
    param: &str,
    browser: &Secret,
    again: bool,
    dialog_locale: impl FnOnce(Option<&Locale>) -> Option<String>,
) -> Result<Option<Url>, Refusal> {
    let state = Secret::new(app.vault.entropy.token()?);
    let input = (app.clone(), param.to_owned(), browser.clone(), state.clone());
    let started = app
        .db
        .write(input, |tx, (app, param, browser, state)| {
            Box::pin(async move {
                let now = app.clock.now();
                let id = links::by_param(tx, &app.vault, param).await?.ok_or(Refusal::NoSuchLink)?.id;
                let link = links::lock(tx, &app.vault, &id).await?.ok_or(Refusal::NoSuchLink)?;
                let view = look(tx, app, param, None).await?;
                if view.renews_nothing() {
                    return Ok(None);
                }
                let Ok(started) = link.start(now) else { return Ok(None) };
                if journeys::begun_since(tx, &id, now.minus(LOGIN_LIFE)).await? >= MOST_JOURNEYS {
                    return Err(Refusal::TooManyJourneys);
                }
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
                Ok::<_, Refusal>(Some(view))
            })
        })
        .await?;
    Ok(started.map(|view| {
        let locale = dialog_locale(view.locale());
        let permissions = view.link.products.permissions();
        app.meta.dialog_url(state.expose(), &permissions, again, locale.as_deref())
    }))
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
    /// The link has to be started again, for this reason.
    StartAgain(Secret, Lost),
    /// Nobody knows this `state`.
    Unknown,
}

/// Why a client who came back from Facebook cannot go on from there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lost {
    /// It is not the browser that left, or one that forgot.
    OtherBrowser,
    /// The time for the login was over.
    Late,
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
    let (view, journey) = match taken {
        Taken::Go(both) => *both,
        Taken::Answer(answer) => return Ok(answer),
    };
    let (only, link) = (view.only(), view.link);
    let stage = match &callback.code {
        None => Stage::Stopped(Stop::plain(Why::Cancelled)),
        Some(code) => {
            consent::read(app, &link.products, only.as_deref(), code).await.unwrap_or_else(Stage::Stopped)
        }
    };
    let param = link.param.clone();
    settle(app, link, Journey { stage, ..journey }, Look::First).await?;
    Ok(Returned::Continue(param))
}

enum Taken {
    Go(Box<(View, Journey)>),
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
    let waited_for = matches!(journey.stage, Stage::AtFacebook) && link.usable(now).is_ok();
    if !same {
        if waited_for {
            links::add_step(tx, &link.id, Step::OtherBrowser, now).await?;
        }
        return Ok(Taken::Answer(Returned::StartAgain(param, Lost::OtherBrowser)));
    }
    if !waited_for {
        return Ok(Taken::Answer(Returned::Continue(param)));
    }
    if now.since(journey.created_at) > LOGIN_LIFE {
        links::add_step(tx, &link.id, Step::LoginLate, now).await?;
        return Ok(Taken::Answer(Returned::StartAgain(param, Lost::Late)));
    }
    if !journeys::take_state(tx, &journey.id, now).await? {
        return Ok(Taken::Answer(Returned::Continue(param)));
    }
    if allowed {
        links::add_step(tx, &link.id, Step::Returned, now).await?;
    }
    let view = look(tx, app, param.expose(), None).await?;
    Ok(Taken::Go(Box::new((view, journey))))
}

/// Looks again at what can be chosen, with the consent that is there: somebody linked an account, or
/// was given a role, or Meta was busy.
pub async fn look_again(app: &App, param: &str, browser: &Secret) -> Result<(), Refusal> {
    let view = view(app, param, Some(browser)).await?;
    if !view.open(app.clock.now()) {
        return Ok(());
    }
    let only = view.only();
    let View { link, journey: Some(journey), .. } = view else { return Ok(()) };
    let Ok(grant) = journey.consent() else { return Ok(()) };
    let stage = consent::list(app, &link.products, only.as_deref(), grant.clone()).await;
    let stage = stage.unwrap_or_else(Stage::Stopped);
    settle(app, link, Journey { stage, ..journey.clone() }, Look::Again(browser.clone())).await
}

/// A browser without our cookie pressed Continue: it could not be recognised when it came back.
pub async fn came_without_cookie(app: &App, param: &str) -> Result<(), Refusal> {
    app.db
        .write((app.clone(), param.to_owned()), |tx, (app, param)| {
            Box::pin(async move {
                let link = links::by_param(tx, &app.vault, param).await?.ok_or(Refusal::NoSuchLink)?;
                let now = app.clock.now();
                if link.usable(now).is_ok() {
                    links::add_step(tx, &link.id, Step::CookieMissing, now).await?;
                }
                Ok::<_, Refusal>(())
            })
        })
        .await
}

/// Whether the assets are looked at for the first time with a consent.
#[derive(Debug, Clone)]
enum Look {
    /// They are.
    First,
    /// This browser asked to look again.
    Again(Secret),
}

/// Writes down where a consent led, and tells the partner where it led nowhere.
async fn settle(app: &App, link: Link, journey: Journey, look: Look) -> Result<(), Refusal> {
    app.db
        .write((app.clone(), link, journey, look), |tx, (app, link, journey, look)| {
            Box::pin(async move {
                let now = app.clock.now();
                let Some(link) = links::lock(tx, &app.vault, &link.id).await? else { return Ok(()) };
                if let Look::Again(browser) = look {
                    // Another tab may have moved on meanwhile.
                    let since = now.minus(JOURNEY_LIFE);
                    let now_at = journeys::of_browser(tx, &app.vault, &link.id, browser, since).await?;
                    if !now_at.is_some_and(|j| j.id == journey.id && j.consent().is_ok()) {
                        return Ok(());
                    }
                    links::add_step(tx, &link.id, Step::CheckedAgain, now).await?;
                }
                let mut journey = journey.clone();
                if let Stage::Stopped(stop) = &mut journey.stage
                    && stop.why == Why::PermissionDeclined
                {
                    stop.again = journeys::declined_before(tx, &journey.id).await?;
                }
                let stop = match &journey.stage {
                    Stage::Stopped(stop) | Stage::Waiting(_, stop) => Some(stop.clone()),
                    _ => None,
                };
                match stop {
                    // The partner knows already.
                    Some(stop)
                        if matches!(look, Look::Again(_)) && link.state == LinkState::Failed(stop.why) =>
                    {
                        Ok(journeys::update(tx, &app.vault, &journey, now).await?)
                    }
                    Some(stop) => fail(tx, app, &link, &journey, &stop).await,
                    None => {
                        journeys::update(tx, &app.vault, &journey, now).await?;
                        match link.start(now) {
                            Ok(started) => {
                                Ok(links::set_state(tx, &link.id, &started, Step::Choosing, now).await?)
                            }
                            Err(_) => Ok(()),
                        }
                    }
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
                let open = view.open(now);
                let Some(journey) = view.journey.filter(|_| open) else { return Ok(()) };
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
