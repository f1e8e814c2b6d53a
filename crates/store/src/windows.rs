//! When a person last wrote to a connection: what opens the window in which it may be answered.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::id::ConnectionId;
use jetbridge_domain::seal::Purpose;

use crate::db::{StoreError, Tx};
use crate::vault::Vault;

/// How long a row is of use: a person's answer may come up to seven days later.
pub const LIFE: Span = Span::days(8);

fn person(vault: &Vault, connection: &ConnectionId, person: &str) -> Vec<u8> {
    vault.pepper.hash(Purpose::Person, format!("{connection}\n{person}").as_bytes())
}

/// Notes that the person wrote, and answers when the person last did: what comes late changes nothing.
pub async fn open(
    tx: &mut Tx,
    vault: &Vault,
    connection: &ConnectionId,
    who: &str,
    at: Time,
) -> Result<Time, StoreError> {
    let params = [connection.as_str().into(), person(vault, connection, who).into(), at.into()];
    let sql = "INSERT INTO windows (connection_id, person_hash, opened_at) VALUES ($1, $2, $3) \
               ON CONFLICT (connection_id, person_hash) DO UPDATE SET opened_at = \
               CASE WHEN excluded.opened_at > windows.opened_at THEN excluded.opened_at \
               ELSE windows.opened_at END RETURNING opened_at";
    tx.query_one(sql, &params).await?.time("opened_at")
}

/// When the person last wrote, as far as is known.
pub async fn opened(
    tx: &mut Tx,
    vault: &Vault,
    connection: &ConnectionId,
    who: &str,
) -> Result<Option<Time>, StoreError> {
    let params = [connection.as_str().into(), person(vault, connection, who).into()];
    let sql = "SELECT opened_at FROM windows WHERE connection_id = $1 AND person_hash = $2";
    tx.query_opt(sql, &params).await?.map(|row| row.time("opened_at")).transpose()
}

/// Forgets what is older than [`LIFE`].
pub async fn sweep(tx: &mut Tx, now: Time) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM windows WHERE opened_at <= $1", &[now.minus(LIFE).into()]).await
}
