//! Python programs that look at the product from outside, in an environment of their own. No part of the product.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{output, root, say};

const REQUIREMENTS: &str = include_str!("../python/requirements.txt");

fn folder() -> PathBuf {
    root().join("target/python")
}

fn interpreter() -> PathBuf {
    folder().join("bin/python")
}

/// What the environment was made of: with other requirements it is made anew.
fn made_of() -> PathBuf {
    folder().join("requirements.txt")
}

pub(crate) fn is_here() -> bool {
    let same = std::fs::read_to_string(made_of()).is_ok_and(|made_of| made_of == REQUIREMENTS);
    same && interpreter().is_file()
}

/// Whether this Python can make environments; Debian packs that apart.
pub(crate) fn can_make(python: &Path) -> bool {
    output(Command::new(python).args(["-c", "import venv, ensurepip"])).is_ok()
}

/// The environment's interpreter; the environment is made unless it is here already.
pub(crate) fn get(python: Option<&Path>) -> Result<PathBuf> {
    if !is_here() {
        let python = python.context("python3 is not here to make the tests' environment")?;
        say("installing Python packages with pip");
        output(Command::new(python).args(["-m", "venv", "--clear"]).arg(folder()))?;
        let wanted = folder().join("wanted.txt");
        std::fs::write(&wanted, REQUIREMENTS)?;
        let quiet = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"];
        output(Command::new(interpreter()).args(quiet).arg(&wanted))?;
        std::fs::rename(wanted, made_of())?;
        ensure!(is_here(), "pip installed the packages, and {} is not there", interpreter().display());
    }
    Ok(interpreter())
}
