//! Forbidden addresses in every spelling we know of: all are refused, by the address they mean,
//! and nobody is dialled.

use std::net::IpAddr;

use jetbridge_egress::{BadUrl, Egress, Failure, Options};
use url::Url;

use crate::support::{Canary, Liar, allowing, ip, post};
use crate::table::{HOSTS, NAMES, NO_URLS, URLS};

fn egress(options: Options) -> Egress {
    Egress::with_resolver(options, Liar::new(|_, _| vec![ip("127.0.0.1")])).unwrap()
}

fn spelled() -> impl Iterator<Item = (&'static str, IpAddr)> {
    HOSTS.iter().map(|(host, means)| (*host, ip(means))).chain(NAMES.iter().map(|n| (*n, ip("127.0.0.1"))))
}

#[test]
fn the_tables_are_long_enough() {
    let texts: std::collections::BTreeSet<_> =
        spelled().map(|(host, _)| host).chain(URLS.iter().copied()).collect();
    assert_eq!(texts.len(), HOSTS.len() + NAMES.len() + URLS.len(), "none twice");
    assert!(HOSTS.len() >= 120, "{}", HOSTS.len());
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
    for host in ["public.example@127.0.0.1", "u:p@127.0.0.1", "127.0.0.1@[::1]", "%00@127.1"] {
        let url = Url::parse(&format!("http://{host}:{}/", canary.port)).unwrap();
        assert_eq!(post(&egress, &url).await, Err(Failure::BadUrl(BadUrl::UserInfo)), "{url}");
    }
    for url in NO_URLS {
        assert!(Url::parse(&url.replace("PORT", &canary.port.to_string())).is_err(), "{url}");
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
