//! Rows that somebody damaged: never a guess, always an error that names the place; and a sealed
//! value opens nowhere but where it was sealed.

use jetbridge_domain::onboarding::Stage;
use jetbridge_domain::secret::Secret;
use jetbridge_store::db::StoreError;
use jetbridge_store::page::Page;
use jetbridge_store::{connections, deliveries, endpoints, idempotency, links, partners};

use super::Cast;
use super::deliveries::{HOLD, LEASE};
use super::journeys::grant;
use crate::support::{NOW, World, on_both_engines};

/// The error is about this table and column, and shows no value.
fn names(error: &StoreError, table: &str, column: &str) {
    let StoreError::Inconsistent { place, column: named, why } = error else { panic!("{error:?}") };
    assert_eq!((place.as_str(), named.as_str()), (table, column), "{error}");
    assert!(!why.contains("nonsense"), "{error}");
}

async fn read_link(world: &World, cast: &Cast) -> Result<(), StoreError> {
    let param = cast.link.param.expose().to_owned();
    world
        .read(param, |tx, v, param| Box::pin(async move { links::by_param(tx, v, param).await.map(|_| ()) }))
        .await
}

async fn read_connections(world: &World, cast: &Cast) -> Result<(), StoreError> {
    let id = cast.partner.id.clone();
    let list = world.read(id, |tx, v, id| {
        Box::pin(async move {
            connections::list(tx, v, id, &connections::Filter::default(), &Page::default()).await.map(|_| ())
        })
    });
    list.await
}

async fn read_endpoint(world: &World, cast: &Cast) -> Result<(), StoreError> {
    let id = cast.endpoint.id.clone();
    world.read(id, |tx, v, id| Box::pin(async move { endpoints::get(tx, v, id).await.map(|_| ()) })).await
}

async fn claim(world: &World) -> Result<(), StoreError> {
    world
        .write((), |tx, v, ()| {
            Box::pin(async move { deliveries::claim(tx, v, NOW, LEASE, HOLD, 9).await.map(|_| ()) })
        })
        .await
}

on_both_engines! {
    async fn an_impossible_link_is_named(world: &World) {
        for (set, column) in [
            ("state = 'failed', why = NULL", "state"),
            ("state = 'failed', why = 'nonsense'", "state"),
            ("state = 'open', why = 'no_pages'", "state"),
            ("state = 'nonsense'", "state"),
            ("product = 0", "product"),
            ("product = 5", "product"),
            ("server = 'nonsense'", "server"),
            ("account_id = '-1'", "account_id"),
            ("inbox_id = '1.5'", "inbox_id"),
            ("locale = 'nonsense'", "locale"),
        ] {
            let cast = world.cast().await;
            read_link(world, &cast).await.unwrap();
            world.tamper(&format!("UPDATE links SET {set} WHERE id = '{}'", cast.link.id)).await;
            names(&read_link(world, &cast).await.unwrap_err(), "links", column);
            // The sweeper and the lists do not get past it in silence either.
            let lock = world.write(cast.link.id.clone(), |tx, v, id| Box::pin(links::lock(tx, v, id))).await;
            names(&lock.unwrap_err(), "links", column);
        }
        let cast = world.cast().await;
        world.tamper("UPDATE link_steps SET step = 'nonsense'").await;
        let ids = vec![cast.link.id];
        let steps = world.read(ids, |tx, _, ids| Box::pin(links::steps(tx, ids))).await;
        names(&steps.unwrap_err(), "link_steps", "step");
    }

    async fn an_impossible_journey_is_named(world: &World) {
        let cast = world.cast().await;
        for (n, (set, column)) in [
            ("stage = 'nonsense'", "stage"),
            ("stage = 'stuck', why = 'nonsense'", "why"),
            ("stage = 'stopped', why = 'no_pages', detail = 'nonsense'", "detail"),
            ("stage = 'stopped', why = 'nonsense', detail = '[[],[]]'", "why"),
        ]
        .into_iter()
        .enumerate()
        {
            let (journey, state) =
                (world.new_journey(&cast.link, Stage::Chosen(grant(), "1".to_owned())), format!("state{n}"));
            world.journey(&journey, "browser", &state).await;
            world.tamper(&format!("UPDATE journeys SET {set} WHERE id = '{}'", journey.id)).await;
            names(&world.by_state(&state).await.unwrap_err(), "journeys", column);
        }
        for (n, set) in [
            "grant_sealed = NULL",
            "chosen = NULL",
            "stage = 'stuck', why = NULL",
            "stage = 'finished', connection_id = NULL",
            "stage = 'finished', connection_id = 'nonsense'",
        ]
        .into_iter()
        .enumerate()
        {
            let (journey, state) =
                (world.new_journey(&cast.link, Stage::Chosen(grant(), "1".to_owned())), format!("null{n}"));
            world.journey(&journey, "browser", &state).await;
            world.tamper(&format!("UPDATE journeys SET {set} WHERE id = '{}'", journey.id)).await;
            assert!(matches!(world.by_state(&state).await, Err(StoreError::Inconsistent { .. })), "{set}");
        }
    }

    async fn an_impossible_connection_or_endpoint_is_named(world: &World) {
        for (set, column) in [
            ("state = 'nonsense'", "state"),
            ("product = 9", "product"),
            ("granted = 'nonsense'", "granted"),
            ("checks = '{}'", "checks"),
            ("account_id = 'nonsense'", "account_id"),
        ] {
            let cast = world.cast().await;
            let (_, kept) = world.keep(&world.new_connection(&cast.link)).await;
            read_connections(world, &cast).await.unwrap();
            world.tamper(&format!("UPDATE connections SET {set} WHERE id = '{}'", kept.id)).await;
            names(&read_connections(world, &cast).await.unwrap_err(), "connections", column);
        }
        for (set, column) in [
            ("state = 'nonsense'", "state"),
            ("url = 'nonsense'", "url"),
            ("previous_until = 5", "previous_until"),
            ("previous_sealed = secret_sealed", "previous_until"),
        ] {
            let cast = world.cast().await;
            world.tamper(&format!("UPDATE endpoints SET {set} WHERE id = '{}'", cast.endpoint.id)).await;
            names(&read_endpoint(world, &cast).await.unwrap_err(), "endpoints", column);
        }
        let cast = world.cast().await;
        world
            .tamper(&format!("UPDATE partners SET state = 'nonsense' WHERE id = '{}'", cast.partner.id))
            .await;
        let partner = world.read(cast.partner.id, |tx, _, id| Box::pin(partners::get(tx, id))).await;
        names(&partner.unwrap_err(), "partners", "state");
    }

    async fn an_impossible_delivery_or_answer_is_named(world: &World) {
        let cast = world.cast().await;
        world.event(&cast.link).await;
        world.tamper("UPDATE deliveries SET attempts = -1").await;
        names(&claim(world).await.unwrap_err(), "deliveries", "attempts");
        for (set, column) in [
            ("status = 200, answer_sealed = NULL", "answer"),
            ("status = NULL", "answer"),
            ("status = 70000", "status"),
            ("answer_sealed = body_hash", "answer"),
        ] {
            let key = idempotency::Key {
                partner: cast.partner.id.clone(),
                endpoint: "links.create",
                key: set.to_owned(),
                body: Vec::new(),
            };
            let begin =
                || world.write(key.clone(), |tx, v, key| Box::pin(idempotency::begin(tx, v, key, NOW)));
            begin().await.unwrap();
            let kept = idempotency::Kept { status: 200, body: b"x".to_vec() };
            let input = (key.clone(), kept);
            world.write(input, |tx, v, (key, a)| Box::pin(idempotency::finish(tx, v, key, a))).await.unwrap();
            world.tamper(&format!("UPDATE idempotency SET {set}")).await;
            names(&begin().await.unwrap_err(), "idempotency", column);
            world.tamper("DELETE FROM idempotency").await;
        }
    }

    /// Every sealed column, swapped between two rows of one partner and of two.
    async fn a_sealed_value_opens_in_its_own_row_alone(world: &World) {
        let (one, two) = (world.cast().await, world.cast().await);
        let sibling = Cast { link: world.link(&one.partner).await, ..one.clone() };
        for (a, b) in [(&one.link.id, &sibling.link.id), (&one.link.id, &two.link.id)] {
            swap(world, "links", "param_sealed", a.as_str(), b.as_str()).await;
            names(&read_link(world, &one).await.unwrap_err(), "links", "param");
            swap(world, "links", "param_sealed", a.as_str(), b.as_str()).await;
            read_link(world, &one).await.unwrap();
        }
        swap(world, "endpoints", "secret_sealed", one.endpoint.id.as_str(), two.endpoint.id.as_str()).await;
        names(&read_endpoint(world, &one).await.unwrap_err(), "endpoints", "secret");
        let (mine, theirs) = (world.new_connection(&one.link), world.new_connection(&two.link));
        world.keep(&mine).await;
        world.keep(&theirs).await;
        swap(world, "connections", "token_sealed", mine.id.as_str(), theirs.id.as_str()).await;
        let token = world.read(mine, |tx, v, c| Box::pin(connections::token(tx, v, &c.partner, &c.id))).await;
        names(&token.unwrap_err(), "connections", "token");
        let (a, b) = (
            world.new_journey(&one.link, Stage::Choosing(grant())),
            world.new_journey(&sibling.link, Stage::Choosing(grant())),
        );
        world.journey(&a, "browser", "a").await;
        world.journey(&b, "browser", "b").await;
        swap(world, "journeys", "grant_sealed", a.id.as_str(), b.id.as_str()).await;
        names(&world.by_state("a").await.unwrap_err(), "journeys", "grant");
    }

    async fn a_sealed_body_opens_in_its_own_event_alone(world: &World) {
        let cast = world.cast().await;
        let other = world.link(&cast.partner).await;
        let (a, b) = (world.event(&cast.link).await, world.event(&other).await);
        swap(world, "events", "body_sealed", a.as_str(), b.as_str()).await;
        names(&claim(world).await.unwrap_err(), "events", "body");
    }

    /// A value moved to another column of its own row does not open, nor to another partner's.
    async fn a_sealed_value_opens_in_its_own_column_alone(world: &World) {
        let cast = world.cast().await;
        world.tamper("UPDATE endpoints SET previous_sealed = secret_sealed, previous_until = 1").await;
        names(&read_endpoint(world, &cast).await.unwrap_err(), "endpoints", "previous");
        let (one, two) = (world.cast().await, world.cast().await);
        let theirs =
            format!("UPDATE links SET partner_id = '{}' WHERE id = '{}'", two.partner.id, one.link.id);
        world.tamper(&theirs).await;
        names(&read_link(world, &one).await.unwrap_err(), "links", "param");
    }

    /// Neither a known secret nor its hash stands in a hash column of another purpose.
    async fn a_hash_finds_for_its_purpose_alone(world: &World) {
        let cast = world.cast().await;
        let param = Secret::new(cast.link.param.expose());
        let partner =
            world.read(param, |tx, v, t| Box::pin(jetbridge_store::tokens::partner(tx, v, t, NOW))).await;
        assert!(partner.unwrap().is_none());
        assert!(world.by_state(cast.link.param.expose()).await.unwrap().is_none());
    }
}

async fn swap(world: &World, table: &'static str, column: &'static str, a: &str, b: &str) {
    let swapped = world.write([a.to_owned(), b.to_owned()], move |tx, _, [a, b]| {
        Box::pin(async move {
            let select = format!("SELECT {column} FROM {table} WHERE id = $1");
            let update = format!("UPDATE {table} SET {column} = $2 WHERE id = $1");
            let first = tx.query_one(&select, &[a.as_str().into()]).await?.blob(column)?;
            let second = tx.query_one(&select, &[b.as_str().into()]).await?.blob(column)?;
            tx.execute(&update, &[a.as_str().into(), second.into()]).await?;
            tx.execute(&update, &[b.as_str().into(), first.into()]).await
        })
    });
    assert_eq!(swapped.await.unwrap(), 1);
}
