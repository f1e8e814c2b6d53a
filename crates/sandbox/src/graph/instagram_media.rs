//! Instagram media: `/{account}/media`, `/{media}`, and media of others that an account is mentioned in.

use axum::http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::content::comments::{self, Said};
use crate::content::instagram::{self, Media};
use crate::graph::auth::{Caller, Viewer};
use crate::graph::error::GraphError;
use crate::graph::fields::{self, Field};
use crate::graph::listing::{Window, argument};
use crate::graph::{Call, Context, instagram_comments, instagram_publishing, reply, rights};
use crate::pages::time;
use crate::world::{self, Instagram, Page};

/// Fields of media. Those without a value here exist at Meta and are left out.
const FIELDS: &[&str] = &[
    "id",
    "alt_text",
    "boost_eligibility_info",
    "caption",
    "children",
    "collaborators",
    "comments",
    "comments_count",
    "copyright_check_information",
    "has_poll",
    "has_slider",
    "ig_id",
    "is_comment_enabled",
    "is_shared_to_feed",
    "legacy_instagram_media_id",
    "like_count",
    "media_product_type",
    "media_type",
    "media_url",
    "owner",
    "permalink",
    "shortcode",
    "thumbnail_url",
    "timestamp",
    "username",
    "video_title",
    "view_count",
];

pub(crate) fn is_edge(edge: &str) -> bool {
    matches!(
        edge,
        "media" | "media_publish" | "content_publishing_limit" | "mentions" | "stories" | "live_media"
    )
}

/// The edges of an account's content.
pub(crate) fn account_edge(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
    edge: &str,
) -> Result<Value, GraphError> {
    let id = page.instagram.as_ref().map_or("", |account| account.id.as_str());
    let hidden = || GraphError::no_such_object(call.method.as_str(), id);
    let account = page.professional_instagram().ok_or_else(hidden)?;
    match (&call.method, edge) {
        (&Method::POST, "media") => instagram_publishing::create(tx, context, call, caller, account),
        (&Method::POST, "media_publish") => instagram_publishing::publish(tx, context, call, caller, account),
        (&Method::GET, "content_publishing_limit") => {
            instagram_publishing::limit(tx, context, call, caller, account)
        }
        (&Method::POST, "mentions") => answer_mention(tx, context, call, caller, account),
        (&Method::GET, "media" | "stories" | "live_media") => {
            rights::instagram(tx, call, caller, account, &rights::MEDIA)?;
            let mut listed = instagram::of_account(tx, &account.id)?;
            listed.retain(|media| match edge {
                "stories" => media.is_story() && media.ended_at.is_none(),
                "live_media" => media.is_live_product() && media.ended_at.is_none(),
                _ => !media.is_story() && !media.is_live_product(),
            });
            let wanted = fields::wanted(call.param("fields"), &["id"])?;
            let show = |media: &Media| media_fields(tx, context, account, media, &wanted);
            Ok(Value::Object(Window::of_call(context, call).list(&listed, |media| &media.id, show)?))
        }
        _ => Err(super::unsupported(call, &account.id, &[edge])),
    }
}

/// `/{media}` of an account here, and what hangs on it.
pub(crate) fn node(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    media: &Media,
    rest: &[&str],
) -> Result<Value, GraphError> {
    let unknown = || GraphError::no_such_object(call.method.as_str(), &media.id);
    // What is somebody else's is read through the mention alone.
    let owner = media.account_id.as_deref().ok_or_else(unknown)?;
    let page = world::page_of_instagram(tx, owner)?.ok_or_else(unknown)?;
    let account = page.professional_instagram().ok_or_else(unknown)?;
    match (&call.method, rest) {
        (&Method::GET, []) => {
            rights::instagram(tx, call, caller, account, &rights::MEDIA)?;
            let wanted = fields::wanted(call.param("fields"), &["id"])?;
            media_fields(tx, context, account, media, &wanted)
        }
        (&Method::POST, []) => {
            rights::instagram(tx, call, caller, account, &rights::COMMENTS)?;
            let enabled = call
                .flag("comment_enabled")
                .ok_or_else(|| GraphError::missing_parameter("comment_enabled"))?;
            instagram::enable_comments(tx, &media.id, enabled)?;
            reply::success(tx)
        }
        (&Method::GET, ["children"]) => {
            rights::instagram(tx, call, caller, account, &rights::MEDIA)?;
            let wanted = fields::wanted(call.param("fields"), &["id"])?;
            children(tx, context, account, media, &wanted)
        }
        (_, ["comments"]) => instagram_comments::edge(tx, context, call, caller, account, media),
        _ => Err(super::unsupported(call, &media.id, rest)),
    }
}

/// `mentioned_media.media_id(1){...}` and `mentioned_comment.comment_id(1){...}` of an account.
pub(crate) fn mentioned(
    tx: &Connection,
    context: &Context,
    viewer: &Viewer,
    account: &Instagram,
    field: &Field,
) -> Result<Value, GraphError> {
    if !viewer.grants.has("instagram_manage_comments") {
        return Err(GraphError::not_allowed("Application does not have permission for this action"));
    }
    let of = |name: &str| argument(field, name).ok_or_else(|| GraphError::missing_parameter(name));
    if field.name == "mentioned_media" {
        let id = of("media_id")?;
        let hidden = || GraphError::no_such_object("get", id);
        let media = instagram::find(tx, id)?.ok_or_else(hidden)?;
        if !instagram::is_mentioned(tx, &account.id, id, None)? {
            return Err(hidden());
        }
        let wanted = field.sub.clone().unwrap_or_default();
        return media_fields(tx, context, account, &media, &wanted);
    }
    let id = of("comment_id")?;
    let hidden = || GraphError::no_such_object("get", id);
    let comment = comments::find(tx, id)?.ok_or_else(hidden)?;
    if !instagram::is_mentioned(tx, &account.id, &comment.on_id, Some(id))? {
        return Err(hidden());
    }
    let wanted = field.sub.clone().unwrap_or_default();
    instagram_comments::comment_fields(tx, account, &comment, &wanted)
}

/// `POST /{account}/mentions`: answers where the account was mentioned, in a comment or under the media.
fn answer_mention(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    account: &Instagram,
) -> Result<Value, GraphError> {
    rights::instagram(tx, call, caller, account, &rights::COMMENTS)?;
    let media_id = call.param("media_id").ok_or_else(|| GraphError::missing_parameter("media_id"))?;
    let comment_id = call.param("comment_id");
    let message = instagram_comments::message_of(call)?;
    let hidden = || GraphError::no_such_object("post", comment_id.unwrap_or(media_id));
    let media = instagram::find(tx, media_id)?.ok_or_else(hidden)?;
    if !instagram::is_mentioned(tx, &account.id, media_id, comment_id)? {
        return Err(hidden());
    }
    let parent = comment_id.map(|id| comments::find(tx, id)).transpose()?.flatten();
    let said = Said { author: None, message, attachment: None };
    let made = comments::add_to_media(tx, &media, &account.page_id, parent.as_ref(), said, context.now)?;
    Ok(json!({"id": made.id}))
}

fn children(
    tx: &Connection,
    context: &Context,
    account: &Instagram,
    media: &Media,
    wanted: &[Field],
) -> Result<Value, GraphError> {
    let parts = instagram::children(tx, &media.id)?;
    let data = parts
        .iter()
        .map(|part| media_fields(tx, context, account, part, wanted))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(json!({"data": data}))
}

/// The short name of media in its address.
fn shortcode(media: &Media) -> String {
    let digits = media.id.get(3..).unwrap_or(&media.id);
    format!("C{digits}")
}

fn media_fields(
    tx: &Connection,
    context: &Context,
    account: &Instagram,
    media: &Media,
    wanted: &[Field],
) -> Result<Value, GraphError> {
    let own = media.account_id.is_some();
    let url = || match media.url.as_str() {
        "" => format!("{}/sandbox/picture/{}.svg", context.public_url, account.id),
        url => url.to_owned(),
    };
    fields::select(wanted, "IGMedia", FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" | "ig_id" | "legacy_instagram_media_id" => Some(json!(media.id)),
            "alt_text" => media.alt_text.as_ref().map(|text| json!(text)),
            "caption" => media.caption.as_ref().map(|text| json!(text)),
            "media_type" => Some(json!(media.kind)),
            "media_product_type" => Some(json!(media.product_type)),
            "media_url" if media.kind != "CAROUSEL_ALBUM" || !own => Some(json!(url())),
            "thumbnail_url" if media.kind == "VIDEO" => Some(json!(url())),
            "owner" => media.account_id.as_ref().map(|id| json!({"id": id})),
            "permalink" => Some(json!(format!("https://www.instagram.com/p/{}/", shortcode(media)))),
            "shortcode" => Some(json!(shortcode(media))),
            "timestamp" => Some(json!(time::graph(media.created_at))),
            "username" => Some(json!(media.owner)),
            "comments_count" => {
                let all = comments::on(tx, &media.id)?;
                Some(json!(all.iter().filter(|comment| !comment.hidden).count()))
            }
            "like_count" => Some(json!(0)),
            "is_comment_enabled" => Some(json!(media.comments_enabled)),
            "is_shared_to_feed" if media.product_type == "REELS" => Some(json!(true)),
            "has_poll" | "has_slider" if media.is_story() => Some(json!(false)),
            "children" if media.kind == "CAROUSEL_ALBUM" => {
                let sub = field.sub.clone().unwrap_or_default();
                Some(children(tx, context, account, media, &sub)?)
            }
            "comments" if own => Some(instagram_comments::nested(tx, account, media, field)?),
            _ => None,
        })
    })
}
