//! Publishing on Instagram: containers, their progress, and `media_publish` with its quota.

use axum::http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::content::containers::{self, Container, Parts, Progress};
use crate::content::instagram;
use crate::graph::auth::Caller;
use crate::graph::error::GraphError;
use crate::graph::{Call, Context, fields, posts as post_edges, rights};
use crate::settings;
use crate::world::{self, Instagram};

const MAX_CAPTION: usize = 2_200;
const MAX_HASHTAGS: usize = 30;
const MAX_ALT_TEXT: usize = 1_000;
const CHILDREN: std::ops::RangeInclusive<usize> = 2..=10;
const DAY: i64 = 86_400;
/// Containers that an account can make in a day.
const MAX_CONTAINERS: i64 = 400;
const USUAL_QUOTA: i64 = 100;

const CONTAINER_FIELDS: &[&str] = &["id", "copyright_check_status", "status", "status_code", "video_status"];

/// `POST /{account}/media`.
pub(crate) fn create(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    account: &Instagram,
) -> Result<Value, GraphError> {
    rights::instagram(tx, call, caller, account, &rights::PUBLISH)?;
    if containers::made_since(tx, &account.id, context.now - DAY)? >= MAX_CONTAINERS {
        return Err(daily_limit());
    }
    let parts = parts(tx, context, call, account)?;
    Ok(json!({"id": containers::add(tx, account, &parts, context.now)?}))
}

fn parts<'a>(
    tx: &Connection,
    context: &Context,
    call: &'a Call,
    account: &Instagram,
) -> Result<Parts<'a>, GraphError> {
    let caption = call.param("caption");
    if caption.is_some_and(|text| text.chars().count() > MAX_CAPTION) {
        let why = format!("The caption is longer than {MAX_CAPTION} characters");
        return Err(GraphError::content(36_004, 2_207_010, "Caption too long", &why));
    }
    if caption.is_some_and(|text| text.matches('#').count() > MAX_HASHTAGS) {
        let why = format!("The caption has more than {MAX_HASHTAGS} hashtags");
        return Err(GraphError::content(36_004, 2_207_010, "Too many hashtags", &why));
    }
    let alt_text = call.param("alt_text");
    if alt_text.is_some_and(|text| text.chars().count() > MAX_ALT_TEXT) {
        return Err(GraphError::parameter("Param alt_text is too long"));
    }
    let carousel_item = call.flag("is_carousel_item") == Some(true);
    let (image, video) = (call.param("image_url"), call.param("video_url"));
    let (media_type, is_video) = match (call.param("media_type"), image, video) {
        (None | Some("IMAGE"), Some(_), _) => ("IMAGE", false),
        (Some("VIDEO"), _, Some(_)) if carousel_item => ("VIDEO", true),
        (Some("REELS"), _, Some(_)) => ("REELS", true),
        (Some("STORIES"), image, video) if image.is_some() || video.is_some() => ("STORIES", video.is_some()),
        (Some("CAROUSEL"), ..) => {
            let children = children(tx, context, call, account)?;
            let media_type = "CAROUSEL";
            return Ok(Parts {
                media_type,
                is_video: false,
                url: None,
                caption,
                alt_text: None,
                children,
                carousel_item,
            });
        }
        (None | Some("IMAGE"), None, _) => return Err(GraphError::missing_parameter("image_url")),
        (Some("REELS" | "VIDEO" | "STORIES"), _, None) => {
            return Err(GraphError::missing_parameter("video_url"));
        }
        // Plain videos of the feed are reels now.
        (Some(_), ..) => {
            let why = "The media type is unknown";
            return Err(GraphError::content(100, 2_207_023, "Unknown media type", why));
        }
    };
    let url = if is_video { video } else { image };
    check_file(url.unwrap_or_default(), is_video)?;
    Ok(Parts { media_type, is_video, url, caption, alt_text, children: Vec::new(), carousel_item })
}

/// Nothing is fetched here: an address tells by how it is written whether Meta could fetch it, and what it is.
fn check_file(url: &str, is_video: bool) -> Result<(), GraphError> {
    let parsed = url::Url::parse(url).ok().filter(|_| post_edges::is_web_address(url));
    let Some(parsed) = parsed else {
        let why = "The media could not be fetched from its address";
        return Err(GraphError::content(9_004, 2_207_052, "Media download failed", why));
    };
    let ending = parsed.path().rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    match (ending.as_deref(), is_video) {
        (Some("png" | "gif" | "webp" | "bmp" | "heic" | "tiff" | "mp4" | "mov"), false) => {
            let why = "Pictures must be JPEG";
            Err(GraphError::content(36_001, 2_207_005, "Picture format", why))
        }
        (Some("avi" | "mkv" | "webm" | "wmv" | "jpg" | "jpeg" | "png" | "gif"), true) => {
            let why = "Videos must be MOV or MP4";
            Err(GraphError::content(352, 2_207_026, "Video format", why))
        }
        _ => Ok(()),
    }
}

fn children(
    tx: &Connection,
    context: &Context,
    call: &Call,
    account: &Instagram,
) -> Result<Vec<String>, GraphError> {
    let ids = call.list("children");
    let invalid = |why: &str| GraphError::content(100, 2_207_028, "Carousel invalid", why);
    if !CHILDREN.contains(&ids.len()) {
        return Err(invalid("A carousel has 2 to 10 children"));
    }
    for id in &ids {
        let child = own_container(tx, id, account)?;
        if !child.carousel_item || child.media_type == "CAROUSEL" {
            return Err(invalid("A child was not made as part of a carousel"));
        }
        match child.progress(context.now) {
            Progress::Running | Progress::Finished => {}
            Progress::Failed | Progress::Expired | Progress::Published => {
                return Err(invalid("A child can no longer be published"));
            }
        }
    }
    Ok(ids)
}

fn own_container(tx: &Connection, id: &str, account: &Instagram) -> Result<Container, GraphError> {
    containers::find(tx, id)?.filter(|found| found.account_id == account.id).ok_or_else(|| {
        GraphError::content(24, 2_207_008, "Container not found", "The media container does not exist")
    })
}

/// `GET /{container}`.
pub(crate) fn container(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    container: &Container,
    rest: &[&str],
) -> Result<Value, GraphError> {
    let unknown = || super::unsupported(call, &container.id, rest);
    if call.method != Method::GET || !rest.is_empty() {
        return Err(unknown());
    }
    let page = world::page_of_instagram(tx, &container.account_id)?.ok_or_else(unknown)?;
    let account = page.professional_instagram().ok_or_else(unknown)?;
    rights::instagram(tx, call, caller, account, &rights::PUBLISH)?;
    let progress = progress(tx, context, container)?;
    let wanted = fields::wanted(call.param("fields"), &["id"])?;
    fields::select(&wanted, "IGContainer", CONTAINER_FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(container.id)),
            "status_code" => Some(json!(progress.as_str())),
            "status" => Some(json!(match progress {
                Progress::Running => "In Progress: Media is still being processed.",
                Progress::Finished => "Finished: Media has been uploaded and it is ready to be published.",
                Progress::Published => "Published: Media has been successfully published.",
                Progress::Expired => "Expired: Media was not published within 24 hours.",
                Progress::Failed => "Error: Media upload has failed with error code 2207053",
            })),
            _ => None,
        })
    })
}

/// A carousel is only as far as the slowest of its children.
fn progress(tx: &Connection, context: &Context, container: &Container) -> Result<Progress, GraphError> {
    let own = container.progress(context.now);
    if own != Progress::Finished {
        return Ok(own);
    }
    for id in &container.children {
        let Some(child) = containers::find(tx, id)? else { return Ok(Progress::Failed) };
        let child = child.progress(context.now);
        if child != Progress::Finished {
            return Ok(child);
        }
    }
    Ok(own)
}

/// `POST /{account}/media_publish`.
pub(crate) fn publish(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    account: &Instagram,
) -> Result<Value, GraphError> {
    rights::instagram(tx, call, caller, account, &rights::PUBLISH)?;
    let id = call.param("creation_id").ok_or_else(|| GraphError::missing_parameter("creation_id"))?;
    let container = own_container(tx, id, account)?;
    match progress(tx, context, &container)? {
        Progress::Finished => {}
        Progress::Running => {
            let why = "The media is not ready to be published, wait a moment";
            return Err(GraphError::content(9_007, 2_207_027, "Media not ready", why));
        }
        Progress::Failed => {
            let why = "The media could not be processed";
            return Err(GraphError::content(-1, 2_207_053, "Unknown upload error", why));
        }
        Progress::Expired => {
            let why = "The media has expired, make a new container";
            return Err(GraphError::content(-2, 2_207_020, "Media expired", why));
        }
        Progress::Published => {
            let why = "The media was published already";
            return Err(GraphError::content(24, 2_207_006, "Media not found", why));
        }
    }
    if container.carousel_item {
        let why = "A part of a carousel cannot be published alone";
        return Err(GraphError::content(100, 2_207_028, "Carousel invalid", why));
    }
    if instagram::published_since(tx, &account.id, context.now - DAY)? >= quota(tx)? {
        return Err(daily_limit());
    }
    Ok(json!({"id": containers::publish(tx, account, &container, context.now)?}))
}

fn quota(tx: &Connection) -> Result<i64, GraphError> {
    Ok(settings::number(tx, settings::PUBLISH_QUOTA)?.unwrap_or(USUAL_QUOTA))
}

fn daily_limit() -> GraphError {
    let why = "The account has reached its limit of media for 24 hours";
    GraphError::content(9, 2_207_042, "Daily limit reached", why)
}

/// `GET /{account}/content_publishing_limit`.
pub(crate) fn limit(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    account: &Instagram,
) -> Result<Value, GraphError> {
    rights::instagram(tx, call, caller, account, &rights::PUBLISH)?;
    let used = instagram::published_since(tx, &account.id, context.now - DAY)?;
    let wanted = fields::wanted(call.param("fields"), &["quota_usage"])?;
    let mut row = serde_json::Map::new();
    for field in &wanted {
        let value = match field.name.as_str() {
            "quota_usage" => json!(used),
            "config" => json!({"quota_total": quota(tx)?, "quota_duration": DAY}),
            other => return Err(GraphError::no_such_field(other, "ContentPublishingLimitResponse")),
        };
        row.insert(field.name.clone(), value);
    }
    Ok(json!({"data": [row]}))
}
