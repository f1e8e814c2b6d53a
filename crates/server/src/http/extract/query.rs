//! The query: names and values, where the last of a name counts.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jetbridge_domain::inputs::{Invalid, Limit};
use jetbridge_store::page::{Cursor, Page};

use crate::http::answer::Fail;

/// A query's values. An empty one is the same as absent.
#[derive(Debug, Default)]
pub struct Query {
    values: HashMap<String, String>,
    repeated: HashSet<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        let mut parsed = Self::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()).into_owned() {
            if parsed.values.insert(name.clone(), value).is_some() {
                parsed.repeated.insert(name);
            }
        }
        Ok(parsed)
    }
}

impl Query {
    /// A value that is there.
    pub fn raw(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether one of these names comes more than once.
    pub fn repeats(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.repeated.contains(*name))
    }

    /// A value parsed; the failure is reason 50 and names the field.
    pub fn get<T>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Invalid>,
    ) -> Result<Option<T>, Fail> {
        self.raw(name).map(parse).transpose().map_err(|_| Fail::parameter(name))
    }

    /// One of these words.
    pub fn word(&self, name: &'static str, words: &[&'static str]) -> Result<Option<&'static str>, Fail> {
        self.get(name, |text| words.iter().copied().find(|w| *w == text).ok_or(Invalid))
    }

    /// Which part of a list is asked for, whose rows have ids of this kind.
    pub fn page<I: FromStr>(&self) -> Result<Page, Fail> {
        Ok(Page {
            limit: self.get("limit", Limit::parse)?.unwrap_or_default(),
            after: self.get("after", |text| Cursor::parse::<I>(text).ok_or(Invalid))?,
        })
    }
}
