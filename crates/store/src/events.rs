//! The log of events: what a partner may see, each body once and sealed, with a delivery for
//! every endpoint, in the transaction of the change that it tells of.

use jetbridge_domain::clock::Time;
use jetbridge_domain::event::Event;
use jetbridge_domain::id::{EventId, PartnerId};
use jetbridge_domain::seal::{Place, Purpose};

use crate::db::{StoreError, Tx};
use crate::partners;
use crate::vault::Vault;

pub(crate) fn place<'a>(id: &'a str, partner: &'a str) -> Place<'a> {
    Place { table: "events", column: "body", row: id, partner }
}

/// Appends an event and its deliveries.
pub async fn append(
    tx: &mut Tx,
    vault: &Vault,
    partner: &PartnerId,
    event: &Event<'_>,
    now: Time,
) -> Result<EventId, StoreError> {
    let id = EventId::new(now, &vault.entropy).map_err(|_| StoreError::NoEntropy)?;
    let seq = partners::next_seq(tx, partner).await?;
    let body = event.body(&id, seq, now).map_err(|_| crate::inconsistent("events", "body", id.as_str()))?;
    let sealed = vault.seal(&place(id.as_str(), partner.as_str()), &body)?;
    let conversation = match event.key() {
        // A person's id says who wrote to whom.
        key if event.is_of_a_person() => {
            let hash = vault.pepper.hash(Purpose::Person, key.as_bytes());
            hash.iter().map(|b| format!("{b:02x}")).collect()
        }
        key => key,
    };
    tx.execute(
        "INSERT INTO events (id, partner_id, seq, type, conversation, body_sealed, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        &[
            id.as_str().into(),
            partner.as_str().into(),
            seq.into(),
            event.name().into(),
            conversation.as_str().into(),
            sealed.into(),
            now.into(),
        ],
    )
    .await?;
    tx.execute(
        "INSERT INTO deliveries (event_id, endpoint_id, partner_id, conversation, seq, state, attempts, next_at, \
         lease_until) SELECT $1, id, partner_id, $3, $4, 'pending', 0, $5, 0 FROM endpoints WHERE partner_id = $2",
        &[id.as_str().into(), partner.as_str().into(), conversation.into(), seq.into(), now.into()],
    )
    .await?;
    Ok(id)
}
