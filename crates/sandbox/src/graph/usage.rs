//! The headers that tell an app how much of its limits it has used, once there is something to tell.

use axum::body::Body;
use axum::http::{HeaderValue, Response};
use serde_json::{Value, json};

use crate::graph::Call;
use crate::{Error, Sandbox, settings, tokens};

/// Adds the headers to an answer of the Graph API. How much is used is not counted but set by hand.
pub(crate) fn tell(sandbox: &Sandbox, call: Option<&Call>, response: &mut Response<Body>) {
    // A proxy's page comes from before the API.
    if !response.headers().contains_key("facebook-api-version") {
        return;
    }
    match headers(sandbox, call.and_then(Call::access_token)) {
        Ok(headers) => {
            for (name, value) in headers {
                if let Ok(value) = HeaderValue::from_str(&value.to_string()) {
                    response.headers_mut().insert(name, value);
                }
            }
        }
        Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "usage could not be read"),
    }
}

fn headers(sandbox: &Sandbox, token: Option<&str>) -> Result<Vec<(&'static str, Value)>, Error> {
    sandbox.db().run(|tx| {
        let number = |key| Ok::<_, Error>(settings::get(tx, key)?.and_then(|text| text.parse::<u32>().ok()));
        let Some(used) = number(settings::USAGE_PERCENT)?.filter(|used| *used > 0) else {
            return Ok(Vec::new());
        };
        let usage = json!({"call_count": used, "total_cputime": used, "total_time": used});
        let token = token.map_or(Ok(None), |text| tokens::find(tx, text))?;
        let Some(page_id) = token.and_then(|token| token.page_id) else {
            return Ok(vec![("x-app-usage", usage)]);
        };
        let business = json!({page_id: [{
            "type": "pages", "call_count": used, "total_cputime": used, "total_time": used,
            "estimated_time_to_regain_access": number(settings::REGAIN_MINUTES)?.unwrap_or(0),
        }]});
        Ok(vec![("x-page-usage", usage), ("x-business-use-case-usage", business)])
    })
}
