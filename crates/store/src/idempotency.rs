//! Idempotency keys: what the first call answered, sealed, for 24 hours.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::id::PartnerId;
use jetbridge_domain::seal::{Place, Purpose};

use crate::db::{StoreError, Tx};
use crate::vault::Vault;

/// How long a key is remembered.
pub const LIFE: Span = Span::hours(24);

/// A key as one partner used it on one endpoint, with the body it came with.
#[derive(Debug, Clone)]
pub struct Key {
    /// Whose key it is.
    pub partner: PartnerId,
    /// The endpoint's name.
    pub endpoint: &'static str,
    /// The key.
    pub key: String,
    /// The body as it was sent.
    pub body: Vec<u8>,
}

impl Key {
    pub(crate) fn hash(&self, vault: &Vault) -> Vec<u8> {
        let name = format!("{}\n{}\n{}", self.partner, self.endpoint, self.key);
        vault.pepper.hash(Purpose::Idempotency, name.as_bytes())
    }

    fn body_hash(&self, vault: &Vault) -> Vec<u8> {
        vault.pepper.hash(Purpose::Idempotency, &self.body)
    }
}

/// An answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nothing: the call may go on, and must end with [`finish`].
    New,
    /// The same call was answered with this.
    Answered(Kept),
    /// The same call is still running.
    Running,
    /// The key came with another body.
    Reused,
}

fn place<'a>(row: &'a str, partner: &'a str) -> Place<'a> {
    Place { table: "idempotency", column: "answer", row, partner }
}

/// Takes a key, or tells what is known of it. A concurrent call with the same key waits here for
/// the first one's transaction.
pub async fn begin(tx: &mut Tx, vault: &Vault, key: &Key, now: Time) -> Result<Begun, StoreError> {
    let hash = key.hash(vault);
    tx.execute(
        "DELETE FROM idempotency WHERE key_hash = $1 AND created_at <= $2",
        &[hash.clone().into(), now.minus(LIFE).into()],
    )
    .await?;
    let inserted = tx
        .execute(
            "INSERT INTO idempotency (key_hash, partner_id, body_hash, created_at) VALUES ($1, $2, $3, $4) \
             ON CONFLICT DO NOTHING",
            &[hash.clone().into(), key.partner.as_str().into(), key.body_hash(vault).into(), now.into()],
        )
        .await?;
    if inserted == 1 {
        return Ok(Begun::New);
    }
    let sql = "SELECT body_hash, status, answer_sealed FROM idempotency WHERE key_hash = $1";
    let row = tx.query_one(sql, &[hash.clone().into()]).await?;
    if !vault.pepper.matches(Purpose::Idempotency, &key.body, &row.blob("body_hash")?) {
        return Ok(Begun::Reused);
    }
    let name = hex(&hash);
    match (row.opt_int("status")?, row.opt_blob("answer_sealed")?) {
        (Some(status), Some(sealed)) => Ok(Begun::Answered(Kept {
            status: u16::try_from(status).map_err(|_| crate::inconsistent("idempotency", "status", &name))?,
            body: vault.open(&place(&name, key.partner.as_str()), &sealed)?,
        })),
        (None, None) => Ok(Begun::Running),
        _ => Err(crate::inconsistent("idempotency", "answer", &name)),
    }
}

/// Keeps the answer of a call that began as [`Begun::New`].
pub async fn finish(tx: &mut Tx, vault: &Vault, key: &Key, answer: &Kept) -> Result<(), StoreError> {
    let hash = key.hash(vault);
    let sealed = vault.seal(&place(&hex(&hash), key.partner.as_str()), &answer.body)?;
    tx.execute(
        "UPDATE idempotency SET status = $2, answer_sealed = $3 WHERE key_hash = $1",
        &[hash.into(), i64::from(answer.status).into(), sealed.into()],
    )
    .await?;
    Ok(())
}

/// Gives a key back: the call had no effect and may be made again.
pub async fn release(tx: &mut Tx, vault: &Vault, key: &Key) -> Result<(), StoreError> {
    let sql = "DELETE FROM idempotency WHERE key_hash = $1 AND status IS NULL";
    tx.execute(sql, &[key.hash(vault).into()]).await?;
    Ok(())
}

/// Forgets keys that are older than [`LIFE`].
pub async fn sweep(tx: &mut Tx, now: Time) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM idempotency WHERE created_at <= $1", &[now.minus(LIFE).into()]).await
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
