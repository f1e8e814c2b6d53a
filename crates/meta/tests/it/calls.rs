//! Every call the client can make, each with everything it can be given, for the tests that are about
//! all of them.

use std::error::Error;
use std::fmt::Debug;

use jetbridge_domain::clock::Time;
use jetbridge_domain::message::{Action, Content, MediaKind, Message, Platform, Recipient};
use jetbridge_domain::post::{Image, InstagramContent, InstagramPost, PageContent, PagePost, Slide};
use jetbridge_domain::secret::Secret;
use jetbridge_meta::{GraphMethod, Meta, MetaError, Network, Part, Shelf};

/// A call's name and what came of it, printed in every way it can be.
pub(crate) type Told = (&'static str, String);

pub(crate) fn told<T: Debug>(outcome: Result<T, MetaError>) -> String {
    match outcome {
        Ok(value) => format!("{value:?} {value:#?}"),
        Err(error) => {
            let mut text = format!("{error} {error:?} {error:#?} {:?}", error.refusal());
            let mut source = error.source();
            while let Some(cause) = source {
                text = format!("{text} {cause} {cause:?} {cause:#?}");
                source = cause.source();
            }
            text
        }
    }
}

pub(crate) async fn login(
    meta: &Meta,
    user: &Secret,
    page: &Secret,
    code: &Secret,
    verify: &Secret,
) -> Vec<Told> {
    vec![
        ("exchange_code", told(meta.exchange_code(code).await)),
        ("long_lived", told(meta.long_lived(user).await)),
        ("inspect", told(meta.inspect(page).await)),
        ("permissions", told(meta.permissions(user).await)),
        ("deauthorize", told(meta.deauthorize("7").await)),
        ("pages", told(meta.pages(user, true).await)),
        ("page_token", told(meta.page_token(user, "7", false).await)),
        ("subscribe_page", told(meta.subscribe_page("7", page, &["feed"]).await)),
        ("page_subscription", told(meta.page_subscription("7", page).await)),
        ("unsubscribe_page", told(meta.unsubscribe_page("7", page).await)),
        ("subscribe_app", told(meta.subscribe_app("page", "https://a.example", verify, &["feed"]).await)),
        ("app_subscriptions", told(meta.app_subscriptions().await)),
    ]
}

fn part() -> Part {
    Part { limit: 5, after: Some("A".to_owned()) }
}

pub(crate) async fn talking(meta: &Meta, page: &Secret) -> Vec<Told> {
    let message = Message {
        to: Recipient::Person("5".to_owned()),
        content: Content::Text("hi".to_owned()),
        quick_replies: Vec::new(),
        reply_to: Some("m_1".to_owned()),
        human_agent: true,
        metadata: Some("ours".to_owned()),
    };
    let react = Action::React { message_id: "m_1".to_owned(), reaction: "love".to_owned() };
    let (messenger, instagram) = (Platform::Messenger, Platform::Instagram);
    let (url, kind) = ("https://a.example/a", MediaKind::File);
    vec![
        ("send", told(meta.send("7", page, &message).await)),
        ("act", told(meta.act("7", page, "5", &react).await)),
        ("upload_attachment", told(meta.upload_attachment("7", page, messenger, kind, url).await)),
        ("profile", told(meta.profile("5", page, messenger).await)),
        ("conversations", told(meta.conversations("7", page, instagram, Some("5"), &part()).await)),
        ("messages", told(meta.messages("t_1", page, instagram, &part()).await)),
    ]
}

pub(crate) async fn publishing(meta: &Meta, page: &Secret) -> Vec<Told> {
    let url = || "https://a.example/a".to_owned();
    let publish_at = Some(Time::from_seconds(1_800_000_000));
    let (message, title, link) = ("hi".to_owned(), Some("hi".to_owned()), Some(url()));
    let text = PagePost { content: PageContent::Text { message: message.clone(), link }, publish_at };
    let photos = |count| {
        let content = PageContent::Photos { message: message.clone(), urls: vec![url(); count] };
        PagePost { content, publish_at }
    };
    let video =
        PagePost { content: PageContent::Video { message: message.clone(), title, url: url() }, publish_at };
    let two = ["1".to_owned(), "2".to_owned()];
    let image = Image { url: url(), alt_text: Some("A".to_owned()) };
    let slides = [Slide::Image(image.clone()), Slide::Video(url())];
    let shown = |content| InstagramPost {
        content,
        caption: Some("hi".to_owned()),
        collaborators: vec!["ada".to_owned()],
    };
    let reel = shown(InstagramContent::Reel {
        url: url(),
        cover_url: Some(url()),
        thumb_offset: Some(1),
        share_to_feed: Some(true),
    });
    let album = shown(InstagramContent::Carousel(slides.to_vec()));
    vec![
        ("upload_photo", told(meta.upload_photo("7", page, &url(), true).await)),
        ("a text", told(meta.create_page_post("7", page, &text, &[]).await)),
        ("a photo", told(meta.create_page_post("7", page, &photos(1), &[]).await)),
        ("two photos", told(meta.create_page_post("7", page, &photos(2), &two).await)),
        ("a video", told(meta.create_page_post("7", page, &video, &[]).await)),
        ("the feed", told(meta.page_posts("7", page, Shelf::Feed, &part()).await)),
        ("published posts", told(meta.page_posts("7", page, Shelf::Published, &part()).await)),
        ("scheduled posts", told(meta.page_posts("7", page, Shelf::Scheduled, &part()).await)),
        ("visitors' posts", told(meta.page_posts("7", page, Shelf::Visitors, &part()).await)),
        ("delete_post", told(meta.delete_post("7_9", page).await)),
        ("video_status", told(meta.video_status("13", page).await)),
        ("create_slide", told(meta.create_slide("17841", page, &slides[0]).await)),
        ("a reel", told(meta.create_container("17841", page, &reel, &[]).await)),
        (
            "an image",
            told(meta.create_container("17841", page, &shown(InstagramContent::Image(image)), &[]).await),
        ),
        ("an album", told(meta.create_container("17841", page, &album, &two).await)),
        ("container_status", told(meta.container_status("179", page).await)),
        ("publish_container", told(meta.publish_container("17841", page, "179").await)),
        ("publishing_quota", told(meta.publishing_quota("17841", page).await)),
        ("instagram_media", told(meta.instagram_media("17841", page, &part()).await)),
    ]
}

pub(crate) async fn other(meta: &Meta, page: &Secret) -> Vec<Told> {
    let (facebook, instagram) = (Network::Facebook, Network::Instagram);
    let since = Some(Time::from_seconds(1_700_000_000));
    // Meta's own words come back as they are; which of them are not, is for the tests of that call.
    let graph = meta.graph(GraphMethod::Get, &["7"], &[], page).await.map(|_| ());
    vec![
        ("comments", told(meta.comments("7_9", page, facebook, &part()).await)),
        ("Instagram's comments", told(meta.comments("18", page, instagram, &part()).await)),
        ("comment", told(meta.comment("18", page, "hi").await)),
        ("reply_comment", told(meta.reply_comment("179", page, instagram, "hi").await)),
        ("hide_comment", told(meta.hide_comment("9_1", page, facebook, true).await)),
        ("hide_comment on Instagram", told(meta.hide_comment("179", page, instagram, true).await)),
        ("delete_comment", told(meta.delete_comment("9_1", page).await)),
        ("like_comment", told(meta.like_comment("9_1", page, true).await)),
        ("like_comment, back", told(meta.like_comment("9_1", page, false).await)),
        ("lead_forms", told(meta.lead_forms("7", page, &part()).await)),
        ("leads", told(meta.leads("55", page, since, true, &part()).await)),
        ("lead", told(meta.lead("44", page, true).await)),
        ("lead_access", told(meta.lead_access("7", page, "122").await)),
        ("graph", told(graph)),
    ]
}
