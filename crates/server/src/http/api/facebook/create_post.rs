//! `POST /api/facebook/createPost`: a post on a Page or on Instagram.

mod body;

use axum::extract::State;
use jetbridge_domain::clock::Time;
use jetbridge_domain::id::{ActId, ConnectionId};
use jetbridge_domain::media::Media;
use jetbridge_domain::post::{InstagramPost, PageContent, PagePost};
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_meta::{Created, MetaError};
use jetbridge_store::acts;
use serde::Serialize;

use super::listing::CONNECTION;
use crate::app::App;
use crate::app::publishing::{self, Step};
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed::{self, Deed, Done, Errand};
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Field, Kind, Method, Operation, may, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "createPost",
    method: Method::Post,
    summary: "Publish a post",
    text: "For type 3: a text, a link or both, photos or a film with a text; it comes back as a `post.created` with \
           `own`, and a planned one is kept by Meta, where the Page's people see it too. For type 4: just one of \
           `image`, `reel`, `story`, `carousel`, with a text; a planned one is kept here. Instagram's posts and films \
           are prepared by Meta first: the answer is `publishing` at once, and `post.published` or `post.failed` tells \
           the end.",
    keyed: true,
    input: &[
        CONNECTION,
        may("text", Kind::Text, "What it says; at most 63206 characters on a Page, 2200 on Instagram."),
        may("link", Kind::Text, "The address that Meta shows a preview of."),
        may("photos", Kind::Texts, "The public addresses of its photos; not together with a link."),
        may("video", Kind::Object(VIDEO), "A Page's film."),
        may("image", Kind::Object(IMAGE), "Instagram's picture."),
        may("reel", Kind::Object(REEL), "Instagram's film."),
        may("story", Kind::Object(SLIDE), "Instagram's picture or film for a day."),
        may("carousel", Kind::Objects(SLIDE), "Two to ten of Instagram's pictures and films."),
        may(
            "collaborators",
            Kind::Texts,
            "Handles asked to be named as authors too; Instagram's, at most 3.",
        ),
        may(
            "publish_at",
            Kind::Time,
            "When to publish it: on a Page 10 minutes to 30 days ahead, on Instagram up to a year.",
        ),
    ],
    answer: &[
        may("post_id", Kind::Text, "The post; of a planned photo it comes when it is published."),
        may("photo_id", Kind::Text, "The photo, where the post is a single one."),
        may("video_id", Kind::Text, "The film, where the post is one."),
        must("state", Kind::Word(&["published", "publishing", "scheduled"]), "Whether people see it now."),
        must("act_id", Kind::Id("act", "act_"), "This call's name."),
    ],
    reasons: &[
        Reason::NoSuchConnection,
        Reason::NotOffered,
        Reason::MustReconnect,
        Reason::MetaRefused,
        Reason::Content,
        Reason::MediaUrl,
        Reason::MetaFailing,
        Reason::Parameter,
        Reason::Unknown,
    ],
    sample: || {
        Ok(Answer::fine(&Posted {
            post_id: Some("102345678901234_111"),
            photo_id: Some("110"),
            video_id: Some("109"),
            state: "published",
            act_id: "act_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d",
        })?)
    },
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","text":"Roses are in.","photos":["https://shop.example.com/roses.jpg"]}"#,
    ..Operation::BASE
};

const VIDEO: &[Field] =
    &[must("url", Kind::Text, "Its public address."), may("title", Kind::Text, "Its title.")];

const IMAGE: &[Field] = &[
    must("url", Kind::Text, "Its public address; JPEG."),
    may("alt_text", Kind::Text, "What it shows, for those who cannot see it; at most 1000 characters."),
];

const REEL: &[Field] = &[
    must("url", Kind::Text, "Its public address."),
    may("cover_url", Kind::Text, "Where its cover is."),
    may(
        "thumb_offset",
        Kind::Integer(0, MOST_OFFSET),
        "Or which moment of it is the cover, in milliseconds.",
    ),
    may("share_to_feed", Kind::Flag, "Whether it is shown in the feed too."),
];

const SLIDE: &[Field] = &[
    must("kind", Kind::Word(&["image", "video"]), "What it is."),
    must("url", Kind::Text, "Its public address."),
    may("alt_text", Kind::Text, "What a picture shows, for those who cannot see it."),
];

/// An hour: no reel is longer.
const MOST_OFFSET: i64 = 3_600_000;

/// The most photos of one post; Meta's pages name no number, and none is shown with more.
const PHOTOS: usize = 100;

#[derive(Serialize)]
struct Posted<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    post_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    photo_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video_id: Option<&'a str>,
    state: &'static str,
    act_id: &'a str,
}

/// What is to be published, by what the body names.
#[derive(Clone)]
enum Post {
    Page(PagePost),
    Instagram(InstagramPost, Option<Time>),
}

impl Post {
    const fn state(&self) -> &'static str {
        match self {
            Self::Page(PagePost { publish_at: Some(_), .. }) | Self::Instagram(_, Some(_)) => "scheduled",
            Self::Page(PagePost { content: PageContent::Video { .. }, .. }) | Self::Instagram(..) => {
                "publishing"
            }
            Self::Page(_) => "published",
        }
    }
}

#[derive(Clone)]
struct Posting {
    connection: ConnectionId,
    /// What the body said, or what is wrong with it.
    post: Result<Post, Fail>,
}

impl Deed for Posting {
    const ENDPOINT: &'static str = "createPost";

    fn connection(&self) -> &ConnectionId {
        &self.connection
    }

    fn fits(&self, product: Product) -> Result<(), Fail> {
        let own = [Product::FacebookPage, Product::InstagramContent].contains(&product);
        match &self.post {
            Ok(Post::Page(_)) if product == Product::FacebookPage => Ok(()),
            Ok(Post::Instagram(..)) if product == Product::InstagramContent => Ok(()),
            Err(fail) if own => Err(fail.clone()),
            _ => Err(Fail::of(Reason::NotOffered)),
        }
    }

    fn media(&self, _: Product) -> Vec<Media> {
        match &self.post {
            Ok(Post::Page(post)) => Media::of_page_post(post),
            Ok(Post::Instagram(post, _)) => Media::of_instagram_post(post),
            Err(_) => Vec::new(),
        }
    }

    async fn perform(&self, app: &App, errand: &Errand) -> Result<Done, MetaError> {
        let post = self.post.as_ref().map_err(|_| MetaError::NotSent("a post that is none"))?;
        let act_id = errand.act.as_str();
        let page_post = match post {
            Post::Page(page_post) => page_post,
            Post::Instagram(post, at) => {
                let kept = keep(app, errand, post, at.unwrap_or(app.clock.now())).await;
                let answer = kept.and_then(|()| self.recalled(&errand.act, act_id));
                return Ok(Done { result: act_id.to_owned(), answer });
            }
        };
        let made = publish(app, errand, page_post).await?;
        let (post_id, part) =
            (made.post_id.as_deref(), (made.post_id.as_ref() != Some(&made.id)).then_some(&*made.id));
        let film = matches!(page_post.content, PageContent::Video { .. });
        if film && page_post.publish_at.is_none() {
            watch(app, errand, &made.id).await;
        }
        let (photo_id, video_id) = if film { (None, part) } else { (part, None) };
        let answer = Answer::fine(&Posted { post_id, photo_id, video_id, state: post.state(), act_id });
        Ok(Done { result: made.post_id.unwrap_or(made.id), answer })
    }

    fn recalled(&self, act: &ActId, result: &str) -> Result<Answer, Fail> {
        let state = self.post.as_ref().map_or("published", Post::state);
        // Of a post that is kept here nothing is known at Meta yet.
        let post_id = (result != act.as_str()).then_some(result);
        Answer::fine(&Posted { post_id, photo_id: None, video_id: None, state, act_id: act.as_str() })
    }
}

/// Keeps an Instagram post to be led to its end.
async fn keep(app: &App, errand: &Errand, post: &InstagramPost, at: Time) -> Result<(), Fail> {
    let step = Step::Making { post: post.clone(), slides: Vec::new() };
    let input = (app.clone(), errand.clone(), step);
    app.db
        .write(input, move |tx, (app, errand, step)| {
            Box::pin(async move {
                publishing::plan(tx, app, &errand.connection, &errand.act, step, at).await?;
                // A repeat of the call finds it done, also where this process dies now.
                acts::done(tx, &errand.act, errand.act.as_str()).await?;
                Ok::<_, Fail>(())
            })
        })
        .await?;
    app.posts.notify_one();
    Ok(())
}

/// Publishes a Page's post; several photos are uploaded before.
async fn publish(app: &App, errand: &Errand, post: &PagePost) -> Result<Created, MetaError> {
    let (page, token) = (&errand.connection.page_id, &errand.token);
    let mut photos = Vec::new();
    if let PageContent::Photos { urls, .. } = &post.content
        && urls.len() > 1
    {
        for url in urls {
            let photo = app.meta.upload_photo(page, token, url, post.publish_at.is_some()).await;
            photos.push(photo.map_err(unseen)?);
        }
    }
    app.meta.create_page_post(page, token, post, &photos).await
}

/// Has a film that Meta is preparing watched until its end.
async fn watch(app: &App, errand: &Errand, video: &str) {
    let step = Step::Video { video: video.to_owned() };
    let input = (app.clone(), errand.clone(), step);
    let noted = app
        .db
        .write(input, |tx, (app, errand, step)| {
            Box::pin(async move {
                let now = app.clock.now();
                publishing::plan(tx, app, &errand.connection, &errand.act, step, now).await
            })
        })
        .await;
    match noted {
        Ok(()) => app.posts.notify_one(),
        // It was posted: the answer says so all the same.
        Err(error) => tracing::error!(error = ?error, act_id = %errand.act, "a film will not be watched"),
    }
}

/// A photo that nobody sees by itself can be uploaded again: a doubt about it is none about the post.
fn unseen(error: MetaError) -> MetaError {
    if error.may_have_been_taken() {
        tracing::warn!(%error, "a photo of a post may have been uploaded in vain");
        return MetaError::NotSent("a post one of whose photos was not confirmed");
    }
    error
}

/// Publishes it, or keeps it until it is time, once per idempotency key.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let now = web.app.clock.now();
    let deed = Object::parse(&call.body)
        .and_then(|body| Ok(Posting { connection: connection_id(&body)?, post: body::post(&body, now) }));
    deed::done(&web.app, call, deed).await
}
