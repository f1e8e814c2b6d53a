//! Attacks on the way through Facebook's login (RFC 9700): each is refused, and nothing is stored or changed by it.
//! Those on addresses and forms are in `forgeries`.

use futures_util::future::join_all;
use jetbridge_domain::clock::Span;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA};
use reqwest::Method;
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
}
