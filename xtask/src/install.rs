//! Finds the programs the tests need, and installs those that are missing where it can.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{axe, output, python, run, say};

/// The programs the tests need, found.
pub(crate) struct Tools {
    /// The folder with `initdb`, `pg_ctl` and `postgres`.
    pub(crate) postgres: PathBuf,
    pub(crate) chromium: PathBuf,
    pub(crate) chromedriver: PathBuf,
    pub(crate) axe: PathBuf,
    /// The interpreter of an environment with the Python packages.
    pub(crate) python: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Need {
    Postgres,
    Chromium,
    Chromedriver,
    Npm,
    Python,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Distribution {
    Debian,
    Ubuntu,
}

impl Need {
    const ALL: [Self; 5] = [Self::Postgres, Self::Chromium, Self::Chromedriver, Self::Npm, Self::Python];

    /// npm fetches one file, once, and Python makes one environment.
    fn is_met(self) -> bool {
        match self {
            Self::Npm => axe::is_here() || self.find().is_some(),
            Self::Python => python::is_here() || self.find().is_some_and(|p| python::can_make(&p)),
            _ => self.find().is_some(),
        }
    }

    fn find(self) -> Option<PathBuf> {
        match self {
            Self::Postgres => find_postgres(),
            Self::Chromium => {
                find(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"])
                    .or_else(|| existing("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"))
            }
            Self::Chromedriver => {
                find(&["chromedriver"]).or_else(|| existing("/usr/lib/chromium-browser/chromedriver"))
            }
            Self::Npm => find(&["npm"]),
            Self::Python => find(&["python3"]),
        }
    }

    fn package(self, distribution: Distribution) -> &'static str {
        match (self, distribution) {
            (Self::Postgres, _) => "postgresql",
            (Self::Chromium, Distribution::Debian) => "chromium",
            (Self::Chromium, Distribution::Ubuntu) => "chromium-browser",
            (Self::Chromedriver, Distribution::Debian) => "chromium-driver",
            (Self::Chromedriver, Distribution::Ubuntu) => "chromium-chromedriver",
            (Self::Npm, _) => "npm",
            (Self::Python, _) => "python3-venv",
        }
    }

    fn advice(self) -> &'static str {
        match self {
            Self::Postgres => {
                "- PostgreSQL 15 or newer with its server programs: put the folder of initdb, pg_ctl and postgres on PATH"
            }
            Self::Chromium => "- Chromium or Google Chrome: put chromium or google-chrome on PATH",
            Self::Chromedriver => "- ChromeDriver of the browser's version: put chromedriver on PATH",
            Self::Npm => "- npm, which fetches axe-core: put npm on PATH",
            Self::Python => "- Python 3.10 or newer with venv and pip: put python3 on PATH",
        }
    }
}

/// Finds every program, after installing those that are missing.
pub(crate) fn tools() -> Result<Tools> {
    let missing = missing();
    if !missing.is_empty() {
        install(&missing)?;
    }
    Ok(Tools {
        postgres: required(Need::Postgres)?,
        chromium: required(Need::Chromium)?,
        chromedriver: required(Need::Chromedriver)?,
        axe: axe::get(Need::Npm.find().as_deref())?,
        python: python::get(Need::Python.find().as_deref())?,
    })
}

fn missing() -> Vec<Need> {
    Need::ALL.into_iter().filter(|need| !need.is_met()).collect()
}

fn required(need: Need) -> Result<PathBuf> {
    need.find().with_context(|| by_hand(&[need], "apt-get installed its package, and it is still not found"))
}

fn install(missing: &[Need]) -> Result<()> {
    let os_release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let Some(distribution) = distribution(&os_release) else {
        bail!(by_hand(missing, "this command installs on Debian and Ubuntu only"));
    };
    let packages: Vec<_> = missing.iter().map(|need| need.package(distribution)).collect();
    let Some(sudo) = sudo()? else {
        let line = format!("apt-get install {}", packages.join(" "));
        bail!(by_hand(missing, &format!("not root, and no sudo that works; as root: {line}")));
    };
    say(format_args!("installing with apt-get: {}", packages.join(" ")));
    let apt = |arguments: &[&str]| {
        // `env`, since sudo drops the variables of its caller.
        let apt_get = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"];
        let words = [&sudo, apt_get.as_slice(), arguments].concat();
        let (program, words) = words.split_first().context("no command")?;
        run(Command::new(program).args(words))
    };
    apt(&["update"])?;
    apt(&[["--no-install-recommends", "install"].as_slice(), &packages].concat())
}

/// What goes before a command that needs root: nothing as root, `sudo` where it works, else `None`.
fn sudo() -> Result<Option<Vec<&'static str>>> {
    if is_root()? {
        return Ok(Some(vec![]));
    }
    if find(&["sudo"]).is_none() {
        return Ok(None);
    }
    // Only a person at a terminal can be asked for a password.
    if std::io::stdin().is_terminal() {
        return Ok(Some(vec!["sudo"]));
    }
    let silent = output(Command::new("sudo").args(["-n", "true"])).is_ok();
    Ok(silent.then(|| vec!["sudo", "-n"]))
}

pub(crate) fn is_root() -> Result<bool> {
    Ok(output(Command::new("id").arg("-u"))?.trim_ascii() == b"0")
}

fn by_hand(needs: &[Need], why: &str) -> String {
    let advice: Vec<_> = needs.iter().map(|need| need.advice()).collect();
    format!("the tests need programs that are not here ({why}). Please install:\n{}", advice.join("\n"))
}

fn distribution(os_release: &str) -> Option<Distribution> {
    let words = |key: &str| -> Vec<&str> {
        let line = os_release.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix('='));
        line.unwrap_or_default().trim_matches('"').split_whitespace().collect()
    };
    let ids = [words("ID"), words("ID_LIKE")].concat();
    if ids.contains(&"ubuntu") {
        Some(Distribution::Ubuntu)
    } else {
        ids.contains(&"debian").then_some(Distribution::Debian)
    }
}

/// Debian keeps PostgreSQL's server programs off PATH, in one folder per version.
fn find_postgres() -> Option<PathBuf> {
    let on_path = find(&["initdb"]).and_then(|initdb| Some(initdb.canonicalize().ok()?.parent()?.to_owned()));
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let entry = entry.ok()?;
            Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin")))
        })
        .collect();
    versions.sort();
    let packaged = versions.into_iter().rev().map(|(_, folder)| folder);
    on_path
        .into_iter()
        .chain(packaged)
        .find(|folder| ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file()))
}

fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    names
        .iter()
        .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|candidate| candidate.is_file())
}

fn existing(path: &str) -> Option<PathBuf> {
    Some(Path::new(path)).filter(|path| path.is_file()).map(Path::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_are_told_apart() {
        assert_eq!(distribution("NAME=x\nID=debian\n"), Some(Distribution::Debian));
        assert_eq!(distribution("ID=ubuntu\nID_LIKE=debian\n"), Some(Distribution::Ubuntu));
        assert_eq!(distribution("ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n"), Some(Distribution::Ubuntu));
        assert_eq!(distribution("ID=fedora\n"), None);
        assert_eq!(distribution(""), None);
    }
}
