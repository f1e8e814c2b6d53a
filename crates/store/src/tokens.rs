//! Partners' access tokens, and wrong tries to get one.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::id::PartnerId;
use jetbridge_domain::seal::Purpose;
use jetbridge_domain::secret::Secret;

use crate::db::{StoreError, Tx};
use crate::partners::{self, Partner};
use crate::vault::Vault;

/// Keeps a token's hash until it expires.
pub async fn insert(
    tx: &mut Tx,
    vault: &Vault,
    partner: &PartnerId,
    token: &Secret,
    now: Time,
    expires_at: Time,
) -> Result<(), StoreError> {
    let hash = vault.pepper.hash(Purpose::AccessToken, token.expose().as_bytes());
    tx.execute(
        "INSERT INTO access_tokens (token_hash, partner_id, created_at, expires_at) VALUES ($1, $2, $3, $4)",
        &[hash.into(), partner.as_str().into(), now.into(), expires_at.into()],
    )
    .await?;
    Ok(())
}

/// The partner a token speaks for at `now`.
pub async fn partner(
    tx: &mut Tx,
    vault: &Vault,
    token: &Secret,
    now: Time,
) -> Result<Option<Partner>, StoreError> {
    let hash = vault.pepper.hash(Purpose::AccessToken, token.expose().as_bytes());
    let sql = "SELECT partner_id FROM access_tokens WHERE token_hash = $1 AND expires_at > $2";
    match tx.query_opt(sql, &[hash.into(), now.into()]).await? {
        Some(row) => partners::get(tx, &crate::id("partners", &row.text("partner_id")?)?).await,
        None => Ok(None),
    }
}

/// Drops tokens that have ended.
pub async fn sweep(tx: &mut Tx, now: Time) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM access_tokens WHERE expires_at <= $1", &[now.into()]).await
}

/// How many wrong tries an address has, and for how long it is blocked.
#[derive(Debug, Clone, Copy)]
pub struct GuessPolicy {
    /// The wrong tries that block.
    pub most: i64,
    /// Counted within this time.
    pub window: Span,
    /// How long the block lasts.
    pub block: Span,
}

/// Until when an address is blocked, if it is.
pub async fn blocked(tx: &mut Tx, address: &str, now: Time) -> Result<Option<Time>, StoreError> {
    let sql = "SELECT blocked_until FROM guesses WHERE address = $1 AND blocked_until > $2";
    tx.query_opt(sql, &[address.into(), now.into()]).await?.map(|r| r.time("blocked_until")).transpose()
}

/// [`blocked`] again, behind whoever counts a wrong try of this address at the same moment.
pub async fn still_blocked(tx: &mut Tx, address: &str, now: Time) -> Result<Option<Time>, StoreError> {
    let lock = format!("SELECT 1 AS one FROM guesses WHERE address = $1 {}", tx.lock_row());
    tx.query_opt(&lock, &[address.into()]).await?;
    blocked(tx, address, now).await
}

/// Counts a wrong try and blocks the address when there were too many. Where others were counted at the same moment
/// and blocked it already, this one is not counted, and is not to be answered: until when, is.
pub async fn guessed_wrong(
    tx: &mut Tx,
    address: &str,
    policy: GuessPolicy,
    now: Time,
) -> Result<Option<Time>, StoreError> {
    tx.execute(
        "INSERT INTO guesses (address, window_start, wrong, blocked_until) VALUES ($1, $2, 0, NULL) \
         ON CONFLICT (address) DO NOTHING",
        &[address.into(), now.into()],
    )
    .await?;
    if let Some(until) = still_blocked(tx, address, now).await? {
        return Ok(Some(until));
    }
    // A window, or a block, that is over starts a new count.
    tx.execute(
        "UPDATE guesses SET window_start = $2, wrong = 0, blocked_until = NULL \
         WHERE address = $1 AND (window_start <= $3 OR blocked_until <= $2)",
        &[address.into(), now.into(), now.minus(policy.window).into()],
    )
    .await?;
    tx.execute(
        "UPDATE guesses SET wrong = wrong + 1, \
         blocked_until = CASE WHEN wrong + 1 >= $2 THEN CAST($3 AS BIGINT) ELSE blocked_until END \
         WHERE address = $1",
        &[address.into(), policy.most.into(), now.plus(policy.block).into()],
    )
    .await?;
    Ok(None)
}

/// Drops counts whose window and block are over.
pub async fn sweep_guesses(tx: &mut Tx, policy: GuessPolicy, now: Time) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM guesses WHERE window_start <= $2 AND (blocked_until IS NULL OR blocked_until <= $1)",
        &[now.into(), now.minus(policy.window).into()],
    )
    .await
}
