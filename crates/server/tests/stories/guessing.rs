//! The token endpoint under guessing: how often an address may be wrong, who counts as one address, and that the
//! bound holds over processes and at once.

use std::net::{IpAddr, SocketAddr};

use axum::body::{Body, to_bytes};
use axum::http::Request;
use futures_util::future::join_all;
use jetbridge::app::App;
use jetbridge::http::extract::Peer;
use jetbridge::http::router::{Web, router};
use jetbridge_domain::clock::Span;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::support::{Partner, World, on_both_engines};

/// What a try came to: status, reason, and what `Retry-After` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Came(u16, i64, Option<i64>);

const WRONG: Came = Came(401, 2, None);
const RIGHT: Came = Came(200, 1, None);

/// One process of the gateway, asked from any address.
struct Process(axum::Router);

impl Process {
    fn of(app: App) -> Self {
        Self(router(Web::new(app, CancellationToken::new())))
    }

    async fn another(world: &World, changed: &[(&str, &str)]) -> Self {
        Self::of(world.reopen(changed).await.unwrap())
    }

    async fn send(&self, peer: &str, said: &[&str], body: String) -> Came {
        let mut request = Request::post("/api/settings/accessToken");
        for line in said {
            request = request.header("x-forwarded-for", *line);
        }
        let mut request = request.body(Body::from(body)).unwrap();
        let peer: IpAddr = peer.parse().unwrap();
        request.extensions_mut().insert(Peer(SocketAddr::from((peer, 40_000))));
        let answer = self.0.clone().oneshot(request).await.unwrap();
        let wait = answer.headers().get("retry-after").map(|v| v.to_str().unwrap().parse().unwrap());
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        Came(status, body["reason"].as_i64().unwrap(), wait)
    }

    async fn guess(&self, peer: &str, said: &[&str]) -> Came {
        let body = json!({"client_id": "nobody", "client_secret": "wrong"});
        self.send(peer, said, body.to_string()).await
    }

    async fn log_in(&self, peer: &str, said: &[&str], partner: &Partner) -> Came {
        let body = json!({"client_id": partner.client_id, "client_secret": partner.client_secret});
        self.send(peer, said, body.to_string()).await
    }
}

const fn blocked(seconds: i64) -> Came {
    Came(429, 3, Some(seconds))
}

on_both_engines! {
    /// Ten tries are ten tries, whichever process takes them; the block ends when `Retry-After` says so.
    async fn tries_are_counted_over_processes(world: World) {
        let partner = world.partner("Shop CRM").await;
        let processes = [Process::of(world.app.clone()), Process::another(&world, &[]).await];
        let [one, two] = &processes;
        let peer = "192.0.2.1";
        for n in 0..10 {
            assert_eq!(processes[n % 2].guess(peer, &[]).await, WRONG, "{n}");
            world.pass(Span::seconds(1));
        }
        // The tenth was a second ago.
        for process in &processes {
            assert_eq!(process.guess(peer, &[]).await, blocked(599));
            assert_eq!(process.log_in(peer, &[], &partner).await, blocked(599), "the right secret, too");
            assert_eq!(process.log_in("192.0.2.2", &[], &partner).await, RIGHT, "another address");
        }
        // Trying on does not make it longer.
        world.pass(Span::seconds(598));
        assert_eq!(one.guess(peer, &[]).await, blocked(1));
        assert_eq!(two.log_in(peer, &[], &partner).await, blocked(1));
        world.pass(Span::seconds(1));
        assert_eq!(two.log_in(peer, &[], &partner).await, RIGHT);
        for n in 0..10 {
            assert_eq!(processes[n % 2].guess(peer, &[]).await, WRONG, "a new count: {n}");
        }
        assert_eq!(one.guess(peer, &[]).await, blocked(600));
        // What was given out before works while its address is blocked.
        partner.get("settings/getWebhook").await;
    }

    /// Being right in between does not begin the count anew; ten minutes do. A body that is no try is not counted.
    async fn what_counts_as_a_try(world: World) {
        let partner = world.partner("Shop CRM").await;
        let process = Process::of(world.app.clone());
        let peer = "192.0.2.1";
        for body in ["", "{}", "[]", "{\"client_id\":1}", "{\"client_id\":\"a\"}", "not json"].repeat(3) {
            let came = process.send(peer, &[], body.to_owned()).await;
            assert_eq!((came.0, came.1), (400, 2), "{body}");
        }
        for _ in 0..9 {
            assert_eq!(process.guess(peer, &[]).await, WRONG);
            assert_eq!(process.log_in(peer, &[], &partner).await, RIGHT);
        }
        let near = json!({"client_id": partner.client_id, "client_secret": format!("{}x", partner.client_secret)});
        assert_eq!(process.send(peer, &[], near.to_string()).await, WRONG);
        assert_eq!(process.log_in(peer, &[], &partner).await, blocked(600));
        // Nine in each window are never too many.
        let peer = "192.0.2.9";
        for window in 0..3 {
            for n in 0..9 {
                assert_eq!(process.guess(peer, &[]).await, WRONG, "{window}, {n}");
            }
            world.pass(Span::minutes(10));
        }
        assert_eq!(process.log_in(peer, &[], &partner).await, RIGHT);
    }

    /// An IPv6 network of 64 bits is one caller, an IPv4 address written as IPv6 is itself.
    async fn a_network_of_64_bits_is_one_caller(world: World) {
        let partner = world.partner("Shop CRM").await;
        let process = Process::of(world.app.clone());
        for n in 0..10 {
            let peer = format!("2001:db8:1:2:{n:x}:{n:x}::{n:x}");
            assert_eq!(process.guess(&peer, &[]).await, WRONG, "{peer}");
        }
        for peer in ["2001:db8:1:2::", "2001:db8:1:2:ffff:ffff:ffff:ffff"] {
            assert_eq!(process.log_in(peer, &[], &partner).await, blocked(600), "{peer}");
        }
        for peer in ["2001:db8:1:3::1", "2001:db8:1:1:ffff:ffff:ffff:ffff", "2001:db8:2:2::1"] {
            assert_eq!(process.log_in(peer, &[], &partner).await, RIGHT, "{peer}");
        }
        for n in 0..10 {
            let peer = if n % 2 == 0 { "198.51.100.7" } else { "::ffff:198.51.100.7" };
            assert_eq!(process.guess(peer, &[]).await, WRONG, "{n}");
        }
        for peer in ["198.51.100.7", "::ffff:198.51.100.7"] {
            assert_eq!(process.log_in(peer, &[], &partner).await, blocked(600), "{peer}");
        }
        assert_eq!(process.log_in("::ffff:198.51.100.8", &[], &partner).await, RIGHT);
    }

    /// `X-Forwarded-For` is the word of whoever sends it: only trusted proxies have a say in who is counted.
    async fn a_forwarded_address_is_not_believed(world: World) {
        let partner = world.partner("Shop CRM").await;
        let process = Process::of(world.app.clone());
        let (attacker, victim) = ("192.0.2.1", "203.0.113.5");
        for n in 0..10 {
            let said = format!("198.51.100.{n}");
            let lines: &[&str] = if n < 5 { &[&said] } else { &[victim, &said] };
            assert_eq!(process.guess(attacker, lines).await, WRONG);
        }
        assert_eq!(process.guess(attacker, &["198.51.100.200"]).await, blocked(600), "no new name, no new count");
        assert_eq!(process.log_in(victim, &[], &partner).await, RIGHT, "nobody is blocked in another's name");
        // Behind a proxy of ours the client is what the proxy says, not what the client said before it.
        let behind = Process::another(&world, &[("LIMITS_TRUSTED_PROXIES", "10.0.0.0/8")]).await;
        let proxy = "10.0.0.1";
        for n in 0..10 {
            let made_up = format!("198.51.100.{n}, 203.0.113.77");
            assert_eq!(behind.guess(proxy, &[&made_up]).await, WRONG);
        }
        assert_eq!(behind.guess(proxy, &["1.1.1.1", "203.0.113.77"]).await, blocked(600));
        assert_eq!(behind.guess(proxy, &["203.0.113.77, 10.9.9.9"]).await, blocked(600), "two proxies of ours");
        assert_eq!(behind.log_in(proxy, &["203.0.113.77, 203.0.113.78"], &partner).await, RIGHT);
        assert_eq!(behind.log_in(proxy, &[], &partner).await, RIGHT, "the proxy itself");
        assert_eq!(behind.guess("11.0.0.1", &["203.0.113.77"]).await, WRONG, "not one of ours");
    }

    /// Fifty tries at once, over two processes: ten are answered, the others are not even told that they are wrong.
    async fn tries_at_once_do_not_slip_past(world: World) {
        let partner = world.partner("Shop CRM").await;
        let processes = [Process::of(world.app.clone()), Process::another(&world, &[]).await];
        for round in 0..3 {
            let tries = (0..50).map(|n| processes[n % 2].guess("192.0.2.1", &[]));
            let came = join_all(tries).await;
            let wrong = came.iter().filter(|c| **c == WRONG).count();
            let refused = came.iter().filter(|c| **c == blocked(600)).count();
            assert_eq!((wrong, refused), (10, 40), "round {round}: {came:?}");
            assert_eq!(processes[0].log_in("192.0.2.1", &[], &partner).await, blocked(600));
            world.pass(Span::minutes(10));
        }
        assert_eq!(processes[1].log_in("192.0.2.1", &[], &partner).await, RIGHT);
    }
}
