//! The two migration folders make the same schema.

use std::collections::BTreeMap;

use jetbridge_store::db::Engine;

use crate::support::World;

/// A table as both engines can tell it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    /// Name, kind and whether NULL is allowed, in order.
    columns: Vec<(String, String, bool)>,
    /// Named by the migration: whether unique, its columns, and the rows it is limited to.
    indexes: BTreeMap<String, (bool, Vec<String>, Option<String>)>,
    /// From `PRIMARY KEY` and `UNIQUE`, whose indexes each engine names itself.
    constraints: Vec<Vec<String>>,
    /// Columns, the table they lead to, its columns, and what a delete does.
    foreign: Vec<(Vec<String>, String, Vec<String>, String)>,
}

type Schema = BTreeMap<String, Table>;

fn kind(engine: Engine, word: &str) -> String {
    let known = match (engine, word) {
        (Engine::Sqlite, "TEXT") | (Engine::Postgres, "text C") => "text",
        (Engine::Sqlite, "INTEGER" | "BIGINT") | (Engine::Postgres, "bigint ") => "integer",
        (Engine::Sqlite, "BLOB") | (Engine::Postgres, "bytea ") => "bytes",
        other => panic!("a column is {other:?}: texts have COLLATE \"C\", integers are BIGINT"),
    };
    known.to_owned()
}

async fn sqlite_schema(world: &World) -> Schema {
    let mut schema = Schema::new();
    let tables = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*'";
    for name in world.look(tables).await.into_iter().flatten() {
        let mut table = Table::default();
        let columns = format!("SELECT name, type, \"notnull\" FROM pragma_table_info('{name}') ORDER BY cid");
        for row in world.look(&columns).await {
            table.columns.push((row[0].clone(), kind(Engine::Sqlite, &row[1]), row[2] == "0"));
        }
        for row in world
            .look(&format!(
                "SELECT i.name, \"unique\", origin, m.sql FROM pragma_index_list('{name}') AS i \
             JOIN sqlite_master AS m ON m.name = i.name"
            ))
            .await
        {
            let columns = format!("SELECT name FROM pragma_index_info('{}') ORDER BY seqno", row[0]);
            let columns: Vec<String> = world.look(&columns).await.into_iter().flatten().collect();
            if row[2] == "c" {
                let rows = row[3].split_once(" WHERE ").map(|(_, rows)| rows.to_owned());
                table.indexes.insert(row[0].clone(), (row[1] == "1", columns, rows));
            } else {
                table.constraints.push(columns);
            }
        }
        table.constraints.sort();
        let foreign = format!(
            "SELECT \"table\", group_concat(\"from\", ','), group_concat(\"to\", ','), MAX(on_delete) FROM \
             (SELECT * FROM pragma_foreign_key_list('{name}') ORDER BY id, seq) GROUP BY id"
        );
        for row in world.look(&foreign).await {
            table.foreign.push((split(&row[1]), row[0].clone(), split(&row[2]), row[3].clone()));
        }
        table.foreign.sort();
        schema.insert(name, table);
    }
    schema
}

fn split(list: &str) -> Vec<String> {
    list.split(',').map(str::to_owned).collect()
}

async fn postgres_schema(world: &World) -> Schema {
    let mut schema = Schema::new();
    let columns = "SELECT table_name, column_name, data_type, COALESCE(collation_name, ''), is_nullable \
                   FROM information_schema.columns WHERE table_schema = 'public' \
                   ORDER BY table_name, ordinal_position";
    for row in world.look(columns).await {
        // The one table that the engine layer makes itself is never ordered by a text.
        let collation = if row[0] == "schema_migrations" && row[2] == "text" { "C" } else { &row[3] };
        let kind = kind(Engine::Postgres, &format!("{} {collation}", row[2]));
        schema.entry(row[0].clone()).or_default().columns.push((row[1].clone(), kind, row[4] == "YES"));
    }
    let indexes = "SELECT t.relname, i.relname, x.indisunique, pg_get_expr(x.indpred, x.indrelid), \
                     (SELECT string_agg(pg_get_indexdef(x.indexrelid, n, true), ',' ORDER BY n) \
                      FROM generate_series(1, x.indnkeyatts) AS n), \
                     EXISTS (SELECT 1 FROM pg_constraint AS c \
                             WHERE c.conindid = x.indexrelid AND c.contype IN ('p', 'u')) \
                   FROM pg_index AS x JOIN pg_class AS i ON i.oid = x.indexrelid \
                   JOIN pg_class AS t ON t.oid = x.indrelid \
                   WHERE t.relnamespace = 'public'::regnamespace ORDER BY 1, 2";
    for row in world.look(indexes).await {
        let table = schema.get_mut(&row[0]).unwrap();
        if row[5] == "t" {
            table.constraints.push(split(&row[4]));
        } else {
            let rows = row[3].trim_matches(['(', ')']).replace("::text", "");
            let rows = Some(rows).filter(|rows| !rows.is_empty());
            table.indexes.insert(row[1].clone(), (row[2] == "t", split(&row[4]), rows));
        }
    }
    let columns_of = |table: &str, keys: &str| {
        format!(
            "(SELECT string_agg(a.attname, ',' ORDER BY k.n) \
             FROM unnest(c.{keys}) WITH ORDINALITY AS k (att, n) \
             JOIN pg_attribute AS a ON a.attrelid = c.{table} AND a.attnum = k.att)"
        )
    };
    let foreign = format!(
        "SELECT c.conrelid::regclass, {}, c.confrelid::regclass, {}, \
         CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'a' THEN 'NO ACTION' ELSE 'other' END \
         FROM pg_constraint AS c WHERE c.contype = 'f'",
        columns_of("conrelid", "conkey"),
        columns_of("confrelid", "confkey")
    );
    for row in world.look(&foreign).await {
        let table = schema.get_mut(&row[0]).unwrap();
        table.foreign.push((split(&row[1]), row[2].clone(), split(&row[3]), row[4].clone()));
    }
    for table in schema.values_mut() {
        table.constraints.sort();
        table.foreign.sort();
    }
    schema
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_engines_have_the_same_schema() {
    let (file, server) = (World::migrated(Engine::Sqlite).await, World::migrated(Engine::Postgres).await);
    let (sqlite, postgres) = (sqlite_schema(&file).await, postgres_schema(&server).await);
    // The comparison would be content with two empty schemas.
    assert!(sqlite.values().all(|table| !table.columns.is_empty() && !table.constraints.is_empty()));
    let live = (true, split("partner_id,product,asset_id"), Some("state <> 'disconnected'".to_owned()));
    assert_eq!(sqlite["connections"].indexes["connections_live"], live);
    let delivery = split("event_id,endpoint_id");
    let cascade = (delivery.clone(), "deliveries".to_owned(), delivery, "CASCADE".to_owned());
    assert_eq!(sqlite["attempts"].foreign, [cascade]);
    let names = |schema: &Schema| schema.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&sqlite), names(&postgres));
    for (name, table) in &sqlite {
        assert_eq!(Some(table), postgres.get(name), "{name}");
    }
    file.end().await;
    server.end().await;
}

/// SQLite's tables are strict, so that a text never slips into a column of integers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite_is_as_strict_as_postgres() {
    let world = World::migrated(Engine::Sqlite).await;
    let lax = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 \
               AND name NOT GLOB 'sqlite_*' AND name <> 'schema_migrations'";
    assert!(world.look(lax).await.is_empty());
    world.end().await;
}
