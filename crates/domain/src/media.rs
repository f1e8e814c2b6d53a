//! Files at public addresses that Meta is asked to fetch: what they may be, and what speaks against one.
//!
//! As with [`crate::limits`], only what Meta certainly refuses is refused: where a server does not say what a
//! file is or how large, or cannot be reached from here, Meta's answer is the truth.

use crate::message::{self, MediaKind, Platform};
use crate::post::{InstagramContent, InstagramPost, PageContent, PagePost, Slide};

/// A file that Meta is to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// The contract's name of the field that its address stands in.
    pub field: &'static str,
    /// Its address.
    pub url: String,
    /// How many bytes it may have, where Meta says so.
    pub most_bytes: Option<u64>,
    /// What it may be, where Meta says so.
    pub types: Types,
}

/// The media types that Meta takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Types {
    /// Any.
    Any,
    /// Any that begins so: `image/`.
    Of(&'static str),
    /// These.
    These(&'static [&'static str]),
}

/// Why Meta cannot use a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unusable {
    /// It leads into a network that is not public.
    NotPublic,
    /// Its server does not hand it out.
    NotThere,
    /// It leads elsewhere and elsewhere again.
    Redirects,
    /// It is something else.
    WrongKind,
    /// It has too many bytes.
    TooLarge,
}

impl Unusable {
    /// The words of all of them.
    pub const WORDS: &'static [&'static str] =
        &["not_public", "not_there", "redirects", "wrong_kind", "too_large"];

    /// The word that partners get.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotPublic => "not_public",
            Self::NotThere => "not_there",
            Self::Redirects => "redirects",
            Self::WrongKind => "wrong_kind",
            Self::TooLarge => "too_large",
        }
    }
}

/// What servers call a file that they know nothing about.
const UNKNOWN: [&str; 2] = ["application/octet-stream", "binary/octet-stream"];
/// Pages API: the formats of a photo.
const PHOTO: Types =
    Types::These(&["image/jpeg", "image/bmp", "image/x-ms-bmp", "image/png", "image/gif", "image/tiff"]);
/// Instagram's content publishing takes nothing else.
const JPEG: Types = Types::These(&["image/jpeg", "image/jpg", "image/pjpeg"]);
const FILM: Types = Types::These(&["video/mp4", "video/quicktime", "application/mp4"]);
const MIB: u64 = 1024 * 1024;

impl Media {
    /// A file in a message.
    pub fn of_message(field: &'static str, url: &str, kind: MediaKind, platform: Platform) -> Self {
        let types = match (message::media_types(platform, kind), kind) {
            (Some(types), _) => Types::These(types),
            (None, MediaKind::Image) => Types::Of("image/"),
            // Sound in a film's container is sent as sound too.
            (None, MediaKind::Audio | MediaKind::File) => Types::Any,
            (None, MediaKind::Video) => Types::Of("video/"),
        };
        Self { field, url: url.to_owned(), most_bytes: Some(message::most_bytes(kind)), types }
    }

    /// The files of a Page's post.
    pub fn of_page_post(post: &PagePost) -> Vec<Self> {
        let file = |field, url: &String, types| Self { field, url: url.clone(), most_bytes: None, types };
        match &post.content {
            PageContent::Text { .. } => Vec::new(),
            PageContent::Photos { urls, .. } => urls.iter().map(|url| file("photos", url, PHOTO)).collect(),
            PageContent::Video { url, .. } => vec![file("video", url, Types::Of("video/"))],
        }
    }

    /// The files of an Instagram post.
    pub fn of_instagram_post(post: &InstagramPost) -> Vec<Self> {
        let most_bytes = post.content.most_bytes();
        let file =
            |field, url: &str, most_bytes, types| Self { field, url: url.to_owned(), most_bytes, types };
        let slide = |field, slide: &Slide| match slide {
            Slide::Image(image) => file(field, &image.url, Some(8 * MIB), JPEG),
            Slide::Video(url) => file(field, url, most_bytes, FILM),
        };
        match &post.content {
            InstagramContent::Image(image) => vec![file("image", &image.url, most_bytes, JPEG)],
            InstagramContent::Reel { url, cover_url, .. } => {
                let cover = cover_url.iter().map(|url| file("reel", url, Some(8 * MIB), JPEG));
                std::iter::once(file("reel", url, most_bytes, FILM)).chain(cover).collect()
            }
            InstagramContent::Story(one) => vec![slide("story", one)],
            InstagramContent::Carousel(slides) => slides.iter().map(|one| slide("carousel", one)).collect(),
        }
    }

    /// Whether Meta can use it, by what its server says of it.
    pub fn check(&self, media_type: Option<&str>, length: Option<u64>) -> Result<(), Unusable> {
        if let (Some(most), Some(length)) = (self.most_bytes, length)
            && length > most
        {
            return Err(Unusable::TooLarge);
        }
        let Some(kind) = media_type.filter(|kind| !UNKNOWN.contains(kind)) else { return Ok(()) };
        let fits = match self.types {
            Types::Any => true,
            Types::Of(family) => kind.starts_with(family),
            Types::These(types) => types.contains(&kind),
        };
        if fits { Ok(()) } else { Err(Unusable::WrongKind) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post::Image;

    fn image(platform: Platform) -> Media {
        Media::of_message("attachment", "https://a.example/a", MediaKind::Image, platform)
    }

    #[test]
    fn what_a_server_says_decides_and_what_it_does_not_say_does_not() {
        use Unusable::{TooLarge, WrongKind};
        let image = image(Platform::Messenger);
        for (media_type, length, judged) in [
            (Some("image/png"), Some(8_388_608), Ok(())),
            (Some("image/png"), Some(8_388_609), Err(TooLarge)),
            (Some("text/html"), Some(10), Err(WrongKind)),
            (Some("image/webp"), None, Err(WrongKind)),
            (Some("binary/octet-stream"), None, Ok(())),
            (None, None, Ok(())),
        ] {
            assert_eq!(image.check(media_type, length), judged, "{media_type:?} {length:?}");
        }
        let file = |kind, platform| Media::of_message("attachment", "https://a.example/a", kind, platform);
        assert_eq!(file(MediaKind::File, Platform::Messenger).check(Some("text/html"), None), Ok(()));
        assert_eq!(file(MediaKind::File, Platform::Instagram).check(Some("text/html"), None), Err(WrongKind));
        assert_eq!(
            file(MediaKind::Video, Platform::Messenger).check(Some("text/html"), None),
            Err(WrongKind)
        );
    }

    #[test]
    fn every_reason_has_its_word() {
        use Unusable::{NotPublic, NotThere, Redirects, TooLarge, WrongKind};
        let words = [NotPublic, NotThere, Redirects, WrongKind, TooLarge].map(Unusable::word);
        assert_eq!(words, *Unusable::WORDS);
    }

    #[test]
    fn every_file_of_a_post_is_named() {
        let urls = |media: Vec<Media>| media.into_iter().map(|m| (m.field, m.url)).collect::<Vec<_>>();
        let of = |content| {
            urls(Media::of_instagram_post(&InstagramPost { content, caption: None, collaborators: vec![] }))
        };
        let picture = || Image { url: "a".to_owned(), alt_text: None };
        assert_eq!(of(InstagramContent::Image(picture())), [("image", "a".to_owned())]);
        let slides = vec![Slide::Image(picture()), Slide::Video("b".to_owned())];
        let both = [("carousel", "a".to_owned()), ("carousel", "b".to_owned())];
        assert_eq!(of(InstagramContent::Carousel(slides)), both);
        let reel = InstagramContent::Reel {
            url: "b".to_owned(),
            cover_url: Some("c".to_owned()),
            thumb_offset: None,
            share_to_feed: None,
        };
        assert_eq!(of(reel), [("reel", "b".to_owned()), ("reel", "c".to_owned())]);
        let content = PageContent::Photos { message: String::new(), urls: vec!["d".to_owned()] };
        assert_eq!(
            urls(Media::of_page_post(&PagePost { content, publish_at: None })),
            [("photos", "d".to_owned())]
        );
    }
}
