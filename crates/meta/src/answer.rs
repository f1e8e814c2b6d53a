//! Reading Meta's JSON without trusting its types: ids come as texts or numbers, `true` as a word, keys
//! are left out instead of being null. Reading by hand also keeps the contents of answers, tokens among
//! them, out of error texts, where a derived reader would quote what it did not expect.

use jetbridge_domain::clock::Time;
use serde_json::Value;

/// A text; an id that was sent as a whole number counts.
pub(crate) fn text(value: &Value, key: &str) -> Option<String> {
    as_text(value.get(key)?)
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(n) if !n.is_f64() => Some(n.to_string()),
        _ => None,
    }
}

/// A text that says something: the empty one counts as absent.
pub(crate) fn word(value: &Value, key: &str) -> Option<String> {
    text(value, key).filter(|text| !text.is_empty())
}

/// A whole number; one written as a text counts.
pub(crate) fn number(value: &Value, key: &str) -> Option<i64> {
    match value.get(key)? {
        Value::Number(n) => n.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// True for `true` and for the text `"true"`, which Meta's reference prints in places.
pub(crate) fn flag(value: &Value, key: &str) -> bool {
    value.get(key).is_some_and(is_true)
}

fn is_true(value: &Value) -> bool {
    value.as_bool() == Some(true) || value.as_str() == Some("true")
}

/// Yes or no, where either is told.
pub(crate) fn truth(value: &Value, key: &str) -> Option<bool> {
    let value = value.get(key)?;
    if is_true(value) {
        return Some(true);
    }
    (value.as_bool() == Some(false) || value.as_str() == Some("false")).then_some(false)
}

/// A moment in Unix seconds; 0 is Meta's way to write "never", and so none.
pub(crate) fn moment(value: &Value, key: &str) -> Option<Time> {
    number(value, key).filter(|seconds| *seconds > 0).map(Time::from_seconds)
}

/// A moment written as Meta reads times back, `2026-02-28T08:49:14+0000`, or in Unix seconds.
pub(crate) fn stamp(value: &Value, key: &str) -> Option<Time> {
    moment(value, key).or_else(|| value.get(key)?.as_str().and_then(iso))
}

fn iso(text: &str) -> Option<Time> {
    let (date, time) = text.split_once('T')?;
    let sign = time.find(['+', '-', 'Z'])?;
    let (time, offset) = (time.get(..sign)?, time.get(sign..)?);
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    let ranges =
        (1..=12).contains(&month) && (1..=31).contains(&day) && hour < 24 && minute < 60 && second < 61;
    if !ranges || !(1970..10_000).contains(&year) {
        return None;
    }
    let seconds = days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
    Some(Time::from_seconds(seconds - shift(offset)?))
}

fn numbers(text: &str, between: char) -> Option<[i64; 3]> {
    let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok()).flatten();
    let parts: Option<Vec<i64>> = text.split(between).map(plain).collect();
    parts?.try_into().ok()
}

/// Seconds east of Greenwich in `+0000`, `-07:00` or `Z`.
fn shift(offset: &str) -> Option<i64> {
    let sign = match offset.get(..1)? {
        "Z" => return (offset.len() == 1).then_some(0),
        "-" => -1,
        _ => 1,
    };
    let digits = offset.get(1..)?.replace(':', "");
    let plain = digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit());
    let number: i64 = plain.then(|| digits.parse().ok()).flatten()?;
    Some(sign * (number / 100 * 3600 + number % 100 * 60))
}

/// Days from 1970-01-01 to a date: years begin in March, so that the leap day is their last.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - 719_468
}

/// The list under a key; absent where there is none.
pub(crate) fn list<'v>(value: &'v Value, key: &str) -> Option<&'v [Value]> {
    value.get(key)?.as_array().map(Vec::as_slice)
}

/// The texts of a list; empty where there is none.
pub(crate) fn texts(value: &Value, key: &str) -> Vec<String> {
    list(value, key).unwrap_or_default().iter().filter_map(as_text).collect()
}

/// The confirmation of a write: `{"success": true}`, or a bare `true` as older edges answer.
pub(crate) fn succeeded(value: &Value) -> bool {
    flag(value, "success") || is_true(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_are_texts_or_whole_numbers() {
        let value = json!({"a": "12", "b": 17_841_400_000_000_001_u64, "c": 1.5, "d": null, "e": ["12"]});
        assert_eq!(text(&value, "a").as_deref(), Some("12"));
        assert_eq!(text(&value, "b").as_deref(), Some("17841400000000001"));
        for key in ["c", "d", "e", "f"] {
            assert_eq!(text(&value, key), None, "{key}");
        }
        assert_eq!(text(&json!([1]), "a"), None);
    }

    #[test]
    fn success_has_three_spellings() {
        for yes in [json!({"success": true}), json!({"success": "true"}), json!(true)] {
            assert!(succeeded(&yes), "{yes}");
        }
        for no in [json!({"success": false}), json!({"success": 1}), json!({}), json!(null), json!([true])] {
            assert!(!succeeded(&no), "{no}");
        }
    }

    #[test]
    fn times_are_read_in_every_spelling() {
        let read = |text: &str| stamp(&json!({ "t": text }), "t").map(Time::as_seconds);
        for (text, seconds) in [
            ("1970-01-01T00:00:00+0000", 0),
            ("2026-02-28T08:49:14+0000", 1_772_268_554),
            ("2024-02-29T23:59:59Z", 1_709_251_199),
            ("2024-03-01T01:59:59+02:00", 1_709_251_199),
            ("2024-02-29T16:59:59-0700", 1_709_251_199),
            ("1700000000", 1_700_000_000),
        ] {
            assert_eq!(read(text), Some(seconds), "{text}");
        }
        assert_eq!(stamp(&json!({"t": 1_700_000_000}), "t"), Some(Time::from_seconds(1_700_000_000)));
        for odd in [
            "",
            "T",
            "2024-02-29",
            "2024-13-01T00:00:00Z",
            "2024-01-01T00:00Z",
            "2024-01-01T00:00:00",
            "2024-01-01T00:00:00+1",
            "2024-01-01T00:00:00Zulu",
            "-024-01-01T00:00:00Z",
            "2024-01-01T24:00:00Z",
            "99999-01-01T00:00:00Z",
            "2024-01-01T00:00:00+\u{e4}\u{e4}",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
    }

    #[test]
    fn yes_and_no_differ_from_silence() {
        let value = json!({"y": true, "yes": "true", "n": false, "no": "false", "odd": 1});
        assert_eq!((truth(&value, "y"), truth(&value, "yes")), (Some(true), Some(true)));
        assert_eq!((truth(&value, "n"), truth(&value, "no")), (Some(false), Some(false)));
        assert_eq!((truth(&value, "odd"), truth(&value, "none")), (None, None));
    }

    #[test]
    fn zero_is_never() {
        let value = json!({"never": 0, "then": "1641733200", "odd": -1});
        assert_eq!(moment(&value, "never"), None);
        assert_eq!(moment(&value, "odd"), None);
        assert_eq!(moment(&value, "then"), Some(Time::from_seconds(1_641_733_200)));
    }
}
