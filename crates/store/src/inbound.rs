//! What was taken in from Meta already. Only hashes of Meta's own names are kept, for a while.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::seal::Purpose;

use crate::db::{StoreError, Tx};
use crate::vault::Vault;

/// How long what was taken in is known. Meta tries again for 36 hours.
pub const LIFE: Span = Span::days(7);

/// Takes something in under Meta's name of it: false where it was taken in before. A second copy that
/// comes at the same moment waits here for the first one's transaction.
pub async fn take(tx: &mut Tx, vault: &Vault, name: &[u8], now: Time) -> Result<bool, StoreError> {
    let hash = vault.pepper.hash(Purpose::Inbound, name);
    let inserted = tx
        .execute(
            "INSERT INTO inbound (key_hash, taken_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            &[hash.into(), now.into()],
        )
        .await?;
    Ok(inserted == 1)
}

/// Forgets names that are older than [`LIFE`].
pub async fn sweep(tx: &mut Tx, now: Time) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM inbound WHERE taken_at <= $1", &[now.minus(LIFE).into()]).await
}
