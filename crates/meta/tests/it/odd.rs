//! Answers of every odd shape, to every call: each ends in a value or an error, and none in a panic.

use jetbridge_domain::secret::Secret;
use serde_json::{Value, json};

use crate::calls;
use crate::stub::{Stub, user_token};

/// Every key that is read somewhere, with one value for all of them.
fn all_keys(value: &Value) -> Value {
    let keys = [
        "id",
        "data",
        "success",
        "access_token",
        "expires_in",
        "message_id",
        "recipient_id",
        "attachment_id",
        "created_time",
        "updated_time",
        "timestamp",
        "scheduled_publish_time",
        "from",
        "to",
        "participants",
        "attachments",
        "shares",
        "story",
        "reply_to",
        "likes",
        "comments",
        "summary",
        "status",
        "status_code",
        "quota_usage",
        "config",
        "quota_duration",
        "replies",
        "parent",
        "questions",
        "options",
        "field_data",
        "name",
        "values",
        "has_lead_access",
        "paging",
        "cursors",
        "next",
        "after",
        "error",
        "message_count",
    ];
    keys.iter().map(|key| ((*key).to_owned(), value.clone())).collect::<serde_json::Map<_, _>>().into()
}

#[tokio::test]
async fn no_answer_makes_a_panic() {
    let leaves =
        [json!(null), json!(i64::MAX), json!(u64::MAX), json!("9999-12-31T23:59:60+9999"), json!([])];
    let stub = Stub::start().await;
    let (meta, token, secret) = (stub.meta(), user_token(), Secret::new("x"));
    for leaf in leaves {
        let row = all_keys(&leaf);
        let listed = json!({"data": [leaf, row, all_keys(&row)], "paging": row, "id": "7", "status": row});
        for body in [leaf.clone(), row.clone(), all_keys(&json!([row])), listed] {
            stub.always(&body.to_string());
            let before = stub.asked().len();
            let mut ends = calls::login(&meta, &token, &token, &secret, &secret).await;
            ends.extend(calls::talking(&meta, &token).await);
            ends.extend(calls::publishing(&meta, &token).await);
            ends.extend(calls::other(&meta, &token).await);
            assert!(stub.asked().len() - before >= ends.len(), "each call was made: {body}");
        }
    }
}
