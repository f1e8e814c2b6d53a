//! `DELETE /api/facebook/deleteOnboarding`: ends an unfinished link.

use axum::extract::State;

use jetbridge_domain::reason::Reason;

use crate::app::links;
use crate::http::answer::{Answer, Fail, Nothing};
use crate::http::api::argument;
use crate::http::extract::{Call, Query};
use crate::http::openapi::{Kind, Method, Operation, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "deleteOnboarding",
    method: Method::Delete,
    summary: "Delete an unfinished link",
    text: "Opening it then says so kindly; deleting it again is fine. The argument may be in a JSON body instead.",
    input: &[must("param", Kind::Param, "The link.")],
    reasons: &[Reason::NoSuchLink, Reason::LinkFinished, Reason::Parameter, Reason::BodyNotObject],
    sample: || Ok(Answer::fine(&Nothing {})?),
    ..Operation::BASE
};

/// Ends the link named by `param`, in the body or the query.
pub async fn handler(State(web): State<Web>, call: Call, query: Query) -> Result<Answer, Fail> {
    let param = argument(&call.body, &query, "param")?;
    links::delete(&web.app, &call.partner.id, &param).await?;
    Answer::fine(&Nothing {})
}
