//! Partners, their access tokens, and guessing.

use jetbridge_domain::clock::Span;
use jetbridge_domain::secret::Secret;
use jetbridge_store::partners::{self, PartnerState};
use jetbridge_store::tokens::{self, GuessPolicy};

use crate::support::{NOW, World, on_both_engines};

const POLICY: GuessPolicy = GuessPolicy { most: 3, window: Span::minutes(10), block: Span::minutes(20) };

on_both_engines! {
    async fn a_partner_is_found_by_what_is_its_own(world: &World) {
        let (one, two) = (world.partner().await, world.partner().await);
        let found = world.read(one.id.clone(), |tx, _, id| Box::pin(partners::get(tx, id))).await.unwrap();
        let found = found.unwrap();
        assert_eq!((&found.id, &found.name, &found.client_id), (&one.id, &one.name, &one.client_id));
        assert_eq!((found.state, found.created_at), (PartnerState::Active, NOW));
        for (client_id, secret, right) in [
            (one.client_id.clone(), "a client secret", true),
            (one.client_id.clone(), "A client secret", false),
            (one.client_id.clone(), "", false),
            (one.client_id.to_uppercase(), "a client secret", false),
            ("nobody".to_owned(), "a client secret", false),
        ] {
            let found = world
                .read((client_id, Secret::new(secret)), |tx, v, (id, s)| {
                    Box::pin(partners::by_credentials(tx, v, id, s))
                })
                .await;
            assert_eq!(found.unwrap().map(|p| p.id), right.then(|| one.id.clone()), "{secret}");
        }
        let by =
            world.read(two.client_id.clone(), |tx, _, id| Box::pin(partners::by_client_id(tx, id))).await;
        assert_eq!(by.unwrap().unwrap().id, two.id);
        let all = world.read((), |tx, _, ()| Box::pin(partners::list(tx))).await.unwrap();
        let mut ids = [one.id, two.id];
        ids.sort();
        assert_eq!(all.into_iter().map(|p| p.id).collect::<Vec<_>>(), ids);
    }

    async fn what_is_not_there_is_not_changed(world: &World) {
        let nobody = world.new_partner().id;
        let changed = world.write(nobody.clone(), |tx, v, id| {
            Box::pin(async move {
                let state = partners::set_state(tx, id, PartnerState::Suspended).await?;
                let secret = partners::set_secret(tx, v, id, &Secret::new("x")).await?;
                Ok((state, secret, partners::get(tx, id).await?.is_none()))
            })
        });
        assert_eq!(changed.await.unwrap(), (false, false, true));
        assert!(world.write(nobody, |tx, _, id| Box::pin(partners::next_seq(tx, id))).await.is_err());
    }

    /// The numbers of a partner's events have no gap and no twin, whoever takes them.
    async fn event_numbers_are_taken_one_by_one(world: &World) {
        let (partner, other) = (world.partner().await, world.partner().await);
        let tasks: Vec<_> = (0..40)
            .map(|n| {
                let (db, id) = (world.db.clone(), partner.id.clone());
                tokio::spawn(async move {
                    db.write((id, n), |tx, (id, n)| {
                        Box::pin(async move {
                            let seq = partners::next_seq(tx, id).await?;
                            // A number whose transaction fails is given out again.
                            if n % 4 == 0 { Err(jetbridge_store::db::StoreError::NoEntropy) } else { Ok(seq) }
                        })
                    })
                    .await
                })
            })
            .collect();
        let mut taken = Vec::new();
        for task in tasks {
            taken.extend(task.await.unwrap().ok());
        }
        taken.sort_unstable();
        assert_eq!(taken, (1..=30).collect::<Vec<i64>>());
        let first = world.write(other.id, |tx, _, id| Box::pin(partners::next_seq(tx, id))).await;
        assert_eq!(first.unwrap(), 1);
    }

    async fn a_token_speaks_for_its_partner_until_its_time(world: &World) {
        let partner = world.partner().await;
        let (token, until) = (Secret::new("jb_token"), NOW.plus(Span::hours(1)));
        let input = (partner.id.clone(), token.clone());
        let insert = |input| {
            world.write(input, move |tx, v, (id, t)| Box::pin(tokens::insert(tx, v, id, t, NOW, until)))
        };
        insert(input.clone()).await.unwrap();
        assert!(insert(input).await.unwrap_err().is_unique_violation());
        for (text, at, right) in [
            ("jb_token", NOW, true),
            ("jb_token", until.minus(Span::micros(1)), true),
            ("jb_token", until, false),
            ("jb_toke", NOW, false),
        ] {
            let spoken = world
                .read((Secret::new(text), at), |tx, v, (t, at)| Box::pin(tokens::partner(tx, v, t, *at)));
            assert_eq!(spoken.await.unwrap().map(|p| p.id), right.then(|| partner.id.clone()), "{text}");
        }
        let sweep = |at| world.write(at, |tx, _, at| Box::pin(tokens::sweep(tx, *at)));
        assert_eq!(sweep(until.minus(Span::micros(1))).await.unwrap(), 0);
        assert_eq!(sweep(until).await.unwrap(), 1);
    }

    /// A new secret ends the tokens that the old one bought, this partner's alone.
    async fn a_new_secret_ends_the_tokens(world: &World) {
        let (one, two) = (world.partner().await, world.partner().await);
        for (partner, token) in [(&one, "t1"), (&two, "t2")] {
            let input = (partner.id.clone(), Secret::new(token));
            let until = NOW.plus(Span::hours(1));
            world
                .write(input, move |tx, v, (id, t)| Box::pin(tokens::insert(tx, v, id, t, NOW, until)))
                .await
                .unwrap();
        }
        let changed = world.write(one.id, |tx, v, id| {
            Box::pin(async move { partners::set_secret(tx, v, id, &Secret::new("new")).await })
        });
        assert!(changed.await.unwrap());
        assert_eq!(world.int("SELECT COUNT(*) AS n FROM access_tokens").await, 1);
    }

    /// Concurrent wrong tries are all counted, and the block ends when it was said to.
    async fn wrong_tries_block_an_address(world: &World) {
        let wrong =
            |at| world.write(at, |tx, _, at| Box::pin(tokens::guessed_wrong(tx, "192.0.2.1", POLICY, *at)));
        let blocked = |address: &'static str, at| {
            world.read(at, move |tx, _, at| Box::pin(tokens::blocked(tx, address, *at)))
        };
        let (a, b) = tokio::join!(wrong(NOW), wrong(NOW));
        a.and(b).unwrap();
        assert_eq!(blocked("192.0.2.1", NOW).await.unwrap(), None);
        wrong(NOW).await.unwrap();
        let until = NOW.plus(POLICY.block);
        assert_eq!(blocked("192.0.2.1", NOW).await.unwrap(), Some(until));
        let late = wrong(NOW.plus(Span::seconds(1))).await.unwrap();
        assert_eq!(late, Some(until), "one that was on its way is told, and moves nothing");
        assert_eq!(blocked("192.0.2.1", NOW).await.unwrap(), Some(until));
        assert_eq!(blocked("192.0.2.2", NOW).await.unwrap(), None);
        assert_eq!(blocked("192.0.2.1", until).await.unwrap(), None);
        // The block is over, so the count begins anew.
        wrong(until).await.unwrap();
        assert_eq!(blocked("192.0.2.1", until).await.unwrap(), None);
        let sweep = |at| world.write(at, |tx, _, at| Box::pin(tokens::sweep_guesses(tx, POLICY, *at)));
        assert_eq!(sweep(until.plus(POLICY.window).minus(Span::micros(1))).await.unwrap(), 0);
        assert_eq!(sweep(until.plus(POLICY.window)).await.unwrap(), 1);
    }
}
