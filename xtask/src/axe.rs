//! axe-core, which the browser's tests put into the pages to look for barriers. No part of the product.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{output, root, say};

const VERSION: &str = "4.14.1";
/// What npm must get for that version.
const INTEGRITY: &str =
    "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==";

/// Where it is, or will be.
fn script() -> PathBuf {
    folder().join("node_modules/axe-core/axe.min.js")
}

fn folder() -> PathBuf {
    root().join("target").join(format!("axe-core-{VERSION}"))
}

pub(crate) fn is_here() -> bool {
    script().is_file()
}

/// The script, fetched with npm unless it is here already.
pub(crate) fn get(npm: Option<&Path>) -> Result<PathBuf> {
    let script = script();
    if !script.is_file() {
        let npm = npm.context("npm is not here to fetch axe-core")?;
        let folder = folder();
        say(format_args!("fetching axe-core {VERSION} with npm"));
        std::fs::create_dir_all(&folder)?;
        let (package, lock) = manifests();
        std::fs::write(folder.join("package.json"), package)?;
        std::fs::write(folder.join("package-lock.json"), lock)?;
        let quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        output(Command::new(npm).arg("ci").args(quiet).current_dir(&folder))?;
        ensure!(script.is_file(), "npm fetched axe-core, and {} is not there", script.display());
    }
    Ok(script)
}

/// What npm is asked for; with a lock it takes this version with these bytes or nothing.
fn manifests() -> (String, String) {
    let package = format!(r#"{{"private": true, "dependencies": {{"axe-core": "{VERSION}"}}}}"#);
    let lock = format!(
        r#"{{"lockfileVersion": 3, "packages": {{
            "": {{"dependencies": {{"axe-core": "{VERSION}"}}}},
            "node_modules/axe-core": {{"version": "{VERSION}", "integrity": "{INTEGRITY}"}}
        }}}}"#
    );
    (package, lock)
}
