use std::io::Write as _;

use super::*;

fn secrets() -> Vec<(String, String)> {
    let key = format!("1:{}", "A".repeat(43) + "=");
    [
        ("JETBRIDGE_PUBLIC_URL", "https://connect.example.com"),
        ("JETBRIDGE_META_APP_ID", "1234"),
        ("JETBRIDGE_META_APP_SECRET", "0123456789abcdef"),
        ("JETBRIDGE_META_VERIFY_TOKEN", "a-verify-token"),
        ("JETBRIDGE_SECRETS_KEYS", &key),
        ("JETBRIDGE_SECRETS_PEPPER", &("B".repeat(42) + "A=")),
    ]
    .map(|(k, v)| (k.to_owned(), v.to_owned()))
    .to_vec()
}

fn load(text: Option<&str>, environment: Vec<(String, String)>) -> Result<Config, Mistakes> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(text.unwrap_or_default().as_bytes()).unwrap();
    Config::load(text.map(|_| file.path()), &Environment(environment))
}

#[test]
fn an_empty_configuration_names_every_missing_secret() {
    let mistakes = load(None, vec![]).unwrap_err().to_string();
    for key in [
        "public_url",
        "meta.app_id",
        "meta.app_secret",
        "meta.verify_token",
        "secrets.keys",
        "secrets.pepper",
    ] {
        assert!(mistakes.contains(&format!("{key} (")), "{key} is not named in:\n{mistakes}");
    }
    assert!(mistakes.contains("JETBRIDGE_META_APP_SECRET"), "{mistakes}");
    assert!(mistakes.contains("jetbridge keys"), "{mistakes}");
}

#[test]
fn the_environment_wins_over_the_file_and_the_file_over_the_default() {
    let mut environment = secrets();
    environment.push(("JETBRIDGE_LIMITS_CONNECTIONS".to_owned(), "7".to_owned()));
    environment.push(("JETBRIDGE_WEBHOOKS_RETRY_WAITS_SECONDS".to_owned(), "1,2".to_owned()));
    let config = load(Some("listen = \"0.0.0.0:9\"\n[limits]\nconnections = 5\n"), environment).unwrap();
    assert_eq!(config.listen.to_string(), "0.0.0.0:9");
    assert_eq!(config.limits.connections, 7);
    assert_eq!(config.webhooks.retry.waits, [Span::seconds(1), Span::seconds(2)]);
    assert_eq!(config.webhooks.timeout, Duration::from_secs(5));
    assert_eq!(config.public("/f/x"), "https://connect.example.com/f/x");
}

#[test]
fn the_default_schedule_is_the_rules_own() {
    let config = load(None, secrets()).unwrap();
    let own = RetryPolicy::default();
    assert_eq!(config.webhooks.retry.waits, own.waits);
    assert_eq!(config.webhooks.retry.give_up_after, own.give_up_after);
    assert_eq!(config.webhooks.retry.hold, own.hold);
}

#[test]
fn a_misspelt_key_is_named_with_the_right_one() {
    let mut environment = secrets();
    environment.push(("JETBRIDGE_DATABASE_ULR".to_owned(), "sqlite:x".to_owned()));
    let mistakes = load(Some("lisen = \"127.0.0.1:1\"\n"), environment).unwrap_err().to_string();
    assert!(mistakes.contains("did you mean listen?"), "{mistakes}");
    assert!(mistakes.contains("did you mean JETBRIDGE_DATABASE_URL?"), "{mistakes}");
}

#[test]
fn default_and_dull_secrets_are_refused() {
    for dull in ["changeme", "secret", "x"] {
        let mut environment = secrets();
        environment.retain(|(k, _)| k != "JETBRIDGE_META_VERIFY_TOKEN");
        environment.push(("JETBRIDGE_META_VERIFY_TOKEN".to_owned(), dull.to_owned()));
        assert!(load(None, environment).unwrap_err().to_string().contains("meta.verify_token"), "{dull}");
    }
}

#[test]
fn a_secret_can_lie_in_a_file() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"from-a-file-0123\n").unwrap();
    let mut environment = secrets();
    environment.retain(|(k, _)| k != "JETBRIDGE_META_APP_SECRET");
    environment.push(("JETBRIDGE_META_APP_SECRET".to_owned(), format!("file:{}", file.path().display())));
    let config = load(None, environment).unwrap();
    assert_eq!(config.meta.app_secret.expose(), "from-a-file-0123");
    assert!(!format!("{config:?}").contains("from-a-file"));
}
