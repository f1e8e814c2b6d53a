//! Partners: accounts with an API.

use jetbridge_domain::clock::Time;
use jetbridge_domain::id::PartnerId;
use jetbridge_domain::seal::Purpose;
use jetbridge_domain::secret::Secret;

use crate::db::{Row, StoreError, Tx};
use crate::vault::Vault;

/// One partner.
#[derive(Debug, Clone)]
pub struct Partner {
    /// Its name in tables.
    pub id: PartnerId,
    /// What clients see: who asks.
    pub name: String,
    /// The public half of its credentials.
    pub client_id: String,
    /// Whether it may call.
    pub state: PartnerState,
    /// When it was made.
    pub created_at: Time,
}

/// Whether a partner may call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartnerState {
    /// It may.
    Active,
    /// The operator said no.
    Suspended,
}

impl PartnerState {
    /// The word in tables and listings.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

const COLUMNS: &str = "id, name, client_id, state, created_at";

fn partner(row: &Row) -> Result<Partner, StoreError> {
    let id = row.text("id")?;
    let state = match row.text("state")?.as_str() {
        "active" => PartnerState::Active,
        "suspended" => PartnerState::Suspended,
        _ => return Err(crate::inconsistent("partners", "state", &id)),
    };
    Ok(Partner {
        id: crate::id("partners", &id)?,
        name: row.text("name")?,
        client_id: row.text("client_id")?,
        state,
        created_at: row.time("created_at")?,
    })
}

/// Adds a partner with its secret's hash.
pub async fn insert(
    tx: &mut Tx,
    vault: &Vault,
    partner: &Partner,
    secret: &Secret,
) -> Result<(), StoreError> {
    let hash = vault.pepper.hash(Purpose::ClientSecret, secret.expose().as_bytes());
    tx.execute(
        "INSERT INTO partners (id, name, client_id, client_secret_hash, state, next_seq, created_at) \
         VALUES ($1, $2, $3, $4, $5, 1, $6)",
        &[
            partner.id.as_str().into(),
            partner.name.as_str().into(),
            partner.client_id.as_str().into(),
            hash.into(),
            partner.state.word().into(),
            partner.created_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// The partner with these credentials.
pub async fn by_credentials(
    tx: &mut Tx,
    vault: &Vault,
    client_id: &str,
    secret: &Secret,
) -> Result<Option<Partner>, StoreError> {
    let sql = format!("SELECT {COLUMNS}, client_secret_hash FROM partners WHERE client_id = $1");
    let row = tx.query_opt(&sql, &[client_id.into()]).await?;
    // An unknown client_id costs the same hash as a known one.
    let hash = row.as_ref().map_or(Ok(Vec::new()), |r| r.blob("client_secret_hash"))?;
    let right = vault.pepper.matches(Purpose::ClientSecret, secret.expose().as_bytes(), &hash);
    row.filter(|_| right).as_ref().map(partner).transpose()
}

/// The partner with this client id.
pub async fn by_client_id(tx: &mut Tx, client_id: &str) -> Result<Option<Partner>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM partners WHERE client_id = $1");
    tx.query_opt(&sql, &[client_id.into()]).await?.as_ref().map(partner).transpose()
}

/// The partner with this id.
pub async fn get(tx: &mut Tx, id: &PartnerId) -> Result<Option<Partner>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM partners WHERE id = $1");
    tx.query_opt(&sql, &[id.as_str().into()]).await?.as_ref().map(partner).transpose()
}

/// All partners, the oldest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<Partner>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM partners ORDER BY created_at, id");
    tx.query(&sql, &[]).await?.iter().map(partner).collect()
}

/// Suspends a partner, or lets it call again. False where there is none.
pub async fn set_state(tx: &mut Tx, id: &PartnerId, state: PartnerState) -> Result<bool, StoreError> {
    let sql = "UPDATE partners SET state = $2 WHERE id = $1";
    Ok(tx.execute(sql, &[id.as_str().into(), state.word().into()]).await? == 1)
}

/// Gives a partner a new secret and revokes its access tokens. False where there is none.
pub async fn set_secret(
    tx: &mut Tx,
    vault: &Vault,
    id: &PartnerId,
    secret: &Secret,
) -> Result<bool, StoreError> {
    let hash = vault.pepper.hash(Purpose::ClientSecret, secret.expose().as_bytes());
    tx.execute("DELETE FROM access_tokens WHERE partner_id = $1", &[id.as_str().into()]).await?;
    let sql = "UPDATE partners SET client_secret_hash = $2 WHERE id = $1";
    Ok(tx.execute(sql, &[id.as_str().into(), hash.into()]).await? == 1)
}

/// Takes the partner's next event number. The row stays locked until the commit, so numbers
/// become visible in their order.
pub async fn next_seq(tx: &mut Tx, id: &PartnerId) -> Result<i64, StoreError> {
    let sql = "UPDATE partners SET next_seq = next_seq + 1 WHERE id = $1 RETURNING next_seq";
    Ok(tx.query_one(sql, &[id.as_str().into()]).await?.int("next_seq")? - 1)
}
