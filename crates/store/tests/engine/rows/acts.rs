//! Acts at Meta: what is known of them after an answer, a cut, a crash and an echo.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::connection::Connection;
use jetbridge_domain::id::ActId;
use jetbridge_domain::trace::Trace;
use jetbridge_store::acts::{self, Act, ActState, Echo, Intent};
use jetbridge_store::idempotency::{self, Begun, Key};

use crate::support::{NOW, World, on_both_engines};

fn key(connection: &Connection) -> Key {
    Key {
        partner: connection.partner.clone(),
        endpoint: "sendMessage",
        key: "k-1".to_owned(),
        body: b"{}".to_vec(),
    }
}

impl World {
    async fn connected(&self) -> Connection {
        let cast = self.cast().await;
        self.keep(&self.new_connection(&cast.link)).await.1
    }

    async fn act(&self, connection: &Connection, key: Option<Key>) -> ActId {
        let id = ActId::new(NOW, &self.entropy).unwrap();
        let input = (id.clone(), connection.clone(), key);
        self.write(input, |tx, v, (id, c, key)| {
            let (partner, connection, key) = (&c.partner, &c.id, key.as_ref());
            Box::pin(acts::insert(tx, v, Intent { id, partner, connection, key, trace: None }, NOW))
        })
        .await
        .unwrap();
        id
    }

    async fn of_key(&self, key: Key) -> Option<Act> {
        self.read(key, |tx, v, key| Box::pin(acts::of_key(tx, v, key))).await.unwrap()
    }

    async fn done(&self, id: &ActId, result: &'static str) {
        self.write(id.clone(), move |tx, _, id| Box::pin(acts::done(tx, id, result))).await.unwrap();
    }

    async fn echoed(
        &self,
        connection: &Connection,
        metadata: Option<&str>,
        result: &'static str,
    ) -> Option<ActId> {
        let input = (connection.id.clone(), metadata.map(str::to_owned));
        self.write(input, move |tx, v, (c, metadata)| {
            Box::pin(acts::echoed(tx, v, c, Echo { metadata: metadata.as_deref(), result, trace: None }))
        })
        .await
        .unwrap()
    }
}

on_both_engines! {
    async fn a_key_tells_how_far_its_act_is(world: &World) {
        let connection = world.connected().await;
        let of = |state| Some((state, NOW));
        let known = async || world.of_key(key(&connection)).await.map(|act| (act.state, act.created_at));
        assert_eq!(known().await, None);
        let id = world.act(&connection, Some(key(&connection))).await;
        assert_eq!(known().await, of(ActState::Going));
        world.write(id.clone(), |tx, _, id| Box::pin(acts::unknown(tx, id))).await.unwrap();
        assert_eq!(known().await, of(ActState::Unknown));
        world.done(&id, "m_1").await;
        world.done(&id, "m_2").await;
        assert_eq!(known().await, of(ActState::Done("m_1".to_owned())));
        world.write(id.clone(), |tx, _, id| Box::pin(acts::unknown(tx, id))).await.unwrap();
        assert_eq!(known().await, of(ActState::Done("m_1".to_owned())), "done stays done");
        // The key's time is over: it is another act's from now on.
        world.act(&connection, Some(key(&connection))).await;
        assert_eq!(known().await, of(ActState::Going));
        let dropped = world.of_key(key(&connection)).await.unwrap().id;
        world.write(dropped, |tx, _, id| Box::pin(acts::drop(tx, id))).await.unwrap();
        assert_eq!(known().await, None);
    }

    async fn an_echo_finds_its_act(world: &World) {
        let (connection, other) = (world.connected().await, world.connected().await);
        let lost = world.act(&connection, Some(key(&connection))).await;
        let answered = world.act(&connection, None).await;
        world.done(&answered, "m_2").await;
        assert_eq!(world.echoed(&connection, None, "m_2").await, Some(answered.clone()));
        assert_eq!(world.echoed(&connection, Some(lost.as_str()), "m_1").await, Some(lost.clone()));
        assert_eq!(world.of_key(key(&connection)).await.unwrap().state, ActState::Done("m_1".to_owned()));
        assert_eq!(world.echoed(&connection, Some(lost.as_str()), "m_1").await, Some(lost.clone()), "again");
        for (connection, metadata, result) in [
            (&connection, None, "m_9"),
            (&connection, Some("by another app"), "m_9"),
            (&connection, Some(lost.as_str()), "m_9"),
            (&other, Some(answered.as_str()), "m_2"),
        ] {
            assert_eq!(world.echoed(connection, metadata, result).await, None, "{metadata:?} {result}");
        }
        let swept = world.write(NOW.plus(acts::LIFE), |tx, _, at: &Time| Box::pin(acts::sweep(tx, *at))).await;
        assert_eq!(swept.unwrap(), 2);
    }

    /// Where Meta gives back no name, what was said finds the oldest act that Meta has not answered.
    async fn an_echo_without_a_name_is_known_by_what_was_said(world: &World) {
        let (connection, other) = (world.connected().await, world.connected().await);
        let said = async |text: &'static str, at: i64| {
            let id = ActId::new(NOW.plus(Span::millis(at)), &world.entropy).unwrap();
            let input = (id.clone(), connection.clone(), Trace::comment("111_5", text));
            world
                .write(input, |tx, v, (id, c, trace)| {
                    let (partner, connection, trace) = (&c.partner, &c.id, Some(trace));
                    Box::pin(acts::insert(tx, v, Intent { id, partner, connection, key: None, trace }, NOW))
                })
                .await
                .unwrap();
            id
        };
        let heard = async |connection: &Connection, text: &str, result: &'static str| {
            let input = (connection.id.clone(), Trace::comment("111_5", text));
            world
                .write(input, move |tx, v, (c, trace)| {
                    Box::pin(acts::echoed(tx, v, c, Echo { metadata: None, result, trace: Some(trace) }))
                })
                .await
                .unwrap()
        };
        let (first, second) = (said("Thank you", 1).await, said("Thank you", 2).await);
        assert_eq!(heard(&other, "Thank you", "111_6").await, None, "another connection's");
        assert_eq!(heard(&connection, "Thanks", "111_6").await, None, "something else");
        assert_eq!(heard(&connection, "Thank you", "111_6").await, Some(first.clone()));
        assert_eq!(heard(&connection, "Thank you", "111_6").await, Some(first), "the same again");
        assert_eq!(heard(&connection, "Thank you", "111_7").await, Some(second));
        assert_eq!(heard(&connection, "Thank you", "111_8").await, None, "somebody wrote it by hand");
        let answered = said("Bye", 3).await;
        world.done(&answered, "111_9").await;
        assert_eq!(heard(&connection, "Bye", "111_10").await, None, "its own answer said another id");
        assert_eq!(heard(&connection, "Bye", "111_9").await, Some(answered));
    }

    async fn a_key_given_back_is_new(world: &World) {
        let connection = world.connected().await;
        let begin = || world.write(key(&connection), |tx, v, key| Box::pin(idempotency::begin(tx, v, key, NOW)));
        let release = || world.write(key(&connection), |tx, v, key| Box::pin(idempotency::release(tx, v, key)));
        assert_eq!(begin().await.unwrap(), Begun::New);
        assert_eq!(begin().await.unwrap(), Begun::Running);
        release().await.unwrap();
        assert_eq!(begin().await.unwrap(), Begun::New);
        let kept = idempotency::Kept { status: 200, body: b"{}".to_vec() };
        let finish = world.write((key(&connection), kept), |tx, v, (key, kept)| {
            Box::pin(idempotency::finish(tx, v, key, kept))
        });
        finish.await.unwrap();
        release().await.unwrap();
        assert!(matches!(begin().await.unwrap(), Begun::Answered(_)), "an answer is not given back");
        let later = NOW.plus(Span::hours(25));
        let afterwards = world.write(key(&connection), move |tx, v, key| Box::pin(idempotency::begin(tx, v, key, later)));
        assert_eq!(afterwards.await.unwrap(), Begun::New);
    }
}
