//! Anything else of the Graph API, with a connection's token. What may be called is the caller's to
//! decide; that no token gets out is decided here.

use jetbridge_domain::secret::Secret;
use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::call::Call;
use crate::client::Meta;
use crate::error::MetaError;

/// The methods that the Graph API has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GraphMethod {
    /// Reads.
    Get,
    /// Writes.
    Post,
    /// Deletes.
    Delete,
}

/// Parameters that would change who calls, what is called or how it is answered.
const OURS: [&str; 8] =
    ["access_token", "appsecret_proof", "appsecret_time", "method", "batch", "callback", "ids", "debug"];
/// What Meta's fields for tokens that can act are called.
const TOKENS: [&str; 2] = ["access_token", "page_token"];

impl Meta {
    /// Calls `path` (one part of the path each) with `params`; what is nested in them is JSON text, as
    /// the Graph API takes it. The answer is Meta's own, without the tokens that Meta puts into it: a
    /// field `access_token`, and the one in the addresses of further parts of a list.
    ///
    /// [`MetaError::NotSent`] where a parameter would change the call itself, or asks for a token.
    pub async fn graph(
        &self,
        method: GraphMethod,
        path: &[&str],
        params: &[(String, String)],
        page_token: &Secret,
    ) -> Result<Value, MetaError> {
        let ours = |key: &str| OURS.contains(&key.to_ascii_lowercase().as_str());
        if path.is_empty() || path.iter().any(|part| names_token(part)) {
            return Err(MetaError::NotSent("a path that leads to no object"));
        }
        if params.iter().any(|(key, value)| ours(key) || names_token(key) || names_token(value)) {
            return Err(MetaError::NotSent("a parameter that is not the caller's to set"));
        }
        let (name, method) = match method {
            GraphMethod::Get => ("GET (graph)", Method::GET),
            GraphMethod::Post => ("POST (graph)", Method::POST),
            GraphMethod::Delete => ("DELETE (graph)", Method::DELETE),
        };
        let in_body = method == Method::POST;
        // A write may name a file that Meta has to fetch first.
        let mut call = Call::new(self, method, name, path).acting(page_token).fetching(in_body);
        for (key, value) in params {
            call = if in_body { call.form(key.clone(), value) } else { call.query(key.clone(), value) };
        }
        let mut answer = call.send().await?;
        scrub(&mut answer);
        Ok(answer)
    }
}

fn names_token(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    TOKENS.iter().any(|token| text.contains(token))
}

/// Takes other tokens than the call's own out of an answer, by the names they go by. JSON nested deeper
/// than the parser's 128 levels never gets here.
fn scrub(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(plain) = without_token(text) {
                *text = plain;
            }
        }
        Value::Array(rows) => rows.iter_mut().for_each(scrub),
        Value::Object(fields) => {
            fields.retain(|key, _| !names_token(key));
            fields.values_mut().for_each(scrub);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// An address without its token and proof; none where it has neither.
fn without_token(text: &str) -> Option<String> {
    if !text.contains("access_token=") && !text.contains("appsecret_proof=") {
        return None;
    }
    let Ok(mut url) = Url::parse(text) else { return Some("[secret]".to_owned()) };
    let kept: Vec<(String, String)> = url
        .query_pairs()
        .filter(|(key, _)| !matches!(&**key, "access_token" | "appsecret_proof"))
        .map(|(key, value)| (key.into_owned(), value.into_owned()))
        .collect();
    url.set_query(None);
    url.set_fragment(None);
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    Some(url.into())
}
