//! A Page's posts (Pages API: posts; Graph API reference: page feed, page photos, page videos, video).

use jetbridge_domain::clock::Time;
use jetbridge_domain::post::{PageContent, PagePost};
use jetbridge_domain::secret::Secret;
use serde_json::{Value, json};

use crate::answer;
use crate::call::Call;
use crate::client::Meta;
use crate::error::MetaError;
use crate::login::confirmed;
use crate::paging::{self, Listed, Part};
use crate::person::Party;

const POST_FIELDS: &str = "id,message,story,created_time,permalink_url,full_picture,status_type,is_published,\
                           scheduled_publish_time,from,shares,likes.limit(0).summary(true),\
                           comments.limit(0).summary(true)";

/// What came of a post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Created {
    /// What Meta made: the post, the photo or the video.
    pub id: String,
    /// The post, where there is one yet: a video's, and a planned photo's, come later.
    pub post_id: Option<String>,
}

/// Which of a Page's posts are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shelf {
    /// All that the Page's visitors see: its own posts and theirs.
    Feed,
    /// The Page's own.
    Published,
    /// Those that Meta is to publish later.
    Scheduled,
    /// Visitors' posts on the Page.
    Visitors,
}

/// A post on a Page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// `{page}_{post}`.
    pub id: String,
    /// Its text.
    pub message: Option<String>,
    /// What Meta says it is, such as that the Page changed its picture.
    pub story: Option<String>,
    /// When it was made.
    pub created_at: Option<Time>,
    /// Its address on Facebook.
    pub permalink: Option<String>,
    /// Where its picture is; short-lived.
    pub picture: Option<String>,
    /// `added_photos`, `shared_story` and so on.
    pub kind: Option<String>,
    /// Whether it is to be seen.
    pub published: Option<bool>,
    /// When it will be.
    pub publish_at: Option<Time>,
    /// Whose it is.
    pub from: Option<Party>,
    /// How often it was shared.
    pub shares: Option<i64>,
    /// How many like it.
    pub likes: Option<i64>,
    /// How many comments it has.
    pub comments: Option<i64>,
}

/// How far Meta is with a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VideoStatus {
    /// Uploading or processing: ask again.
    Working,
    /// It is there.
    Ready,
    /// It will not be, with Meta's words where it has any.
    Failed(Option<String>),
}

impl Meta {
    /// Uploads a photo that is not to be seen by itself, for a post with several; gives its id. A photo
    /// for a post that is planned (`planned`) is kept until then, any other is gone after a day.
    pub async fn upload_photo(
        &self,
        page_id: &str,
        page_token: &Secret,
        url: &str,
        planned: bool,
    ) -> Result<String, MetaError> {
        let call = self.edge("POST /{page-id}/photos", page_id, "photos", page_token);
        let call = call.fetching(true).form("url", url).form("published", "false");
        let call = call.form_if("temporary", planned.then_some("true"));
        made(&call.send().await?)
    }

    /// Makes a post. For one with several photos, `photos` are what [`Meta::upload_photo`] gave for
    /// each of them, in their order; for any other it is empty. Uploading is a call of its own so that
    /// a failure there leaves no doubt about the post.
    pub async fn create_page_post(
        &self,
        page_id: &str,
        page_token: &Secret,
        post: &PagePost,
        photos: &[String],
    ) -> Result<Created, MetaError> {
        let (call, is_post) = match &post.content {
            PageContent::Text { message, link } => {
                let call = self.edge("POST /{page-id}/feed", page_id, "feed", page_token);
                (text(call, "message", message).form_if("link", link.as_deref()), true)
            }
            PageContent::Photos { message, urls } => match urls.as_slice() {
                [url] if photos.is_empty() => {
                    let call = self.edge("POST /{page-id}/photos", page_id, "photos", page_token);
                    let call = call.fetching(true);
                    (text(call.form("url", url), "message", message), false)
                }
                urls if urls.len() == photos.len() && !photos.is_empty() => {
                    let media: Vec<_> = photos.iter().map(|id| json!({ "media_fbid": id })).collect();
                    let call = self.edge("POST /{page-id}/feed", page_id, "feed", page_token);
                    let call = call.form("attached_media", Value::from(media).to_string());
                    (text(call, "message", message), true)
                }
                _ => return Err(MetaError::NotSent("photos that were not uploaded before")),
            },
            PageContent::Video { message, title, url } => {
                let call = self.edge("POST /{page-id}/videos", page_id, "videos", page_token);
                let call = call.fetching(true).form("file_url", url).form_if("title", title.as_deref());
                (text(call, "description", message), false)
            }
        };
        let answer = planned(call, post.publish_at).send().await?;
        let id = made(&answer)?;
        let post_id = if is_post { Some(id.clone()) } else { answer::word(&answer, "post_id") };
        Ok(Created { id, post_id })
    }

    /// A Page's posts, the latest first.
    pub async fn page_posts(
        &self,
        page_id: &str,
        page_token: &Secret,
        which: Shelf,
        part: &Part,
    ) -> Result<Listed<Post>, MetaError> {
        let (name, edge) = match which {
            Shelf::Feed => ("GET /{page-id}/feed", "feed"),
            Shelf::Published => ("GET /{page-id}/published_posts", "published_posts"),
            Shelf::Scheduled => ("GET /{page-id}/scheduled_posts", "scheduled_posts"),
            Shelf::Visitors => ("GET /{page-id}/visitor_posts", "visitor_posts"),
        };
        let call = self.get(name, &[page_id, edge]).acting(page_token).query("fields", POST_FIELDS);
        paging::part(call, part, read_post).await
    }

    /// Deletes a Page's post, photo or video. Posts of the Page's own can always be deleted, visitors'
    /// too; Instagram's cannot.
    pub async fn delete_post(&self, post_id: &str, page_token: &Secret) -> Result<(), MetaError> {
        confirmed(self.delete("DELETE /{post-id}", &[post_id]).acting(page_token)).await
    }

    /// How far Meta is with a video that was posted.
    pub async fn video_status(&self, video_id: &str, page_token: &Secret) -> Result<VideoStatus, MetaError> {
        let call = self.get("GET /{video-id}", &[video_id]).acting(page_token).query("fields", "status");
        let answer = call.send().await?;
        let status = answer.get("status").filter(|status| status.is_object());
        let status = status.ok_or(MetaError::Odd { http: 200, what: "a video without its status" })?;
        Ok(match answer::text(status, "video_status").as_deref() {
            Some("ready") => VideoStatus::Ready,
            Some("error" | "expired") => VideoStatus::Failed(why(status)),
            _ => VideoStatus::Working,
        })
    }

    pub(super) fn edge(&self, name: &'static str, id: &str, edge: &str, token: &Secret) -> Call<'_> {
        self.post(name, &[id, edge]).acting(token)
    }
}

/// The id of what a POST made.
pub(crate) fn made(answer: &Value) -> Result<String, MetaError> {
    answer::word(answer, "id").ok_or(MetaError::Odd { http: 200, what: "something made without its id" })
}

fn text<'m>(call: Call<'m>, key: &'static str, text: &str) -> Call<'m> {
    call.form_if(key, Some(text).filter(|text| !text.is_empty()))
}

fn planned(call: Call<'_>, at: Option<Time>) -> Call<'_> {
    match at {
        Some(at) => {
            call.form("published", "false").form("scheduled_publish_time", at.as_seconds().to_string())
        }
        None => call,
    }
}

fn why(status: &Value) -> Option<String> {
    let phases = ["uploading_phase", "processing_phase", "publishing_phase"];
    let errors = phases.iter().filter_map(|phase| answer::list(status.get(phase)?, "errors"));
    errors.flatten().find_map(|error| answer::word(error, "message"))
}

fn read_post(row: &Value) -> Option<Post> {
    let total = |edge: &str| answer::number(row.get(edge)?.get("summary")?, "total_count");
    Some(Post {
        id: answer::word(row, "id")?,
        message: answer::word(row, "message"),
        story: answer::word(row, "story"),
        created_at: answer::stamp(row, "created_time"),
        permalink: answer::word(row, "permalink_url"),
        picture: answer::word(row, "full_picture"),
        kind: answer::word(row, "status_type"),
        published: answer::truth(row, "is_published"),
        publish_at: answer::stamp(row, "scheduled_publish_time"),
        from: row.get("from").and_then(Party::read),
        shares: row.get("shares").and_then(|shares| answer::number(shares, "count")),
        likes: total("likes"),
        comments: total("comments"),
    })
}
