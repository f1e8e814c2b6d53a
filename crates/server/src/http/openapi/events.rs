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
    may("words", Kind::Text, "Meta's own words on the cause."),
    may("missing_permissions", Kind::Texts, "The permissions that were not given."),
    may("at", Kind::Time, "When it happened at Meta."),
    may("from", Kind::Object(PARTY), "Who did it; of a comment or reaction Meta does not always say."),
    may("to", Kind::Object(PARTY), "To whom."),
    may("message_id", Kind::Text, "Meta's id of the message it is about."),
    may("message_ids", Kind::Texts, "The messages that have arrived."),
    may("text", Kind::Text, "What was written."),
    may("attachments", Kind::Objects(ATTACHMENT), "What was sent with it."),
    may("reply_to", Kind::Object(REPLY_TO), "What it answers."),
    may("quick_reply", Kind::Text, "The payload of the quick reply that was pressed."),
    may("title", Kind::Text, "The title of the button that was pressed."),
    may("payload", Kind::Text, "The payload of the button that was pressed."),
    may("referral", Kind::Any, "How the person came here, as Meta says it."),
    may("optin", Kind::Any, "What the person opted in to, as Meta says it."),
    may("action", Kind::Word(&["react", "unreact"]), "Whether a reaction was set or taken back."),
    may("reaction", Kind::Text, "The reaction's word."),
    may("emoji", Kind::Text, "The reaction's sign."),
    may("edits", Kind::Integer(0, i64::MAX), "How often the message was changed."),
    may("watermark", Kind::Time, "Everything up to this time has arrived or been read."),
    may("unsupported", Kind::Flag, "True where Meta does not show this kind of message to apps."),
    may("app_id", Kind::Text, "The app that sent it."),
    may("metadata", Kind::Text, "What the sender wrote on it for itself."),
    may("ours", Kind::Flag, "True where a call of yours did it."),
    may("act_id", Kind::Id("act", "act_"), "That call."),
    may("own", Kind::Flag, "True where the Page or account itself did it."),
    may("post_id", Kind::Text, "The Page's post."),
    may("media_id", Kind::Text, "The Instagram account's post."),
    may("comment_id", Kind::Text, "The comment."),
    may("parent_id", Kind::Text, "The comment that it answers."),
    may("kind", Kind::Text, "What kind of post it is, in Meta's word."),
    may("permalink", Kind::Text, "Where people see it."),
    may("published", Kind::Flag, "Whether people see it yet."),
    may("hidden", Kind::Flag, "Whether the comment is hidden now."),
    may("ad_id", Kind::Text, "The ad that it stands under or came by."),
    may("ad_title", Kind::Text, "That ad's title."),
    may("adgroup_id", Kind::Text, "That ad's set."),
    may("lead_id", Kind::Text, "Meta's id of the lead."),
    may("form_id", Kind::Text, "The form that was filled in."),
    may("answers", Kind::Objects(ANSWERS), "The lead's answers."),
    may("window_expires_at", Kind::Time, "Until when the person may be answered."),
    may("standby", Kind::Flag, "True where another app has the conversation."),
    may("raw", Kind::Any, "What Meta sent, untouched."),
];

const PARTY: &[Field] = &[
    must("id", Kind::Text, "Meta's id, scoped to the Page or account."),
    may("name", Kind::Text, "The name."),
    may("username", Kind::Text, "The Instagram handle."),
];

const ATTACHMENT: &[Field] = &[
    must(
        "kind",
        Kind::Text,
        "image, audio, video, file, sticker, location, link, or what else Meta calls it.",
    ),
    may("url", Kind::Text, "Where it can be fetched, mostly for some hours or days."),
    may("title", Kind::Text, "Its title."),
    may("id", Kind::Text, "Meta's id of the sticker, reel, post or video."),
    may("latitude", Kind::Number, "Degrees north."),
    may("longitude", Kind::Number, "Degrees east."),
];

const REPLY_TO: &[Field] = &[
    may("message_id", Kind::Text, "A message."),
    may("story_id", Kind::Text, "A story."),
    may("url", Kind::Text, "The story's address, while it lives."),
];

const ANSWERS: &[Field] =
    &[must("name", Kind::Text, "The question's name."), must("values", Kind::Texts, "The answers.")];

/// The `webhooks` of the document, and the schemas they use.
pub(super) fn webhooks() -> Result<Value, Unsampled> {
    let mut all = serde_json::Map::new();
    for ((name, when), (_, body)) in event::names().zip(event::samples()?) {
        let example: Value = serde_json::from_str(&body).map_err(|_| Unsampled)?;
        let header = |name: &str, text: &str| json!({"name": name, "in": "header", "required": true, "description": text, "schema": {"type": "string"}});
        all.insert(
            name.to_owned(),
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
