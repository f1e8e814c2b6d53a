//! What partners had us do at Meta. A row is committed before Meta is called, so that after a crash
//! nobody takes for undone what may have been done.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::id::{ActId, ConnectionId, PartnerId};
use jetbridge_domain::seal::Purpose;
use jetbridge_domain::trace::Trace;

use crate::db::{Row, StoreError, Tx};
use crate::idempotency::Key;
use crate::vault::Vault;

/// How long a row is kept: longer than its idempotency key, and than Meta's echo may take.
pub const LIFE: Span = Span::days(7);

/// How far an act is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActState {
    /// Meta is being called, or was when the process died.
    Going,
    /// The call was cut off: nobody knows whether Meta took it.
    Unknown,
    /// Meta did it; with Meta's id of what came of it.
    Done(String),
}

/// One act.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// Its name; Meta is given it as metadata where it gives that back.
    pub id: ActId,
    /// How far it is.
    pub state: ActState,
    /// When it began.
    pub created_at: Time,
}

fn act(row: &Row) -> Result<Act, StoreError> {
    let id = row.text("id")?;
    let state = match (row.text("state")?.as_str(), row.opt_text("result")?) {
        ("going", None) => ActState::Going,
        ("unknown", None) => ActState::Unknown,
        ("done", Some(result)) => ActState::Done(result),
        _ => return Err(crate::inconsistent("acts", "state", &id)),
    };
    Ok(Act { id: crate::id("acts", &id)?, state, created_at: row.time("created_at")? })
}

/// What is about to be done.
#[derive(Debug, Clone, Copy)]
pub struct Intent<'a> {
    /// Its name.
    pub id: &'a ActId,
    /// Whose.
    pub partner: &'a PartnerId,
    /// Through which connection.
    pub connection: &'a ConnectionId,
    /// The call's key.
    pub key: Option<&'a Key>,
    /// What its echo is known by, where Meta gives back no name.
    pub trace: Option<&'a Trace>,
}

fn trace_hash(vault: &Vault, trace: &Trace) -> Vec<u8> {
    vault.pepper.hash(Purpose::Trace, &trace.as_bytes())
}

/// Writes down what is about to be done.
pub async fn insert(tx: &mut Tx, vault: &Vault, intent: Intent<'_>, now: Time) -> Result<(), StoreError> {
    let Intent { id, partner, connection, key, trace } = intent;
    // A key that is free again may have been another act's.
    let hash = key.map(|key| key.hash(vault));
    if let Some(hash) = &hash {
        tx.execute("UPDATE acts SET key_hash = NULL WHERE key_hash = $1", &[hash.clone().into()]).await?;
    }
    tx.execute(
        "INSERT INTO acts (id, partner_id, connection_id, key_hash, trace_hash, state, created_at) \
         VALUES ($1, $2, $3, $4, $5, 'going', $6)",
        &[
            id.as_str().into(),
            partner.as_str().into(),
            connection.as_str().into(),
            hash.into(),
            trace.map(|trace| trace_hash(vault, trace)).into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// The act that a key stands for.
pub async fn of_key(tx: &mut Tx, vault: &Vault, key: &Key) -> Result<Option<Act>, StoreError> {
    let sql = "SELECT id, state, result, created_at FROM acts WHERE key_hash = $1";
    tx.query_opt(sql, &[key.hash(vault).into()]).await?.as_ref().map(act).transpose()
}

/// Meta did it. What an echo said first stays.
pub async fn done(tx: &mut Tx, id: &ActId, result: &str) -> Result<(), StoreError> {
    let sql = "UPDATE acts SET state = 'done', result = $2 WHERE id = $1 AND state <> 'done'";
    tx.execute(sql, &[id.as_str().into(), result.into()]).await?;
    Ok(())
}

/// What Meta made of it in the end, where that took a while.
pub async fn became(tx: &mut Tx, id: &ActId, result: &str) -> Result<(), StoreError> {
    let sql = "UPDATE acts SET state = 'done', result = $2 WHERE id = $1";
    tx.execute(sql, &[id.as_str().into(), result.into()]).await?;
    Ok(())
}

/// The call was cut off. An echo may have said meanwhile that it was done.
pub async fn unknown(tx: &mut Tx, id: &ActId) -> Result<(), StoreError> {
    let sql = "UPDATE acts SET state = 'unknown' WHERE id = $1 AND state = 'going'";
    tx.execute(sql, &[id.as_str().into()]).await?;
    Ok(())
}

/// Meta has certainly not done it: nothing is left to be remembered.
pub async fn drop(tx: &mut Tx, id: &ActId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM acts WHERE id = $1", &[id.as_str().into()]).await?;
    Ok(())
}

/// What an echo tells of the act that it comes from.
#[derive(Debug, Clone, Copy)]
pub struct Echo<'a> {
    /// The metadata that Meta gave back.
    pub metadata: Option<&'a str>,
    /// Meta's id of what came of it.
    pub result: &'a str,
    /// What was said, and to whom.
    pub trace: Option<&'a Trace>,
}

/// Finds the act that an echo comes from: by its name, else by Meta's id of what came of it, else, among
/// those that Meta has not answered, by what was said. One whose answer was lost is thereby known to be done.
pub async fn echoed(
    tx: &mut Tx,
    vault: &Vault,
    connection: &ConnectionId,
    echo: Echo<'_>,
) -> Result<Option<ActId>, StoreError> {
    let Echo { metadata, result, trace } = echo;
    if let Some(id) = metadata.and_then(|text| text.parse::<ActId>().ok()) {
        let sql = "UPDATE acts SET state = 'done', result = $3 WHERE id = $1 AND connection_id = $2 \
                   AND (state <> 'done' OR result = $3)";
        let params = [id.as_str().into(), connection.as_str().into(), result.into()];
        if tx.execute(sql, &params).await? == 1 {
            return Ok(Some(id));
        }
    }
    if let Some(id) = of_result(tx, connection, result).await? {
        return Ok(Some(id));
    }
    let Some(trace) = trace else { return Ok(None) };
    let sql = "UPDATE acts SET state = 'done', result = $3 WHERE state <> 'done' AND id = \
               (SELECT id FROM acts WHERE connection_id = $1 AND trace_hash = $2 AND state <> 'done' \
               ORDER BY id LIMIT 1) RETURNING id";
    let params = [connection.as_str().into(), trace_hash(vault, trace).into(), result.into()];
    match tx.query_opt(sql, &params).await? {
        Some(row) => crate::id("acts", &row.text("id")?).map(Some),
        // Its answer may have been written down just now.
        None => of_result(tx, connection, result).await,
    }
}

async fn of_result(
    tx: &mut Tx,
    connection: &ConnectionId,
    result: &str,
) -> Result<Option<ActId>, StoreError> {
    let sql = "SELECT id FROM acts WHERE connection_id = $1 AND result = $2";
    let row = tx.query_opt(sql, &[connection.as_str().into(), result.into()]).await?;
    row.map(|row| crate::id("acts", &row.text("id")?)).transpose()
}

/// Forgets acts that are older than [`LIFE`].
pub async fn sweep(tx: &mut Tx, now: Time) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM acts WHERE created_at <= $1", &[now.minus(LIFE).into()]).await
}
