//! Attachments, where Meta's stores would hand them out.

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, Response, StatusCode, header};

use crate::messaging::attachments;
use crate::{Sandbox, pages};

/// Types that a page of the sandbox may show; any other is handed out as a file, because it comes from outside
/// and must not run as a page of this host.
const SHOWN: [&str; 5] = ["image/png", "image/jpeg", "image/gif", "audio/wav", "application/pdf"];

pub(crate) async fn show(State(sandbox): State<Sandbox>, Path(id): Path<String>) -> Response<Body> {
    let found = match sandbox.db().run(|tx| attachments::find(tx, &id)) {
        Ok(found) => found,
        Err(error) => return pages::failed(&error),
    };
    let Some(found) = found else { return pages::not_found() };
    if let Some(file) = found.file {
        let given = found.content_type.as_deref().unwrap_or_default();
        let shown = SHOWN.into_iter().find(|known| *known == given);
        let mut response = pages::with_type(shown.unwrap_or("application/octet-stream"), Body::from(file));
        let headers = response.headers_mut();
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers
            .insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
        return response;
    }
    let mut response = pages::see_other(&found.url.unwrap_or_default());
    *response.status_mut() = StatusCode::FOUND;
    response
}
