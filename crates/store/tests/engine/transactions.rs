//! What `read` and `write` promise, on both engines.

use std::sync::{Arc, Barrier};

use futures_util::FutureExt as _;
use jetbridge_store::db::{StoreError, Value, in_transaction};

use crate::support::{World, execute, on_both_engines};

const INSERT: &str = "INSERT INTO known_values (name, value) VALUES ($1, $2)";
const COUNT: &str = "SELECT COUNT(*) AS n FROM known_values";

fn pair(name: &str) -> [Value; 2] {
    [name.into(), vec![1_u8].into()]
}

/// A use case's own error, as the application layer has one.
#[derive(Debug, PartialEq)]
enum Refusal {
    No,
    Store(String),
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        Self::Store(error.to_string())
    }
}

on_both_engines! {
    /// The caller's own refusal comes back as it is, and nothing of its work stays.
    async fn an_error_rolls_back(world: &World) {
        let refused: Result<(), Refusal> = world
            .db
            .write((), |tx, ()| {
                Box::pin(async move {
                    tx.execute(INSERT, &pair("a")).await?;
                    tx.execute(INSERT, &pair("b")).await?;
                    Err(Refusal::No)
                })
            })
            .await;
        assert_eq!(refused, Err(Refusal::No));
        assert_eq!(world.int(COUNT).await, 0);
        let failed: Result<(), Refusal> = world
            .db
            .write((), |tx, ()| {
                Box::pin(async move {
                    tx.execute(INSERT, &pair("a")).await?;
                    tx.execute("INSERT INTO nowhere VALUES (1)", &[]).await?;
                    Ok(())
                })
            })
            .await;
        assert!(matches!(failed, Err(Refusal::Store(_))), "{failed:?}");
        assert_eq!(world.int(COUNT).await, 0);
        world.execute(INSERT, &pair("a")).await.unwrap();
        assert_eq!(world.int(COUNT).await, 1);
    }

    /// A panic is its caller's alone: those beside it are answered, and the next is served.
    async fn a_panic_is_its_callers_alone(world: &World) {
        let tasks: Vec<_> = (0..40)
            .map(|n| {
                let db = world.db.clone();
                tokio::spawn(async move {
                    db.write(n, |tx, n| {
                        Box::pin(async move {
                            tx.execute(INSERT, &pair(&format!("n{n}"))).await?;
                            assert!(n % 4 != 0, "this one panics, as it should");
                            Ok::<i32, StoreError>(*n)
                        })
                    })
                    .await
                })
            })
            .collect();
        for (n, task) in (0..).zip(tasks) {
            match task.await.unwrap() {
                Ok(answered) => assert!(answered == n && n % 4 != 0),
                Err(error) => assert!(matches!(error, StoreError::Panicked) && n % 4 == 0, "{n} {error:?}"),
            }
        }
        assert_eq!(world.int(COUNT).await, 30);
        for _ in 0..8 {
            let read: Result<(), StoreError> =
                world.db.read((), |_, ()| Box::pin(async { panic!("this one panics, as it should") })).await;
            assert!(matches!(read, Err(StoreError::Panicked)), "{read:?}");
        }
        world.db.ping().await.unwrap();
    }

    /// A panic in the middle of going through the arguments, before the first statement.
    async fn a_panic_before_the_future_is_no_different(world: &World) {
        let early: Result<(), StoreError> =
            world.db.write((), |_, ()| panic!("this one panics, as it should")).await;
        assert!(matches!(early, Err(StoreError::Panicked)), "{early:?}");
        world.execute(INSERT, &pair("a")).await.unwrap();
    }

    /// Two reads in one transaction see the same, whatever was committed between them.
    async fn a_read_sees_one_snapshot(world: &World) {
        world.execute(INSERT, &pair("a")).await.unwrap();
        let (seen, go_on) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
        let reader = tokio::spawn({
            let (db, input) = (world.db.clone(), (Arc::clone(&seen), Arc::clone(&go_on)));
            async move {
                db.read(input, |tx, (seen, go_on)| {
                    Box::pin(async move {
                        let before = tx.query_one(COUNT, &[]).await?.int("n")?;
                        tokio::task::block_in_place(|| seen.wait());
                        tokio::task::block_in_place(|| go_on.wait());
                        Ok::<_, StoreError>((before, tx.query_one(COUNT, &[]).await?.int("n")?))
                    })
                })
                .await
            }
        });
        tokio::task::block_in_place(|| seen.wait());
        world.execute(INSERT, &pair("b")).await.unwrap();
        assert_eq!(world.int(COUNT).await, 2);
        tokio::task::block_in_place(|| go_on.wait());
        assert_eq!(reader.await.unwrap().unwrap(), (1, 1));
    }

    /// The doors out of the process can tell that a transaction is open, whatever way it ends.
    async fn a_transaction_is_known_to_be_open(world: &World) {
        assert!(!in_transaction());
        let inside = |result: Result<bool, StoreError>| assert!(result.unwrap());
        inside(
            world
                .db
                .write((), |tx, ()| {
                    Box::pin(async move {
                        let before = in_transaction();
                        tx.execute(INSERT, &pair("a")).await?;
                        Ok(before && in_transaction())
                    })
                })
                .await,
        );
        inside(world.db.read((), |_, ()| Box::pin(async { Ok(in_transaction()) })).await);
        let _: Result<(), StoreError> =
            world.db.write((), |_, ()| Box::pin(async { panic!("this one panics, as it should") })).await;
        assert!(!in_transaction());
    }

    /// What was asked for before `close` is done; what comes after is refused.
    async fn close_drains(world: &World) {
        let db = world.another().await;
        let mut waiting: Vec<_> = (0..50)
            .map(|n| {
                let db = db.clone();
                Box::pin(async move { execute(&db, INSERT, &pair(&format!("n{n}"))).await })
            })
            .collect();
        // Asked once, each has its place in the queue.
        for write in &mut waiting {
            assert!(write.now_or_never().is_none());
        }
        db.close().await;
        // Done already, not merely promised: the process may end now.
        assert_eq!(world.int(COUNT).await, 50);
        for write in waiting {
            assert_eq!(write.await.unwrap(), 1);
        }
        assert!(matches!(execute(&db, INSERT, &pair("late")).await, Err(StoreError::Closed)));
        assert!(matches!(db.ping().await, Err(StoreError::Closed)));
        db.close().await;
    }

    /// Calls that race with `close` are either done or told that it is closed.
    async fn racing_with_close_is_told_the_truth(world: &World) {
        let db = world.another().await;
        let tasks: Vec<_> = (0..200)
            .map(|n| {
                let db = db.clone();
                tokio::spawn(async move { execute(&db, INSERT, &pair(&format!("n{n}"))).await })
            })
            .collect();
        db.close().await;
        let mut kept = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(_) => kept += 1,
                Err(StoreError::Closed) => {}
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(world.int(COUNT).await, kept);
    }

    /// A statement must get exactly its parameters, and one row where one is asked for.
    async fn wrong_uses_are_errors(world: &World) {
        for name in ["a", "b"] {
            world.execute(INSERT, &pair(name)).await.unwrap();
        }
        assert!(world.execute(INSERT, &["c".into()]).await.is_err());
        assert!(world.query("SELECT 1 AS n", &["c".into()]).await.is_err());
        let wrong: Result<[String; 3], StoreError> = world
            .db
            .read((), |tx, ()| {
                Box::pin(async move {
                    let two = tx.query_opt("SELECT name FROM known_values", &[]).await.unwrap_err();
                    let none = tx
                        .query_one("SELECT name FROM known_values WHERE name = 'z'", &[])
                        .await
                        .unwrap_err();
                    let row =
                        tx.query_one("SELECT name, value FROM known_values WHERE name = 'a'", &[]).await?;
                    let kinds =
                        [row.int("name").is_err(), row.text("value").is_err(), row.blob("name").is_err()];
                    assert_eq!(kinds, [true; 3]);
                    assert!(row.text("secret").is_err());
                    let flag = tx.query_one("SELECT CAST(2 AS BIGINT) AS f, NULL AS t", &[]).await?;
                    assert!(
                        flag.flag("f").is_err() && flag.text("t").is_err() && flag.opt_text("t")?.is_none()
                    );
                    let column = row.opt_blob("gone").unwrap_err().to_string();
                    Ok([two.to_string(), none.to_string(), column])
                })
            })
            .await;
        let [two, none, column] = wrong.unwrap();
        assert!(two.contains("more than one row") && two.contains("known_values"), "{two}");
        assert!(none.contains("no row") && none.contains("known_values"), "{none}");
        assert!(column.contains("gone"), "{column}");
    }
}
