//! `POST /api/facebook/replyComment`: an answer under a comment.

use axum::extract::State;
use jetbridge_domain::id::{ActId, ConnectionId};
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_domain::trace::Trace;
use jetbridge_meta::{MetaError, Network};
use serde::Serialize;

use super::comments::REASONS;
use super::send_message::meta_id;
use crate::app::App;
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed::{self, Deed, Done, Errand};
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Kind, Method, Operation, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "replyComment",
    method: Method::Post,
    summary: "Answer a comment",
    text: "For types 3 and 4: an answer that everybody sees, as the Page or account. It comes back as a \
           `comment.created` with `own` and this call's `act_id`.",
    keyed: true,
    input: &[
        must("connection_id", Kind::Id("connection", "con_"), "The connection."),
        must("comment_id", Kind::Text, "The comment."),
        must("text", Kind::Text, "The answer."),
    ],
    answer: &[
        must("comment_id", Kind::Text, "The new comment."),
        must("act_id", Kind::Id("act", "act_"), "This call's name."),
    ],
    reasons: REASONS,
    sample: || {
        Ok(Answer::fine(&Replied { comment_id: "111_6", act_id: "act_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d" })?)
    },
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","comment_id":"111_5","text":"Thank you!"}"#,
    ..Operation::BASE
};

#[derive(Serialize)]
struct Replied<'a> {
    comment_id: &'a str,
    act_id: &'a str,
}

#[derive(Clone)]
struct Reply {
    connection: ConnectionId,
    /// The comment and the text, or what is wrong with them.
    content: Result<(String, String), Fail>,
}

/// Whose comments a product's are.
pub const fn network(product: Product) -> Network {
    if product.is_instagram() { Network::Instagram } else { Network::Facebook }
}

impl Deed for Reply {
    const ENDPOINT: &'static str = "replyComment";

    fn connection(&self) -> &ConnectionId {
        &self.connection
    }

    fn fits(&self, product: Product) -> Result<(), Fail> {
        if !matches!(product, Product::FacebookPage | Product::InstagramContent) {
            return Err(Fail::of(Reason::NotOffered));
        }
        self.content.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn trace(&self) -> Option<Trace> {
        self.content.as_ref().ok().map(|(comment, text)| Trace::comment(comment, text))
    }

    async fn perform(&self, app: &App, errand: &Errand) -> Result<Done, MetaError> {
        let (comment, text) =
            self.content.clone().map_err(|_| MetaError::NotSent("an answer that is none"))?;
        let network = network(errand.connection.product);
        let made = app.meta.reply_comment(&comment, &errand.token, network, &text).await?;
        let answer = Answer::fine(&Replied { comment_id: &made, act_id: errand.act.as_str() });
        Ok(Done { result: made, answer })
    }

    fn recalled(&self, act: &ActId, result: &str) -> Result<Answer, Fail> {
        Answer::fine(&Replied { comment_id: result, act_id: act.as_str() })
    }
}

fn reply(body: &[u8]) -> Result<Reply, Fail> {
    let body = Object::parse(body)?;
    let content = meta_id(&body, "comment_id", Reason::Content).and_then(|comment| {
        let text = body.text("text", Reason::Content)?.filter(|text| !text.trim().is_empty());
        Ok((comment, text.ok_or_else(|| Fail::field(Reason::Content, "text"))?))
    });
    Ok(Reply { connection: connection_id(&body)?, content })
}

/// Answers it, once per idempotency key.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let deed = reply(&call.body);
    deed::done(&web.app, call, deed).await
}
