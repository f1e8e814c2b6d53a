//! Planted secrets are looked for in every error, every value's Debug and every line of the log.

use std::io;
use std::sync::Mutex;

use jetbridge_domain::secret::Secret;
use jetbridge_meta::{Config, Meta};
use tracing_subscriber::fmt::MakeWriter;

use crate::calls::{self, told};
use crate::stub::{Stub, config, impatient, nobody, raw};

const APP: &str = "CANARYapp0secret1";
const USER: &str = "EAACANARYuser2";
const PAGE: &str = "EAACANARYpage3";
const CODE: &str = "AQBCANARYcode/4 #_=_";
const VERIFY: &str = "CANARYverify5";
const CANARY: &str = "CANARY";

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());

struct Log;

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Log {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        Self
    }
}

fn canary(mut config: Config) -> Meta {
    config.app_secret = Secret::new(APP);
    Meta::new(config).unwrap()
}

/// Every call there is, with the planted secrets.
async fn every_call(meta: &Meta) -> Vec<(&'static str, String)> {
    let (user, page) = (Secret::new(USER), Secret::new(PAGE));
    let (code, verify) = (Secret::new(CODE), Secret::new(VERIFY));
    let mut all = calls::login(meta, &user, &page, &code, &verify).await;
    all.extend(calls::talking(meta, &page).await);
    all.extend(calls::publishing(meta, &page).await);
    all.extend(calls::other(meta, &page).await);
    all.push(("no header", told(meta.permissions(&Secret::new(format!("{USER}\n"))).await)));
    all.push(("no id", told(meta.subscribe_page("../me", &page, &["feed"]).await)));
    all
}

/// Bodies in which a broken Meta, or what stands in its place, shows tokens where none belong.
fn telling_bodies() -> Vec<(u16, String)> {
    let all = format!("{APP} {USER} {PAGE} {CODE} {VERIFY}");
    vec![
        (502, format!("<html>{all}</html>")),
        (200, format!(r#"{{"access_token":"{USER}"#)),
        (200, format!(r#"{{"access_token":["{USER}"],"data":"{PAGE}","success":"{CODE}"}}"#)),
        (200, format!(r#"{{"data":{{"is_valid":"{USER}","scopes":7}},"id":"{PAGE}"}}"#)),
        (500, format!(r#"{{"error":"{USER}"}}"#)),
        (
            200,
            format!(
                r#"{{"access_token":"{USER}","id":"7","success":true,"data":[{{"id":"7","access_token":"{PAGE}"}}]}}"#
            ),
        ),
    ]
}

#[tokio::test]
async fn no_secret_is_told() {
    let subscriber = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(|| Log);
    tracing::subscriber::set_global_default(subscriber.finish()).unwrap();

    let mut told = Vec::new();
    for (status, body) in telling_bodies() {
        let mut stub = Stub::start().await;
        for _ in 0..100 {
            stub = stub.then_with(("facebook-api-version", "v24.0"), status, &body);
        }
        let meta = canary(config(&stub.base));
        told.extend(every_call(&meta).await);
        told.push(("Meta", format!("{meta:?}")));
        for asked in stub.asked() {
            let address = format!("{} {:?}", asked.line, asked.query);
            assert!(!address.contains(CANARY), "in an address: {address}");
        }
    }
    let mut echo = Stub::start().await;
    let mut silent = Stub::start().await;
    for _ in 0..100 {
        echo = echo.then_echo();
        silent = silent.then_silence();
    }
    let echoed = every_call(&canary(config(&echo.base))).await;
    assert!(echoed.iter().filter(|(_, text)| text.contains("Malformed access token")).count() >= 10);
    assert!(echoed.iter().any(|(_, text)| text.contains("[secret]")));
    told.extend(echoed);
    let cut = raw(format!("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{USER}")).await;
    told.extend(every_call(&canary(config(&cut))).await);
    let garbage = raw(format!("{USER}\r\n\r\n")).await;
    told.extend(every_call(&canary(config(&garbage))).await);
    told.extend(every_call(&canary(config(&nobody().await))).await);
    let silence = impatient(&silent.base).permissions(&Secret::new(USER)).await;
    told.push(("silence", format!("{silence:?}")));

    for (call, text) in told {
        assert!(!text.contains(CANARY), "{call}: {text}");
    }
    let log = String::from_utf8(LOG.lock().unwrap().clone()).unwrap();
    assert!(!log.contains(CANARY), "{log}");
    for expected in ["GET /{page-id}/subscribed_apps", "POST /oauth/access_token", "duration_ms", "v24.0"] {
        assert!(log.contains(expected), "{expected} is not in the log");
    }
    // Once for each client that heard another version, and not once for each call.
    assert_eq!(log.matches("Meta answers with another version").count(), telling_bodies().len());
}
