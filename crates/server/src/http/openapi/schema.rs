//! What fields can be, as JSON Schema. Each rule here is one that the field's own type enforces.

use serde_json::{Value, json};

use super::Field;

/// What a field is.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// Text that is not looked into.
    Text,
    /// Words of at most so many characters, line ends allowed.
    Words(u32),
    /// The same on one line.
    Line(u32),
    /// An http or https address of at most so many characters.
    Url(u32),
    /// The same, without a fragment.
    HookUrl(u32),
    /// The https address of a png or jpg.
    LogoUrl,
    /// A language tag.
    Locale,
    /// `#rrggbb`.
    Color,
    /// The partner's own word: text of at most 50 characters, or an integer.
    Reference,
    /// An integer from 0 up of at most 50 digits.
    Digits,
    /// An integer within these bounds.
    Integer(i64, i64),
    /// Unix seconds.
    Time,
    /// A product's number.
    Product,
    /// Several, each once.
    Products,
    /// One of these words.
    Word(&'static [&'static str]),
    /// The name of a thing of the partner's: what it is, and how the name begins.
    Id(&'static str, &'static str),
    /// A link's param.
    Param,
    /// Text of at most so many characters, to be compared with.
    Own(u32),
    /// Where a list goes on, whose rows' ids begin like this.
    Cursor(&'static str),
    /// Where a list of Meta's goes on.
    MetaCursor,
    /// An id that Meta gave.
    MetaId,
    /// Yes or no.
    Flag,
    /// Texts.
    Texts,
    /// A number, with a fraction or without.
    Number,
    /// Whatever Meta says, as Meta writes it.
    Any,
    /// An object with these fields.
    Object(&'static [Field]),
    /// Objects with these fields.
    Objects(&'static [Field]),
    /// Of a setting: this, or an empty text, which clears it.
    Clearable(&'static Kind),
}

/// Hosts by name or IPv4 address, an optional port, path, query and fragment. Hosts of other forms, such as
/// IPv6 literals and names that are not ASCII, are taken as well.
const HOST: &str = "(([A-Za-z0-9]+(-[A-Za-z0-9]+)*\\.)*[A-Za-z]+(-[A-Za-z0-9]+)*|((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9]))(:[1-9][0-9]{0,3})?";
const PATH: &str = "(/[A-Za-z0-9._~!$&()*+,;=:@%/-]*)?";
const QUERY: &str = "(\\?[A-Za-z0-9._~!$&()*+,;=:@%/?-]*)?";
const FRAGMENT: &str = "(#[A-Za-z0-9._~!$&()*+,;=:@%/?-]*)?";
/// No control characters.
const LINE: &str = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$";
/// None but tabs and line ends.
const WORDS: &str = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f]*$";

impl Kind {
    /// Its schema.
    pub fn schema(&self) -> Value {
        match self {
            Self::Text => json!({"type": "string"}),
            Self::Words(most) => json!({"type": "string", "maxLength": most, "pattern": WORDS}),
            Self::Line(most) => json!({"type": "string", "maxLength": most, "pattern": LINE}),
            Self::Url(most) => {
                json!({"type": "string", "maxLength": most, "pattern": format!("^https?://{HOST}{PATH}{QUERY}{FRAGMENT}$")})
            }
            Self::HookUrl(most) => {
                json!({"type": "string", "maxLength": most, "pattern": format!("^https?://{HOST}{PATH}{QUERY}$")})
            }
            Self::LogoUrl => json!({
                "type": "string", "maxLength": 512,
                "pattern": format!("^https://{HOST}/([A-Za-z0-9_~-]+/)*[A-Za-z0-9_~-]+\\.(png|jpg|jpeg){QUERY}$"),
            }),
            Self::Locale => json!({
                "type": "string", "maxLength": 35, "pattern": "^[A-Za-z]{2,3}([-_][A-Za-z0-9]{1,8}){0,3}$",
            }),
            Self::Color => json!({"type": "string", "pattern": "^#[0-9A-Fa-f]{6}$"}),
            Self::Reference => json!({"anyOf": [
                {"type": "string", "maxLength": 50, "pattern": "^[^\\u0000]*$"},
                {"type": "integer", "minimum": -1e48, "maximum": 1e48},
            ]}),
            Self::Digits => json!({"type": "integer", "minimum": 0, "maximum": 1e49}),
            Self::Integer(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
            Self::Time => json!({"type": "integer", "format": "int64", "minimum": 0}),
            Self::Product => json!({"type": "integer", "enum": [1, 2, 3, 4]}),
            Self::Products => json!({
                "type": "array", "items": {"type": "integer", "enum": [1, 2, 3, 4]},
                "minItems": 1, "maxItems": 4, "uniqueItems": true,
            }),
            Self::Word(words) => json!({"type": "string", "enum": words}),
            Self::Id(object, prefix) => {
                json!({"type": "string", "pattern": format!("^{prefix}[0-9a-f]{{32}}$"), "x-object": object})
            }
            Self::Param => json!({"type": "string", "minLength": 1, "x-object": "link"}),
            Self::Own(most) => json!({"type": "string", "maxLength": most, "pattern": "^[^\\u0000]*$"}),
            Self::Cursor(prefix) => json!({
                "type": "string", "pattern": format!("^[0-9a-f]{{1,15}}-{prefix}[0-9a-f]{{32}}$"),
            }),
            Self::MetaCursor => json!({"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}),
            Self::MetaId => json!({"type": "string", "pattern": "^[0-9]{1,50}$"}),
            Self::Flag => json!({"type": "boolean"}),
            Self::Texts => json!({"type": "array", "items": {"type": "string"}}),
            Self::Number => json!({"type": "number"}),
            Self::Any => json!({}),
            Self::Object(fields) => object(fields),
            Self::Objects(fields) => json!({"type": "array", "items": object(fields)}),
            Self::Clearable(kind) => json!({"anyOf": [kind.schema(), {"type": "string", "enum": ["", " "]}]}),
        }
    }

    /// In words, for the reference page.
    pub fn words(&self) -> String {
        match self {
            Self::Text | Self::Cursor(_) | Self::MetaCursor | Self::Param => "text".to_owned(),
            Self::Words(most) | Self::Own(most) => format!("text of at most {most} characters"),
            Self::Line(most) => format!("one line of at most {most} characters"),
            Self::Url(most) => format!("http or https address of at most {most} characters"),
            Self::HookUrl(most) => {
                format!("http or https address of at most {most} characters, without fragment")
            }
            Self::LogoUrl => "https address of a .png, .jpg or .jpeg, at most 512 characters".to_owned(),
            Self::Locale => "language tag, such as he or pt-BR".to_owned(),
            Self::Color => "#rrggbb".to_owned(),
            Self::Reference => "text of at most 50 characters, or an integer".to_owned(),
            Self::Digits => "integer from 0 up, at most 50 digits".to_owned(),
            Self::Integer(least, most) => format!("integer from {least} to {most}"),
            Self::Time => "Unix seconds".to_owned(),
            Self::Product => "1, 2, 3 or 4".to_owned(),
            Self::Products => "list of 1, 2, 3, 4, each at most once".to_owned(),
            Self::Word(words) => words.join(", "),
            Self::Id(_, prefix) => format!("{prefix}…"),
            Self::MetaId => "digits, as text".to_owned(),
            Self::Flag => "true or false".to_owned(),
            Self::Texts => "list of texts".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Any => "JSON".to_owned(),
            Self::Object(_) => "object".to_owned(),
            Self::Objects(_) => "list of objects".to_owned(),
            Self::Clearable(kind) => format!("{}; empty clears it", kind.words()),
        }
    }

    fn nullable(&self) -> Value {
        json!({"anyOf": [self.schema(), {"type": "null"}]})
    }
}

fn with_text(mut schema: Value, text: &str) -> Value {
    if let Some(object) = schema.as_object_mut() {
        object.insert("description".to_owned(), text.into());
    }
    schema
}

/// A parameter in the query.
pub(super) fn parameter(field: &Field) -> Value {
    // An empty value is the same as none.
    let schema = if field.needed {
        field.kind.schema()
    } else {
        json!({"anyOf": [field.kind.schema(), {"type": "string", "maxLength": 0}]})
    };
    json!({
        "name": field.name, "in": "query", "required": field.needed, "description": field.text, "schema": schema,
    })
}

/// What a body has to be. `null` is the same as absent, and what is not named is ignored.
pub(super) fn body(fields: &[Field]) -> Value {
    let of = |f: &Field| if f.needed { f.kind.schema() } else { f.kind.nullable() };
    let properties: serde_json::Map<String, Value> =
        fields.iter().map(|f| (f.name.to_owned(), with_text(of(f), f.text))).collect();
    let required: Vec<&str> = fields.iter().filter(|f| f.needed).map(|f| f.name).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

/// An object that we write: just these fields, and never `null`.
pub(super) fn object(fields: &[Field]) -> Value {
    let properties: serde_json::Map<String, Value> =
        fields.iter().map(|f| (f.name.to_owned(), with_text(f.kind.schema(), f.text))).collect();
    let required: Vec<&str> = fields.iter().filter(|f| f.needed).map(|f| f.name).collect();
    json!({"type": "object", "properties": properties, "required": required, "additionalProperties": false})
}
