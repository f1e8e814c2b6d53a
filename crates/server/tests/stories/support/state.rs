//! What the database holds, to be compared before and after: every row of every table.

use std::collections::BTreeMap;

use super::World;

/// Every table's rows, each as text, in an order of their own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State(BTreeMap<String, Vec<String>>);

impl State {
    /// How many rows a table has.
    pub(crate) fn count(&self, table: &str) -> usize {
        self.0.get(table).unwrap_or_else(|| panic!("no table {table}")).len()
    }

    /// The rows of a table.
    pub(crate) fn rows(&self, table: &str) -> &[String] {
        self.0.get(table).unwrap_or_else(|| panic!("no table {table}"))
    }

    /// Everything, as text.
    pub(crate) fn text(&self) -> String {
        self.0.values().flatten().cloned().collect::<Vec<_>>().join("\n")
    }

    /// Fails where a row of any table is another than before, but in those tables.
    pub(crate) fn is_as(&self, before: &Self, but: &[&str], why: &str) {
        for (table, rows) in &self.0 {
            if !but.contains(&table.as_str()) {
                assert_eq!(rows, before.rows(table), "{table} has changed: {why}");
            }
        }
    }
}

impl World {
    /// Every row of every table that there is.
    pub(crate) async fn state(&self) -> State {
        let catalogue = if self.database.starts_with("sqlite:") {
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        } else {
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        };
        let tables: Vec<String> = self.rows(catalogue).await.into_iter().flatten().collect();
        assert!(tables.len() >= 15, "{tables:?}");
        let mut state = BTreeMap::new();
        for table in tables {
            let rows = self.rows(&format!("SELECT * FROM {table}")).await;
            let mut rows: Vec<String> = rows.into_iter().map(|row| row.join("|")).collect();
            rows.sort();
            state.insert(table, rows);
        }
        State(state)
    }
}
