//! Businesses: `/me/businesses`, the Pages they own or work for, and the tokens of their system users.

use axum::http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::businesses::{self, Business, Relation};
use crate::configurations::SIXTY_DAYS;
use crate::grants::{self, Consent, Selection};
use crate::graph::auth::Viewer;
use crate::graph::error::GraphError;
use crate::graph::{Call, Context, fields, nodes};
use crate::tokens::{self, Kind};
use crate::world::{self, Page, Role};

const FIELDS: [&str; 3] = ["id", "name", "verification_status"];
const PAGE_DEFAULTS: [&str; 4] = ["id", "name", "category", "access_token"];

fn check_permission(viewer: &Viewer) -> Result<(), GraphError> {
    if viewer.grants.has("business_management") {
        Ok(())
    } else {
        Err(GraphError::permission("Requires business_management permission to manage the object"))
    }
}

/// The businesses that a token reaches: a person's, or the one that a system user belongs to.
fn reachable(tx: &Connection, viewer: &Viewer) -> Result<Vec<Business>, GraphError> {
    let own = world::person(tx, &viewer.token.person_id)?.and_then(|person| person.business_id);
    Ok(match own {
        Some(id) => businesses::find(tx, &id)?.into_iter().collect(),
        None => businesses::of_person(tx, &viewer.token.person_id)?,
    })
}

fn describe(call: &Call, business: &Business) -> Result<Value, GraphError> {
    let wanted = fields::wanted(call.param("fields"), &["id", "name"])?;
    fields::select(&wanted, "Business", &FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(business.id)),
            "name" => Some(json!(business.name)),
            "verification_status" => Some(json!("not_verified")),
            _ => None,
        })
    })
}

/// `/me/businesses`.
pub(crate) fn list(tx: &Connection, call: &Call, viewer: &Viewer) -> Result<Value, GraphError> {
    check_permission(viewer)?;
    let found = reachable(tx, viewer)?;
    let data = found.iter().map(|business| describe(call, business)).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({"data": data}))
}

/// `/{business-id}` and its edges.
pub(crate) fn node(
    tx: &Connection,
    context: &Context,
    call: &Call,
    viewer: &Viewer,
    business: &Business,
    edge: Option<&str>,
) -> Result<Value, GraphError> {
    let hidden = || GraphError::no_such_object(call.method.as_str(), &business.id);
    if !reachable(tx, viewer)?.iter().any(|known| known.id == business.id) {
        return Err(hidden());
    }
    if (&call.method, edge) == (&Method::POST, Some("system_user_access_tokens")) {
        return system_user_token(tx, context, call, viewer, business);
    }
    check_permission(viewer)?;
    match (&call.method, edge) {
        (&Method::GET, None) => describe(call, business),
        (&Method::GET, Some("owned_pages")) => pages(tx, context, call, viewer, business, Relation::Owned),
        (&Method::GET, Some("client_pages")) => pages(tx, context, call, viewer, business, Relation::Client),
        (&Method::GET, Some(edge)) => Err(GraphError::unknown_path(edge)),
        _ => Err(hidden()),
    }
}

/// All Pages of the business; what the person may do there decides about tasks and tokens.
fn pages(
    tx: &Connection,
    context: &Context,
    call: &Call,
    viewer: &Viewer,
    business: &Business,
    relation: Relation,
) -> Result<Value, GraphError> {
    let wanted = fields::wanted(call.param("fields"), &PAGE_DEFAULTS)?;
    let describe = |page: Page| {
        let role = world::role(tx, &viewer.token.person_id, &page.id)?;
        let role = role.filter(|role| viewer.grants.covers_page(&role.page.id));
        let role = role.unwrap_or(Role { page, tasks: Vec::new(), through_business: true });
        nodes::page_fields(tx, context, viewer, &role, &wanted, &nodes::EDGE_FIELDS)
    };
    let pages = businesses::pages_of(tx, &business.id, relation)?;
    let data = pages.into_iter().map(describe).collect::<Result<Vec<_>, _>>()?;
    Ok(json!({"data": data}))
}

/// Another token of the system user, or with `asset` or `scope` one that reaches less.
fn system_user_token(
    tx: &Connection,
    context: &Context,
    call: &Call,
    viewer: &Viewer,
    business: &Business,
) -> Result<Value, GraphError> {
    if viewer.token.kind != Kind::System {
        return Err(GraphError::permission("A business integration system user access token is required."));
    }
    if call.param("appsecret_proof").is_none() {
        return Err(GraphError::missing_parameter("appsecret_proof"));
    }
    let own = viewer.token.person_id.as_str();
    let user = call.param("system_user_id").unwrap_or(own);
    let belongs =
        world::person(tx, user)?.is_some_and(|user| user.business_id.as_ref() == Some(&business.id));
    if !belongs {
        return Err(GraphError::parameter("Param system_user_id is not a system user of this business"));
    }
    let (assets, scopes) = (call.list("asset"), call.list("scope"));
    let user = if assets.is_empty() && scopes.is_empty() {
        user.to_owned()
    } else {
        narrower(tx, context, viewer, business, &assets, &scopes)?
    };
    let living = |token: &tokens::Token| token.kind == Kind::System && token.death(context.now).is_none();
    let newest = tokens::of_person(tx, &user)?.into_iter().rfind(living);
    let token = match (newest, call.flag("fetch_only") == Some(true)) {
        (Some(token), true) => token,
        (None, true) => return Err(GraphError::parameter("There is no access token to fetch")),
        (_, false) => {
            let sixty_days = call.flag("set_token_expires_in_60_days") == Some(true);
            tokens::issue_system(tx, &user, sixty_days.then_some(SIXTY_DAYS), context.now)?
        }
    };
    Ok(json!({"access_token": token.text}))
}

/// A new system user with some of the assets and permissions of another.
fn narrower(
    tx: &Connection,
    context: &Context,
    viewer: &Viewer,
    business: &Business,
    assets: &[String],
    scopes: &[String],
) -> Result<String, GraphError> {
    let grants = &viewer.grants;
    if let Some(scope) = scopes.iter().find(|scope| !grants.has(scope)) {
        return Err(GraphError::parameter(&format!("Param scope holds what is not granted: {scope}")));
    }
    let roles = world::roles(tx, &viewer.token.person_id)?;
    let own = |id: &String| {
        roles.iter().any(|role| {
            let account = role.page.professional_instagram().map(|account| &account.id);
            (role.page.id == *id && grants.covers_page(id))
                || (account == Some(id) && grants.covers_instagram(id))
        })
    };
    if let Some(asset) = assets.iter().find(|id| !own(id)) {
        return Err(GraphError::parameter(&format!("Param asset holds what is not delegated: {asset}")));
    }
    let pick = |before: &Selection| {
        if assets.is_empty() { before.clone() } else { Some(assets.iter().cloned().collect()) }
    };
    let (pages, instagram) = (pick(&grants.pages), pick(&grants.instagram));
    let asked = |name: &&str| scopes.is_empty() || scopes.iter().any(|scope| scope == name);
    let permissions =
        grants.granted().into_iter().filter(asked).map(|name| (name.to_owned(), true)).collect();
    let user = businesses::new_system_user(tx, business, context.now)?;
    businesses::delegate(tx, &viewer.token.person_id, &user.id, &pages)?;
    grants::record(tx, &user.id, &Consent { pages, instagram, permissions }, context.now)?;
    Ok(user.id)
}
