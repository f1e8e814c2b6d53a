//! How much a stranger can do with an address or a link: bounded, with a kind page, and without harm to others.

use std::net::{IpAddr, SocketAddr};

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use jetbridge::http::extract::Peer;
use jetbridge::http::router::{Web, router};
use jetbridge_domain::clock::Span;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::support::on_both_engines;

/// Asks one process from an address: status, `Retry-After` and body.
async fn ask(process: &axum::Router, peer: &str, target: &str) -> (StatusCode, Option<String>, String) {
    let mut request = Request::get(target).body(Body::empty()).unwrap();
    let peer: IpAddr = peer.parse().unwrap();
    request.extensions_mut().insert(Peer(SocketAddr::from((peer, 40_000))));
    let answer = process.clone().oneshot(request).await.unwrap();
    let wait = answer.headers().get("retry-after").map(|v| v.to_str().unwrap().to_owned());
    let (status, body) = (answer.status(), to_bytes(answer.into_body(), 1 << 20).await.unwrap());
    (status, wait, String::from_utf8_lossy(&body).into_owned())
}

on_both_engines! {
    /// A hundred ways through one link within an hour are enough. Whoever is on one goes on with it.
    async fn a_link_cannot_be_begun_without_end(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let mut client = world.browser();
        let dialog = client.go_on(&param).await;
        let mut stranger = world.browser();
        stranger.open(&param).await;
        for n in 1..100 {
            let page = stranger.press(&param, "continue", &[]).await;
            assert!(page.url.as_str().starts_with(&world.sandbox), "{n}: {}", page.url);
            world.pass(Span::seconds(20));
        }
        for _ in 0..3 {
            let page = stranger.press(&param, "continue", &[]).await;
            assert_eq!(page.status, 429);
            assert!(page.has("A little slower, please"), "{}", page.html);
        }
        assert_eq!(world.state().await.count("journeys"), 100);
        let picker = client.dialog(dialog, DANA, &[]).await;
        assert!(client.finish(&param, &picker, PAGE_CAFE_AURORA).await.has("/static/close.js"));

        let other = partner.link(1).await;
        assert!(!stranger.go_on(&other).await.has("A little slower"), "another link");
    }

    /// An hour later the link can be begun again.
    async fn a_flooded_link_opens_again(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let mut stranger = world.browser();
        stranger.open(&param).await;
        for _ in 0..100 {
            stranger.press(&param, "continue", &[]).await;
        }
        assert_eq!(stranger.press(&param, "continue", &[]).await.status, 429);
        world.pass(Span::minutes(61));
        let picker = stranger.consent(&param, DANA).await;
        assert!(stranger.finish(&param, &picker, PAGE_CAFE_AURORA).await.has("/static/close.js"));
    }

    /// An address has its number of pages a minute, apart from its calls of the API; what a page is made of is free.
    async fn an_address_cannot_ask_for_pages_without_end(world: World) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let app = world.reopen(&[("LIMITS_ADDRESS_REQUESTS_PER_MINUTE", "5")]).await.unwrap();
        let process = router(Web::new(app, CancellationToken::new()));
        let (page, one) = (format!("/f/{param}"), "192.0.2.1");
        for n in 0..5 {
            let target = if n % 2 == 0 { page.as_str() } else { "/oauth/callback/facebook?state=x&code=y" };
            assert_ne!(ask(&process, one, target).await.0, StatusCode::TOO_MANY_REQUESTS, "{n}");
        }
        world.pass(Span::seconds(20));
        for target in [page.as_str(), "/f/unknown", "/oauth/callback/facebook?state=x&code=y"] {
            let (status, wait, html) = ask(&process, one, target).await;
            assert_eq!((status, wait.as_deref()), (StatusCode::TOO_MANY_REQUESTS, Some("40")), "{target}");
            assert!(html.contains("A little slower, please"), "{html}");
        }
        assert_eq!(ask(&process, "192.0.2.2", &page).await.0, StatusCode::OK, "another address");
        assert_eq!(ask(&process, one, "/static/app.css").await.0, StatusCode::OK, "what a page is made of");
        assert_eq!(ask(&process, one, "/api/openapi.json").await.0, StatusCode::OK, "the API counts apart");
        assert_eq!(ask(&process, one, "/healthz").await.0, StatusCode::OK);
        world.pass(Span::seconds(40));
        assert_eq!(ask(&process, one, &page).await.0, StatusCode::OK, "a minute later");
    }
}
