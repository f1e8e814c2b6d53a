//! `account_id` and `inbox_id`: integers to the last digit, in answers and in webhooks.

use crate::support::api::check_all;
use crate::support::{Call, Partner, Program, bad, raw_member, run};

const FIFTY: &str = "98765432109876543210987654321098765432109876543211";

fn with(partner: &Partner, name: &str, value: &str) -> Call {
    partner.create_call(format!("{{\"type\":1,\"{name}\":{value}}}"))
}

#[test]
fn ids_of_up_to_50_digits_come_back_to_the_last_one() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Long ids").await;
        let nines = "9".repeat(50);
        let right = [
            "0",
            "1",
            "7",
            "42",
            "4294967296",
            "9007199254740991",
            "9007199254740993",
            "9223372036854775807",
            "9223372036854775808",
            "18446744073709551615",
            "18446744073709551616",
            "340282366920938463463374607431768211456",
            FIFTY,
            &nines,
        ];
        for name in ["account_id", "inbox_id"] {
            for digits in right {
                let param = with(&partner, name, digits).send().await.ok().text_of("param");
                let link = partner.onboarding(&param).await;
                assert_eq!(raw_member(&link.text, &[name]).as_deref(), Some(digits), "{}", link.text);
            }
            let list = partner.get("/api/facebook/getOnboardings?limit=200").await.ok();
            for digits in right {
                let written = format!("\"{name}\":{digits}");
                assert!(
                    list.text.contains(&format!("{written},")) || list.text.contains(&format!("{written}}}")),
                    "{written} is not in the list"
                );
            }
        }
        println!("ids to the last digit: {} cases", right.len() * 4);
    });
}

#[test]
fn both_ids_are_independent() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Both ids").await;
        let body = format!("{{\"type\":4,\"account_id\":{FIFTY},\"inbox_id\":0,\"reference\":\"both\"}}");
        let link = partner.onboarding(&partner.create(body).await).await;
        assert_eq!(raw_member(&link.text, &["account_id"]).as_deref(), Some(FIFTY));
        assert_eq!(raw_member(&link.text, &["inbox_id"]).as_deref(), Some("0"));
    });
}

#[test]
fn whatever_is_no_such_integer_is_refused() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Wrong ids").await;
        let long = "1".repeat(51);
        let longer = "1".repeat(100_000);
        let wrong = [
            "-1",
            "-9007199254740993",
            &long,
            &longer,
            "1.0",
            "0.0",
            "1.5",
            "1e0",
            "1e3",
            "1E3",
            "1e-3",
            "1e400",
            "\"1\"",
            "\"\"",
            "\"0\"",
            "\"abc\"",
            "\"1\\u0000\"",
            "true",
            "false",
            "[]",
            "[1]",
            "{}",
            "{\"id\":1}",
            "0.1e1",
        ];
        for (name, reason) in [("account_id", 33), ("inbox_id", 36)] {
            let rows = wrong
                .iter()
                .map(|value| {
                    let short = value.chars().take(20).collect();
                    (short, with(&partner, name, value), bad(400, reason).at(name))
                })
                .collect();
            check_all(name, rows).await;
        }
        let list = partner.get("/api/facebook/getOnboardings").await.ok();
        assert!(list.list().is_empty(), "a refused call leaves nothing behind");
    });
}
