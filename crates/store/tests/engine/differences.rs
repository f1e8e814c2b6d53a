//! One test for each line of the list of engine differences in `db/mod.rs`.

use std::sync::Arc;
use std::time::Duration;

use jetbridge_domain::inputs::Reference;
use jetbridge_store::db::{Engine, StoreError, Value};
use tokio::sync::Barrier;

use crate::support::{World, execute, look_postgres, on_both_engines};

const TAKE: &str = "INSERT INTO known_values (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";
const INSERT: &str = "INSERT INTO known_values (name, value) VALUES ($1, $2)";

fn pair(name: &str) -> [Value; 2] {
    [name.into(), vec![1_u8].into()]
}

on_both_engines! {
    /// 1. A conflict that is read leaves the transaction usable.
    async fn a_conflict_is_read_and_the_rest_goes_on(world: &World) {
        let taken: Result<(u64, u64, u64), StoreError> = world
            .db
            .write((), |tx, ()| {
                Box::pin(async move {
                    let first = tx.execute(TAKE, &pair("a")).await?;
                    let second = tx.execute(TAKE, &pair("a")).await?;
                    Ok((first, second, tx.execute(TAKE, &pair("b")).await?))
                })
            })
            .await;
        assert_eq!(taken.unwrap(), (1, 0, 1));
        assert_eq!(world.int("SELECT COUNT(*) AS n FROM known_values").await, 2);
    }

    /// 1. An error that is caught all the same never loses what the caller believes was kept.
    async fn a_caught_violation_never_loses_in_silence(world: &World) {
        world.execute(TAKE, &pair("a")).await.unwrap();
        let caught: Result<(), StoreError> = world
            .db
            .write((), |tx, ()| {
                Box::pin(async move {
                    tx.execute(TAKE, &pair("before")).await?;
                    assert!(tx.execute(INSERT, &pair("a")).await.unwrap_err().is_unique_violation());
                    Ok(())
                })
            })
            .await;
        let kept = world.int("SELECT COUNT(*) AS n FROM known_values WHERE name = 'before'").await;
        assert_eq!(caught.is_ok(), kept == 1, "{caught:?}, {kept} kept");
        assert_eq!(caught.is_ok(), world.db.engine() == Engine::Sqlite);
    }

    /// 2. The widest integers come back, a count is an integer, and a SUM is one when it is cast.
    async fn integers_are_sixty_four_bits(world: &World) {
        let sql = "INSERT INTO guesses (address, window_start, wrong, blocked_until) VALUES ($1, $2, $3, $4)";
        let widest = [Value::from("a"), i64::MIN.into(), i64::MAX.into(), Value::NullInt];
        world.execute(sql, &widest).await.unwrap();
        let rows = world.query("SELECT window_start, wrong, blocked_until FROM guesses", &[]).await.unwrap();
        let row = rows.first().unwrap();
        assert_eq!((row.int("window_start").unwrap(), row.int("wrong").unwrap()), (i64::MIN, i64::MAX));
        assert_eq!(row.opt_int("blocked_until").unwrap(), None);
        assert_eq!(world.int("SELECT CAST(SUM(wrong) AS BIGINT) AS n FROM guesses").await, i64::MAX);
        assert_eq!(world.int("SELECT COUNT(*) AS n FROM guesses").await, 1);
        // What the cast is for: PostgreSQL's SUM of BIGINT is NUMERIC, which is no integer here.
        let uncast = world.query("SELECT SUM(wrong) AS n FROM guesses", &[]).await;
        assert_eq!(uncast.is_ok(), world.db.engine() == Engine::Sqlite);
    }

    /// 3. Every byte comes back from bytes, every character but U+0000 from text.
    async fn bytes_and_texts_come_back(world: &World) {
        let every: Vec<u8> = (0..=255).collect();
        let text = "\u{1}\u{7f}\u{85}\u{ffff}\u{1F600} \u{5E9}\u{5DC}\u{5D5}\u{5DD} e\u{301}\\'\"%_$1";
        world.execute(INSERT, &[text.into(), every.clone().into()]).await.unwrap();
        world.execute(INSERT, &["".into(), Vec::new().into()]).await.unwrap();
        let sql = "SELECT name, value FROM known_values WHERE name = $1";
        let row = world.query(sql, &[text.into()]).await.unwrap().remove(0);
        assert_eq!((row.text("name").unwrap().as_str(), row.blob("value").unwrap()), (text, every));
        let row = world.query(sql, &["".into()]).await.unwrap().remove(0);
        assert_eq!((row.text("name").unwrap().as_str(), row.blob("value").unwrap()), ("", Vec::new()));
    }

    /// 3. U+0000 is turned away by both engines alike, whatever the edge let through.
    async fn no_text_has_a_nul(world: &World) {
        assert!(Reference::from_text("a\0b".to_owned()).is_err());
        assert!(world.execute(INSERT, &["a\0b".into(), vec![1_u8].into()]).await.is_err());
        assert_eq!(world.int("SELECT COUNT(*) AS n FROM known_values").await, 0);
    }

    /// 3. A NULL is sent with its type, into columns and into comparisons alike.
    async fn nulls_are_typed(world: &World) {
        let nulls = [Value::NullText, Value::NullInt, Value::NullBlob];
        let sql = "SELECT CAST($1 AS TEXT) AS t, CAST($2 AS BIGINT) AS i, $3 AS b, COALESCE($3, $4) AS c";
        let sql = match world.db.engine() {
            Engine::Sqlite => sql.to_owned(),
            Engine::Postgres => sql.replace("$3", "CAST($3 AS BYTEA)").replace("$4", "CAST($4 AS BYTEA)"),
        };
        let params: Vec<Value> = nulls.into_iter().chain([vec![7_u8].into()]).collect();
        let row = world.query(&sql, &params).await.unwrap().remove(0);
        assert_eq!((row.opt_text("t").unwrap(), row.opt_int("i").unwrap()), (None, None));
        assert_eq!((row.opt_blob("b").unwrap(), row.blob("c").unwrap()), (None, vec![7]));
        let sql = "INSERT INTO guesses (address, window_start, wrong, blocked_until) VALUES ($1, 0, 0, $2)";
        world.execute(sql, &["a".into(), None::<i64>.into()]).await.unwrap();
        let by = "SELECT address FROM guesses WHERE blocked_until = $1 OR address = $2";
        assert!(world.query(by, &[Value::NullInt, Value::NullText]).await.unwrap().is_empty());
        assert!(world.execute(sql, &[Value::NullText, Value::NullInt]).await.is_err());
    }

    /// 4. The kind of a violation is told alike, and a missing row or value is another kind.
    async fn the_kind_of_a_violation_is_common(world: &World) {
        world.execute(INSERT, &pair("a")).await.unwrap();
        let twice = world.execute(INSERT, &pair("a")).await.unwrap_err();
        assert!(twice.is_unique_violation() && !twice.is_transient(), "{twice:?}");
        let null = world.execute(INSERT, &["b".into(), Value::NullBlob]).await.unwrap_err();
        assert!(!null.is_unique_violation() && !null.is_transient(), "{null:?}");
        let token = "INSERT INTO access_tokens (token_hash, partner_id, created_at, expires_at) \
                     VALUES ($1, 'prt_nobody', 0, 0)";
        let orphan = world.execute(token, &[vec![1_u8].into()]).await.unwrap_err();
        assert!(!orphan.is_unique_violation() && !orphan.is_transient(), "{orphan:?}");
    }

    /// 5. Text is ordered and compared by its bytes, case and accents counting.
    async fn text_is_ordered_by_its_bytes(world: &World) {
        let sorted =
            ["", " ", "-", "A", "B", "Z", "_", "a", "a-b", "aB", "ab", "z", "\u{C4}", "\u{E4}", "\u{5D0}"];
        for name in sorted.iter().rev() {
            world.execute(INSERT, &pair(name)).await.unwrap();
        }
        let rows = world.query("SELECT name FROM known_values ORDER BY name", &[]).await.unwrap();
        let names: Vec<String> = rows.iter().map(|r| r.text("name").unwrap()).collect();
        assert_eq!(names, sorted);
        let behind =
            world.query("SELECT name FROM known_values WHERE name > $1", &["_".into()]).await.unwrap();
        assert_eq!(behind.len(), 8);
        assert!(
            world.query("SELECT 1 AS n FROM known_values WHERE name = 'Ab'", &[]).await.unwrap().is_empty()
        );
    }

    /// 6. Reads do not wait for a write that is under way, and do not write.
    async fn reads_go_on_beside_a_write(world: &World) {
        let (begun, done) = (Arc::new(std::sync::Barrier::new(2)), Arc::new(std::sync::Barrier::new(2)));
        let write = tokio::spawn({
            let (db, input) = (world.db.clone(), (Arc::clone(&begun), Arc::clone(&done)));
            async move {
                db.write(input, |tx, (begun, done)| {
                    Box::pin(async move {
                        tx.execute(TAKE, &pair("slow")).await?;
                        tokio::task::block_in_place(|| begun.wait());
                        tokio::task::block_in_place(|| done.wait());
                        Ok::<(), StoreError>(())
                    })
                })
                .await
            }
        });
        tokio::task::block_in_place(|| begun.wait());
        assert_eq!(world.int("SELECT COUNT(*) AS n FROM known_values").await, 0);
        tokio::task::block_in_place(|| done.wait());
        write.await.unwrap().unwrap();
        assert_eq!(world.int("SELECT COUNT(*) AS n FROM known_values").await, 1);
        let sneaked: Result<u64, StoreError> =
            world.db.read((), |tx, ()| Box::pin(async move { tx.execute(TAKE, &pair("b")).await })).await;
        assert!(sneaked.is_err());
    }

    /// 7. The row lock: who comes second waits, or passes by, and no count is lost.
    async fn a_locked_row_is_waited_for(world: &World) {
        world
            .execute("INSERT INTO guesses (address, window_start, wrong) VALUES ('a', 0, 0)", &[])
            .await
            .unwrap();
        let tasks: Vec<_> = (0..24)
            .map(|_| {
                let db = world.db.clone();
                tokio::spawn(async move {
                    db.write((), |tx, ()| {
                        Box::pin(async move {
                            let sql =
                                format!("SELECT wrong FROM guesses WHERE address = 'a' {}", tx.lock_row());
                            let wrong = tx.query_one(&sql, &[]).await?.int("wrong")?;
                            let sql = "UPDATE guesses SET wrong = $1 WHERE address = 'a'";
                            tx.execute(sql, &[(wrong + 1).into()]).await
                        })
                    })
                    .await
                })
            })
            .collect();
        for task in tasks {
            let counted: Result<u64, StoreError> = task.await.unwrap();
            counted.unwrap();
        }
        assert_eq!(world.int("SELECT wrong AS n FROM guesses").await, 24);
    }

    /// 8. Both folders have been applied under the same names; `parity` compares what they made.
    async fn the_migrations_have_the_same_names(world: &World) {
        let had = world.look("SELECT number, name FROM schema_migrations ORDER BY number").await;
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let files = |folder: &str| -> Vec<String> {
            let mut names: Vec<String> = std::fs::read_dir(root.join(folder))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .collect();
            names.sort();
            names
        };
        assert_eq!(files("sqlite"), files("postgres"));
        let names: Vec<String> = had.iter().map(|row| format!("{}.sql", row[1])).collect();
        assert_eq!(names, files("sqlite"));
        for (n, row) in (1..).zip(&had) {
            assert_eq!(row[0], n.to_string());
            assert!(row[1].starts_with(&format!("{n:04}_")), "{}", row[1]);
        }
    }
}

/// 6. PostgreSQL's writes run side by side as far as the pool goes, and no further.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pool_bounds_the_connections() {
    let world = World::migrated(Engine::Postgres).await;
    let together = Arc::new(Barrier::new(crate::support::OPTIONS.pool_size));
    let tasks: Vec<_> = (0..3 * crate::support::OPTIONS.pool_size)
        .map(|n| {
            let (db, input) = (world.db.clone(), (Arc::clone(&together), format!("n{n}")));
            tokio::spawn(async move {
                db.write(input, |tx, (together, name)| {
                    Box::pin(async move {
                        let n = tx.execute(TAKE, &pair(name)).await?;
                        // Nobody passes unless as many writes as the pool allows are open at once.
                        together.wait().await;
                        Ok::<u64, StoreError>(n)
                    })
                })
                .await
            })
        })
        .collect();
    for task in tasks {
        let within = tokio::time::timeout(Duration::from_secs(20), task).await;
        assert_eq!(within.unwrap().unwrap().unwrap(), 1);
    }
    let sql = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
               AND application_name = 'jetbridge'";
    let open = look_postgres(&crate::support::connect(&world.url()).await, sql).await;
    assert_eq!(open, [[crate::support::OPTIONS.pool_size.to_string()]]);
    world.end().await;
}

/// 7. `SKIP LOCKED` passes by what somebody else has locked.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_row_is_passed_by() {
    let world = World::migrated(Engine::Postgres).await;
    for name in ["a", "b"] {
        execute(&world.db, INSERT, &pair(name)).await.unwrap();
    }
    let mut other = crate::support::connect(&world.url()).await;
    let held = other.transaction().await.unwrap();
    held.execute("SELECT 1 FROM known_values WHERE name = 'a' FOR UPDATE", &[]).await.unwrap();
    let free = world
        .db
        .write((), |tx, ()| {
            Box::pin(async move {
                let sql = format!("SELECT name FROM known_values ORDER BY name LIMIT 1 {}", tx.skip_locked());
                tx.query_one(&sql, &[]).await?.text("name")
            })
        })
        .await;
    assert_eq!(free.unwrap(), "b");
    held.rollback().await.unwrap();
    world.end().await;
}
