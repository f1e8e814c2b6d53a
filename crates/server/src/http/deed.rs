//! What partners have us do at Meta: written down before Meta is called, and settled after it. A crash in
//! between leaves a deed of which nobody knows whether it was done, and which is never silently done again.

use std::future::Future;

use jetbridge_domain::budget::Class;
use jetbridge_domain::clock::Span;
use jetbridge_domain::connection::{Connection, ConnectionState};
use jetbridge_domain::id::{ActId, ConnectionId};
use jetbridge_domain::media::Media;
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_domain::secret::Secret;
use jetbridge_domain::trace::Trace;
use jetbridge_domain::window;
use jetbridge_meta::MetaError;
use jetbridge_store::acts::{self, Act, ActState, Intent};
use jetbridge_store::db::Tx;
use jetbridge_store::idempotency::{self, Begun, Kept, Key};
use jetbridge_store::{connections, links, windows};

use super::answer::{Answer, Fail};
use super::api::facebook::link_view::address_of;
use super::extract::Call;
use super::request_id;
use crate::app::{App, media};

/// How long a call may still be running. After it, its process has died: Meta's own answers, and ours to
/// a partner, are given up long before.
const RUNNING: Span = Span::minutes(5);

/// Something that Meta is asked to do, as a partner's call put it.
pub trait Deed: Clone + Send + Sync + 'static {
    /// The endpoint's name.
    const ENDPOINT: &'static str;

    /// Through which connection.
    fn connection(&self) -> &ConnectionId;

    /// Whether the product does it, and with this content.
    fn fits(&self, product: Product) -> Result<(), Fail>;

    /// Whether what it is about belongs to the connection.
    fn reaches(&self, _: &Connection) -> Result<(), Fail> {
        Ok(())
    }

    /// The person it is sent to, and whether a human sends it; where a window counts.
    fn person(&self) -> Option<(&str, bool)> {
        None
    }

    /// What its echo is known by, where Meta gives back no name of ours.
    fn trace(&self) -> Option<Trace> {
        None
    }

    /// What Meta counts it as, where it publishes a rate.
    fn class(&self) -> Option<Class> {
        None
    }

    /// The files that Meta is to fetch.
    fn media(&self, _: Product) -> Vec<Media> {
        Vec::new()
    }

    /// Asks Meta.
    fn perform(&self, app: &App, errand: &Errand) -> impl Future<Output = Result<Done, MetaError>> + Send;

    /// The partner's answer where only an echo told that it was done.
    fn recalled(&self, act: &ActId, result: &str) -> Result<Answer, Fail>;
}

/// What Meta did.
pub struct Done {
    /// Meta's id of what came of it.
    pub result: String,
    /// What the partner is answered.
    pub answer: Result<Answer, Fail>,
}

/// What a deed goes out with.
#[derive(Debug, Clone)]
pub struct Errand {
    /// Its name; given to Meta as metadata where Meta gives that back.
    pub act: ActId,
    /// Through which connection.
    pub connection: Connection,
    /// The connection's token.
    pub token: Secret,
}

/// Does a deed once per idempotency key.
pub async fn done<D: Deed>(app: &App, call: Call, deed: Result<D, Fail>) -> Answer {
    let key = call.key.clone().map(|key| Key {
        partner: call.partner.id.clone(),
        endpoint: D::ENDPOINT,
        key,
        body: call.body.to_vec(),
    });
    let begun = begin(app, call, key.clone(), deed.clone()).await;
    let (errand, deed) = match (begun, deed) {
        (Ok(Begin::Go(errand)), Ok(deed)) => (*errand, deed),
        (Ok(Begin::Answered(answer)), _) => return answer,
        (Err(fail), _) | (Ok(Begin::Go(_)), Err(fail)) => return fail.answer(),
    };
    // On its own, so that a partner who hangs up does not leave it half done.
    let app = app.clone();
    let task = tokio::spawn(request_id::scope(request_id::current(), async move {
        let outcome = attempt(&app, &deed, &errand).await;
        let settled = match outcome {
            Ok(outcome) => settle(&app, &errand, key, outcome).await,
            Err(fail) => Err(fail),
        };
        settled.unwrap_or_else(|fail| fail.answer())
    }));
    task.await.unwrap_or_else(|_| Fail::of(Reason::Unknown).answer())
}

enum Begin {
    Go(Box<Errand>),
    Answered(Answer),
}

async fn begin<D: Deed>(
    app: &App,
    call: Call,
    key: Option<Key>,
    deed: Result<D, Fail>,
) -> Result<Begin, Fail> {
    let id = request_id::current();
    app.db
        .write((app.clone(), call, key, deed, id), |tx, (app, call, key, deed, id)| {
            Box::pin(request_id::scope(id.clone(), async move {
                if let Some(key) = key
                    && let Some(answer) = known(tx, app, key, deed).await?
                {
                    return Ok(Begin::Answered(answer));
                }
                let intended = match deed {
                    Ok(deed) => intend(tx, app, call, key.as_ref(), deed).await,
                    Err(fail) => Err(fail.clone()),
                };
                match (intended, key) {
                    (Ok(errand), _) => Ok(Begin::Go(Box::new(errand))),
                    (Err(fail), None) => Err(fail),
                    (Err(fail), Some(key)) => {
                        let answer = fail.answer();
                        if !answer.settles() {
                            return Err(fail);
                        }
                        keep(tx, app, key, &answer).await?;
                        Ok(Begin::Answered(answer))
                    }
                }
            }))
        })
        .await
}

/// What is known under a key already; `None` where the call is the first.
async fn known<D: Deed>(
    tx: &mut Tx,
    app: &App,
    key: &Key,
    deed: &Result<D, Fail>,
) -> Result<Option<Answer>, Fail> {
    let now = app.clock.now();
    match idempotency::begin(tx, &app.vault, key, now).await? {
        Begun::New => return Ok(None),
        Begun::Answered(kept) => {
            return Ok(Some(Answer { status: kept.status, body: kept.body, retry_after: None }));
        }
        Begun::Reused => return Err(Fail::of(Reason::KeyReused)),
        Begun::Running => {}
    }
    let act = acts::of_key(tx, &app.vault, key).await?;
    match (act, deed) {
        (Some(Act { id, state: ActState::Done(result), .. }), Ok(deed)) => {
            let answer = deed.recalled(&id, &result)?;
            keep(tx, app, key, &answer).await?;
            Ok(Some(answer))
        }
        (Some(Act { state: ActState::Going, created_at, .. }), _) if now.since(created_at) < RUNNING => {
            Err(Fail::wait(Reason::KeyRunning, Span::seconds(1)))
        }
        (Some(_), _) => Err(Fail::of(Reason::Unknown)),
        (None, _) => Err(Fail::wait(Reason::KeyRunning, Span::seconds(1))),
    }
}

/// Everything that is refused before Meta is asked, and the note that Meta is about to be.
async fn intend<D: Deed>(
    tx: &mut Tx,
    app: &App,
    call: &Call,
    key: Option<&Key>,
    deed: &D,
) -> Result<Errand, Fail> {
    let (now, partner) = (app.clock.now(), &call.partner.id);
    let (connection, token) = usable(tx, app, call, deed.connection()).await?;
    deed.fits(connection.product)?;
    deed.reaches(&connection)?;
    if let Some((person, human)) = deed.person() {
        let opened = windows::opened(tx, &app.vault, &connection.id, person).await?;
        window::allows(opened, human, now).map_err(|closed| Fail::outside_window(closed.0))?;
    }
    let act = ActId::new(now, &app.vault.entropy)?;
    let trace = deed.trace();
    let intent = Intent { id: &act, partner, connection: &connection.id, key, trace: trace.as_ref() };
    acts::insert(tx, &app.vault, intent, now).await?;
    Ok(Errand { act, connection, token })
}

/// Waits for a turn at Meta, where that is not too long.
pub async fn turn(app: &App, connection: &Connection, class: Option<Class>) -> Result<(), Fail> {
    let now = app.clock.now();
    let wait = match class {
        Some(class) => app.budgets.take(connection, class, now),
        None => app.budgets.open(connection, now).map(|()| Span::ZERO),
    };
    let wait = wait.map_err(|wait| Fail::wait(Reason::TooManyRequests, wait))?;
    tokio::time::sleep(wait.to_std()).await;
    Ok(())
}

/// The connection and token of a call that can be made again without harm, where its product does it.
pub async fn acting(
    app: &App,
    call: &Call,
    id: ConnectionId,
    products: &[Product],
) -> Result<(Connection, Secret), Fail> {
    let input = (app.clone(), call.clone(), id);
    let found = app.db.read(input, |tx, (app, call, id)| Box::pin(usable(tx, app, call, id))).await?;
    if !products.contains(&found.0.product) {
        return Err(Fail::of(Reason::NotOffered));
    }
    turn(app, &found.0, None).await?;
    Ok(found)
}

/// What such a call came to. One that was cut off can be repeated.
pub async fn settled<T>(
    app: &App,
    connection: &Connection,
    token: &Secret,
    came: Result<T, MetaError>,
) -> Result<T, Fail> {
    if let Err(error) = &came {
        crate::app::acting::refused(app, connection, token, error).await;
    }
    Ok(came?)
}

/// A connection that can be acted on, with its token.
async fn usable(
    tx: &mut Tx,
    app: &App,
    call: &Call,
    id: &ConnectionId,
) -> Result<(Connection, Secret), Fail> {
    let partner = &call.partner.id;
    let connection = connections::get(tx, &app.vault, partner, id).await?;
    let connection = connection.ok_or_else(|| Fail::of(Reason::NoSuchConnection))?;
    let token = connections::token(tx, &app.vault, partner, id).await?;
    match (&connection.state, token) {
        (ConnectionState::Active, Some(token)) => Ok((connection, token)),
        (ConnectionState::NeedsReconnect, _) => {
            let param = links::renewing(tx, &app.vault, id, app.clock.now()).await?;
            Err(Fail::must_reconnect(param.map(|param| Secret::new(address_of(app, &param)))))
        }
        _ => Err(Fail::of(Reason::MustReconnect)),
    }
}

async fn keep(tx: &mut Tx, app: &App, key: &Key, answer: &Answer) -> Result<(), Fail> {
    let kept = Kept { status: answer.status, body: answer.body.clone() };
    Ok(idempotency::finish(tx, &app.vault, key, &kept).await?)
}

/// Looks at the files that Meta would fetch, and asks it.
async fn attempt<D: Deed>(app: &App, deed: &D, errand: &Errand) -> Result<Outcome, Fail> {
    if let Err((field, why)) = media::check(app, deed.media(errand.connection.product)).await {
        return Ok(Outcome::NotDone(Fail::media(field, why).answer()));
    }
    if let Err(fail) = turn(app, &errand.connection, deed.class()).await {
        return Ok(Outcome::NotDone(fail.answer()));
    }
    match deed.perform(app, errand).await {
        Ok(done) => Ok(Outcome::Done(done.result, done.answer?)),
        Err(error) => {
            crate::app::acting::refused(app, &errand.connection, &errand.token, &error).await;
            if error.may_have_been_taken() {
                tracing::warn!(%error, act_id = %errand.act, "it is unknown whether Meta did it");
                return Ok(Outcome::Unknown);
            }
            Ok(Outcome::NotDone(Fail::from(error).answer()))
        }
    }
}

/// Records what came of it. Where that is unknown, the key keeps saying so until an echo knows better; where
/// Meta did nothing, the key is free again.
async fn settle(app: &App, errand: &Errand, key: Option<Key>, outcome: Outcome) -> Result<Answer, Fail> {
    let input = (app.clone(), errand.act.clone(), key, outcome, request_id::current());
    app.db
        .write(input, |tx, (app, act, key, outcome, id)| {
            Box::pin(request_id::scope(id.clone(), async move {
                match outcome {
                    Outcome::Done(result, answer) => {
                        acts::done(tx, act, result).await?;
                        if let Some(key) = key {
                            keep(tx, app, key, answer).await?;
                        }
                        Ok(answer.clone())
                    }
                    Outcome::Unknown => {
                        acts::unknown(tx, act).await?;
                        Ok::<_, Fail>(Fail::of(Reason::Unknown).answer())
                    }
                    Outcome::NotDone(answer) => {
                        acts::drop(tx, act).await?;
                        match key {
                            Some(key) if answer.settles() => keep(tx, app, key, answer).await?,
                            Some(key) => idempotency::release(tx, &app.vault, key).await?,
                            None => {}
                        }
                        Ok(answer.clone())
                    }
                }
            }))
        })
        .await
}

enum Outcome {
    Done(String, Answer),
    Unknown,
    NotDone(Answer),
}
