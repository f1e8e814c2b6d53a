//! Links: their shape, reading one, and taking one back.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;

use crate::support::api::check_all;
use crate::support::{Program, bad, good, now, run};

#[test]
fn a_links_param_cannot_be_guessed() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Two hundred links").await;
        let calls = (0..200).map(|_| partner.create_call(r#"{"type":1}"#).send());
        let answers = join_all(calls).await;
        let mut params = BTreeSet::new();
        for answer in answers {
            let answer = answer.ok();
            let param = answer.text_of("param");
            assert_eq!(answer.text_of("onboarding_link"), format!("{}/f/{param}", program.url));
            assert_eq!(answer.json["type"], 1);
            assert!(answer.json["expires_at"].is_i64());
            assert!(param.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c)), "{param}");
            assert!(params.insert(param), "a param came twice");
        }
        // 200 draws from 64 letters show about 61 of them; a letter that never changes shows one.
        let length = params.iter().map(String::len).min().unwrap();
        let varied = (0..length)
            .map(|at| params.iter().map(|param| param.as_bytes()[at]).collect::<BTreeSet<u8>>().len())
            .filter(|kinds| *kinds > 40)
            .count();
        assert!(varied * 6 >= 128, "{varied} letters of {length} vary: less than 128 bits");
    });
}

#[test]
fn a_fresh_link_reads_back_with_all_its_fields() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Fields").await;
        let body = json!({
            "type": 3, "reference": "shop-7", "server": "https://chat.example.com", "account_id": 12,
            "inbox_id": 34, "expires_in": 3600, "locale": "he",
        });
        let made = partner.create_call(body.to_string()).send().await.ok();
        let link = partner.onboarding(&made.text_of("param")).await.json;
        let list = partner.get("/api/facebook/getOnboardings").await.ok();
        for shown in [&link, &list.list()[0]] {
            for name in ["param", "onboarding_link", "type", "expires_at"] {
                assert_eq!(shown[name], made.json[name], "{name}");
            }
            for name in ["reference", "server", "account_id", "inbox_id"] {
                assert_eq!(shown[name], body[name], "{name}");
            }
            assert_eq!(shown["state"], "open");
            let steps = shown["steps"].as_array().unwrap();
            for step in steps {
                let time = step["time"].as_i64().unwrap();
                assert!((now() - time).abs() < 60 && step["step"].is_string(), "{step}");
            }
        }
        assert!(list.json.get("next").is_none(), "{}", list.text);
    });
}

#[test]
fn reading_a_link_needs_the_param_of_one() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("No such link").await;
        let mut other = partner.create(r#"{"type":1}"#).await;
        other.push('A');
        let unknown = "A".repeat(43);
        let path = "/api/facebook/getOnboarding";
        let rows = vec![
            ("unknown".to_owned(), partner.call("GET", &format!("{path}?param={unknown}")), bad(404, 26)),
            ("a letter more".to_owned(), partner.call("GET", &format!("{path}?param={other}")), bad(404, 26)),
            ("short".to_owned(), partner.call("GET", &format!("{path}?param=x")), bad(404, 26)),
            ("not ASCII".to_owned(), partner.call("GET", &format!("{path}?param=%D7%A9")), bad(404, 26)),
            ("missing".to_owned(), partner.call("GET", path), bad(400, 50).at("param")),
            (
                "another name".to_owned(),
                partner.call("GET", &format!("{path}?Param={unknown}")),
                bad(400, 50).at("param"),
            ),
        ];
        check_all("getOnboarding of none", rows).await;
    });
}

#[test]
fn a_link_is_taken_back_by_body_or_by_query_as_often_as_one_likes() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Deletions").await;
        let path = "/api/facebook/deleteOnboarding";
        for by_body in [true, false] {
            let param = partner.create(r#"{"type":1,"reference":"gone"}"#).await;
            let call = if by_body {
                partner.call("DELETE", path).body(json!({"param": param}).to_string())
            } else {
                partner.call("DELETE", &format!("{path}?param={param}"))
            };
            for _ in 0..3 {
                call.clone().send().await.ok();
            }
            assert_eq!(partner.onboarding(&param).await.json["state"], "cancelled");
            let page = program.call("GET", &format!("/f/{param}")).send_anywhere().await;
            assert_eq!(page.status.as_u16(), 410);
            assert!(page.header("content-type").starts_with("text/html"));
            assert!(page.text.contains("<h1") && !page.text.contains("gone"), "{}", page.text);
            let on = program.call("POST", &format!("/f/{param}/continue")).send_anywhere().await;
            assert!(
                on.status.as_u16() == 410 || on.header("location").starts_with("/f/"),
                "{:?}",
                on.headers
            );
        }
    });
}

#[test]
fn taking_back_needs_the_param_of_a_link() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Wrong deletions").await;
        let path = "/api/facebook/deleteOnboarding";
        let unknown = "A".repeat(43);
        let body = |text: String| partner.call("DELETE", path).body(text);
        let rows = vec![
            (
                "unknown by query".into(),
                partner.call("DELETE", &format!("{path}?param={unknown}")),
                bad(404, 26),
            ),
            ("unknown by body".into(), body(json!({"param": unknown}).to_string()), bad(404, 26)),
            ("nothing".into(), partner.call("DELETE", path), bad(400, 50).at("param")),
            ("an empty object".into(), body("{}".into()), bad(400, 50).at("param")),
            ("null".into(), body(r#"{"param":null}"#.into()), bad(400, 50).at("param")),
            ("a number".into(), body(r#"{"param":5}"#.into()), bad(400, 50).at("param")),
            ("a list".into(), body(json!({"param": [unknown]}).to_string()), bad(400, 50).at("param")),
            ("no JSON".into(), body("param=x".into()), bad(400, 6)),
            ("an array".into(), body("[]".into()), bad(400, 6)),
            ("2 MB".into(), body(" ".repeat(2_000_000)), bad(413, 7)),
        ];
        check_all("wrong deletions", rows).await;
        let connection = "/api/facebook/deleteConnection";
        let unknown = "con_00000000000000000000000000000000";
        let body = |text: String| partner.call("DELETE", connection).body(text);
        let get = |query: &str| partner.call("GET", &format!("/api/facebook/getConnection{query}"));
        let rows = vec![
            (
                "unknown by query".into(),
                partner.call("DELETE", &format!("{connection}?connection_id={unknown}")),
                bad(404, 40),
            ),
            ("unknown by body".into(), body(json!({"connection_id": unknown}).to_string()), bad(404, 40)),
            ("nothing".into(), partner.call("DELETE", connection), bad(400, 50).at("connection_id")),
            ("an empty object".into(), body("{}".into()), bad(400, 50).at("connection_id")),
            ("a number".into(), body(r#"{"connection_id":5}"#.into()), bad(400, 50).at("connection_id")),
            ("no JSON".into(), body("x".into()), bad(400, 6)),
            ("reading an unknown one".into(), get(&format!("?connection_id={unknown}")), bad(404, 40)),
            ("reading none".into(), get(""), bad(400, 50).at("connection_id")),
        ];
        check_all("connections that are none", rows).await;
    });
}

#[test]
fn the_page_of_no_link_is_a_kind_404() {
    run(async {
        let program = Program::shared();
        for param in ["x", "%00", "%ff", "A%2FB", &"A".repeat(43), &"A".repeat(3000), "..%2f..", "<script>"] {
            let page = program.call("GET", &format!("/f/{param}")).send_anywhere().await;
            assert!([404, 400].contains(&page.status.as_u16()), "{param}: {}", page.status);
            assert!(page.header("content-type").starts_with("text/html"), "{param}");
        }
    });
}

#[test]
fn a_link_that_ran_out_says_so() {
    run(async {
        let program = Program::start(&[]);
        let partner = program.demo_partner().await;
        let param = partner.create(r#"{"type":1,"expires_in":60}"#).await;
        program.backdate("UPDATE links SET expires_at = expires_at - 61000000");
        assert_eq!(partner.onboarding(&param).await.json["state"], "expired");
        let page = program.call("GET", &format!("/f/{param}")).send_anywhere().await;
        assert_eq!(page.status.as_u16(), 410);
        let open = partner.get("/api/facebook/getOnboardings?status=open").await.ok();
        assert!(open.list().is_empty(), "{}", open.text);
        let expired = partner.get("/api/facebook/getOnboardings?status=expired").await.ok();
        assert_eq!(expired.list().len(), 1);
        let call = partner.call("DELETE", &format!("/api/facebook/deleteOnboarding?param={param}"));
        assert_eq!(good().differs("an unfinished link", &call.send().await), None);
    });
}
