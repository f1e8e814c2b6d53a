//! Lists that Meta keeps, as partners read them: their parts, and what their rows have in common.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jetbridge_domain::clock::Time;
use jetbridge_domain::inputs::{self, Invalid, Limit};
use jetbridge_domain::reason::Reason;
use jetbridge_meta::{Listed, Part, Party};
use serde::Serialize;
use serde_json::{Value, json};

use crate::http::answer::{Answer, Fail};
use crate::http::json::Object;
use crate::http::openapi::{Field, Kind, may, must};

/// The failures of every call that reads from Meta.
pub const READING: &[Reason] = &[
    Reason::NoSuchConnection,
    Reason::NotOffered,
    Reason::MustReconnect,
    Reason::MetaRefused,
    Reason::MetaFailing,
    Reason::Parameter,
];

/// The connection of a call.
pub const CONNECTION: Field = must("connection_id", Kind::Id("connection", "con_"), "The connection.");
/// How much of a list is wanted.
pub const LIMIT: Field =
    may("limit", Kind::Integer(1, 200), "How many at most; 50 where it is not said. Meta may give fewer.");
/// Where a list goes on.
pub const AFTER: Field = may("after", Kind::MetaCursor, "The `next` of the part before.");
/// What to go on with.
pub const NEXT: Field = may(
    "next",
    Kind::MetaCursor,
    "Where the list goes on; absent where it ends. A part can be empty before.",
);

/// Whoever Meta names.
pub const PARTY: &[Field] = &[
    may("id", Kind::Text, "Meta's id, scoped to the Page or account."),
    may("name", Kind::Text, "The name."),
    may("username", Kind::Text, "The Instagram handle."),
];

/// The longest cursor of Meta's that is handed on.
const LONGEST: usize = 2000;

#[derive(Serialize)]
struct List {
    list: Vec<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Which part of a list a body asks for.
pub fn part(body: &Object) -> Result<Part, Fail> {
    let limit = body.get("limit", Reason::Parameter, Limit::parse)?.unwrap_or_default();
    let limit = u16::try_from(limit.rows()).map_err(|_| Fail::parameter("limit"))?;
    let after = body.get("after", Reason::Parameter, |raw| cursor(&inputs::string(raw)?))?;
    Ok(Part { limit, after })
}

fn cursor(text: &str) -> Result<String, Invalid> {
    let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| Invalid)?;
    let cursor = String::from_utf8(bytes).map_err(|_| Invalid)?;
    let fits = (1..=LONGEST).contains(&cursor.len()) && cursor.bytes().all(|b| b.is_ascii_graphic());
    if fits { Ok(cursor) } else { Err(Invalid) }
}

/// Answers a part of a list. Meta's cursor is wrapped, since it need not be fit for an address.
pub fn listed<T>(part: Listed<T>, view: impl Fn(T) -> Value) -> Result<Answer, Fail> {
    let list = part.rows.into_iter().map(|row| plain(view(row))).collect();
    Answer::fine(&List { list, next: part.next.map(|next| URL_SAFE_NO_PAD.encode(next)) })
}

/// Without what Meta did not tell.
pub fn plain(mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    value
}

/// Somebody, or nothing.
pub fn party(party: Option<Party>) -> Value {
    party.map_or(Value::Null, |party| {
        plain(json!({ "id": party.id, "name": party.name, "username": party.username }))
    })
}

/// Unix seconds, or nothing.
pub fn seconds(time: Option<Time>) -> Option<i64> {
    time.map(Time::as_seconds)
}

/// An id of Meta's in any of its forms: digits, with underscores, or words such as `t_…` and `aWdf…`.
pub fn object_id(body: &Object, name: &'static str) -> Result<String, Fail> {
    let id = body.text(name, Reason::Parameter)?.ok_or_else(|| Fail::parameter(name))?;
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
    let fits = (1..=256).contains(&id.len()) && id.bytes().all(known);
    if fits { Ok(id) } else { Err(Fail::parameter(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(body: &str) -> Result<Part, Fail> {
        part(&Object::parse(body.as_bytes()).unwrap())
    }

    #[test]
    fn a_cursor_comes_back_as_meta_gave_it() {
        let metas = "QVFI|ab==/+";
        let answer = listed(Listed { rows: vec![1], next: Some(metas.to_owned()) }, |n| json!({"n": n}));
        let answer: Value = serde_json::from_slice(&answer.unwrap().body).unwrap();
        let next = answer["next"].as_str().unwrap();
        assert!(next.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'), "{next}");
        let part = parsed(&json!({"after": next}).to_string()).unwrap();
        assert_eq!(part, Part { limit: 50, after: Some(metas.to_owned()) });
    }

    #[test]
    fn what_is_no_part_is_refused() {
        for wrong in [
            r#"{"limit":0}"#,
            r#"{"limit":201}"#,
            r#"{"limit":"5"}"#,
            r#"{"after":""}"#,
            r#"{"after":"a b"}"#,
            r#"{"after":7}"#,
            r#"{"after":"AAAA"}"#,
        ] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
        assert_eq!(parsed(r#"{"limit":200,"after":null}"#).unwrap(), Part { limit: 200, after: None });
    }
}
