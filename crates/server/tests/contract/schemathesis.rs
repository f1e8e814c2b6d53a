//! A published API tester on the document that the program serves: it sends what the document allows and what it
//! forbids, and holds every answer against it.

use std::path::Path;
use std::process::Command;

use crate::support::Program;

/// The interpreter: a program of the environment would name the folder that it was made in.
fn python() -> String {
    #[expect(clippy::disallowed_methods, reason = "the test run says where Python is")]
    let python = std::env::var("JETBRIDGE_TEST_PYTHON");
    python
        .unwrap_or_else(|_| panic!("JETBRIDGE_TEST_PYTHON is not set: run the tests with `cargo xtask test`"))
}

/// All checks that the tester has, on every operation, as a partner with a link and a webhook. Its seed is fixed, so
/// that a failure can be repeated; its report names the call as a curl line.
#[tokio::test]
async fn the_document_holds_in_every_check() {
    let program = Program::start(&[
        ("JETBRIDGE_LIMITS_PARTNER_REQUESTS_PER_MINUTE", "0"),
        ("JETBRIDGE_LIMITS_ADDRESS_REQUESTS_PER_MINUTE", "0"),
        ("JETBRIDGE_LIMITS_WRONG_TRIES", "1000"),
    ]);
    let partner = program.new_partner("Tester").await;
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(python())
        .args(["-m", "schemathesis.cli", "run"])
        .arg(format!("{}/api/openapi.json", program.url))
        .args(["--checks", "all", "--max-examples", "25", "--seed", "2026", "--no-color"])
        .arg(format!("--header=Authorization: Bearer {}", partner.token))
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .env("PYTHONPATH", Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/schemathesis"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    // The tester prints whole source files where it fails itself.
    let said: Vec<String> = said.lines().map(|l| l.chars().take(400).collect()).collect();
    assert!(output.status.success(), "{}\n{}", said.join("\n"), String::from_utf8_lossy(&output.stderr));
    let tested = said
        .iter()
        .any(|line| line.trim() == format!("Tested: {}", jetbridge::http::api::operations().len()));
    assert!(tested, "not every operation was tested:\n{}", said.join("\n"));
}
