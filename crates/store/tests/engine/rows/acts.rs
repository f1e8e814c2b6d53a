//! Acts at Meta: what is known of them after an answer, a cut, a crash and an echo.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::connection::Connection;
use jetbridge_domain::id::ActId;
use jetbridge_store::acts::{self, Act, ActState};
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
            Box::pin(acts::insert(tx, v, id, &c.partner, &c.id, key.as_ref(), NOW))
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
        self.write(input, move |tx, _, (c, metadata)| {
            Box::pin(acts::echoed(tx, c, metadata.as_deref(), result))
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
