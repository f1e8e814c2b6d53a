//! Posts on their way: who has one, how far it is, and its end.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::id::ActId;
use jetbridge_store::posts::{self, Due};

use crate::support::{NOW, World, on_both_engines};

const LEASE: Span = Span::minutes(5);

impl World {
    async fn planned(&self, at: Time) -> ActId {
        let cast = self.cast().await;
        let connection = self.keep(&self.new_connection(&cast.link)).await.1;
        let id = ActId::new(NOW, &self.entropy).unwrap();
        self.write((id.clone(), connection), move |tx, v, (id, c)| {
            Box::pin(posts::insert(tx, v, id, &c.partner, &c.id, b"first", at, NOW))
        })
        .await
        .unwrap();
        id
    }

    async fn due_posts(&self, now: Time) -> Vec<Due> {
        self.write((), move |tx, v, ()| Box::pin(posts::claim(tx, v, now, now.plus(LEASE), 10)))
            .await
            .unwrap()
    }

    async fn next(&self, due: &Due, step: &'static [u8], tries: i64, at: Time) -> Option<Due> {
        let mut due = due.clone();
        let held = self
            .write(due.clone(), move |tx, v, due| {
                let mut due = due.clone();
                Box::pin(async move {
                    let held = posts::step(tx, v, &mut due, step, tries, at).await?;
                    Ok::<_, jetbridge_store::db::StoreError>((held, due))
                })
            })
            .await
            .unwrap();
        due = held.1;
        held.0.then_some(due)
    }

    async fn ended(&self, due: &Due) -> bool {
        self.write(due.clone(), |tx, _, due| Box::pin(posts::done(tx, due))).await.unwrap()
    }
}

on_both_engines! {
    async fn a_post_waits_for_its_time_and_is_one_workers(world: &World) {
        let at = NOW.plus(Span::hours(1));
        let act = world.planned(at).await;
        assert!(world.due_posts(at.minus(Span::seconds(1))).await.is_empty());
        let due = world.due_posts(at).await;
        let had: Vec<_> = due.iter().map(|d| (&d.act, d.step.as_slice(), d.tries, d.created_at)).collect();
        assert_eq!(had, [(&act, &b"first"[..], 0, NOW)]);
        assert!(world.due_posts(at).await.is_empty(), "somebody has it");
        assert_eq!(world.due_posts(at.plus(LEASE)).await.len(), 1, "who has it died");
    }

    async fn the_next_step_is_kept(world: &World) {
        world.planned(NOW).await;
        let due = world.due_posts(NOW).await.remove(0);
        let later = NOW.plus(Span::minutes(1));
        let held = world.next(&due, b"second", 3, later).await.unwrap();
        let again = world.due_posts(later).await.remove(0);
        assert_eq!((again.step.as_slice(), again.tries), (&b"second"[..], 3));
        assert!(world.ended(&again).await);
        assert!(!world.ended(&again).await && !world.ended(&held).await);
        assert!(world.due_posts(NOW.plus(Span::days(9))).await.is_empty());
    }

    async fn a_claim_that_lapsed_moves_nothing(world: &World) {
        world.planned(NOW).await;
        let lost = world.due_posts(NOW).await.remove(0);
        let later = NOW.plus(LEASE);
        let held = world.due_posts(later).await.remove(0);
        assert!(world.next(&lost, b"late", 1, later).await.is_none());
        assert!(!world.ended(&lost).await);
        assert_eq!(held.step, b"first");
        assert!(world.ended(&held).await);
    }
}
