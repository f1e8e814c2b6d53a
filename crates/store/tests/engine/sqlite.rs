//! What only SQLite does: many writes in one commit, a file, and closures that must not wait.

use std::collections::HashSet;
use std::sync::{Arc, Barrier};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, join_all};
use jetbridge_store::db::{Db, Engine, Options, StoreError, Value};

use crate::support::{NOW, OPTIONS, World, execute};

const INSERT: &str = "INSERT INTO known_values (name, value) VALUES ($1, $2)";
const COUNT: &str = "SELECT COUNT(*) AS n FROM known_values";

fn pair(name: &str) -> [Value; 2] {
    [name.into(), vec![1_u8].into()]
}

/// Keeps the writer busy until all of `writes` wait, so that they make one group.
async fn in_one_group<T: Send>(
    db: &Db,
    mut writes: Vec<BoxFuture<'_, Result<T, StoreError>>>,
) -> Vec<Result<T, StoreError>> {
    let (begun, go_on) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let busy = tokio::spawn({
        let (db, input) = (db.clone(), (Arc::clone(&begun), Arc::clone(&go_on)));
        async move {
            db.write(input, |_, (begun, go_on)| {
                begun.wait();
                go_on.wait();
                Box::pin(async { Ok::<(), StoreError>(()) })
            })
            .await
        }
    });
    tokio::task::block_in_place(|| begun.wait());
    for write in &mut writes {
        assert!(write.now_or_never().is_none());
    }
    tokio::task::block_in_place(|| go_on.wait());
    busy.await.unwrap().unwrap();
    join_all(writes).await
}

/// Every third write is refused by the caller, every seventh fails in the database; each gets its
/// own answer, and a new process finds exactly the successes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_is_answered_one_by_one() {
    let world = World::migrated(Engine::Sqlite).await;
    execute(&world.db, INSERT, &pair("taken")).await.unwrap();
    let write = |n: usize| -> BoxFuture<'_, Result<usize, StoreError>> {
        Box::pin(world.db.write(n, |tx, n| {
            Box::pin(async move {
                tx.execute(INSERT, &pair(&format!("n{n:03}"))).await?;
                if n % 3 == 0 {
                    return Err(StoreError::Unavailable("refused".to_owned()));
                }
                if n % 7 == 0 {
                    tx.execute(INSERT, &pair("taken")).await?;
                }
                Ok(*n)
            })
        }))
    };
    let answers = in_one_group(&world.db, (0..OPTIONS.group).map(write).collect()).await;
    let mut kept = HashSet::from(["taken".to_owned()]);
    for (n, answer) in answers.into_iter().enumerate() {
        match answer {
            Ok(said) => {
                assert!(said == n && n % 3 != 0 && n % 7 != 0, "{n}");
                kept.insert(format!("n{n:03}"));
            }
            Err(StoreError::Unavailable(why)) => assert!(why == "refused" && n % 3 == 0, "{n}: {why}"),
            Err(error) => assert!(error.is_unique_violation() && n % 7 == 0, "{n}: {error:?}"),
        }
    }
    assert_eq!(kept.len(), 1 + (0..OPTIONS.group).filter(|n| n % 3 != 0 && n % 7 != 0).count());
    world.db.close().await;
    let again = world.another().await;
    let names: Result<Vec<String>, StoreError> = again
        .read((), |tx, ()| {
            Box::pin(async move {
                tx.query("SELECT name FROM known_values", &[]).await?.iter().map(|r| r.text("name")).collect()
            })
        })
        .await;
    assert_eq!(names.unwrap().into_iter().collect::<HashSet<_>>(), kept);
    again.close().await;
    world.end().await;
}

/// Many callers at once, groups as they come, small ones too.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_writes_are_each_answered_rightly() {
    for group in [0, 1, 7, 256] {
        let world = World::empty_with(Engine::Sqlite, Options { group, ..OPTIONS }).await;
        world.db.migrate(NOW).await.unwrap();
        // Each name is asked for twice: one of the two must win.
        let tasks: Vec<_> = (0..1000)
            .map(|n| {
                let db = world.db.clone();
                tokio::spawn(async move { execute(&db, INSERT, &pair(&format!("n{}", n / 2))).await })
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            match task.await.unwrap() {
                Ok(n) => won += n,
                Err(error) => assert!(error.is_unique_violation(), "{error:?}"),
            }
        }
        assert_eq!(won, 500, "group {group}");
        world.db.close().await;
        let names = world.look("SELECT COUNT(*), COUNT(DISTINCT name) FROM known_values").await;
        assert_eq!(names, [["500", "500"]]);
        world.end().await;
    }
}

/// Where SQLite itself takes the transaction back, nobody of the group is told of a success.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_transaction_is_the_whole_groups() {
    let world = World::migrated(Engine::Sqlite).await;
    execute(&world.db, INSERT, &pair("taken")).await.unwrap();
    let write = |n: usize| -> BoxFuture<'_, Result<u64, StoreError>> {
        Box::pin(world.db.write(n, |tx, n| {
            Box::pin(async move {
                if *n == 4 {
                    // A stand-in for a full disk: this conflict rolls back everything.
                    let sql = "INSERT OR ROLLBACK INTO known_values (name, value) VALUES ($1, $2)";
                    return tx.execute(sql, &pair("taken")).await;
                }
                tx.execute(INSERT, &pair(&format!("n{n}"))).await
            })
        }))
    };
    let answers = in_one_group(&world.db, (0..9).map(write).collect()).await;
    for (n, answer) in answers.into_iter().enumerate() {
        let error = answer.unwrap_err();
        let lost = matches!(error, StoreError::Commit(_)) && error.is_transient();
        assert!(if n == 4 { error.is_unique_violation() } else { lost }, "{n}: {error:?}");
    }
    assert_eq!(world.int(COUNT).await, 1);
    execute(&world.db, INSERT, &pair("after")).await.unwrap();
    world.end().await;
}

/// A constraint that only the commit checks fails the group, and the next one is served.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_commit_is_the_whole_groups() {
    let world = World::migrated(Engine::Sqlite).await;
    world
        .tamper("CREATE TABLE child (name TEXT REFERENCES known_values (name) DEFERRABLE INITIALLY DEFERRED)")
        .await;
    let orphan = "INSERT INTO child (name) VALUES ('nobody')";
    let answers = in_one_group(
        &world.db,
        vec![
            Box::pin(execute(&world.db, INSERT, &pair("a"))),
            Box::pin(execute(&world.db, orphan, &[])),
            Box::pin(execute(&world.db, INSERT, &pair("b"))),
        ],
    )
    .await;
    for answer in answers {
        assert!(matches!(answer, Err(StoreError::Commit(_))), "{answer:?}");
    }
    assert_eq!(world.int(COUNT).await, 0);
    execute(&world.db, INSERT, &pair("after")).await.unwrap();
    world.end().await;
}

/// A closure that waits for anything else is told so at once; its work is taken back, and the
/// writer thread is not held up.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_for_something_else_is_refused() {
    let world = World::migrated(Engine::Sqlite).await;
    let waited: Result<(), StoreError> = world
        .db
        .write((), |tx, ()| {
            Box::pin(async move {
                tx.execute(INSERT, &pair("a")).await?;
                tokio::task::yield_now().await;
                Ok(())
            })
        })
        .await;
    assert!(matches!(waited, Err(StoreError::Pended)), "{waited:?}");
    let waited: Result<(), StoreError> =
        world.db.read((), |_, ()| Box::pin(async move { std::future::pending().await })).await;
    assert!(matches!(waited, Err(StoreError::Pended)), "{waited:?}");
    assert_eq!(world.int(COUNT).await, 0);
    execute(&world.db, INSERT, &pair("b")).await.unwrap();
    world.end().await;
}

/// A caller who goes away takes nothing back: what was sent is written.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_left_is_written_all_the_same() {
    let world = World::migrated(Engine::Sqlite).await;
    assert!(Box::pin(execute(&world.db, INSERT, &pair("a"))).now_or_never().is_none());
    world.db.close().await;
    assert_eq!(world.look("SELECT name FROM known_values").await, [["a"]]);
    world.end().await;
}

/// The whole database is its owner's alone, the files beside it too, whatever the umask says.
#[cfg(unix)]
#[tokio::test]
async fn the_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let world = World::migrated(Engine::Sqlite).await;
    let mut names = Vec::new();
    for entry in std::fs::read_dir(world.path().parent().unwrap()).unwrap() {
        let entry = entry.unwrap();
        names.push(entry.file_name().into_string().unwrap());
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{names:?}");
    }
    names.sort();
    assert_eq!(names, ["store.sqlite", "store.sqlite-shm", "store.sqlite-wal"]);
    world.end().await;
}

/// Each commit is durable, and what is deleted is overwritten.
#[tokio::test]
async fn the_writer_is_set_up_for_keeping() {
    let world = World::migrated(Engine::Sqlite).await;
    let settings: Result<Vec<String>, StoreError> = world
        .db
        .write((), |tx, ()| {
            Box::pin(async move {
                let mut out = Vec::new();
                for name in ["journal_mode", "synchronous", "secure_delete", "foreign_keys"] {
                    let row = tx.query_one(&format!("PRAGMA {name}"), &[]).await?;
                    out.push(row.text(name).or_else(|_| row.int(name).map(|n| n.to_string()))?);
                }
                Ok(out)
            })
        })
        .await;
    // 2 is FULL: the log is synced before a commit is answered.
    assert_eq!(settings.unwrap(), ["wal", "2", "1", "1"]);
    world.end().await;
}

/// Closing leaves one file, with everything in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closing_leaves_one_whole_file() {
    let world = World::migrated(Engine::Sqlite).await;
    execute(&world.db, INSERT, &pair("a")).await.unwrap();
    world.db.close().await;
    let beside = world.path().with_file_name("store.sqlite-wal");
    assert!(!beside.exists() || beside.metadata().unwrap().len() == 0);
    let copy = world.path().with_file_name("copy.sqlite");
    std::fs::copy(world.path(), &copy).unwrap();
    let connection = rusqlite::Connection::open(copy).unwrap();
    let n: i64 = connection.query_row(COUNT, [], |row| row.get(0)).unwrap();
    assert_eq!(n, 1);
    world.end().await;
}
