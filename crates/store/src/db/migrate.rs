//! Migrations: numbered files, one folder per engine, each applied once and never changed after.

use jetbridge_domain::clock::Time;

use super::{Db, Engine, StoreError, Tx};

/// One numbered step of the schema.
#[derive(Debug, Clone, Copy)]
pub(super) struct Migration {
    number: i64,
    name: &'static str,
    sqlite: &'static str,
    postgres: &'static str,
}

macro_rules! migrations {
    ($($number:literal $name:literal;)*) => {
        const ALL: &[Migration] = &[$(Migration {
            number: $number,
            name: $name,
            sqlite: include_str!(concat!("../../migrations/sqlite/", $name, ".sql")),
            postgres: include_str!(concat!("../../migrations/postgres/", $name, ".sql")),
        }),*];
    };
}

migrations! {
    1 "0001_start";
    2 "0002_faces";
    3 "0003_inbound";
    4 "0004_acts";
    5 "0005_posts";
    6 "0006_traces";
    7 "0007_renewals";
}

/// Any fixed number: processes that migrate at once take turns by it. It is taken before the table
/// is made, since `IF NOT EXISTS` fails where two come to the same conclusion at once.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7465726213)";

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT NOT NULL PRIMARY KEY, \
                     name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at BIGINT NOT NULL)";

impl Db {
    /// Applies what is missing, all or nothing; answers the names.
    pub async fn migrate(&self, now: Time) -> Result<Vec<String>, StoreError> {
        self.apply(ALL, now).await
    }

    /// The names of the migrations that the database has not had. Fails where it has had others.
    pub async fn pending_migrations(&self) -> Result<Vec<String>, StoreError> {
        self.read((), |tx, ()| {
            Box::pin(async move {
                let there = match tx.engine() {
                    Engine::Sqlite => "SELECT name AS t FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'",
                    Engine::Postgres => "SELECT CAST(to_regclass('schema_migrations') AS TEXT) AS t",
                };
                let there = tx.query_opt(there, &[]).await?.map(|r| r.opt_text("t")).transpose()?.flatten();
                let had = if there.is_some() { applied(tx).await? } else { Vec::new() };
                Ok(missing(ALL, &had, tx.engine())?.iter().map(|m| m.name.to_owned()).collect())
            })
        })
        .await
    }

    async fn apply(&self, all: &'static [Migration], now: Time) -> Result<Vec<String>, StoreError> {
        self.write((all, now), |tx, (all, now)| {
            Box::pin(async move {
                if tx.engine() == Engine::Postgres {
                    tx.batch(LOCK).await?;
                }
                tx.batch(TABLE).await?;
                let had = applied(tx).await?;
                let mut names = Vec::new();
                for migration in missing(all, &had, tx.engine())? {
                    tx.batch(migration.sql(tx.engine())).await?;
                    tx.execute(
                        "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
                        &[
                            migration.number.into(),
                            migration.name.into(),
                            checksum(migration.sql(tx.engine())).into(),
                            (*now).into(),
                        ],
                    )
                    .await?;
                    names.push(migration.name.to_owned());
                }
                Ok(names)
            })
        })
        .await
    }
}

impl Migration {
    fn sql(&self, engine: Engine) -> &'static str {
        match engine {
            Engine::Sqlite => self.sqlite,
            Engine::Postgres => self.postgres,
        }
    }
}

async fn applied(tx: &mut Tx) -> Result<Vec<(i64, String)>, StoreError> {
    let rows = tx.query("SELECT number, checksum FROM schema_migrations ORDER BY number", &[]).await?;
    rows.iter().map(|r| Ok((r.int("number")?, r.text("checksum")?))).collect()
}

fn missing(
    all: &'static [Migration],
    had: &[(i64, String)],
    engine: Engine,
) -> Result<Vec<&'static Migration>, StoreError> {
    for (number, sum) in had {
        let Some(known) = all.iter().find(|m| m.number == *number) else {
            return Err(StoreError::Migration(format!(
                "the database has migration {number}, which this program does not know: it was written by a newer one"
            )));
        };
        if checksum(known.sql(engine)) != *sum {
            return Err(StoreError::Migration(format!(
                "migration {} was changed after it was applied to this database",
                known.name
            )));
        }
    }
    Ok(all.iter().filter(|m| had.iter().all(|(number, _)| *number != m.number)).collect())
}

/// FNV-1a: it guards against accidents, not against anybody.
fn checksum(sql: &str) -> String {
    let hash = sql
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Migration = Migration { number: 1, name: "one", sqlite: "a", postgres: "b" };
    const TWO: Migration = Migration { number: 2, name: "two", sqlite: "c", postgres: "d" };
    const BOTH: &[Migration] = &[ONE, TWO];

    #[test]
    fn what_is_missing_is_what_was_not_had() {
        let had = [(1, checksum("a"))];
        let names: Vec<_> = missing(BOTH, &had, Engine::Sqlite).unwrap().iter().map(|m| m.name).collect();
        assert_eq!(names, ["two"]);
    }

    #[test]
    fn a_changed_migration_and_a_newer_database_are_refused() {
        let changed = missing(BOTH, &[(1, checksum("x"))], Engine::Sqlite).unwrap_err().to_string();
        assert!(changed.contains("one was changed"), "{changed}");
        let newer = missing(BOTH, &[(3, String::new())], Engine::Postgres).unwrap_err().to_string();
        assert!(newer.contains("newer"), "{newer}");
    }
}
