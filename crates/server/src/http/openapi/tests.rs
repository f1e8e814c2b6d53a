use std::collections::BTreeSet;

use super::*;
use crate::http::api;

/// What is declared of an object and what is there, down to the lists of objects in it.
fn same(fields: &[Field], value: &Value, place: &str) {
    let object = value.as_object().unwrap_or_else(|| panic!("{place} is no object: {value}"));
    let declared: BTreeSet<&str> = fields.iter().map(|f| f.name).collect();
    let there: BTreeSet<&str> = object.keys().map(String::as_str).collect();
    assert_eq!(declared, there, "{place}: what the sample has and what is declared");
    for field in fields {
        if let Kind::Objects(inner) = field.kind {
            let list = object[field.name].as_array().unwrap();
            // Together the objects of a list show every field; each has those that it needs.
            let mut all = serde_json::Map::new();
            for one in list {
                let one = one.as_object().unwrap();
                assert!(
                    inner.iter().filter(|f| f.needed).all(|f| one.contains_key(f.name)),
                    "{place}.{}",
                    field.name
                );
                all.extend(one.clone());
            }
            same(inner, &Value::Object(all), &format!("{place}.{}", field.name));
        }
    }
}

#[test]
fn answers_hold_just_what_is_declared() {
    for operation in api::operations() {
        let mut sample =
            operation.sample_json().unwrap_or_else(|_| panic!("no sample of {}", operation.name));
        let object = sample.as_object_mut().unwrap();
        assert_eq!(object.remove("status").unwrap(), "OK", "{}", operation.name);
        assert_eq!(object.remove("reason").unwrap(), 1, "{}", operation.name);
        same(operation.answer, &sample, operation.name);
    }
}

#[test]
fn events_hold_just_what_is_declared() {
    let declared: BTreeSet<&str> = events::DATA.iter().map(|f| f.name).collect();
    let mut seen = BTreeSet::new();
    for (name, body) in jetbridge_domain::event::samples().unwrap() {
        let body: Value = serde_json::from_str(&body).unwrap();
        for key in body["data"].as_object().unwrap().keys() {
            assert!(declared.contains(key.as_str()), "{name} has {key}");
            seen.insert(key.clone());
        }
    }
    // A message that Meta shows has no such flag, and the samples show theirs.
    seen.insert("unsupported".to_owned());
    assert_eq!(
        seen.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        declared,
        "declared and in no sample"
    );
}

#[test]
fn every_operation_is_told_in_full() {
    let mut names = BTreeSet::new();
    for operation in api::operations() {
        let name = operation.name;
        assert!(names.insert(operation.path()), "{name} twice");
        assert!(!operation.summary.is_empty() && !operation.summary.ends_with('.'), "{name}");
        for field in operation.input.iter().chain(operation.answer) {
            assert!(
                field.text.ends_with('.') || field.text.ends_with('!'),
                "{name}.{}: {}",
                field.name,
                field.text
            );
        }
        assert_eq!(
            operation.method.has_body(),
            !operation.example.is_empty(),
            "{name}: an example of the body"
        );
        if operation.method.has_body() {
            let example: Value = serde_json::from_str(operation.example).unwrap();
            for key in example.as_object().unwrap().keys() {
                assert!(operation.input.iter().any(|f| f.name == key), "{name}: {key}");
            }
        }
    }
}

#[test]
fn every_reason_is_in_the_document_and_every_sample() {
    let document = api::document().unwrap();
    let said: BTreeSet<u16> =
        api::operations().iter().flat_map(|o| o.failures()).map(|r| r.row().code).collect();
    // These two belong to no operation: another path, another method.
    let elsewhere = [Reason::Fine, Reason::NoSuchEndpoint, Reason::WrongMethod, Reason::UsePatch];
    for reason in Reason::ALL.iter().filter(|r| !elsewhere.contains(r)) {
        assert!(said.contains(&reason.row().code), "no operation says {reason:?}");
    }
    for (name, _) in jetbridge_domain::event::names() {
        assert!(document.contains(&format!("\"{name}\"")), "{name}");
    }
    assert!(document.starts_with("{\n") && document.contains("\"openapi\": \"3.1.0\""));
}
