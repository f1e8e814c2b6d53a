//! `POST /api/facebook/getMessages`: what was said in a conversation.

use axum::extract::State;
use jetbridge_domain::budget::Class;
use jetbridge_domain::clock::Time;
use jetbridge_domain::product::Product;
use jetbridge_meta::{Listed, Party, PastAttachment, PastMessage};
use serde_json::{Value, json};

use super::listing::{
    AFTER, CONNECTION, LIMIT, NEXT, PARTY, READING, listed, object_id, part, party, plain, seconds,
};
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed;
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Field, Kind, Method, Operation, may, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "getMessages",
    method: Method::Post,
    summary: "List the messages of a conversation",
    text: "For types 1 and 2: the latest first. Meta shows what was said in the newest twenty only; of older ones it \
           tells the id.",
    input: &[
        CONNECTION,
        must("conversation_id", Kind::Text, "The conversation, of getConversations."),
        LIMIT,
        AFTER,
    ],
    answer: &[must("list", Kind::Objects(MESSAGE), "The messages."), NEXT],
    reasons: READING,
    sample: || Ok(listed(Listed { rows: vec![sample()], next: Some("QVFI".to_owned()) }, view)?),
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","conversation_id":"t_10222"}"#,
    ..Operation::BASE
};

const MESSAGE: &[Field] = &[
    must("message_id", Kind::Text, "The message."),
    may("at", Kind::Time, "When it was sent."),
    may("from", Kind::Object(PARTY), "Who sent it."),
    must("to", Kind::Objects(PARTY), "Whom to."),
    may("text", Kind::Text, "What was written."),
    must(
        "attachments",
        Kind::Objects(&[
            may("media_type", Kind::Text, "The file's media type."),
            may("name", Kind::Text, "Its name."),
            may("size", Kind::Integer(0, i64::MAX), "Its bytes."),
            may("url", Kind::Text, "Where it is; short-lived."),
        ]),
        "The files.",
    ),
    must("shares", Kind::Texts, "The addresses it shares."),
    may("reply_to", Kind::Text, "The message that it answers."),
    may("story", Kind::Text, "The address of the story it answers or mentions."),
];

fn sample() -> PastMessage {
    let dana = || Party {
        id: Some("6789012345678901".to_owned()),
        name: Some("Dana Levi".to_owned()),
        username: Some("dana.levi".to_owned()),
    };
    PastMessage {
        id: "m_1".to_owned(),
        created_at: Some(Time::from_seconds(1_795_000_000)),
        from: Some(dana()),
        to: vec![dana()],
        text: Some("Is it in stock?".to_owned()),
        attachments: vec![PastAttachment {
            media_type: Some("image/jpeg".to_owned()),
            name: Some("photo.jpg".to_owned()),
            size: Some(51_200),
            url: Some("https://scontent.example.com/photo.jpg".to_owned()),
        }],
        shares: vec!["https://shop.example.com/roses".to_owned()],
        reply_to: Some("m_0".to_owned()),
        story: Some("https://scontent.example.com/story.jpg".to_owned()),
    }
}

fn view(row: PastMessage) -> Value {
    let to: Vec<Value> = row.to.into_iter().map(|one| party(Some(one))).collect();
    let files = row.attachments.into_iter().map(|file| {
        plain(json!({
            "media_type": file.media_type, "name": file.name, "size": file.size, "url": file.url,
        }))
    });
    json!({
        "message_id": row.id,
        "at": seconds(row.created_at),
        "from": party(row.from),
        "to": to,
        "text": row.text,
        "attachments": files.collect::<Vec<_>>(),
        "shares": row.shares,
        "reply_to": row.reply_to,
        "story": row.story,
    })
}

/// Reads them from Meta.
pub async fn handler(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let body = Object::parse(&call.body)?;
    let products = &[Product::Messenger, Product::InstagramMessaging];
    let (connection, token) = deed::acting(&web.app, &call, connection_id(&body)?, products).await?;
    let (conversation, part) = (object_id(&body, "conversation_id")?, part(&body)?);
    deed::turn(&web.app, &connection, Some(Class::Conversations)).await?;
    let came = web.app.meta.messages(&conversation, &token, connection.product.platform(), &part).await;
    listed(deed::settled(&web.app, &connection, &token, came).await?, view)
}
