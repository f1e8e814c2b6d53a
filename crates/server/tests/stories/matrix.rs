//! Who may call what: a matrix made of the OpenAPI document, so that a new operation is in it at once.

use jetbridge::app::partners;
use jetbridge::http::api;
use jetbridge_domain::clock::Span;
use jetbridge_sandbox::world::{DANA, PAGE_CAFE_AURORA};
use jetbridge_store::partners::PartnerState;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::support::{World, on_both_engines};

/// A query and a body.
type Sent = (Vec<(String, String)>, Option<Map<String, Value>>);

/// A call of an operation, filled in with what the document says of it.
struct Call {
    name: String,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    body: Option<Map<String, Value>>,
    token: bool,
    /// The fields that name an object of the partner's, and what kind of object.
    objects: Vec<(String, String)>,
}

fn document() -> Value {
    serde_json::from_str(&api::document().unwrap()).unwrap()
}

fn object_of(schema: &Value) -> Option<String> {
    let named = |s: &Value| s["x-object"].as_str().map(str::to_owned);
    named(schema).or_else(|| schema["anyOf"].as_array()?.iter().find_map(named))
}

fn calls() -> Vec<Call> {
    let document = document();
    let mut calls = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let schema = &operation["requestBody"]["content"]["application/json"];
            let mut objects = Vec::new();
            let parameters = operation["parameters"].as_array().unwrap();
            for field in parameters.iter().filter(|p| p["in"] == "query") {
                objects.extend(
                    object_of(&field["schema"]).map(|o| (field["name"].as_str().unwrap().to_owned(), o)),
                );
            }
            for (name, field) in schema["schema"]["properties"].as_object().into_iter().flatten() {
                objects.extend(object_of(field).map(|o| (name.clone(), o)));
            }
            calls.push(Call {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                query: Vec::new(),
                body: schema["example"].as_object().cloned(),
                token: !operation["security"].as_array().unwrap().is_empty(),
                objects,
            });
        }
    }
    assert!(calls.len() >= 13, "the document is empty");
    calls
}

impl Call {
    /// With this object named.
    fn naming(&self, field: &str, value: &str) -> Sent {
        let (mut query, mut body) = (self.query.clone(), self.body.clone());
        match &mut body {
            Some(body) => {
                body.insert(field.to_owned(), json!(value));
            }
            None => query.push((field.to_owned(), value.to_owned())),
        }
        (query, body)
    }

    async fn send(
        &self,
        world: &World,
        token: Option<&str>,
        query: &[(String, String)],
        body: Option<&Map<String, Value>>,
    ) -> (u16, Value) {
        let mut url: reqwest::Url = format!("{}{}", world.url, self.path).parse().unwrap();
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let mut request = world.http.request(self.method.clone(), url);
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(body) = body {
            request = request.body(Value::Object(body.clone()).to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("{}: {text}", self.name)))
    }
}

/// An answer without what is different in every one.
fn told(answer: (u16, Value)) -> (u16, Value) {
    let (status, mut json) = answer;
    json.as_object_mut().unwrap().remove("request_id");
    (status, json)
}

/// Everything that `partner` can see of its own.
async fn seen(partner: &crate::support::Partner) -> Value {
    json!([
        partner.get("facebook/getOnboardings").await["list"],
        partner.get("facebook/getConnections").await["list"],
        partner.get("settings/getWebhook").await,
        partner.get("settings/getBusiness").await,
    ])
}

on_both_engines! {
    /// No token, a wrong one, one that has ended, one of a suspended partner: each is refused, on every
    /// operation that takes a token.
    async fn every_operation_asks_who_calls(world: World) {
        let late = world.partner("Late").await;
        world.pass(Span::minutes(61));
        let (partner, suspended) = (world.partner("Shop CRM").await, world.partner("Suspended").await);
        partners::set_state(&world.app, &suspended.client_id, PartnerState::Suspended).await.unwrap();
        let half = &partner.token[..partner.token.len() / 2];
        for call in calls().iter().filter(|c| c.token) {
            for (token, expected) in [
                (None, (401, 3)),
                (Some(""), (401, 3)),
                (Some("wrong"), (401, 3)),
                (Some(half), (401, 3)),
                (Some(late.token.as_str()), (401, 3)),
                (Some(suspended.token.as_str()), (403, 4)),
            ] {
                let (status, answer) = call.send(&world, token, &call.query, call.body.as_ref()).await;
                assert_eq!((status, answer["reason"].as_u64().unwrap()), expected, "{}: {token:?}", call.name);
            }
        }
        let open: Vec<String> = calls().into_iter().filter(|c| !c.token).map(|c| c.name).collect();
        assert_eq!(open, ["accessToken"], "what needs no token is decided here");
    }

    /// Another partner's object is answered exactly as one that does not exist, and stays as it is.
    async fn nobody_reaches_anothers_objects(world: World) {
        let (owner, stranger) = (world.partner("Owner").await, world.partner("Stranger").await);
        let endpoint = owner.endpoint().await;
        let (finished, open) = (owner.link(1).await, owner.link(2).await);
        world.browser().connect(&finished, DANA, PAGE_CAFE_AURORA).await;
        let connection = owner.connections().await[0]["connection_id"].as_str().unwrap().to_owned();
        let default = world.app.db.read(world.app.clone(), |tx, app| {
            Box::pin(async move {
                let row = tx.query_one("SELECT id FROM endpoints", &[]).await?;
                let _ = app;
                row.text("id")
            })
        });
        let default: String = default.await.unwrap();
        let before = seen(&owner).await;
        let none = "0".repeat(32);
        for call in calls() {
            for (field, object) in &call.objects {
                let (theirs, nobodys) = match object.as_str() {
                    "link" => (vec![finished.clone(), open.clone()], "0".repeat(43)),
                    "connection" => (vec![connection.clone()], format!("con_{none}")),
                    "endpoint" => (vec![default.clone()], format!("ep_{none}")),
                    other => panic!(
                        "{}.{field} names a {other}: make one of the owner's here, and a name that nobody has",
                        call.name
                    ),
                };
                let (query, body) = call.naming(field, &nobodys);
                let missing = told(call.send(&world, Some(&stranger.token), &query, body.as_ref()).await);
                assert_eq!(missing.0, 404, "{}.{field}: {}", call.name, missing.1);
                for one in theirs {
                    let (query, body) = call.naming(field, &one);
                    let refused = told(call.send(&world, Some(&stranger.token), &query, body.as_ref()).await);
                    assert_eq!(refused, missing, "{}.{field}", call.name);
                    assert!(!refused.1.to_string().contains(&one), "{}.{field}", call.name);
                }
            }
        }
        assert_eq!(seen(&owner).await, before);
        assert_eq!(seen(&stranger).await[0], json!([]), "and the stranger has nothing by it");
        drop(endpoint);
    }

    /// The document that is served is the one in docs/, and says what the router does.
    async fn the_document_is_served(world: World) {
        let served = world.http.get(format!("{}/api/openapi.json", world.url)).send().await.unwrap();
        assert_eq!(served.headers()["content-type"], "application/json; charset=utf-8");
        let kept = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
        let (served, kept) = (served.text().await.unwrap(), std::fs::read_to_string(kept).unwrap());
        let other = served.lines().zip(kept.lines()).find(|(a, b)| a != b);
        assert!(served == kept, "docs/openapi.json is not up to date, run `cargo xtask generate`: {other:?}");
        let partner = world.partner("Shop CRM").await;
        for call in calls() {
            let wrong = if call.method == Method::PUT { Method::GET } else { Method::PUT };
            let url = format!("{}{}", world.url, call.path);
            let answer = world.http.request(wrong, url).header("authorization", format!("Bearer {}", partner.token));
            let answer = answer.send().await.unwrap();
            assert_eq!(answer.status(), 405, "{}", call.name);
            let allowed = answer.headers()["allow"].to_str().unwrap();
            assert!(allowed.contains(call.method.as_str()), "{}: {allowed}", call.name);
        }
    }
}
