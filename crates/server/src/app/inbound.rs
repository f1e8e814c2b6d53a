//! Taking in what Meta sends: each thing once, for every connection that it concerns, stored before Meta
//! hears that it was taken.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use jetbridge_domain::connection::Connection;
use jetbridge_domain::event::{Beside, Event};
use jetbridge_domain::id::ActId;
use jetbridge_domain::inbound::{Happening, Inbound, Lead, MessageKind, Object};
use jetbridge_domain::trace::Trace;
use jetbridge_domain::window;
use jetbridge_meta::webhook;
use jetbridge_store::acts::{self, Echo};
use jetbridge_store::db::{StoreError, Tx};
use jetbridge_store::{connections, events, inbound, leads, windows};

use super::leads::Kept;
use super::{App, Refusal};

/// What came of one webhook.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Taken {
    /// Events for partners.
    events: usize,
    /// Leads to be read.
    leads: usize,
    /// Known already.
    again: usize,
    /// Of accounts that nobody has connected.
    nobodys: usize,
}

/// Takes in a webhook that Meta signed. When this answers, everything in it is stored.
pub async fn receive(app: &App, body: &[u8]) -> Result<(), Refusal> {
    let Ok(items) = webhook::parse(body) else {
        tracing::warn!(bytes = body.len(), "Meta signed what is no JSON object; nobody can be told");
        return Ok(());
    };
    let taken = app
        .db
        .write((app.clone(), items), |tx, (app, items)| Box::pin(async move { take(tx, app, items).await }))
        .await?;
    tracing::info!(?taken, "took in what Meta sent");
    if taken.events > 0 {
        app.wake.notify_one();
    }
    if taken.leads > 0 {
        app.leads.notify_one();
    }
    Ok(())
}

async fn take(tx: &mut Tx, app: &App, items: &[Inbound]) -> Result<Taken, Refusal> {
    let mut taken = Taken::default();
    let mut accounts = BTreeMap::new();
    for item in items {
        let all = connected(tx, app, &mut accounts, item).await?;
        let concerned = concerned(item, all);
        if concerned.is_empty() {
            taken.nobodys += 1;
        } else if !inbound::take(tx, &app.vault, item.key.as_bytes(), app.clock.now()).await? {
            taken.again += 1;
        } else {
            for connection in concerned {
                if item.object == Object::Person {
                    // What its person allows has changed, or who they are.
                    connections::check_soon(tx, &connection.id, app.clock.now()).await?;
                }
                if let Happening::Lead(lead) = &item.happening {
                    to_be_read(tx, app, connection, item, lead).await?;
                    taken.leads += 1;
                } else {
                    tell(tx, app, connection, item).await?;
                    taken.events += 1;
                }
            }
        }
    }
    Ok(taken)
}

/// The live connections of an item's account, read once for a whole batch.
async fn connected<'k>(
    tx: &mut Tx,
    app: &App,
    accounts: &'k mut BTreeMap<(bool, String), Vec<Connection>>,
    item: &Inbound,
) -> Result<&'k [Connection], StoreError> {
    let person = item.object == Object::Person;
    match accounts.entry((person, item.account.clone())) {
        Entry::Occupied(known) => Ok(known.into_mut()),
        Entry::Vacant(new) => Ok(new.insert(if person {
            connections::of_meta_user(tx, &app.vault, &item.account).await?
        } else {
            connections::of_asset(tx, &app.vault, &item.account).await?
        })),
    }
}

async fn to_be_read(
    tx: &mut Tx,
    app: &App,
    connection: &Connection,
    item: &Inbound,
    lead: &Lead,
) -> Result<(), Refusal> {
    let kept = serde_json::to_vec(&Kept::of(item, lead));
    let kept = kept.map_err(|error| Refusal::Unwritable(error.to_string()))?;
    let (partner, now) = (&connection.partner, app.clock.now());
    Ok(leads::insert(tx, &app.vault, partner, &connection.id, &lead.lead_id, &kept, now).await?)
}

/// Whom an item is told to. What has no name goes to all of the account where none is of its family.
fn concerned<'a>(item: &Inbound, all: &'a [Connection]) -> Vec<&'a Connection> {
    let family: Vec<&Connection> = all.iter().filter(|c| item.is_for(c.product)).collect();
    if family.is_empty() && item.concerns_all() { all.iter().collect() } else { family }
}

async fn tell(tx: &mut Tx, app: &App, connection: &Connection, item: &Inbound) -> Result<(), StoreError> {
    let now = app.clock.now();
    let opened = match item.person() {
        Some(person) if item.opens_window() => {
            // What Meta dates into the future opens nothing for longer.
            let at = item.at.unwrap_or(now).min(now);
            Some(windows::open(tx, &app.vault, &connection.id, person, at).await?)
        }
        Some(person) => windows::opened(tx, &app.vault, &connection.id, person).await?,
        None => None,
    };
    let act = own_act(tx, app, connection, item).await?;
    let beside =
        Beside { window_expires_at: opened.map(window::expires_at), act: act.as_ref(), ..Beside::default() };
    let event = Event::Inbound { connection, inbound: item, beside };
    events::append(tx, &app.vault, &connection.partner, &event, now).await?;
    Ok(())
}

/// The call of the partner's that an echo comes from.
async fn own_act(
    tx: &mut Tx,
    app: &App,
    connection: &Connection,
    item: &Inbound,
) -> Result<Option<ActId>, StoreError> {
    let (metadata, result) = match &item.happening {
        Happening::Message(MessageKind::Echo, message) => (message.metadata.as_deref(), &message.message_id),
        Happening::Content(_, content) if content.own => (None, &content.comment_id),
        _ => return Ok(None),
    };
    let Some(result) = result else { return Ok(None) };
    let trace = Trace::of(item);
    let echo = Echo { metadata, result, trace: trace.as_ref() };
    acts::echoed(tx, &app.vault, &connection.id, echo).await
}
