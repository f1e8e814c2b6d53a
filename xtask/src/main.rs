//! The project's own chores: `cargo xtask test`, `check`, `generate` and `services`.

#[cfg(not(unix))]
compile_error!("xtask starts PostgreSQL and a browser the Unix way; on Windows run it in WSL");

mod axe;
mod check;
mod chromedriver;
mod install;
mod paths;
mod postgres;
mod python;
mod services;
mod supply_chain;
mod test;
mod unused;

use std::ffi::OsStr;
use std::fmt::Display;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

const USAGE: &str = "\
cargo xtask test [ARGS]   install and start what the tests need, run `cargo test --workspace ARGS`
cargo xtask services      start the same, print the variables, wait until standard input closes
cargo xtask check         format, lints, generated files, licences, dependencies, machine paths
cargo xtask generate      write the generated pages in docs/";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next();
    let rest: Vec<String> = args.collect();
    let done = match command.as_deref() {
        Some("test") => test::run(&rest),
        Some("check") => check::run(),
        Some("generate") => check::generate(root()).map(|()| ExitCode::SUCCESS),
        Some("services") => services::show(),
        Some(services::HOLD) => services::hold(&rest),
        _ => {
            say(USAGE);
            return ExitCode::from(2);
        }
    };
    done.unwrap_or_else(|error| {
        say(format_args!("error: {error:#}"));
        ExitCode::FAILURE
    })
}

/// Tells the person at the terminal; standard output stays for what a program reads.
fn say(text: impl Display) {
    // When the terminal is gone, there is nobody left to tell.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// The workspace's folder.
fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// The cargo that runs this program, in the workspace's folder.
fn cargo() -> Command {
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let mut command = Command::new(cargo);
    command.current_dir(root());
    command
}

/// Runs a command that talks to the terminal itself.
fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", name(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", name(command));
    }
    Ok(())
}

/// Runs a command and gives what it printed.
fn output(command: &mut Command) -> Result<Vec<u8>> {
    let output = command.output().with_context(|| format!("cannot start {}", name(command)))?;
    if !output.status.success() {
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        bail!("{} failed ({})\n{out}{err}", name(command), output.status);
    }
    Ok(output.stdout)
}

/// A command as a person would write it.
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let program = program.file_name().unwrap_or(program.as_os_str());
    let words: Vec<_> =
        std::iter::once(program).chain(command.get_args()).map(OsStr::to_string_lossy).collect();
    words.join(" ")
}
