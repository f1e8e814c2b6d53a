//! Webhooks that are broken in every way: nothing panics, and what can be read is never lost.

use jetbridge_domain::inbound::{Happening, Inbound};
use jetbridge_meta::webhook::parse;
use serde_json::{Value, json};

use crate::webhook_changes::changes;
use crate::webhook_conversations::conversations;
use crate::webhook_shapes::{change, messaging};

/// Xorshift: the same mutations in every run of the same seed.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(sides.max(1)).unwrap()).unwrap()
    }
}

fn bodies() -> Vec<Value> {
    let messaging = conversations().into_iter().map(|(object, item, ..)| messaging(object, item));
    messaging.chain(changes().into_iter().map(|(o, f, v, ..)| change(o, f, v))).collect()
}

/// Puts something else in the place of a random value.
fn twist(value: &mut Value, dice: &mut Dice) {
    let inner: Vec<&mut Value> = match value {
        Value::Object(fields) if dice.roll(4) > 0 => fields.values_mut().collect(),
        Value::Array(items) if dice.roll(4) > 0 => items.iter_mut().collect(),
        _ => Vec::new(),
    };
    let count = inner.len();
    if let Some(inner) = inner.into_iter().nth(dice.roll(count)) {
        return twist(inner, dice);
    }
    let old = value.take();
    *value = match dice.roll(9) {
        0 => Value::Null,
        1 => json!(true),
        2 => json!(-1),
        3 => json!(1.5e300),
        4 => json!(""),
        5 => json!([old]),
        6 => json!({"id": old}),
        7 => json!("\u{0}\u{1F600}"),
        _ => json!(u64::MAX),
    };
}

fn splice(bytes: &mut Vec<u8>, dice: &mut Dice) {
    let at = dice.roll(bytes.len());
    match dice.roll(4) {
        0 => bytes[at] ^= 1 << dice.roll(8),
        1 => drop(bytes.remove(at)),
        2 => {
            let (from, len) = (dice.roll(bytes.len()), dice.roll(20));
            let piece: Vec<u8> = bytes[from..(from + len).min(bytes.len())].to_vec();
            bytes.splice(at..at, piece);
        }
        _ => {
            let to = (at + dice.roll(30)).min(bytes.len());
            bytes.drain(at..to);
        }
    }
}

/// What is in a body, counted without the parser: the items of its lists, one for a list that is none, and one
/// for each entry at the least.
fn items(body: &Value) -> usize {
    let of_list = |list: &Value| match list {
        Value::Null => 0,
        Value::Array(items) => items.len(),
        _ => 1,
    };
    let of_entry = |entry: &Value| {
        let lists = ["messaging", "standby", "changes"].map(|name| entry.get(name).map_or(0, of_list));
        lists.iter().sum::<usize>().max(1)
    };
    match body.get("entry") {
        None => 0,
        Some(Value::Array(entries)) => entries.iter().map(of_entry).sum(),
        Some(entry) => of_entry(entry),
    }
}

/// The messages in a body's lists that are objects: each has a name.
fn written(body: &Value) -> usize {
    let entries = body.get("entry").and_then(Value::as_array).into_iter().flatten();
    let lists = entries.flat_map(|entry| ["messaging", "standby"].map(|name| entry.get(name)));
    let items = lists.flatten().filter_map(Value::as_array).flatten();
    items.filter(|item| item.get("message").is_some_and(Value::is_object)).count()
}

/// The same values, in another order and with other spaces and escapes.
fn rewritten(value: &Value, dice: &mut Dice, out: &mut String) {
    let space = |dice: &mut Dice| ["", " ", "\n\t"][dice.roll(3)];
    match value {
        Value::String(text) => rewritten_text(text, dice, out),
        Value::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                out.push_str(if n > 0 { "," } else { "" });
                out.push_str(space(dice));
                rewritten(item, dice, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            for n in (1..fields.len()).rev() {
                fields.swap(n, dice.roll(n + 1));
            }
            out.push('{');
            for (n, (key, value)) in fields.into_iter().enumerate() {
                out.push_str(if n > 0 { "," } else { "" });
                rewritten_text(key, dice, out);
                out.push_str(space(dice));
                out.push(':');
                rewritten(value, dice, out);
                out.push_str(space(dice));
            }
            out.push('}');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

fn rewritten_text(text: &str, dice: &mut Dice, out: &mut String) {
    out.push('"');
    for unit in text.chars() {
        if dice.roll(3) == 0 || unit.is_control() || matches!(unit, '"' | '\\') {
            unit.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(unit);
        }
    }
    out.push('"');
}

/// What was read of a body, and how many of it had a name.
fn checked(body: &[u8], all: &[Inbound]) -> usize {
    let text = std::str::from_utf8(body).unwrap();
    let again = parse(body).unwrap();
    assert_eq!(keys(all), keys(&again), "read twice: {text}");
    for inbound in all {
        assert!(text.contains(inbound.raw.get()), "what was sent is handed on: {text}");
        assert!(inbound.key.len() > inbound.account.len(), "{text}");
    }
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        assert!(all.len() >= items(&value), "{} of {}: {text}", all.len(), items(&value));
        let messages = all.iter().filter(|one| matches!(one.happening, Happening::Message(..))).count();
        assert!(messages >= written(&value), "{messages} of {}: {text}", written(&value));
    }
    all.iter().filter(|inbound| inbound.name() != "meta.other").count()
}

fn keys(all: &[Inbound]) -> Vec<&str> {
    all.iter().map(|inbound| inbound.key.as_str()).collect()
}

fn mutate(rounds: usize, seed: u64) -> (usize, usize) {
    let (bodies, mut dice) = (bodies(), Dice(seed));
    let (mut read, mut named) = (0, 0);
    for _ in 0..rounds {
        let mut body = bodies[dice.roll(bodies.len())].clone();
        if dice.roll(3) == 0 {
            let more = bodies[dice.roll(bodies.len())]["entry"][0].clone();
            match more.get("changes") {
                Some(changes) if dice.roll(2) == 0 => body["entry"][0]["changes"] = changes.clone(),
                _ => body["entry"].as_array_mut().unwrap().push(more),
            }
        }
        if dice.roll(2) == 0 {
            for _ in 0..=dice.roll(3) {
                twist(if dice.roll(8) == 0 { &mut body } else { &mut body["entry"][0] }, &mut dice);
                if body.pointer("/entry/0").is_none() {
                    break;
                }
            }
            let text = body.to_string();
            let Ok(all) = parse(text.as_bytes()) else {
                assert!(!body.is_object(), "an object can be read: {body}");
                continue;
            };
            read += 1;
            named += checked(text.as_bytes(), &all);
            let mut other = String::new();
            rewritten(&body, &mut dice, &mut other);
            let other_all = parse(other.as_bytes()).unwrap();
            assert_eq!(keys(&all), keys(&other_all), "the same values: {body}\n{other}");
        } else {
            let mut bytes = body.to_string().into_bytes();
            for _ in 0..=dice.roll(4) {
                if !bytes.is_empty() {
                    splice(&mut bytes, &mut dice);
                }
            }
            if let Ok(all) = parse(&bytes) {
                read += 1;
                named += checked(&bytes, &all);
            }
        }
    }
    (read, named)
}

#[test]
fn twenty_thousand_mutations_break_nothing() {
    let (read, named) = mutate(20_000, 0x5EED);
    assert!(read > 10_000 && named > 2_000, "{read} {named}: the mutations say nothing");
}

/// `cargo test -p jetbridge-meta --release -- --ignored million --nocapture`
#[test]
#[ignore = "takes a minute; for releases and after changes to the shapes"]
fn a_million_mutations_break_nothing() {
    let (read, named) = mutate(1_000_000, 0xB1_6B00);
    eprintln!("1,000,000 mutations: {read} were still JSON, {named} things in them had a name");
}
