//! The program as it is shipped, running: for every test that looks at it from outside.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A running `jetbridge dev`, killed when dropped.
pub(crate) struct Running {
    pub(crate) url: String,
    pub(crate) sandbox: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
    pub(crate) child: Child,
    /// Where it keeps its data; taken out to start another one there.
    pub(crate) folder: Option<TempDir>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Whatever a caller sends must not end it; the tests it fails then only see closed connections.
        if let (Some(_), Ok(Some(status))) = (&self.folder, self.child.try_wait()) {
            eprintln!("the program ended by itself: {status}");
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Starts it on a folder, with settings in its environment, and waits until it listens.
    pub(crate) fn start(folder: TempDir, environment: &[(&str, &str)]) -> Running {
        let listen = ["--listen", "127.0.0.1:0", "--sandbox-listen", "127.0.0.1:0", "--data-dir"];
        let mut child = Command::new(env!("CARGO_BIN_EXE_jetbridge"))
            .args(["dev", "--json"])
            .args(listen)
            .arg(folder.path())
            .envs(environment.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).expect("the program's one line is JSON");
        let text =
            |name: &str| said[name].as_str().unwrap_or_else(|| panic!("no {name} in {said}")).to_owned();
        Running {
            url: text("url"),
            sandbox: text("sandbox_url"),
            client_id: text("client_id"),
            client_secret: text("client_secret"),
            child,
            folder: Some(folder),
        }
    }
}
