//! Publishing on Instagram: a container is made, Instagram fetches and prepares what it names, and then
//! it is published (Instagram Platform: content publishing; reference: IG user media, IG container,
//! media publish, content publishing limit).

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::post::{Image, InstagramContent, InstagramPost, Slide};
use jetbridge_domain::secret::Secret;
use serde_json::{Value, json};

use super::page::made;
use crate::answer;
use crate::call::Call;
use crate::client::Meta;
use crate::error::{Advice, MetaError, advice_for};
use crate::paging::{self, Listed, Part};

const MEDIA_FIELDS: &str = "id,caption,media_type,media_product_type,media_url,thumbnail_url,permalink,timestamp,\
                            username,comments_count,like_count,is_comment_enabled";

/// How far Instagram is with a container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContainerStatus {
    /// How far.
    pub state: ContainerState,
    /// Instagram's own words on it.
    pub words: Option<String>,
    /// What an error means, where those words name a code of Meta's.
    pub advice: Option<Advice>,
}

/// How far a container is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContainerState {
    /// Still fetching or preparing: ask again in a minute, for five minutes at most.
    Working,
    /// It can be published.
    Ready,
    /// It was published.
    Published,
    /// It cannot be prepared: make another.
    Failed,
    /// A day went by: make another.
    Expired,
}

/// How much of its daily allowance an account has published.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// Posts published within the last window.
    pub used: i64,
    /// How many there may be; Meta's pages disagree, so only its answer counts.
    pub total: Option<i64>,
    /// The window.
    pub window: Option<Span>,
}

/// A post on Instagram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstagramMedia {
    /// Its id.
    pub id: String,
    /// The text under it.
    pub caption: Option<String>,
    /// `IMAGE`, `VIDEO` or `CAROUSEL_ALBUM`.
    pub kind: Option<String>,
    /// `FEED`, `REELS`, `STORY` or `AD`: a reel is a `VIDEO` of the product `REELS`.
    pub product: Option<String>,
    /// Where it is; short-lived, and absent where others hold rights in it.
    pub url: Option<String>,
    /// Where a film's picture is.
    pub thumbnail: Option<String>,
    /// Its address on Instagram.
    pub permalink: Option<String>,
    /// When it was published.
    pub created_at: Option<Time>,
    /// Whose it is.
    pub username: Option<String>,
    /// How many comments it has.
    pub comments: Option<i64>,
    /// How many like it; absent where the owner hides it.
    pub likes: Option<i64>,
    /// Whether it can be commented on.
    pub comment_enabled: Option<bool>,
}

impl Meta {
    /// Makes the container of one part of a carousel; gives its id.
    pub async fn create_slide(
        &self,
        instagram_id: &str,
        page_token: &Secret,
        slide: &Slide,
    ) -> Result<String, MetaError> {
        let call = self.container(instagram_id, page_token).form("is_carousel_item", "true");
        let call = match slide {
            Slide::Image(image) => picture(call, image),
            Slide::Video(url) => call.form("media_type", "VIDEO").form("video_url", url),
        };
        made(&call.send().await?)
    }

    /// Makes the container of a post; gives its id. For a carousel, `slides` are what
    /// [`Meta::create_slide`] gave for each part, in their order; for any other it is empty.
    ///
    /// An account can make 400 containers a day. One that is not published is gone after a day.
    pub async fn create_container(
        &self,
        instagram_id: &str,
        page_token: &Secret,
        post: &InstagramPost,
        slides: &[String],
    ) -> Result<String, MetaError> {
        let call = self.container(instagram_id, page_token);
        let call = match &post.content {
            InstagramContent::Image(image) => picture(call, image),
            InstagramContent::Reel { url, cover_url, thumb_offset, share_to_feed } => call
                .form("media_type", "REELS")
                .form("video_url", url)
                .form_if("cover_url", cover_url.as_deref())
                .form_if("thumb_offset", thumb_offset.map(|offset| offset.to_string()))
                .form_if("share_to_feed", share_to_feed.map(|share| share.to_string())),
            InstagramContent::Story(Slide::Image(image)) => {
                picture(call.form("media_type", "STORIES"), image)
            }
            InstagramContent::Story(Slide::Video(url)) => {
                call.form("media_type", "STORIES").form("video_url", url)
            }
            InstagramContent::Carousel(parts) if parts.len() == slides.len() => {
                call.form("media_type", "CAROUSEL").form("children", slides.join(","))
            }
            InstagramContent::Carousel(_) => {
                return Err(MetaError::NotSent("a carousel whose parts were not made before"));
            }
        };
        let collaborators = (!post.collaborators.is_empty()).then(|| json!(post.collaborators).to_string());
        let call = call.form_if("caption", post.caption.as_deref()).form_if("collaborators", collaborators);
        made(&call.send().await?)
    }

    /// How far Instagram is with a container.
    pub async fn container_status(
        &self,
        container_id: &str,
        page_token: &Secret,
    ) -> Result<ContainerStatus, MetaError> {
        let call = self.get("GET /{container-id}", &[container_id]).acting(page_token);
        let answer = call.query("fields", "status_code,status").send().await?;
        let code = answer::word(&answer, "status_code");
        let state = match code.as_deref() {
            None => return Err(MetaError::Odd { http: 200, what: "a container without its status" }),
            Some("FINISHED") => ContainerState::Ready,
            Some("PUBLISHED") => ContainerState::Published,
            Some("ERROR") => ContainerState::Failed,
            Some("EXPIRED") => ContainerState::Expired,
            Some(_) => ContainerState::Working,
        };
        let words = answer::word(&answer, "status");
        let advice = words.as_deref().filter(|_| state == ContainerState::Failed).and_then(advice_in);
        Ok(ContainerStatus { state, words, advice })
    }

    /// Publishes a container that is ready; gives the post's id. A second call for the same container
    /// is refused, so asking [`Meta::container_status`] settles what became of a call in doubt.
    pub async fn publish_container(
        &self,
        instagram_id: &str,
        page_token: &Secret,
        container_id: &str,
    ) -> Result<String, MetaError> {
        let call = self.edge("POST /{instagram-id}/media_publish", instagram_id, "media_publish", page_token);
        made(&call.form("creation_id", container_id).send().await?)
    }

    /// How much of its allowance an account has used.
    pub async fn publishing_quota(
        &self,
        instagram_id: &str,
        page_token: &Secret,
    ) -> Result<Quota, MetaError> {
        let path = [instagram_id, "content_publishing_limit"];
        let call = self.get("GET /{instagram-id}/content_publishing_limit", &path).acting(page_token);
        let answer = call.query("fields", "quota_usage,config").send().await?;
        let row = answer::list(&answer, "data").and_then(<[Value]>::first);
        let used = row.and_then(|row| answer::number(row, "quota_usage"));
        let config = row.and_then(|row| row.get("config"));
        let number = |key| config.and_then(|config| answer::number(config, key));
        Ok(Quota {
            used: used.ok_or(MetaError::Odd { http: 200, what: "a quota without its use" })?,
            total: number("quota_total"),
            window: number("quota_duration").map(Span::seconds),
        })
    }

    /// An account's posts, the latest first; stories are not among them.
    pub async fn instagram_media(
        &self,
        instagram_id: &str,
        page_token: &Secret,
        part: &Part,
    ) -> Result<Listed<InstagramMedia>, MetaError> {
        let call = self.get("GET /{instagram-id}/media", &[instagram_id, "media"]).acting(page_token);
        paging::part(call.query("fields", MEDIA_FIELDS), part, read_media).await
    }

    fn container(&self, instagram_id: &str, page_token: &Secret) -> Call<'_> {
        self.edge("POST /{instagram-id}/media", instagram_id, "media", page_token)
    }
}

fn picture<'m>(call: Call<'m>, image: &Image) -> Call<'m> {
    call.form("image_url", &image.url).form_if("alt_text", image.alt_text.as_deref())
}

/// `status` of a container that failed ends in the subcode that a refused call would have had, as in
/// `Error: Media upload has failed with error code 2207026`.
fn advice_in(words: &str) -> Option<Advice> {
    let numbers = words.split(|c: char| !c.is_ascii_digit()).filter(|number| number.len() >= 7);
    numbers.filter_map(|number| number.parse().ok()).find_map(|number| advice_for(number, None))
}

fn read_media(row: &Value) -> Option<InstagramMedia> {
    Some(InstagramMedia {
        id: answer::word(row, "id")?,
        caption: answer::word(row, "caption"),
        kind: answer::word(row, "media_type"),
        product: answer::word(row, "media_product_type"),
        url: answer::word(row, "media_url"),
        thumbnail: answer::word(row, "thumbnail_url"),
        permalink: answer::word(row, "permalink"),
        created_at: answer::stamp(row, "timestamp"),
        username: answer::word(row, "username"),
        comments: answer::number(row, "comments_count"),
        likes: answer::number(row, "like_count"),
        comment_enabled: answer::truth(row, "is_comment_enabled"),
    })
}
