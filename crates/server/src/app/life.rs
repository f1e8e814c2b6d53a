//! A connection's life after it was made: its proof of life, on demand and once a day; and what becomes of it when its
//! person removes the app at Facebook or asks for their data to be deleted.

use jetbridge_domain::clock::Span;
use jetbridge_domain::connection::{CHECK_EVERY, Check, Connection, ConnectionState, page_fields};
use jetbridge_domain::event::Event;
use jetbridge_domain::id::{ConnectionId, PartnerId};
use jetbridge_domain::product::Product;
use jetbridge_domain::secret::Secret;
use jetbridge_meta::{Advice, MetaError};
use jetbridge_store::deletions::{self, Deletion};
use jetbridge_store::{connections, events};

use super::connections::with_token;
use super::{App, Refusal};

/// When a check that Meta had no answer for is tried again, and one whose process died.
const AGAIN: Span = Span::minutes(15);

/// Checks begun at a time.
const BATCH: i64 = 10;

/// The permission that reading leads needs.
const LEADS: &str = "leads_retrieval";

const NEW_CONSENT: &str = "make a link with reconnect and give it to the client";

/// Proves a connection's life, keeps what was found, and tells the partner where it has changed. Fails,
/// with nothing changed, where Meta has no answer.
pub async fn check(app: &App, partner: &PartnerId, id: &ConnectionId) -> Result<Connection, Refusal> {
    let (connection, token) = with_token(app, partner, id).await?;
    if !connection.state.live() {
        return Err(Refusal::ConnectionEnded);
    }
    let checks = match &token {
        Some(token) => prove(app, &connection, token).await?,
        None => vec![Check::failed("token", "the person removed the app at Facebook", NEW_CONSENT)],
    };
    keep(app, connection, checks).await
}

/// Everything that can be asked of Meta with the connection's own token.
async fn prove(app: &App, connection: &Connection, token: &Secret) -> Result<Vec<Check>, MetaError> {
    let inspection = app.meta.inspect(token).await?;
    if !inspection.valid {
        let code = inspection.error.map_or_else(String::new, |e| {
            let subcode = e.subcode.map(|s| format!("/{s}")).unwrap_or_default();
            format!(" (Meta's {}{subcode})", e.code)
        });
        return Ok(vec![Check::failed("token", format!("the token no longer works{code}"), NEW_CONSENT)]);
    }
    let mut checks = vec![Check::passed("token"), connection.product.permissions_check(&inspection.scopes)];
    if let Some(account) = &connection.instagram {
        let page = app.meta.page(token, &connection.page_id, true).await;
        checks.push(found("instagram", page, |page| match page.instagram {
            Some(linked) if linked.id == account.id => Check::passed("instagram"),
            _ => Check::failed(
                "instagram",
                "the Instagram account is no longer linked to its Page",
                "link it to the Page again, in the Page's settings",
            ),
        })?);
    }
    let subscribed = resubscribe(app, connection, token).await;
    checks.push(found("subscribed", subscribed, |held| {
        if held {
            Check::passed("subscribed")
        } else {
            Check::failed("subscribed", "Meta sends nothing of the Page", NEW_CONSENT)
        }
    })?);
    // Without the permission, that is what is told.
    if inspection.scopes.iter().any(|scope| scope == LEADS) && connection.product == Product::FacebookPage {
        checks.extend(leads_readable(app, connection, token).await?);
    }
    Ok(checks)
}

/// Whether the business lets the app and its person read leads; none where Meta does not say.
async fn leads_readable(
    app: &App,
    connection: &Connection,
    token: &Secret,
) -> Result<Option<Check>, MetaError> {
    let access = app.meta.lead_access(&connection.page_id, token, &connection.meta_user).await;
    if let Err(error @ (MetaError::Odd { .. } | MetaError::NotSent(_))) = &access {
        tracing::debug!(%error, connection_id = %connection.id, "it is unknown whether leads can be read");
        return Ok(None);
    }
    let judged = found("leads", access, |access| {
        if access.can_access {
            return Check::passed("leads");
        }
        let why = access.why.unwrap_or_else(|| "the business does not let leads be read".to_owned());
        let fix = "in the business's settings, under Leads Access, assign the person and the app to the Page";
        Check::failed("leads", why, access.fix.unwrap_or_else(|| fix.to_owned()))
    });
    judged.map(Some)
}

/// What an answer proves. A refusal is an answer; no answer is not.
fn found<T>(
    check: &str,
    answer: Result<T, MetaError>,
    judge: impl FnOnce(T) -> Check,
) -> Result<Check, MetaError> {
    match answer {
        Ok(answer) => Ok(judge(answer)),
        Err(MetaError::Refused(words)) if !matches!(words.advice(), Advice::Retry | Advice::SlowDown) => {
            let why = format!("Meta refused: {}", words.message);
            Ok(Check::failed(check, why, "give the person back their role on the Page, or reconnect"))
        }
        Err(error) => Err(error),
    }
}

/// Reads the Page's subscription back; one that was lost is made again.
async fn resubscribe(app: &App, connection: &Connection, token: &Secret) -> Result<bool, MetaError> {
    let page = &connection.page_id;
    let read = app.db.read(page.clone(), |tx, page| Box::pin(connections::live_products_of_page(tx, page)));
    // Where the others cannot be read, at least this one's fields are looked for.
    let products = read.await.unwrap_or_else(|_| vec![connection.product]);
    let fields = page_fields(&products);
    let holds = |held: Vec<String>| fields.iter().all(|field| held.iter().any(|h| h == field));
    if holds(app.meta.page_subscription(page, token).await?) {
        return Ok(true);
    }
    tracing::warn!(connection_id = %connection.id, "a Page's subscription was lost; it is made again");
    app.meta.subscribe_page(page, token, &fields).await?;
    Ok(holds(app.meta.page_subscription(page, token).await?))
}

async fn keep(app: &App, before: Connection, checks: Vec<Check>) -> Result<Connection, Refusal> {
    let (after, told) = app
        .db
        .write((app.clone(), before, checks), |tx, (app, before, checks)| {
            Box::pin(async move {
                let (now, partner) = (app.clock.now(), &before.partner);
                let current = connections::lock(tx, &app.vault, partner, &before.id).await?;
                let current = current.ok_or(Refusal::NoSuchConnection)?;
                // Connected anew or ended while Meta was asked: what was found is of another time.
                if current.updated_at != before.updated_at || !current.state.live() {
                    return Ok((current, false));
                }
                let state = ConnectionState::proven(checks);
                connections::checked(tx, &before.id, checks, &state, now.plus(CHECK_EVERY), now).await?;
                let after = connections::get(tx, &app.vault, partner, &before.id).await?;
                let after = after.ok_or(Refusal::NoSuchConnection)?;
                let event = match (&current.state, &state) {
                    (ConnectionState::Active, ConnectionState::NeedsReconnect) => {
                        Some(Event::ConnectionNeedsReconnect { connection: &after, why: "token_dead" })
                    }
                    (ConnectionState::NeedsReconnect, ConnectionState::Active) => {
                        Some(Event::ConnectionUpdated { connection: &after, why: "works_again" })
                    }
                    _ if Check::differ(&current.checks, checks) => {
                        Some(Event::ConnectionUpdated { connection: &after, why: "checks_changed" })
                    }
                    _ => None,
                };
                if let Some(event) = &event {
                    events::append(tx, &app.vault, partner, event, now).await?;
                }
                let told = event.is_some();
                Ok::<_, Refusal>((after, told))
            })
        })
        .await?;
    if told {
        app.wake.notify_one();
    }
    Ok(after)
}

/// Checks connections that are due; answers how many.
pub async fn check_due(app: &App) -> Result<usize, Refusal> {
    let due = app
        .db
        .write(app.clone(), |tx, app| {
            Box::pin(async move {
                let now = app.clock.now();
                connections::claim_checks(tx, now, now.plus(AGAIN), BATCH).await
            })
        })
        .await?;
    for (partner, id) in &due {
        if let Err(error) = check(app, partner, id).await {
            tracing::warn!(error = ?error, connection_id = %id, "a connection could not be checked; it is tried again");
        }
    }
    Ok(due.len())
}

/// A person removed the app at Facebook: their tokens are dead, and forgotten.
pub async fn deauthorized(app: &App, meta_user: &str) -> Result<(), Refusal> {
    let told = app
        .db
        .write((app.clone(), meta_user.to_owned()), |tx, (app, meta_user)| {
            Box::pin(async move {
                let now = app.clock.now();
                let theirs = connections::of_meta_user(tx, &app.vault, meta_user).await?;
                for connection in &theirs {
                    connections::forget_token(tx, &connection.id, now).await?;
                    if connection.state == ConnectionState::Active {
                        let event = Event::ConnectionNeedsReconnect { connection, why: "app_removed" };
                        events::append(tx, &app.vault, &connection.partner, &event, now).await?;
                    }
                }
                Ok::<_, Refusal>(theirs.len())
            })
        })
        .await?;
    tracing::info!(connections = told, "a person removed the app at Facebook");
    app.wake.notify_one();
    Ok(())
}

/// A person asks for their data to be deleted: their connections end, and nobody here knows any more that
/// they were theirs. Answers the code under which the person can see that it was done.
pub async fn delete_person(app: &App, meta_user: &str) -> Result<Secret, Refusal> {
    let code = Secret::new(app.vault.entropy.token()?);
    app.db
        .write((app.clone(), meta_user.to_owned(), code.clone()), |tx, (app, meta_user, code)| {
            Box::pin(async move {
                let now = app.clock.now();
                let theirs = connections::of_meta_user(tx, &app.vault, meta_user).await?;
                for connection in &theirs {
                    connections::disconnect(tx, &connection.partner, &connection.id, now).await?;
                    let event = Event::ConnectionDisconnected { connection, why: "data_deletion" };
                    events::append(tx, &app.vault, &connection.partner, &event, now).await?;
                }
                connections::forget_meta_user(tx, meta_user).await?;
                let ended = i64::try_from(theirs.len()).unwrap_or(i64::MAX);
                let done = Deletion { connections: ended, done_at: now };
                Ok::<_, Refusal>(deletions::insert(tx, &app.vault, code, done).await?)
            })
        })
        .await?;
    app.wake.notify_one();
    Ok(code)
}

/// Whether a person's data was deleted under this code.
pub async fn deletion(app: &App, code: &str) -> Result<Option<Deletion>, Refusal> {
    app.db
        .read((app.clone(), code.to_owned()), |tx, (app, code)| {
            Box::pin(async move { Ok::<_, Refusal>(deletions::find(tx, &app.vault, code).await?) })
        })
        .await
}
