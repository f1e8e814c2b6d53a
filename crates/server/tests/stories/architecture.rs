//! The walls: what each part must not know.

use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(folder);
    let mut out = Vec::new();
    let mut open = vec![root];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                out.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!out.is_empty());
    out
}

fn none_has(folder: &str, words: &[&str], but: &[&str]) {
    for (path, text) in sources(folder) {
        if but.iter().any(|b| path.to_string_lossy().contains(b)) {
            continue;
        }
        for (n, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            for word in words {
                assert!(!code.contains(word), "{}:{} has {word}", path.display(), n + 1);
            }
        }
    }
}

const SQL: &[&str] =
    &["SELECT ", "INSERT INTO", "UPDATE ", "DELETE FROM", "CREATE TABLE", "rusqlite", "tokio_postgres"];
const HTTP: &[&str] = &["axum", "hyper", "StatusCode", "HeaderMap", "http::"];

#[test]
fn sql_stands_in_the_store_alone() {
    for folder in ["crates/domain/src", "crates/meta/src", "crates/egress/src", "crates/server/src"] {
        none_has(folder, SQL, &[]);
    }
}

#[test]
fn neither_rules_nor_use_cases_know_http() {
    none_has("crates/domain/src", HTTP, &[]);
    none_has("crates/server/src/app", HTTP, &["context.rs"]);
}

#[test]
fn rules_do_no_io() {
    none_has("crates/domain/src", &["async ", ".await", "tokio", "std::fs", "std::net"], &[]);
}

#[test]
fn the_environment_is_read_in_one_place() {
    for folder in ["domain", "store", "meta", "egress", "sandbox", "server"] {
        none_has(&format!("crates/{folder}/src"), &["env::var"], &["config/read.rs"]);
    }
}

#[test]
fn the_sandbox_and_the_gateway_share_no_types() {
    none_has(
        "crates/sandbox/src",
        &["jetbridge_domain", "jetbridge_meta", "jetbridge_store", "jetbridge_egress"],
        &[],
    );
    none_has("crates/server/src", &["jetbridge_sandbox"], &["commands/"]);
    for folder in ["domain", "store", "meta", "egress"] {
        none_has(&format!("crates/{folder}/src"), &["jetbridge_sandbox"], &[]);
    }
}

#[test]
fn nothing_below_knows_what_is_above() {
    let above = |of: &str| -> Vec<&'static str> {
        match of {
            "domain" => vec!["jetbridge_store", "jetbridge_meta", "jetbridge_egress", "jetbridge::"],
            "store" => vec!["jetbridge_meta", "jetbridge_egress", "jetbridge::"],
            _ => vec!["jetbridge_store", "jetbridge::"],
        }
    };
    for folder in ["domain", "store", "meta", "egress"] {
        none_has(&format!("crates/{folder}/src"), &above(folder), &[]);
    }
}
