//! `GET /oauth/callback/facebook`: Facebook sends the client back. The address, with its code and
//! state, is left at once for the link's own.

use axum::extract::State;
use axum::response::Response;
use jetbridge_domain::secret::Secret;

use super::show::{Came, Visitor, came, link_path, see_other};
use super::view::{Trouble, TroubleKind};
use crate::app::journey::{self, Callback, Lost, Returned};
use crate::http::extract::Query;
use crate::http::router::Web;

/// Takes the client back in.
pub(super) async fn handler(State(web): State<Web>, visitor: Visitor, query: Query) -> Response {
    let config = &web.app.config;
    let lost = || visitor.trouble(config, Trouble::new(TroubleKind::SessionLost));
    // Facebook says each of them once; whoever says one twice wants two readers to see two things (RFC 6749, 3.1).
    if query.repeats(&["state", "code", "error"]) {
        return lost();
    }
    let Some(state) = query.raw("state").filter(|s| s.len() <= 256) else { return lost() };
    let code = query.raw("code").filter(|_| query.raw("error").is_none()).map(Secret::new);
    let callback = Callback { state: state.to_owned(), code };
    match journey::returned(&web.app, visitor.browser.as_ref(), callback).await {
        // Facebook's redirect leaves `#_=_` behind; a fragment of our own takes its place. This one scrolls nowhere.
        Ok(Returned::Continue(param)) => see_other(&format!("{}#top", link_path(param.expose())), None),
        Ok(Returned::StartAgain(param, lost)) => {
            let how = match lost {
                Lost::OtherBrowser => Came::InOtherBrowser,
                Lost::Late => Came::Late,
            };
            see_other(&format!("{}#top", came(param.expose(), how)), None)
        }
        Ok(Returned::Unknown) => lost(),
        Err(refusal) => visitor.failed(config, "", &refusal),
    }
}
