//! `createOnboarding`, field by field, at both sides of each limit: texts, times and the type.

use serde_json::{Value, json};

use crate::support::api::check_all;
use crate::support::{Call, Partner, Program, Want, bad, good, now, run};

/// `{"type":1,"<name>":<value>}`, the value written as it stands.
fn with(partner: &Partner, name: &str, value: &str) -> Call {
    partner.create_call(format!("{{\"type\":1,\"{name}\":{value}}}"))
}

#[test]
fn type_is_an_integer_from_1_to_4() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Types").await;
        let mut rows: Vec<(String, Call, Want)> = (1..=4)
            .map(|n| (n.to_string(), partner.create_call(format!("{{\"type\":{n}}}")), good()))
            .collect();
        let wrong = [
            "0",
            "5",
            "6",
            "-1",
            "99",
            "256",
            "257",
            "4294967297",
            "18446744073709551617",
            "1e30",
            "100000000000000000000000000000000000000000000000001",
            "\"1\"",
            "\"\"",
            "\"Messenger\"",
            "1.0",
            "1.5",
            "1e0",
            "10e-1",
            "4.0",
            "true",
            "false",
            "null",
            "[]",
            "[1]",
            "{}",
            "{\"type\":1}",
            "\"1\\u0000\"",
        ];
        rows.extend(wrong.iter().map(|value| {
            let call = partner.create_call(format!("{{\"type\":{value}}}"));
            ((*value).to_owned(), call, bad(400, 37).at("type"))
        }));
        rows.push(("missing".into(), partner.create_call("{}"), bad(400, 37).at("type")));
        rows.push(("other case".into(), partner.create_call(r#"{"Type":1}"#), bad(400, 37).at("type")));
        check_all("type", rows).await;
        for n in 1..=4 {
            let answer = partner.create_call(format!("{{\"type\":{n}}}")).send().await.ok();
            assert_eq!(answer.json["type"], n);
            assert_eq!(partner.onboarding(&answer.text_of("param")).await.json["type"], n);
        }
    });
}

#[test]
fn reference_is_given_back_as_it_was() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("References").await;
        let texts = [
            "x".to_owned(),
            "a".repeat(50),
            "\u{1f3dd}".repeat(50),
            "\u{5e9}".repeat(50),
            "e\u{301}".repeat(25),
            " ".to_owned(),
            "  around  ".to_owned(),
            "line\nbreak\tand\r".to_owned(),
            "\"quotes\" \\ 'single' </script>".to_owned(),
            "\u{202e}right to left\u{202c}".to_owned(),
            "\u{1}\u{1f}\u{7f}".to_owned(),
            "\u{feff}\u{fffd}\u{10ffff}".to_owned(),
            "'; DROP TABLE links; --".to_owned(),
            "null".to_owned(),
        ];
        for text in &texts {
            let body = json!({"type": 1, "reference": text}).to_string();
            let param = partner.create(body).await;
            assert_eq!(partner.onboarding(&param).await.json["reference"], text.as_str());
        }
        println!("references given back: {} cases", texts.len());
    });
}

#[test]
fn an_integer_as_reference_is_its_digits() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Numbers as references").await;
        let fifty = "12345678901234567890123456789012345678901234567890";
        for digits in ["0", "7", "-5", "1234567", "9007199254740993", "18446744073709551616", fifty] {
            let param = with(&partner, "reference", digits).send().await.ok().text_of("param");
            assert_eq!(partner.onboarding(&param).await.json["reference"], digits);
        }
    });
}

#[test]
fn reference_is_refused_past_its_limits() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Wrong references").await;
        let quoted = |text: &str| Value::from(text).to_string();
        let wrong = [
            quoted(&"a".repeat(51)),
            quoted(&"\u{1f3dd}".repeat(51)),
            quoted(&"\u{5e9}".repeat(51)),
            // Seven scalar values each, whatever a reader sees.
            quoted(&"\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}".repeat(8)),
            quoted(&"a".repeat(100_000)),
            "1.5".to_owned(),
            "1.0".to_owned(),
            "1e3".to_owned(),
            "1".repeat(51),
            "true".to_owned(),
            "false".to_owned(),
            "[]".to_owned(),
            "[\"x\"]".to_owned(),
            "{}".to_owned(),
            "{\"a\":1}".to_owned(),
        ];
        let rows = wrong
            .iter()
            .map(|value| {
                let name = value.chars().take(20).collect();
                (name, with(&partner, "reference", value), bad(400, 20).at("reference"))
            })
            .collect();
        check_all("wrong references", rows).await;
    });
}

#[test]
fn server_is_a_web_address_of_at_most_200_characters() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Servers").await;
        let of_length = |n: usize| format!("https://chat.example.com/{}", "a".repeat(n - 25));
        let right = [
            "https://chat.example.com".to_owned(),
            "http://chat.example.com".to_owned(),
            "https://chat.example.com/".to_owned(),
            "https://chat.example.com:8443/a/b?c=d".to_owned(),
            "http://127.0.0.1:3000".to_owned(),
            "http://[::1]:3000/x".to_owned(),
            "http://localhost".to_owned(),
            of_length(199),
            of_length(200),
        ];
        for url in &right {
            let param = partner.create(json!({"type": 1, "server": url}).to_string()).await;
            assert_eq!(partner.onboarding(&param).await.json["server"], url.as_str());
        }
        println!("servers given back: {} cases", right.len());
        let mut wrong: Vec<String> = [
            "",
            " ",
            "chat.example.com",
            "//chat.example.com",
            "/path",
            "https://",
            "http:///x",
            "https:chat",
            "ftp://chat.example.com",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "ws://chat.example.com",
            "https://user@chat.example.com",
            "https://user:password@chat.example.com",
            "https://:password@chat.example.com",
            "https://chat.example.com:70000",
            "https://exa mple.com",
            "https://[::1",
            "mailto:a@example.com",
        ]
        .map(|text| Value::from(text).to_string())
        .to_vec();
        wrong.push(Value::from(of_length(201)).to_string());
        wrong.push(Value::from(of_length(5000)).to_string());
        wrong.extend(["1", "1.5", "true", "[]", "{}", "[\"https://a.example\"]"].map(str::to_owned));
        let rows = wrong
            .iter()
            .map(|value| {
                let name = value.chars().take(40).collect();
                (name, with(&partner, "server", value), bad(400, 34).at("server"))
            })
            .collect();
        check_all("wrong servers", rows).await;
    });
}

#[test]
fn expires_in_is_one_minute_to_one_year() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Times").await;
        for seconds in [60, 61, 3600, 86_400, 31_535_999, 31_536_000] {
            let answer = with(&partner, "expires_in", &seconds.to_string()).send().await.ok();
            let left = answer.json["expires_at"].as_i64().unwrap() - now();
            assert!((seconds - 10..=seconds + 1).contains(&left), "{seconds}: {left}");
            let link = partner.onboarding(&answer.text_of("param")).await;
            assert_eq!(link.json["expires_at"], answer.json["expires_at"]);
        }
        let answer = partner.create_call(r#"{"type":1}"#).send().await.ok();
        let left = answer.json["expires_at"].as_i64().unwrap() - now();
        assert!((2_591_990..=2_592_001).contains(&left), "30 days by default, not {left} s");
        let wrong = [
            "59",
            "0",
            "-1",
            "-60",
            "31622401",
            "100000000000",
            "18446744073709551676",
            "1000000000000000000000000000000",
            "60.0",
            "60.5",
            "6e1",
            "\"60\"",
            "\"\"",
            "true",
            "[]",
            "[60]",
            "{}",
        ];
        let rows = wrong
            .iter()
            .map(|value| {
                ((*value).to_owned(), with(&partner, "expires_in", value), bad(400, 50).at("expires_in"))
            })
            .collect();
        check_all("wrong expires_in", rows).await;
    });
}

#[test]
fn locale_decides_the_language_of_the_page() {
    run(async {
        let program = Program::shared();
        let partner = program.new_partner("Locales").await;
        for (locale, language) in [("en", "en"), ("he", "he"), ("en-GB", "en"), ("he-IL", "he")] {
            let param = partner.create(json!({"type": 1, "locale": locale}).to_string()).await;
            let page = program.call("GET", &format!("/f/{param}")).send_anywhere().await;
            assert!(
                page.text.contains(&format!("<html lang=\"{language}")),
                "{locale}: {}",
                &page.text[..200]
            );
        }
        let wrong = [
            "\"\"",
            "\" \"",
            "\"!!\"",
            "\"e\"",
            "\"12\"",
            "\"english language\"",
            "\"en-\"",
            "\"../en\"",
            "\"<b>\"",
            "\"\u{5e2}\u{5d1}\"",
            "5",
            "1.5",
            "true",
            "[]",
            "[\"en\"]",
            "{}",
        ];
        let mut rows: Vec<(String, Call, Want)> = wrong
            .iter()
            .map(|value| ((*value).to_owned(), with(&partner, "locale", value), bad(400, 50).at("locale")))
            .collect();
        let long = format!("\"{}\"", "en-".repeat(2000));
        rows.push(("long".into(), with(&partner, "locale", &long), bad(400, 50).at("locale")));
        check_all("wrong locales", rows).await;
    });
}
