//! Meta's own published Python SDK, with nothing of it changed but its base address: what it makes of the sandbox.

use std::path::{Path, PathBuf};
use std::process::Command;

use jetbridge_sandbox::world::{DANA, INSTAGRAM_CAFE_AURORA, PAGE_CAFE_AURORA};

use crate::support::{APP_ID, APP_SECRET, CONTENT_SCOPES, Meta};

#[expect(clippy::panic, reason = "in a test a panic is the report")]
fn python() -> PathBuf {
    #[expect(clippy::disallowed_methods, reason = "the test run says where Python is")]
    let python = std::env::var("JETBRIDGE_TEST_PYTHON");
    let python = python.unwrap_or_else(|_| {
        panic!("JETBRIDGE_TEST_PYTHON is not set: run the tests with `cargo xtask test`")
    });
    PathBuf::from(python)
}

/// Runs one class of the tests in `sdk/`, on a sandbox of its own where Dana has allowed everything.
async fn run(class: &str) {
    let meta = Meta::start().await;
    let user = meta.long_token(DANA, &format!("{CONTENT_SCOPES},pages_messaging")).await;
    let page = meta.page_token(&user, PAGE_CAFE_AURORA).await;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/sdk/meta_sdk.py");
    let mut command = Command::new(python());
    command
        .arg(file)
        .arg(class)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SANDBOX", &meta.url)
        .env("APP_ID", APP_ID)
        .env("APP_SECRET", APP_SECRET)
        .env("PERSON", DANA)
        .env("USER_TOKEN", user)
        .env("PAGE_ID", PAGE_CAFE_AURORA)
        .env("PAGE_TOKEN", page)
        .env("INSTAGRAM_ID", INSTAGRAM_CAFE_AURORA);
    // The sandbox answers on this runtime meanwhile.
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("OK") && !said.contains("Ran 0 tests"), "{said}");
}

macro_rules! classes {
    ($($test:ident $class:literal;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $test() {
            run($class).await;
        }
    )*};
}

classes! {
    it_lists_pages_and_reads_accounts "Assets";
    it_goes_past_an_empty_page "EmptyPages";
    it_inspects_tokens_and_permissions "Tokens";
    it_subscribes_pages "Subscriptions";
    it_sends_and_lists_messages "Messages";
    it_calls_in_batches "Batches";
    it_raises_its_own_errors "Errors";
    it_sees_a_token_die "Death";
    it_writes_posts_and_answers_comments "Posts";
    it_publishes_on_instagram "Instagram";
    it_reads_leads "Leads";
}
