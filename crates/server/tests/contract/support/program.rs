//! The program itself: started, killed and started again.

use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use serde_json::Value;
use tempfile::TempDir;

use super::api::{Call, Partner};
use super::running::Running;

/// A running `jetbridge dev`, killed when dropped.
pub(crate) struct Program {
    running: Running,
    environment: Vec<(&'static str, &'static str)>,
}

impl Deref for Program {
    type Target = Running;

    fn deref(&self) -> &Running {
        &self.running
    }
}

impl Program {
    /// The one that the tests running now share. Each test makes partners of its own on it. It is not kept in a
    /// static: those are never dropped, and the program would outlive the tests. It lives as long as some test holds it.
    pub(crate) fn shared() -> Arc<Program> {
        static SHARED: Mutex<Weak<Program>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = shared.upgrade() {
            return program;
        }
        let program = Arc::new(Program::start(&[]));
        *shared = Arc::downgrade(&program);
        program
    }

    /// One of its own, with settings in its environment.
    pub(crate) fn start(environment: &[(&'static str, &'static str)]) -> Program {
        Self::start_on(TempDir::new().unwrap(), environment.to_vec())
    }

    /// Kills it as a power cut would, and starts it on the same data.
    pub(crate) fn kill_and_restart(mut self) -> Program {
        self.running.child.kill().unwrap();
        self.running.child.wait().unwrap();
        let folder = self.running.folder.take().unwrap();
        Self::start_on(folder, self.environment.clone())
    }

    fn start_on(folder: TempDir, environment: Vec<(&'static str, &'static str)>) -> Program {
        Program { running: Running::start(folder, &environment), environment }
    }

    /// What `jetbridge <arguments>` says about the same data; the keys are where the demo keeps them.
    pub(crate) fn cli(&self, arguments: &[&str]) -> Value {
        let folder = self.folder();
        let demo: Value = serde_json::from_slice(&std::fs::read(folder.join("demo.json")).unwrap()).unwrap();
        let demo = |name: &str| demo[name].as_str().unwrap().to_owned();
        let output = Command::new(env!("CARGO_BIN_EXE_jetbridge"))
            .args(arguments)
            .env("JETBRIDGE_PUBLIC_URL", &self.url)
            .env("JETBRIDGE_DATABASE_URL", format!("sqlite:{}", self.database().display()))
            .env("JETBRIDGE_META_APP_ID", demo("app_id"))
            .env("JETBRIDGE_META_APP_SECRET", demo("app_secret"))
            .env("JETBRIDGE_META_VERIFY_TOKEN", demo("verify_token"))
            .env("JETBRIDGE_SECRETS_KEYS", demo("key"))
            .env("JETBRIDGE_SECRETS_PEPPER", demo("pepper"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("--json says JSON")
    }

    fn folder(&self) -> &Path {
        self.folder.as_ref().unwrap().path()
    }

    fn database(&self) -> PathBuf {
        self.folder().join("jetbridge.sqlite")
    }

    /// Moves a stored time, because the clock of a running program cannot be.
    pub(crate) fn backdate(&self, sql: &str) {
        let database = rusqlite::Connection::open(self.database()).unwrap();
        database.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
        assert!(database.execute(sql, []).unwrap() > 0, "{sql} changed nothing");
    }

    /// The demo's partner, with a token.
    pub(crate) async fn demo_partner(&self) -> Partner {
        Partner::log_in(&self.url, &self.client_id, &self.client_secret).await
    }

    /// A fresh partner, with a token.
    pub(crate) async fn new_partner(&self, name: &str) -> Partner {
        let made = self.cli(&["partner", "create", name, "--json"]);
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        Partner::log_in(&self.url, &text("client_id"), &text("client_secret")).await
    }

    /// A call without a token.
    pub(crate) fn call(&self, method: &str, path: &str) -> Call {
        Call::new(&self.url, method, path)
    }

    /// A call of the sandbox's control API.
    pub(crate) async fn sandbox(&self, method: &str, path: &str, body: Option<Value>) -> Value {
        let mut call = Call::new(&self.sandbox, method, path);
        if let Some(body) = body {
            call = call.body(body.to_string());
        }
        serde_json::from_str(&call.send_anywhere().await.text).unwrap()
    }
}
