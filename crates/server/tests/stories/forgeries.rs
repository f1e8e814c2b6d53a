//! Forged addresses and forms: nobody is sent elsewhere, and nothing is stored or changed.

use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA};
use reqwest::Url;
use serde_json::json;

use crate::support::behind_a_door;

const CALLBACK: &str = "/oauth/callback/facebook";

behind_a_door! {
    /// Whatever address, host or parameter asks for it: nobody is sent anywhere but to a link of ours or to Facebook.
    async fn nobody_is_sent_elsewhere(world: World, door: Door) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        browser.open(&param).await;
        let cookie = browser.cookies();
        let (home, dialog) = (Url::parse(&world.url).unwrap(), Url::parse(&world.sandbox).unwrap());
        let evil = "next=//evil.example&url=https://evil.example&redirect_uri=https://evil.example/cb&return_to=\
                    https://evil.example&success_url=https://evil.example&failure_url=https://evil.example&\
                    came=//evil.example&lang=//evil.example";
        let before = world.state().await;
        let targets = [
            format!("/f/{param}?{evil}"),
            format!("/f/{param}.svg?{evil}"),
            format!("/f/{param}/confirm?{evil}"),
            format!("/f/{param}/continue?{evil}"),
            format!("{CALLBACK}?state=x&code=x&{evil}"),
            format!("{CALLBACK}?{evil}"),
            "//evil.example/".to_owned(),
            format!("//evil.example/f/{param}"),
            "///evil.example".to_owned(),
            "/\\evil.example".to_owned(),
            "/%5cevil.example".to_owned(),
            "/f//evil.example".to_owned(),
            "/f///evil.example/confirm".to_owned(),
            "/f/%2f%2fevil.example/confirm".to_owned(),
            "/f/%2f%2fevil.example/confirm?lang=he".to_owned(),
            "/f/%5c%5cevil.example/choose".to_owned(),
            "/f/https:%2f%2fevil.example/back".to_owned(),
            "/f/..%2f..%2f%2fevil.example/check".to_owned(),
            "/f/../..//evil.example/check".to_owned(),
            "/f/%2e%2e/confirm".to_owned(),
            "/f/./confirm".to_owned(),
            "/f/%09//evil.example/confirm".to_owned(),
            "/f/x%0d%0aLocation:%20https:%2f%2fevil.example/confirm".to_owned(),
            "/f/x%0d%0aSet-Cookie:%20browser=evil/confirm".to_owned(),
            "/f/x%0aX-Evil:%201/confirm".to_owned(),
            "/f/x%00/confirm".to_owned(),
            "/f/x%23top/confirm".to_owned(),
            "/f/%3Fcame=late/confirm".to_owned(),
            format!("https://evil.example/f/{param}/confirm"),
            format!("/f/{param}/confirm/https://evil.example"),
            "/brand/%2f%2fevil.example.css".to_owned(),
            "/static/..%2f..%2fCargo.toml".to_owned(),
            "/static/../Cargo.toml".to_owned(),
            "/logo/..%2f..%2fetc%2fpasswd".to_owned(),
        ];
        let hosts: [&[(&str, &str)]; 3] = [
            &[],
            &[("Host", "evil.example"), ("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https")],
            &[("Forwarded", "host=evil.example;proto=https"), ("X-Original-URL", "//evil.example"), ("Referer", "https://evil.example/"), ("Origin", "https://evil.example")],
        ];
        let mut sent = 0;
        for target in &targets {
            for extra in hosts {
                let headers = [&[("Cookie", cookie.as_str())][..], extra].concat();
                for method in ["GET", "POST"] {
                    // A POST of a form with nothing in it, and to the continue form from elsewhere.
                    let headers = [&headers[..], &[("Sec-Fetch-Site", "cross-site")]].concat();
                    let answer = world.wire(method, target, &headers, "next=//evil.example").await;
                    assert!(answer.status < 500, "{target}: {answer:?}");
                    assert!(answer.header("x-evil").is_none(), "{target}: {answer:?}");
                    for cookie in answer.all("set-cookie") {
                        assert!(!cookie.contains("evil"), "{target}: {cookie}");
                    }
                    assert!(!answer.body.contains("evil.example"), "{target}: {}", answer.body);
                    if let Some(to) = answer.header("location") {
                        let to = home.join(to).unwrap();
                        assert_eq!(to.origin(), home.origin(), "{target}: {to}");
                        // `/f/..` is the root, where nothing is.
                        assert!(to.path().starts_with("/f/") || to.path() == "/", "{target}: {to}");
                        sent += 1;
                    }
                }
            }
        }
        assert!(sent > 50, "only {sent} were sent anywhere");
        world.state().await.is_as(&before, &[], "addresses");
        assert_eq!(door.calls().len(), 0);
        // What we say of ourselves is what the operator configured, whoever we are called.
        for extra in hosts {
            let headers = [&[("Cookie", cookie.as_str())][..], extra].concat();
            let answer = world.wire("POST", &format!("/f/{param}/continue?{evil}"), &headers, evil).await;
            let to = Url::parse(answer.header("location").unwrap()).unwrap();
            let redirect = to.query_pairs().find(|(k, _)| k == "redirect_uri").unwrap().1.into_owned();
            assert_eq!((to.origin(), redirect), (dialog.origin(), format!("{}{CALLBACK}", world.url)));
            assert!(!to.as_str().contains("evil"), "{to}");
            let bearer = format!("Bearer {}", partner.token);
            let headers = [&[("Authorization", bearer.as_str())][..], extra].concat();
            let made = world.wire("POST", "/api/facebook/createOnboarding", &headers, r#"{"type":1}"#).await;
            assert!(made.body.contains(&format!("{}/f/", world.url)) && !made.body.contains("evil"), "{made:?}");
        }
    }

    /// A form without our csrf value, with another's, or from another site does nothing at any step.
    async fn a_forged_form_does_nothing(world: World, door: Door) {
        let partner = world.partner("Shop CRM").await;
        let (param, beside) = (partner.link(1).await, partner.link(1).await);
        let (mut browser, mut other) = (world.browser(), world.browser());
        let theirs = other.consent(&param, DANA).await.field("csrf").unwrap();
        let of_beside = browser.consent(&beside, DANA).await.field("csrf").unwrap();
        let picker = browser.consent(&param, DANA).await;
        let csrf = picker.field("csrf").unwrap();
        assert!(csrf != theirs && csrf != of_beside);
        let cookie = browser.cookies();
        let mut calls = door.calls().len();
        let attack = async |stage: &str, calls: usize| {
            let before = world.state().await;
            let forms = [
                (String::new(), None),
                ("csrf=".to_owned(), None),
                ("csrf=x".to_owned(), None),
                (format!("csrf={theirs}"), None),
                (format!("csrf={of_beside}"), None),
                (format!("csrf={}", csrf.to_uppercase()), None),
                (format!("csrf={csrf}0"), None),
                (format!("csrf={csrf}&csrf=x"), None),
                (format!("CSRF={csrf}"), None),
                (format!("csrf={csrf}"), Some("cross-site")),
                (format!("csrf={csrf}"), Some("same-site")),
            ];
            for (form, site) in &forms {
                for name in ["choose", "back", "check", "confirm"] {
                    let target = format!("/f/{param}/{name}");
                    let mut headers = vec![("Cookie", cookie.as_str())];
                    headers.extend(site.map(|site| ("Sec-Fetch-Site", site)));
                    let form = format!("{form}&asset={PAGE_CAFE_AURORA}");
                    let answer = world.wire("POST", &target, &headers, &form).await;
                    assert_eq!((answer.status, answer.header("location")), (303, Some(format!("/f/{param}").as_str())), "{form}");
                }
            }
            // With the right value, but no cookie or another's; and as a GET.
            let right = format!("csrf={csrf}&asset={PAGE_CAFE_AURORA}");
            for name in ["choose", "back", "check", "confirm"] {
                for cookie in ["", "browser=x", other.cookies().as_str()] {
                    world.wire("POST", &format!("/f/{param}/{name}"), &[("Cookie", cookie)], &right).await;
                }
                let got = world.wire("GET", &format!("/f/{param}/{name}?{right}"), &[("Cookie", &cookie)], "").await;
                assert_eq!(got.status, 303, "{name}");
            }
            for site in ["cross-site", "same-site"] {
                let headers = [("Cookie", cookie.as_str()), ("Sec-Fetch-Site", site)];
                let answer = world.wire("POST", &format!("/f/{param}/continue"), &headers, &right).await;
                assert_eq!(answer.header("location"), Some(format!("/f/{param}").as_str()), "{site}");
            }
            world.state().await.is_as(&before, &[], stage);
            assert_eq!(door.calls().len(), calls, "{stage}");
        };
        attack("choosing", calls).await;
        browser.press(&param, "choose", &[("csrf", &csrf), ("asset", PAGE_CAFE_AURORA)]).await;
        attack("chosen", calls).await;
        // A confirmation that Meta would not take.
        world.control("POST", "faults", json!({"match": "POST /*/subscribed_apps", "times": 1, "kind": "error", "code": 2})).await;
        assert!(browser.press(&param, "confirm", &[("csrf", &csrf)]).await.has("/confirm"));
        calls = door.calls().len();
        attack("stuck", calls).await;
        assert!(browser.press(&param, "confirm", &[("csrf", &csrf)]).await.has("/static/close.js"));
        calls = door.calls().len();
        attack("finished", calls).await;
        assert_eq!(partner.connections().await.len(), 1);
    }
}
