//! Onboarding links and their steps.

use std::collections::HashMap;

use jetbridge_domain::branding::{LogoUrl, Words};
use jetbridge_domain::clock::Time;
use jetbridge_domain::id::{ConnectionId, LinkId, PartnerId};
use jetbridge_domain::inputs::{Digits, Locale, Reference};
use jetbridge_domain::onboarding::{Face, Inbox, Link, LinkState, Step, Why};
use jetbridge_domain::product::{Product, Products, bit};
use jetbridge_domain::seal::{Place, Purpose};
use jetbridge_domain::secret::Secret;
use jetbridge_domain::url::WebUrl;

use crate::db::{Row, StoreError, Tx, Value};
use crate::page::{Cursor, Page, Slice};
use crate::vault::Vault;

const COLUMNS: &str = "id, partner_id, param_sealed, product, products, reference, server, account_id, inbox_id, \
                       locale, reconnect, message, logo, success_url, failure_url, state, why, created_at, \
                       expires_at";

/// The most steps kept of one link: a client who goes round in circles does not fill the table.
const MOST_STEPS: i64 = 200;

fn place<'a>(id: &'a str, partner: &'a str) -> Place<'a> {
    Place { table: "links", column: "param", row: id, partner }
}

/// The omni-channel columns, which links and connections share.
pub(crate) fn inbox(table: &'static str, id: &str, row: &Row) -> Result<Inbox, StoreError> {
    let wrong = |column| crate::inconsistent(table, column, id);
    let digits = |column: &'static str| -> Result<Option<Digits>, StoreError> {
        row.opt_text(column)?.map(|t| Digits::parse(&t).map_err(|_| wrong(column))).transpose()
    };
    Ok(Inbox {
        server: row
            .opt_text("server")?
            .map(|t| WebUrl::server(&t).map_err(|_| wrong("server")))
            .transpose()?,
        account_id: digits("account_id")?,
        inbox_id: digits("inbox_id")?,
    })
}

pub(crate) fn reference(table: &'static str, id: &str, row: &Row) -> Result<Option<Reference>, StoreError> {
    let parse = |text| Reference::from_text(text).map_err(|_| crate::inconsistent(table, "reference", id));
    row.opt_text("reference")?.map(parse).transpose()
}

pub(crate) fn product(table: &'static str, id: &str, row: &Row) -> Result<Product, StoreError> {
    Product::from_number(row.int("product")?).ok_or_else(|| crate::inconsistent(table, "product", id))
}

/// The param of a link, from a row that has `param_sealed`.
pub(crate) fn open_param(vault: &Vault, id: &str, partner: &str, row: &Row) -> Result<Secret, StoreError> {
    vault.open_text(&place(id, partner), &row.blob("param_sealed")?)
}

fn face(id: &str, row: &Row) -> Result<Face, StoreError> {
    let url = |column: &'static str| web_url("links", column, id, row);
    let wrong = |column| crate::inconsistent("links", column, id);
    Ok(Face {
        message: words("links", "message", id, row)?,
        logo: row.opt_text("logo")?.map(|t| LogoUrl::parse(&t).map_err(|_| wrong("logo"))).transpose()?,
        success_url: url("success_url")?,
        failure_url: url("failure_url")?,
    })
}

/// Words whose length was checked when they came in.
pub(crate) fn words(
    table: &'static str,
    column: &'static str,
    id: &str,
    row: &Row,
) -> Result<Option<Words>, StoreError> {
    let parse = |t: String| Words::parse(&t, usize::MAX).map_err(|_| crate::inconsistent(table, column, id));
    row.opt_text(column)?.map(parse).transpose()
}

pub(crate) fn web_url(
    table: &'static str,
    column: &'static str,
    id: &str,
    row: &Row,
) -> Result<Option<WebUrl>, StoreError> {
    let parse = |t: String| WebUrl::page(&t).map_err(|_| crate::inconsistent(table, column, id));
    row.opt_text(column)?.map(parse).transpose()
}

fn link(vault: &Vault, row: &Row) -> Result<Link, StoreError> {
    let (id, partner) = (row.text("id")?, row.text("partner_id")?);
    let wrong = |column| crate::inconsistent("links", column, &id);
    Ok(Link {
        id: crate::id("links", &id)?,
        partner: crate::id("partners", &partner)?,
        param: open_param(vault, &id, &partner, row)?,
        products: Products::from_bits(product("links", &id, row)?, row.int("products")?)
            .ok_or_else(|| wrong("products"))?,
        reference: reference("links", &id, row)?,
        inbox: inbox("links", &id, row)?,
        locale: row
            .opt_text("locale")?
            .map(|t| Locale::from_text(t).map_err(|_| wrong("locale")))
            .transpose()?,
        reconnect: row.opt_text("reconnect")?.map(|t| crate::id("connections", &t)).transpose()?,
        face: face(&id, row)?,
        state: LinkState::from_columns(&row.text("state")?, row.opt_text("why")?.as_deref())
            .ok_or_else(|| wrong("state"))?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
    })
}

/// Adds a link, with the step that says when.
pub async fn insert(tx: &mut Tx, vault: &Vault, link: &Link) -> Result<(), StoreError> {
    let (id, partner) = (link.id.as_str(), link.partner.as_str());
    let sealed = vault.seal(&place(id, partner), link.param.expose().as_bytes())?;
    tx.execute(
        "INSERT INTO links (id, partner_id, param_hash, param_sealed, product, reference, server, account_id, \
         inbox_id, locale, state, why, created_at, expires_at, products, reconnect, message, logo, success_url, \
         failure_url) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
        &[
            id.into(),
            partner.into(),
            vault.pepper.hash(Purpose::Param, link.param.expose().as_bytes()).into(),
            sealed.into(),
            link.products.first().number().into(),
            link.reference.as_ref().map(Reference::as_str).into(),
            link.inbox.server.as_ref().map(WebUrl::as_str).into(),
            link.inbox.account_id.as_ref().map(Digits::as_str).into(),
            link.inbox.inbox_id.as_ref().map(Digits::as_str).into(),
            link.locale.as_ref().map(Locale::as_str).into(),
            link.state.word().into(),
            link.state.why().map(Why::word).into(),
            link.created_at.into(),
            link.expires_at.into(),
            link.products.bits().into(),
            link.reconnect.as_ref().map(ConnectionId::as_str).into(),
            link.face.message.as_ref().map(Words::as_str).into(),
            link.face.logo.as_ref().map(LogoUrl::as_str).into(),
            link.face.success_url.as_ref().map(WebUrl::as_str).into(),
            link.face.failure_url.as_ref().map(WebUrl::as_str).into(),
        ],
    )
    .await?;
    add_step(tx, &link.id, Step::Created, link.created_at).await
}

/// The link behind a param, whoever's it is: what a client's browser asks for.
pub async fn by_param(tx: &mut Tx, vault: &Vault, param: &str) -> Result<Option<Link>, StoreError> {
    let hash = vault.pepper.hash(Purpose::Param, param.as_bytes());
    let sql = format!("SELECT {COLUMNS} FROM links WHERE param_hash = $1");
    tx.query_opt(&sql, &[hash.into()]).await?.as_ref().map(|r| link(vault, r)).transpose()
}

/// This partner's link behind a param.
pub async fn of_partner(
    tx: &mut Tx,
    vault: &Vault,
    partner: &PartnerId,
    param: &str,
) -> Result<Option<Link>, StoreError> {
    Ok(by_param(tx, vault, param).await?.filter(|l| l.partner == *partner))
}

/// The latest link that can still renew a connection; its param.
pub async fn renewing(
    tx: &mut Tx,
    vault: &Vault,
    connection: &ConnectionId,
    now: Time,
) -> Result<Option<Secret>, StoreError> {
    let sql = "SELECT id, partner_id, param_sealed FROM links WHERE reconnect = $1 AND expires_at > $2 \
               AND state IN ('open', 'started', 'failed') ORDER BY created_at DESC, id DESC LIMIT 1";
    let row = tx.query_opt(sql, &[connection.as_str().into(), now.into()]).await?;
    row.map(|row| open_param(vault, &row.text("id")?, &row.text("partner_id")?, &row)).transpose()
}

/// The link with this id, locked until the transaction ends: for changing it.
pub async fn lock(tx: &mut Tx, vault: &Vault, id: &LinkId) -> Result<Option<Link>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM links WHERE id = $1 {}", tx.lock_row());
    tx.query_opt(&sql, &[id.as_str().into()]).await?.as_ref().map(|r| link(vault, r)).transpose()
}

/// Moves a link on and records the step.
pub async fn set_state(
    tx: &mut Tx,
    id: &LinkId,
    state: &LinkState,
    step: Step,
    now: Time,
) -> Result<(), StoreError> {
    let why = state.why().map(Why::word);
    tx.execute(
        "UPDATE links SET state = $2, why = $3 WHERE id = $1",
        &[id.as_str().into(), state.word().into(), why.into()],
    )
    .await?;
    note(tx, id, step, state.why(), now).await
}

/// Records a step that leaves the state as it is. The link is locked first, so that two steps at
/// once do not take the same number.
pub async fn add_step(tx: &mut Tx, id: &LinkId, step: Step, now: Time) -> Result<(), StoreError> {
    note(tx, id, step, None, now).await
}

async fn note(tx: &mut Tx, id: &LinkId, step: Step, why: Option<Why>, now: Time) -> Result<(), StoreError> {
    let lock = format!("SELECT 1 AS one FROM links WHERE id = $1 {}", tx.lock_row());
    tx.query_opt(&lock, &[id.as_str().into()]).await?;
    tx.execute(
        "INSERT INTO link_steps (link_id, n, step, at, why) \
         SELECT $1, COALESCE(MAX(n), 0) + 1, $2, $3, $5 FROM link_steps WHERE link_id = $1 \
         HAVING COALESCE(MAX(n), 0) < $4",
        &[id.as_str().into(), step.word().into(), now.into(), MOST_STEPS.into(), why.map(Why::word).into()],
    )
    .await?;
    Ok(())
}

/// A step of a link, as it was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// What happened.
    pub step: Step,
    /// When.
    pub at: Time,
    /// The cause, where a try failed.
    pub why: Option<Why>,
}

/// What happened on each of these links, in order.
pub async fn steps(tx: &mut Tx, ids: &[LinkId]) -> Result<HashMap<LinkId, Vec<Recorded>>, StoreError> {
    let mut steps: HashMap<LinkId, Vec<Recorded>> = HashMap::new();
    if ids.is_empty() {
        return Ok(steps);
    }
    let marks: Vec<String> = (1..=ids.len()).map(|n| format!("${n}")).collect();
    let sql = format!(
        "SELECT link_id, step, at, why FROM link_steps WHERE link_id IN ({}) ORDER BY link_id, n",
        marks.join(", ")
    );
    let params: Vec<Value> = ids.iter().map(|id| id.as_str().into()).collect();
    for row in tx.query(&sql, &params).await? {
        let id = row.text("link_id")?;
        let step = Step::from_word(&row.text("step")?)
            .ok_or_else(|| crate::inconsistent("link_steps", "step", &id))?;
        let why = |t: String| Why::from_word(&t).ok_or_else(|| crate::inconsistent("link_steps", "why", &id));
        let why = row.opt_text("why")?.map(why).transpose()?;
        let recorded = Recorded { step, at: row.time("at")?, why };
        steps.entry(crate::id("links", &id)?).or_default().push(recorded);
    }
    Ok(steps)
}

/// What a list of links is narrowed to.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// One of [`LinkState::WORDS`].
    pub state: Option<&'static str>,
    /// The partner's own word.
    pub reference: Option<Reference>,
    /// One of what is connected.
    pub product: Option<Product>,
}

/// A partner's links, the newest first.
pub async fn list(
    tx: &mut Tx,
    vault: &Vault,
    partner: &PartnerId,
    filter: &Filter,
    page: &Page,
    now: Time,
) -> Result<Slice<Link>, StoreError> {
    let mut sql = format!("SELECT {COLUMNS} FROM links WHERE partner_id = $1");
    let mut params: Vec<Value> = vec![partner.as_str().into()];
    let mut and = |clause: &str, value: Value, params: &mut Vec<Value>| {
        params.push(value);
        sql.push_str(&clause.replace('?', &format!("${}", params.len())));
    };
    // A link whose time is up counts as expired before the sweeper has come by.
    match filter.state {
        Some("expired") => and(
            " AND (state = 'expired' OR (state IN ('open', 'started', 'failed') AND expires_at <= ?))",
            now.into(),
            &mut params,
        ),
        Some(word @ ("open" | "started" | "failed")) => {
            and(" AND state = ?", word.into(), &mut params);
            and(" AND expires_at > ?", now.into(), &mut params);
        }
        Some(word) => and(" AND state = ?", word.into(), &mut params),
        None => {}
    }
    if let Some(reference) = &filter.reference {
        and(" AND reference = ?", reference.as_str().into(), &mut params);
    }
    if let Some(product) = filter.product {
        and(" AND products & ? <> 0", bit(product).into(), &mut params);
    }
    crate::page::finish(&mut sql, &mut params, "", page);
    let rows = tx.query(&sql, &params).await?;
    let links = rows.iter().map(|r| link(vault, r)).collect::<Result<Vec<_>, _>>()?;
    Ok(Slice::cut(links, page, |l| Cursor::new(l.created_at, l.id.as_str())))
}

/// Links whose time is up and that nobody has marked yet, at most `limit`.
pub async fn overdue(tx: &mut Tx, vault: &Vault, now: Time, limit: i64) -> Result<Vec<Link>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM links WHERE state IN ('open', 'started', 'failed') AND expires_at <= $1 \
         ORDER BY expires_at LIMIT $2 {}",
        tx.skip_locked()
    );
    tx.query(&sql, &[now.into(), limit.into()]).await?.iter().map(|r| link(vault, r)).collect()
}
