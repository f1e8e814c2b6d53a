use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::secret::Secret;
use jetbridge_meta::{
    Advice, Config, ConfigError, Granular, Meta, MetaError, PermissionState, TokenError, TokenKind,
};
use url::Url;

use crate::stub::{APP_ID, APP_SECRET, Stub, USER_PROOF, config, user_token};

fn graph() -> Url {
    Url::parse("https://graph.facebook.com").unwrap()
}

#[test]
fn the_dialog_asks_for_permissions_by_name() {
    let meta = Meta::new(config(&graph())).unwrap();
    let url = meta.dialog_url("s t&a=te", &["pages_show_list", "pages_messaging"], false, None);
    assert_eq!(
        url.as_str(),
        "https://www.facebook.com/v25.0/dialog/oauth?client_id=411222333444555\
         &redirect_uri=https%3A%2F%2Fjetbridge.example%2Ffacebook%2Fcallback&state=s+t%26a%3Dte\
         &response_type=code&scope=pages_show_list%2Cpages_messaging"
    );
    let again = meta.dialog_url("s", &["pages_show_list"], true, Some("ar_AR"));
    assert!(again.as_str().ends_with("&auth_type=rerequest&locale=ar_AR"), "{again}");
}

#[test]
fn a_configuration_takes_the_place_of_the_permissions() {
    let config = Config { config_id: Some("990011".to_owned()), ..config(&graph()) };
    let url = Meta::new(config).unwrap().dialog_url("s", &["pages_show_list"], false, None);
    let query: Vec<_> = url.query_pairs().map(|(key, value)| format!("{key}={value}")).collect();
    assert!(query.contains(&"config_id=990011".to_owned()), "{url}");
    assert!(query.contains(&"override_default_response_type=true".to_owned()), "{url}");
    assert!(!query.iter().any(|pair| pair.starts_with("scope=")), "{url}");
}

#[test]
fn settings_that_cannot_work_are_refused() {
    let refused = |change: fn(&mut Config)| {
        let mut config = config(&graph());
        change(&mut config);
        Meta::new(config).unwrap_err()
    };
    assert!(matches!(refused(|c| c.app_id = String::new()), ConfigError::AppId));
    assert!(matches!(refused(|c| c.app_id = "../me".to_owned()), ConfigError::AppId));
    assert!(matches!(refused(|c| c.app_secret = Secret::new("")), ConfigError::AppSecret));
    assert!(matches!(refused(|c| c.app_secret = Secret::new("a\nb")), ConfigError::AppSecret));
    for version in ["25.0", "v25", "v.0", "v25.", "vx.0", "v25.0/me"] {
        let change = |c: &mut Config, v: &str| v.clone_into(&mut c.graph_version);
        let mut config = config(&graph());
        change(&mut config, version);
        assert!(matches!(Meta::new(config), Err(ConfigError::GraphVersion)), "{version}");
    }
    let ftp = |c: &mut Config| c.graph_base = Url::parse("ftp://graph.facebook.com").unwrap();
    assert!(matches!(refused(ftp), ConfigError::Base("graph_base")));
    let query = |c: &mut Config| c.dialog_base = Url::parse("https://facebook.com?a=b").unwrap();
    assert!(matches!(refused(query), ConfigError::Base("dialog_base")));
    let user = |c: &mut Config| c.graph_base = Url::parse("https://a:b@graph.facebook.com").unwrap();
    assert!(matches!(refused(user), ConfigError::Base("graph_base")));
    assert!(matches!(refused(|c| c.redirect_uri = "/callback".to_owned()), ConfigError::RedirectUri));
}

#[tokio::test]
async fn a_code_is_exchanged_in_a_body() {
    let stub = Stub::playing(r#"{"access_token":"EAAnew","token_type":"bearer","expires_in":5183944}"#).await;
    let got = stub.meta().exchange_code(&Secret::new("AQB-code")).await.unwrap();
    assert_eq!(got.token.expose(), "EAAnew");
    assert_eq!(got.expires_in, Some(Span::seconds(5_183_944)));
    let asked = stub.only();
    assert_eq!(asked.line, "POST /v25.0/oauth/access_token");
    assert_eq!(asked.query, []);
    assert_eq!(asked.form("client_id"), Some(APP_ID));
    assert_eq!(asked.form("client_secret"), Some(APP_SECRET));
    assert_eq!(asked.form("code"), Some("AQB-code"));
    assert_eq!(asked.form("redirect_uri"), Some("https://jetbridge.example/facebook/callback"));
    assert_eq!(asked.form("grant_type"), None);
    assert_eq!(asked.header("authorization"), None);
    assert!(asked.header("user-agent").unwrap().starts_with("jetbridge/"));
}

#[tokio::test]
async fn a_life_time_may_be_absent_a_text_or_nonsense() {
    for (life, expected) in [
        ("", None),
        (r#","expires_in":"3600""#, Some(Span::hours(1))),
        (r#","expires_in":0"#, None),
        (r#","expires_in":{}"#, None),
        (r#","expires_in":99999999999999999999"#, None),
        (r#","expires_in":9223372036854775807"#, Some(Span::micros(i64::MAX))),
    ] {
        let stub = Stub::playing(&format!(r#"{{"access_token":"EAAnew"{life}}}"#)).await;
        let got = stub.meta().exchange_code(&Secret::new("AQB-code")).await.unwrap();
        assert_eq!(got.expires_in, expected, "{life}");
    }
}

#[tokio::test]
async fn a_token_answer_without_a_token_is_odd() {
    for body in ["{}", "[]", "true", "null", r#"{"access_token":""}"#, r#"{"access_token":["EAA"]}"#] {
        let outcome = Stub::playing(body).await.meta().exchange_code(&Secret::new("AQB-code")).await;
        assert!(matches!(outcome, Err(MetaError::Odd { http: 200, .. })), "{body}");
    }
}

#[tokio::test]
async fn a_code_that_was_used_asks_for_a_new_login() {
    let body = r#"{"error":{"message":"This authorization code has been used.","type":"OAuthException",
        "code":100,"error_subcode":36009,"fbtrace_id":"Abc"}}"#;
    let stub = Stub::start().await.then(400, body);
    let error = stub.meta().exchange_code(&Secret::new("AQB-code")).await.unwrap_err();
    assert_eq!(error.advice(), Advice::Reconnect);
}

#[tokio::test]
async fn a_token_is_made_long_lived_in_a_body() {
    let stub = Stub::playing(r#"{"access_token":"EAAlong","token_type":"bearer"}"#).await;
    let got = stub.meta().long_lived(&user_token()).await.unwrap();
    assert_eq!((got.token.expose(), got.expires_in), ("EAAlong", None));
    let asked = stub.only();
    assert_eq!(asked.line, "POST /v25.0/oauth/access_token");
    assert_eq!(asked.query, []);
    assert_eq!(asked.form("grant_type"), Some("fb_exchange_token"));
    assert_eq!(asked.form("fb_exchange_token"), Some("EAAuser"));
    assert_eq!(asked.form("client_secret"), Some(APP_SECRET));
}

#[tokio::test]
async fn a_token_is_inspected_with_the_apps_own() {
    let stub = Stub::playing(
        r#"{"data":{"app_id":"411222333444555","type":"USER","application":"Jetbridge",
        "data_access_expires_at":1649504517,"expires_at":1641733200,"issued_at":1347235328,"is_valid":true,
        "scopes":["pages_show_list","instagram_basic"],"granular_scopes":[{"scope":"pages_show_list"},
        {"scope":"instagram_basic","target_ids":["17841400000000001"]},
        {"scope":"pages_messaging","target_ids":[]}],"user_id":10158000000000001,"metadata":{"a":1}}}"#,
    )
    .await;
    let got = stub.meta().inspect(&user_token()).await.unwrap();
    assert!(got.valid);
    assert_eq!(got.kind, TokenKind::User);
    assert_eq!(got.app_id.as_deref(), Some(APP_ID));
    assert_eq!(got.user_id.as_deref(), Some("10158000000000001"));
    assert_eq!(got.scopes, ["pages_show_list", "instagram_basic"]);
    assert_eq!(got.expires_at, Some(Time::from_seconds(1_641_733_200)));
    assert_eq!(got.data_access_expires_at, Some(Time::from_seconds(1_649_504_517)));
    let granular = |scope: &str, ids: Option<&[&str]>| Granular {
        scope: scope.to_owned(),
        target_ids: ids.map(|ids| ids.iter().map(|&id| id.to_owned()).collect()),
    };
    assert_eq!(
        got.granular,
        [
            granular("pages_show_list", None),
            granular("instagram_basic", Some(&["17841400000000001"])),
            granular("pages_messaging", Some(&[])),
        ]
    );
    let asked = stub.only();
    assert_eq!(asked.line, "POST /v25.0/debug_token");
    assert_eq!(asked.query, []);
    assert_eq!(asked.form("method"), Some("get"));
    assert_eq!(asked.form("input_token"), Some("EAAuser"));
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {APP_ID}|{APP_SECRET}").as_str()));
}

#[tokio::test]
async fn a_page_token_that_never_expires() {
    let stub = Stub::playing(
        r#"{"data":{"app_id":411222333444555,"type":"PAGE","is_valid":"true","expires_at":0,
        "data_access_expires_at":0,"profile_id":"1234567890","scopes":["pages_messaging"],"user_id":"7"}}"#,
    )
    .await;
    let got = stub.meta().inspect(&Secret::new("EAApage")).await.unwrap();
    assert!(got.valid);
    assert_eq!(got.kind, TokenKind::Page);
    assert_eq!(got.app_id.as_deref(), Some(APP_ID));
    assert_eq!(got.profile_id.as_deref(), Some("1234567890"));
    assert_eq!((got.expires_at, got.data_access_expires_at), (None, None));
    assert_eq!(got.granular, []);
}

#[tokio::test]
async fn a_dead_token_is_an_answer() {
    let stub = Stub::playing(
        r#"{"data":{"error":{"code":190,"message":"Error validating access token","subcode":460},
        "is_valid":false,"scopes":[]}}"#,
    )
    .await;
    let got = stub.meta().inspect(&user_token()).await.unwrap();
    assert!(!got.valid);
    assert_eq!(got.error, Some(TokenError { code: 190, subcode: Some(460) }));
    assert_eq!((got.app_id, got.kind), (None, TokenKind::Other));
    assert!(Stub::playing("{}").await.meta().inspect(&user_token()).await.is_err());
    assert!(Stub::playing(r#"{"data":[]}"#).await.meta().inspect(&user_token()).await.is_err());
    let got = Stub::playing(r#"{"data":{}}"#).await.meta().inspect(&user_token()).await.unwrap();
    assert!(!got.valid);
}

#[tokio::test]
async fn permissions_are_granted_declined_or_expired() {
    let stub = Stub::playing(
        r#"{"data":[{"permission":"pages_show_list","status":"granted"},
        {"permission":"pages_messaging","status":"declined"},{"permission":"email","status":"expired"},
        {"permission":"new","status":"pondered"},{"status":"granted"},7]}"#,
    )
    .await;
    let got = stub.meta().permissions(&user_token()).await.unwrap();
    let states: Vec<_> = got.iter().map(|p| (p.permission.as_str(), p.state)).collect();
    assert_eq!(
        states,
        [
            ("pages_show_list", PermissionState::Granted),
            ("pages_messaging", PermissionState::Declined),
            ("email", PermissionState::Expired),
            ("new", PermissionState::Other),
        ]
    );
    let asked = stub.only();
    assert_eq!(asked.line, "GET /v25.0/me/permissions");
    assert_eq!(asked.header("authorization"), Some("Bearer EAAuser"));
    assert_eq!(asked.query("appsecret_proof"), Some(USER_PROOF));
    assert_eq!(asked.query("access_token"), None);
}

#[tokio::test]
async fn the_app_leaves_a_persons_account() {
    let stub = Stub::playing(r#"{"success":true}"#).await;
    stub.meta().deauthorize("10158000000000001").await.unwrap();
    let asked = stub.only();
    assert_eq!(asked.line, "DELETE /v25.0/10158000000000001/permissions");
    assert_eq!(asked.header("authorization"), Some(format!("Bearer {APP_ID}|{APP_SECRET}").as_str()));
    assert_eq!(asked.form, []);
}

#[tokio::test]
async fn what_is_no_id_is_not_sent() {
    let stub = Stub::start().await;
    let meta = stub.meta();
    for id in ["", ".", "..", "../me", "1/accounts", "1?x=y", "1#", "%2e%2e", "1 2", "é", &"1".repeat(257)] {
        let outcome = meta.deauthorize(id).await;
        assert!(matches!(outcome, Err(MetaError::NotSent(_))), "{id}");
    }
    assert!(stub.asked().is_empty());
}

#[tokio::test]
async fn a_base_address_may_have_a_path() {
    let stub = Stub::playing(r#"{"success":true}"#).await;
    let base = stub.base.join("graph/").unwrap();
    Meta::new(config(&base)).unwrap().deauthorize("7").await.unwrap();
    assert_eq!(stub.only().line, "DELETE /graph/v25.0/7/permissions");
}
