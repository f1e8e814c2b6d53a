//! How partners appear to clients.

use jetbridge_domain::branding::{Branding, LogoUrl, Words};
use jetbridge_domain::clock::Time;
use jetbridge_domain::color::Color;
use jetbridge_domain::id::PartnerId;
use jetbridge_domain::inputs::Locale;
use jetbridge_domain::url::WebUrl;

use crate::db::{Row, StoreError, Tx, Value};
use crate::links::{web_url, words};

const TABLE: &str = "brandings";

const COLUMNS: &str =
    "display_name, logo, message, button, success, failed, locale, color, success_url, failure_url";

fn branding(partner: &PartnerId, row: &Row) -> Result<Branding, StoreError> {
    let id = partner.as_str();
    let wrong = |column: &'static str| crate::inconsistent(TABLE, column, id);
    let own = |column: &'static str| words(TABLE, column, id, row);
    let url = |column: &'static str| web_url(TABLE, column, id, row);
    let (logo, locale) = (row.opt_text("logo")?, row.opt_text("locale")?);
    let color = row.opt_text("color")?;
    Ok(Branding {
        display_name: own("display_name")?,
        logo: logo.map(|t| LogoUrl::parse(&t).map_err(|_| wrong("logo"))).transpose()?,
        message: own("message")?,
        button: own("button")?,
        success: own("success")?,
        failed: own("failed")?,
        locale: locale.map(|t| Locale::from_text(t).map_err(|_| wrong("locale"))).transpose()?,
        color: color.map(|t| Color::parse(&t).map_err(|_| wrong("color"))).transpose()?,
        success_url: url("success_url")?,
        failure_url: url("failure_url")?,
    })
}

/// A partner's branding; an empty one where nothing was set.
pub async fn get(tx: &mut Tx, partner: &PartnerId) -> Result<Branding, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM brandings WHERE partner_id = $1");
    let row = tx.query_opt(&sql, &[partner.as_str().into()]).await?;
    Ok(row.as_ref().map(|row| branding(partner, row)).transpose()?.unwrap_or_default())
}

/// The same for changing it: the partner is locked until the transaction ends.
pub async fn lock(tx: &mut Tx, partner: &PartnerId) -> Result<Branding, StoreError> {
    let sql = format!("SELECT 1 AS one FROM partners WHERE id = $1 {}", tx.lock_row());
    tx.query_opt(&sql, &[partner.as_str().into()]).await?;
    get(tx, partner).await
}

/// Writes a partner's branding.
pub async fn set(tx: &mut Tx, partner: &PartnerId, b: &Branding, now: Time) -> Result<(), StoreError> {
    let text = |words: &Option<Words>| Value::from(words.as_ref().map(Words::as_str));
    let url = |url: &Option<WebUrl>| Value::from(url.as_ref().map(WebUrl::as_str));
    tx.execute(
        "INSERT INTO brandings (partner_id, display_name, logo, message, button, success, failed, locale, color, \
         success_url, failure_url, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         ON CONFLICT (partner_id) DO UPDATE SET display_name = excluded.display_name, logo = excluded.logo, \
         message = excluded.message, button = excluded.button, success = excluded.success, \
         failed = excluded.failed, locale = excluded.locale, color = excluded.color, \
         success_url = excluded.success_url, failure_url = excluded.failure_url, updated_at = excluded.updated_at",
        &[
            partner.as_str().into(),
            text(&b.display_name),
            b.logo.as_ref().map(LogoUrl::as_str).into(),
            text(&b.message),
            text(&b.button),
            text(&b.success),
            text(&b.failed),
            b.locale.as_ref().map(Locale::as_str).into(),
            b.color.map(|c| c.to_string()).into(),
            url(&b.success_url),
            url(&b.failure_url),
            now.into(),
        ],
    )
    .await?;
    Ok(())
}
