//! Every documented shape of a webhook, and what is made of it.

#![expect(clippy::needless_pass_by_value, reason = "the tables read better so")]

use jetbridge_domain::inbound::{Family, Happening, Inbound, Object};
use jetbridge_domain::product::Product;
use jetbridge_meta::webhook::{Unreadable, parse};
use serde_json::{Value, json};

use crate::webhook_changes::changes;
use crate::webhook_conversations::conversations;

pub(crate) const PAGE: &str = "102345678901234";
pub(crate) const ACCOUNT: &str = "17841400000000001";
pub(crate) const PERSON: &str = "6789012345678901";

/// A webhook with one item of a conversation.
pub(crate) fn messaging(object: &str, item: Value) -> Value {
    let account = if object == "page" { PAGE } else { ACCOUNT };
    let mut whole =
        json!({"sender": {"id": PERSON}, "recipient": {"id": account}, "timestamp": 1_795_000_000_123_i64});
    whole.as_object_mut().unwrap().extend(item.as_object().unwrap().clone());
    json!({"object": object, "entry": [{"id": account, "time": 1_795_000_001_000_i64, "messaging": [whole]}]})
}

/// A webhook with one change.
pub(crate) fn change(object: &str, field: &str, value: Value) -> Value {
    let account = if object == "page" { PAGE } else { ACCOUNT };
    json!({"object": object, "entry": [{"id": account, "time": 1_795_000_001, "changes": [{"field": field, "value": value}]}]})
}

pub(crate) fn read(body: &Value) -> Vec<Inbound> {
    parse(body.to_string().as_bytes()).unwrap()
}

fn one(body: &Value) -> Inbound {
    let mut all = read(body);
    assert_eq!(all.len(), 1, "{body}");
    all.remove(0)
}

/// The normal form without the parties of a conversation, which all have.
fn normal(inbound: &Inbound) -> Value {
    match &inbound.happening {
        Happening::Message(_, message) => {
            let mut value = serde_json::to_value(message).unwrap();
            value.as_object_mut().unwrap().retain(|key, _| key != "from" && key != "to");
            value
        }
        Happening::Content(_, content) => serde_json::to_value(content).unwrap(),
        Happening::Lead(lead) => serde_json::to_value(lead).unwrap(),
        Happening::Other => json!("other"),
    }
}

#[test]
fn every_shape_of_a_conversation_is_read() {
    for (object, item, name, expected) in conversations() {
        let inbound = one(&messaging(object, item.clone()));
        assert_eq!((inbound.name(), normal(&inbound)), (name, expected), "{item}");
        assert_eq!(inbound.family, Family::Messaging, "{item}");
        assert_eq!(inbound.at.unwrap().as_micros(), 1_795_000_000_123_000, "{item}");
        assert_eq!(inbound.raw.get().parse::<Value>().unwrap()["timestamp"], 1_795_000_000_123_i64);
        if name != "meta.other" {
            assert_eq!((inbound.person(), inbound.conversation()), (Some(PERSON), PERSON), "{item}");
        }
        let product = if object == "page" { Product::Messenger } else { Product::InstagramMessaging };
        for other in Product::ALL {
            assert_eq!(inbound.is_for(other), other == product, "{item} for {other:?}");
        }
    }
}

#[test]
fn every_shape_of_a_change_is_read() {
    for (object, field, value, name, expected) in changes() {
        let inbound = one(&change(object, field, value.clone()));
        assert_eq!((inbound.name(), normal(&inbound)), (name, expected), "{field} {value}");
        assert!(inbound.at.is_some(), "{field} {value}");
        let product = match (object, inbound.family) {
            ("page", Family::Messaging) => Product::Messenger,
            ("page", _) => Product::FacebookPage,
            (_, Family::Messaging) => Product::InstagramMessaging,
            _ => Product::InstagramContent,
        };
        for other in Product::ALL {
            assert_eq!(inbound.is_for(other), other == product, "{field} {value} for {other:?}");
        }
    }
}

/// A copy of a thing is known by its key, however it was escaped.
#[test]
fn a_copy_is_known() {
    let bodies = conversations().into_iter().map(|(object, item, ..)| messaging(object, item));
    let bodies: Vec<Value> =
        bodies.chain(changes().into_iter().map(|(o, f, v, ..)| change(o, f, v))).collect();
    for body in &bodies {
        let inbound = one(body);
        let escaped: String = body
            .to_string()
            .chars()
            .map(|c| match c {
                '/' => "\\/".to_owned(),
                c if c.is_ascii() => c.to_string(),
                c => c.encode_utf16(&mut [0; 2]).iter().map(|u| format!("\\u{u:04x}")).collect(),
            })
            .collect();
        let copy = parse(escaped.as_bytes()).unwrap().remove(0);
        assert_eq!(copy.key, inbound.key, "{body}");
        assert_eq!(normal(&copy), normal(&inbound), "{body}");
    }
}

#[test]
fn what_differs_has_another_key() {
    let key = |item: Value| one(&messaging("page", item)).key;
    let of = |value: Value| one(&change("page", "feed", value)).key;
    let comment = |verb: &str| json!({"item": "comment", "verb": verb, "comment_id": "1_2", "post_id": "1", "created_time": 5});
    let differ = [
        key(json!({"message": {"mid": "m_1"}})),
        key(json!({"message": {"mid": "m_2"}})),
        key(json!({"message": {"mid": "m_1", "is_deleted": true}})),
        key(json!({"message": {"mid": "m_1", "is_echo": true}})),
        key(json!({"message_edit": {"mid": "m_1", "num_edit": 1}})),
        key(json!({"message_edit": {"mid": "m_1", "num_edit": 2}})),
        key(json!({"reaction": {"mid": "m_1", "action": "react", "reaction": "love"}})),
        key(json!({"reaction": {"mid": "m_1", "action": "unreact"}})),
        key(json!({"reaction": {"mid": "m_1", "action": "react", "reaction": "love"}, "timestamp": 7})),
        key(json!({"read": {"watermark": 1}})),
        key(json!({"read": {"watermark": 2}})),
        key(json!({"read": {"watermark": 2}, "sender": {"id": "another"}})),
        key(json!({"delivery": {"watermark": 2}})),
        of(comment("add")),
        of(comment("edited")),
        of(comment("hide")),
        of(comment("unhide")),
        of(comment("remove")),
    ];
    let mut unique = differ.to_vec();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), differ.len(), "{differ:?}");
    let edited = |text: &str| {
        let mut value = comment("edited");
        value["message"] = json!(text);
        of(value)
    };
    assert_ne!(edited("a"), edited("b"), "two edits in one sending");
    let mut hidden_again = change("page", "feed", comment("hide"));
    let before = one(&hidden_again).key;
    hidden_again["entry"][0]["time"] = json!(1_795_000_777);
    assert_ne!(one(&hidden_again).key, before, "hidden again later");
    let mut sent_again = change("page", "feed", comment("add"));
    let before = one(&sent_again).key;
    sent_again["entry"][0]["time"] = json!(1_795_000_777);
    assert_eq!(one(&sent_again).key, before, "the same comment, sent again later");
}

#[test]
fn batches_are_taken_apart_and_nothing_is_lost() {
    let changes: Vec<Value> = (0..1000)
        .map(|n| json!({"field": "feed", "value": {"item": "comment", "verb": "add", "comment_id": format!("1_{n}"), "post_id": "1"}}))
        .collect();
    let body = json!({"object": "page", "entry": [
        {"id": "1", "time": 1, "changes": changes},
        {"id": 2, "time": 1, "messaging": [{"sender": {"id": "5"}, "message": {"mid": "a"}}], "standby": [{"sender": {"id": 5}, "message": {"mid": "b"}}]},
        {"id": "340282366920938463463374607431768211456", "changes": [{"field": "feed", "value": 1}]},
        {"id": "3", "time": 1, "changed_fields": ["feed"]},
        {"id": "4", "field": "comments", "value": {"id": "9"}},
        "no entry", 7, null, [],
    ]});
    let all = read(&body);
    assert_eq!(all.len(), 1000 + 2 + 1 + 1 + 1 + 4);
    let (a, b) = (&all[1000], &all[1001]);
    assert_eq!((a.account.as_str(), a.standby, b.standby, b.person()), ("2", false, true, Some("5")));
    assert_eq!(all[1002].account, "340282366920938463463374607431768211456");
    assert_eq!((all[1003].name(), all[1003].account.as_str()), ("meta.other", "3"));
    assert_eq!(all[1004].account, "4");
    let flat =
        json!({"object": "instagram", "entry": [{"id": "4", "field": "comments", "value": {"id": "9"}}]});
    assert_eq!(one(&flat).name(), "comment.created");
}

#[test]
fn persons_and_what_is_new_are_passed_on() {
    let permissions = json!({"object": "permissions", "entry": [{"id": "77", "uid": "77", "time": 1_795_000_000,
        "changes": [{"field": "pages_messaging", "value": {"verb": "revoked", "target_ids": ["1"]}}]}]});
    let inbound = one(&permissions);
    assert_eq!(
        (inbound.object, inbound.account.as_str(), inbound.name()),
        (Object::Person, "77", "meta.other")
    );
    assert!(Product::ALL.into_iter().all(|product| inbound.is_for(product)));
    for body in [json!({}), json!({"object": "page"}), json!({"object": "page", "entry": []})] {
        assert!(read(&body).is_empty(), "{body}");
    }
    for body in [json!({"object": "page", "entry": {"id": "1"}}), json!({"object": 7, "entry": [{}]})] {
        assert_eq!(one(&body).name(), "meta.other", "{body}");
    }
    for body in ["", "[]", "null", "x", "{", "{\"object\":\"page\"}x", "\"page\""] {
        assert_eq!(parse(body.as_bytes()).err(), Some(Unreadable), "{body}");
    }
    assert_eq!(parse(b"{\"object\":\"\xff\"}").err(), Some(Unreadable));
}

#[test]
fn raw_is_kept_byte_for_byte() {
    let item =
        r#"{ "sender":{"id":"1"}, "message" : {"mid":"m","text":"\u00e4\/\ud83d","text":"\ud83d\ude00"} }"#;
    let body = format!(r#"{{"entry":[{{"messaging":[{item}],"id":"9"}}],"object":"page"}}"#);
    let inbound = parse(body.as_bytes()).unwrap().remove(0);
    assert_eq!(inbound.raw.get(), item);
    assert_eq!(normal(&inbound), json!({"message_id": "m", "text": "\u{1F600}"}));
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let body = format!(r#"{{"object":"page","entry":[{{"id":"9","messaging":[{{"message":{deep}}}]}}]}}"#);
    let inbound = parse(body.as_bytes()).unwrap().remove(0);
    assert_eq!((inbound.name(), inbound.raw.get().len()), ("meta.other", deep.len() + 12));
}

#[test]
fn an_optin_of_nobody_is_an_optin() {
    let item = json!({"recipient": {"id": PAGE}, "timestamp": 5, "optin": {"ref": "r", "user_ref": "u"}});
    let body = json!({"object": "page", "entry": [{"id": PAGE, "time": 5, "messaging": [item]}]});
    let inbound = one(&body);
    assert_eq!((inbound.name(), inbound.person(), inbound.conversation()), ("message.optin", None, PAGE));
}

#[test]
fn only_what_people_do_opens_the_window() {
    let opens = |item: Value| one(&messaging("page", item)).opens_window();
    assert!(opens(json!({"reaction": {"mid": "m_1", "action": "react", "reaction": "love"}})));
    assert!(!opens(json!({"reaction": {"mid": "m_1", "action": "unreact"}})));
    assert!(opens(json!({"message": {"mid": "m_1", "text": "hi"}})));
    assert!(!opens(json!({"read": {"watermark": 1}})));
}

#[test]
fn a_list_that_is_none_is_not_lost_beside_one_that_is() {
    let mut body = messaging("page", json!({"message": {"mid": "m_1", "text": "hi"}}));
    body["entry"][0]["changes"] = json!({"field": "feed"});
    body["entry"][0]["standby"] = json!(null);
    let names: Vec<_> = read(&body).iter().map(Inbound::name).collect();
    assert_eq!(names, ["message.received", "meta.other"]);
}

#[test]
fn hidden_shown_and_hidden_again_are_three() {
    let item = |verb: &str| {
        json!({"field": "feed", "value": {"item": "comment", "verb": verb, "comment_id": "1_2", "post_id": "1_1",
            "created_time": 1_795_000_000}})
    };
    let entry = |verbs: &[&str]| {
        let changes: Vec<Value> = verbs.iter().map(|verb| item(verb)).collect();
        json!({"object": "page", "entry": [{"id": PAGE, "time": 1_795_000_500, "changes": changes}]})
    };
    let keys = |verbs: &[&str]| read(&entry(verbs)).into_iter().map(|one| one.key).collect::<Vec<_>>();
    let mut three = keys(&["hide", "unhide", "hide"]);
    assert_eq!(three, keys(&["hide", "unhide", "hide"]), "sent again it is the same");
    three.sort();
    three.dedup();
    assert_eq!(three.len(), 3);
    let twice = keys(&["hide", "hide"]);
    assert_eq!(twice[0], twice[1]);
    // It happened when it was sent, not when the comment was written.
    assert_eq!(read(&entry(&["hide"]))[0].at.unwrap().as_seconds(), 1_795_000_500);
}

#[test]
fn a_message_of_the_business_that_is_taken_back_is_of_the_person() {
    for (sender, recipient) in [(ACCOUNT, PERSON), (PERSON, ACCOUNT)] {
        let item = json!({"sender": {"id": sender}, "recipient": {"id": recipient},
            "message": {"mid": "m_1", "is_echo": sender == ACCOUNT, "is_deleted": true}});
        let one = one(&messaging("instagram", item));
        assert_eq!((one.name(), one.person()), ("message.deleted", Some(PERSON)));
    }
}

#[test]
fn only_a_new_mention_is_a_mention() {
    for (verb, name) in [("add", "mention.created"), ("remove", "meta.other"), ("edited", "meta.other")] {
        let value = json!({"item": "post", "verb": verb, "post_id": "9_1", "created_time": 1_795_000_000});
        assert_eq!(one(&change("page", "mention", value)).name(), name, "{verb}");
    }
}

#[test]
fn ids_longer_than_any_number_keep_their_digits() {
    let id = "123456789012345678901234567890";
    let body = format!(
        r#"{{"object":"page","entry":[{{"id":{PAGE},"time":1,"changes":[{{"field":"leadgen","value":{{"leadgen_id":{id},"form_id":18446744073709551616,"note":"1234567890123456789012"}}}}]}}]}}"#
    );
    let all = parse(body.as_bytes()).unwrap();
    assert_eq!(normal(&all[0]), json!({"lead_id": id, "form_id": "18446744073709551616"}));
}

#[test]
fn what_the_account_does_is_its_own() {
    let own = |item: Value| {
        let mut body = messaging("instagram", item);
        body["entry"][0]["messaging"][0]["sender"]["id"] = json!(ACCOUNT);
        body["entry"][0]["messaging"][0]["recipient"]["id"] = json!(PERSON);
        one(&body)
    };
    for (item, name) in [
        (json!({"message": {"mid": "m", "text": "hi"}}), "message.echo"),
        (json!({"message": {"mid": "m", "is_deleted": true}}), "message.deleted"),
        (json!({"reaction": {"mid": "m", "action": "react", "reaction": "love"}}), "message.reaction"),
    ] {
        let inbound = own(item);
        assert_eq!((inbound.name(), inbound.person(), inbound.opens_window()), (name, Some(PERSON), false));
    }
    // Nobody is at the other end of a message to oneself.
    let mut myself =
        messaging("instagram", json!({"message": {"mid": "m", "is_echo": true, "is_self": true}}));
    myself["entry"][0]["messaging"][0]["sender"]["id"] = json!(ACCOUNT);
    let inbound = one(&myself);
    assert_eq!((inbound.name(), inbound.person(), inbound.conversation()), ("message.echo", None, ACCOUNT));
}

#[test]
fn several_things_in_one_item_are_all_told() {
    let names = |item: Value| read(&messaging("page", item)).iter().map(Inbound::name).collect::<Vec<_>>();
    let both = json!({"read": {"watermark": 5}, "delivery": {"watermark": 5}});
    assert_eq!(names(both), ["message.read", "message.delivered"]);
    assert_eq!(
        names(json!({"message": {"mid": "m"}, "optin": {"ref": "r"}})),
        ["message.received", "message.optin"]
    );
    assert_eq!(names(json!({"message": {"mid": "m"}, "reaction": null, "read": 5})), ["message.received"]);
}

#[test]
fn what_stands_beside_the_lists_is_told_too() {
    let mut body = messaging("page", json!({"message": {"mid": "m"}}));
    let entry = &mut body["entry"][0];
    entry["hop_context"] = json!([{"app_id": 5, "metadata": ""}]);
    entry["note"] = json!("text");
    assert_eq!(read(&body).len(), 1, "what is of the envelope has not happened");
    body["entry"][0]["calls"] = json!([{"id": "c_1"}]);
    let all = read(&body);
    assert_eq!(all.iter().map(Inbound::name).collect::<Vec<_>>(), ["message.received", "meta.other"]);
    assert!(all[1].raw.get().contains("c_1"));
    let standby = one(&change("page", "standby", json!({"sender": {"id": PERSON}, "message": {"mid": "m"}})));
    assert!(standby.standby);
}

#[test]
fn persons_are_told_in_old_forms_and_pages_to_all() {
    for changes in [
        json!([{"field": "connected", "verb": "granted"}]),
        json!([{"field": "manage_pages", "value": {"verb": "granted", "target_ids": ["1", "2"]}}]),
    ] {
        let body = json!({"object": "permissions", "entry": [{"id": "77", "uid": "77", "time": 1_795_000_000, "changes": changes}]});
        let inbound = one(&body);
        assert_eq!(
            (inbound.name(), inbound.account.as_str(), inbound.family),
            ("meta.other", "77", Family::Account)
        );
        assert_eq!(inbound.at.unwrap().as_seconds(), 1_795_000_000);
    }
    let inbound = one(&change("page", "business_integrity", json!({"state": "restricted"})));
    for product in Product::ALL {
        assert_eq!(inbound.is_for(product), !product.is_instagram(), "{product:?}");
    }
}

/// Guests of a plugin have a word of the site's own in the place of an id.
#[test]
fn who_has_no_id_is_nobody() {
    let item = json!({"sender": {"user_ref": 987}, "postback": {"title": "", "payload": "hey", "referral": {"ref": null}}});
    let inbound = one(&messaging("page", item));
    assert_eq!((inbound.name(), inbound.person(), inbound.conversation()), ("message.postback", None, PAGE));
    assert!(inbound.raw.get().contains("user_ref"));
    let echo = json!({"sender": {"id": PAGE}, "recipient": {"user_ref": "u"}, "message": {"mid": "m", "is_echo": true}});
    assert_eq!(one(&messaging("page", echo)).person(), None);
}

#[test]
fn times_are_of_what_happened() {
    let at = |verb: &str, sent: Value| {
        let mut body = change(
            "page",
            "feed",
            json!({"item": "post", "verb": verb, "post_id": "1_1", "created_time": 1_795_000_000}),
        );
        body["entry"][0]["time"] = sent;
        one(&body).at.unwrap().as_seconds()
    };
    assert_eq!(at("add", json!(1_795_000_900)), 1_795_000_000);
    for verb in ["edited", "remove"] {
        assert_eq!(at(verb, json!(1_795_000_900)), 1_795_000_900, "{verb}");
        assert_eq!(at(verb, json!(1_795_000_900_123_i64)), 1_795_000_900, "{verb} in milliseconds");
        assert_eq!(at(verb, json!("1795000900")), 1_795_000_900, "{verb} as a text");
        // Nothing is changed before it is there.
        assert_eq!(at(verb, json!(12_341)), 1_795_000_000, "{verb}");
        assert_eq!(at(verb, json!(null)), 1_795_000_000, "{verb}");
    }
    let sample = json!({"sender": {"id": "12334"}, "timestamp": "1527459824", "message": {"mid": "m"}});
    assert_eq!(one(&change("instagram", "messages", sample)).at.unwrap().as_seconds(), 1_527_459_824);
}
