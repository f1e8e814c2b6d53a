//! What a caller must hold for an edge of a Page's or an Instagram account's content.

use rusqlite::Connection;

use crate::graph::auth::{Caller, Viewer};
use crate::graph::error::GraphError;
use crate::graph::{Call, subscribed_apps};
use crate::world::{self, Instagram, Page};

/// What one edge asks for.
pub(crate) struct Need {
    /// All of these, each as the alternatives of which one is enough.
    pub(crate) permissions: &'static [&'static [&'static str]],
    /// One of these.
    pub(crate) tasks: &'static [&'static str],
}

/// Posts and comments are read by anyone who may act for the Page.
pub(crate) const READ: Need = Need { permissions: &[&["pages_read_engagement"]], tasks: &[] };
pub(crate) const POST: Need = Need {
    permissions: &[&["pages_manage_posts"], &["pages_read_engagement"]],
    tasks: &["CREATE_CONTENT", "MANAGE"],
};
/// Posts of visitors go with this, too.
pub(crate) const DELETE_POST: Need =
    Need { permissions: &[&["pages_manage_posts"]], tasks: &["CREATE_CONTENT", "MODERATE", "MANAGE"] };
pub(crate) const MODERATE: Need =
    Need { permissions: &[&["pages_manage_engagement"]], tasks: &["MODERATE", "MANAGE"] };
pub(crate) const FORMS: Need =
    Need { permissions: &[&["pages_manage_ads", "ads_management"]], tasks: &["ADVERTISE", "MANAGE"] };
pub(crate) const LEADS: Need = Need {
    permissions: &[&["leads_retrieval"], &["pages_manage_ads", "ads_management"]],
    tasks: &["ADVERTISE", "MANAGE_LEADS", "MANAGE"],
};

/// Instagram's.
pub(crate) const MEDIA: Need = Need { permissions: &[&["instagram_basic"]], tasks: &[] };
pub(crate) const PUBLISH: Need = Need {
    permissions: &[&["instagram_basic"], &["instagram_content_publish"]],
    tasks: &["MANAGE", "CREATE_CONTENT"],
};
pub(crate) const COMMENTS: Need = Need {
    permissions: &[&["instagram_basic"], &["instagram_manage_comments"]],
    tasks: &["MODERATE", "MANAGE"],
};

/// The Page token that everything of a Page's content needs, with the rights behind it.
pub(crate) fn page<'a>(
    tx: &Connection,
    call: &Call,
    caller: &'a Caller,
    page: &Page,
    need: &Need,
) -> Result<&'a Viewer, GraphError> {
    hide_from_strangers(tx, call, caller, page)?;
    let viewer = subscribed_apps::page_token(tx, call, caller, page)?;
    if !viewer.grants.covers_page(&page.id) {
        return Err(GraphError::permission("The app is not allowed to act for this Page"));
    }
    if let Some(missing) = missing(viewer, need) {
        return Err(match *missing {
            ["pages_read_engagement"] if need.tasks.is_empty() => GraphError::not_allowed(
                "This endpoint requires the 'pages_read_engagement' permission or the 'Page Public Content \
                 Access' feature.",
            ),
            _ => requires(missing),
        });
    }
    check_tasks(tx, viewer, page, need)?;
    Ok(viewer)
}

/// What stands on a Page is as good as missing for who has no part in the Page; the Page itself is no secret.
fn hide_from_strangers(tx: &Connection, call: &Call, caller: &Caller, page: &Page) -> Result<(), GraphError> {
    let named = call.path.first().map_or("", String::as_str);
    let Caller::Person(viewer) = caller else { return Ok(()) };
    let stranger = match viewer.page_id() {
        Some(own) => own != page.id,
        None => world::role(tx, &viewer.token.person_id, &page.id)?.is_none(),
    };
    if stranger && named != page.id {
        return Err(GraphError::no_such_object(call.method.as_str(), named));
    }
    Ok(())
}

/// The same for Instagram, where a token of a person who runs the Page is as good as the Page's. Who has no part
/// in the account does not learn that it exists.
pub(crate) fn instagram<'a>(
    tx: &Connection,
    call: &Call,
    caller: &'a Caller,
    account: &Instagram,
    need: &Need,
) -> Result<&'a Viewer, GraphError> {
    let id = call.path.first().map_or(account.id.as_str(), String::as_str);
    let hidden = || GraphError::no_such_object(call.method.as_str(), id);
    let Caller::Person(viewer) = caller else { return Err(hidden()) };
    let own = viewer.page_id().is_none_or(|page_id| page_id == account.page_id);
    let role = world::role(tx, &viewer.token.person_id, &account.page_id)?.ok_or_else(hidden)?;
    // A role given through a business shows the account only together with a permission for ads.
    let through = !role.through_business || viewer.grants.has_any(&["ads_management", "ads_read"]);
    if !own || !through || !account.professional || !viewer.grants.covers_instagram(&account.id) {
        return Err(hidden());
    }
    if missing(viewer, need).is_some() {
        return Err(GraphError::not_allowed("Application does not have permission for this action"));
    }
    check_tasks(tx, viewer, &role.page, need)?;
    Ok(viewer)
}

fn missing(viewer: &Viewer, need: &Need) -> Option<&'static &'static [&'static str]> {
    need.permissions.iter().find(|any| !viewer.grants.has_any(any))
}

fn requires(any: &[&str]) -> GraphError {
    GraphError::permission(&format!("Requires {} permission to manage the object", any.join(" or ")))
}

fn check_tasks(tx: &Connection, viewer: &Viewer, page: &Page, need: &Need) -> Result<(), GraphError> {
    let role = world::role(tx, &viewer.token.person_id, &page.id)?;
    if need.tasks.is_empty() || role.is_some_and(|role| role.may(need.tasks)) {
        return Ok(());
    }
    Err(GraphError::permission(&format!(
        "The user must be able to perform the {} task on the page",
        need.tasks.join(" or ")
    )))
}
