//! Webhook endpoints.

use jetbridge_domain::clock::Span;
use jetbridge_domain::endpoint::{Endpoint, EndpointState, ROTATION};
use jetbridge_domain::id::EndpointId;
use jetbridge_domain::secret::Secret;
use jetbridge_domain::url::WebUrl;
use jetbridge_store::endpoints;

use crate::support::{NOW, World, on_both_engines};

async fn get(world: &World, id: &EndpointId) -> Endpoint {
    let found = world.read(id.clone(), |tx, v, id| Box::pin(endpoints::get(tx, v, id))).await;
    found.unwrap().unwrap()
}

on_both_engines! {
    async fn an_endpoint_comes_back(world: &World) {
        let partner = world.partner().await;
        let other = world.partner().await;
        let (second, first) = (world.endpoint(&partner, false).await, world.endpoint(&partner, true).await);
        world.endpoint(&other, true).await;
        let back = get(world, &first.id).await;
        assert_eq!((&back.partner, back.default), (&partner.id, true));
        assert_eq!((&back.url, &back.description), (&first.url, &first.description));
        assert!(back.secret.matches(b"whsec_first") && back.previous.is_none());
        assert_eq!((back.state, back.failing_since), (EndpointState::Active, None));
        let default =
            world.read(partner.id.clone(), |tx, v, id| Box::pin(endpoints::default(tx, v, id))).await;
        assert_eq!(default.unwrap().unwrap().id, first.id);
        let all =
            world.read(partner.id.clone(), |tx, v, id| Box::pin(endpoints::list(tx, v, id))).await.unwrap();
        assert_eq!(all.into_iter().map(|e| e.id).collect::<Vec<_>>(), [first.id, second.id]);
    }

    /// Two calls at once make one default endpoint.
    async fn a_partner_has_one_default_endpoint(world: &World) {
        let partner = world.partner().await;
        let insert = || {
            let endpoint = world.new_endpoint(&partner, true);
            world.write(endpoint, |tx, v, e| Box::pin(endpoints::insert(tx, v, e, NOW)))
        };
        let (a, b, c) = tokio::join!(insert(), insert(), insert());
        let made = [a.unwrap(), b.unwrap(), c.unwrap()];
        assert_eq!(made.iter().filter(|m| **m).count(), 1);
    }

    async fn secrets_are_rotated_and_health_is_kept(world: &World) {
        let partner = world.partner().await;
        let mut endpoint = world.endpoint(&partner, true).await;
        let until = NOW.plus(ROTATION);
        endpoint.previous =
            Some((std::mem::replace(&mut endpoint.secret, Secret::new("whsec_second")), until));
        world.write(endpoint.clone(), |tx, v, e| Box::pin(endpoints::set_secrets(tx, v, e))).await.unwrap();
        let back = get(world, &endpoint.id).await;
        assert!(back.secret.matches(b"whsec_second"));
        assert!(back.previous.is_some_and(|(old, at)| old.matches(b"whsec_first") && at == until));
        endpoint.previous = None;
        world.write(endpoint.clone(), |tx, v, e| Box::pin(endpoints::set_secrets(tx, v, e))).await.unwrap();
        assert!(get(world, &endpoint.id).await.previous.is_none());
        let since = NOW.minus(Span::days(5));
        for state in [EndpointState::Paused, EndpointState::Disabled] {
            let health = world.write(endpoint.id.clone(), move |tx, _, id| {
                Box::pin(endpoints::set_health(tx, id, state, Some(since)))
            });
            health.await.unwrap();
            let back = get(world, &endpoint.id).await;
            assert_eq!((back.state, back.failing_since), (state, Some(since)));
        }
        let url = WebUrl::webhook("https://new.example/hook").unwrap();
        let moved = world.write((endpoint.id.clone(), url.clone()), |tx, _, (id, url)| {
            Box::pin(endpoints::set_url(tx, id, url))
        });
        moved.await.unwrap();
        let back = get(world, &endpoint.id).await;
        assert_eq!((back.url, back.state, back.failing_since), (url, EndpointState::Active, None));
    }

    /// What hangs on an endpoint goes with it; the other endpoint's share stays.
    async fn a_deleted_endpoint_takes_its_deliveries(world: &World) {
        let cast = world.cast().await;
        let stays = world.endpoint(&cast.partner, false).await;
        world.event(&cast.link).await;
        world.event(&cast.link).await;
        world.deliver().await;
        assert_eq!(world.int("SELECT COUNT(*) AS n FROM attempts").await, 2);
        world.write(cast.endpoint.id, |tx, _, id| Box::pin(endpoints::delete(tx, id))).await.unwrap();
        let left = world.look("SELECT DISTINCT endpoint_id FROM deliveries").await;
        assert_eq!(left, [[stays.id.to_string()]]);
        assert_eq!(world.int("SELECT COUNT(*) AS n FROM deliveries").await, 2);
        assert_eq!(world.int("SELECT COUNT(*) AS n FROM attempts").await, 1);
    }
}
