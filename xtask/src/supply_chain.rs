//! What we link: `deny.toml`, read by cargo-deny.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::{cargo, output, run, say};

const VERSION: &str = "0.20.2";

pub(crate) fn check(root: &Path) -> Result<()> {
    let deny = cargo_deny(root)?;
    // It reads the crates of every system, also those that no build here has fetched.
    run(cargo().args(["fetch", "--quiet", "--locked"]))?;
    // Called by its full path it has no cargo to stand for its first word.
    run(Command::new(deny).current_dir(root).args([
        "--offline",
        "--locked",
        "check",
        "licenses",
        "bans",
        "sources",
    ]))
}

/// A cargo-deny of the right version: installed by the developer, or by this program before.
fn cargo_deny(root: &Path) -> Result<PathBuf> {
    let tools = root.join("target").join("tools");
    let own = tools.join("bin").join("cargo-deny");
    for candidate in [PathBuf::from("cargo-deny"), own.clone()] {
        let version = output(Command::new(&candidate).arg("--version"));
        if version.is_ok_and(|version| names_version(&version)) {
            return Ok(candidate);
        }
    }
    say(format_args!("building cargo-deny {VERSION} into target/tools, once; this takes minutes"));
    let mut install = cargo();
    install.args(["install", "cargo-deny", "--version", VERSION, "--locked", "--quiet", "--root"]).arg(tools);
    // Unoptimized: it runs for a second, and is built on every fresh machine.
    install.arg("--debug").env("CARGO_PROFILE_DEV_DEBUG", "false").env("CARGO_INCREMENTAL", "0");
    // A folder of its own, thrown away by cargo; else the workspace's would keep all of it.
    install.env_remove("CARGO_TARGET_DIR");
    run(&mut install)?;
    Ok(own)
}

/// Reads `cargo-deny 0.20.2`.
fn names_version(printed: &[u8]) -> bool {
    String::from_utf8_lossy(printed).split_whitespace().last() == Some(VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_version_is_not_taken() {
        assert!(names_version(format!("cargo-deny {VERSION}\n").as_bytes()));
        assert!(!names_version(b"cargo-deny 0.1.0\n"));
        assert!(!names_version(b""));
    }
}
