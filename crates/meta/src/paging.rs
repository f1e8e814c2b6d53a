//! Lists that Meta hands out page by page (Graph API reference: paginated results).

use std::collections::HashSet;
use std::ops::ControlFlow;

use serde_json::Value;
use url::Url;

use crate::answer;
use crate::call::Call;
use crate::error::MetaError;

/// No list here is followed further than this many pages; at a hundred rows each, no person has more.
const MAX_PAGES: usize = 100;

/// Calls `row` for each row of the list, until it breaks or the list ends.
///
/// The list ends where `paging.next` is absent, and not before: a page may be short, or empty, and
/// still have a next one. Its address is not dialled, only its cursor taken: what an answer says must
/// not decide where tokens go. A list that leads back to where it was, names no cursor or does not end
/// is cut there, with a warning: whoever waits for it is better served by what there is.
pub(crate) async fn each(
    call: Call<'_>,
    mut row: impl FnMut(&Value) -> ControlFlow<()>,
) -> Result<(), MetaError> {
    let mut seen = HashSet::new();
    let mut after: Option<String> = None;
    for _ in 0..MAX_PAGES {
        let page = match &after {
            Some(cursor) => call.clone().query("after", cursor).send().await?,
            None => call.clone().send().await?,
        };
        let rows = answer::list(&page, "data")
            .ok_or(MetaError::Odd { http: 200, what: "a list without its data" })?;
        for value in rows {
            if row(value).is_break() {
                return Ok(());
            }
        }
        let Some(paging) = page.get("paging") else { return Ok(()) };
        let Some(next) = answer::word(paging, "next") else { return Ok(()) };
        let Some(cursor) = cursor(paging, &next) else {
            tracing::warn!("Meta's list goes on without a cursor; the rest is left out");
            return Ok(());
        };
        if !seen.insert(cursor.clone()) {
            tracing::warn!("Meta's list leads back to where it was; taken as its end");
            return Ok(());
        }
        after = Some(cursor);
    }
    tracing::warn!(pages = MAX_PAGES, "Meta's list does not end; the rest is left out");
    Ok(())
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// The most rows to answer. Meta may answer fewer, and cuts what is too many by itself.
    pub limit: u16,
    /// The `next` of the part before; none for the first part.
    pub after: Option<String>,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// Its rows, in Meta's order. It can be empty and still not be the last.
    pub rows: Vec<T>,
    /// What to ask for the next part with; none where the list ends.
    pub next: Option<String>,
}

/// One part of the list. Rows that `read` makes nothing of are left out, with a warning.
pub(crate) async fn part<T>(
    call: Call<'_>,
    part: &Part,
    read: impl Fn(&Value) -> Option<T>,
) -> Result<Listed<T>, MetaError> {
    let mut call = call.query("limit", part.limit.to_string());
    if let Some(after) = &part.after {
        call = call.query("after", after);
    }
    let page = call.send().await?;
    let values =
        answer::list(&page, "data").ok_or(MetaError::Odd { http: 200, what: "a list without its data" })?;
    let rows: Vec<T> = values.iter().filter_map(read).collect();
    if rows.len() < values.len() {
        tracing::warn!(rows = values.len() - rows.len(), "Meta listed rows without an id; they are left out");
    }
    let paging = page.get("paging");
    let next = paging.and_then(|paging| cursor(paging, &answer::word(paging, "next")?));
    // A list that leads back to where it was has no end of its own.
    Ok(Listed { rows, next: next.filter(|next| part.after.as_ref() != Some(next)) })
}

fn cursor(paging: &Value, next: &str) -> Option<String> {
    let named = paging.get("cursors").and_then(|cursors| answer::word(cursors, "after"));
    named.or_else(|| {
        let next = Url::parse(next).ok()?;
        next.query_pairs().find(|(key, _)| key == "after").map(|(_, value)| value.into_owned())
    })
}
