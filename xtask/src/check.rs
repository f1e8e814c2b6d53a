//! `cargo xtask check`: everything about the source that needs no running service.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::{cargo, paths, root, run as run_command, say, supply_chain, unused};

type Step = (&'static str, fn(&Path) -> Result<()>);

/// The quick ones first.
const STEPS: [Step; 6] = [
    ("format", format),
    ("machine paths", paths::check),
    ("unused dependencies", unused::check),
    ("supply chain", supply_chain::check),
    ("lints", lints),
    ("generated files", generated),
];

/// Runs every step, also after one failed, so that one run tells all.
pub(crate) fn run() -> Result<ExitCode> {
    let mut failed = vec![];
    for (name, step) in STEPS {
        say(format_args!("── {name}"));
        let started = Instant::now();
        let result = step(root());
        let seconds = started.elapsed().as_secs_f32();
        match result {
            Ok(()) => say(format_args!("ok: {name}, {seconds:.1} s")),
            Err(error) => {
                say(format_args!("FAILED: {name}, {seconds:.1} s: {error:#}"));
                failed.push(name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("checks failed: {}", failed.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

fn format(_: &Path) -> Result<()> {
    run_command(cargo().args(["fmt", "--all", "--check"]))
}

fn lints(_: &Path) -> Result<()> {
    run_command(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--locked",
        "--",
        "--deny",
        "warnings",
    ]))
}

/// `cargo xtask generate`: the server writes the pages that follow from its code.
pub(crate) fn generate(_: &Path) -> Result<()> {
    run_command(cargo().args(["run", "--locked", "--package", "jetbridge", "--", "docs", "docs"]))
}

/// Generates, and fails when a page changed. It compares contents, not git's status, so that a page
/// being written by hand disturbs nobody.
fn generated(root: &Path) -> Result<()> {
    let docs = root.join("docs");
    let before = contents(&docs)?;
    generate(root)?;
    let after = contents(&docs)?;
    let stale = differing(&before, &after);
    if !stale.is_empty() {
        bail!("these were out of date and are written anew; commit them: {}", stale.join(", "));
    }
    Ok(())
}

type Contents = BTreeMap<PathBuf, Vec<u8>>;

fn contents(folder: &Path) -> Result<Contents> {
    let mut found = Contents::new();
    for entry in std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(contents(&path)?);
        } else {
            let bytes = std::fs::read(&path)?;
            found.insert(path, bytes);
        }
    }
    Ok(found)
}

fn differing(before: &Contents, after: &Contents) -> Vec<String> {
    let mut paths: Vec<_> = before.keys().chain(after.keys()).collect();
    paths.sort();
    paths.dedup();
    paths
        .into_iter()
        .filter(|path| before.get(*path) != after.get(*path))
        .filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_new_and_removed_pages_differ() {
        let pages = |list: &[(&str, &str)]| -> Contents {
            list.iter().map(|(name, text)| (PathBuf::from(name), text.as_bytes().to_vec())).collect()
        };
        let before = pages(&[("docs/a", "1"), ("docs/b", "1"), ("docs/c", "1")]);
        let after = pages(&[("docs/a", "1"), ("docs/b", "2"), ("docs/d", "1")]);
        assert_eq!(differing(&before, &after), ["b", "c", "d"]);
        assert!(differing(&before, &before).is_empty());
    }
}
