//! The `fields` parameter: `id,name,picture.type(large){url},instagram_business_account{id,username}`.

use std::iter::Peekable;
use std::str::CharIndices;

use serde_json::{Map, Value};

use crate::graph::error::GraphError;

/// Deeper nesting than any real call uses; a bound keeps a hostile parameter from exhausting the stack.
const MAX_DEPTH: usize = 8;

/// One wanted field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// Modifiers: `.limit(5)` is `("limit", "5")`.
    pub(crate) arguments: Vec<(String, String)>,
    pub(crate) sub: Option<Vec<Field>>,
}

impl Field {
    fn plain(name: &str) -> Field {
        Field { name: name.to_owned(), arguments: Vec::new(), sub: None }
    }
}

/// The fields asked for, or the node's default ones.
pub(crate) fn wanted(parameter: Option<&str>, default: &[&str]) -> Result<Vec<Field>, GraphError> {
    match parameter.map(str::trim).filter(|text| !text.is_empty()) {
        Some(text) => parse(text),
        None => Ok(default.iter().copied().map(Field::plain).collect()),
    }
}

/// Fields as a call writes them, without their modifiers.
pub(crate) fn text_of(fields: &[Field]) -> String {
    let one = |field: &Field| match &field.sub {
        Some(sub) => format!("{}{{{}}}", field.name, text_of(sub)),
        None => field.name.clone(),
    };
    fields.iter().map(one).collect::<Vec<_>>().join(",")
}

fn parse(text: &str) -> Result<Vec<Field>, GraphError> {
    let mut parser = Parser { text: text.char_indices().peekable() };
    let fields = parser.list(0)?;
    match parser.text.next() {
        None => Ok(fields),
        Some(found) => Err(unexpected("end of string", Some(found))),
    }
}

struct Parser<'a> {
    text: Peekable<CharIndices<'a>>,
}

impl Parser<'_> {
    fn list(&mut self, depth: usize) -> Result<Vec<Field>, GraphError> {
        let mut fields = Vec::new();
        loop {
            fields.push(self.field(depth)?);
            if self.text.next_if(|(_, c)| *c == ',').is_none() {
                return Ok(fields);
            }
        }
    }

    fn field(&mut self, depth: usize) -> Result<Field, GraphError> {
        self.spaces();
        let mut field = Field::plain(&self.word()?);
        while self.text.next_if(|(_, c)| *c == '.').is_some() {
            let name = self.word()?;
            self.expect('(')?;
            let mut value = String::new();
            while let Some((_, c)) = self.text.next_if(|(_, c)| *c != ')') {
                value.push(c);
            }
            self.expect(')')?;
            field.arguments.push((name, value));
        }
        if self.text.next_if(|(_, c)| *c == '{').is_some() {
            if depth >= MAX_DEPTH {
                return Err(GraphError::syntax("\"Too many nested fields\""));
            }
            field.sub = Some(self.list(depth + 1)?);
            self.expect('}')?;
        }
        self.spaces();
        Ok(field)
    }

    fn spaces(&mut self) {
        while self.text.next_if(|(_, c)| c.is_ascii_whitespace()).is_some() {}
    }

    fn word(&mut self) -> Result<String, GraphError> {
        let mut word = String::new();
        while let Some((_, c)) = self.text.next_if(|(_, c)| c.is_ascii_alphanumeric() || *c == '_') {
            word.push(c);
        }
        if word.is_empty() { Err(unexpected("a field name", self.text.peek().copied())) } else { Ok(word) }
    }

    fn expect(&mut self, wanted: char) -> Result<(), GraphError> {
        match self.text.next() {
            Some((_, found)) if found == wanted => Ok(()),
            other => Err(unexpected(&format!("\"{wanted}\""), other)),
        }
    }
}

fn unexpected(wanted: &str, found: Option<(usize, char)>) -> GraphError {
    match found {
        Some((at, c)) => {
            GraphError::syntax(&format!("\"Expected {wanted} instead of \"{c}\".\" at character {at}"))
        }
        None => GraphError::syntax(&format!("\"Expected {wanted} instead of end of string.\"")),
    }
}

/// Builds a node from the wanted fields. `id` is always part of the answer; a field without a value is left out;
/// a name that the node type does not have is error 100.
pub(crate) fn select(
    wanted: &[Field],
    node_type: &str,
    known: &[&str],
    mut value_of: impl FnMut(&Field) -> Result<Option<Value>, GraphError>,
) -> Result<Value, GraphError> {
    let mut node = Map::new();
    let id = Field::plain("id");
    for field in wanted.iter().chain(std::iter::once(&id)) {
        if !known.contains(&field.name.as_str()) {
            return Err(GraphError::no_such_field(&field.name, node_type));
        }
        if let Some(value) = value_of(field)? {
            node.insert(field.name.clone(), value);
        }
    }
    Ok(Value::Object(node))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nested_fields_and_modifiers_are_read() {
        let fields = parse("id, picture.type(large){url},a{b{c},d}").unwrap();
        assert_eq!(fields.len(), 3);
        assert_eq!(fields[1].arguments, [("type".to_owned(), "large".to_owned())]);
        assert_eq!(fields[1].sub.as_ref().unwrap()[0].name, "url");
        assert_eq!(fields[2].sub.as_ref().unwrap()[0].sub.as_ref().unwrap()[0].name, "c");
    }

    #[test]
    fn a_broken_list_is_error_2500_wherever_it_breaks() {
        for text in ["a,", "a{", "a{b", "a}", ",a", "a.b", "a.b(", "a b", "é", "a{}"] {
            assert_eq!(parse(text).unwrap_err().code, 2500, "{text}");
        }
        assert_eq!(parse(&"a{".repeat(10_000)).unwrap_err().code, 2500);
    }
}
