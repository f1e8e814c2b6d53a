//! `POST /api/facebook/sendAction`: something in a conversation that is no message.

use axum::extract::State;
use jetbridge_domain::message::Action;
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;

use super::send_message::{ACTING, meta_id};
use crate::http::answer::{Answer, Fail, Nothing};
use crate::http::api::connection_id;
use crate::http::deed;
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Kind, Method, Operation, may, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "sendAction",
    method: Method::Post,
    summary: "Type, mark as seen, react",
    text: "For types 1 and 2. `react` and `unreact` need the message; a reaction is `love`, or on Messenger one of \
           Meta's others.",
    input: &[
        must("connection_id", Kind::Id("connection", "con_"), "The connection."),
        must("to", Kind::Text, "The person."),
        must(
            "action",
            Kind::Word(&["typing_on", "typing_off", "mark_seen", "react", "unreact"]),
            "What to do.",
        ),
        may("message_id", Kind::Text, "The message to react to."),
        may("reaction", Kind::Text, "The reaction; love where it is not said."),
    ],
    reasons: ACTING,
    sample: || Ok(Answer::fine(&Nothing {})?),
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","to":"6789012345678901","action":"typing_on"}"#,
    ..Operation::BASE
};

fn action(body: &Object) -> Result<Action, Fail> {
    let message_id = || {
        let id = body.text("message_id", Reason::Content)?;
        id.filter(|id| !id.is_empty()).ok_or_else(|| Fail::field(Reason::Content, "message_id"))
    };
    Ok(match body.text("action", Reason::Content)?.as_deref() {
        Some("typing_on") => Action::TypingOn,
        Some("typing_off") => Action::TypingOff,
        Some("mark_seen") => Action::MarkSeen,
        Some("react") => {
            let reaction = body.text("reaction", Reason::Content)?.unwrap_or_else(|| "love".to_owned());
            Action::React { message_id: message_id()?, reaction }
        }
        Some("unreact") => Action::Unreact { message_id: message_id()? },
        _ => return Err(Fail::field(Reason::Content, "action")),
    })
}

/// Does it. Doing it again does no harm, so no key is needed.
pub async fn handler(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let body = Object::parse(&call.body)?;
    let products = &[Product::Messenger, Product::InstagramMessaging];
    let (connection, token) = deed::acting(&web.app, &call, connection_id(&body)?, products).await?;
    let to = meta_id(&body, "to", Reason::Recipient)?;
    let action = action(&body)?;
    let done = web.app.meta.act(&connection.page_id, &token, &to, &action).await;
    deed::settled(&web.app, &connection, &token, done).await?;
    Answer::fine(&Nothing {})
}
