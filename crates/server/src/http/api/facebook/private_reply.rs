//! `POST /api/facebook/privateReply`: a message to whoever wrote a comment.

use axum::extract::State;
use jetbridge_domain::id::{ActId, ConnectionId};
use jetbridge_domain::message::Recipient;
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_meta::MetaError;

use super::send_message::{ACTING, SENT, Sending, message, meta_id, sent_sample};
use crate::app::App;
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed::{self, Deed, Done, Errand};
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Kind, Method, Operation, may, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "privateReply",
    method: Method::Post,
    summary: "Answer a comment privately",
    text: "For types 3 and 4: one message to the person behind a comment, within seven days of it. More can be sent \
           once they answer, through a connection of type 1 or 2.",
    keyed: true,
    input: &[
        must("connection_id", Kind::Id("connection", "con_"), "The connection."),
        must("comment_id", Kind::Text, "The comment."),
        may("text", Kind::Text, "At most 2000 characters on a Page, 1000 bytes of UTF-8 on Instagram."),
        may("template", Kind::Any, "In place of it, the payload of a template as Meta defines it."),
    ],
    answer: SENT,
    reasons: ACTING,
    sample: sent_sample,
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","comment_id":"111_5","text":"We wrote to you."}"#,
    ..Operation::BASE
};

/// The same as sending, under another name.
#[derive(Clone)]
struct Replying(Sending);

impl Deed for Replying {
    const ENDPOINT: &'static str = "privateReply";

    fn connection(&self) -> &ConnectionId {
        self.0.connection()
    }

    fn fits(&self, product: Product) -> Result<(), Fail> {
        self.0.fits(product)
    }

    async fn perform(&self, app: &App, errand: &Errand) -> Result<Done, MetaError> {
        self.0.perform(app, errand).await
    }

    fn recalled(&self, act: &ActId, result: &str) -> Result<Answer, Fail> {
        self.0.recalled(act, result)
    }
}

fn replying(body: &[u8]) -> Result<Replying, Fail> {
    let body = Object::parse(body)?;
    let to = meta_id(&body, "comment_id", Reason::Recipient);
    Ok(Replying(Sending {
        connection: connection_id(&body)?,
        message: to.and_then(|to| message(&body, Recipient::Comment(to))),
        products: &[Product::FacebookPage, Product::InstagramContent],
    }))
}

/// Sends it, once per idempotency key.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let deed = replying(&call.body);
    deed::done(&web.app, call, deed).await
}
