//! What makes two items the same thing told twice: their keys.

use jetbridge_meta::webhook::parse;
use serde_json::{Value, json};

use crate::webhook_shapes::{ACCOUNT, PAGE, PERSON, change, messaging, read};

fn keys(body: &Value) -> Vec<String> {
    read(body).into_iter().map(|inbound| inbound.key).collect()
}

fn distinct(mut keys: Vec<String>) -> usize {
    keys.sort();
    keys.dedup();
    keys.len()
}

fn entry(changes: &Value) -> Value {
    json!({"object": "page", "entry": [{"id": PAGE, "time": 1_795_000_500, "changes": changes}]})
}

#[test]
fn what_comes_and_goes_within_one_entry_is_told_each_time() {
    let label = |action: &str| json!({"field": "inbox_labels", "value": {"action": action, "user": {"id": "1"}, "label": {"id": "2"}}});
    let like = |verb: &str| {
        json!({"field": "feed", "value": {"item": "reaction", "verb": verb, "reaction_type": "like", "post_id": "1_1",
            "from": {"id": PERSON}, "created_time": 1_795_000_000}})
    };
    for changes in [
        json!([label("add"), label("remove"), label("add")]),
        json!([like("add"), like("remove"), like("add")]),
    ] {
        let body = entry(&changes);
        assert_eq!(distinct(keys(&body)), 3, "{body}");
        assert_eq!(keys(&body), keys(&body), "sent again it is the same: {body}");
        let apart = body["entry"][0]["changes"].as_array().unwrap();
        let entries: Vec<Value> = apart
            .iter()
            .map(|change| json!({"id": PAGE, "time": 1_795_000_500, "changes": [change]}))
            .collect();
        assert_eq!(
            keys(&json!({"object": "page", "entry": entries})),
            keys(&body),
            "each in an entry: {body}"
        );
    }
    let twice = keys(&entry(&json!([label("add"), label("add")])));
    assert_eq!(twice[0], twice[1], "one after the other they are one");
    // What is repeated does not depend on what stands before it.
    let alone = keys(&entry(&json!([label("remove")])));
    assert_eq!(keys(&entry(&json!([label("add"), label("remove")])))[1], alone[0]);
}

#[test]
fn what_has_no_time_of_its_own_is_told_again_when_it_is_sent_again() {
    for (object, field, value) in [
        ("page", "inbox_labels", json!({"action": "add", "user": {"id": "1"}, "label": {"id": "2"}})),
        (
            "page",
            "feed",
            json!({"item": "reaction", "verb": "add", "reaction_type": "like", "post_id": "1_1", "from": {"id": PERSON}}),
        ),
        ("permissions", "pages_messaging", json!({"verb": "revoked", "target_ids": ["1"]})),
        (
            "page",
            "messages",
            json!({"sender": {"id": PERSON}, "reaction": {"mid": "m_1", "action": "unreact"}}),
        ),
    ] {
        let mut body = change(object, field, value);
        let before = keys(&body);
        assert_eq!(keys(&body), before);
        body["entry"][0]["time"] = json!(1_795_000_777);
        assert_ne!(keys(&body), before, "{field}: a day later it happened anew");
    }
    // What has a time of its own is one thing, whenever it was sent.
    let mut body = messaging("page", json!({"account_linking": {"status": "linked"}}));
    let before = keys(&body);
    body["entry"][0]["time"] = json!(1_795_000_777_000_i64);
    assert_eq!(keys(&body), before);
}

#[test]
fn fields_that_changed_are_one_thing_at_one_time() {
    let body = |entry: &str| keys_of(&format!(r#"{{"object":"page","entry":[{entry}]}}"#));
    let before = body(r#"{"id":"3","time":1795000001,"changed_fields":["feed","picture"]}"#);
    assert_eq!(before.len(), 1);
    for again in [
        r#"{"changed_fields":["picture","feed"],"time":1795000001,"id":"3"}"#,
        r#"{"id":3,"uid":"3","time":"1795000001","changed_fields":[ "feed", "pictur\u0065" ]}"#,
    ] {
        assert_eq!(body(again), before, "{again}");
    }
    for other in [
        r#"{"id":"3","time":1795000002,"changed_fields":["feed","picture"]}"#,
        r#"{"id":"3","time":1795000001,"changed_fields":["feed"]}"#,
        r#"{"id":"4","time":1795000001,"changed_fields":["feed","picture"]}"#,
    ] {
        assert_ne!(body(other), before, "{other}");
    }
}

fn keys_of(body: &str) -> Vec<String> {
    parse(body.as_bytes()).unwrap().into_iter().map(|inbound| inbound.key).collect()
}

#[test]
fn what_a_post_is_made_of_comes_one_by_one() {
    let post = |more: Value| {
        let mut value =
            json!({"item": "photo", "verb": "add", "post_id": "1_1", "created_time": 1_795_000_000});
        value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"field": "feed", "value": value})
    };
    let changes = json!([
        post(json!({"photo_id": "1"})),
        post(json!({"photo_id": "2"})),
        post(json!({"item": "status", "published": 0})),
        post(json!({"item": "status", "published": 1})),
        post(json!({"item": "video", "video_id": 4})),
        post(json!({"item": "video", "video_id": 5})),
    ]);
    assert_eq!(distinct(keys(&entry(&changes))), 6);
}

/// Meta leaves out what is said to be always there.
#[test]
fn messages_without_an_id_are_told_apart() {
    for shape in ["message", "message_edit", "postback", "reaction"] {
        let of = |person: &str, time: i64| {
            keys(&messaging(
                "instagram",
                json!({"sender": {"id": person}, "timestamp": time, shape: {"text": "x"}}),
            ))
        };
        assert_eq!(of(PERSON, 1_795_000_000_000), of(PERSON, 1_795_000_000_000), "{shape}");
        assert_ne!(of(PERSON, 1_795_000_000_000), of("77", 1_795_000_000_000), "{shape}");
        assert_ne!(of(PERSON, 1_795_000_000_000), of(PERSON, 1_795_000_000_001), "{shape}");
    }
    let read = |time: i64| keys(&messaging("page", json!({"timestamp": time, "read": {}})));
    assert_ne!(read(1_795_000_000_000), read(1_795_000_000_001));
    let of_account = |account: &str| json!({"object": "instagram", "entry": [{"id": account, "time": 5, "changes": [{"field": "mentions", "value": {"media_id": "1"}}]}]});
    assert_ne!(keys(&of_account(ACCOUNT)), keys(&of_account("2")));
}
