//! Showing and ending connections.

use jetbridge_domain::connection::{Connection, page_fields};
use jetbridge_domain::event::Event;
use jetbridge_domain::id::{ConnectionId, PartnerId};
use jetbridge_domain::product::Product;
use jetbridge_domain::secret::Secret;
use jetbridge_meta::MetaError;
use jetbridge_store::connections::{self, Filter};
use jetbridge_store::events;
use jetbridge_store::page::{Page, Slice};

use super::{App, Refusal};

/// One connection of the partner.
pub async fn get(app: &App, partner: &PartnerId, id: &ConnectionId) -> Result<Connection, Refusal> {
    app.db
        .read((app.clone(), partner.clone(), id.clone()), |tx, (app, partner, id)| {
            Box::pin(async move {
                connections::get(tx, &app.vault, partner, id).await?.ok_or(Refusal::NoSuchConnection)
            })
        })
        .await
}

/// A partner's connections, the newest first.
pub async fn list(
    app: &App,
    partner: &PartnerId,
    filter: Filter,
    page: Page,
) -> Result<Slice<Connection>, Refusal> {
    app.db
        .read((app.clone(), partner.clone(), filter, page), |tx, (app, partner, filter, page)| {
            Box::pin(async move {
                Ok::<_, Refusal>(connections::list(tx, &app.vault, partner, filter, page).await?)
            })
        })
        .await
}

/// What ending a connection leaves for Meta to be told.
struct Ending {
    connection: Connection,
    token: Option<Secret>,
    /// The products of the other live connections of its Page.
    others: Vec<Product>,
    /// No other live connection came from the same person.
    last_of_person: bool,
}

/// Ends a connection: takes the Page's subscription back as far as no other connection needs it,
/// forgets the token and tells the partner. Ending it again is fine.
pub async fn delete(app: &App, partner: &PartnerId, id: &ConnectionId) -> Result<(), Refusal> {
    let Some(ending) = prepare(app, partner, id).await? else { return Ok(()) };
    tell_meta(app, &ending).await?;
    let finished = app
        .db
        .write((app.clone(), partner.clone(), id.clone()), |tx, (app, partner, id)| {
            Box::pin(async move {
                let now = app.clock.now();
                if !connections::disconnect(tx, partner, id, now).await? {
                    return Ok(false);
                }
                let connection = connections::get(tx, &app.vault, partner, id).await?;
                let connection = connection.ok_or(Refusal::NoSuchConnection)?;
                let event =
                    Event::ConnectionDisconnected { connection: &connection, why: "deleted_by_partner" };
                events::append(tx, &app.vault, partner, &event, now).await?;
                Ok::<_, Refusal>(true)
            })
        })
        .await?;
    if finished {
        tracing::info!(connection_id = %id, "connection ended by its partner");
        app.wake.notify_one();
    }
    Ok(())
}

/// A connection with its token, where it has one.
pub(super) async fn with_token(
    app: &App,
    partner: &PartnerId,
    id: &ConnectionId,
) -> Result<(Connection, Option<Secret>), Refusal> {
    app.db
        .read((app.clone(), partner.clone(), id.clone()), |tx, (app, partner, id)| {
            Box::pin(async move {
                let connection = connections::get(tx, &app.vault, partner, id).await?;
                let connection = connection.ok_or(Refusal::NoSuchConnection)?;
                Ok((connection, connections::token(tx, &app.vault, partner, id).await?))
            })
        })
        .await
}

async fn prepare(app: &App, partner: &PartnerId, id: &ConnectionId) -> Result<Option<Ending>, Refusal> {
    app.db
        .read((app.clone(), partner.clone(), id.clone()), |tx, (app, partner, id)| {
            Box::pin(async move {
                let connection = connections::get(tx, &app.vault, partner, id).await?;
                let connection = connection.ok_or(Refusal::NoSuchConnection)?;
                if !connection.state.live() {
                    return Ok(None);
                }
                let token = connections::token(tx, &app.vault, partner, id).await?;
                let others = connections::others_of_page(tx, &connection.page_id, id).await?;
                let of_person = connections::live_of_meta_user(tx, &connection.meta_user).await?;
                Ok::<_, Refusal>(Some(Ending { connection, token, others, last_of_person: of_person <= 1 }))
            })
        })
        .await
}

/// A Page that Meta no longer lets us touch needs no unsubscribing; only where Meta is out of reach
/// does the call fail, with nothing changed, so that it can be repeated.
async fn tell_meta(app: &App, ending: &Ending) -> Result<(), Refusal> {
    let Some(token) = &ending.token else { return Ok(()) };
    let page = &ending.connection.page_id;
    let fields = page_fields(&ending.others);
    let told = if fields.is_empty() {
        app.meta.unsubscribe_page(page, token).await
    } else {
        app.meta.subscribe_page(page, token, &fields).await
    };
    bearable(told, &ending.connection)?;
    if ending.last_of_person {
        bearable(app.meta.deauthorize(&ending.connection.meta_user).await, &ending.connection)?;
    }
    Ok(())
}

fn bearable(told: Result<(), MetaError>, connection: &Connection) -> Result<(), Refusal> {
    match told {
        Err(MetaError::Refused(why)) if !why.transient => {
            tracing::warn!(
                connection_id = %connection.id, code = why.code, subcode = why.subcode,
                "Meta refused while a connection was being ended; it is ended all the same"
            );
            Ok(())
        }
        other => Ok(other?),
    }
}
