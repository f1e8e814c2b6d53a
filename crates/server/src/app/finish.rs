//! Confirming: the last step of a client's way, where a link becomes a connection, or several.

use jetbridge_domain::connection::{Check, Connection, ConnectionState, page_fields};
use jetbridge_domain::event::Event;
use jetbridge_domain::id::ConnectionId;
use jetbridge_domain::onboarding::{Asset, Grant, Journey, Link, Stage, Step, Stop, Why};
use jetbridge_domain::product::Product;
use jetbridge_domain::secret::Secret;
use jetbridge_store::connections::{self, Kept};
use jetbridge_store::db::Tx;
use jetbridge_store::{events, journeys, links};

use super::consent::{self, stop};
use super::journey::{View, fail, view};
use super::{App, Refusal};

/// Connects what this browser's client confirmed. Whatever comes of it, the link's page shows it;
/// pressed twice, it is done once.
pub async fn confirm(app: &App, param: &str, browser: &Secret) -> Result<(), Refusal> {
    let view = view(app, param, Some(browser)).await?;
    if !view.open(app.clock.now()) {
        return Ok(());
    }
    let View { link, journey: Some(journey), renews, .. } = view else { return Ok(()) };
    let Ok((grant, chosen)) = journey.chosen() else { return Ok(()) };
    record_confirmed(app, &link).await?;
    let only = renews.as_ref().map(Connection::asset_id);
    match prove(app, &link, grant, chosen, only).await {
        Ok(proven) => {
            let token = proven.token.clone();
            keep(app, link, journey.clone(), proven).await?;
            hold_subscription(app, &chosen.page_id, &token).await;
        }
        Err(stop) => {
            // What Meta may let be the next time keeps the consent; what it cannot ends the journey.
            let stage = match stop.why {
                Why::NoUsableAsset => Stage::Stopped(stop.clone()),
                why => Stage::Stuck(grant.clone(), chosen.key().to_owned(), why),
            };
            let input = (app.clone(), link, Journey { stage, ..journey.clone() }, stop);
            app.db
                .write(input, |tx, (app, link, journey, stop)| Box::pin(fail(tx, app, link, journey, stop)))
                .await?;
        }
    }
    app.wake.notify_one();
    Ok(())
}

async fn record_confirmed(app: &App, link: &Link) -> Result<(), Refusal> {
    app.db
        .write((app.clone(), link.id.clone()), |tx, (app, id)| {
            Box::pin(async move {
                Ok::<_, Refusal>(links::add_step(tx, id, Step::Confirmed, app.clock.now()).await?)
            })
        })
        .await
}

/// A Page whose token works and whose webhooks come to us.
struct Proven {
    asset: Asset,
    /// Those of the link's products that it can carry.
    products: Vec<Product>,
    token: Secret,
    meta_user: String,
    granted: Vec<String>,
}

impl Proven {
    fn checks(&self, product: Product) -> Vec<Check> {
        let permissions = product.permissions_check(&self.granted);
        vec![Check::passed("token"), permissions, Check::passed("subscribed")]
    }

    fn connection(&self, app: &App, link: &Link, product: Product) -> Result<Connection, Refusal> {
        let now = app.clock.now();
        Ok(Connection {
            id: ConnectionId::new(now, &app.vault.entropy)?,
            partner: link.partner.clone(),
            product,
            state: ConnectionState::Active,
            page_id: self.asset.page_id.clone(),
            page_name: self.asset.page_name.clone(),
            instagram: self.asset.instagram.clone().filter(|_| product.is_instagram()),
            meta_user: self.meta_user.clone(),
            granted: self.granted.clone(),
            checks: self.checks(product),
            link: link.id.clone(),
            param: link.param.clone(),
            reference: link.reference.clone(),
            inbox: link.inbox.clone(),
            created_at: now,
            updated_at: now,
        })
    }
}

/// Takes the Page's token, subscribes the Page to what all its connections need, and proves both.
/// Talks to Meta, with no transaction open.
async fn prove(
    app: &App,
    link: &Link,
    grant: &Grant,
    chosen: &Asset,
    only: Option<&str>,
) -> Result<Proven, Stop> {
    let failed = Stop::plain;
    let page = &chosen.page_id;
    let instagram = consent::sees_instagram(&link.products, &grant.granted);
    let access =
        app.meta.page_token(&grant.token, page, instagram).await.map_err(|e| stop("page token", &e))?;
    let Some(token) = access.token else { return Err(failed(Why::NoUsableAsset)) };
    // What the picker showed may have changed since: a role lost, an account unlinked.
    let asset = consent::asset(&link.products, &grant.granted, only, access.page);
    let account = |asset: &Asset| asset.instagram.as_ref().map(|i| i.id.clone());
    if asset.blocked.is_some() || account(&asset) != account(chosen) {
        return Err(failed(Why::NoUsableAsset));
    }
    let inspection = app.meta.inspect(&token).await.map_err(|e| stop("debug_token", &e))?;
    if !inspection.valid || inspection.app_id.as_deref() != Some(&app.config.meta.app_id) {
        return Err(failed(Why::MetaRefused));
    }
    let products = asset.carries(&link.products);
    let mut all = app
        .db
        .read(page.clone(), |tx, page| Box::pin(connections::live_products_of_page(tx, page)))
        .await
        .map_err(|error| {
            tracing::error!(%error, "the Page's other connections cannot be read");
            failed(Why::SubscribeFailed)
        })?;
    all.extend(&products);
    subscribe(app, page, &token, &page_fields(&all)).await.inspect_err(|why| {
        tracing::warn!(link_id = %link.id, why = why.why.word(), "the Page could not be subscribed");
    })?;
    let (meta_user, granted) = (grant.meta_user.clone(), grant.granted.clone());
    Ok(Proven { asset, products, token, meta_user, granted })
}

/// Subscribes a Page and reads back that it holds.
async fn subscribe(app: &App, page: &str, token: &Secret, fields: &[&str]) -> Result<(), Stop> {
    let failed = |call, e: &jetbridge_meta::MetaError| {
        let read = stop(call, e);
        if read.why == Why::MetaRefused { Stop { why: Why::SubscribeFailed, ..read } } else { read }
    };
    app.meta.subscribe_page(page, token, fields).await.map_err(|e| failed("subscribe", &e))?;
    let held = app.meta.page_subscription(page, token).await.map_err(|e| failed("subscription", &e))?;
    if fields.iter().all(|f| held.iter().any(|h| h == f)) {
        Ok(())
    } else {
        tracing::warn!("Meta took a subscription that does not hold");
        Err(Stop::plain(Why::SubscribeFailed))
    }
}

/// Stores the connections with their events, in one transaction; nothing where the link ended
/// meanwhile, or the connection that it renews.
async fn keep(app: &App, link: Link, journey: Journey, proven: Proven) -> Result<(), Refusal> {
    app.db
        .write((app.clone(), link, journey, proven), |tx, (app, link, journey, proven)| {
            Box::pin(async move {
                let now = app.clock.now();
                let link = links::lock(tx, &app.vault, &link.id).await?.ok_or(Refusal::NoSuchLink)?;
                let Ok(finished) = link.finish(now) else { return Ok(()) };
                if let Some(id) = &link.reconnect {
                    let renews = connections::lock(tx, &app.vault, &link.partner, id).await?;
                    if !renews.is_some_and(|c| c.state.live()) {
                        let stop = Stop::plain(Why::ConnectionEnded);
                        let stage = Stage::Stopped(stop.clone());
                        return fail(tx, app, &link, &Journey { stage, ..journey.clone() }, &stop).await;
                    }
                }
                let mut made = Vec::new();
                for product in &proven.products {
                    let mut connection = proven.connection(app, &link, *product)?;
                    let kept = connections::keep(tx, &app.vault, &mut connection, &proven.token).await?;
                    tracing::info!(link_id = %link.id, connection_id = %connection.id, "connected");
                    made.push((connection, kept));
                }
                links::set_state(tx, &link.id, &finished, Step::Finished, now).await?;
                let stage = Stage::Finished(made.iter().map(|(c, _)| c.id.clone()).collect());
                journeys::update(tx, &app.vault, &Journey { stage, ..journey.clone() }, now).await?;
                tell(tx, app, &link, made, &proven.asset).await
            })
        })
        .await
}

async fn tell(
    tx: &mut Tx,
    app: &App,
    link: &Link,
    made: Vec<(Connection, Kept)>,
    asset: &Asset,
) -> Result<(), Refusal> {
    let now = app.clock.now();
    for (connection, kept) in &made {
        let life = match kept {
            Kept::Created => Event::ConnectionCreated { connection },
            Kept::Refreshed => Event::ConnectionUpdated { connection, why: "connected_again" },
        };
        events::append(tx, &app.vault, &link.partner, &life, now).await?;
    }
    let connections: Vec<Connection> = made.into_iter().map(|(connection, _)| connection).collect();
    let done = Event::OnboardingCompleted { link, connections: &connections, without: &asset.without };
    events::append(tx, &app.vault, &link.partner, &done, now).await?;
    Ok(())
}

/// Two clients may connect one Page at the same moment, each without seeing the other's product; or
/// another client finished the link first, and nobody needs the Page. Whoever comes last sees what
/// is stored, and makes the subscription serve just that.
async fn hold_subscription(app: &App, page: &str, token: &Secret) {
    let read =
        app.db.read(page.to_owned(), |tx, page| Box::pin(connections::live_products_of_page(tx, page)));
    let Ok(products) = read.await else { return };
    let fields = page_fields(&products);
    let held = match app.meta.page_subscription(page, token).await {
        Ok(held) if fields.is_empty() && !held.is_empty() => app.meta.unsubscribe_page(page, token).await,
        Ok(held) if !fields.iter().all(|f| held.iter().any(|h| h == f)) => {
            app.meta.subscribe_page(page, token, &fields).await
        }
        other => other.map(|_| ()),
    };
    if let Err(error) = held {
        tracing::error!(%error, "a Page's subscription may not be what its connections need");
    }
}
