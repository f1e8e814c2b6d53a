//! Lists: newest first, filtered, and walked page by page.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::support::api::check_all;
use crate::support::{Call, Partner, Program, Want, bad, good, run};

const LINKS: &str = "/api/facebook/getOnboardings";
const CONNECTIONS: &str = "/api/facebook/getConnections";

fn params(list: &[Value]) -> Vec<String> {
    list.iter().map(|link| link["param"].as_str().unwrap().to_owned()).collect()
}

/// The whole list by pages of `limit`; makes a link between any two of them.
async fn walk(partner: &Partner, limit: usize, disturb: bool) -> Vec<String> {
    let mut all = Vec::new();
    let mut path = format!("{LINKS}?limit={limit}");
    loop {
        let page = partner.get(&path).await.ok();
        assert!(page.list().len() <= limit);
        all.extend(params(page.list()));
        let times: Vec<i64> = page.list().iter().map(|link| link["create_time"].as_i64().unwrap()).collect();
        assert!(times.is_sorted_by(|a, b| a >= b), "{times:?}");
        let Some(next) = page.json.get("next") else { return all };
        assert_eq!(page.list().len(), limit, "a page before the last is full");
        let next = next.as_str().unwrap();
        assert!(next.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c)), "{next}");
        path = format!("{LINKS}?limit={limit}&after={next}");
        if disturb {
            partner.create(r#"{"type":2}"#).await;
        }
    }
}

#[test]
fn a_walk_through_120_links_has_no_gap_and_no_repeat() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Pages").await;
        let first = partner.create(r#"{"type":1}"#).await;
        let calls = (0..118).map(|_| partner.create(r#"{"type":1}"#));
        let mut made: BTreeSet<String> = join_all(calls).await.into_iter().collect();
        let last = partner.create(r#"{"type":1}"#).await;
        made.extend([first.clone(), last.clone()]);
        assert_eq!(made.len(), 120);
        for limit in [1, 7, 40, 50, 119, 120, 121, 200] {
            let walked = walk(&partner, limit, false).await;
            assert_eq!(walked.len(), 120, "limit {limit}");
            assert_eq!(walked.iter().cloned().collect::<BTreeSet<_>>(), made, "limit {limit}");
            assert_eq!((&walked[0], &walked[119]), (&last, &first));
        }
        let plain = partner.get(LINKS).await.ok();
        assert_eq!(plain.list().len(), 50, "50 by default");
        // What is made while somebody walks is newer than where the walk began.
        let walked = walk(&partner, 13, true).await;
        assert_eq!(walked.len(), 120);
        assert_eq!(walked.into_iter().collect::<BTreeSet<_>>(), made);
    });
}

#[test]
fn limits_and_cursors_are_checked() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Limits").await;
        for _ in 0..3 {
            partner.create(r#"{"type":1}"#).await;
        }
        let next = partner.get(&format!("{LINKS}?limit=1")).await.ok().text_of("next");
        let cut = &next[..next.len() - 1];
        let mut rows: Vec<(String, Call, Want)> = Vec::new();
        for list in [LINKS, CONNECTIONS] {
            let mut row = |query: String, want: Want| {
                rows.push((format!("{list}?{query}"), partner.call("GET", &format!("{list}?{query}")), want));
            };
            for limit in ["1", "2", "50", "199", "200"] {
                row(format!("limit={limit}"), good());
            }
            let wrong = [
                "0",
                "-1",
                "201",
                "1000",
                "99999999999999999999",
                "x",
                "1.5",
                "1e1",
                "0x10",
                "%31x",
                "true",
                "1%00",
            ];
            for limit in wrong {
                row(format!("limit={limit}"), bad(400, 50).at("limit"));
            }
            for after in ["x", "!!", "%00", "null", "-1", "%D7%A9", &"A".repeat(200), &"A".repeat(3000), cut]
            {
                row(format!("after={after}"), bad(400, 50).at("after"));
            }
        }
        check_all("limit and after", rows).await;
    });
}

#[test]
fn links_are_found_by_state_reference_and_type() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Filters").await;
        let make = async |product: u8, reference: &str| {
            partner.create(json!({"type": product, "reference": reference}).to_string()).await
        };
        let (a, b, c, d) =
            (make(1, "a").await, make(2, "a").await, make(2, "b & c").await, make(4, "42").await);
        let gone = make(1, "a").await;
        partner.call("DELETE", &format!("/api/facebook/deleteOnboarding?param={gone}")).send().await.ok();
        let found: [(&str, &[&String]); 16] = [
            ("type=1", &[&gone, &a]),
            ("type=2", &[&c, &b]),
            ("type=3", &[]),
            ("type=4", &[&d]),
            ("reference=a", &[&gone, &b, &a]),
            ("reference=b%20%26%20c", &[&c]),
            ("reference=b+%26+c", &[&c]),
            ("reference=42", &[&d]),
            ("reference=A", &[]),
            ("reference=a%25", &[]),
            ("status=open", &[&d, &c, &b, &a]),
            ("status=cancelled", &[&gone]),
            ("status=finished", &[]),
            ("status=open&type=1&reference=a", &[&a]),
            ("status=open&limit=2", &[&d, &c]),
            ("type=1&type2=x", &[&gone, &a]),
        ];
        for (query, want) in &found {
            let answer = partner.get(&format!("{LINKS}?{query}")).await.ok();
            assert_eq!(params(answer.list()).iter().collect::<Vec<_>>(), *want, "{query}");
        }
        println!("filters: {} cases", found.len());
        // A filter goes on over the pages.
        let first = partner.get(&format!("{LINKS}?reference=a&limit=2")).await.ok();
        let path = format!("{LINKS}?reference=a&limit=2&after={}", first.text_of("next"));
        assert_eq!(params(partner.get(&path).await.ok().list()), [a]);
    });
}

#[test]
fn wrong_filters_are_refused() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Wrong filters").await;
        let mut rows: Vec<(String, Call, Want)> = Vec::new();
        let mut row = |list: &str, query: &str, want: Want| {
            rows.push((format!("{list}?{query}"), partner.call("GET", &format!("{list}?{query}")), want));
        };
        for state in ["open", "started", "failed", "finished", "expired", "cancelled"] {
            row(LINKS, &format!("status={state}"), good());
        }
        for state in ["Open", "closed", "open,failed", "1", "active"] {
            row(LINKS, &format!("status={state}"), bad(400, 50).at("status"));
        }
        for state in ["active", "needs_reconnect", "disconnected"] {
            row(CONNECTIONS, &format!("state={state}"), good());
        }
        for state in ["Active", "open", "1"] {
            row(CONNECTIONS, &format!("state={state}"), bad(400, 50).at("state"));
        }
        for list in [LINKS, CONNECTIONS] {
            for product in ["1", "2", "3", "4"] {
                row(list, &format!("type={product}"), good());
            }
            for product in ["0", "5", "x", "1.0", "-1", "99999999999999999999"] {
                row(list, &format!("type={product}"), bad(400, 50).at("type"));
            }
        }
        row(CONNECTIONS, "reference=nothing", good());
        row(CONNECTIONS, "page_id=102000000000001", good());
        check_all("filters", rows).await;
    });
}
