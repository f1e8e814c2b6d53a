//! Partners' webhook endpoints and their signing secrets.

use jetbridge_domain::clock::Time;
use jetbridge_domain::endpoint::{Endpoint, EndpointState};
use jetbridge_domain::id::{EndpointId, PartnerId};
use jetbridge_domain::seal::Place;
use jetbridge_domain::url::WebUrl;

use crate::db::{Row, StoreError, Tx, Value};
use crate::vault::Vault;

const COLUMNS: &str = "id, partner_id, is_default, url, description, secret_sealed, previous_sealed, \
                       previous_until, state, failing_since";

fn place<'a>(column: &'static str, id: &'a str, partner: &'a str) -> Place<'a> {
    Place { table: "endpoints", column, row: id, partner }
}

fn endpoint(vault: &Vault, row: &Row) -> Result<Endpoint, StoreError> {
    let (id, partner) = (row.text("id")?, row.text("partner_id")?);
    let wrong = |column| crate::inconsistent("endpoints", column, &id);
    let previous = match (row.opt_blob("previous_sealed")?, row.opt_time("previous_until")?) {
        (Some(sealed), Some(until)) => {
            Some((vault.open_text(&place("previous", &id, &partner), &sealed)?, until))
        }
        (None, None) => None,
        _ => return Err(wrong("previous_until")),
    };
    Ok(Endpoint {
        id: crate::id("endpoints", &id)?,
        partner: crate::id("partners", &partner)?,
        default: row.flag("is_default")?,
        url: WebUrl::webhook(&row.text("url")?).map_err(|_| wrong("url"))?,
        description: row.text("description")?,
        secret: vault.open_text(&place("secret", &id, &partner), &row.blob("secret_sealed")?)?,
        previous,
        state: EndpointState::from_word(&row.text("state")?).ok_or_else(|| wrong("state"))?,
        failing_since: row.opt_time("failing_since")?,
    })
}

/// Adds an endpoint. False where it would be the partner's second default one.
pub async fn insert(tx: &mut Tx, vault: &Vault, e: &Endpoint, now: Time) -> Result<bool, StoreError> {
    let (id, partner) = (e.id.as_str(), e.partner.as_str());
    let secret = vault.seal(&place("secret", id, partner), e.secret.expose().as_bytes())?;
    let n = tx
        .execute(
            "INSERT INTO endpoints (id, partner_id, is_default, url, description, secret_sealed, state, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
            &[
                id.into(),
                partner.into(),
                e.default.into(),
                e.url.as_str().into(),
                e.description.as_str().into(),
                secret.into(),
                e.state.word().into(),
                now.into(),
            ],
        )
        .await?;
    Ok(n == 1)
}

/// The partner's default endpoint.
pub async fn default(
    tx: &mut Tx,
    vault: &Vault,
    partner: &PartnerId,
) -> Result<Option<Endpoint>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM endpoints WHERE partner_id = $1 AND is_default = 1");
    tx.query_opt(&sql, &[partner.as_str().into()]).await?.as_ref().map(|r| endpoint(vault, r)).transpose()
}

/// The endpoint with this id.
pub async fn get(tx: &mut Tx, vault: &Vault, id: &EndpointId) -> Result<Option<Endpoint>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM endpoints WHERE id = $1");
    tx.query_opt(&sql, &[id.as_str().into()]).await?.as_ref().map(|r| endpoint(vault, r)).transpose()
}

/// The partner's endpoints, the default one first.
pub async fn list(tx: &mut Tx, vault: &Vault, partner: &PartnerId) -> Result<Vec<Endpoint>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM endpoints WHERE partner_id = $1 ORDER BY is_default DESC, created_at, id"
    );
    tx.query(&sql, &[partner.as_str().into()]).await?.iter().map(|r| endpoint(vault, r)).collect()
}

/// Points an endpoint at another address and lets it begin anew: whatever it was disabled or
/// paused for was the old address's doing.
pub async fn set_url(tx: &mut Tx, id: &EndpointId, url: &WebUrl) -> Result<(), StoreError> {
    let sql = "UPDATE endpoints SET url = $2, state = 'active', failing_since = NULL WHERE id = $1";
    tx.execute(sql, &[id.as_str().into(), url.as_str().into()]).await?;
    Ok(())
}

/// Writes an endpoint's secrets, after a rotation.
pub async fn set_secrets(tx: &mut Tx, vault: &Vault, e: &Endpoint) -> Result<(), StoreError> {
    let (id, partner) = (e.id.as_str(), e.partner.as_str());
    let secret = vault.seal(&place("secret", id, partner), e.secret.expose().as_bytes())?;
    let previous = match &e.previous {
        Some((old, _)) => Some(vault.seal(&place("previous", id, partner), old.expose().as_bytes())?),
        None => None,
    };
    let until: Option<Time> = e.previous.as_ref().map(|(_, until)| *until);
    let sql =
        "UPDATE endpoints SET secret_sealed = $2, previous_sealed = $3, previous_until = $4 WHERE id = $1";
    tx.execute(sql, &[id.into(), secret.into(), previous.into(), until.into()]).await?;
    Ok(())
}

/// Writes an endpoint's health after an attempt.
pub async fn set_health(
    tx: &mut Tx,
    id: &EndpointId,
    state: EndpointState,
    failing_since: Option<Time>,
) -> Result<(), StoreError> {
    let params: [Value; 3] = [id.as_str().into(), state.word().into(), failing_since.into()];
    tx.execute("UPDATE endpoints SET state = $2, failing_since = $3 WHERE id = $1", &params).await?;
    Ok(())
}

/// Removes an endpoint with its deliveries.
pub async fn delete(tx: &mut Tx, id: &EndpointId) -> Result<(), StoreError> {
    tx.execute("DELETE FROM endpoints WHERE id = $1", &[id.as_str().into()]).await?;
    Ok(())
}
