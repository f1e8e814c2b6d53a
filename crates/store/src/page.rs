//! Pages of lists: the newest first, with an opaque cursor behind the last row.

use std::str::FromStr;

use jetbridge_domain::clock::Time;
use jetbridge_domain::inputs::Limit;

use crate::db::Value;

/// Where a page ends: the next one starts behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    created_at: Time,
    id: String,
}

impl Cursor {
    /// After the row with this time and id.
    pub fn new(created_at: Time, id: &str) -> Self {
        Self { created_at, id: id.to_owned() }
    }

    /// As URL-safe text.
    pub fn to_text(&self) -> String {
        format!("{:x}-{}", self.created_at.as_micros(), self.id)
    }

    /// From the text of a list whose rows have ids of this kind; `None` for anything else.
    pub fn parse<I: FromStr>(text: &str) -> Option<Self> {
        let (micros, id) = text.split_once('-')?;
        id.parse::<I>().ok()?;
        let digits = micros.bytes().all(|b| b.is_ascii_hexdigit());
        let micros = i64::from_str_radix(micros, 16).ok()?;
        digits.then(|| Self { created_at: Time::from_micros(micros), id: id.to_owned() })
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// How many rows.
    pub limit: Limit,
    /// Behind which row.
    pub after: Option<Cursor>,
}

/// A part of a list.
#[derive(Debug, Clone)]
pub struct Slice<T> {
    /// The rows.
    pub list: Vec<T>,
    /// Where to go on; absent on the last page.
    pub next: Option<Cursor>,
}

impl<T> Slice<T> {
    /// Cuts off the one row that was read to see whether there are more.
    pub(crate) fn cut(mut list: Vec<T>, page: &Page, cursor: impl Fn(&T) -> Cursor) -> Self {
        let more = list.len() > page.limit.rows();
        list.truncate(page.limit.rows());
        let next = list.last().filter(|_| more).map(cursor);
        Self { list, next }
    }
}

/// Completes a statement over a table with `created_at` and `id`, which are called `of`'s.
pub(crate) fn finish(sql: &mut String, params: &mut Vec<Value>, of: &str, page: &Page) {
    if let Some(after) = &page.after {
        params.push(after.created_at.into());
        let at = params.len();
        params.push(after.id.as_str().into());
        let id = params.len();
        sql.push_str(&format!(
            " AND ({of}created_at < ${at} OR ({of}created_at = ${at} AND {of}id < ${id}))"
        ));
    }
    params.push(i64::try_from(page.limit.rows() + 1).unwrap_or(i64::MAX).into());
    sql.push_str(&format!(" ORDER BY {of}created_at DESC, {of}id DESC LIMIT ${}", params.len()));
}

#[cfg(test)]
mod tests {
    use jetbridge_domain::entropy::Entropy;
    use jetbridge_domain::id::{ConnectionId, LinkId};

    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_does() {
        let id = LinkId::new(Time::from_seconds(1), &Entropy::seeded(1)).unwrap();
        let cursor = Cursor::new(Time::from_seconds(1_700_000_000), id.as_str());
        let text = cursor.to_text();
        assert_eq!(Cursor::parse::<LinkId>(&text), Some(cursor));
        assert_eq!(Cursor::parse::<ConnectionId>(&text), None);
        assert_eq!(Cursor::parse::<LinkId>(&text[..text.len() - 1]), None);
        for wrong in
            ["", "-", "12", "12-", "12-a b", &format!("+1-{id}"), &format!("zz-{id}"), &format!("-{id}")]
        {
            assert_eq!(Cursor::parse::<LinkId>(wrong), None, "{wrong}");
        }
    }
}
