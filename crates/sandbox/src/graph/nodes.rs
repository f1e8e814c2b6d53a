//! The nodes: a person, a Page, an Instagram account, the app.

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::graph::auth::{Caller, Viewer};
use crate::graph::error::GraphError;
use crate::graph::fields::{self, Field};
use crate::graph::{Call, Context, instagram_media, leads, subscribed_apps};
use crate::world::{self, Instagram, Page, Person, Role};
use crate::{businesses, content, grants, tokens};

const USER_FIELDS: [&str; 10] = [
    "id",
    "name",
    "client_business_id",
    "first_name",
    "last_name",
    "middle_name",
    "short_name",
    "name_format",
    "picture",
    "email",
];
const APP_FIELDS: [&str; 5] = ["id", "name", "link", "category", "namespace"];
const PICTURE_FIELDS: [&str; 5] = ["id", "url", "height", "width", "is_silhouette"];
const INSTAGRAM_FIELDS: [&str; 14] = [
    "id",
    "ig_id",
    "username",
    "name",
    "profile_picture_url",
    "biography",
    "website",
    "followers_count",
    "follows_count",
    "media_count",
    "mentioned_comment",
    "mentioned_media",
    "has_profile_pic",
    "is_published",
];

/// Fields of a Page node. Those without a value here exist at Meta and are left out of the answer, as Meta does
/// with what a Page has not filled in. `tasks` is missing on purpose: it belongs to the `accounts` edge.
const PAGE_FIELDS: [&str; 38] = [
    "id",
    "name",
    "about",
    "access_token",
    "bio",
    "business",
    "category",
    "category_list",
    "connected_instagram_account",
    "cover",
    "description",
    "emails",
    "fan_count",
    "followers_count",
    "global_brand_page_name",
    "has_added_app",
    "has_lead_access",
    "has_transitioned_to_new_page_experience",
    "has_whatsapp_number",
    "hours",
    "instagram_business_account",
    "is_messenger_bot_get_started_enabled",
    "is_messenger_platform_bot",
    "is_permanently_closed",
    "is_published",
    "is_verified",
    "is_webhooks_subscribed",
    "link",
    "location",
    "messaging_feature_status",
    "phone",
    "picture",
    "rating_count",
    "overall_star_rating",
    "unread_message_count",
    "username",
    "verification_status",
    "website",
];

/// Fields of a Page as an entry of a list.
pub(crate) const EDGE_FIELDS: [&str; 18] = [
    "id",
    "name",
    "about",
    "access_token",
    "category",
    "category_list",
    "connected_instagram_account",
    "fan_count",
    "followers_count",
    "has_transitioned_to_new_page_experience",
    "instagram_business_account",
    "is_published",
    "is_webhooks_subscribed",
    "link",
    "picture",
    "tasks",
    "username",
    "verification_status",
];

pub(crate) fn app(context: &Context, call: &Call) -> Result<Value, GraphError> {
    let wanted = fields::wanted(call.param("fields"), &["id", "name", "link", "category"])?;
    fields::select(&wanted, "Application", &APP_FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(context.app_id)),
            "name" => Some(json!(context.app_name)),
            "link" => Some(json!(format!("{}/", context.public_url))),
            "category" => Some(json!("Business")),
            _ => None,
        })
    })
}

pub(crate) fn person(
    tx: &Connection,
    context: &Context,
    call: &Call,
    person: &Person,
) -> Result<Value, GraphError> {
    let wanted = fields::wanted(call.param("fields"), &["id", "name"])?;
    let may_read_email =
        grants::of_person(tx, &person.id, context.now)?.is_some_and(|grants| grants.has("email"));
    let (first, last) = person.name.split_once(' ').unwrap_or((&person.name, ""));
    fields::select(&wanted, "User", &USER_FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(person.id)),
            "name" => Some(json!(person.name)),
            "client_business_id" => person.business_id.as_ref().map(|id| json!(id)),
            "first_name" | "short_name" => Some(json!(first)),
            "last_name" if !last.is_empty() => Some(json!(last)),
            "name_format" => Some(json!("{first} {last}")),
            "email" if may_read_email => Some(json!(format!("person-{}@example.test", person.id))),
            "picture" => Some(picture(context, &person.id, field)?),
            _ => None,
        })
    })
}

/// `GET /{page-id}` with a token of one of its people, or its own.
pub(crate) fn page(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
) -> Result<Value, GraphError> {
    let refused = || {
        GraphError::not_allowed(
            "This endpoint requires the 'pages_read_engagement' permission or the 'Page Public Content Access' \
             feature. Refer to https://developers.facebook.com/docs/apps/review/login-permissions#manage-pages \
             and https://developers.facebook.com/docs/apps/review/feature#reference-PAGES_ACCESS for details.",
        )
    };
    let Caller::Person(viewer) = caller else { return Err(refused()) };
    let role = world::role(tx, &viewer.token.person_id, &page.id)?;
    let own_page = viewer.page_id().is_none_or(|id| id == page.id);
    let allowed = own_page
        && viewer.grants.covers_page(&page.id)
        && viewer.grants.has_any(&["pages_read_engagement", "pages_show_list"]);
    let role = role.filter(|_| allowed).ok_or_else(refused)?;
    let wanted = fields::wanted(call.param("fields"), &["name", "id"])?;
    page_fields(tx, context, viewer, &role, &wanted, &PAGE_FIELDS)
}

/// The fields of a Page, here and in the `accounts` edge.
pub(crate) fn page_fields(
    tx: &Connection,
    context: &Context,
    viewer: &Viewer,
    role: &Role,
    wanted: &[Field],
    known: &[&str],
) -> Result<Value, GraphError> {
    let page = &role.page;
    fields::select(wanted, "Page", known, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(page.id)),
            "name" => Some(json!(page.name)),
            "about" if !page.about.is_empty() => Some(json!(page.about)),
            "username" => page.username.as_ref().map(|username| json!(username)),
            "category" => Some(json!(page.category)),
            "category_list" => Some(json!([{"id": page.category_id, "name": page.category}])),
            "link" => Some(json!(format!("https://www.facebook.com/{}", page.id))),
            "fan_count" | "followers_count" => Some(json!(page.followers)),
            "is_published" | "has_added_app" => Some(json!(true)),
            "is_permanently_closed" | "is_verified" => Some(json!(false)),
            "has_transitioned_to_new_page_experience" => {
                Some(json!(role.tasks.iter().any(|task| task.starts_with("PROFILE_PLUS_"))))
            }
            "verification_status" => Some(json!("not_verified")),
            "is_webhooks_subscribed" => Some(json!(subscribed_apps::fields_of(tx, &page.id)?.is_some())),
            "business" if viewer.grants.has("business_management") => {
                businesses::owner(tx, &page.id)?.map(|owner| json!({"id": owner.id, "name": owner.name}))
            }
            "messaging_feature_status" => Some(json!({"hop_v2": false})),
            "has_lead_access" => Some(leads::access(tx, context, viewer, role, field)?),
            "tasks" => Some(json!(role.tasks)),
            "access_token" => access_token(tx, context, viewer, role)?.map(|token| json!(token)),
            "picture" => Some(picture(context, &page.id, field)?),
            "instagram_business_account" | "connected_instagram_account" => {
                linked_instagram(tx, context, viewer, role, field)?
            }
            _ => None,
        })
    })
}

fn access_token(
    tx: &Connection,
    context: &Context,
    viewer: &Viewer,
    role: &Role,
) -> Result<Option<String>, GraphError> {
    if viewer.is_page() {
        return Ok(Some(viewer.token.text.clone()));
    }
    if !role.gives_token() {
        return Ok(None);
    }
    Ok(Some(tokens::page_token(tx, &viewer.token, &role.page.id, context.now)?.text))
}

/// The linked professional account. Not linked, personal or not selected: the key is missing, not null; so it is
/// for a role given through a business without a permission for ads.
/// Anything beyond its id needs `instagram_basic`; without it those keys are missing too.
fn linked_instagram(
    tx: &Connection,
    context: &Context,
    viewer: &Viewer,
    role: &Role,
    field: &Field,
) -> Result<Option<Value>, GraphError> {
    let Some(account) = role.page.professional_instagram() else { return Ok(None) };
    if role.through_business && !viewer.grants.has_any(&["ads_management", "ads_read"]) {
        return Ok(None);
    }
    if !viewer.grants.covers_instagram(&account.id) {
        return Ok(None);
    }
    let sub = field.sub.as_deref().unwrap_or_default();
    instagram_fields(tx, context, viewer, account, sub).map(Some)
}

fn instagram_fields(
    tx: &Connection,
    context: &Context,
    viewer: &Viewer,
    account: &Instagram,
    wanted: &[Field],
) -> Result<Value, GraphError> {
    let may_read = viewer.grants.has("instagram_basic");
    fields::select(wanted, "IGUser", &INSTAGRAM_FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(account.id)),
            _ if !may_read => None,
            "ig_id" => account.id.get(7..).and_then(|digits| digits.parse::<i64>().ok()).map(|id| json!(id)),
            "username" => Some(json!(account.username)),
            "name" => Some(json!(account.name)),
            "profile_picture_url" => {
                Some(json!(format!("{}/sandbox/picture/{}.svg", context.public_url, account.id)))
            }
            "followers_count" => Some(json!(account.followers)),
            "follows_count" => Some(json!(account.followers / 10)),
            "media_count" => Some(json!(content::instagram::of_account(tx, &account.id)?.len())),
            "mentioned_comment" | "mentioned_media" => {
                Some(instagram_media::mentioned(tx, context, viewer, account, field)?)
            }
            "has_profile_pic" | "is_published" => Some(json!(true)),
            _ => None,
        })
    })
}

/// `GET /{ig-id}`.
pub(crate) fn instagram(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
) -> Result<Value, GraphError> {
    let id = page.instagram.as_ref().map_or("", |account| account.id.as_str());
    let hidden = || GraphError::no_such_object(call.method.as_str(), id);
    let Caller::Person(viewer) = caller else { return Err(hidden()) };
    let account = page.professional_instagram().ok_or_else(hidden)?;
    let own_page = viewer.page_id().is_none_or(|page_id| page_id == account.page_id);
    let has_role = world::role(tx, &viewer.token.person_id, &account.page_id)?.is_some();
    if !own_page || !has_role || !viewer.grants.covers_instagram(&account.id) {
        return Err(hidden());
    }
    if !viewer.grants.has("instagram_basic") {
        return Err(GraphError::not_allowed("Application does not have permission for this action"));
    }
    let wanted = fields::wanted(call.param("fields"), &["id"])?;
    instagram_fields(tx, context, viewer, account, &wanted)
}

fn picture(context: &Context, id: &str, field: &Field) -> Result<Value, GraphError> {
    let url = format!("{}/sandbox/picture/{id}.svg", context.public_url);
    let all = picture_data(&url);
    let Some(sub) = &field.sub else { return Ok(json!({"data": all})) };
    let mut data = fields::select(sub, "ProfilePictureSource", &PICTURE_FIELDS, |field| {
        Ok(all.get(&field.name).cloned())
    })?;
    if let Value::Object(map) = &mut data {
        map.remove("id");
    }
    Ok(json!({"data": data}))
}

pub(crate) fn picture_data(url: &str) -> Value {
    json!({"height": 50, "is_silhouette": false, "url": url, "width": 50})
}
