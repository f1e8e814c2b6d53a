//! What the cases are written with.

pub(crate) mod api;
pub(crate) mod browser;
pub(crate) mod hooks;
pub(crate) mod program;
pub(crate) mod raw;
#[path = "../../common/running.rs"]
mod running;

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::OnceLock;

use serde_json::value::RawValue;
use tokio::runtime::Runtime;

pub(crate) use api::{Answer, Call, Partner, Want, bad, good};
pub(crate) use program::Program;

/// One runtime for all tests: they share programs, and a connection belongs to the runtime that made it.
pub(crate) fn run<T>(test: impl Future<Output = T>) -> T {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().unwrap()).block_on(test)
}

/// The text of a member of a JSON object exactly as it was written; numbers keep every digit.
pub(crate) fn raw_member(json: &str, path: &[&str]) -> Option<String> {
    path.iter().try_fold(json.to_owned(), |text, name| {
        let members: BTreeMap<String, Box<RawValue>> = serde_json::from_str(&text).ok()?;
        Some(members.get(*name)?.get().to_owned())
    })
}

/// Seconds since 1970, of the machine that the program runs on too.
pub(crate) fn now() -> i64 {
    jetbridge_domain::clock::Clock::system().now().as_seconds()
}
