//! Kept answers of idempotent calls, and the values that prove the keys.

use std::sync::Arc;

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::seal::{KeyRing, Pepper, new_key, new_pepper};
use jetbridge_store::db::StoreError;
use jetbridge_store::idempotency::{self, Begun, Kept, Key, LIFE};
use jetbridge_store::known::{self, Keys};
use jetbridge_store::partners::Partner;
use jetbridge_store::vault::Vault;

use crate::support::{NOW, World, on_both_engines};

fn key(partner: &Partner) -> Key {
    Key {
        partner: partner.id.clone(),
        endpoint: "links.create",
        key: "k-1".to_owned(),
        body: b"{\"type\":1}".to_vec(),
    }
}

async fn begin(world: &World, key: &Key, now: Time) -> Begun {
    world.write(key.clone(), move |tx, v, key| Box::pin(idempotency::begin(tx, v, key, now))).await.unwrap()
}

async fn finish(world: &World, key: &Key, answer: Kept) {
    let input = (key.clone(), answer);
    world.write(input, |tx, v, (key, a)| Box::pin(idempotency::finish(tx, v, key, a))).await.unwrap();
}

fn checked(world: &World, vault: Vault) -> impl Future<Output = Result<Keys, StoreError>> {
    world.db.write(vault, |tx, vault| Box::pin(known::check(tx, vault)))
}

on_both_engines! {
    async fn a_key_answers_as_the_first_time(world: &World) {
        let partner = world.partner().await;
        let (one, answer) = (key(&partner), Kept { status: 201, body: b"{\"ok\":\"\xC3\xA9\"}\0".to_vec() });
        assert_eq!(begin(world, &one, NOW).await, Begun::New);
        assert_eq!(begin(world, &one, NOW).await, Begun::Running);
        finish(world, &one, answer.clone()).await;
        assert_eq!(begin(world, &one, NOW).await, Begun::Answered(answer));
        let other_body = Key { body: b"{\"type\":2}".to_vec(), ..one.clone() };
        assert_eq!(begin(world, &other_body, NOW).await, Begun::Reused);
        // Another endpoint, another partner or another key is another call.
        let elsewhere = Key { endpoint: "connections.delete", ..one.clone() };
        let theirs = Key { partner: world.partner().await.id, ..one.clone() };
        let another = Key { key: "k-2".to_owned(), ..one.clone() };
        for new in [elsewhere, theirs, another] {
            assert_eq!(begin(world, &new, NOW).await, Begun::New);
        }
    }

    async fn a_key_is_forgotten_after_a_day(world: &World) {
        let partner = world.partner().await;
        let one = key(&partner);
        begin(world, &one, NOW).await;
        finish(world, &one, Kept { status: 200, body: Vec::new() }).await;
        let almost = NOW.plus(LIFE).minus(Span::micros(1));
        assert!(matches!(begin(world, &one, almost).await, Begun::Answered(_)));
        assert_eq!(begin(world, &one, NOW.plus(LIFE)).await, Begun::New);
        let sweep = |at| world.write(at, |tx, _, at| Box::pin(idempotency::sweep(tx, *at)));
        assert_eq!(sweep(NOW.plus(LIFE).plus(LIFE).minus(Span::micros(1))).await.unwrap(), 0);
        assert_eq!(sweep(NOW.plus(LIFE).plus(LIFE)).await.unwrap(), 1);
    }

    /// Fifty calls with one key have one effect, and a failed one leaves the key free.
    async fn one_of_fifty_calls_has_an_effect(world: &World) {
        let partner = world.partner().await;
        let one = Arc::new(key(&partner));
        let failed: Result<(), StoreError> = world
            .write(Arc::clone(&one), |tx, v, key| {
                Box::pin(async move {
                    assert_eq!(idempotency::begin(tx, v, key, NOW).await?, Begun::New);
                    Err(StoreError::NoEntropy)
                })
            })
            .await;
        assert!(failed.is_err());
        let tasks: Vec<_> = (0..50)
            .map(|_| {
                let (db, input) = (world.db.clone(), (world.vault.clone(), Arc::clone(&one)));
                tokio::spawn(async move {
                    db.write(input, |tx, (vault, key)| {
                        Box::pin(async move {
                            let begun = idempotency::begin(tx, vault, key, NOW).await?;
                            if begun == Begun::New {
                                idempotency::finish(
                                    tx,
                                    vault,
                                    key,
                                    &Kept { status: 201, body: b"one".to_vec() },
                                )
                                .await?;
                            }
                            Ok::<_, StoreError>(begun)
                        })
                    })
                    .await
                })
            })
            .collect();
        let mut new = 0;
        for task in tasks {
            match task.await.unwrap().unwrap() {
                Begun::New => new += 1,
                Begun::Answered(kept) => assert_eq!(kept.body, b"one"),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(new, 1);
    }

    /// The keys are proved at each start, by whoever starts.
    async fn foreign_keys_are_known(world: &World) {
        let (right, entropy) = (world.vault.clone(), world.entropy.clone());
        let (a, b) = tokio::join!(checked(world, right.clone()), checked(world, right.clone()));
        assert_eq!((a.unwrap(), b.unwrap()), (Keys::Right, Keys::Right));
        let ring = |number| KeyRing::parse(&[new_key(number, &entropy).unwrap()]).unwrap();
        for number in [1, 2] {
            let wrong = Vault { ring: ring(number), ..right.clone() };
            assert_eq!(checked(world, wrong).await.unwrap(), Keys::WrongKeys);
        }
        let pepper = Pepper::parse(&new_pepper(&entropy).unwrap()).unwrap();
        let wrong = Vault { pepper, ..right.clone() };
        assert_eq!(checked(world, wrong).await.unwrap(), Keys::WrongPepper);
        assert_eq!(checked(world, right).await.unwrap(), Keys::Right);
        assert_eq!(world.int("SELECT COUNT(*) AS n FROM known_values").await, 2);
    }
}
