//! Webhooks that are broken in every way: nothing panics, and what can be read is never lost.

use jetbridge_meta::webhook::parse;
use serde_json::{Value, json};

use crate::webhook_shapes::{change, changes, conversations, messaging};

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

fn mutate(rounds: usize, seed: u64) -> (usize, usize) {
    let (bodies, mut dice) = (bodies(), Dice(seed));
    let (mut read, mut named) = (0, 0);
    for _ in 0..rounds {
        let mut body = bodies[dice.roll(bodies.len())].clone();
        if dice.roll(2) == 0 {
            for _ in 0..=dice.roll(3) {
                twist(&mut body["entry"][0], &mut dice);
            }
            let all = parse(body.to_string().as_bytes()).unwrap();
            assert!(!all.is_empty(), "something was lost: {body}");
            read += 1;
            named += all.iter().filter(|inbound| inbound.name() != "meta.other").count();
        } else {
            let mut bytes = body.to_string().into_bytes();
            for _ in 0..=dice.roll(4) {
                if !bytes.is_empty() {
                    splice(&mut bytes, &mut dice);
                }
            }
            if let Ok(all) = parse(&bytes) {
                read += 1;
                named += all.iter().filter(|inbound| inbound.name() != "meta.other").count();
            }
        }
    }
    (read, named)
}

#[test]
fn twenty_thousand_mutations_break_nothing() {
    let (read, named) = mutate(20_000, 0x5EED);
    assert!(read > 10_000 && named > 3_000, "{read} {named}: the mutations say nothing");
}

/// `cargo test -p jetbridge-meta --release -- --ignored million --nocapture`
#[test]
#[ignore = "takes a minute; for releases and after changes to the shapes"]
fn a_million_mutations_break_nothing() {
    let (read, named) = mutate(1_000_000, 0xB1_6B00);
    eprintln!("1,000,000 mutations: {read} were still JSON, {named} things in them had a name");
}
