//! Known values: what proves at start that the configured keys and pepper are this database's.

use jetbridge_domain::seal::{Place, Purpose};

use crate::db::{StoreError, Tx, Value};
use crate::vault::Vault;

const TEXT: &[u8] = b"jetbridge";

/// What the known values say of the configured keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keys {
    /// They are this database's.
    Right,
    /// The keys open nothing here.
    WrongKeys,
    /// The pepper finds nothing here.
    WrongPepper,
}

fn place() -> Place<'static> {
    Place { table: "known_values", column: "value", row: "seal", partner: "" }
}

/// Checks the configured keys against the known values; on a new database it writes them.
pub async fn check(tx: &mut Tx, vault: &Vault) -> Result<Keys, StoreError> {
    let insert = "INSERT INTO known_values (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let sealed = vault.seal(&place(), TEXT)?;
    tx.execute(insert, &["seal".into(), sealed.into()]).await?;
    let hash = vault.pepper.hash(Purpose::Check, TEXT);
    tx.execute(insert, &["pepper".into(), hash.into()]).await?;
    let value = "SELECT value FROM known_values WHERE name = $1";
    let seal = tx.query_one(value, &[Value::from("seal")]).await?.blob("value")?;
    if vault.ring.open(&place(), &seal).ok().as_deref() != Some(TEXT) {
        return Ok(Keys::WrongKeys);
    }
    let pepper = tx.query_one(value, &[Value::from("pepper")]).await?.blob("value")?;
    Ok(if vault.pepper.matches(Purpose::Check, TEXT, &pepper) { Keys::Right } else { Keys::WrongPepper })
}
