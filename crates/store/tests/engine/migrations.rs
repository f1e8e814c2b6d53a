//! Migrations: once, in turns, and never on a database that is not theirs.

use jetbridge_domain::clock::Time;
use jetbridge_store::db::{Engine, StoreError};

use crate::support::{NOW, World};

const HAD: &str = "SELECT number, name, checksum, applied_at FROM schema_migrations ORDER BY number";

async fn on_both<F: AsyncFn(World)>(test: F) {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        test(World::empty(engine).await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_second_time_there_is_nothing_to_do() {
    on_both(async |world| {
        let pending = world.db.pending_migrations().await.unwrap();
        assert_eq!(pending.first().map(String::as_str), Some("0001_start"));
        // Looking made nothing.
        assert_eq!(world.db.pending_migrations().await.unwrap(), pending);
        assert_eq!(world.db.migrate(NOW).await.unwrap(), pending);
        let had = world.look(HAD).await;
        assert_eq!(had.len(), pending.len());
        assert!(had.iter().all(|row| row[3] == NOW.as_micros().to_string()));
        assert!(world.db.pending_migrations().await.unwrap().is_empty());
        assert!(world.db.migrate(Time::from_seconds(1)).await.unwrap().is_empty());
        assert_eq!(world.look(HAD).await, had);
        world.end().await;
    })
    .await;
}

/// Processes that start at once take turns: one applies, all go on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_start_at_once_take_turns() {
    on_both(async |world| {
        // More than once: a race is not lost every time.
        for _ in 0..5 {
            let drop = match world.db.engine() {
                Engine::Sqlite => None,
                Engine::Postgres => Some("DROP SCHEMA public CASCADE; CREATE SCHEMA public"),
            };
            let mut others = Vec::new();
            for _ in 0..6 {
                others.push(world.another().await);
            }
            let tasks: Vec<_> =
                others.iter().cloned().map(|db| tokio::spawn(async move { db.migrate(NOW).await })).collect();
            let mut applied = Vec::new();
            for task in tasks {
                applied.extend(task.await.unwrap().unwrap());
            }
            assert_eq!(applied.iter().filter(|name| *name == "0001_start").count(), 1);
            assert!(world.db.pending_migrations().await.unwrap().is_empty());
            for other in others {
                other.close().await;
            }
            let Some(drop) = drop else { break };
            world.tamper(drop).await;
        }
        world.end().await;
    })
    .await;
}

/// A database that a newer program has changed, and one whose history was rewritten, are refused:
/// both when looked at and when migrated, and nothing is touched.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_with_another_history_is_refused() {
    let newer =
        "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (9999, 'x', 'x', 0)";
    let changed = "UPDATE schema_migrations SET checksum = '0000000000000000' WHERE number = 1";
    for (tampering, says) in [(newer, "newer"), (changed, "0001_start was changed")] {
        on_both(async |world| {
            world.db.migrate(NOW).await.unwrap();
            world.tamper(tampering).await;
            let before = world.look(HAD).await;
            for error in
                [world.db.pending_migrations().await.unwrap_err(), world.db.migrate(NOW).await.unwrap_err()]
            {
                assert!(matches!(error, StoreError::Migration(_)) && !error.is_transient(), "{error:?}");
                assert!(error.to_string().contains(says), "{error}");
            }
            assert_eq!(world.look(HAD).await, before);
            world.end().await;
        })
        .await;
    }
}

/// All or nothing: a step that fails leaves the database as it was.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_step_that_fails_leaves_nothing() {
    on_both(async |world| {
        // The last table of the first step is in the way.
        world.tamper("CREATE TABLE idempotency (x BIGINT)").await;
        assert!(world.db.migrate(NOW).await.is_err());
        let tables = match world.db.engine() {
            Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'partners'",
            Engine::Postgres => "SELECT tablename FROM pg_tables WHERE tablename = 'partners'",
        };
        assert!(world.look(tables).await.is_empty());
        world.tamper("DROP TABLE idempotency").await;
        assert!(!world.db.migrate(NOW).await.unwrap().is_empty());
        world.end().await;
    })
    .await;
}
