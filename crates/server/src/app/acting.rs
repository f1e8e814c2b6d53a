//! What a refusal of Meta's means for the connection it was met on.

use jetbridge_domain::connection::Connection;
use jetbridge_domain::event::Event;
use jetbridge_domain::secret::Secret;
use jetbridge_meta::{Advice, MetaError};
use jetbridge_store::{connections, events};

use super::{App, Refusal};

/// Looks into a refusal that speaks against the token: only where Meta itself calls the token dead does
/// the connection need its client again, and is the partner told. One odd answer is not enough.
pub async fn refused(app: &App, connection: &Connection, token: &Secret, error: &MetaError) {
    if error.advice() != Advice::Reconnect {
        return;
    }
    match app.meta.inspect(token).await {
        Ok(inspection) if !inspection.valid => {}
        Ok(_) => {
            return tracing::warn!(connection_id = %connection.id, "Meta refused a token that it calls valid");
        }
        Err(error) => {
            return tracing::warn!(%error, connection_id = %connection.id, "a token could not be checked");
        }
    }
    if let Err(error) = mark(app, connection).await {
        tracing::error!(error = ?error, connection_id = %connection.id, "a dead token could not be noted");
    }
}

async fn mark(app: &App, connection: &Connection) -> Result<(), Refusal> {
    let input = (app.clone(), connection.partner.clone(), connection.id.clone());
    let marked = app
        .db
        .write(input, |tx, (app, partner, id)| {
            Box::pin(async move {
                let now = app.clock.now();
                if !connections::needs_reconnect(tx, partner, id, now).await? {
                    return Ok(false);
                }
                let connection = connections::get(tx, &app.vault, partner, id).await?;
                let connection = connection.ok_or(Refusal::NoSuchConnection)?;
                let event = Event::ConnectionNeedsReconnect { connection: &connection, why: "token_dead" };
                events::append(tx, &app.vault, partner, &event, now).await?;
                Ok::<_, Refusal>(true)
            })
        })
        .await?;
    if marked {
        tracing::info!(connection_id = %connection.id, "a connection needs its client again");
        app.wake.notify_one();
    }
    Ok(())
}
