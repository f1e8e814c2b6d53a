//! What only PostgreSQL does: collisions that are run again, callers who leave, connections that
//! break.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use jetbridge_store::db::{Db, Engine, Location, StoreError, Value};
use tokio::sync::{Barrier, Notify};

use crate::support::{OPTIONS, World, connect, execute, look_postgres};

const INSERT: &str = "INSERT INTO known_values (name, value) VALUES ($1, $2)";
const COUNT: &str = "SELECT COUNT(*) AS n FROM known_values";
const ADD: &str = "UPDATE guesses SET wrong = wrong + 1 WHERE address = $1";

fn pair(name: &str) -> [Value; 2] {
    [name.into(), vec![1_u8].into()]
}

/// A world with two rows to fight over.
async fn two_rows() -> World {
    let world = World::migrated(Engine::Postgres).await;
    let sql = "INSERT INTO guesses (address, window_start, wrong) VALUES ('a', 0, 0), ('b', 0, 0)";
    world.execute(sql, &[]).await.unwrap();
    world
}

struct Fight {
    both: Barrier,
    runs: AtomicUsize,
    /// Whether the statement that met the deadlock is passed on as an error.
    honest: bool,
}

/// Locks the first row, waits until the other write has its own, then wants the other's. Only the
/// first run of each waits: the second would wait for nobody.
async fn lock_both(
    db: Db,
    first: &'static str,
    then: &'static str,
    fight: Arc<Fight>,
) -> Result<(), Refusal> {
    let seen = Arc::new(AtomicUsize::new(0));
    db.write((first, then, fight, seen), |tx, (first, then, fight, seen)| {
        Box::pin(async move {
            fight.runs.fetch_add(1, Ordering::SeqCst);
            tx.execute(ADD, &[(*first).into()]).await?;
            if seen.fetch_add(1, Ordering::SeqCst) == 0 {
                fight.both.wait().await;
            }
            match tx.execute(ADD, &[(*then).into()]).await {
                Err(_) if !fight.honest => Ok(()),
                other => other.map(|_| ()).map_err(|_| Refusal),
            }
        })
    })
    .await
}

/// A use case's error, which has forgotten what the database said.
#[derive(Debug)]
struct Refusal;

impl From<StoreError> for Refusal {
    fn from(_: StoreError) -> Self {
        Self
    }
}

async fn fight(honest: bool) {
    let world = two_rows().await;
    let fight = Arc::new(Fight { both: Barrier::new(2), runs: AtomicUsize::new(0), honest });
    let one = tokio::spawn(lock_both(world.db.clone(), "a", "b", Arc::clone(&fight)));
    let two = tokio::spawn(lock_both(world.db.clone(), "b", "a", Arc::clone(&fight)));
    one.await.unwrap().unwrap();
    two.await.unwrap().unwrap();
    // Who is run again may meet the other once more before it has both rows.
    assert!(fight.runs.load(Ordering::SeqCst) >= 3, "neither of the two was run again");
    assert_eq!(world.look("SELECT wrong FROM guesses").await, [["2"], ["2"]]);
    world.end().await;
}

/// Two writes that lock two rows in opposite order both succeed, though each caller's error type
/// hides the deadlock.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_run_again() {
    fight(true).await;
}

/// The same where the work swallows the error altogether.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_swallowed_deadlock_is_run_again() {
    fight(false).await;
}

/// A write that must not see what changed since it began is run again, on what is there now.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_serialization_failure_is_run_again() {
    let world = two_rows().await;
    let other = Arc::new(connect(&world.url()).await);
    let runs = Arc::new(AtomicUsize::new(0));
    let added: Result<i64, StoreError> = world
        .db
        .write((other, Arc::clone(&runs)), |tx, (other, runs)| {
            Box::pin(async move {
                let first = runs.fetch_add(1, Ordering::SeqCst) == 0;
                if first {
                    tx.execute("SET TRANSACTION ISOLATION LEVEL SERIALIZABLE", &[]).await?;
                }
                let wrong =
                    tx.query_one("SELECT wrong FROM guesses WHERE address = 'a'", &[]).await?.int("wrong")?;
                if first {
                    other.batch_execute("UPDATE guesses SET wrong = 10").await.unwrap();
                }
                tx.execute(ADD, &["a".into()]).await?;
                Ok(wrong + 1)
            })
        })
        .await;
    assert_eq!(added.unwrap(), 11);
    assert_eq!(runs.load(Ordering::SeqCst), 2);
    world.end().await;
}

/// What keeps colliding ends, as something that may be tried later.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn endless_collisions_end() {
    let world = World::migrated(Engine::Postgres).await;
    let runs = Arc::new(AtomicUsize::new(0));
    let never: Result<(), StoreError> = world
        .db
        .write(Arc::clone(&runs), |tx, runs| {
            Box::pin(async move {
                runs.fetch_add(1, Ordering::SeqCst);
                let sql = "DO $$ BEGIN RAISE EXCEPTION 'collision' USING ERRCODE = '40001'; END $$";
                tx.execute(sql, &[]).await.map(|_| ())
            })
        })
        .await;
    let error = never.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    assert_eq!(runs.load(Ordering::SeqCst), 5);
    world.end().await;
}

const OPEN: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
                    AND application_name = 'jetbridge' AND state <> 'idle'";

/// Callers who leave in the middle of a transaction: it runs to its end without them, and no
/// connection stays behind with half of one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_who_leaves_leaves_nothing_open() {
    let world = World::migrated(Engine::Postgres).await;
    let (begun, go_on) = (Arc::new(Barrier::new(OPTIONS.pool_size + 1)), Arc::new(Notify::new()));
    let callers: Vec<_> = (0..OPTIONS.pool_size)
        .map(|n| {
            let (db, input) = (world.db.clone(), (n, Arc::clone(&begun), Arc::clone(&go_on)));
            tokio::spawn(async move {
                db.write(input, |tx, (n, begun, go_on)| {
                    Box::pin(async move {
                        let leave = go_on.notified();
                        tx.execute(INSERT, &pair(&format!("n{n}"))).await?;
                        begun.wait().await;
                        leave.await;
                        Ok::<(), StoreError>(())
                    })
                })
                .await
            })
        })
        .collect();
    begun.wait().await;
    for caller in callers {
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
    }
    go_on.notify_waiters();
    // The pool has as many connections as there were callers: each must have come back.
    for n in 0..2 * OPTIONS.pool_size {
        let pair = pair(&format!("again{n}"));
        let again = tokio::time::timeout(Duration::from_secs(5), execute(&world.db, INSERT, &pair)).await;
        again.unwrap().unwrap();
    }
    world.db.close().await;
    let client = connect(&world.url()).await;
    assert_eq!(look_postgres(&client, OPEN).await, [["0"]]);
    let kept = look_postgres(&client, "SELECT COUNT(*) FROM known_values").await;
    assert_eq!(kept, [[(3 * OPTIONS.pool_size).to_string()]]);
    world.end().await;
}

/// A connection whose transaction panicked is thrown away, never handed on with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panicked_transaction_is_never_handed_on() {
    let world = World::migrated(Engine::Postgres).await;
    for _ in 0..3 * OPTIONS.pool_size {
        let panicked: Result<(), StoreError> = world
            .db
            .write((), |tx, ()| {
                Box::pin(async move {
                    tx.execute(INSERT, &pair("half")).await?;
                    panic!("this one panics, as it should");
                })
            })
            .await;
        assert!(matches!(panicked, Err(StoreError::Panicked)), "{panicked:?}");
    }
    execute(&world.db, INSERT, &pair("half")).await.unwrap();
    assert_eq!(world.int(COUNT).await, 1);
    world.end().await;
}

/// The server ends every connection, in the middle of a transaction too: an error that may be
/// tried again, and it works again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lost_connections_are_replaced() {
    let world = World::migrated(Engine::Postgres).await;
    let other = Arc::new(connect(&world.url()).await);
    let cut: Result<(), StoreError> = world
        .db
        .write(Arc::clone(&other), |tx, other| {
            Box::pin(async move {
                tx.execute(INSERT, &pair("half")).await?;
                other.batch_execute(TERMINATE).await.unwrap();
                tx.execute(INSERT, &pair("other half")).await.map(|_| ())
            })
        })
        .await;
    let error = cut.unwrap_err();
    assert!(error.is_transient(), "{error:?}");
    // Every connection of the pool, idle ones included, was ended; each is replaced within one error.
    let mut errors = 0;
    while world.db.ping().await.is_err() {
        errors += 1;
        assert!(errors <= OPTIONS.pool_size);
    }
    execute(&world.db, INSERT, &pair("after")).await.unwrap();
    assert_eq!(world.look("SELECT name FROM known_values").await, [["after"]]);
    world.end().await;
}

const TERMINATE: &str = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
                         WHERE datname = current_database() AND application_name = 'jetbridge'";

/// A commit that fails for a reason of its own is an error, and the connection stays usable.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failed_commit_is_an_error() {
    let world = World::migrated(Engine::Postgres).await;
    world
        .tamper("CREATE TABLE child (name TEXT REFERENCES known_values (name) DEFERRABLE INITIALLY DEFERRED)")
        .await;
    let orphan = execute(&world.db, "INSERT INTO child (name) VALUES ('nobody')", &[]).await;
    assert!(matches!(orphan, Err(StoreError::Commit(_))), "{orphan:?}");
    execute(&world.db, INSERT, &pair("a")).await.unwrap();
    assert_eq!(world.look("SELECT name FROM child").await.len(), 0);
    world.end().await;
}

/// Reads are read-only, and a commit is answered when it is on disk.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_set_up_for_keeping() {
    let world = World::migrated(Engine::Postgres).await;
    for (sql, value) in [
        ("SELECT current_setting('synchronous_commit') AS v", "on"),
        ("SELECT current_setting('transaction_read_only') AS v", "on"),
        ("SELECT current_setting('transaction_isolation') AS v", "repeatable read"),
    ] {
        let row = world.query(sql, &[]).await.unwrap().remove(0);
        assert_eq!(row.text("v").unwrap(), value, "{sql}");
    }
    world.end().await;
}

/// A server that asks for TLS where there is none is not spoken to in the clear.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_that_is_required_is_not_forgone() {
    let world = World::empty(Engine::Postgres).await;
    let location = Location::Postgres(format!("{}?sslmode=require", world.url()));
    assert!(Db::open(&location, OPTIONS).await.is_err());
    world.end().await;
}
