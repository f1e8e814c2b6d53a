//! The partner's side of onboarding: making, showing and deleting links.

use std::collections::HashMap;

use jetbridge_domain::id::{ConnectionId, LinkId, PartnerId};
use jetbridge_domain::onboarding::{Link, LinkOver, LinkState, NewLink, Step};
use jetbridge_domain::product::Products;
use jetbridge_domain::secret::Secret;
use jetbridge_store::db::Tx;
use jetbridge_store::links::{self, Filter, Recorded};
use jetbridge_store::page::{Page, Slice};
use jetbridge_store::{connections, logos};

use super::{App, Refusal};

/// What happened on a link, in order.
pub type Steps = Vec<Recorded>;

/// Makes a link of what a partner asked for, in the caller's transaction with its idempotency key.
pub async fn create(tx: &mut Tx, app: &App, partner: &PartnerId, new: &NewLink) -> Result<Link, Refusal> {
    let now = app.clock.now();
    let new = match &new.reconnect {
        Some(id) => renewing(tx, app, partner, new, id).await?,
        None => new.clone(),
    };
    let link = Link {
        id: LinkId::new(now, &app.vault.entropy)?,
        partner: partner.clone(),
        param: Secret::new(app.vault.entropy.token()?),
        products: new.products,
        reference: new.reference,
        inbox: new.inbox,
        locale: new.locale,
        reconnect: new.reconnect,
        face: new.face,
        state: LinkState::Open,
        created_at: now,
        expires_at: now.plus(new.life),
    };
    links::insert(tx, &app.vault, &link).await?;
    if let Some(logo) = &link.face.logo {
        logos::want(tx, &app.vault, partner, logo, false, now).await?;
    }
    Ok(link)
}

/// A link that renews a connection carries on what the connection is known by, so that nothing is
/// lost where the partner does not say it again.
async fn renewing(
    tx: &mut Tx,
    app: &App,
    partner: &PartnerId,
    new: &NewLink,
    id: &ConnectionId,
) -> Result<NewLink, Refusal> {
    let connection = connections::get(tx, &app.vault, partner, id).await?.ok_or(Refusal::NoSuchConnection)?;
    if !connection.state.live() || new.products != Products::one(connection.product) {
        return Err(Refusal::NotRenewable);
    }
    let mut new = new.clone();
    let (inbox, known) = (&mut new.inbox, connection.inbox);
    inbox.server = inbox.server.take().or(known.server);
    inbox.account_id = inbox.account_id.take().or(known.account_id);
    inbox.inbox_id = inbox.inbox_id.take().or(known.inbox_id);
    new.reference = new.reference.take().or(connection.reference);
    Ok(new)
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
