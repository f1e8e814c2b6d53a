//! `ChromeDriver` on a loopback port.

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::output;
use crate::services::free_port;

const START: Duration = Duration::from_secs(30);
const STOP: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(20);

/// A running `ChromeDriver`; dropping it stops it and the browsers it started.
pub(crate) struct Chromedriver {
    child: Child,
    pub(crate) port: u16,
}

impl Chromedriver {
    /// Starts it; its browsers keep all they write in `home`.
    pub(crate) fn start(program: &Path, home: &Path) -> Result<Self> {
        let log = home.join("log");
        let port = free_port()?;
        let child = Command::new(program)
            .arg(format!("--port={port}"))
            .env("TMPDIR", home)
            .env("HOME", home)
            .stdin(Stdio::null())
            .stdout(File::create(&log)?)
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .context("cannot start chromedriver")?;
        let mut driver = Self { child, port };
        let started = Instant::now();
        while !driver.answers("/status", "\"ready\":true") {
            if driver.child.try_wait()?.is_some() || started.elapsed() > START {
                let log = std::fs::read_to_string(&log).unwrap_or_default();
                bail!("ChromeDriver did not start:\n{log}");
            }
            sleep(PAUSE);
        }
        Ok(driver)
    }

    /// Whether it answers a request with this text.
    fn answers(&self, path: &str, wanted: &str) -> bool {
        let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)) else { return false };
        let asked = write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
        if asked.is_err() || stream.set_read_timeout(Some(STOP)).is_err() {
            return false;
        }
        // It keeps the connection open, so the end of the answer does not show as an end.
        let (mut answer, mut part) = (vec![], [0; 1024]);
        while let Ok(read @ 1..) = stream.read(&mut part) {
            answer.extend(part.iter().take(read));
            if String::from_utf8_lossy(&answer).contains(wanted) {
                return true;
            }
        }
        false
    }
}

impl Drop for Chromedriver {
    fn drop(&mut self) {
        // Asked, it closes its browsers first and removes their profiles.
        self.answers("/shutdown", "}");
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && asked.elapsed() < STOP {
            sleep(PAUSE);
        }
        // What is left of its process group; usually nothing, and then this fails.
        let _ = output(Command::new("kill").args(["-KILL", "--", &format!("-{}", self.child.id())]));
        let _ = self.child.wait();
    }
}
