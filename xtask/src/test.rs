//! `cargo xtask test`: the services, then `cargo test`.

use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::process::{Command, ExitCode, ExitStatus, Stdio};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::services::Services;
use crate::{cargo, say};

pub(crate) fn run(args: &[String]) -> Result<ExitCode> {
    let started = Instant::now();
    let services = Services::start()?;
    let mut tests = cargo();
    tests.args(["test", "--locked"]);
    if !names_packages(args) {
        tests.arg("--workspace");
    }
    tests.args(args).envs(services.variables.iter().map(|(name, value)| (name, value)));
    let (status, tally) = if std::io::stdout().is_terminal() {
        (tests.status().context("cannot start cargo")?, None)
    } else {
        let (status, tally) = tallied(&mut tests)?;
        (status, Some(tally))
    };
    drop(services);
    say(format_args!("tests and their services: {} s", started.elapsed().as_secs()));
    if let Some(Tally { passed, failed, skipped }) = tally {
        // Cargo sums up each test program, but never the whole.
        writeln!(std::io::stdout().lock(), "{passed} passed, {failed} failed, {skipped} skipped")?;
    }
    // Without a code it died by a signal.
    let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
    Ok(ExitCode::from(code))
}

/// Cargo ignores `-p` beside `--workspace`.
fn names_packages(args: &[String]) -> bool {
    args.iter()
        .take_while(|arg| *arg != "--")
        .any(|arg| arg.starts_with("--package") || (arg.starts_with("-p") && !arg.starts_with("--")))
}

#[derive(Debug, Default, PartialEq)]
struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Runs the tests, passing on what they print.
fn tallied(tests: &mut Command) -> Result<(ExitStatus, Tally)> {
    let mut tally = Tally::default();
    let mut child = tests.stdout(Stdio::piped()).spawn().context("cannot start cargo")?;
    if let Some(out) = child.stdout.take() {
        let mut out = BufReader::new(out);
        let mut line = vec![];
        while out.read_until(b'\n', &mut line)? > 0 {
            tally.add(&String::from_utf8_lossy(&line));
            std::io::stdout().lock().write_all(&line)?;
            line.clear();
        }
    }
    Ok((child.wait()?, tally))
}

impl Tally {
    /// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split(';') {
            let (number, what) = count.trim().split_once(' ').unwrap_or_default();
            let number: u64 = number.parse().unwrap_or(0);
            match what {
                "passed" => self.passed += number,
                "failed" => self.failed += number,
                "ignored" => self.skipped += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_added_up() {
        let mut tally = Tally::default();
        tally.add(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.01s\n",
        );
        tally.add("test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out\n");
        tally.add("test clock::goes_on ... ok\n");
        assert_eq!(tally, Tally { passed: 5, failed: 1, skipped: 1 });
    }

    #[test]
    fn packages_are_seen_before_the_dashes_only() {
        let names = |text: &str| {
            let args: Vec<_> = text.split(' ').map(str::to_owned).collect();
            names_packages(&args)
        };
        assert!(names("-p store") && names("-pstore") && names("--package=store a"));
        assert!(!names("links") && !names("-- -p") && !names("--profile x"));
    }
}
