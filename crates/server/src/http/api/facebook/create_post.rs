//! `POST /api/facebook/createPost`: a post on a Page.

use axum::extract::State;
use jetbridge_domain::clock::Time;
use jetbridge_domain::id::{ActId, ConnectionId};
use jetbridge_domain::inputs::Invalid;
use jetbridge_domain::post::{PageContent, PagePost};
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_domain::url::WebUrl;
use jetbridge_meta::MetaError;
use serde::Serialize;

use super::listing::CONNECTION;
use crate::app::App;
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed::{self, Deed, Done, Errand};
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Kind, Method, Operation, may, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "createPost",
    method: Method::Post,
    summary: "Publish a post",
    text: "For type 3: a text, a link or both, or photos with a text. It comes back as a `post.created` with `own`. \
           A planned post is kept by Meta, where the Page's people see it too.",
    keyed: true,
    input: &[
        CONNECTION,
        may("text", Kind::Text, "What it says; at most 63206 characters."),
        may("link", Kind::Text, "The address that Meta shows a preview of."),
        may("photos", Kind::Texts, "The public addresses of its photos; not together with a link."),
        may("publish_at", Kind::Time, "When to publish it: 10 minutes to 30 days ahead."),
    ],
    answer: &[
        may("post_id", Kind::Text, "The post; of a planned photo it comes when it is published."),
        may("photo_id", Kind::Text, "The photo, where the post is a single one."),
        must("state", Kind::Word(&["published", "scheduled"]), "Whether people see it now."),
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
            state: "published",
            act_id: "act_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d",
        })?)
    },
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","text":"Roses are in.","photos":["https://shop.example.com/roses.jpg"]}"#,
    ..Operation::BASE
};

/// The most photos of one post; Meta's pages name no number, and none is shown with more.
const PHOTOS: usize = 100;

#[derive(Serialize)]
struct Posted<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    post_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    photo_id: Option<&'a str>,
    state: &'static str,
    act_id: &'a str,
}

const fn state(post: &PagePost) -> &'static str {
    if post.publish_at.is_some() { "scheduled" } else { "published" }
}

#[derive(Clone)]
struct Posting {
    connection: ConnectionId,
    /// What the body said, or what is wrong with it.
    post: Result<PagePost, Fail>,
}

impl Deed for Posting {
    const ENDPOINT: &'static str = "createPost";

    fn connection(&self) -> &ConnectionId {
        &self.connection
    }

    fn fits(&self, product: Product) -> Result<(), Fail> {
        if product != Product::FacebookPage {
            return Err(Fail::of(Reason::NotOffered));
        }
        self.post.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    async fn perform(&self, app: &App, errand: &Errand) -> Result<Done, MetaError> {
        let post = self.post.as_ref().map_err(|_| MetaError::NotSent("a post that is none"))?;
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
        let made = app.meta.create_page_post(page, token, post, &photos).await?;
        let answer = Answer::fine(&Posted {
            post_id: made.post_id.as_deref(),
            photo_id: (made.post_id.as_ref() != Some(&made.id)).then_some(&made.id),
            state: state(post),
            act_id: errand.act.as_str(),
        });
        Ok(Done { result: made.post_id.unwrap_or(made.id), answer })
    }

    fn recalled(&self, act: &ActId, result: &str) -> Result<Answer, Fail> {
        let state = self.post.as_ref().map_or("published", state);
        Answer::fine(&Posted { post_id: Some(result), photo_id: None, state, act_id: act.as_str() })
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

fn url(text: &str, field: &'static str) -> Result<String, Fail> {
    let url = WebUrl::page(text).map_err(|_| Fail::field(Reason::MediaUrl, field))?;
    Ok(url.as_str().to_owned())
}

fn post(body: &Object, now: Time) -> Result<PagePost, Fail> {
    let message = body.text("text", Reason::Content)?.unwrap_or_default();
    let link = body.text("link", Reason::Content)?;
    let texts = |raw: &str| serde_json::from_str::<Vec<String>>(raw).map_err(|_| Invalid);
    let photos = body.get("photos", Reason::Content, texts)?;
    let content = match (link, photos) {
        (Some(_), Some(_)) => return Err(Fail::field(Reason::Content, "link")),
        (link, None) => {
            let link = link.map(|link| WebUrl::page(&link).map(|url| url.as_str().to_owned()));
            let link = link.transpose().map_err(|_| Fail::field(Reason::Content, "link"))?;
            PageContent::Text { message, link }
        }
        (None, Some(photos)) if photos.len() > PHOTOS => return Err(Fail::field(Reason::Content, "photos")),
        (None, Some(photos)) => {
            let urls: Result<_, _> = photos.iter().map(|photo| url(photo, "photos")).collect();
            PageContent::Photos { message, urls: urls? }
        }
    };
    let time = |raw: &str| raw.parse::<u32>().map_err(|_| Invalid);
    let publish_at = body.get("publish_at", Reason::Content, time)?;
    let publish_at = publish_at.map(|at| Time::from_seconds(at.into()));
    let post = PagePost { content, publish_at };
    post.check(now)?;
    Ok(post)
}

/// Publishes it, once per idempotency key.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let now = web.app.clock.now();
    let deed = Object::parse(&call.body)
        .and_then(|body| Ok(Posting { connection: connection_id(&body)?, post: post(&body, now) }));
    deed::done(&web.app, call, deed).await
}
