//! Everything under `/api` that is no call: JSON as well, with the right status.

use crate::support::{Answer, Call, Program, bad, raw, run};

const ENDPOINTS: [(&str, &str); 11] = [
    ("POST", "/api/settings/accessToken"),
    ("POST", "/api/settings/setWebhook"),
    ("GET", "/api/settings/getWebhook"),
    ("POST", "/api/settings/rotateWebhookSecret"),
    ("POST", "/api/facebook/createOnboarding"),
    ("GET", "/api/facebook/getOnboardings"),
    ("GET", "/api/facebook/getOnboarding"),
    ("DELETE", "/api/facebook/deleteOnboarding"),
    ("GET", "/api/facebook/getConnections"),
    ("GET", "/api/facebook/getConnection"),
    ("DELETE", "/api/facebook/deleteConnection"),
];

#[test]
fn every_wrong_method_is_13_with_the_right_one_in_allow() {
    run(async {
        let program = Program::shared();
        let partner = program.demo_partner().await;
        let methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "FROB"];
        let (mut wrong, mut count) = (Vec::new(), 0);
        for (right, path) in ENDPOINTS {
            for method in methods.into_iter().filter(|method| *method != right) {
                for call in [partner.call(method, path), program.call(method, path).body("{}")] {
                    count += 1;
                    let name = format!("{method} {path}");
                    let answer = call.send().await;
                    wrong.extend(bad(405, 13).differs(&name, &answer));
                    let allow = answer.header("allow").to_owned();
                    if !allow.split(',').any(|one| one.trim() == right) {
                        wrong.push(format!("{name}: Allow: {allow}"));
                    }
                }
            }
        }
        println!("wrong methods: {count} cases");
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    });
}

#[test]
fn head_is_refused_where_get_is() {
    run(async {
        let program = Program::shared();
        let partner = program.demo_partner().await;
        for (right, path) in ENDPOINTS {
            let answer = partner.call("HEAD", path).send_anywhere().await;
            if right == "GET" {
                assert_ne!(answer.status.as_u16(), 404, "{path}");
            } else {
                assert_eq!(answer.status.as_u16(), 405, "{path}");
            }
            assert_eq!(answer.text, "");
            assert!(!answer.header("x-request-id").is_empty());
        }
    });
}

fn check_unknown(name: &str, answer: &Answer) -> Option<String> {
    answer.check_house_style(name);
    bad(404, 10).differs(name, answer)
}

#[test]
fn every_unknown_path_is_10() {
    run(async {
        let program = Program::shared();
        let token = program.demo_partner().await.token;
        let long = format!("/api/{}", "a".repeat(4000));
        let paths = [
            "/api",
            "/api/",
            "/api/x",
            "/api/facebook",
            "/api/facebook/",
            "/api/settings",
            "/api/settings/",
            "/api/facebook/createonboarding",
            "/api/facebook/CreateOnboarding",
            "/api/facebook/createOnboarding/",
            "/api/facebook/createOnboarding/1",
            "/api/facebook/createOnboardings",
            "/api/facebook/create",
            "/api/facebook//createOnboarding",
            "/api//facebook/createOnboarding",
            "/api/Facebook/createOnboarding",
            "/api/settings/createOnboarding",
            "/api/facebook/accessToken",
            "/api/settings/accesstoken",
            "/api/settings/accessToken/",
            "/api/facebook/createOnboarding%2F",
            "/api/facebook%2FcreateOnboarding",
            "/api/facebook/createOnboarding%20",
            "/api/facebook/createOnboarding%00",
            "/api/facebook/createOnboarding.json",
            "/api/facebook/createOnboarding;x=1",
            "/api/facebook/%ff%fe",
            "/api/facebook/..",
            "/api/../etc/passwd",
            "/api/facebook/%2e%2e/%2e%2e/etc/passwd",
            "/api/v1/facebook/createOnboarding",
            "/api/facebook/createOnboarding%",
            "/api/%3Cscript%3Ealert(1)%3C/script%3E",
            "/api/?",
            "/api/x?limit=1",
            &long,
        ];
        let authorization = format!("Bearer {token}");
        let (mut wrong, mut count) = (Vec::new(), 0);
        for path in paths {
            for method in ["GET", "POST", "DELETE", "PUT"] {
                for headers in [&[][..], &[("Authorization", authorization.as_str())][..]] {
                    count += 1;
                    // Written raw: clients tidy such paths up.
                    let answer = raw::exchange(&program.url, &raw::head(method, path, headers)).await;
                    wrong
                        .extend(check_unknown(&format!("{method} {}", &path[..path.len().min(60)]), &answer));
                }
            }
        }
        println!("unknown paths: {count} cases");
        assert!(wrong.is_empty(), "{} of {count} differ:\n{}", wrong.len(), wrong.join("\n"));
    });
}

#[test]
fn an_encoded_letter_is_the_letter_or_an_unknown_path_but_always_json() {
    run(async {
        let program = Program::shared();
        let partner = program.demo_partner().await;
        for path in ["/api/settings/getWeb%68ook", "/%61pi/settings/getWebhook", "/api/%73ettings/getWebhook"]
        {
            let answer = partner.call("GET", path).send_anywhere().await;
            // The second is under /api only for a server that decodes before it routes.
            if path.starts_with("/api/") || answer.status.is_success() {
                answer.check_house_style(path);
                assert!([1, 10].contains(&answer.reason()), "{}", answer.text);
            }
        }
    });
}

#[test]
fn a_broken_query_is_answered_in_json() {
    run(async {
        let program = Program::shared();
        let partner = program.demo_partner().await;
        let queries =
            ["?%", "?%zz=1", "?reference=%ff", "?&&&", "?=", "?limit", "?limit=1&limit=2", "?a=1%00"];
        for query in queries {
            let path = format!("/api/facebook/getOnboardings{query}");
            let answer = partner.get(&path).await;
            assert!([1, 50].contains(&answer.reason()), "{query}: {}", answer.text);
        }
        println!("broken queries: {} cases", queries.len());
    });
}

#[test]
fn every_request_has_an_id_of_its_own() {
    run(async {
        let program = Program::shared();
        let partner = program.demo_partner().await;
        let calls: Vec<Call> = vec![
            partner.call("GET", "/api/settings/getWebhook"),
            partner.call("GET", "/api/settings/getWebhook"),
            partner.call("GET", "/api/nothing"),
            partner.create_call("{}"),
            program.call("GET", "/api/settings/getWebhook"),
        ];
        let mut ids = std::collections::BTreeSet::new();
        for call in calls {
            assert!(ids.insert(call.send().await.header("x-request-id").to_owned()));
        }
        // What a caller says is its own business: it must not be able to break the header.
        let own =
            partner.call("GET", "/api/settings/getWebhook").header("x-request-id", "a b\u{e9}").send().await;
        assert!(!own.header("x-request-id").is_empty());
        let page = program.call("GET", "/f/nothing").send_anywhere().await;
        assert!(!page.header("x-request-id").is_empty());
    });
}
