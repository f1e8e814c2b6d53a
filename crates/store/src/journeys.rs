//! Journeys: one browser's way through one link.

use jetbridge_domain::clock::Time;
use jetbridge_domain::id::{ConnectionId, JourneyId, LinkId};
use jetbridge_domain::onboarding::{Asset, Grant, Journey, Stage, Stop, Why};
use jetbridge_domain::seal::{Place, Purpose};
use jetbridge_domain::secret::Secret;
use serde::{Deserialize, Serialize};

use crate::db::{Row, StoreError, Tx, Value};
use crate::vault::Vault;

const COLUMNS: &str = "id, link_id, partner_id, stage, grant_sealed, chosen, connection_id, why, detail, \
                       created_at, updated_at";

/// The next place in the order in which the journeys of a link were moved on: of two tabs, the one
/// that came back last is where the client is.
const MOVED: &str =
    "(SELECT COALESCE(MAX(j.moved), 0) + 1 FROM journeys AS j WHERE j.link_id = journeys.link_id)";

/// A grant as it lies sealed in its column.
#[derive(Serialize, Deserialize)]
struct Sealed {
    token: String,
    meta_user: String,
    granted: Vec<String>,
    assets: Vec<Asset>,
}

/// What a stop says beside its cause, as it lies in its column.
#[derive(Serialize, Deserialize)]
struct Detail {
    missing: Vec<String>,
    assets: Vec<Asset>,
    again: bool,
}

impl Detail {
    fn of(stop: &Stop) -> serde_json::Result<String> {
        serde_json::to_string(&Self {
            missing: stop.missing.clone(),
            assets: stop.assets.clone(),
            again: stop.again,
        })
    }

    /// Version 0.1.0 wrote a pair.
    fn read(text: &str) -> serde_json::Result<Self> {
        serde_json::from_str(text).or_else(|_| {
            let (missing, assets) = serde_json::from_str(text)?;
            Ok(Self { missing, assets, again: false })
        })
    }
}

fn place<'a>(id: &'a str, partner: &'a str) -> Place<'a> {
    Place { table: "journeys", column: "grant", row: id, partner }
}

/// The columns a stage is kept in.
struct Columns {
    stage: &'static str,
    grant: Option<Vec<u8>>,
    chosen: Option<String>,
    connection: Option<String>,
    why: Option<&'static str>,
    detail: Option<String>,
}

fn columns(vault: &Vault, journey: &Journey) -> Result<Columns, StoreError> {
    let (id, partner) = (journey.id.as_str(), journey.partner.as_str());
    let wrong = || crate::inconsistent("journeys", "grant", id);
    let seal = |grant: &Grant| -> Result<Vec<u8>, StoreError> {
        let plain = Sealed {
            token: grant.token.expose().to_owned(),
            meta_user: grant.meta_user.clone(),
            granted: grant.granted.clone(),
            assets: grant.assets.clone(),
        };
        vault.seal(&place(id, partner), &serde_json::to_vec(&plain).map_err(|_| wrong())?)
    };
    let none =
        |stage| Columns { stage, grant: None, chosen: None, connection: None, why: None, detail: None };
    Ok(match &journey.stage {
        Stage::AtFacebook => none("at_facebook"),
        Stage::Returned => none("returned"),
        Stage::Choosing(grant) => Columns { grant: Some(seal(grant)?), ..none("choosing") },
        Stage::Chosen(grant, asset) => {
            Columns { grant: Some(seal(grant)?), chosen: Some(asset.clone()), ..none("chosen") }
        }
        Stage::Stuck(grant, asset, why) => Columns {
            grant: Some(seal(grant)?),
            chosen: Some(asset.clone()),
            why: Some(why.word()),
            ..none("stuck")
        },
        Stage::Waiting(grant, stop) => Columns {
            grant: Some(seal(grant)?),
            why: Some(stop.why.word()),
            detail: Some(Detail::of(stop).map_err(|_| wrong())?),
            ..none("waiting")
        },
        Stage::Finished(connections) => {
            let ids: Vec<&str> = connections.iter().map(ConnectionId::as_str).collect();
            Columns { connection: Some(ids.join(",")), ..none("finished") }
        }
        Stage::Stopped(stop) => Columns {
            why: Some(stop.why.word()),
            detail: Some(Detail::of(stop).map_err(|_| wrong())?),
            ..none("stopped")
        },
    })
}

fn journey(vault: &Vault, row: &Row) -> Result<Journey, StoreError> {
    let (id, partner) = (row.text("id")?, row.text("partner_id")?);
    let wrong = |column| crate::inconsistent("journeys", column, &id);
    let grant = || -> Result<Grant, StoreError> {
        let plain = vault.open(&place(&id, &partner), &row.blob("grant_sealed")?)?;
        let sealed: Sealed = serde_json::from_slice(&plain).map_err(|_| wrong("grant"))?;
        Ok(Grant {
            token: Secret::new(sealed.token),
            meta_user: sealed.meta_user,
            granted: sealed.granted,
            assets: sealed.assets,
        })
    };
    let why = || Why::from_word(&row.text("why")?).ok_or_else(|| wrong("why"));
    let stop = || -> Result<Stop, StoreError> {
        let detail = Detail::read(&row.text("detail")?).map_err(|_| wrong("detail"))?;
        Ok(Stop { why: why()?, missing: detail.missing, assets: detail.assets, again: detail.again })
    };
    let stage = match row.text("stage")?.as_str() {
        "at_facebook" => Stage::AtFacebook,
        "returned" => Stage::Returned,
        "choosing" => Stage::Choosing(grant()?),
        "chosen" => Stage::Chosen(grant()?, row.text("chosen")?),
        "waiting" => Stage::Waiting(grant()?, stop()?),
        "finished" => {
            let ids = row.text("connection_id")?;
            Stage::Finished(ids.split(',').map(|id| crate::id("connections", id)).collect::<Result<_, _>>()?)
        }
        "stuck" => Stage::Stuck(grant()?, row.text("chosen")?, why()?),
        "stopped" => Stage::Stopped(stop()?),
        _ => return Err(wrong("stage")),
    };
    Ok(Journey {
        id: crate::id("journeys", &id)?,
        link: crate::id("links", &row.text("link_id")?)?,
        partner: crate::id("partners", &partner)?,
        stage,
        created_at: row.time("created_at")?,
        updated_at: row.time("updated_at")?,
    })
}

/// Adds a journey, bound to a browser and to the `state` that Facebook will bring back.
pub async fn insert(
    tx: &mut Tx,
    vault: &Vault,
    journey: &Journey,
    browser: &Secret,
    state: &Secret,
) -> Result<(), StoreError> {
    let c = columns(vault, journey)?;
    tx.execute(
        "INSERT INTO journeys (id, link_id, partner_id, browser_hash, state_hash, stage, grant_sealed, chosen, \
         connection_id, why, detail, created_at, updated_at, moved) \
         SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, COALESCE(MAX(moved), 0) + 1 \
         FROM journeys WHERE link_id = $2",
        &[
            journey.id.as_str().into(),
            journey.link.as_str().into(),
            journey.partner.as_str().into(),
            vault.pepper.hash(Purpose::Browser, browser.expose().as_bytes()).into(),
            vault.pepper.hash(Purpose::LoginState, state.expose().as_bytes()).into(),
            c.stage.into(),
            c.grant.into(),
            c.chosen.into(),
            c.connection.into(),
            c.why.into(),
            c.detail.into(),
            journey.created_at.into(),
            journey.updated_at.into(),
        ],
    )
    .await?;
    Ok(())
}

/// How many ways through a link have begun since a time.
pub async fn begun_since(tx: &mut Tx, link: &LinkId, since: Time) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) AS n FROM journeys WHERE link_id = $1 AND created_at > $2";
    tx.query_one(sql, &[link.as_str().into(), since.into()]).await?.int("n")
}

/// Writes a journey's stage.
pub async fn update(tx: &mut Tx, vault: &Vault, journey: &Journey, now: Time) -> Result<(), StoreError> {
    let c = columns(vault, journey)?;
    tx.execute(
        &format!(
            "UPDATE journeys SET stage = $2, grant_sealed = $3, chosen = $4, connection_id = $5, why = $6, \
         detail = $7, updated_at = $8, moved = {MOVED} WHERE id = $1"
        ),
        &[
            journey.id.as_str().into(),
            c.stage.into(),
            c.grant.into(),
            c.chosen.into(),
            c.connection.into(),
            c.why.into(),
            c.detail.into(),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}

/// The journey a `state` belongs to, with the hash of the browser it is bound to.
pub async fn by_state(
    tx: &mut Tx,
    vault: &Vault,
    state: &str,
) -> Result<Option<(Journey, Vec<u8>)>, StoreError> {
    let hash = vault.pepper.hash(Purpose::LoginState, state.as_bytes());
    let sql = format!("SELECT {COLUMNS}, browser_hash FROM journeys WHERE state_hash = $1");
    match tx.query_opt(&sql, &[hash.into()]).await? {
        Some(row) => Ok(Some((journey(vault, &row)?, row.blob("browser_hash")?))),
        None => Ok(None),
    }
}

/// Uses up the `state` of a journey: true for the one call that may go on.
pub async fn take_state(tx: &mut Tx, id: &JourneyId, now: Time) -> Result<bool, StoreError> {
    let sql = format!(
        "UPDATE journeys SET stage = 'returned', updated_at = $2, moved = {MOVED} \
             WHERE id = $1 AND stage = 'at_facebook'"
    );
    Ok(tx.execute(&sql, &[id.as_str().into(), now.into()]).await? == 1)
}

/// The journey through a link that this browser moved on last, if that was after `since`.
pub async fn of_browser(
    tx: &mut Tx,
    vault: &Vault,
    link: &LinkId,
    browser: &Secret,
    since: Time,
) -> Result<Option<Journey>, StoreError> {
    let hash = vault.pepper.hash(Purpose::Browser, browser.expose().as_bytes());
    let sql = format!(
        "SELECT {COLUMNS} FROM journeys WHERE link_id = $1 AND browser_hash = $2 AND updated_at > $3 \
         ORDER BY moved DESC LIMIT 1"
    );
    let params: [Value; 3] = [link.as_str().into(), hash.into(), since.into()];
    tx.query_opt(&sql, &params).await?.as_ref().map(|r| journey(vault, r)).transpose()
}

/// Whether this browser declined what this link needs on an earlier way through it.
pub async fn declined_before(tx: &mut Tx, id: &JourneyId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 AS one FROM journeys AS now JOIN journeys AS before \
               ON before.link_id = now.link_id AND before.browser_hash = now.browser_hash \
               WHERE now.id = $1 AND before.id <> $1 AND before.stage = 'stopped' AND before.why = $2 LIMIT 1";
    let declined = Why::PermissionDeclined.word();
    Ok(tx.query_opt(sql, &[id.as_str().into(), declined.into()]).await?.is_some())
}

/// Forgets what the consent of an untouched journey gave.
pub async fn sweep(tx: &mut Tx, untouched_since: Time) -> Result<u64, StoreError> {
    tx.execute("DELETE FROM journeys WHERE updated_at <= $1", &[untouched_since.into()]).await
}
