//! What Meta tells about a person: that the app was removed, or that their data is to be deleted. Both come as a
//! `signed_request` in a form (Facebook Login: deauthorize callback, data deletion callback).

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use jetbridge_meta::webhook::{SignedRequestError, signed_request};
use serde_json::json;

use super::extract::read_body;
use super::pages;
use super::router::Web;
use crate::app::{Refusal, life};

/// Where a person sees that their data was deleted.
pub(super) const DELETION_PATH: &str = "/meta/data-deletion";

/// The person that the request names; none where a business integration without a person was removed.
async fn person(web: &Web, request: Request) -> Result<Option<String>, StatusCode> {
    let body = read_body(request.into_body(), web.app.config.limits.body_time).await;
    let body = body.bytes().map_err(|_| StatusCode::BAD_REQUEST)?;
    let form = url::form_urlencoded::parse(&body).find(|(name, _)| name == "signed_request");
    let (_, text) = form.ok_or(StatusCode::BAD_REQUEST)?;
    let signed = signed_request(&web.app.config.meta.app_secret, &text).map_err(|error| match error {
        SignedRequestError::Signature => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    })?;
    Ok(signed.user_id.filter(|id| !id.is_empty()))
}

fn failed(refusal: &Refusal) -> StatusCode {
    tracing::error!(error = ?refusal, "what Meta told of a person could not be stored; Meta is asked to say it again");
    StatusCode::SERVICE_UNAVAILABLE
}

/// `POST /meta/deauthorize`.
pub(super) async fn deauthorize(State(web): State<Web>, request: Request) -> Result<StatusCode, StatusCode> {
    if let Some(person) = person(&web, request).await? {
        life::deauthorized(&web.app, &person).await.map_err(|refusal| failed(&refusal))?;
    }
    Ok(StatusCode::OK)
}

/// `POST /meta/data-deletion`: Meta shows the person the address and the code that are answered.
pub(super) async fn delete(State(web): State<Web>, request: Request) -> Result<Response, StatusCode> {
    let person = person(&web, request).await?.ok_or(StatusCode::BAD_REQUEST)?;
    let code = life::delete_person(&web.app, &person).await.map_err(|refusal| failed(&refusal))?;
    let url = web.app.config.public(&format!("{DELETION_PATH}/{}", code.expose()));
    let answer = json!({"url": url, "confirmation_code": code.expose()}).to_string();
    Ok(([(CONTENT_TYPE, "application/json; charset=utf-8")], answer).into_response())
}

/// `GET /meta/data-deletion/{code}`: the page that the person is shown.
pub(super) async fn status(
    State(web): State<Web>,
    Path(code): Path<String>,
    visitor: pages::Visitor,
) -> Response {
    match life::deletion(&web.app, &code).await {
        Ok(done) => pages::deletion(&web, &visitor, done.is_some()),
        Err(refusal) => visitor.failed(&web.app.config, "", &refusal),
    }
}
