//! Claiming: each delivery once, each conversation in its order, and no claim for ever.

use std::collections::{HashMap, HashSet};

use jetbridge_domain::clock::Span;
use jetbridge_domain::delivery::Step;
use jetbridge_domain::id::EventId;
use jetbridge_store::deliveries;

use super::deliveries::{HOLD, LEASE};
use crate::support::{NOW, World, on_both_engines};

on_both_engines! {
    /// Workers that claim at once share the work: none twice, and of a conversation only the first.
    async fn workers_share_the_work(world: &World) {
        let cast = world.cast().await;
        let mut order: HashMap<String, Vec<EventId>> = HashMap::new();
        let mut links = Vec::new();
        for _ in 0..6 {
            links.push(world.link(&cast.partner).await);
        }
        for _ in 0..4 {
            for link in &links {
                order.entry(link.id.to_string()).or_default().push(world.event(link).await);
            }
        }
        let mut done: HashSet<EventId> = HashSet::new();
        // Each round is what can be in flight at once.
        for round in 0..4 {
            let workers: Vec<_> = (0..8)
                .map(|_| {
                    let (db, vault) = (world.db.clone(), world.vault.clone());
                    tokio::spawn(async move {
                        db.write(vault, |tx, v| Box::pin(deliveries::claim(tx, v, NOW, LEASE, HOLD, 2))).await
                    })
                })
                .collect();
            let mut claimed = Vec::new();
            for worker in workers {
                claimed.extend(worker.await.unwrap().unwrap());
            }
            // A worker that only found what others were claiming came back with less.
            claimed.extend(world.claim(NOW, 99).await);
            let mut events: Vec<EventId> = claimed.iter().map(|c| c.event.clone()).collect();
            let mut firsts: Vec<EventId> = order.values().map(|events| events[round].clone()).collect();
            events.sort();
            firsts.sort();
            assert_eq!(events, firsts, "round {round}");
            for one in &claimed {
                assert!(done.insert(one.event.clone()) && !one.late);
                world.record(one, NOW, &Step::Delivered).await;
            }
        }
        assert!(world.claim(NOW, 99).await.is_empty());
    }

    /// Two endpoints do not wait for each other, and one conversation not for another.
    async fn order_is_kept_within_a_conversation_alone(world: &World) {
        let cast = world.cast().await;
        let second = world.endpoint(&cast.partner, false).await;
        let (one, other) = (world.event(&cast.link).await, world.link(&cast.partner).await);
        let next = world.event(&cast.link).await;
        let beside = world.event(&other).await;
        let claimed = world.claim(NOW, 99).await;
        assert_eq!(claimed.len(), 4);
        assert!(claimed.iter().all(|c| c.event == one || c.event == beside));
        for first in claimed.iter().filter(|c| c.event == one && c.endpoint.id == second.id) {
            world.record(first, NOW, &Step::Delivered).await;
        }
        let claimed = world.claim(NOW, 99).await;
        assert_eq!(claimed.len(), 1);
        assert_eq!((&claimed[0].event, &claimed[0].endpoint.id), (&next, &second.id));
    }

    /// What is due first goes first, within what is asked for.
    async fn a_limit_takes_what_has_waited_longest(world: &World) {
        let cast = world.cast().await;
        let mut events = Vec::new();
        for n in 0..3 {
            let link = world.link(&cast.partner).await;
            events.push(world.event(&link).await);
            let sql = "UPDATE deliveries SET next_at = $2 WHERE event_id = $1";
            let at = NOW.minus(Span::minutes(n));
            world.execute(sql, &[events[events.len() - 1].as_str().into(), at.into()]).await.unwrap();
        }
        for expected in events.iter().rev() {
            let claimed = world.claim(NOW, 1).await;
            assert_eq!(claimed.len(), 1);
            assert_eq!(&claimed[0].event, expected);
        }
    }

    /// A claim lapses; who lapsed no longer decides, but a success counts whoever had it.
    async fn a_lapsed_claim_is_taken_over(world: &World) {
        let cast = world.cast().await;
        world.event(&cast.link).await;
        let slow = world.claim(NOW, 1).await.remove(0);
        let lapsed = NOW.plus(LEASE);
        assert!(world.claim(lapsed.minus(Span::micros(1)), 1).await.is_empty());
        let quick = world.claim(lapsed, 1).await.remove(0);
        world.record(&slow, lapsed, &Step::Dead).await;
        assert_eq!(world.int("SELECT COUNT(*) AS n FROM attempts").await, 0);
        assert_eq!(world.look("SELECT state FROM deliveries").await, [["pending"]]);
        world.record(&slow, lapsed, &Step::Delivered).await;
        assert_eq!(world.look("SELECT state FROM deliveries").await, [["delivered"]]);
        world.record(&quick, lapsed, &Step::RetryAt(lapsed)).await;
        assert_eq!(world.look("SELECT state, attempts FROM deliveries").await, [["delivered", "1"]]);
        assert!(world.claim(lapsed.plus(Span::days(1)), 9).await.is_empty());
    }

    /// A delivery that fails holds back its conversation for an hour; after that the later ones
    /// pass, and it is told that it comes late.
    async fn a_failing_delivery_holds_back_for_an_hour(world: &World) {
        let cast = world.cast().await;
        let (first, second) = (world.event(&cast.link).await, world.event(&cast.link).await);
        let failing = world.claim(NOW, 9).await.remove(0);
        assert_eq!(failing.event, first);
        world.record(&failing, NOW, &Step::RetryAt(NOW.plus(Span::hours(4)))).await;
        for at in [NOW, NOW.plus(HOLD).minus(Span::micros(1))] {
            assert!(world.claim(at, 9).await.is_empty());
        }
        let passing = world.claim(NOW.plus(HOLD), 9).await.remove(0);
        assert!(passing.event == second && !passing.late);
        world.record(&passing, NOW.plus(HOLD), &Step::Delivered).await;
        let late = world.claim(NOW.plus(Span::hours(4)), 9).await.remove(0);
        assert!(late.event == first && late.late && late.attempts == 1);
    }

    /// A delivery that is being sent once more holds back the later ones, however old it is.
    async fn a_delivery_in_flight_holds_back(world: &World) {
        let cast = world.cast().await;
        let first = world.event(&cast.link).await;
        let failing = world.claim(NOW, 9).await.remove(0);
        let again = NOW.plus(HOLD).plus(HOLD);
        world.record(&failing, NOW, &Step::RetryAt(again)).await;
        let flying = world.claim(again, 9).await.remove(0);
        assert_eq!(flying.event, first);
        let second = world.event(&cast.link).await;
        assert!(world.claim(again, 9).await.is_empty());
        world.record(&flying, again, &Step::Dead).await;
        assert_eq!(world.claim(again, 9).await.remove(0).event, second);
    }
}
