//! `POST /api/facebook/getConversations`: the conversations that Meta keeps.

use axum::extract::State;
use jetbridge_domain::budget::Class;
use jetbridge_domain::clock::Time;
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_meta::{Conversation, Listed, Party};
use serde_json::{Value, json};

use super::listing::{AFTER, CONNECTION, LIMIT, NEXT, PARTY, READING, listed, part, party, seconds};
use super::send_message::meta_id;
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed;
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Kind, Method, Operation, may, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "getConversations",
    method: Method::Post,
    summary: "List conversations",
    text: "For types 1 and 2: as Meta keeps them, the latest first.",
    input: &[CONNECTION, may("person", Kind::MetaId, "Only the one with this person."), LIMIT, AFTER],
    answer: &[
        must(
            "list",
            Kind::Objects(&[
                must("conversation_id", Kind::Text, "The conversation."),
                may("updated_at", Kind::Time, "When something was last said."),
                must("participants", Kind::Objects(PARTY), "Both sides; the Page or account is one."),
                may("messages", Kind::Integer(0, i64::MAX), "How many messages it has."),
                may("unread", Kind::Integer(0, i64::MAX), "How many of them nobody has read."),
                may("can_reply", Kind::Flag, "Whether Meta would take a message now."),
            ]),
            "The conversations.",
        ),
        NEXT,
    ],
    reasons: READING,
    sample: || {
        let row = Conversation {
            id: "t_10222".to_owned(),
            updated_at: Some(Time::from_seconds(1_795_000_000)),
            participants: vec![Party {
                id: Some("6789012345678901".to_owned()),
                name: Some("Dana Levi".to_owned()),
                username: Some("dana.levi".to_owned()),
            }],
            messages: Some(12),
            unread: Some(1),
            can_reply: Some(true),
        };
        Ok(listed(Listed { rows: vec![row], next: Some("QVFI".to_owned()) }, view)?)
    },
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","limit":20}"#,
    ..Operation::BASE
};

fn view(row: Conversation) -> Value {
    let both: Vec<Value> = row.participants.into_iter().map(|one| party(Some(one))).collect();
    json!({
        "conversation_id": row.id,
        "updated_at": seconds(row.updated_at),
        "participants": both,
        "messages": row.messages,
        "unread": row.unread,
        "can_reply": row.can_reply,
    })
}

/// Reads them from Meta.
pub async fn handler(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let body = Object::parse(&call.body)?;
    let products = &[Product::Messenger, Product::InstagramMessaging];
    let (connection, token) = deed::acting(&web.app, &call, connection_id(&body)?, products).await?;
    let part = part(&body)?;
    let person = body.raw("person").map(|_| meta_id(&body, "person", Reason::Parameter)).transpose()?;
    let (page, platform) = (&connection.page_id, connection.product.platform());
    deed::turn(&web.app, &connection, Some(Class::Conversations)).await?;
    let came = web.app.meta.conversations(page, &token, platform, person.as_deref(), &part).await;
    listed(deed::settled(&web.app, &connection, &token, came).await?, view)
}
