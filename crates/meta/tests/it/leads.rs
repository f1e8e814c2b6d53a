use jetbridge_domain::clock::Time;
use jetbridge_meta::{LeadAccess, MetaError, Part, Question};
use serde_json::json;

use crate::stub::{Stub, user_token};

const FIRST: Part = Part { limit: 100, after: None };
const PLAIN: &str = "id,created_time,form_id,field_data,is_organic,platform,ad_id";

#[tokio::test]
async fn a_lead_is_read_with_its_answers() {
    let stub = Stub::playing(
        r#"{"created_time":"2026-02-28T08:49:14+0000","id":"44","form_id":55,"is_organic":false,"platform":"fb",
        "ad_id":"66","ad_name":"Roses","adset_id":"67","adset_name":"Spring","campaign_id":"68",
        "campaign_name":"2026","field_data":[{"name":"full_name","values":["Joe Example"]},
        {"name":"colors","values":["red","blue"]},{"name":"colors","values":["white"]},{"values":["lost"]},
        {"name":"note"}]}"#,
    )
    .await;
    let lead = stub.meta().lead("44", &user_token(), true).await.unwrap();
    assert_eq!((lead.id.as_str(), lead.form_id.as_deref()), ("44", Some("55")));
    assert_eq!(lead.created_at.map(Time::as_seconds), Some(1_772_268_554));
    assert_eq!((lead.organic, lead.platform.as_deref()), (Some(false), Some("fb")));
    assert_eq!((lead.ad_id.as_deref(), lead.ad_name.as_deref()), (Some("66"), Some("Roses")));
    assert_eq!((lead.adset_id.as_deref(), lead.adset_name.as_deref()), (Some("67"), Some("Spring")));
    assert_eq!((lead.campaign_id.as_deref(), lead.campaign_name.as_deref()), (Some("68"), Some("2026")));
    let answers: Vec<_> =
        lead.answers.iter().map(|(name, values)| (name.as_str(), values.join("+"))).collect();
    assert_eq!(
        answers,
        [
            ("colors", "red+blue+white".to_owned()),
            ("full_name", "Joe Example".to_owned()),
            ("note", String::new())
        ]
    );
    let asked = stub.only();
    asked.is_proven();
    assert_eq!(asked.line, "GET /v25.0/44");
    let all = format!("{PLAIN},ad_name,adset_id,adset_name,campaign_id,campaign_name");
    assert_eq!(asked.query("fields"), Some(all.as_str()));
}

#[tokio::test]
async fn an_organic_lead_has_no_ad() {
    for ad in [r#","ad_id":"0","adset_id":0,"is_organic":true"#, r#","is_organic":"true""#] {
        let stub = Stub::playing(&format!(r#"{{"id":"44","field_data":[]{ad}}}"#)).await;
        let lead = stub.meta().lead("44", &user_token(), false).await.unwrap();
        assert_eq!((lead.ad_id, lead.adset_id, lead.organic), (None, None, Some(true)));
        assert_eq!(stub.only().query("fields"), Some(PLAIN));
    }
    let odd = Stub::playing("{}").await.meta().lead("44", &user_token(), false).await;
    assert!(matches!(odd, Err(MetaError::Odd { .. })));
}

#[tokio::test]
async fn a_forms_leads_are_listed_since_a_moment() {
    let body =
        r#"{"data":[{"id":"44"},{"id":"45"}],"paging":{"cursors":{"after":"A"},"next":"https://x.example"}}"#;
    let stub = Stub::playing(body).await.then(200, body);
    let (meta, token) = (stub.meta(), user_token());
    let since = Some(Time::from_seconds(1_700_000_000));
    let listed = meta.leads("55", &token, since, false, &FIRST).await.unwrap();
    assert_eq!((listed.rows.len(), listed.next.as_deref()), (2, Some("A")));
    meta.leads("55", &token, None, true, &Part { after: listed.next, ..FIRST }).await.unwrap();
    let asked = stub.asked();
    asked.iter().for_each(crate::stub::Asked::is_proven);
    assert_eq!(asked[0].line, "GET /v25.0/55/leads");
    assert_eq!(asked[0].names(), ["fields", "filtering", "limit"]);
    let filter: serde_json::Value = serde_json::from_str(asked[0].query("filtering").unwrap()).unwrap();
    assert_eq!(
        filter,
        json!([{"field": "time_created", "operator": "GREATER_THAN", "value": 1_700_000_000}])
    );
    assert_eq!(asked[1].names(), ["after", "fields", "limit"]);
}

#[tokio::test]
async fn a_pages_forms_are_listed() {
    let stub = Stub::playing(
        r#"{"data":[{"id":"55","name":"Roses","status":"ACTIVE","locale":"en_US","leads_count":3,
        "created_time":"2026-02-28T08:49:14+0000","questions":[{"key":"email","label":"E-mail","type":"EMAIL"},
        {"key":"color","type":"CUSTOM","options":[{"key":"r","value":"red"},{"value":"blue"}]},{"label":"?"}]},
        {"id":"56"}]}"#,
    )
    .await;
    let listed = stub.meta().lead_forms("7", &user_token(), &FIRST).await.unwrap();
    let form = &listed.rows[0];
    assert_eq!((form.name.as_deref(), form.status.as_deref()), (Some("Roses"), Some("ACTIVE")));
    assert_eq!((form.locale.as_deref(), form.leads), (Some("en_US"), Some(3)));
    assert_eq!(form.created_at, Some(Time::from_seconds(1_772_268_554)));
    let email = Question {
        key: "email".to_owned(),
        label: Some("E-mail".to_owned()),
        kind: Some("EMAIL".to_owned()),
        options: Vec::new(),
    };
    assert_eq!(form.questions[0], email);
    assert_eq!((form.questions.len(), form.questions[1].options.join("+")), (2, "red+blue".to_owned()));
    assert_eq!(listed.rows[1].questions, []);
    let asked = stub.only();
    asked.is_proven();
    assert_eq!((asked.line.as_str(), asked.names()), ("GET /v25.0/7/leadgen_forms", vec!["fields", "limit"]));
}

#[tokio::test]
async fn who_may_read_leads_is_told() {
    let stub = Stub::playing(
        r#"{"has_lead_access":{"app_has_leads_permission":false,"can_access_lead":false,
        "enabled_lead_access_manager":true,"failure_reason":"The app is not let in","failure_resolution":"Let it in",
        "user_has_leads_permission":true,"user_id":"122"},"id":"7"}"#,
    )
    .await;
    let access = stub.meta().lead_access("7", &user_token(), "122").await.unwrap();
    let expected = LeadAccess {
        can_access: false,
        managed: Some(true),
        app_allowed: Some(false),
        user_allowed: Some(true),
        why: Some("The app is not let in".to_owned()),
        fix: Some("Let it in".to_owned()),
    };
    assert_eq!(access, expected);
    let asked = stub.only();
    asked.is_proven();
    assert_eq!(asked.query("fields"), Some("has_lead_access.user_id(122)"));
    let stub = Stub::playing(r#"{"id":"7"}"#).await;
    assert!(matches!(stub.meta().lead_access("7", &user_token(), "122").await, Err(MetaError::Odd { .. })));
    let sly = stub.meta().lead_access("7", &user_token(), "1),access_token").await;
    assert!(matches!(sly, Err(MetaError::NotSent(_))));
}
