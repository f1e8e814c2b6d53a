//! How much of Meta's limits is used up, as the headers of its answers tell (Graph API: rate limits).
//! They are there only once there is noticeable use, and there is no `Retry-After`.

use jetbridge_domain::clock::Span;
use reqwest::header::HeaderMap;
use serde_json::Value;

use crate::answer;

/// A longer header is not read: Meta names at most 32 accounts in one.
const MAX_HEADER: usize = 16 * 1024;
/// Nor are more rows kept.
const MAX_ACCOUNTS: usize = 128;

/// What one answer's headers say of the limits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Usage {
    /// The call's template, such as `POST /{page-id}/messages`.
    pub call: &'static str,
    /// The first part of the call's path: mostly the id of the Page or account it was about.
    pub object: String,
    /// `X-App-Usage`: of the app's limit.
    pub app: Option<Load>,
    /// `X-Page-Usage`: of the Page's limit.
    pub page: Option<Load>,
    /// `X-Business-Use-Case-Usage`: of each account's limits.
    pub accounts: Vec<AccountUsage>,
}

/// Percent of a limit, which can pass 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Load {
    /// Of the number of calls.
    pub calls: i64,
    /// Of the time they may take.
    pub time: i64,
    /// Of the processor's time they may take.
    pub cpu: i64,
}

impl Load {
    fn read(value: &Value) -> Option<Self> {
        let number = |key| answer::number(value, key).unwrap_or(0);
        let load =
            || Self { calls: number("call_count"), time: number("total_time"), cpu: number("total_cputime") };
        value.is_object().then(load)
    }

    /// The fullest of the three: at 100 Meta begins to refuse.
    pub fn fullest(self) -> i64 {
        self.calls.max(self.time).max(self.cpu)
    }
}

/// What is used of one account's limit for one kind of call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountUsage {
    /// The Page, Instagram account or business.
    pub id: String,
    /// `pages`, `messenger`, `instagram`, `leadgen` and so on.
    pub kind: String,
    /// How much is used.
    pub load: Load,
    /// How long calls will be refused; none while they are not.
    pub regain: Option<Span>,
}

impl Usage {
    /// Reads the headers; none where they say nothing.
    pub(crate) fn read(call: &'static str, object: &str, headers: &HeaderMap) -> Option<Self> {
        let usage = Self {
            call,
            object: object.to_owned(),
            app: header(headers, "x-app-usage").and_then(|value| Load::read(&value)),
            page: header(headers, "x-page-usage").and_then(|value| Load::read(&value)),
            accounts: header(headers, "x-business-use-case-usage")
                .map(|value| accounts(&value))
                .unwrap_or_default(),
        };
        let says = usage.app.is_some() || usage.page.is_some() || !usage.accounts.is_empty();
        says.then_some(usage)
    }

    /// The longest time that Meta names until calls are taken again.
    pub fn regain(&self) -> Option<Span> {
        self.accounts.iter().filter_map(|account| account.regain).max()
    }

    /// The fullest of all limits named, in percent.
    pub fn fullest(&self) -> i64 {
        let accounts = self.accounts.iter().map(|account| account.load);
        accounts.chain(self.app).chain(self.page).map(Load::fullest).max().unwrap_or(0)
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<Value> {
    let text = headers.get(name)?.to_str().ok().filter(|text| text.len() <= MAX_HEADER)?;
    serde_json::from_str(text).ok()
}

fn accounts(value: &Value) -> Vec<AccountUsage> {
    let ids = value.as_object().into_iter().flatten();
    let rows = ids.flat_map(|(id, rows)| rows.as_array().into_iter().flatten().map(move |row| (id, row)));
    let read = rows.filter_map(|(id, row)| {
        let minutes = answer::number(row, "estimated_time_to_regain_access").filter(|minutes| *minutes > 0);
        Some(AccountUsage {
            id: id.clone(),
            kind: answer::text(row, "type").unwrap_or_default(),
            load: Load::read(row)?,
            regain: minutes.map(Span::minutes),
        })
    });
    read.take(MAX_ACCOUNTS).collect()
}

/// What is told of each answer that names a limit.
pub(crate) type Hook = Box<dyn Fn(&Usage) + Send + Sync>;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(headers: &[(&'static str, &str)]) -> Option<Usage> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Usage::read("GET /{page-id}", "7", &map)
    }

    #[test]
    fn each_header_is_read() {
        let usage = read(&[
            ("x-app-usage", r#"{"call_count":28,"total_time":25,"total_cputime":26}"#),
            ("x-page-usage", r#"{"call_count":"101","total_time":2}"#),
            (
                "x-business-use-case-usage",
                concat!(
                    r#"{"7":[{"type":"pages","call_count":95,"total_cputime":20,"total_time":20,"#,
                    r#""estimated_time_to_regain_access":0},{"type":"messenger","call_count":120,"#,
                    r#""estimated_time_to_regain_access":19}],"8":[]}"#
                ),
            ),
        ])
        .unwrap();
        assert_eq!((usage.call, usage.object.as_str()), ("GET /{page-id}", "7"));
        assert_eq!(usage.app, Some(Load { calls: 28, time: 25, cpu: 26 }));
        assert_eq!(usage.page, Some(Load { calls: 101, time: 2, cpu: 0 }));
        let kinds: Vec<_> =
            usage.accounts.iter().map(|a| (a.id.as_str(), a.kind.as_str(), a.regain)).collect();
        assert_eq!(kinds, [("7", "pages", None), ("7", "messenger", Some(Span::minutes(19)))]);
        assert_eq!(usage.regain(), Some(Span::minutes(19)));
        assert_eq!(usage.fullest(), 120);
    }

    #[test]
    fn what_is_not_metas_says_nothing() {
        assert_eq!(read(&[]), None);
        for odd in ["", "7", "[]", "{", "\"x\"", "null"] {
            assert_eq!(read(&[("x-app-usage", odd), ("x-business-use-case-usage", odd)]), None, "{odd}");
        }
        let deep = format!("{{\"7\":{}", "[".repeat(10_000));
        assert_eq!(read(&[("x-business-use-case-usage", &deep)]), None);
        let large = format!(r#"{{"call_count":1,"x":"{}"}}"#, "x".repeat(MAX_HEADER));
        assert_eq!(read(&[("x-app-usage", &large)]), None);
    }
}
