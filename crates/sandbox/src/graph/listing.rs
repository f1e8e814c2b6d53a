//! Lists with cursors: `limit`, `after`, `before`, and the `paging` of an answer.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::graph::error::GraphError;
use crate::graph::fields::Field;
use crate::graph::{Call, Context};

const DEFAULT_LIMIT: usize = 25;
/// The most entries of most edges.
pub(crate) const MAX_LIMIT: usize = 100;

/// Which part of a list is wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Window {
    limit: Option<String>,
    after: Option<String>,
    before: Option<String>,
    most: Option<usize>,
    /// The address of the list, without cursors; none for a list inside another answer.
    link: Option<(String, Vec<(String, String)>)>,
}

impl Window {
    /// As the parameters of a call say.
    pub(crate) fn of_call(context: &Context, call: &Call) -> Window {
        let path = format!("{}/{}/{}", context.public_url, context.version, call.path.join("/"));
        let cursors = ["after", "before", "limit", "appsecret_proof", "appsecret_time", "access_token"];
        let mut kept: Vec<(String, String)> = call
            .parameters()
            .filter(|(name, _)| !cursors.contains(name))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        kept.extend(call.access_token().map(|token| ("access_token".to_owned(), token.to_owned())));
        let text = |name| call.param(name).map(str::to_owned);
        Window {
            limit: text("limit"),
            after: text("after"),
            before: text("before"),
            most: None,
            link: Some((path, kept)),
        }
    }

    /// As the modifiers of a nested field say: `comments.limit(5)`.
    pub(crate) fn of_field(field: &Field) -> Window {
        let text = |name| argument(field, name).map(str::to_owned);
        Window { limit: text("limit"), after: text("after"), before: text("before"), most: None, link: None }
    }

    /// For an edge that gives fewer entries than most.
    pub(crate) fn at_most(self, most: usize) -> Window {
        Window { most: Some(most), ..self }
    }

    fn size(&self) -> Result<usize, GraphError> {
        let asked = match &self.limit {
            None => DEFAULT_LIMIT,
            Some(text) => {
                text.parse().map_err(|_| GraphError::parameter("Param limit must be an integer"))?
            }
        };
        Ok(asked.clamp(1, self.most.unwrap_or(MAX_LIMIT)))
    }

    fn link(&self, limit: usize, cursor: (&str, &str)) -> Option<Value> {
        let (path, kept) = self.link.as_ref()?;
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept);
        query.append_pair("limit", &limit.to_string());
        query.append_pair(cursor.0, cursor.1);
        Some(json!(format!("{path}?{}", query.finish())))
    }

    /// The wanted part of `items` as `data` and `paging`; an empty one has no `paging`.
    pub(crate) fn list<T>(
        &self,
        items: &[T],
        id_of: impl Fn(&T) -> &str,
        show: impl Fn(&T) -> Result<Value, GraphError>,
    ) -> Result<Map<String, Value>, GraphError> {
        let limit = self.size()?;
        let (from, to) = match (&self.after, &self.before) {
            (Some(cursor), _) => {
                let from = Cursor::read(cursor)?.end(items, &id_of).min(items.len());
                (from, (from + limit).min(items.len()))
            }
            (None, Some(cursor)) => {
                let to = Cursor::read(cursor)?.start(items, &id_of).min(items.len());
                (to.saturating_sub(limit), to)
            }
            (None, None) => (0, limit.min(items.len())),
        };
        let shown = items.get(from..to).unwrap_or_default();
        let data = shown.iter().map(show).collect::<Result<Vec<_>, _>>()?;
        let mut answer = Map::new();
        answer.insert("data".to_owned(), json!(data));
        let (Some(first), Some(last)) = (shown.first(), shown.last()) else { return Ok(answer) };
        let cursor = |index: usize, item: &T| {
            let next = items.get(index + 1).map_or("", &id_of);
            STANDARD.encode(format!("{index}:{}:{next}", id_of(item)))
        };
        let (first, last) = (cursor(from, first), cursor(to.saturating_sub(1), last));
        let mut paging = Map::new();
        paging.insert("cursors".to_owned(), json!({"before": first, "after": last}));
        if to < items.len() {
            paging.extend(self.link(limit, ("after", &last)).map(|link| ("next".to_owned(), link)));
        }
        if from > 0 {
            paging.extend(self.link(limit, ("before", &first)).map(|link| ("previous".to_owned(), link)));
        }
        answer.insert("paging".to_owned(), Value::Object(paging));
        Ok(answer)
    }
}

/// Where in a list somebody was: at which entry, before which next one. Who deletes while reading goes on where
/// they stopped.
struct Cursor {
    index: usize,
    id: String,
    next: String,
}

impl Cursor {
    fn read(text: &str) -> Result<Cursor, GraphError> {
        let bad = || GraphError::parameter("Invalid cursor");
        let bytes = STANDARD.decode(text).map_err(|_| bad())?;
        let text = String::from_utf8(bytes).map_err(|_| bad())?;
        let mut parts = text.splitn(3, ':');
        let index = parts.next().and_then(|index| index.parse().ok()).ok_or_else(bad)?;
        let (id, next) = parts.next().zip(parts.next()).ok_or_else(bad)?;
        Ok(Cursor { index, id: id.to_owned(), next: next.to_owned() })
    }

    /// The place of its entry.
    fn start<T>(&self, items: &[T], id_of: &impl Fn(&T) -> &str) -> usize {
        items.iter().position(|item| id_of(item) == self.id).unwrap_or(self.index)
    }

    /// The place after its entry.
    fn end<T>(&self, items: &[T], id_of: &impl Fn(&T) -> &str) -> usize {
        let place = |id: &str| items.iter().position(|item| id_of(item) == id);
        let after = place(&self.id).map(|index| index + 1);
        after.or_else(|| place(&self.next)).unwrap_or(self.index)
    }
}

/// A modifier of a field, such as `order` of `comments.order(reverse_chronological)`.
pub(crate) fn argument<'a>(field: &'a Field, name: &str) -> Option<&'a str> {
    field.arguments.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(answer: &Map<String, Value>) -> Vec<&str> {
        answer["data"].as_array().unwrap().iter().filter_map(Value::as_str).collect()
    }

    #[test]
    fn a_cursor_outlives_what_it_points_at() {
        let window = |after: Option<&str>| Window {
            limit: Some("2".to_owned()),
            after: after.map(str::to_owned),
            ..Window::default()
        };
        let show = |items: &[&str], after: Option<&str>| {
            window(after).list(items, |item| item, |item| Ok(json!(item))).unwrap()
        };
        let first = show(&["a", "b", "c", "d"], None);
        assert_eq!(ids(&first), ["a", "b"]);
        let after = first["paging"]["cursors"]["after"].as_str().unwrap().to_owned();
        assert_eq!(ids(&show(&["a", "b", "c", "d"], Some(&after))), ["c", "d"]);
        assert_eq!(ids(&show(&["a", "c", "d"], Some(&after))), ["c", "d"]);
        assert_eq!(ids(&show(&["c", "d"], Some(&after))), ["c", "d"]);
        assert!(show(&[], Some(&after)).get("paging").is_none());
        assert!(window(Some("?")).list(&["a"], |item| item, |item| Ok(json!(item))).is_err());
    }
}
