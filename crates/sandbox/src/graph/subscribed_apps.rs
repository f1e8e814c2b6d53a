//! `/{page-id}/subscribed_apps`: a Page installs the app with a list of webhook fields.

use axum::http::Method;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Value, json};

use crate::graph::auth::{Caller, Viewer};
use crate::graph::error::GraphError;
use crate::graph::{Call, Context, reply};
use crate::world::{self, Page};
use crate::{Error, settings};

/// The fields a Page can subscribe to. Fields of the object `instagram`, such as `comments` or `messaging_seen`,
/// are not among them.
pub(crate) const PAGE_FIELDS: &[&str] = &[
    "affiliation",
    "attire",
    "awards",
    "bio",
    "birthday",
    "business_integrity",
    "call_permission_reply",
    "call_settings_update",
    "calls",
    "category",
    "checkins",
    "comment_poll_response",
    "company_overview",
    "conversations",
    "culinary_team",
    "current_location",
    "description",
    "email",
    "feature_access_list",
    "feed",
    "follow",
    "founded",
    "general_info",
    "general_manager",
    "group_feed",
    "hometown",
    "hours",
    "inbox_labels",
    "invoice_access_bank_slip_events",
    "invoice_access_invoice_change",
    "invoice_access_invoice_draft_change",
    "invoice_access_onboarding_status_active",
    "leadgen",
    "leadgen_fat",
    "leadgen_update",
    "live_videos",
    "local_delivery",
    "location",
    "marketing_message_clicks",
    "marketing_message_deliveries",
    "marketing_message_delivery_failed",
    "marketing_message_echoes",
    "marketing_message_reads",
    "marketing_messages_subscriber_upload_status",
    "mcom_invoice_change",
    "members",
    "mention",
    "merchant_review",
    "message_context",
    "message_deliveries",
    "message_echoes",
    "message_edits",
    "message_mention",
    "message_reactions",
    "message_reads",
    "message_template_status_update",
    "messages",
    "messaging_account_linking",
    "messaging_appointments",
    "messaging_checkout_updates",
    "messaging_customer_information",
    "messaging_direct_sends",
    "messaging_fblogin_account_linking",
    "messaging_feedback",
    "messaging_game_plays",
    "messaging_handovers",
    "messaging_in_thread_lead_form_submit",
    "messaging_integrity",
    "messaging_optins",
    "messaging_optouts",
    "messaging_payments",
    "messaging_policy_enforcement",
    "messaging_postbacks",
    "messaging_pre_checkouts",
    "messaging_referrals",
    "mission",
    "name",
    "page_about_story",
    "page_change_proposal",
    "page_upcoming_change",
    "parking",
    "payment_options",
    "payment_request_update",
    "personal_info",
    "personal_interests",
    "phone",
    "picture",
    "price_range",
    "product_review",
    "products",
    "public_transit",
    "publisher_subscriptions",
    "ratings",
    "registration",
    "response_feedback",
    "send_cart",
    "standby",
    "story_poll_response",
    "story_share",
    "user_action",
    "video_text_question_responses",
    "videos",
    "website",
];

/// The permissions of which one is needed for a field, beside `pages_manage_metadata`.
fn needed_for(field: &str) -> &'static [&'static str] {
    match field {
        "leadgen" | "leadgen_update" | "leadgen_fat" => &["leads_retrieval"],
        // A Page subscribes to `messages` for Instagram messaging alone, too.
        "standby" | "response_feedback" => &["pages_messaging", "instagram_manage_messages"],
        field if field.starts_with("messag") => &["pages_messaging", "instagram_manage_messages"],
        _ => &[],
    }
}

pub(crate) fn edge(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
) -> Result<Value, GraphError> {
    let viewer = page_token(tx, call, caller, page)?;
    check_rights(tx, viewer, page)?;
    match call.method {
        Method::GET => {
            let data: Vec<Value> = fields_of(tx, &page.id)?
                .into_iter()
                .map(|fields| {
                    json!({
                        "category": "Business", "link": format!("{}/", context.public_url),
                        "name": context.app_name, "id": context.app_id, "subscribed_fields": fields,
                    })
                })
                .collect();
            Ok(json!({"data": data}))
        }
        Method::POST => {
            let mut fields = checked_fields(call, viewer)?;
            if settings::is_on(tx, settings::ADD_FIELDS)? {
                fields = reply::union(fields, fields_of(tx, &page.id)?.unwrap_or_default());
            }
            tx.execute(
                "INSERT OR REPLACE INTO page_subscriptions VALUES (?1, ?2)",
                (&page.id, serde_json::to_string(&fields).map_err(Error::from)?),
            )?;
            reply::success(tx)
        }
        Method::DELETE => {
            remove(tx, &page.id)?;
            reply::success(tx)
        }
        _ => Err(GraphError::no_such_object(call.method.as_str(), &page.id)),
    }
}

pub(crate) fn page_token<'a>(
    tx: &Connection,
    call: &Call,
    caller: &'a Caller,
    page: &Page,
) -> Result<&'a Viewer, GraphError> {
    let Caller::Person(viewer) = caller else { return Err(GraphError::page_token_required()) };
    if viewer.page_id() == Some(page.id.as_str()) {
        return Ok(viewer);
    }
    let role = world::role(tx, &viewer.token.person_id, &page.id)?;
    let is_new = role.is_some_and(|role| role.tasks.iter().any(|task| task.starts_with("PROFILE_PLUS_")));
    if is_new && call.method != Method::GET && !viewer.is_page() {
        Err(GraphError::new_page_token_required())
    } else {
        Err(GraphError::page_token_required())
    }
}

/// Meta's pages differ on the task: any one of the three is accepted.
fn check_rights(tx: &Connection, viewer: &Viewer, page: &Page) -> Result<(), GraphError> {
    if !viewer.grants.covers_page(&page.id) || !viewer.grants.has("pages_manage_metadata") {
        return Err(GraphError::permission("Requires pages_manage_metadata permission to manage the object"));
    }
    let role = world::role(tx, &viewer.token.person_id, &page.id)?;
    if role.is_some_and(|role| role.may(&["MODERATE", "CREATE_CONTENT", "MANAGE"])) {
        Ok(())
    } else {
        Err(GraphError::permission(
            "The user must be able to perform the MODERATE, CREATE_CONTENT or MANAGE task on the page",
        ))
    }
}

fn checked_fields(call: &Call, viewer: &Viewer) -> Result<Vec<String>, GraphError> {
    let mut fields = call.list("subscribed_fields");
    if fields.is_empty() {
        return Err(GraphError::missing_parameter("subscribed_fields"));
    }
    for (index, field) in fields.iter().enumerate() {
        if !PAGE_FIELDS.contains(&field.as_str()) {
            let all = PAGE_FIELDS.join(", ").to_ascii_uppercase();
            return Err(GraphError::parameter(&format!(
                "Param subscribed_fields[{index}] must be one of {{{all}}} - got \"{field}\"."
            )));
        }
        let needed = needed_for(field);
        if !needed.is_empty() && !viewer.grants.has_any(needed) {
            return Err(GraphError::permission(&format!(
                "To subscribe to the {field} field, one of these permissions is needed: {}.",
                needed.join(", ")
            )));
        }
    }
    fields.sort_unstable();
    fields.dedup();
    Ok(fields)
}

/// The Page's fields, or nothing when the app is not installed on it.
pub(crate) fn fields_of(tx: &Connection, page_id: &str) -> Result<Option<Vec<String>>, Error> {
    let fields: Option<String> = tx
        .prepare_cached("SELECT fields FROM page_subscriptions WHERE page_id = ?1")?
        .query_row([page_id], |row| row.get(0))
        .optional()?;
    Ok(fields.map(|fields| serde_json::from_str(&fields)).transpose()?)
}

pub(crate) fn remove(tx: &Connection, page_id: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM page_subscriptions WHERE page_id = ?1", [page_id])?;
    Ok(())
}
