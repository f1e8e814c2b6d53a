//! PostgreSQL and `ChromeDriver` for as long as a caller lives.
//!
//! A second process holds them, in a process group of its own, and stops them when its standard
//! input ends. So they stop however the caller ends: returning, failing, by Ctrl-C, or killed.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitCode, Stdio};

use anyhow::{Context, Result, bail};

use crate::chromedriver::Chromedriver;
use crate::install::{self, Tools};
use crate::postgres::Postgres;
use crate::say;

/// The sub-command of the process that holds the services.
pub(crate) const HOLD: &str = "hold-services";
const READY: &str = "ready";

/// Running services; dropping it stops them.
pub(crate) struct Services {
    holder: Child,
    /// The holder reads its end; closing ours tells it to stop.
    lifeline: Option<ChildStdin>,
    /// What the tests read from their environment.
    pub(crate) variables: Vec<(String, String)>,
}

impl Services {
    /// Starts both, from programs that may have to be installed first.
    pub(crate) fn start() -> Result<Self> {
        let Tools { postgres, chromium, chromedriver, axe, python } = install::tools()?;
        let mut holder = Command::new(std::env::current_exe()?)
            .arg(HOLD)
            .args([postgres, chromedriver])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .process_group(0)
            .spawn()
            .context("cannot start the process that holds the services")?;
        let lifeline = holder.stdin.take();
        let lines = holder.stdout.take().map(BufReader::new);
        let mut services = Self { holder, lifeline, variables: vec![] };
        for line in lines.into_iter().flat_map(BufRead::lines) {
            let line = line?;
            if line == READY {
                let here = [
                    ("JETBRIDGE_TEST_CHROMIUM", chromium),
                    ("JETBRIDGE_TEST_AXE", axe),
                    ("JETBRIDGE_TEST_PYTHON", python),
                ];
                let here = here.map(|(name, path)| (name.to_owned(), path.display().to_string()));
                services.variables.extend(here);
                return Ok(services);
            }
            let (name, value) = line.split_once('=').context("the services' holder printed no variable")?;
            services.variables.push((name.to_owned(), value.to_owned()));
        }
        bail!("the services did not start")
    }
}

impl Drop for Services {
    fn drop(&mut self) {
        drop(self.lifeline.take());
        let _ = self.holder.wait();
    }
}

/// Holds the services until standard input ends. Arguments: PostgreSQL's folder, chromedriver.
pub(crate) fn hold(args: &[String]) -> Result<ExitCode> {
    let [postgres, chromedriver] = args else { bail!("{HOLD} is for xtask itself") };
    let home = tempfile::Builder::new().prefix("jetbridge-").tempdir()?;
    // PostgreSQL may run as another user, who must get through to its folder.
    std::fs::set_permissions(home.path(), PermissionsExt::from_mode(0o711))?;
    let folder = |name: &str| -> Result<_> {
        let folder = home.path().join(name);
        std::fs::create_dir(&folder)?;
        Ok(folder)
    };
    let postgres = Postgres::start(Path::new(postgres), folder("postgres")?)?;
    let chromedriver = Chromedriver::start(Path::new(chromedriver), &folder("browser")?)?;

    let mut out = std::io::stdout().lock();
    writeln!(out, "JETBRIDGE_TEST_POSTGRES=postgres://postgres@127.0.0.1:{}/postgres", postgres.port)?;
    writeln!(out, "JETBRIDGE_TEST_WEBDRIVER=http://127.0.0.1:{}", chromedriver.port)?;
    writeln!(out, "{READY}")?;
    std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
    Ok(ExitCode::SUCCESS)
}

/// `cargo xtask services`: for who runs single tests.
pub(crate) fn show() -> Result<ExitCode> {
    let services = Services::start()?;
    let mut out = std::io::stdout().lock();
    for (name, value) in &services.variables {
        writeln!(out, "export {name}='{value}'")?;
    }
    out.flush()?;
    say("PostgreSQL and ChromeDriver run until Ctrl-C or the end of standard input");
    std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink())?;
    Ok(ExitCode::SUCCESS)
}

/// A loopback port that nobody listens on now.
pub(crate) fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free loopback port")?;
    Ok(listener.local_addr()?.port())
}
