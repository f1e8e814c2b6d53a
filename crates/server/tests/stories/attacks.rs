//! Attacks on the way through Facebook's login (RFC 9700) and on the forms behind it: each is refused, and nothing is
//! stored or changed by it.

use futures_util::future::join_all;
use jetbridge_domain::clock::Span;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::support::{Page, World, behind_a_door};

const CALLBACK: &str = "/oauth/callback/facebook";

/// The `state` that a dialog was asked with.
fn state_of(dialog: &Page) -> String {
    dialog.url.query_pairs().find(|(k, _)| k == "state").unwrap().1.into_owned()
}

/// A GET with this cookie, or none.
async fn get(world: &World, url: &str, cookie: &str) -> (u16, String, String) {
    let mut request = world.http.get(url);
    if !cookie.is_empty() {
        request = request.header("cookie", cookie);
    }
    let answer = request.send().await.unwrap();
    let to = answer.headers().get("location").map_or("", |v| v.to_str().unwrap()).to_owned();
    (answer.status().as_u16(), to, answer.text().await.unwrap())
}

/// The steps of a link, by name.
async fn steps(partner: &crate::support::Partner, param: &str) -> Vec<String> {
    let link = partner.onboarding(param).await;
    let steps = link["steps"].as_array().unwrap();
    steps.iter().map(|s| s["step"].as_str().unwrap().to_owned()).collect()
}

behind_a_door! {
    /// A `state` that is missing, empty, too long, made up or altered leads nowhere, with any cookie.
    async fn a_made_up_state_does_nothing(world: World, door: Door) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        let dialog = browser.go_on(&param).await;
        let right = state_of(&dialog);
        assert_eq!(right.len(), 43, "256 bits");
        let (first, rest) = right.split_at(1);
        let altered = format!("{}{rest}", if first == "A" { "B" } else { "A" });
        let before = world.state().await;
        let queries = [
            String::new(),
            "code=x".to_owned(),
            "state=&code=x".to_owned(),
            "state&code=x".to_owned(),
            format!("state={}&code=x", "A".repeat(43)),
            format!("state={}&code=x", "A".repeat(257)),
            format!("state={}&code=x", "A".repeat(20_000)),
            format!("state={altered}&code=x"),
            format!("state={}&code=x", right.to_uppercase()),
            format!("state={rest}&code=x"),
            format!("state={right}A&code=x"),
            format!("state={right}%00&code=x"),
            format!("state={right}%0a&code=x"),
            format!("state=%20{right}&code=x"),
            format!("state[]={right}&code=x"),
            format!("State={right}&code=x"),
            "state=%ff%fe&code=x".to_owned(),
            "state=%27%20OR%201%3D1%20--&code=x".to_owned(),
            format!("state={param}&code=x"),
            "state=x&error=access_denied&error_reason=user_denied".to_owned(),
            "error=access_denied".to_owned(),
            format!("state={right}&state={altered}&code=x"),
            format!("state={altered}&state={right}&code=x"),
            format!("state={right}&state={right}&code=x"),
            format!("state={right}&code=x&code=y"),
            format!("state={right}&code=x&error=access_denied&error=access_denied"),
        ];
        for query in &queries {
            for cookie in [browser.cookies(), String::new(), "browser=x".to_owned()] {
                let (status, to, page) = get(&world, &format!("{}{CALLBACK}?{query}", world.url), &cookie).await;
                assert_eq!((status, to.as_str()), (400, ""), "{query}");
                assert!(!page.contains(&param) && !page.contains(&right), "{query}: {page}");
            }
        }
        // A callback is a GET of Facebook's redirect and nothing else.
        let form = format!("state={right}&code=x");
        let cookie = browser.cookies();
        let posted = world.wire("POST", CALLBACK, &[("Cookie", &cookie)], &form).await;
        assert_eq!(posted.status, 405);
        world.state().await.is_as(&before, &[], "made-up states");
        assert_eq!(door.exchanges(), 0);
        let done = browser.dialog(dialog, DANA, &[]).await;
        assert!(done.has("/choose"), "the client's own way is as it was: {}", done.html);
    }

    /// A `state` is worth nothing without the browser that it was made for; its own link tells of the try.
    async fn a_state_of_another_browser_does_nothing(world: World, door: Door) {
        let partner = world.partner("Shop CRM").await;
        let stranger = world.partner("Stranger").await;
        let (mine, theirs, foreign) = (partner.link(1).await, partner.link(1).await, stranger.link(1).await);
        let (mut one, mut other, mut third) = (world.browser(), world.browser(), world.browser());
        let (dialog, second) = (one.go_on(&mine).await, other.go_on(&theirs).await);
        let third_dialog = third.go_on(&foreign).await;
        let before = world.state().await;
        let mut tampered = one.cookies();
        tampered.pop();
        tampered.push('-');
        for (state, param, cookie) in [
            (state_of(&dialog), &mine, String::new()),
            (state_of(&dialog), &mine, other.cookies()),
            (state_of(&dialog), &mine, third.cookies()),
            (state_of(&dialog), &mine, tampered),
            (state_of(&dialog), &mine, one.cookies().replace("browser=", "Browser=")),
            (state_of(&dialog), &mine, one.cookies().replace("browser=", "__Host-browser=")),
            (state_of(&second), &theirs, one.cookies()),
            (state_of(&third_dialog), &foreign, one.cookies()),
        ] {
            for query in [format!("state={state}&code=stolen"), format!("state={state}&error=access_denied")] {
                let (status, to, _) = get(&world, &format!("{}{CALLBACK}?{query}", world.url), &cookie).await;
                assert_eq!((status, to), (303, format!("/f/{param}?came=other-browser#top")), "{cookie}");
            }
        }
        world.state().await.is_as(&before, &["link_steps"], "states of other browsers");
        assert_eq!(door.calls().len(), 0);
        let tried = |n: usize| [&["created", "sent_to_facebook"][..], &vec!["other_browser"; n]].concat();
        assert_eq!(steps(&partner, &mine).await, tried(12));
        assert_eq!(steps(&partner, &theirs).await, tried(2));
        assert_eq!(steps(&stranger, &foreign).await, tried(2));
        // Nothing was used up.
        assert!(one.dialog(dialog, DANA, &[]).await.has(&format!("/f/{mine}/choose")));
        assert!(other.dialog(second, DANA, &[]).await.has(&format!("/f/{theirs}/choose")));
        assert!(third.dialog(third_dialog, DANA, &[]).await.has(&format!("/f/{foreign}/choose")));
    }

    /// A callback that was used is only a way to the page, at every step and from every browser.
    async fn a_replayed_callback_does_nothing(world: World, door: Door) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let (mut browser, thief) = (world.browser(), world.browser());
        let dialog = browser.go_on(&param).await;
        let callback = browser.way_back(dialog, DANA).await;
        let cookie = browser.cookies();
        let picker = browser.get(&callback).await;
        assert!(picker.has("/choose") && door.exchanges() == 1, "{}", picker.html);
        let replay = async |why: &str| {
            let before = world.state().await;
            let (status, to, _) = get(&world, &callback, &cookie).await;
            assert_eq!((status, to), (303, format!("/f/{param}#top")), "{why}");
            let denied = format!("{callback}&error=access_denied").replace("code=", "x=");
            assert_eq!(get(&world, &denied, &cookie).await.0, 303, "{why}");
            let (status, to, _) = get(&world, &callback, &thief.cookies()).await;
            assert_eq!((status, to), (303, format!("/f/{param}?came=other-browser#top")), "{why}");
            world.state().await.is_as(&before, &[], why);
            assert_eq!(door.exchanges(), 1, "{why}");
        };
        replay("choosing").await;
        let csrf = picker.field("csrf").unwrap();
        browser.press(&param, "choose", &[("csrf", &csrf), ("asset", PAGE_CAFE_AURORA)]).await;
        replay("chosen").await;
        assert!(browser.press(&param, "confirm", &[("csrf", &csrf)]).await.has("/static/close.js"));
        replay("finished").await;
        assert_eq!(partner.connections().await.len(), 1);
        // The code of one login put into another: Meta knows that it was used.
        let param = partner.link(1).await;
        let dialog = browser.go_on(&param).await;
        let code = callback.split("code=").nth(1).unwrap().split(['&', '#']).next().unwrap();
        let mixed = format!("{}{CALLBACK}?state={}&code={code}", world.url, state_of(&dialog));
        let page = browser.get(&mixed).await;
        assert!(page.has(&format!("/f/{param}/continue")), "{}", page.html);
        assert_eq!((door.exchanges(), partner.connections().await.len()), (2, 1));
        let link = partner.onboarding(&param).await;
        assert_eq!((&link["state"], &link["why"]), (&json!("failed"), &json!("meta_refused")));
        assert!(world.state().await.rows("journeys").iter().all(|row| !row.contains(code)));
    }

    /// A callback that comes when its link is over changes nothing, and Meta is not asked.
    async fn a_callback_after_the_end_does_nothing(world: World, door: Door) {
        let partner = world.partner("Shop CRM").await;
        let short = json!({"type": 1, "expires_in": 60});
        let made = partner.post("facebook/createOnboarding", short).await;
        let expiring = made["param"].as_str().unwrap().to_owned();
        let (cancelled, finished) = (partner.link(1).await, partner.link(1).await);
        let mut ways = Vec::new();
        for param in [&expiring, &cancelled, &finished] {
            let mut browser = world.browser();
            let dialog = browser.go_on(param).await;
            let back = browser.way_back(dialog, DANA).await;
            ways.push((param, browser, back));
        }
        world.pass(Span::minutes(2));
        let (status, _) =
            partner.call(Method::DELETE, "facebook/deleteOnboarding", Some(json!({"param": cancelled}))).await;
        assert_eq!(status, 200);
        world.browser().connect(&finished, DANA, PAGE_CAFE_AURORA).await;
        let (before, exchanges) = (world.state().await, door.exchanges());
        for (param, mut browser, back) in ways {
            let (status, to, _) = get(&world, &back, &browser.cookies()).await;
            assert_eq!((status, to), (303, format!("/f/{param}#top")));
            let page = browser.get(&back).await;
            assert!(!page.has("<form method") && !page.has("/choose"), "{}", page.html);
        }
        world.state().await.is_as(&before, &[], "callbacks of links that are over");
        assert_eq!(door.exchanges(), exchanges);
        assert_eq!(partner.connections().await.len(), 1);
    }

    /// Facebook's refusal beside a code is a refusal: the code is not used.
    async fn an_error_beside_a_code_is_an_error(world: World, door: Door) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        let dialog = browser.go_on(&param).await;
        let back = browser.way_back(dialog, DANA).await;
        let (address, fragment) = back.split_once('#').unwrap_or((&back, ""));
        assert!(fragment == "_=_" || fragment.is_empty());
        let page = browser.get(&format!("{address}&error=access_denied&error_description=%3Cscript%3E")).await;
        assert!(page.has(&format!("/f/{param}/continue")) && !page.has("<script>"), "{}", page.html);
        assert_eq!(door.calls().len(), 0);
        assert_eq!(partner.onboarding(&param).await["why"], "cancelled_at_facebook");
        // And the state is used up with it.
        let before = world.state().await;
        browser.get(&back).await;
        world.state().await.is_as(&before, &[], "the same callback without the error");
        assert_eq!(door.calls().len(), 0);
    }

    /// Fifty callbacks at once with one state: one code exchange, one journey.
    async fn callbacks_at_once_are_one(world: World, door: Door) {
        let partner = world.partner("Shop CRM").await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        let dialog = browser.go_on(&param).await;
        let back = browser.way_back(dialog, DANA).await;
        let cookie = browser.cookies();
        for (status, to, _) in join_all((0..50).map(|_| get(&world, &back, &cookie))).await {
            assert_eq!((status, to), (303, format!("/f/{param}#top")));
        }
        assert_eq!(door.exchanges(), 1);
        assert_eq!(world.state().await.count("journeys"), 1);
        assert!(browser.open(&param).await.has("/choose"));
        assert_eq!(steps(&partner, &param).await, ["created", "sent_to_facebook", "returned", "choosing"]);
    }

    /// Fifty confirmations at once: one connection, each event once.
    async fn confirmations_at_once_are_one(world: World, door: Door) {
        let partner = world.partner("Shop CRM").await;
        let endpoint = partner.endpoint().await;
        let param = partner.link(1).await;
        let mut browser = world.browser();
        let picker = browser.consent(&param, DANA).await;
        let csrf = picker.field("csrf").unwrap();
        browser.press(&param, "choose", &[("csrf", &csrf), ("asset", PAGE_CAFE_AURORA)]).await;
        let mut many: Vec<_> = (0..50).map(|_| browser.same()).collect();
        let form = [("csrf", csrf.as_str())];
        for page in join_all(many.iter_mut().map(|b| b.press(&param, "confirm", &form))).await {
            assert!(page.has("/static/close.js"), "{}", page.html);
        }
        let state = world.state().await;
        assert_eq!((state.count("connections"), state.count("events"), state.count("deliveries")), (1, 2, 2));
        world.deliver().await;
        let mut names = endpoint.take_names();
        names.sort_unstable();
        assert_eq!(names, ["connection.created", "onboarding.completed"]);
        assert_eq!(door.exchanges(), 1);
        let finished = steps(&partner, &param).await.iter().filter(|s| *s == "finished").count();
        assert_eq!(finished, 1);
    }

    /// A token of another app, or one that does not work, is not taken: neither a person's nor a Page's.
    async fn a_token_of_another_app_is_not_taken(world: World, door: Door) {
        let partner = world.partner("Shop CRM").await;
        let ours = json!({"app_id": "2026000000000001", "type": "USER", "is_valid": true, "user_id": DANA,
            "expires_at": 0, "scopes": ["pages_show_list"]});
        let but = |name: &str, value: Value| {
            let mut data = ours.clone();
            if value.is_null() { data.as_object_mut().unwrap().remove(name); } else { data[name] = value; }
            data
        };
        let wrong = [
            but("app_id", json!("2026000000000002")),
            but("app_id", json!("20260000000000010")),
            but("app_id", json!("")),
            but("app_id", Value::Null),
            but("is_valid", json!(false)),
            but("is_valid", json!("false")),
            but("is_valid", Value::Null),
        ];
        let of_person = [but("user_id", Value::Null), but("user_id", json!(""))];
        for data in wrong.iter().chain(&of_person) {
            let (param, mut browser) = (partner.link(1).await, world.browser());
            let answer = json!({"data": data}).to_string();
            door.will_answer("/debug_token", 1, move |_| (200, answer.clone()));
            let page = browser.consent(&param, DANA).await;
            assert!(page.has(&format!("/f/{param}/continue")) && !page.has("/choose"), "{data}: {}", page.html);
            assert_eq!(partner.onboarding(&param).await["why"], "meta_refused", "{data}");
            assert_eq!(world.page_fields(PAGE_CAFE_AURORA).await, Vec::<String>::new());
        }
        let sealed = "SELECT COUNT(*) FROM journeys WHERE grant_sealed IS NOT NULL";
        assert_eq!(world.rows(sealed).await, [["0"]], "such a token is not kept");
        let (param, mut browser) = (partner.link(1).await, world.browser());
        let picker = browser.consent(&param, DANA).await;
        let csrf = picker.field("csrf").unwrap();
        browser.press(&param, "choose", &[("csrf", &csrf), ("asset", PAGE_CAFE_AURORA)]).await;
        for data in &wrong {
            let answer = json!({"data": data}).to_string();
            door.will_answer("/debug_token", 1, move |_| (200, answer.clone()));
            let page = browser.press(&param, "confirm", &[("csrf", &csrf)]).await;
            assert!(page.has(&format!("/f/{param}/confirm")), "{data}: {}", page.html);
            assert_eq!(world.page_fields(PAGE_CAFE_AURORA).await, Vec::<String>::new(), "{data}");
            assert!(partner.connections().await.is_empty(), "{data}");
        }
        assert!(browser.press(&param, "confirm", &[("csrf", &csrf)]).await.has("/static/close.js"));
    }

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
