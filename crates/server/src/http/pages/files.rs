//! The pages' style sheet, script and icon, built into the program.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// Answers a file by its name.
pub(super) async fn handler(Path(name): Path<String>) -> Response {
    let (kind, content) = match name.as_str() {
        "app.css" => ("text/css; charset=utf-8", include_str!("../../../static/app.css")),
        "reference.css" => ("text/css; charset=utf-8", include_str!("../../../static/reference.css")),
        "close.js" => ("text/javascript; charset=utf-8", include_str!("../../../static/close.js")),
        "icon.svg" => ("image/svg+xml", include_str!("../../../static/icon.svg")),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    ([(CONTENT_TYPE, kind), (CACHE_CONTROL, "public, max-age=300")], content).into_response()
}
