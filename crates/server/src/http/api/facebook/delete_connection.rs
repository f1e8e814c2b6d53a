//! `DELETE /api/facebook/deleteConnection`: ends a connection.

use axum::extract::State;

use jetbridge_domain::reason::Reason;

use crate::app::connections;
use crate::http::answer::{Answer, Fail, Nothing};
use crate::http::api::argument;
use crate::http::extract::{Call, Query};
use crate::http::openapi::{Kind, Method, Operation, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "deleteConnection",
    method: Method::Delete,
    summary: "End a connection",
    text: "Unsubscribes the asset where no other connection needs it, and forgets the token; deleting it again is \
           fine. The argument may be in a JSON body instead.",
    input: &[must("connection_id", Kind::Id("connection", "con_"), "The connection.")],
    reasons: &[
        Reason::NoSuchConnection,
        Reason::Parameter,
        Reason::BodyNotObject,
        Reason::MetaRefused,
        Reason::MetaFailing,
    ],
    sample: || Ok(Answer::fine(&Nothing {})?),
    ..Operation::BASE
};

/// Ends the connection named by `connection_id`, in the body or the query.
pub async fn handler(State(web): State<Web>, call: Call, query: Query) -> Result<Answer, Fail> {
    let id = argument(&call.body, &query, "connection_id")?;
    let id = id.parse().map_err(|_| Fail::parameter("connection_id"))?;
    connections::delete(&web.app, &call.partner.id, &id).await?;
    Answer::fine(&Nothing {})
}
