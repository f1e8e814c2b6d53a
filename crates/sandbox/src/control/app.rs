//! The app's settings.

use axum::body::Bytes;
use axum::extract::State;
use serde_json::{Map, Value};

use crate::control::{Answer, Refused, parse, success};
use crate::{Sandbox, settings};

/// Changes the settings that are named, all or none. `redirect_uris` replaces the whole list.
pub(crate) async fn change(State(sandbox): State<Sandbox>, body: Bytes) -> Answer {
    let input: Map<String, Value> = parse(&body)?;
    sandbox.db().run(|tx| {
        for (key, value) in &input {
            if key == "redirect_uris" {
                let uris: Vec<String> = serde_json::from_value(value.clone())
                    .map_err(|_| Refused::bad("redirect_uris is a list of texts"))?;
                settings::replace_redirect_uris(tx, &uris)?;
                continue;
            }
            let setting =
                settings::find(key).ok_or_else(|| Refused::bad(format!("there is no setting {key}")))?;
            let text = match value {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            settings::store(tx, setting, &text)?.map_err(Refused::bad)?;
        }
        Ok::<_, Refused>(())
    })?;
    Ok(success())
}
