//! `GET /{psid}` and `GET /{igsid}`: who writes, as far as the app may know.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::graph::Call;
use crate::graph::auth::Caller;
use crate::graph::error::GraphError;
use crate::graph::fields;
use crate::graph::messages::check_rights;
use crate::messaging::{self, Platform, Thread};
use crate::{Config, settings, world};

/// `locale`, `timezone` and `gender` need an approval of their own and are left out.
const MESSENGER_FIELDS: [&str; 8] =
    ["id", "first_name", "last_name", "name", "profile_pic", "locale", "timezone", "gender"];
const INSTAGRAM_FIELDS: [&str; 8] = [
    "id",
    "name",
    "username",
    "profile_pic",
    "follower_count",
    "is_user_follow_business",
    "is_business_follow_user",
    "is_verified_user",
];

/// `None`: the id is nobody's who writes to the Page of this token.
pub(crate) fn node(
    tx: &Connection,
    config: &Config,
    call: &Call,
    caller: &Caller,
    id: &str,
) -> Result<Option<Value>, GraphError> {
    let Some(thread) = messaging::of_person(tx, id)? else { return Ok(None) };
    let own = matches!(caller, Caller::Person(viewer) if viewer.page_id() == Some(thread.page_id.as_str()));
    let Some(page) = world::page(tx, &thread.page_id)?.filter(|_| own) else { return Ok(None) };
    check_rights(tx, caller, &page, thread.platform)?;
    let mode = settings::get(tx, settings::PROFILES)?;
    match (thread.platform, mode.as_deref()) {
        (Platform::Messenger, Some("empty")) => return Ok(Some(json!({}))),
        (Platform::Messenger, Some("id_only")) => return Ok(Some(json!({"id": thread.person}))),
        (Platform::Messenger, Some("refused")) => {
            let what = "Insufficient permission to access user profile.";
            return Err(GraphError::with_subcode(100, 2_018_247, what));
        }
        // Who only commented, or was only written to, has not agreed.
        (Platform::Instagram, Some("refused")) => return Err(GraphError::consent_required()),
        (Platform::Instagram, _) if thread.opened_at.is_none() => {
            return Err(GraphError::consent_required());
        }
        _ => {}
    }
    let picture = format!("{}/sandbox/picture/{}.svg", config.public_url, thread.person);
    match thread.platform {
        Platform::Messenger => messenger(call, &thread, &picture).map(Some),
        Platform::Instagram => instagram(call, &thread, &picture).map(Some),
    }
}

fn messenger(call: &Call, thread: &Thread, picture: &str) -> Result<Value, GraphError> {
    let wanted = fields::wanted(call.param("fields"), &["first_name", "last_name", "profile_pic", "id"])?;
    let (first, last) = thread.name.split_once(' ').unwrap_or((&thread.name, ""));
    fields::select(&wanted, "MessengerProfile", &MESSENGER_FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(thread.person)),
            "first_name" => Some(json!(first)),
            "last_name" => Some(json!(last)),
            "name" => Some(json!(thread.name)),
            "profile_pic" => Some(json!(picture)),
            _ => None,
        })
    })
}

fn instagram(call: &Call, thread: &Thread, picture: &str) -> Result<Value, GraphError> {
    let wanted = fields::wanted(call.param("fields"), &["name", "username", "profile_pic", "id"])?;
    fields::select(&wanted, "IGBusinessScopedUser", &INSTAGRAM_FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(thread.person)),
            "name" => Some(json!(thread.name)),
            "username" => Some(json!(thread.username())),
            "profile_pic" => Some(json!(picture)),
            "follower_count" => Some(json!(0)),
            "is_user_follow_business" => Some(json!(true)),
            "is_business_follow_user" | "is_verified_user" => Some(json!(false)),
            _ => None,
        })
    })
}
