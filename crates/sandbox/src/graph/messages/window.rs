//! When the business may write: 24 hours after the person did, or seven days with a tag.

use rusqlite::Connection;

use crate::graph::Call;
use crate::graph::error::GraphError;
use crate::graph::messages::refusal;
use crate::messaging::{Platform, Thread};
use crate::settings;

const STANDARD_SECONDS: i64 = 24 * 3_600;
const TAG_SECONDS: i64 = 7 * 86_400;

/// Tags that once let messages out later, and no longer do.
const DEAD_TAGS: [&str; 3] = ["ACCOUNT_UPDATE", "CONFIRMED_EVENT_UPDATE", "POST_PURCHASE_UPDATE"];

pub(crate) fn check(
    tx: &Connection,
    call: &Call,
    thread: &Thread,
    template_type: Option<&str>,
    now: i64,
) -> Result<(), GraphError> {
    let tag = call.param("tag");
    let kind = call.param("messaging_type").unwrap_or(if tag.is_some() { "MESSAGE_TAG" } else { "RESPONSE" });
    let seconds = match (kind, tag) {
        ("RESPONSE" | "UPDATE", _) => STANDARD_SECONDS,
        ("MESSAGE_TAG", Some(tag)) => {
            check_tag(tx, thread.platform, tag, template_type)?;
            TAG_SECONDS
        }
        ("MESSAGE_TAG", None) => return Err(GraphError::missing_parameter("tag")),
        ("UTILITY", _) => return Err(GraphError::not_allowed("The app may not send utility messages")),
        _ => {
            let what = "Param messaging_type must be one of {RESPONSE, UPDATE, MESSAGE_TAG, UTILITY}";
            return Err(GraphError::parameter(what));
        }
    };
    match thread.opened_at {
        Some(opened) if now.saturating_sub(opened) <= seconds => Ok(()),
        _ => Err(refusal::outside_window(thread.platform)),
    }
}

fn check_tag(
    tx: &Connection,
    platform: Platform,
    tag: &str,
    template_type: Option<&str>,
) -> Result<(), GraphError> {
    match tag {
        "HUMAN_AGENT" if settings::is_on(tx, settings::NO_HUMAN_AGENT)? => {
            Err(GraphError::not_allowed("The app lacks the feature Human Agent"))
        }
        "HUMAN_AGENT" => Ok(()),
        _ if platform == Platform::Instagram => {
            Err(GraphError::parameter("HUMAN_AGENT is the only tag for Instagram"))
        }
        "CUSTOMER_FEEDBACK" if template_type == Some("customer_feedback") => Ok(()),
        "CUSTOMER_FEEDBACK" => {
            Err(GraphError::parameter("This tag goes with the customer feedback template only"))
        }
        dead if DEAD_TAGS.contains(&dead) => {
            Err(GraphError::parameter(&format!("The message tag {dead} is no longer available")))
        }
        _ => Err(GraphError::parameter("Param tag is invalid")),
    }
}
