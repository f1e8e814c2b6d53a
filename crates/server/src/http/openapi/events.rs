//! The webhooks that partners get, as the document shows them.

use jetbridge_domain::event;
use serde_json::{Value, json};

use super::schema::object;
use super::{Field, Kind, Unsampled, may, must};
use crate::http::api::facebook::connection_view::CHECK;

const MADE: &[Field] = &[
    must("connection_id", Kind::Id("connection", "con_"), "The connection."),
    must("type", Kind::Product, "Its product."),
    must("page_id", Kind::MetaId, "The Page."),
    must("page_name", Kind::Text, "The Page's name."),
    may("instagram_id", Kind::MetaId, "The Instagram account, for the Instagram products."),
    may("instagram_username", Kind::Text, "Its handle, where Meta told it."),
];

const NOT_MADE: &[Field] = &[
    must("type", Kind::Product, "The product."),
    must(
        "why",
        Kind::Word(&["no_instagram", "role_missing", "no_access", "other_asset", "permission_missing"]),
        "What was missing.",
    ),
];

/// Everything that `data` of an event can have.
pub(super) const DATA: &[Field] = &[
    may("connection_id", Kind::Id("connection", "con_"), "The connection it is about."),
    may("param", Kind::Param, "The link it is about, or that the connection came from."),
    may("reference", Kind::Text, "Your own word for it."),
    must("type", Kind::Product, "The product."),
    may("server", Kind::Text, "The omni-channel server."),
    may("account_id", Kind::Digits, "The account there."),
    may("inbox_id", Kind::Digits, "The inbox there."),
    may("page_id", Kind::MetaId, "The Page."),
    may("page_name", Kind::Text, "The Page's name."),
    may("instagram_id", Kind::MetaId, "The Instagram account."),
    may("instagram_username", Kind::Text, "Its handle."),
    may("granted", Kind::Texts, "The permissions that the client gave."),
    may("checks", Kind::Objects(CHECK), "The latest proof of life."),
    may("connections", Kind::Objects(MADE), "What came of the link."),
    may("without", Kind::Objects(NOT_MADE), "Products that were asked for and do not fit the asset."),
    may("why", Kind::Text, "The cause, as one stable word."),
    may("missing_permissions", Kind::Texts, "The permissions that were not given."),
];

/// The `webhooks` of the document, and the schemas they use.
pub(super) fn webhooks() -> Result<Value, Unsampled> {
    let mut all = serde_json::Map::new();
    for ((name, when), (_, body)) in event::NAMES.iter().zip(event::samples()?) {
        let example: Value = serde_json::from_str(&body).map_err(|_| Unsampled)?;
        let header = |name: &str, text: &str| json!({"name": name, "in": "header", "required": true, "description": text, "schema": {"type": "string"}});
        all.insert(
            (*name).to_owned(),
            json!({"post": {
                "operationId": name,
                "summary": when,
                "parameters": [
                    header("webhook-id", "The event's id, the same on every retry."),
                    header("webhook-timestamp", "When this attempt was signed, in Unix seconds."),
                    header("webhook-signature", "`v1,` and the base64 of the HMAC-SHA256 over `id.timestamp.body`; several are parted by spaces."),
                ],
                "requestBody": {"required": true, "content": {"application/json": {
                    "schema": envelope(name), "example": example,
                }}},
                "responses": {"2XX": {"description": "Taken. Anything else is tried again."}},
            }}),
        );
    }
    Ok(Value::Object(all))
}

fn envelope(name: &str) -> Value {
    json!({
        "type": "object",
        "properties": {
            "id": {"type": "string", "description": "The event's id; equals the header webhook-id."},
            "type": {"type": "string", "const": name},
            "timestamp": {"type": "integer", "description": "When it happened, in Unix seconds."},
            "seq": {"type": "integer", "description": "Counts up per partner."},
            "data": {"$ref": "#/components/schemas/EventData"},
        },
        "required": ["id", "type", "timestamp", "seq", "data"],
    })
}

/// The schema of `data`.
pub(super) fn data() -> Value {
    object(DATA)
}
