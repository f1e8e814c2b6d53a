//! The samples that the dashboard's "Test" button sends: another shape than live traffic, and nobody's ids.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::Error;
use crate::webhooks::{self, Queued};

const MID: &str = "random_mid";

/// What sets the event of a field apart; `None`: the dashboard has no sample of it here.
fn specific(field: &str) -> Option<(&'static str, Value)> {
    Some(match field {
        "messages" => ("message", json!({"mid": MID, "text": "random_text"})),
        "message_echoes" => ("message", json!({"mid": MID, "text": "random_text", "is_echo": true})),
        "message_deliveries" => ("delivery", json!({"mids": [MID], "watermark": "1527459824"})),
        "message_reads" => ("read", json!({"watermark": "1527459824"})),
        "messaging_seen" => ("read", json!({"mid": MID})),
        "message_reactions" => {
            ("reaction", json!({"mid": MID, "action": "react", "reaction": "love", "emoji": "\u{2764}"}))
        }
        "message_edits" | "message_edit" => {
            ("message_edit", json!({"mid": MID, "text": "random_text", "num_edit": 1}))
        }
        "messaging_postbacks" => {
            ("postback", json!({"mid": MID, "title": "random_title", "payload": "random_payload"}))
        }
        "messaging_referrals" | "messaging_referral" => {
            ("referral", json!({"ref": "random_ref", "source": "SHORTLINK", "type": "OPEN_THREAD"}))
        }
        "messaging_optins" => ("optin", json!({"ref": "random_ref"})),
        "messaging_handovers" | "messaging_handover" => (
            "pass_thread_control",
            json!({"previous_owner_app_id": "123456", "new_owner_app_id": "654321", "metadata": "random"}),
        ),
        "messaging_policy_enforcement" => {
            ("policy_enforcement", json!({"action": "block", "reason": "random_reason"}))
        }
        "messaging_account_linking" => ("account_linking", json!({"status": "unlinked"})),
        _ => return None,
    })
}

/// Queues the sample of a field. Only the app's own subscription counts: no Page is concerned. `None`: there is no
/// sample of this field.
pub(crate) fn queue(tx: &Connection, object: &str, field: &str, now: i64) -> Result<Option<Queued>, Error> {
    let Some((key, event)) = specific(field) else { return Ok(None) };
    let mut value = json!({
        "sender": {"id": "12334"}, "recipient": {"id": "23245"}, "timestamp": "1527459824",
    });
    if let Value::Object(value) = &mut value {
        value.insert(key.to_owned(), event);
    }
    let change = json!({"field": field, "value": value});
    let entry = json!({"id": "0", "time": now, "changes": [change]});
    webhooks::queue_sample(tx, object, field, &entry, now).map(Some)
}
