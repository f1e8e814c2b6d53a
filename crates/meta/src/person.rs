//! Whoever Meta names as the author or the other side of something.

use serde_json::Value;

use crate::answer;

/// A person, Page or account, as far as Meta tells who it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// The id this Page or account knows it by.
    pub id: Option<String>,
    /// Its name, on Facebook.
    pub name: Option<String>,
    /// Its name after the `@`, on Instagram.
    pub username: Option<String>,
}

impl Party {
    /// None where nothing is told, as for people Meta does not expose.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let party = Self {
            id: answer::word(value, "id"),
            name: answer::word(value, "name"),
            username: answer::word(value, "username"),
        };
        (party != Self::default()).then_some(party)
    }

    /// Those of a list wrapped in `data`.
    pub(crate) fn read_all(value: Option<&Value>) -> Vec<Self> {
        let rows = value.and_then(|value| answer::list(value, "data"));
        rows.unwrap_or_default().iter().filter_map(Self::read).collect()
    }
}
