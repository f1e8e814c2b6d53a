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

/// A moment in Unix seconds; 0 is Meta's way to write "never", and so none.
pub(crate) fn moment(value: &Value, key: &str) -> Option<Time> {
    number(value, key).filter(|seconds| *seconds > 0).map(Time::from_seconds)
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
    fn zero_is_never() {
        let value = json!({"never": 0, "then": "1641733200", "odd": -1});
        assert_eq!(moment(&value, "never"), None);
        assert_eq!(moment(&value, "odd"), None);
        assert_eq!(moment(&value, "then"), Some(Time::from_seconds(1_641_733_200)));
    }
}
