//! `POST /api/facebook/uploadAttachment`: a file that Meta keeps, to be sent more than once.

use axum::extract::State;
use jetbridge_domain::id::{ActId, ConnectionId};
use jetbridge_domain::media::Media;
use jetbridge_domain::message::MediaKind;
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_domain::url::WebUrl;
use jetbridge_meta::MetaError;
use serde::Serialize;

use super::listing::CONNECTION;
use super::send_message::media_kind;
use crate::app::App;
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed::{self, Deed, Done, Errand};
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Kind, Method, Operation, must};
use crate::http::router::Web;

/// What partners read of it.
pub const DOC: Operation = Operation {
    area: "facebook",
    name: "uploadAttachment",
    method: Method::Post,
    summary: "Upload a file to send it more than once",
    text: "For types 1 and 2: Meta fetches the file and keeps it for 90 days. Its id is used in sendMessage, by this \
           connection only.",
    keyed: true,
    input: &[
        CONNECTION,
        must("kind", Kind::Word(&["image", "audio", "video", "file"]), "What it is shown as."),
        must("url", Kind::Text, "Its public address."),
    ],
    answer: &[must("attachment_id", Kind::Text, "The file's id.")],
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
    sample: || Ok(Answer::fine(&Uploaded { attachment_id: "1857777774821032" })?),
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","kind":"image","url":"https://shop.example.com/roses.jpg"}"#,
    ..Operation::BASE
};

#[derive(Serialize)]
struct Uploaded<'a> {
    attachment_id: &'a str,
}

#[derive(Clone)]
struct Upload {
    connection: ConnectionId,
    /// What and where, or what is wrong with it.
    file: Result<(MediaKind, WebUrl), Fail>,
}

impl Deed for Upload {
    const ENDPOINT: &'static str = "uploadAttachment";

    fn connection(&self) -> &ConnectionId {
        &self.connection
    }

    fn fits(&self, product: Product) -> Result<(), Fail> {
        if !matches!(product, Product::Messenger | Product::InstagramMessaging) {
            return Err(Fail::of(Reason::NotOffered));
        }
        self.file.as_ref().map(|_| ()).map_err(Clone::clone)
    }

    fn media(&self, product: Product) -> Vec<Media> {
        let file = self.file.iter();
        file.map(|(kind, url)| Media::of_message("url", url.as_str(), *kind, product.platform())).collect()
    }

    async fn perform(&self, app: &App, errand: &Errand) -> Result<Done, MetaError> {
        let (kind, url) = self.file.as_ref().map_err(|_| MetaError::NotSent("a file that is none"))?;
        let (page, platform) = (&errand.connection.page_id, errand.connection.product.platform());
        let id = app.meta.upload_attachment(page, &errand.token, platform, *kind, url.as_str()).await?;
        let answer = Answer::fine(&Uploaded { attachment_id: &id });
        Ok(Done { result: id, answer })
    }

    fn recalled(&self, _: &ActId, result: &str) -> Result<Answer, Fail> {
        Answer::fine(&Uploaded { attachment_id: result })
    }
}

fn upload(body: &[u8]) -> Result<Upload, Fail> {
    let body = Object::parse(body)?;
    let kind = body.text("kind", Reason::Content).and_then(|kind| {
        kind.as_deref().and_then(media_kind).ok_or_else(|| Fail::field(Reason::Content, "kind"))
    });
    let file = kind.and_then(|kind| {
        let url = body.text("url", Reason::MediaUrl)?;
        let url = url.and_then(|url| WebUrl::media(&url).ok());
        Ok((kind, url.ok_or_else(|| Fail::field(Reason::MediaUrl, "url"))?))
    });
    Ok(Upload { connection: connection_id(&body)?, file })
}

/// Uploads it, once per idempotency key.
pub async fn handler(State(web): State<Web>, call: Call) -> Answer {
    let deed = upload(&call.body);
    deed::done(&web.app, call, deed).await
}
