//! Deliveries: one event on its way to one endpoint. Work is claimed with a lease, so that a dead
//! worker's claims come back; the lease saves work and keeps order, and nothing is lost without it.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::delivery::Step;
use jetbridge_domain::endpoint::Endpoint;
use jetbridge_domain::id::{EndpointId, EventId, PartnerId};
use jetbridge_domain::seal::Place;

use crate::db::{Row, StoreError, Tx};
use crate::vault::Vault;
use crate::{endpoints, events};

/// A claimed delivery with all that sending it takes.
#[derive(Debug, Clone)]
pub struct Claimed {
    /// The event.
    pub event: EventId,
    /// Where it goes.
    pub endpoint: Endpoint,
    /// Exactly what is sent.
    pub body: Vec<u8>,
    /// Attempts made before this one.
    pub attempts: u32,
    /// When the first attempt was made, if there was one.
    pub first_attempt: Option<Time>,
    /// A later event of the same conversation has arrived already.
    pub late: bool,
    /// Until when the claim holds.
    pub lease_until: Time,
}

/// Claims deliveries that are due at `now`: of each conversation and endpoint only the first, and
/// a later one only when the ones before it have failed for longer than `hold`.
pub async fn claim(
    tx: &mut Tx,
    vault: &Vault,
    now: Time,
    lease: Span,
    hold: Span,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let lease_until = now.plus(lease);
    let sql = format!(
        "UPDATE deliveries SET lease_until = $2 \
         WHERE state = 'pending' AND lease_until <= $1 AND (event_id, endpoint_id) IN ( \
           SELECT d.event_id, d.endpoint_id FROM deliveries AS d \
           WHERE d.state = 'pending' AND d.next_at <= $1 AND d.lease_until <= $1 \
             AND EXISTS (SELECT 1 FROM endpoints AS e WHERE e.id = d.endpoint_id AND e.state = 'active') \
             AND NOT EXISTS (SELECT 1 FROM deliveries AS b WHERE b.endpoint_id = d.endpoint_id \
               AND b.conversation = d.conversation AND b.seq < d.seq AND b.state = 'pending' \
               AND (b.first_attempt IS NULL OR b.first_attempt > $3 OR b.lease_until > $1)) \
           ORDER BY d.next_at, d.seq LIMIT $4 {}) \
         RETURNING event_id, endpoint_id, partner_id, conversation, seq, attempts, first_attempt",
        tx.skip_locked()
    );
    let params = [now.into(), lease_until.into(), now.minus(hold).into(), limit.into()];
    let rows = tx.query(&sql, &params).await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in &rows {
        claimed.push(load(tx, vault, row, lease_until).await?);
    }
    Ok(claimed)
}

async fn load(tx: &mut Tx, vault: &Vault, row: &Row, lease_until: Time) -> Result<Claimed, StoreError> {
    let (event, endpoint) = (row.text("event_id")?, row.text("endpoint_id")?);
    let endpoint_id: EndpointId = crate::id("endpoints", &endpoint)?;
    let endpoint = endpoints::get(tx, vault, &endpoint_id)
        .await?
        .ok_or_else(|| crate::inconsistent("deliveries", "endpoint_id", &endpoint))?;
    let stored = tx
        .query_one("SELECT body_sealed FROM events WHERE id = $1", &[event.as_str().into()])
        .await?
        .blob("body_sealed")?;
    let body = vault.open(&events::place(&event, &row.text("partner_id")?), &stored)?;
    let overtaken = tx
        .query_opt(
            "SELECT 1 AS one FROM deliveries WHERE endpoint_id = $1 AND conversation = $2 AND seq > $3 \
             AND state = 'delivered' LIMIT 1",
            &[endpoint_id.as_str().into(), row.text("conversation")?.into(), row.int("seq")?.into()],
        )
        .await?
        .is_some();
    Ok(Claimed {
        endpoint,
        body,
        attempts: u32::try_from(row.int("attempts")?)
            .map_err(|_| crate::inconsistent("deliveries", "attempts", &event))?,
        first_attempt: row.opt_time("first_attempt")?,
        late: overtaken,
        lease_until,
        event: crate::id("events", &event)?,
    })
}

/// One attempt, as it is recorded.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// When it began.
    pub at: Time,
    /// How long it took.
    pub took: Span,
    /// What came of it, in a word: `accepted`, `gone`, `refused`, or the class of the failure.
    pub outcome: &'static str,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// The beginning of the answer's body.
    pub answer: Vec<u8>,
}

/// Records an attempt and what becomes of the delivery. A worker whose lease has lapsed no longer
/// decides over it, but a success counts whoever had it.
pub async fn record(
    tx: &mut Tx,
    vault: &Vault,
    claimed: &Claimed,
    attempt: &Attempt,
    step: &Step,
) -> Result<(), StoreError> {
    let (state, next_at) = match step {
        Step::Delivered => ("delivered", attempt.at),
        Step::Dead => ("dead", attempt.at),
        Step::RetryAt(at) => ("pending", *at),
        Step::Wait => ("pending", attempt.at),
    };
    let n = i64::from(claimed.attempts) + 1;
    let changed = tx
        .execute(
            "UPDATE deliveries SET state = $3, attempts = $4, next_at = $5, first_attempt = $6, lease_until = 0 \
             WHERE event_id = $1 AND endpoint_id = $2 AND state = 'pending' \
               AND (lease_until = $7 OR $3 = 'delivered')",
            &[
                claimed.event.as_str().into(),
                claimed.endpoint.id.as_str().into(),
                state.into(),
                n.into(),
                next_at.into(),
                claimed.first_attempt.unwrap_or(attempt.at).into(),
                claimed.lease_until.into(),
            ],
        )
        .await?;
    if changed == 0 {
        return Ok(());
    }
    let row = format!("{}/{}/{n}", claimed.event, claimed.endpoint.id);
    let place =
        Place { table: "attempts", column: "answer", row: &row, partner: claimed.endpoint.partner.as_str() };
    let answer = if attempt.answer.is_empty() { None } else { Some(vault.seal(&place, &attempt.answer)?) };
    tx.execute(
        "INSERT INTO attempts (event_id, endpoint_id, n, at, took, outcome, status, answer_sealed) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
        &[
            claimed.event.as_str().into(),
            claimed.endpoint.id.as_str().into(),
            n.into(),
            attempt.at.into(),
            attempt.took.as_micros().into(),
            attempt.outcome.into(),
            attempt.status.map(i64::from).into(),
            answer.into(),
        ],
    )
    .await?;
    Ok(())
}

/// Ends every claim. Only right where no other process can hold one.
pub async fn free_claims(tx: &mut Tx) -> Result<(), StoreError> {
    tx.execute("UPDATE deliveries SET lease_until = 0 WHERE lease_until > 0", &[]).await?;
    Ok(())
}

/// How many of a partner's deliveries stand in each state.
pub async fn count(tx: &mut Tx, partner: &PartnerId) -> Result<Vec<(String, i64)>, StoreError> {
    let sql =
        "SELECT state, COUNT(*) AS n FROM deliveries WHERE partner_id = $1 GROUP BY state ORDER BY state";
    let rows = tx.query(sql, &[partner.as_str().into()]).await?;
    rows.iter().map(|r| Ok((r.text("state")?, r.int("n")?))).collect()
}

/// When the next pending delivery of an active endpoint is due.
pub async fn next_due(tx: &mut Tx) -> Result<Option<Time>, StoreError> {
    let sql = "SELECT MIN(d.next_at) AS at FROM deliveries AS d JOIN endpoints AS e ON e.id = d.endpoint_id \
               WHERE d.state = 'pending' AND e.state = 'active'";
    tx.query_one(sql, &[]).await?.opt_time("at")
}
