//! Bodies: one JSON object, each field kept as its raw text until its own type parses it.

use std::collections::HashMap;

use jetbridge_domain::inputs::{self, Invalid};
use jetbridge_domain::reason::Reason;
use serde_json::value::RawValue;

use super::answer::Fail;

/// How deep a body may be nested.
const DEEPEST: usize = 64;

/// A body's fields. `null` is the same as absent.
#[derive(Debug, Default)]
pub struct Object(HashMap<String, Box<RawValue>>);

impl Object {
    /// From the bytes of a body: UTF-8, one object, nested at most 64 deep.
    pub fn parse(body: &[u8]) -> Result<Self, Fail> {
        let not_object = || Fail::of(Reason::BodyNotObject);
        let text = std::str::from_utf8(body).map_err(|_| not_object())?;
        if depth(text) > DEEPEST {
            return Err(not_object());
        }
        serde_json::from_str(text).map(Self).map_err(|_| not_object())
    }

    /// The raw JSON of a field that is there and not `null`.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(|raw| raw.get()).filter(|raw| *raw != "null")
    }

    /// A field parsed by its own type; the failure names the reason and the field.
    pub fn get<T>(
        &self,
        name: &'static str,
        reason: Reason,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Result<Option<T>, Fail> {
        self.raw(name).map(parse).transpose().map_err(|_| Fail::field(reason, name))
    }

    /// A string field.
    pub fn text(&self, name: &'static str, reason: Reason) -> Result<Option<String>, Fail> {
        self.get(name, reason, inputs::string)
    }
}

/// How deep brackets nest, outside of strings.
fn depth(text: &str) -> usize {
    let (mut deepest, mut depth, mut string, mut escaped) = (0_usize, 0_usize, false, false);
    for b in text.bytes() {
        match b {
            _ if escaped => escaped = false,
            b'\\' if string => escaped = true,
            b'"' => string = !string,
            b'{' | b'[' if !string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_object_is_a_body() {
        assert!(Object::parse(br#"{"a":1}"#).is_ok());
        for wrong in [&b""[..], b"[]", b"null", b"1", b"\"x\"", b"{", b"{}x", b"{\"a\":\"\xff\"}", b"{'a':1}"]
        {
            assert!(Object::parse(wrong).is_err(), "{}", String::from_utf8_lossy(wrong));
        }
    }

    #[test]
    fn nesting_ends_at_64() {
        let nested = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n - 1), "]".repeat(n - 1));
        assert!(Object::parse(nested(64).as_bytes()).is_ok());
        assert!(Object::parse(nested(65).as_bytes()).is_err());
        assert_eq!(depth(r#"{"a":"[[[\"[["}"#), 1);
    }

    #[test]
    fn null_is_absent() {
        let object = Object::parse(br#"{"a":null,"b":"x"}"#).unwrap();
        assert_eq!(object.raw("a"), None);
        assert_eq!(object.text("b", Reason::Parameter).unwrap().as_deref(), Some("x"));
        assert!(object.text("c", Reason::Parameter).unwrap().is_none());
    }
}
