//! Deliveries: what an attempt leaves, and how many stand where.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::delivery::Step;
use jetbridge_domain::endpoint::EndpointState;
use jetbridge_store::deliveries::{self, Attempt, Claimed};
use jetbridge_store::endpoints;

use super::Cast;
use crate::support::{NOW, World, on_both_engines};

pub(crate) const LEASE: Span = Span::seconds(30);
pub(crate) const HOLD: Span = Span::hours(1);

impl World {
    pub(crate) async fn claim(&self, now: Time, limit: i64) -> Vec<Claimed> {
        let claim =
            self.write(now, move |tx, v, now| Box::pin(deliveries::claim(tx, v, *now, LEASE, HOLD, limit)));
        claim.await.unwrap()
    }

    pub(crate) async fn record(&self, claimed: &Claimed, at: Time, step: &Step) {
        let accepted = matches!(step, Step::Delivered);
        let attempt = Attempt {
            at,
            took: Span::millis(12),
            outcome: if accepted { "accepted" } else { "refused" },
            status: Some(if accepted { 204 } else { 500 }),
            answer: if accepted { Vec::new() } else { b"not now".to_vec() },
        };
        let input = (claimed.clone(), attempt, step.clone());
        let record = self.write(input, |tx, v, (c, a, step)| Box::pin(deliveries::record(tx, v, c, a, step)));
        record.await.unwrap();
    }

    /// Delivers what is due.
    pub(crate) async fn deliver(&self) {
        for claimed in self.claim(NOW, 10).await {
            self.record(&claimed, NOW, &Step::Delivered).await;
        }
    }

    async fn counted(&self, cast: &Cast) -> Vec<(String, i64)> {
        self.read(cast.partner.id.clone(), |tx, _, id| Box::pin(deliveries::count(tx, id))).await.unwrap()
    }

    async fn next_due(&self) -> Option<Time> {
        self.read((), |tx, _, ()| Box::pin(deliveries::next_due(tx))).await.unwrap()
    }
}

on_both_engines! {
    /// What is claimed is what was appended, byte for byte, once for each endpoint.
    async fn a_claim_has_all_that_sending_takes(world: &World) {
        let cast = world.cast().await;
        let second = world.endpoint(&cast.partner, false).await;
        let event = world.event(&cast.link).await;
        let mut claimed = world.claim(NOW, 10).await;
        claimed.sort_by_key(|c| std::cmp::Reverse(c.endpoint.default));
        let ids: Vec<_> = claimed.iter().map(|c| (c.event.clone(), c.endpoint.id.clone())).collect();
        assert_eq!(ids, [(event.clone(), cast.endpoint.id), (event.clone(), second.id)]);
        for one in &claimed {
            assert_eq!((one.attempts, one.first_attempt, one.late), (0, None, false));
            assert_eq!(one.lease_until, NOW.plus(LEASE));
            assert!(one.endpoint.secret.matches(b"whsec_first"));
            let body: serde_json::Value = serde_json::from_slice(&one.body).unwrap();
            assert_eq!((&body["id"], &body["seq"]), (&event.as_str().into(), &1.into()));
            assert_eq!(body["data"]["param"], cast.link.param.expose());
        }
        assert!(world.claim(NOW, 10).await.is_empty());
    }

    async fn deliveries_are_counted_by_state(world: &World) {
        let cast = world.cast().await;
        assert!(world.counted(&cast).await.is_empty());
        for step in [Step::Delivered, Step::Dead, Step::RetryAt(NOW.plus(Span::minutes(5))), Step::Wait] {
            let link = world.link(&cast.partner).await;
            world.event(&link).await;
            let claimed = world.claim(NOW, 1).await;
            world.record(&claimed[0], NOW, &step).await;
            if step == Step::Wait {
                assert_eq!(world.claim(NOW, 1).await.len(), 1);
            }
        }
        let word = |text: &str, n| (text.to_owned(), n);
        assert_eq!(world.counted(&cast).await, [word("dead", 1), word("delivered", 1), word("pending", 2)]);
        assert!(world.counted(&world.cast().await).await.is_empty());
    }

    /// The next due time is that of an active endpoint's pending delivery, and of nothing else.
    async fn the_next_due_delivery_is_known(world: &World) {
        assert_eq!(world.next_due().await, None);
        let cast = world.cast().await;
        assert_eq!(world.next_due().await, None);
        world.event(&cast.link).await;
        assert_eq!(world.next_due().await, Some(NOW));
        let at = NOW.plus(Span::minutes(5));
        let claimed = world.claim(NOW, 1).await;
        world.record(&claimed[0], NOW, &Step::RetryAt(at)).await;
        assert_eq!(world.next_due().await, Some(at));
        let health = |state| {
            world.write(cast.endpoint.id.clone(), move |tx, _, id| {
                Box::pin(endpoints::set_health(tx, id, state, None))
            })
        };
        for state in [EndpointState::Paused, EndpointState::Disabled] {
            health(state).await.unwrap();
            assert_eq!(world.next_due().await, None);
            assert!(world.claim(at, 9).await.is_empty());
        }
        health(EndpointState::Active).await.unwrap();
        let claimed = world.claim(at, 9).await;
        world.record(&claimed[0], at, &Step::Delivered).await;
        assert_eq!(world.next_due().await, None);
    }

    /// Each attempt is kept once, with its answer sealed.
    async fn attempts_are_kept(world: &World) {
        let cast = world.cast().await;
        world.event(&cast.link).await;
        let mut now = NOW;
        for n in 0..3 {
            let claimed = world.claim(now, 1).await;
            assert_eq!((claimed[0].attempts, claimed[0].first_attempt), (n, (n > 0).then_some(NOW)));
            let later = now.plus(Span::minutes(5));
            world.record(&claimed[0], now, &Step::RetryAt(later)).await;
            world.record(&claimed[0], now, &Step::RetryAt(later)).await;
            assert!(world.claim(later.minus(Span::micros(1)), 1).await.is_empty());
            now = later;
        }
        let claimed = world.claim(now, 1).await;
        world.record(&claimed[0], now, &Step::Delivered).await;
        let kept = world.look("SELECT n, at, took, outcome, status FROM attempts ORDER BY n").await;
        assert_eq!(kept.len(), 4);
        assert_eq!(kept[0], ["1", &NOW.as_micros().to_string(), "12000", "refused", "500"]);
        assert_eq!(kept[3], ["4", &now.as_micros().to_string(), "12000", "accepted", "204"]);
        let answers = "SELECT answer_sealed FROM attempts WHERE answer_sealed IS NOT NULL";
        let answers = world.query(answers, &[]).await.unwrap();
        assert_eq!(answers.len(), 3);
        for row in answers {
            let sealed = row.blob("answer_sealed").unwrap();
            assert!(!sealed.windows(3).any(|window| window == b"not"));
        }
    }

    /// At a start, where no other process can hold a claim, all are free.
    async fn claims_are_freed_at_start(world: &World) {
        let cast = world.cast().await;
        world.event(&cast.link).await;
        assert_eq!(world.claim(NOW, 9).await.len(), 1);
        assert!(world.claim(NOW, 9).await.is_empty());
        world.write((), |tx, _, ()| Box::pin(deliveries::free_claims(tx))).await.unwrap();
        assert_eq!(world.claim(NOW, 9).await.len(), 1);
    }
}
