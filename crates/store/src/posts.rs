//! Posts on their way: planned for later, or being prepared by Meta. A row is gone once its end has been told.

use jetbridge_domain::clock::Time;
use jetbridge_domain::id::{ActId, ConnectionId, PartnerId};
use jetbridge_domain::seal::Place;

use crate::db::{StoreError, Tx};
use crate::vault::Vault;

/// A post whose next step is due.
#[derive(Debug, Clone)]
pub struct Due {
    /// The call that it came from.
    pub act: ActId,
    /// Whose it is.
    pub partner: PartnerId,
    /// Through which connection.
    pub connection: ConnectionId,
    /// How far it is, as the caller wrote it.
    pub step: Vec<u8>,
    /// How often this step was tried before.
    pub tries: i64,
    /// When the call was made.
    pub created_at: Time,
    /// The claim: a later one takes it away.
    lease: Time,
}

fn place<'a>(act: &'a str, partner: &'a str) -> Place<'a> {
    Place { table: "posts", column: "step", row: act, partner }
}

/// Writes a post down, for its first step at `at`.
#[expect(clippy::too_many_arguments, reason = "the columns of the row")]
pub async fn insert(
    tx: &mut Tx,
    vault: &Vault,
    act: &ActId,
    partner: &PartnerId,
    connection: &ConnectionId,
    step: &[u8],
    at: Time,
    now: Time,
) -> Result<(), StoreError> {
    let sealed = vault.seal(&place(act.as_str(), partner.as_str()), step)?;
    tx.execute(
        "INSERT INTO posts (act_id, partner_id, connection_id, step_sealed, tries, next_at, created_at) \
         VALUES ($1, $2, $3, $4, 0, $5, $6)",
        &[
            act.as_str().into(),
            partner.as_str().into(),
            connection.as_str().into(),
            sealed.into(),
            at.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Takes posts whose next step is due; whoever takes one has it until `lease_until`.
pub async fn claim(
    tx: &mut Tx,
    vault: &Vault,
    now: Time,
    lease_until: Time,
    limit: i64,
) -> Result<Vec<Due>, StoreError> {
    let sql = format!(
        "SELECT act_id, partner_id, connection_id, step_sealed, tries, created_at FROM posts WHERE next_at <= $1 \
         ORDER BY next_at LIMIT $2 {}",
        tx.skip_locked()
    );
    let rows = tx.query(&sql, &[now.into(), limit.into()]).await?;
    let mut due = Vec::new();
    for row in &rows {
        let (act, partner) = (row.text("act_id")?, row.text("partner_id")?);
        let sql = "UPDATE posts SET next_at = $2 WHERE act_id = $1";
        tx.execute(sql, &[act.as_str().into(), lease_until.into()]).await?;
        due.push(Due {
            step: vault.open(&place(&act, &partner), &row.blob("step_sealed")?)?,
            tries: row.int("tries")?,
            created_at: row.time("created_at")?,
            connection: crate::id("connections", &row.text("connection_id")?)?,
            act: crate::id("acts", &act)?,
            partner: crate::id("partners", &partner)?,
            lease: lease_until,
        });
    }
    Ok(due)
}

/// Notes the next step and when it is due: false where another has taken the post meanwhile.
pub async fn step(
    tx: &mut Tx,
    vault: &Vault,
    due: &mut Due,
    step: &[u8],
    tries: i64,
    at: Time,
) -> Result<bool, StoreError> {
    let sealed = vault.seal(&place(due.act.as_str(), due.partner.as_str()), step)?;
    let sql =
        "UPDATE posts SET step_sealed = $3, tries = $4, next_at = $5 WHERE act_id = $1 AND next_at = $2";
    let params = [due.act.as_str().into(), due.lease.into(), sealed.into(), tries.into(), at.into()];
    let held = tx.execute(sql, &params).await? == 1;
    due.lease = at;
    Ok(held)
}

/// The post has come to its end: false where another has seen to it.
pub async fn done(tx: &mut Tx, due: &Due) -> Result<bool, StoreError> {
    let sql = "DELETE FROM posts WHERE act_id = $1 AND next_at = $2";
    Ok(tx.execute(sql, &[due.act.as_str().into(), due.lease.into()]).await? == 1)
}
