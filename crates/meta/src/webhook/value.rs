//! Reading what Meta wrote: leniently, and without losing a byte of it.

use std::borrow::Cow;

use jetbridge_domain::clock::Time;
use jetbridge_domain::inbound::Party;
use serde_json::Value;

use crate::answer::{list, number, word};

/// A piece of a webhook as a value. A text with half a surrogate pair is no text; it is read with a
/// replacement character in its place. None where it is nested too deep to be read at all.
pub(super) fn read(raw: &str) -> Option<Value> {
    let raw = &quoted(raw);
    serde_json::from_str(raw).or_else(|_| serde_json::from_str(&mended(raw))).ok()
}

/// Digits that a number of 64 bits can hold, whatever they are.
const FIT: usize = 18;

/// The text with whole numbers too long for 64 bits in quotes: ids, which would lose their last digits.
fn quoted(raw: &str) -> Cow<'_, str> {
    let (mut out, mut from, mut at, mut within) = (String::new(), 0, 0, false);
    let bytes = raw.as_bytes();
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if within => at += 1,
            b'"' => within = !within,
            b'0'..=b'9' | b'-' if !within => {
                let part = |b: &&u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-');
                let length = bytes.iter().skip(at).take_while(part).count();
                let number = raw.get(at..at + length).unwrap_or_default();
                if length > FIT && number.bytes().all(|b| b.is_ascii_digit()) {
                    out.push_str(raw.get(from..at).unwrap_or_default());
                    out.extend(["\"", number, "\""]);
                    from = at + length;
                }
                at += length.max(1) - 1;
            }
            _ => {}
        }
        at += 1;
    }
    if out.is_empty() {
        return Cow::Borrowed(raw);
    }
    out.push_str(raw.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// The text with each lone half of a surrogate pair escaped as U+FFFD.
fn mended(raw: &str) -> Cow<'_, str> {
    let unit = |at: usize| {
        let digits = raw.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let (mut out, mut at, mut from) = (String::new(), 0, 0);
    let bytes = raw.as_bytes();
    while let Some(byte) = bytes.get(at) {
        if *byte != b'\\' {
            at += 1;
            continue;
        }
        match unit(at) {
            Some(0xD800..0xDC00) if matches!(unit(at + 6), Some(0xDC00..0xE000)) => at += 12,
            Some(0xD800..0xE000) => {
                out.push_str(raw.get(from..at).unwrap_or_default());
                out.push_str("\\ufffd");
                at += 6;
                from = at;
            }
            // Past the escaped character, which may be a backslash.
            _ => at += 2,
        }
    }
    if out.is_empty() {
        return Cow::Borrowed(raw);
    }
    out.push_str(raw.get(from..).unwrap_or_default());
    Cow::Owned(out)
}

/// A moment, in whichever of Meta's units: what would be the year 5138 in seconds is in milliseconds.
pub(super) fn moment(value: &Value, key: &str) -> Option<Time> {
    const MILLIS_FROM: i64 = 100_000_000_000;
    let n = number(value, key).filter(|n| *n > 0)?;
    Some(if n >= MILLIS_FROM { Time::from_micros(n.checked_mul(1000)?) } else { Time::from_seconds(n) })
}

/// `{"id": …, "name": …, "username": …}`.
pub(super) fn party(value: &Value, key: &str) -> Option<Party> {
    let party = value.get(key)?;
    let id = word(party, "id")?;
    Some(Party { id, name: word(party, "name"), username: word(party, "username") })
}

/// The things of a list that have an object's shape, mapped.
pub(super) fn each<T>(value: &Value, key: &str, read: impl Fn(&Value) -> Option<T>) -> Vec<T> {
    list(value, key).unwrap_or_default().iter().filter_map(read).collect()
}

/// A text, the same for two copies of a thing however each was escaped and ordered.
pub(super) fn canonical(value: &Value) -> String {
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_a_pair_is_replaced_and_a_whole_one_kept() {
        for (raw, expected) in [
            (r#"{"a":"x"}"#, "x"),
            (r#"{"a":"\ud83d"}"#, "\u{FFFD}"),
            (r#"{"a":"\ud83d\ud83d\ude00\ude00z"}"#, "\u{FFFD}\u{1F600}\u{FFFD}z"),
            (r#"{"a":"\\ud83d"}"#, "\\ud83d"),
            (r#"{"a":"\\\ud83d"}"#, "\\\u{FFFD}"),
        ] {
            assert_eq!(read(raw).and_then(|v| word(&v, "a")).as_deref(), Some(expected), "{raw}");
        }
        for wrong in ["{", r#"{"a":"\ud8"}"#, r#"{"a":"\"#, "\\ud83d"] {
            assert!(read(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn moments_come_in_two_units() {
        let value =
            serde_json::json!({"s": 1_700_000_000, "ms": 1_700_000_000_123_i64, "t": "1700000000", "no": 0});
        let second = Time::from_seconds(1_700_000_000);
        assert_eq!(moment(&value, "s"), Some(second));
        assert_eq!(moment(&value, "t"), Some(second));
        assert_eq!(moment(&value, "ms"), Some(Time::from_micros(1_700_000_000_123_000)));
        assert_eq!(moment(&value, "no"), None);
        assert_eq!(moment(&serde_json::json!({"n": i64::MAX}), "n"), None);
    }
}
