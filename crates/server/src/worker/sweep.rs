//! Sweeping: links that ran out are marked and told of; what has ended is forgotten.

use jetbridge_domain::event::Event;
use jetbridge_domain::onboarding::{JOURNEY_LIFE, LinkState, Step};
use jetbridge_store::{acts, events, idempotency, inbound, journeys, links, logos, tokens, windows};

use crate::app::{App, Refusal};

/// Links marked in one transaction.
const BATCH: i64 = 100;

/// Sweeps once.
pub async fn sweep(app: &App) -> Result<(), Refusal> {
    while expire(app).await? == usize::try_from(BATCH).unwrap_or(usize::MAX) {}
    app.db
        .write(app.clone(), |tx, app| {
            Box::pin(async move {
                let now = app.clock.now();
                tokens::sweep(tx, now).await?;
                tokens::sweep_guesses(tx, app.config.limits.guesses, now).await?;
                idempotency::sweep(tx, now).await?;
                inbound::sweep(tx, now).await?;
                windows::sweep(tx, now).await?;
                acts::sweep(tx, now).await?;
                journeys::sweep(tx, now.minus(JOURNEY_LIFE)).await?;
                logos::sweep(tx, now.minus(JOURNEY_LIFE)).await?;
                Ok::<_, Refusal>(())
            })
        })
        .await
}

async fn expire(app: &App) -> Result<usize, Refusal> {
    let count = app
        .db
        .write(app.clone(), |tx, app| {
            Box::pin(async move {
                let now = app.clock.now();
                let overdue = links::overdue(tx, &app.vault, now, BATCH).await?;
                for link in &overdue {
                    links::set_state(tx, &link.id, &LinkState::Expired, Step::Expired, now).await?;
                    let event = Event::OnboardingExpired { link };
                    events::append(tx, &app.vault, &link.partner, &event, now).await?;
                }
                Ok::<_, Refusal>(overdue.len())
            })
        })
        .await?;
    if count > 0 {
        app.wake.notify_one();
    }
    Ok(count)
}
