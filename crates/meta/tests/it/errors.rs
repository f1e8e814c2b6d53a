use std::sync::{Arc, Mutex};

use jetbridge_domain::clock::Span;
use jetbridge_meta::{Advice, Budget, Meta, MetaError, Usage};
use url::Url;

use crate::stub::{Stub, config, impatient, nobody, raw, user_token};

const PAGE: &str = "7";

fn patient(base: &Url) -> Meta {
    Meta::new(config(base)).unwrap()
}

async fn failure(stub: &Stub) -> MetaError {
    stub.meta().subscribe_page(PAGE, &user_token(), &["feed"]).await.unwrap_err()
}

#[tokio::test]
async fn metas_envelope_is_read_whatever_the_status() {
    let body = r#"{"error":{"message":"(#200) Nope","type":"OAuthException","code":200,"error_subcode":2534041,
        "error_user_title":"Oh","error_user_msg":"Ask the owner","is_transient":false,"fbtrace_id":"AbC"}}"#;
    for http in [200, 400, 401, 403, 404, 500] {
        let error = failure(&Stub::start().await.then(http, body)).await;
        assert_eq!(error.advice(), Advice::NotAllowed);
        assert!(!error.may_have_been_taken());
        let refusal = error.refusal().unwrap();
        assert_eq!((refusal.http, refusal.code, refusal.subcode), (http, 200, Some(2_534_041)));
        assert_eq!((refusal.kind.as_str(), refusal.message.as_str()), ("OAuthException", "(#200) Nope"));
        assert_eq!(refusal.user_title.as_deref(), Some("Oh"));
        assert_eq!(refusal.user_msg.as_deref(), Some("Ask the owner"));
        assert_eq!(refusal.fbtrace_id.as_deref(), Some("AbC"));
    }
}

#[tokio::test]
async fn each_class_of_refusal_has_its_advice() {
    for (code, subcode, transient, advice) in [
        (2, "", "", Advice::Retry),
        (4, "", r#","is_transient":true"#, Advice::SlowDown),
        (80_001, "", "", Advice::SlowDown),
        (190, r#","error_subcode":463"#, "", Advice::Reconnect),
        (10, "", "", Advice::NotAllowed),
        (100, "", "", Advice::Mistake),
        (424_242, "", r#","is_transient":true"#, Advice::Retry),
    ] {
        let body = format!(r#"{{"error":{{"message":"m","code":{code}{subcode}{transient}}}}}"#);
        assert_eq!(failure(&Stub::start().await.then(400, body)).await.advice(), advice, "{code}");
    }
}

const THROTTLED: &str =
    r#"{"7":[{"type":"messenger","call_count":120,"total_time":3,"estimated_time_to_regain_access":19}]}"#;

#[tokio::test]
async fn a_limit_says_how_long_to_wait_where_meta_does() {
    let limit = r#"{"error":{"message":"too many","code":80006}}"#;
    let stub = Stub::start().await.then_with(("x-business-use-case-usage", THROTTLED), 400, limit);
    let error = failure(&stub).await;
    let refusal = error.refusal().unwrap();
    assert_eq!(error.advice(), Advice::SlowDown);
    assert_eq!((refusal.budget(), refusal.wait), (Some(Budget::Messages), Some(Span::minutes(19))));
    let error = failure(&Stub::start().await.then(400, limit)).await;
    assert_eq!(error.refusal().unwrap().wait, None);
    let other = r#"{"error":{"message":"no","code":100}}"#;
    let stub = Stub::start().await.then_with(("x-business-use-case-usage", THROTTLED), 400, other);
    let error = failure(&stub).await;
    assert_eq!((error.refusal().unwrap().budget(), error.refusal().unwrap().wait), (None, None));
}

#[tokio::test]
async fn the_hook_is_told_of_every_answer_that_names_a_limit() {
    let stub = Stub::start()
        .await
        .then_with(("x-app-usage", r#"{"call_count":40,"total_time":5,"total_cputime":1}"#), 200, "true")
        .then(200, "true")
        .then_with(("x-business-use-case-usage", THROTTLED), 400, r#"{"error":{"code":80006}}"#);
    let meta = stub.meta();
    let told: Arc<Mutex<Vec<Usage>>> = Arc::default();
    let on_usage = Arc::clone(&told);
    meta.on_usage(move |usage| on_usage.lock().unwrap().push(usage.clone()));
    meta.on_usage(|_| panic!("the first hook stays"));
    for _ in 0..3 {
        let _ = meta.clone().subscribe_page(PAGE, &user_token(), &["feed"]).await;
    }
    let told = told.lock().unwrap();
    assert_eq!(told.len(), 2);
    assert_eq!((told[0].call, told[0].object.as_str()), ("POST /{page-id}/subscribed_apps", PAGE));
    assert_eq!((told[0].fullest(), told[0].regain()), (40, None));
    assert_eq!((told[1].fullest(), told[1].regain()), (120, Some(Span::minutes(19))));
}

#[tokio::test]
async fn what_is_not_metas_is_odd() {
    let deep = "[".repeat(100_000);
    for (http, body) in [
        (502, "<html><body>Bad gateway</body></html>"),
        (200, "<html>Log in to the hotel's network</html>"),
        (200, ""),
        (200, r#"{"success":tr"#),
        (200, "\u{feff}{\"success\":true}"),
        (200, deep.as_str()),
        (500, r#"{"success":true}"#),
        (404, "{}"),
        (400, r#"{"error":"invalid_request"}"#),
        (302, ""),
    ] {
        let error = failure(&Stub::start().await.then(http, body)).await;
        assert!(matches!(error, MetaError::Odd { http: h, .. } if h == http), "{http} {error:?}");
        assert!(error.may_have_been_taken());
        assert_eq!(error.advice(), Advice::Retry);
    }
    let error = failure(&Stub::start().await.then(200, b"{\"a\":\"\xff\xfe\"}".to_vec())).await;
    assert!(matches!(error, MetaError::Odd { .. }));
    assert_eq!(failure(&Stub::start().await.then(429, "slow")).await.advice(), Advice::SlowDown);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let stub = Stub::start().await;
    let there = stub.base.join("/elsewhere").unwrap();
    let stub = stub.then_with(("location", there.as_str()), 307, "");
    assert!(matches!(failure(&stub).await, MetaError::Odd { http: 307, .. }));
    stub.only();
}

#[tokio::test]
async fn an_answer_without_measure_is_not_read_to_the_end() {
    let announced = Stub::start().await.then(200, vec![b' '; 4 * 1024 * 1024 + 1]);
    assert!(matches!(failure(&announced).await, MetaError::Odd { http: 200, .. }));
    let mut endless = b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n".to_vec();
    endless.resize(5 * 1024 * 1024, b' ');
    let base = raw(endless).await;
    let error = patient(&base).subscribe_page(PAGE, &user_token(), &["feed"]).await.unwrap_err();
    assert!(matches!(error, MetaError::Odd { http: 200, .. }), "{error:?}");
    let mut large = br#"{"success":true,"padding":""#.to_vec();
    large.resize(4 * 1024 * 1024 - 2, b'x');
    large.extend_from_slice(b"\"}");
    let stub = Stub::start().await.then(200, large);
    stub.meta().subscribe_page(PAGE, &user_token(), &["feed"]).await.unwrap();
}

#[tokio::test]
async fn nobody_there_means_nothing_was_taken() {
    let meta = impatient(&nobody().await);
    let error = meta.pages(&user_token(), false).await.unwrap_err();
    assert!(matches!(error, MetaError::Unreachable(_)), "{error:?}");
    assert!(!error.may_have_been_taken());
    assert_eq!(error.advice(), Advice::Retry);
}

#[tokio::test]
async fn a_failed_handshake_means_nothing_was_taken() {
    let mut base = raw("HTTP/1.1 400 Bad Request\r\n\r\n").await;
    base.set_scheme("https").unwrap();
    let error = patient(&base).pages(&user_token(), false).await.unwrap_err();
    assert!(matches!(error, MetaError::Unreachable(_)), "{error:?}");
}

#[tokio::test]
async fn a_line_that_is_cut_leaves_it_open() {
    for answer in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"success\":",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{\"suc",
        "no HTTP at all\r\n\r\n",
    ] {
        let meta = patient(&raw(answer).await);
        let error = meta.subscribe_page(PAGE, &user_token(), &["feed"]).await.unwrap_err();
        assert!(matches!(error, MetaError::Unknown(_)), "{answer}: {error:?}");
        assert!(error.may_have_been_taken());
    }
}

#[tokio::test]
async fn silence_is_waited_for_as_long_as_the_settings_say() {
    let stub = Stub::start().await.then_silence();
    let error = impatient(&stub.base).subscribe_page(PAGE, &user_token(), &["feed"]).await.unwrap_err();
    assert!(matches!(error, MetaError::Unknown(_)), "{error:?}");
    stub.only();
}

#[tokio::test]
async fn calls_can_be_spawned() {
    let stub = Stub::playing(r#"{"data":[]}"#).await;
    let meta = stub.meta();
    let pages = tokio::spawn(async move { meta.pages(&user_token(), true).await });
    assert_eq!(pages.await.unwrap().unwrap(), []);
}
