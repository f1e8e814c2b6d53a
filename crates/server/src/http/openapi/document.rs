//! The document itself: OpenAPI 3.1.

use jetbridge_domain::media::Unusable;
use jetbridge_domain::reason::Reason;
use serde_json::{Map, Value, json};

use super::schema::{body, object, parameter};
use super::{Field, Kind, Operation, Unsampled, events, must};
use crate::http::answer::Fail;

const ABOUT: &str = "Onboarding links and connections between businesses and Meta. Every answer is one flat JSON \
    object with `status` and `reason`. Times are Unix seconds, ids are text, unknown fields are ignored, `null` is the \
    same as absent, integers are written without a fraction, and a body is taken whatever its Content-Type says.";

/// The document of these operations.
pub fn document(operations: &[&Operation]) -> Result<Value, Unsampled> {
    let mut paths = Map::new();
    for operation in operations {
        paths.insert(operation.path(), json!({operation.method.word(): describe(operation)?}));
    }
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Jetbridge", "version": env!("CARGO_PKG_VERSION"), "description": ABOUT,
            "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [
            {"name": "settings", "description": "Access tokens, webhooks, and how you appear to clients."},
            {"name": "facebook", "description": "Onboarding links and connections."},
        ],
        "paths": paths,
        "webhooks": events::webhooks()?,
        "components": {
            "securitySchemes": {"access_token": {"type": "http", "scheme": "bearer"}},
            "headers": headers(),
            "schemas": {"Failure": failure(), "EventData": events::data()},
        },
    }))
}

fn headers() -> Value {
    let header = |text: &str, kind: &str| json!({"description": text, "schema": {"type": kind}});
    json!({
        "X-Request-Id": header("Names this request, for whoever is asked for help.", "string"),
        "RateLimit-Limit": header("Requests allowed in a minute.", "integer"),
        "RateLimit-Remaining": header("Requests left in this minute.", "integer"),
        "RateLimit-Reset": header("Seconds until the next minute begins.", "integer"),
        "Retry-After": header("Seconds to wait before the call is repeated.", "integer"),
    })
}

/// What every failure has.
fn failure() -> Value {
    const META: &[Field] = &[];
    let mut codes: Vec<u16> = Reason::ALL.iter().map(|r| r.row().code).filter(|c| *c != 1).collect();
    codes.dedup();
    let mut schema = object(&[
        must("status", Kind::Word(&["FAIL"]), "Always FAIL."),
        must("reason", Kind::Integer(2, 999), "Why, as a code that never changes its meaning."),
        must("message", Kind::Text, "One sentence that says what to change."),
        must("request_id", Kind::Text, "Equals the header X-Request-Id."),
        super::may("field", Kind::Text, "The field at fault, where it is one."),
        super::may("why", Kind::Word(Unusable::WORDS), "Of reason 47: what speaks against the file."),
        super::may("reconnect_link", Kind::Text, "Of reason 42: the link for the client, where one is open."),
        super::may("window_expires_at", Kind::Time, "Of reason 44: when the window closed."),
        super::may("meta", Kind::Objects(META), "Meta's own words."),
    ]);
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert("reason".to_owned(), json!({"type": "integer", "enum": codes}));
        properties.insert("meta".to_owned(), meta());
    }
    schema
}

fn meta() -> Value {
    json!({
        "type": "object",
        "description": "Meta's own words, where Meta refused.",
        "properties": {
            "code": {"type": "integer"}, "subcode": {"type": "integer"}, "message": {"type": "string"},
            "fbtrace_id": {"type": "string"}, "is_transient": {"type": "boolean"},
        },
        "required": ["code", "message", "is_transient"],
    })
}

fn describe(operation: &Operation) -> Result<Value, Unsampled> {
    let mut parameters: Vec<Value> = Vec::new();
    if !operation.method.has_body() {
        parameters.extend(operation.input.iter().map(parameter));
    }
    if operation.keyed {
        parameters.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "Makes the call safe to repeat for 24 hours: the same key with the same body gets the first answer again.",
            "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
        }));
    }
    let mut described = json!({
        "operationId": operation.name,
        "tags": [operation.area],
        "summary": operation.summary,
        "description": operation.text,
        "parameters": parameters,
        "security": if operation.token { json!([{"access_token": []}]) } else { json!([]) },
        "responses": responses(operation)?,
    });
    if operation.method.has_body()
        && let Some(object) = described.as_object_mut()
    {
        let mut content = json!({"schema": body(operation.input)});
        if let (Ok(example), Some(content)) =
            (serde_json::from_str::<Value>(operation.example), content.as_object_mut())
        {
            content.insert("example".to_owned(), example);
        }
        object.insert(
            "requestBody".to_owned(),
            json!({"required": true, "content": {"application/json": content}}),
        );
    }
    Ok(described)
}

fn responses(operation: &Operation) -> Result<Value, Unsampled> {
    let mut fields: Vec<Field> = vec![must("status", Kind::Word(&["OK"]), "Always OK.")];
    fields.extend(operation.answer);
    fields.push(must("reason", Kind::Integer(1, 1), "Always 1."));
    let mut all = Map::new();
    all.insert(
        "200".to_owned(),
        json!({
            "description": "Done.",
            "headers": shown(&["X-Request-Id", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"]),
            "content": {"application/json": {"schema": object(&fields), "example": operation.sample_json()?}},
        }),
    );
    let mut failures = operation.failures();
    failures.push(operation.wrong_method);
    let mut statuses: Vec<u16> = failures.iter().map(|r| r.row().status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    for status in statuses {
        let of: Vec<Reason> = failures.iter().copied().filter(|r| r.row().status == status).collect();
        all.insert(status.to_string(), failed(status, &of));
    }
    Ok(Value::Object(all))
}

fn failed(status: u16, reasons: &[Reason]) -> Value {
    let lines: Vec<String> =
        reasons.iter().map(|r| format!("- {}: {}", r.row().code, r.row().message)).collect();
    let examples: Map<String, Value> = reasons
        .iter()
        .filter_map(|reason| {
            let mut answer = serde_json::from_slice::<Value>(&Fail::of(*reason).answer().body).ok()?;
            answer.as_object_mut()?.insert("request_id".to_owned(), "req_0123456789abcdef01234567".into());
            Some((format!("{reason:?}"), json!({"value": answer})))
        })
        .collect();
    let mut names = vec!["X-Request-Id"];
    if status == 429 {
        names.push("Retry-After");
    }
    json!({
        "description": lines.join("\n"),
        "headers": shown(&names),
        "content": {"application/json": {
            "schema": {"$ref": "#/components/schemas/Failure"}, "examples": examples,
        }},
    })
}

fn shown(names: &[&str]) -> Value {
    let header = |name: &&str| ((*name).to_owned(), json!({"$ref": format!("#/components/headers/{name}")}));
    Value::Object(names.iter().map(header).collect())
}
