//! Forbidden addresses in every spelling we know of: all are refused, by the address they mean,
//! and nobody is dialled.

use std::collections::BTreeSet;
use std::net::IpAddr;

use jetbridge_egress::{BadUrl, Egress, Failure, Options};
use url::Url;

use crate::support::{Canary, Liar, allowing, ip, post};
use crate::table::{HOSTS, MIXES, NAMES, NO_URLS, PORTS, PROXIES, REDIRECTS, SCHEMES, URLS, USER_INFOS};

fn egress(options: Options) -> Egress {
    Egress::with_resolver(options, Liar::new(|_, _| vec![ip("127.0.0.1")])).unwrap()
}

fn spelled() -> impl Iterator<Item = (&'static str, IpAddr)> {
    HOSTS.iter().map(|(host, means)| (*host, ip(means))).chain(NAMES.iter().map(|n| (*n, ip("127.0.0.1"))))
}

/// Every row of every table; each is tried through the real client here or in the file named beside it.
#[test]
fn the_tables_are_long_enough() {
    let tables = [
        ("hosts", HOSTS.len()),
        ("names", NAMES.len()),
        ("URLs that read in two ways", URLS.len()),
        ("URLs that are none", NO_URLS.len()),
        ("user names and passwords", USER_INFOS.len()),
        ("schemes", SCHEMES.len()),
        ("ports", PORTS.len()),
        ("answers of a resolver (names.rs)", MIXES.len()),
        ("redirects (answers.rs)", REDIRECTS.len()),
        ("proxies (requests.rs)", PROXIES.len()),
    ];
    let texts: BTreeSet<_> = spelled()
        .map(|(host, _)| host)
        .chain([URLS, NO_URLS, USER_INFOS, SCHEMES, PROXIES].into_iter().flatten().copied())
        .collect();
    let ports: BTreeSet<_> = PORTS.iter().collect();
    let mixes: BTreeSet<_> = MIXES.iter().collect();
    let redirects: BTreeSet<_> = REDIRECTS.iter().collect();
    let count: usize = tables.iter().map(|(_, rows)| rows).sum();
    assert_eq!(texts.len() + ports.len() + mixes.len() + redirects.len(), count, "none twice");
    println!("ways in that are refused: {count}");
    for (table, rows) in tables {
        println!("  {rows} {table}");
    }
    assert!(count >= 120, "{count}");
}

#[tokio::test]
async fn no_spelling_of_a_forbidden_address_is_dialled() {
    let canary = Canary::new().await;
    let egress = egress(Options::default());
    for (host, address) in spelled() {
        let url = Url::parse(&format!("http://{host}:{}/hook", canary.port)).unwrap();
        assert_eq!(post(&egress, &url).await, Err(Failure::Refused { address }), "{host}");
        let url = Url::parse(&format!("https://{host}:{}/hook", canary.port)).unwrap();
        let refused = match post(&egress, &url).await {
            Err(Failure::Refused { address: refused }) => refused == address,
            // A name that no certificate can have is not even looked up.
            Err(Failure::BadUrl(BadUrl::Host)) => host.ends_with(".."),
            _ => false,
        };
        assert!(refused, "{host} by https");
    }
    assert_eq!(canary.count().await, 0);
}

#[tokio::test]
async fn no_url_that_reads_in_two_ways_is_a_way_in() {
    let canary = Canary::new().await;
    let egress = egress(Options::default());
    for url in URLS {
        let url = Url::parse(&url.replace("PORT", &canary.port.to_string())).unwrap();
        let refused = Err(Failure::Refused { address: ip("127.0.0.1") });
        assert_eq!(post(&egress, &url).await, refused, "{url}");
    }
    for url in USER_INFOS {
        let url = Url::parse(&url.replace("PORT", &canary.port.to_string())).unwrap();
        assert_eq!(post(&egress, &url).await, Err(Failure::BadUrl(BadUrl::UserInfo)), "{url}");
    }
    for url in NO_URLS {
        assert!(Url::parse(&url.replace("PORT", &canary.port.to_string())).is_err(), "{url}");
    }
    assert_eq!(canary.count().await, 0);
}

/// Also where the network is allowed.
#[tokio::test]
async fn no_other_protocol_is_spoken() {
    let canary = Canary::new().await;
    let egress = egress(allowing(&["127.0.0.0/8"]));
    for url in SCHEMES {
        let url = match Url::parse(&url.replace("PORT", &canary.port.to_string())) {
            Ok(url) => url,
            // A file has no port.
            Err(_) => Url::parse(&url.replace(":PORT", "")).unwrap(),
        };
        assert_eq!(post(&egress, &url).await, Err(Failure::BadUrl(BadUrl::Scheme)), "{url}");
    }
    for port in PORTS {
        let url = Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
        assert_eq!(post(&egress, &url).await, Err(Failure::BadUrl(BadUrl::Port(*port))), "{url}");
    }
    assert_eq!(canary.count().await, 0);
}

/// Without this the tests above could pass because the canary hears nobody.
#[tokio::test]
async fn the_same_spellings_arrive_once_their_network_is_allowed() {
    let canary = Canary::new().await;
    let egress = egress(allowing(&["127.0.0.0/8"]));
    let mut came = 0;
    for (host, address) in spelled() {
        let url = Url::parse(&format!("http://{host}:{}/", canary.port)).unwrap();
        let answer = post(&egress, &url).await;
        if address == ip("127.255.255.255") {
            // The system itself does not dial it.
            assert_eq!(answer, Err(Failure::Connect), "{host}");
        } else if address.to_canonical().is_loopback() && address.to_canonical().is_ipv4() {
            // The canary hangs up at once.
            assert_eq!(answer, Err(Failure::Protocol), "{host}");
            came += 1;
        } else {
            assert_eq!(answer, Err(Failure::Refused { address }), "{host}");
        }
    }
    assert!(came > 70, "{came}");
    assert_eq!(canary.count().await, came);
}
