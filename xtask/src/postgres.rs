//! A throw-away PostgreSQL cluster on a loopback port.

use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::install::is_root;
use crate::services::free_port;
use crate::{output, run};

/// Durable as in production, small as fits beside a compiler.
const SETTINGS: &str = "
listen_addresses = '127.0.0.1'
max_connections = 300
fsync = on
shared_buffers = 64MB
min_wal_size = 32MB
max_wal_size = 256MB
";

/// A running cluster; dropping it stops it.
pub(crate) struct Postgres {
    programs: PathBuf,
    home: PathBuf,
    owner: Option<Owner>,
    pub(crate) port: u16,
}

/// Who runs the cluster when this program runs as root, which PostgreSQL refuses.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Postgres {
    /// Makes a cluster in `home`, which must exist and be reachable by every user.
    pub(crate) fn start(programs: &Path, home: PathBuf) -> Result<Self> {
        let owner = if is_root()? { Some(Owner::find()?) } else { None };
        if let Some(owner) = owner {
            chown(&home, Some(owner.user), Some(owner.group)).context("cannot give PostgreSQL its folder")?;
        }
        let mut postgres = Self { programs: programs.to_owned(), home, owner, port: 0 };
        output(postgres.command("initdb").args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]))?;
        let sockets = postgres.home.display();
        let settings = format!("{SETTINGS}unix_socket_directories = '{sockets}'\n");
        let conf = postgres.data().join("postgresql.conf");
        let defaults = std::fs::read_to_string(&conf)?;
        std::fs::write(&conf, defaults + &settings)?;

        // Between choosing a free port and taking it, another program may have taken it.
        for _ in 0..3 {
            postgres.port = free_port()?;
            if postgres.try_start()? {
                return Ok(postgres);
            }
        }
        let log = std::fs::read_to_string(postgres.log()).unwrap_or_default();
        bail!("PostgreSQL did not start:\n{log}");
    }

    fn try_start(&self) -> Result<bool> {
        let mut start = self.command("pg_ctl");
        start.args(["start", "--silent", "--wait", "--timeout=60", "--log"]).arg(self.log());
        start.arg("--options").arg(format!("-p {}", self.port));
        Ok(start.stdout(Stdio::null()).status().context("cannot start pg_ctl")?.success())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command.current_dir(&self.home).stdin(Stdio::null());
        command.env("PGDATA", self.data()).env("LC_ALL", "C");
        if let Some(owner) = self.owner {
            command.uid(owner.user).gid(owner.group);
        }
        command
    }

    fn data(&self) -> PathBuf {
        self.home.join("data")
    }

    fn log(&self) -> PathBuf {
        self.home.join("log")
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // Nothing in the cluster is wanted any more, so it need not shut down in order.
        // It never ran, or stopped by itself: then there is nothing to stop.
        if self.data().join("postmaster.pid").exists()
            && let Err(error) = run(self.command("pg_ctl").args(["stop", "--silent", "--mode=immediate"]))
        {
            crate::say(format_args!("warning: {error:#}"));
        }
    }
}

impl Owner {
    fn find() -> Result<Self> {
        let number = |user: &str, flag: &str| -> Option<u32> {
            let printed = output(Command::new("id").args([flag, user])).ok()?;
            String::from_utf8_lossy(&printed).trim().parse().ok()
        };
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| Some(Self { user: number(name, "-u")?, group: number(name, "-g")? }))
            .context("PostgreSQL does not run as root, and neither user postgres nor user nobody exists")
    }
}
