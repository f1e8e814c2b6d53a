//! What a body asks to be published.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::inputs::Invalid;
use jetbridge_domain::post::{Image, InstagramContent, InstagramPost, PageContent, PagePost, Slide};
use jetbridge_domain::reason::Reason;
use jetbridge_domain::url::WebUrl;
use serde::Deserialize;

use super::{MOST_OFFSET, PHOTOS, Post};
use crate::http::answer::Fail;
use crate::http::json::Object;

/// Instagram's plans are kept here for so long.
const LATEST: Span = Span::days(366);

#[derive(Deserialize)]
struct Film {
    url: String,
    title: Option<String>,
}

#[derive(Deserialize)]
struct Picture {
    url: String,
    alt_text: Option<String>,
}

#[derive(Deserialize)]
struct Reel {
    url: String,
    cover_url: Option<String>,
    thumb_offset: Option<u32>,
    share_to_feed: Option<bool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Image,
    Video,
}

#[derive(Deserialize)]
struct Part {
    kind: Kind,
    url: String,
    alt_text: Option<String>,
}

const INSTAGRAMS: [&str; 4] = ["image", "reel", "story", "carousel"];

/// A post, whole and within Meta's limits.
pub(super) fn post(body: &Object, now: Time) -> Result<Post, Fail> {
    let time = |raw: &str| raw.parse::<u32>().map_err(|_| Invalid);
    let at = body.get("publish_at", Reason::Content, time)?.map(|at| Time::from_seconds(at.into()));
    let mut named = INSTAGRAMS.iter().filter(|name| body.raw(name).is_some());
    let Some(name) = named.next() else {
        let post = PagePost { content: of_page(body)?, publish_at: at };
        post.check(now)?;
        return Ok(Post::Page(post));
    };
    if let Some(other) = named.next().or(["photos", "video", "link"].iter().find(|n| body.raw(n).is_some())) {
        return Err(Fail::field(Reason::Content, other));
    }
    let post = InstagramPost {
        content: of_instagram(body, name)?,
        caption: body.text("text", Reason::Content)?.filter(|text| !text.is_empty()),
        collaborators: read(body, "collaborators")?.unwrap_or_default(),
    };
    post.check()?;
    if at.is_some_and(|at| at <= now || at > now.plus(LATEST)) {
        return Err(Fail::field(Reason::Content, "publish_at"));
    }
    Ok(Post::Instagram(post, at))
}

fn read<T: for<'de> Deserialize<'de>>(body: &Object, name: &'static str) -> Result<Option<T>, Fail> {
    body.get(name, Reason::Content, |raw| serde_json::from_str(raw).map_err(|_| Invalid))
}

fn url(text: &str, field: &'static str) -> Result<String, Fail> {
    let url = WebUrl::media(text).map_err(|_| Fail::field(Reason::MediaUrl, field))?;
    Ok(url.as_str().to_owned())
}

fn of_page(body: &Object) -> Result<PageContent, Fail> {
    let message = body.text("text", Reason::Content)?.unwrap_or_default();
    let link = body.text("link", Reason::Content)?;
    let photos: Option<Vec<String>> = read(body, "photos")?;
    let video: Option<Film> = read(body, "video")?;
    match (link, photos, video) {
        (link, None, None) => {
            let link = link.map(|link| WebUrl::page(&link).map(|url| url.as_str().to_owned()));
            let link = link.transpose().map_err(|_| Fail::field(Reason::Content, "link"))?;
            Ok(PageContent::Text { message, link })
        }
        (None, Some(photos), None) if photos.len() <= PHOTOS => {
            let urls: Result<_, _> = photos.iter().map(|photo| url(photo, "photos")).collect();
            Ok(PageContent::Photos { message, urls: urls? })
        }
        (None, None, Some(film)) => {
            Ok(PageContent::Video { message, title: film.title, url: url(&film.url, "video")? })
        }
        (Some(_), ..) => Err(Fail::field(Reason::Content, "link")),
        _ => Err(Fail::field(Reason::Content, "photos")),
    }
}

fn of_instagram(body: &Object, name: &str) -> Result<InstagramContent, Fail> {
    let missing = || Fail::field(Reason::Content, "image");
    Ok(match name {
        "image" => {
            let picture: Picture = read(body, "image")?.ok_or_else(missing)?;
            InstagramContent::Image(Image { url: url(&picture.url, "image")?, alt_text: picture.alt_text })
        }
        "reel" => {
            let reel: Reel = read(body, "reel")?.ok_or_else(missing)?;
            if reel.thumb_offset.is_some_and(|offset| i64::from(offset) > MOST_OFFSET) {
                return Err(Fail::field(Reason::Content, "reel"));
            }
            InstagramContent::Reel {
                url: url(&reel.url, "reel")?,
                cover_url: reel.cover_url.map(|cover| url(&cover, "reel")).transpose()?,
                thumb_offset: reel.thumb_offset,
                share_to_feed: reel.share_to_feed,
            }
        }
        "story" => InstagramContent::Story(slide(read(body, "story")?.ok_or_else(missing)?, "story")?),
        _ => {
            let parts: Vec<Part> = read(body, "carousel")?.ok_or_else(missing)?;
            let slides: Result<_, _> = parts.into_iter().map(|part| slide(part, "carousel")).collect();
            InstagramContent::Carousel(slides?)
        }
    })
}

fn slide(part: Part, field: &'static str) -> Result<Slide, Fail> {
    let url = url(&part.url, field)?;
    Ok(match part.kind {
        Kind::Image => Slide::Image(Image { url, alt_text: part.alt_text }),
        Kind::Video => Slide::Video(url),
    })
}
