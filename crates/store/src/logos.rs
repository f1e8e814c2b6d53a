//! Partners' pictures: fetched once, kept, and served from our own host.

use jetbridge_domain::branding::{Logo, LogoState, LogoTrouble, LogoUrl, PictureKind};
use jetbridge_domain::clock::Time;
use jetbridge_domain::id::{LogoId, PartnerId};

use crate::db::{Row, StoreError, Tx};
use crate::vault::Vault;

const COLUMNS: &str = "id, url, kind, why, next_at";

fn kind(id: &str, row: &Row) -> Result<Option<PictureKind>, StoreError> {
    let wrong = || crate::inconsistent("logos", "kind", id);
    row.opt_text("kind")?.map(|t| PictureKind::from_content_type(&t).ok_or_else(wrong)).transpose()
}

fn logo(row: &Row) -> Result<Logo, StoreError> {
    let id = row.text("id")?;
    let wrong = |column| crate::inconsistent("logos", column, &id);
    // One that is kept stays so while it is fetched again.
    let state = match (kind(&id, row)?, row.opt_time("next_at")?, row.opt_text("why")?) {
        (Some(kind), ..) => LogoState::Kept(kind),
        (None, Some(_), _) => LogoState::Waiting,
        (None, None, Some(why)) => {
            LogoState::Failed(LogoTrouble::from_word(&why).ok_or_else(|| wrong("why"))?)
        }
        (None, None, None) => return Err(wrong("why")),
    };
    Ok(Logo {
        url: LogoUrl::parse(&row.text("url")?).map_err(|_| wrong("url"))?,
        id: crate::id("logos", &id)?,
        state,
    })
}

/// Has a picture fetched, if it is not there already; `anew` has it fetched in any case.
pub async fn want(
    tx: &mut Tx,
    vault: &Vault,
    partner: &PartnerId,
    url: &LogoUrl,
    anew: bool,
    now: Time,
) -> Result<(), StoreError> {
    let id = LogoId::new(now, &vault.entropy).map_err(|_| StoreError::NoEntropy)?;
    let then = if anew { "UPDATE SET next_at = excluded.next_at, tries = 0" } else { "NOTHING" };
    tx.execute(
        &format!(
            "INSERT INTO logos (id, partner_id, url, tries, next_at, created_at) VALUES ($1, $2, $3, 0, $4, $4) \
             ON CONFLICT (partner_id, url) DO {then}"
        ),
        &[id.as_str().into(), partner.as_str().into(), url.as_str().into(), now.into()],
    )
    .await?;
    Ok(())
}

/// How far a partner's picture of this address is.
pub async fn find(tx: &mut Tx, partner: &PartnerId, url: &LogoUrl) -> Result<Option<Logo>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM logos WHERE partner_id = $1 AND url = $2");
    let params = [partner.as_str().into(), url.as_str().into()];
    tx.query_opt(&sql, &params).await?.as_ref().map(logo).transpose()
}

/// A picture that is kept.
pub async fn picture(tx: &mut Tx, id: &LogoId) -> Result<Option<(PictureKind, Vec<u8>)>, StoreError> {
    let sql = "SELECT kind, picture FROM logos WHERE id = $1";
    let Some(row) = tx.query_opt(sql, &[id.as_str().into()]).await? else { return Ok(None) };
    match (kind(id.as_str(), &row)?, row.opt_blob("picture")?) {
        (Some(kind), Some(picture)) => Ok(Some((kind, picture))),
        (None, None) => Ok(None),
        _ => Err(crate::inconsistent("logos", "picture", id.as_str())),
    }
}

/// Takes pictures that are to be fetched, each with how often it was tried before; whoever takes one
/// has it until `lease_until`.
pub async fn claim(
    tx: &mut Tx,
    now: Time,
    lease_until: Time,
    limit: i64,
) -> Result<Vec<(Logo, i64)>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS}, tries FROM logos WHERE next_at <= $1 ORDER BY next_at LIMIT $2 {}",
        tx.skip_locked()
    );
    let rows = tx.query(&sql, &[now.into(), limit.into()]).await?;
    let mut claimed = Vec::new();
    for row in &rows {
        let logo = logo(row)?;
        let sql = "UPDATE logos SET next_at = $2, tries = tries + 1 WHERE id = $1";
        tx.execute(sql, &[logo.id.as_str().into(), lease_until.into()]).await?;
        claimed.push((logo, row.int("tries")?));
    }
    Ok(claimed)
}

/// Keeps a fetched picture.
pub async fn keep(tx: &mut Tx, id: &LogoId, kind: PictureKind, picture: &[u8]) -> Result<(), StoreError> {
    let sql = "UPDATE logos SET kind = $2, picture = $3, why = NULL, next_at = NULL WHERE id = $1";
    tx.execute(sql, &[id.as_str().into(), kind.content_type().into(), picture.to_vec().into()]).await?;
    Ok(())
}

/// Writes down why a picture could not be had, and when it is tried again, if it is. One that was
/// kept before stays.
pub async fn fail(
    tx: &mut Tx,
    id: &LogoId,
    why: LogoTrouble,
    next_at: Option<Time>,
) -> Result<(), StoreError> {
    let sql = "UPDATE logos SET why = $2, next_at = $3 WHERE id = $1";
    tx.execute(sql, &[id.as_str().into(), why.word().into(), next_at.into()]).await?;
    Ok(())
}

/// Forgets pictures that neither a branding nor a link shows any more; links count until
/// `links_since`, the time up to which they may have ended.
pub async fn sweep(tx: &mut Tx, links_since: Time) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM logos WHERE NOT EXISTS (SELECT 1 FROM brandings AS b \
         WHERE b.partner_id = logos.partner_id AND b.logo = logos.url) \
         AND NOT EXISTS (SELECT 1 FROM links AS l WHERE l.partner_id = logos.partner_id \
         AND l.logo = logos.url AND l.expires_at > $1)",
        &[links_since.into()],
    )
    .await
}
