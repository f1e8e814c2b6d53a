//! No file names a folder of somebody's machine, or the host of a package registry.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::output;

/// Folders that exist on one machine only. In two halves, so that this file passes its own check.
const FOLDERS: [&str; 4] =
    [concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/wo", "rk/"), concat!("/Us", "ers/")];
/// Hosts that a build reaches by its package client's settings, never by name.
const HOSTS: [&str; 6] = [
    concat!("py", "pi.org"),
    concat!("files.python", "hosted.org"),
    concat!("deb.", "debian.org"),
    concat!("registry.", "npmjs.org"),
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
];

pub(crate) fn check(root: &Path) -> Result<()> {
    let mut list = Command::new("git");
    list.current_dir(root).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let mut found = vec![];
    for path in String::from_utf8_lossy(&output(&mut list)?).split('\0') {
        // Lock files carry the addresses that their package manager wrote.
        if path.is_empty() || path == "Cargo.lock" {
            continue;
        }
        // Removed, but not yet from git's index: nothing to read.
        let Ok(bytes) = std::fs::read(root.join(path)) else { continue };
        for (number, line) in String::from_utf8_lossy(&bytes).lines().enumerate() {
            if let Some(what) = named(line) {
                found.push(format!("{path}:{}: {what}", number + 1));
            }
        }
    }
    if !found.is_empty() {
        bail!("files name a machine's folders or a registry's host:\n{}", found.join("\n"));
    }
    Ok(())
}

fn named(line: &str) -> Option<&'static str> {
    let folder =
        |folder: &&str| line.match_indices(*folder).any(|(at, _)| line.get(..at).is_some_and(is_path_start));
    FOLDERS.into_iter().find(folder).or_else(|| HOSTS.into_iter().find(|host| line.contains(host)))
}

/// Whether a `/` after this text begins an absolute path, and does not go on with a path or an address.
fn is_path_start(before: &str) -> bool {
    !before.ends_with(|last: char| last.is_alphanumeric() || "_-.~})".contains(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absolute_folders_of_a_machine_are_named() {
        let [root, home, work, _] = FOLDERS;
        for line in [
            format!("cd {work}main"),
            format!("{home}someone"),
            format!("\"{root}.cargo\""),
            format!("file://{home}x"),
        ] {
            assert!(named(&line).is_some(), "{line}");
        }
    }

    #[test]
    fn addresses_and_relative_folders_are_not() {
        let [root, home, work, _] = FOLDERS;
        for line in [
            format!("crates{work}src"),
            format!("https://example.com{home}page"),
            format!("${{base}}{root}x"),
        ] {
            assert_eq!(named(&line), None, "{line}");
        }
    }

    #[test]
    fn registry_hosts_are_named() {
        let [first, ..] = HOSTS;
        assert_eq!(named(&format!("https://{first}/simple")), Some(first));
        assert_eq!(named("crates.io"), None);
    }
}
