//! The headers that tell a caller how much of a limit is used up. There is no `Retry-After` among them.

use axum::http::{HeaderValue, Response};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::graph::Context;
use crate::graph::call::Call;
use crate::{Error, settings, tokens};

/// Whose limit it is, which decides the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// `X-App-Usage`.
    App,
    /// `X-Page-Usage`.
    Page,
    /// `X-Business-Use-Case-Usage`, with the use case.
    Business(&'static str),
}

impl Limit {
    fn header(self) -> &'static str {
        match self {
            Limit::App => "x-app-usage",
            Limit::Page => "x-page-usage",
            Limit::Business(_) => "x-business-use-case-usage",
        }
    }
}

/// What a limit's header says; percentages can pass 100.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    pub(crate) limit: Limit,
    pub(crate) percent: i64,
    /// Until calls are answered again.
    pub(crate) minutes: i64,
}

/// Adds one header.
pub(crate) fn add<T>(tx: &Connection, context: &Context, call: &Call, usage: Usage, to: &mut Response<T>) {
    let Usage { limit, percent, minutes } = usage;
    let counts = || json!({"call_count": percent, "total_cputime": percent, "total_time": percent});
    let value = match limit {
        Limit::App | Limit::Page => counts(),
        Limit::Business(kind) => {
            let mut entry = counts();
            if let Value::Object(entry) = &mut entry {
                entry.insert("type".to_owned(), json!(kind));
                entry.insert("estimated_time_to_regain_access".to_owned(), json!(minutes));
            }
            let id = page_of(tx, call).ok().flatten();
            let named =
                || call.path.first().filter(|id| id.bytes().all(|byte| byte.is_ascii_digit())).cloned();
            let id = id.or_else(named).unwrap_or_else(|| context.app_id.clone());
            json!({id: [entry]})
        }
    };
    if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
        to.headers_mut().insert(limit.header(), value);
    }
}

/// Adds the headers that the settings ask for: the app's on calls of people and the app, the other two on
/// calls with a Page token. How much is used is not counted but set by hand.
pub(crate) fn add_set<T>(
    tx: &Connection,
    context: &Context,
    call: &Call,
    to: &mut Response<T>,
) -> Result<(), Error> {
    // A proxy's page comes from before the API.
    let from_the_api = to.headers().contains_key("facebook-api-version");
    let Some(percent) = settings::number(tx, settings::USAGE_PERCENT)?.filter(|_| from_the_api) else {
        return Ok(());
    };
    let minutes = settings::number(tx, settings::REGAIN_MINUTES)?.unwrap_or(0);
    let of_page = page_of(tx, call)?.is_some();
    let limits: &[_] = if of_page { &[Limit::Page, Limit::Business("pages")] } else { &[Limit::App] };
    for limit in limits.iter().copied() {
        // A planned fault may have said more already.
        if !to.headers().contains_key(limit.header()) {
            add(tx, context, call, Usage { limit, percent, minutes }, to);
        }
    }
    Ok(())
}

fn page_of(tx: &Connection, call: &Call) -> Result<Option<String>, Error> {
    let Some(token) = call.access_token() else { return Ok(None) };
    Ok(tokens::find(tx, token)?.and_then(|token| token.page_id))
}
