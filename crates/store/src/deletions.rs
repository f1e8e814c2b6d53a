//! People's requests to have their data deleted: nothing of the person, only that it was done.

use jetbridge_domain::clock::Time;
use jetbridge_domain::seal::Purpose;
use jetbridge_domain::secret::Secret;

use crate::db::{StoreError, Tx};
use crate::vault::Vault;

/// What was done on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deletion {
    /// How many connections ended with it.
    pub connections: i64,
    /// When.
    pub done_at: Time,
}

/// Writes a request down as done.
pub async fn insert(tx: &mut Tx, vault: &Vault, code: &Secret, done: Deletion) -> Result<(), StoreError> {
    let hash = vault.pepper.hash(Purpose::Deletion, code.expose().as_bytes());
    tx.execute(
        "INSERT INTO deletions (code_hash, connections, done_at) VALUES ($1, $2, $3)",
        &[hash.into(), done.connections.into(), done.done_at.into()],
    )
    .await?;
    Ok(())
}

/// What was done on the request of this code.
pub async fn find(tx: &mut Tx, vault: &Vault, code: &str) -> Result<Option<Deletion>, StoreError> {
    let hash = vault.pepper.hash(Purpose::Deletion, code.as_bytes());
    let sql = "SELECT connections, done_at FROM deletions WHERE code_hash = $1";
    let row = tx.query_opt(sql, &[hash.into()]).await?;
    row.map(|row| Ok(Deletion { connections: row.int("connections")?, done_at: row.time("done_at")? }))
        .transpose()
}
