//! Every dependency a crate declares is used in its source.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{cargo, output};

pub(crate) fn check(_: &Path) -> Result<()> {
    let printed = output(cargo().args(["metadata", "--locked", "--no-deps", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_slice(&printed)?;
    let mut unused = vec![];
    for package in array(&metadata, "packages") {
        let manifest = text(package, "manifest_path").context("a package without manifest")?;
        let mut source = String::new();
        read_rust(Path::new(manifest).parent().unwrap_or(Path::new("")), &mut source)?;
        for dependency in array(package, "dependencies") {
            let name = text(dependency, "rename").or_else(|| text(dependency, "name")).unwrap_or_default();
            if !uses(&source, &name.replace('-', "_")) {
                unused.push(format!("{}: {name}", text(package, "name").unwrap_or_default()));
            }
        }
    }
    if !unused.is_empty() {
        bail!("declared, but used nowhere in the crate's source:\n{}", unused.join("\n"));
    }
    Ok(())
}

fn array<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key)?.as_str()
}

fn read_rust(folder: &Path, source: &mut String) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            // Another target folder than the workspace's could be here.
            if !path.ends_with("target") {
                read_rust(&path, source)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            source.push_str(&std::fs::read_to_string(&path)?);
            source.push('\n');
        }
    }
    Ok(())
}

/// Whether the source names the crate as a path's start (`name::…`) or imports it whole (`use name;`).
fn uses(source: &str, name: &str) -> bool {
    source.lines().filter(|line| !line.trim_start().starts_with("//")).any(|line| {
        line.match_indices(name).any(|(at, _)| {
            let (before, rest) = line.split_at(at);
            let after = rest.strip_prefix(name).unwrap_or_default();
            let inside_a_word = before.ends_with(|last: char| last.is_alphanumeric() || last == '_');
            let imported =
                before.trim_end().ends_with("use") && (after.starts_with(';') || after.starts_with(" as "));
            !inside_a_word && (after.starts_with("::") || imported)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_imports_and_attributes_are_uses() {
        for source in [
            "use http::Request;",
            "fn f() -> http::Request {}",
            "use http;",
            "    pub(crate) use http as h;",
            "#[serde(with = \"http::serde\")]",
            "use {http::Uri, std::io};",
        ] {
            assert!(uses(source, "http"), "{source}");
        }
    }

    #[test]
    fn words_comments_and_longer_names_are_not() {
        for source in [
            "// http::Request",
            "let http = 1;",
            "use my_http::X;",
            "\"http://\"",
            "use http_body::X;",
            "/// use http;",
        ] {
            assert!(!uses(source, "http"), "{source}");
        }
    }
}
