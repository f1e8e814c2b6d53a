//! Leads that Meta told of and whose answers are still to be read: Meta's webhook has none.

use jetbridge_domain::clock::Time;
use jetbridge_domain::id::{ConnectionId, PartnerId};
use jetbridge_domain::seal::{Place, Purpose};

use crate::db::{StoreError, Tx};
use crate::vault::Vault;

/// A lead to be read.
#[derive(Debug, Clone)]
pub struct Due {
    /// Whose connection it came to.
    pub partner: PartnerId,
    /// The connection.
    pub connection: ConnectionId,
    /// What came from Meta, as the caller wrote it.
    pub item: Vec<u8>,
    /// The partner has been told of the lead, without its answers.
    pub told: bool,
    /// How often it was tried before.
    pub tries: i64,
    hash: Vec<u8>,
}

fn place<'a>(row: &'a str, partner: &'a str) -> Place<'a> {
    Place { table: "leads", column: "item", row, partner }
}

fn row_name(connection: &str, hash: &[u8]) -> String {
    let hex: String = hash.iter().map(|b| format!("{b:02x}")).collect();
    format!("{connection}/{hex}")
}

/// Puts a lead on the list, to be read at once.
pub async fn insert(
    tx: &mut Tx,
    vault: &Vault,
    partner: &PartnerId,
    connection: &ConnectionId,
    lead: &str,
    item: &[u8],
    now: Time,
) -> Result<(), StoreError> {
    let hash = vault.pepper.hash(Purpose::Inbound, format!("{connection}\n{lead}").as_bytes());
    let sealed = vault.seal(&place(&row_name(connection.as_str(), &hash), partner.as_str()), item)?;
    tx.execute(
        "INSERT INTO leads (connection_id, lead_hash, partner_id, item_sealed, told, tries, next_at, created_at) \
         VALUES ($1, $2, $3, $4, 0, 0, $5, $5) ON CONFLICT DO NOTHING",
        &[connection.as_str().into(), hash.into(), partner.as_str().into(), sealed.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// Takes leads that are due; whoever takes one has it until `lease_until`.
pub async fn claim(
    tx: &mut Tx,
    vault: &Vault,
    now: Time,
    lease_until: Time,
    limit: i64,
) -> Result<Vec<Due>, StoreError> {
    let sql = format!(
        "SELECT connection_id, lead_hash, partner_id, item_sealed, told, tries FROM leads WHERE next_at <= $1 \
         ORDER BY next_at LIMIT $2 {}",
        tx.skip_locked()
    );
    let rows = tx.query(&sql, &[now.into(), limit.into()]).await?;
    let mut due = Vec::new();
    for row in &rows {
        let (connection, partner) = (row.text("connection_id")?, row.text("partner_id")?);
        let hash = row.blob("lead_hash")?;
        let name = row_name(&connection, &hash);
        tx.execute(
            "UPDATE leads SET next_at = $3, tries = tries + 1 WHERE connection_id = $1 AND lead_hash = $2",
            &[connection.as_str().into(), hash.clone().into(), lease_until.into()],
        )
        .await?;
        due.push(Due {
            item: vault.open(&place(&name, &partner), &row.blob("item_sealed")?)?,
            told: row.int("told")? != 0,
            tries: row.int("tries")?,
            partner: crate::id("partners", &partner)?,
            connection: crate::id("connections", &connection)?,
            hash,
        });
    }
    Ok(due)
}

/// Takes a lead off the list: false where it was off already.
pub async fn done(tx: &mut Tx, due: &Due) -> Result<bool, StoreError> {
    let sql = "DELETE FROM leads WHERE connection_id = $1 AND lead_hash = $2";
    Ok(tx.execute(sql, &[due.connection.as_str().into(), due.hash.clone().into()]).await? == 1)
}

/// The partner has been told of the lead without its answers, which are tried again at `next_at`: false
/// where the partner had been told already, or the lead is off the list.
pub async fn told(tx: &mut Tx, due: &Due, next_at: Time) -> Result<bool, StoreError> {
    let key = [due.connection.as_str().into(), due.hash.clone().into(), next_at.into()];
    let first =
        "UPDATE leads SET told = 1, next_at = $3 WHERE connection_id = $1 AND lead_hash = $2 AND told = 0";
    if tx.execute(first, &key).await? == 1 {
        return Ok(true);
    }
    let sql = "UPDATE leads SET next_at = $3 WHERE connection_id = $1 AND lead_hash = $2";
    tx.execute(sql, &key).await?;
    Ok(false)
}
