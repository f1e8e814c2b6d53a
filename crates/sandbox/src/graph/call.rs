//! One Graph call, however it was written.
//!
//! The version prefix is optional, parameters may stand in the query, in a form, multipart or JSON body,
//! `method=delete` overrides a POST, and the token may come as a parameter or in a header.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use serde_json::Value;

use crate::graph::error::GraphError;
use crate::graph::multipart;

/// What one call asks for.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: Vec<String>,
    parameters: BTreeMap<String, String>,
    /// Of a multipart body.
    pub(crate) files: Vec<multipart::File>,
    bearer: Option<String>,
    /// The `ETag`s that the caller already holds the answers of.
    pub(crate) if_none_match: Option<String>,
}

impl Call {
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn parameters(&self) -> impl Iterator<Item = (&str, &str)> {
        self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn access_token(&self) -> Option<&str> {
        self.param("access_token").or(self.bearer.as_deref())
    }

    /// A boolean parameter, in any of Meta's spellings.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.param(name).map(|value| matches!(value, "true" | "1"))
    }

    /// A list parameter: comma separated, or a JSON list.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let text = self.param(name).unwrap_or_default().trim();
        if text.starts_with('[')
            && let Ok(list) = serde_json::from_str::<Vec<String>>(text)
        {
            return list;
        }
        text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
    }

    pub(crate) fn read(parts: &Parts, path: Vec<String>, body: &Bytes) -> Result<Call, GraphError> {
        let mut parameters = BTreeMap::new();
        let mut files = Vec::new();
        read_form(parts.uri.query().unwrap_or_default().as_bytes(), &mut parameters);
        let content_type = header_text(&parts.headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
        if content_type.starts_with("application/json") && !body.is_empty() {
            read_json(body, &mut parameters)?;
        } else if content_type.starts_with("multipart/") {
            let (fields, given) = multipart::read(content_type, body)?;
            parameters.extend(fields);
            files = given;
        } else {
            read_form(body, &mut parameters);
        }
        let if_none_match = header_text(&parts.headers, header::IF_NONE_MATCH.as_str()).map(str::to_owned);
        let method = overridden(&parts.method, &parameters);
        Ok(Call { method, path, parameters, files, bearer: bearer(&parts.headers), if_none_match })
    }

    /// One call of a batch; `whole` lends it the token that it does not bring itself.
    pub(crate) fn part_of(whole: &Call, method: &Method, relative_url: &str, body: &str) -> Call {
        let (path, query) = relative_url.split_once('?').unwrap_or((relative_url, ""));
        let mut parameters = BTreeMap::new();
        for name in ["access_token", "appsecret_proof", "appsecret_time"] {
            let lent = if name == "access_token" { whole.access_token() } else { whole.param(name) };
            parameters.extend(lent.map(|value| (name.to_owned(), value.to_owned())));
        }
        let lent = parameters.get("access_token").cloned();
        read_form(query.as_bytes(), &mut parameters);
        read_form(body.as_bytes(), &mut parameters);
        let own_proof = query.contains("appsecret_proof=") || body.contains("appsecret_proof=");
        if parameters.get("access_token") != lent.as_ref() && !own_proof {
            // The proof of the batch is one of the batch's token, not of this one.
            parameters.remove("appsecret_proof");
            parameters.remove("appsecret_time");
        }
        let method = overridden(method, &parameters);
        Call {
            method,
            path: split_path(path),
            parameters,
            files: Vec::new(),
            bearer: None,
            if_none_match: None,
        }
    }
}

fn overridden(method: &Method, parameters: &BTreeMap<String, String>) -> Method {
    let wanted = parameters.get("method").filter(|_| *method == Method::POST);
    wanted
        .and_then(|wanted| Method::from_bytes(wanted.to_ascii_uppercase().as_bytes()).ok())
        .unwrap_or_else(|| method.clone())
}

fn read_form(text: &[u8], into: &mut BTreeMap<String, String>) {
    into.extend(url::form_urlencoded::parse(text).into_owned());
}

fn read_json(body: &[u8], into: &mut BTreeMap<String, String>) -> Result<(), GraphError> {
    let json: BTreeMap<String, Value> = serde_json::from_slice(body)
        .map_err(|_| GraphError::parameter("The request body is not a JSON object"))?;
    into.extend(json.into_iter().map(|(name, value)| match value {
        Value::String(text) => (name, text),
        other => (name, other.to_string()),
    }));
    Ok(())
}

pub(crate) fn header_text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let (scheme, token) = header_text(headers, header::AUTHORIZATION.as_str())?.split_once(' ')?;
    let known = scheme.eq_ignore_ascii_case("bearer") || scheme.eq_ignore_ascii_case("oauth");
    known.then(|| token.trim().to_owned())
}

/// The path without its version, in parts.
pub(crate) fn split_path(path: &str) -> Vec<String> {
    let decode = |part: &str| {
        // Only ids and edge names live here: `+` and `%2B` mean the same, so form decoding is good enough.
        let pair = format!("v={part}");
        url::form_urlencoded::parse(pair.as_bytes()).next().map(|(_, value)| value.into_owned())
    };
    let mut parts: Vec<String> = path.split('/').filter(|part| !part.is_empty()).filter_map(decode).collect();
    if parts.first().is_some_and(|part| is_version(part)) {
        parts.remove(0);
    }
    parts
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').and_then(|rest| rest.split_once('.')).is_some_and(|(major, minor)| {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        digits(major) && digits(minor)
    })
}
