//! Connections and their sealed tokens.

use jetbridge_domain::clock::Time;
use jetbridge_domain::connection::{CHECK_EVERY, Check, Connection, ConnectionState};
use jetbridge_domain::id::{ConnectionId, PartnerId};
use jetbridge_domain::inputs::{Digits, Reference};
use jetbridge_domain::onboarding::InstagramAccount;
use jetbridge_domain::product::Product;
use jetbridge_domain::seal::Place;
use jetbridge_domain::secret::Secret;
use jetbridge_domain::url::WebUrl;

use crate::db::{Row, StoreError, Tx, Value};
use crate::links;
use crate::page::{Cursor, Page, Slice};
use crate::vault::Vault;

const SELECT: &str = "SELECT c.id, c.partner_id, c.product, c.page_id, c.page_name, c.instagram_id, \
     c.instagram_username, c.state, c.meta_user, c.granted, c.checks, c.link_id, c.reference, c.server, \
     c.account_id, c.inbox_id, c.created_at, c.updated_at, l.param_sealed \
     FROM connections AS c JOIN links AS l ON l.id = c.link_id";

fn place<'a>(id: &'a str, partner: &'a str) -> Place<'a> {
    Place { table: "connections", column: "token", row: id, partner }
}

fn connection(vault: &Vault, row: &Row) -> Result<Connection, StoreError> {
    const TABLE: &str = "connections";
    let id = row.text("id")?;
    let wrong = |column| crate::inconsistent(TABLE, column, &id);
    let username = row.opt_text("instagram_username")?;
    Ok(Connection {
        id: crate::id(TABLE, &id)?,
        partner: crate::id("partners", &row.text("partner_id")?)?,
        product: links::product(TABLE, &id, row)?,
        state: ConnectionState::from_word(&row.text("state")?).ok_or_else(|| wrong("state"))?,
        page_id: row.text("page_id")?,
        page_name: row.text("page_name")?,
        instagram: row.opt_text("instagram_id")?.map(|id| InstagramAccount { id, username }),
        meta_user: row.text("meta_user")?,
        granted: serde_json::from_str(&row.text("granted")?).map_err(|_| wrong("granted"))?,
        checks: serde_json::from_str(&row.text("checks")?).map_err(|_| wrong("checks"))?,
        param: links::open_param(vault, &row.text("link_id")?, &row.text("partner_id")?, row)?,
        link: crate::id("links", &row.text("link_id")?)?,
        reference: links::reference(TABLE, &id, row)?,
        inbox: links::inbox(TABLE, &id, row)?,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Whether a finished link made a connection or refreshed one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It is new.
    Created,
    /// The same asset, product and partner were connected already.
    Refreshed,
}

/// Keeps a connection with its Page token. Where the partner has a live one of the same asset and
/// product, that one is refreshed and its id is put into `connection`.
pub async fn keep(
    tx: &mut Tx,
    vault: &Vault,
    connection: &mut Connection,
    token: &Secret,
) -> Result<Kept, StoreError> {
    let live = |sql: String, c: &Connection| {
        let params: [Value; 3] = [c.partner.as_str().into(), c.product.number().into(), c.asset_id().into()];
        (sql, params)
    };
    if write(tx, vault, connection, token, INSERT).await? == 1 {
        return Ok(Kept::Created);
    }
    let (sql, params) = live(
        format!(
            "SELECT id, created_at FROM connections \
             WHERE partner_id = $1 AND product = $2 AND asset_id = $3 AND state <> 'disconnected' {}",
            tx.lock_row()
        ),
        connection,
    );
    let row = tx.query_one(&sql, &params).await?;
    connection.id = crate::id("connections", &row.text("id")?)?;
    connection.created_at = row.time("created_at")?;
    write(tx, vault, connection, token, REFRESH).await?;
    Ok(Kept::Refreshed)
}

const INSERT: &str = "INSERT INTO connections (id, partner_id, product, asset_id, page_id, page_name, \
     instagram_id, instagram_username, state, meta_user, granted, checks, link_id, reference, server, \
     account_id, inbox_id, token_sealed, created_at, updated_at, check_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) \
     ON CONFLICT DO NOTHING";

const REFRESH: &str = "UPDATE connections SET partner_id = $2, product = $3, asset_id = $4, page_id = $5, \
     page_name = $6, instagram_id = $7, instagram_username = $8, state = $9, meta_user = $10, granted = $11, \
     checks = $12, link_id = $13, reference = $14, server = $15, account_id = $16, inbox_id = $17, \
     token_sealed = $18, created_at = $19, updated_at = $20, check_at = $21 WHERE id = $1";

async fn write(
    tx: &mut Tx,
    vault: &Vault,
    c: &Connection,
    token: &Secret,
    sql: &str,
) -> Result<u64, StoreError> {
    let wrong = |column| crate::inconsistent("connections", column, c.id.as_str());
    let sealed = vault.seal(&place(c.id.as_str(), c.partner.as_str()), token.expose().as_bytes())?;
    let params: [Value; 21] = [
        c.id.as_str().into(),
        c.partner.as_str().into(),
        c.product.number().into(),
        c.asset_id().into(),
        c.page_id.as_str().into(),
        c.page_name.as_str().into(),
        c.instagram.as_ref().map(|i| i.id.as_str()).into(),
        c.instagram.as_ref().and_then(|i| i.username.as_deref()).into(),
        c.state.word().into(),
        c.meta_user.as_str().into(),
        serde_json::to_string(&c.granted).map_err(|_| wrong("granted"))?.into(),
        serde_json::to_string(&c.checks).map_err(|_| wrong("checks"))?.into(),
        c.link.as_str().into(),
        c.reference.as_ref().map(Reference::as_str).into(),
        c.inbox.server.as_ref().map(WebUrl::as_str).into(),
        c.inbox.account_id.as_ref().map(Digits::as_str).into(),
        c.inbox.inbox_id.as_ref().map(Digits::as_str).into(),
        sealed.into(),
        c.created_at.into(),
        c.updated_at.into(),
        c.updated_at.plus(CHECK_EVERY).into(),
    ];
    tx.execute(sql, &params).await
}

/// This partner's connection.
pub async fn get(
    tx: &mut Tx,
    vault: &Vault,
    partner: &PartnerId,
    id: &ConnectionId,
) -> Result<Option<Connection>, StoreError> {
    let sql = format!("{SELECT} WHERE c.partner_id = $1 AND c.id = $2");
    let params = [partner.as_str().into(), id.as_str().into()];
    tx.query_opt(&sql, &params).await?.as_ref().map(|r| connection(vault, r)).transpose()
}

/// The live connections of an asset: of every partner, and of each product that Meta's webhooks about
/// this asset may be for.
pub async fn of_asset(tx: &mut Tx, vault: &Vault, asset_id: &str) -> Result<Vec<Connection>, StoreError> {
    live(tx, vault, "asset_id", asset_id).await
}

/// The live connections that a person consented to.
pub async fn of_meta_user(
    tx: &mut Tx,
    vault: &Vault,
    meta_user: &str,
) -> Result<Vec<Connection>, StoreError> {
    live(tx, vault, "meta_user", meta_user).await
}

async fn live(tx: &mut Tx, vault: &Vault, column: &str, value: &str) -> Result<Vec<Connection>, StoreError> {
    // In the order in which appending locks the partners.
    let sql =
        format!("{SELECT} WHERE c.{column} = $1 AND c.state <> 'disconnected' ORDER BY c.partner_id, c.id");
    let rows = tx.query(&sql, &[value.into()]).await?;
    rows.iter().map(|row| connection(vault, row)).collect()
}

/// This partner's connection, locked until the transaction ends: what a link that renews it hangs on.
pub async fn lock(
    tx: &mut Tx,
    vault: &Vault,
    partner: &PartnerId,
    id: &ConnectionId,
) -> Result<Option<Connection>, StoreError> {
    let sql = format!("SELECT 1 AS one FROM connections WHERE id = $1 {}", tx.lock_row());
    tx.query_opt(&sql, &[id.as_str().into()]).await?;
    get(tx, vault, partner, id).await
}

/// The Page token of this partner's connection; absent once it is disconnected.
pub async fn token(
    tx: &mut Tx,
    vault: &Vault,
    partner: &PartnerId,
    id: &ConnectionId,
) -> Result<Option<Secret>, StoreError> {
    let sql = "SELECT token_sealed FROM connections WHERE partner_id = $1 AND id = $2";
    let row = tx.query_opt(sql, &[partner.as_str().into(), id.as_str().into()]).await?;
    let sealed = row.map(|r| r.opt_blob("token_sealed")).transpose()?.flatten();
    sealed.map(|s| vault.open_text(&place(id.as_str(), partner.as_str()), &s)).transpose()
}

/// Forgets a token that its person took back: the connection needs its client again.
pub async fn forget_token(tx: &mut Tx, id: &ConnectionId, now: Time) -> Result<(), StoreError> {
    let sql = "UPDATE connections SET state = 'needs_reconnect', token_sealed = NULL, updated_at = $2 \
               WHERE id = $1 AND state <> 'disconnected'";
    tx.execute(sql, &[id.as_str().into(), now.into()]).await?;
    Ok(())
}

/// Forgets who consented, on every connection of that person, ended ones too.
pub async fn forget_meta_user(tx: &mut Tx, meta_user: &str) -> Result<(), StoreError> {
    tx.execute("UPDATE connections SET meta_user = '' WHERE meta_user = $1", &[meta_user.into()]).await?;
    Ok(())
}

/// Ends a connection and forgets its token: true for the one call that did it.
pub async fn disconnect(
    tx: &mut Tx,
    partner: &PartnerId,
    id: &ConnectionId,
    now: Time,
) -> Result<bool, StoreError> {
    let sql = "UPDATE connections SET state = 'disconnected', token_sealed = NULL, updated_at = $3 \
               WHERE partner_id = $1 AND id = $2 AND state <> 'disconnected'";
    Ok(tx.execute(sql, &[partner.as_str().into(), id.as_str().into(), now.into()]).await? == 1)
}

/// Takes connections whose proof of life is due; whoever takes one has it until `lease_until`, when it is
/// due again.
pub async fn claim_checks(
    tx: &mut Tx,
    now: Time,
    lease_until: Time,
    limit: i64,
) -> Result<Vec<(PartnerId, ConnectionId)>, StoreError> {
    let sql = format!(
        "SELECT id, partner_id FROM connections WHERE state <> 'disconnected' AND check_at <= $1 \
         ORDER BY check_at LIMIT $2 {}",
        tx.skip_locked()
    );
    let rows = tx.query(&sql, &[now.into(), limit.into()]).await?;
    let mut claimed = Vec::new();
    for row in &rows {
        let id = row.text("id")?;
        let sql = "UPDATE connections SET check_at = $2 WHERE id = $1";
        tx.execute(sql, &[id.as_str().into(), lease_until.into()]).await?;
        claimed.push((crate::id("partners", &row.text("partner_id")?)?, crate::id("connections", &id)?));
    }
    Ok(claimed)
}

/// Has a connection checked now: Meta told that something has changed.
pub async fn check_soon(tx: &mut Tx, id: &ConnectionId, now: Time) -> Result<(), StoreError> {
    let sql = "UPDATE connections SET check_at = $2 WHERE id = $1 AND check_at > $2";
    tx.execute(sql, &[id.as_str().into(), now.into()]).await?;
    Ok(())
}

/// Keeps a proof of life, and when the next is due. A connection that ended meanwhile stays as it is.
pub async fn checked(
    tx: &mut Tx,
    id: &ConnectionId,
    checks: &[Check],
    state: &ConnectionState,
    next_at: Time,
    now: Time,
) -> Result<(), StoreError> {
    let checks = serde_json::to_string(checks)
        .map_err(|_| crate::inconsistent("connections", "checks", id.as_str()))?;
    tx.execute(
        "UPDATE connections SET checks = $2, state = $3, check_at = $4, updated_at = $5 \
         WHERE id = $1 AND state <> 'disconnected'",
        &[id.as_str().into(), checks.into(), state.word().into(), next_at.into(), now.into()],
    )
    .await?;
    Ok(())
}

/// The token no longer works: true for the one call that noted it.
pub async fn needs_reconnect(
    tx: &mut Tx,
    partner: &PartnerId,
    id: &ConnectionId,
    now: Time,
) -> Result<bool, StoreError> {
    let sql = "UPDATE connections SET state = 'needs_reconnect', updated_at = $3 \
               WHERE partner_id = $1 AND id = $2 AND state = 'active'";
    Ok(tx.execute(sql, &[partner.as_str().into(), id.as_str().into(), now.into()]).await? == 1)
}

/// The products of every partner's live connections that a Page's subscription must serve.
pub async fn live_products_of_page(tx: &mut Tx, page_id: &str) -> Result<Vec<Product>, StoreError> {
    let sql = "SELECT DISTINCT product FROM connections WHERE page_id = $1 AND state <> 'disconnected'";
    let rows = tx.query(sql, &[page_id.into()]).await?;
    rows.iter().map(|row| links::product("connections", page_id, row)).collect()
}

/// The products of the live connections of a Page, of every partner, but for one connection.
pub async fn others_of_page(
    tx: &mut Tx,
    page_id: &str,
    but: &ConnectionId,
) -> Result<Vec<Product>, StoreError> {
    let sql = "SELECT DISTINCT product FROM connections \
               WHERE page_id = $1 AND id <> $2 AND state <> 'disconnected'";
    let rows = tx.query(sql, &[page_id.into(), but.as_str().into()]).await?;
    rows.iter().map(|row| links::product("connections", page_id, row)).collect()
}

/// How many live connections of any partner came from this person's consent.
pub async fn live_of_meta_user(tx: &mut Tx, meta_user: &str) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM connections WHERE meta_user = $1 AND state <> 'disconnected'";
    tx.query_one(sql, &[meta_user.into()]).await?.int("n")
}

/// What a list of connections is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// What is connected.
    pub product: Option<Product>,
    /// One of [`ConnectionState::WORDS`].
    pub state: Option<ConnectionState>,
    /// The partner's own word.
    pub reference: Option<Reference>,
    /// The Page.
    pub page_id: Option<String>,
}

/// A partner's connections, the newest first.
pub async fn list(
    tx: &mut Tx,
    vault: &Vault,
    partner: &PartnerId,
    filter: &Filter,
    page: &Page,
) -> Result<Slice<Connection>, StoreError> {
    let mut sql = format!("{SELECT} WHERE c.partner_id = $1");
    let mut params: Vec<Value> = vec![partner.as_str().into()];
    let filters: [(&str, Option<Value>); 4] = [
        ("product", filter.product.map(|p| p.number().into())),
        ("state", filter.state.as_ref().map(|s| s.word().into())),
        ("reference", filter.reference.as_ref().map(|r| r.as_str().into())),
        ("page_id", filter.page_id.as_deref().map(Into::into)),
    ];
    for (column, value) in filters {
        if let Some(value) = value {
            params.push(value);
            sql.push_str(&format!(" AND c.{column} = ${}", params.len()));
        }
    }
    crate::page::finish(&mut sql, &mut params, "c.", page);
    let rows = tx.query(&sql, &params).await?;
    let list = rows.iter().map(|r| connection(vault, r)).collect::<Result<Vec<_>, _>>()?;
    Ok(Slice::cut(list, page, |c| Cursor::new(c.created_at, c.id.as_str())))
}
