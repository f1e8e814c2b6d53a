//! The partner's side of onboarding: making, showing and deleting links.

use std::collections::HashMap;

use jetbridge_domain::clock::Time;
use jetbridge_domain::entropy::Entropy;
use jetbridge_domain::id::{LinkId, PartnerId};
use jetbridge_domain::onboarding::{Link, LinkOver, LinkState, NewLink, Step};
use jetbridge_domain::secret::Secret;
use jetbridge_store::db::Tx;
use jetbridge_store::links::{self, Filter};
use jetbridge_store::page::{Page, Slice};

use super::{App, Refusal};

/// What happened on a link, in order.
pub type Steps = Vec<(Step, Time)>;

/// Makes a link of what a partner asked for.
pub fn make(
    new: NewLink,
    partner: &PartnerId,
    now: Time,
    entropy: &Entropy,
) -> Result<Link, jetbridge_domain::entropy::NoEntropy> {
    Ok(Link {
        id: LinkId::new(now, entropy)?,
        partner: partner.clone(),
        param: Secret::new(entropy.token()?),
        product: new.product,
        reference: new.reference,
        inbox: new.inbox,
        locale: new.locale,
        state: LinkState::Open,
        created_at: now,
        expires_at: now.plus(new.life),
    })
}

/// Stores a new link, in the caller's transaction with its idempotency key.
pub async fn create(tx: &mut Tx, app: &App, link: &Link) -> Result<(), Refusal> {
    Ok(links::insert(tx, &app.vault, link).await?)
}

/// One link of the partner with its steps.
pub async fn get(app: &App, partner: &PartnerId, param: &str) -> Result<(Link, Steps), Refusal> {
    let input = (app.clone(), partner.clone(), param.to_owned());
    app.db
        .read(input, |tx, (app, partner, param)| {
            Box::pin(async move {
                let link = links::of_partner(tx, &app.vault, partner, param).await?;
                let link = link.ok_or(Refusal::NoSuchLink)?;
                let steps = links::steps(tx, std::slice::from_ref(&link.id)).await?.remove(&link.id);
                Ok((link, steps.unwrap_or_default()))
            })
        })
        .await
}

/// A partner's links, the newest first, each with its steps.
pub async fn list(
    app: &App,
    partner: &PartnerId,
    filter: Filter,
    page: Page,
) -> Result<(Slice<Link>, HashMap<LinkId, Steps>), Refusal> {
    let input = (app.clone(), partner.clone(), filter, page);
    app.db
        .read(input, |tx, (app, partner, filter, page)| {
            Box::pin(async move {
                let now = app.clock.now();
                let slice = links::list(tx, &app.vault, partner, filter, page, now).await?;
                let ids: Vec<LinkId> = slice.list.iter().map(|l| l.id.clone()).collect();
                let steps = links::steps(tx, &ids).await?;
                Ok::<_, Refusal>((slice, steps))
            })
        })
        .await
}

/// Deletes an unfinished link; deleting it again is fine.
pub async fn delete(app: &App, partner: &PartnerId, param: &str) -> Result<(), Refusal> {
    let input = (app.clone(), partner.clone(), param.to_owned());
    app.db
        .write(input, |tx, (app, partner, param)| {
            Box::pin(async move {
                let link = links::of_partner(tx, &app.vault, partner, param).await?;
                let id = link.ok_or(Refusal::NoSuchLink)?.id;
                let link = links::lock(tx, &app.vault, &id).await?.ok_or(Refusal::NoSuchLink)?;
                if link.state == LinkState::Cancelled {
                    return Ok(());
                }
                let state = link.cancel().map_err(|over| match over {
                    LinkOver::Finished => Refusal::LinkFinished,
                    LinkOver::Expired | LinkOver::Cancelled => Refusal::NoSuchLink,
                })?;
                links::set_state(tx, &id, &state, Step::Cancelled, app.clock.now()).await?;
                Ok(())
            })
        })
        .await
}
