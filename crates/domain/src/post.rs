//! What can be published, and what Meta takes of it (Pages API: posts; Instagram Platform: content
//! publishing).

use serde::{Deserialize, Serialize};

use crate::clock::{Span, Time};
use crate::limits::{Unfit, Unit, at_least, at_most, filled, length};

/// A post on a Page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PagePost {
    /// What it shows.
    pub content: PageContent,
    /// When Meta is to publish it; none for now.
    pub publish_at: Option<Time>,
}

/// What a Page's post shows. The texts may be empty where there is something else to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PageContent {
    /// A text, a link or both.
    Text {
        /// The text.
        message: String,
        /// The address that Meta makes a preview of.
        link: Option<String>,
    },
    /// Photos, by their public addresses.
    Photos {
        /// The text over them.
        message: String,
        /// Where they are.
        urls: Vec<String>,
    },
    /// A film.
    Video {
        /// The text over it.
        message: String,
        /// Its title.
        title: Option<String>,
        /// Where it is.
        url: String,
    },
}

/// A post on Instagram.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstagramPost {
    /// What it shows.
    pub content: InstagramContent,
    /// The text under it, mentions and hashtags included. A story shows none.
    pub caption: Option<String>,
    /// Accounts asked to be named as authors too, by their names after the `@`.
    pub collaborators: Vec<String>,
}

/// What an Instagram post shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum InstagramContent {
    /// A picture.
    Image(Image),
    /// A reel.
    Reel {
        /// Where the film is.
        url: String,
        /// Where its cover is.
        cover_url: Option<String>,
        /// Or which moment of the film is the cover, in milliseconds.
        thumb_offset: Option<u32>,
        /// Whether it is shown in the feed too; none leaves it to Instagram.
        share_to_feed: Option<bool>,
    },
    /// A story, gone after a day.
    Story(Slide),
    /// Two to ten pictures and films to swipe through.
    Carousel(Vec<Slide>),
}

/// A picture at a public address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Image {
    /// Where it is.
    pub url: String,
    /// What it shows, for those who cannot see it.
    pub alt_text: Option<String>,
}

/// One part of a carousel, or a story.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Slide {
    /// A picture.
    Image(Image),
    /// A film, by its public address.
    Video(String),
}

/// As maintained clients have found it; Meta's pages name no number.
const MESSAGE: usize = 63_206;
const SOONEST: Span = Span::minutes(10);
const LATEST: Span = Span::days(30);
const CAPTION: usize = 2200;
const HASHTAGS: usize = 30;
const MENTIONS: usize = 20;
const ALT_TEXT: usize = 1000;
const COLLABORATORS: usize = 3;
const SLIDES: (usize, usize) = (2, 10);
const MIB: u64 = 1024 * 1024;

impl PagePost {
    /// Whether Meta can take it at the moment `now`.
    pub fn check(&self, now: Time) -> Result<(), Unfit> {
        let message = match &self.content {
            PageContent::Text { message, link } => {
                if link.is_none() {
                    filled("text", message)?;
                }
                message
            }
            PageContent::Photos { message, urls } => {
                at_least("photos", urls.len(), 1)?;
                message
            }
            PageContent::Video { message, .. } => message,
        };
        length("text", message, MESSAGE, Unit::Characters)?;
        match self.publish_at {
            Some(at) if at < now.plus(SOONEST) => {
                Err(Unfit::TooEarly { field: "publish_at", least_minutes: SOONEST.as_seconds_up() / 60 })
            }
            Some(at) if at > now.plus(LATEST) => {
                Err(Unfit::TooLate { field: "publish_at", most_days: LATEST.as_seconds_up() / 86_400 })
            }
            _ => Ok(()),
        }
    }
}

impl InstagramPost {
    /// Whether Meta can take it.
    pub fn check(&self) -> Result<(), Unfit> {
        let caption = self.caption.as_deref().unwrap_or_default();
        length("caption", caption, CAPTION, Unit::Characters)?;
        at_most("caption.hashtags", marked(caption, '#'), HASHTAGS)?;
        at_most("caption.mentions", marked(caption, '@'), MENTIONS)?;
        at_most("collaborators", self.collaborators.len(), COLLABORATORS)?;
        match &self.content {
            InstagramContent::Image(image) => image.check(),
            InstagramContent::Reel { .. } => Ok(()),
            InstagramContent::Story(slide) => slide.check(),
            InstagramContent::Carousel(slides) => {
                at_least("carousel", slides.len(), SLIDES.0)?;
                at_most("carousel", slides.len(), SLIDES.1)?;
                slides.iter().try_for_each(Slide::check)
            }
        }
    }
}

impl Slide {
    fn check(&self) -> Result<(), Unfit> {
        match self {
            Self::Image(image) => image.check(),
            Self::Video(_) => Ok(()),
        }
    }
}

impl Image {
    fn check(&self) -> Result<(), Unfit> {
        length("alt_text", self.alt_text.as_deref().unwrap_or_default(), ALT_TEXT, Unit::Characters)
    }
}

/// How many words of a text begin with a mark. One inside a word, as in an e-mail address, marks nothing.
fn marked(text: &str, mark: char) -> usize {
    let of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    let before = std::iter::once(' ').chain(text.chars());
    let after = text.chars().skip(1).chain(std::iter::once(' '));
    let places = before.zip(text.chars()).zip(after);
    places.filter(|((before, c), after)| *c == mark && !of_a_word(*before) && of_a_word(*after)).count()
}

impl InstagramContent {
    /// How many bytes its file may have, of a carousel each: Meta writes "MB" and does not say of how
    /// many bytes; the larger reading is taken. None where its pages name no number.
    pub const fn most_bytes(&self) -> Option<u64> {
        Some(match self {
            Self::Image(_) | Self::Story(Slide::Image(_)) => 8 * MIB,
            Self::Reel { .. } => 300 * MIB,
            Self::Story(Slide::Video(_)) => 100 * MIB,
            Self::Carousel(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_seconds(1_800_000_000);

    fn saying(length: usize) -> PagePost {
        let content = PageContent::Text { message: "ä".repeat(length), link: None };
        PagePost { content, publish_at: None }
    }

    fn image(alt_text: usize) -> Image {
        Image { url: "https://a.example/a.jpg".to_owned(), alt_text: Some("a".repeat(alt_text)) }
    }

    fn captioned(caption: String) -> Result<(), Unfit> {
        let content = InstagramContent::Image(image(0));
        InstagramPost { content, caption: Some(caption), collaborators: Vec::new() }.check()
    }

    fn showing(content: InstagramContent, collaborators: usize) -> Result<(), Unfit> {
        InstagramPost { content, caption: None, collaborators: vec!["a".to_owned(); collaborators] }.check()
    }

    #[test]
    fn a_post_says_or_shows_something() {
        assert_eq!(saying(0).check(NOW), Err(Unfit::Empty { field: "text" }));
        assert_eq!(saying(63_206).check(NOW), Ok(()));
        assert!(saying(63_207).check(NOW).is_err());
        let post = |content| PagePost { content, publish_at: None }.check(NOW);
        let (message, link) = (String::new(), Some("https://a.example".to_owned()));
        assert_eq!(post(PageContent::Text { message: message.clone(), link }), Ok(()));
        let photos = |urls| post(PageContent::Photos { message: message.clone(), urls });
        assert_eq!(photos(vec![]), Err(Unfit::TooFew { field: "photos", least: 1 }));
        assert_eq!(photos(vec!["https://a.example/1.jpg".to_owned()]), Ok(()));
        let url = "https://a.example/v.mp4".to_owned();
        assert_eq!(post(PageContent::Video { message, title: None, url }), Ok(()));
    }

    #[test]
    fn a_page_plans_ten_minutes_to_thirty_days_ahead() {
        let at = |span| PagePost { publish_at: Some(NOW.plus(span)), ..saying(1) }.check(NOW);
        assert_eq!(at(Span::minutes(10)), Ok(()));
        assert_eq!(at(Span::days(30)), Ok(()));
        let early = Unfit::TooEarly { field: "publish_at", least_minutes: 10 };
        assert_eq!(at(Span::seconds(599)), Err(early));
        let late = Unfit::TooLate { field: "publish_at", most_days: 30 };
        assert_eq!(at(Span::seconds(30 * 86_400 + 1)), Err(late));
    }

    #[test]
    fn a_caption_has_a_length_and_few_marks() {
        assert_eq!(captioned("ä".repeat(2200)), Ok(()));
        assert_eq!(captioned("ä".repeat(2201)).unwrap_err().field(), "caption");
        assert_eq!(captioned("#a ".repeat(30)), Ok(()));
        assert_eq!(captioned("#a ".repeat(31)).unwrap_err().field(), "caption.hashtags");
        assert_eq!(captioned("@a ".repeat(20)), Ok(()));
        assert_eq!(captioned("@a ".repeat(21)).unwrap_err().field(), "caption.mentions");
    }

    #[test]
    fn a_mark_begins_a_word() {
        for (text, count) in
            [("", 0), ("#", 0), ("# a", 0), ("##a", 1), ("#a#b", 1), ("#a #ü", 2), ("a#b", 0), ("(#a)", 1)]
        {
            assert_eq!(marked(text, '#'), count, "{text}");
        }
        assert_eq!(marked("mail@shop.example, ask @shop", '@'), 1);
    }

    #[test]
    fn a_carousel_has_two_to_ten() {
        let slides = |count| showing(InstagramContent::Carousel(vec![Slide::Image(image(0)); count]), 0);
        assert_eq!((slides(2), slides(10)), (Ok(()), Ok(())));
        assert_eq!(slides(1), Err(Unfit::TooFew { field: "carousel", least: 2 }));
        assert_eq!(slides(11), Err(Unfit::TooMany { field: "carousel", most: 10 }));
    }

    #[test]
    fn what_pictures_show_is_told_briefly() {
        let long = || Slide::Image(image(1001));
        let video = || Slide::Video("https://a.example/v.mp4".to_owned());
        assert_eq!(showing(InstagramContent::Image(image(1000)), 3), Ok(()));
        assert_eq!(showing(InstagramContent::Image(image(0)), 4).unwrap_err().field(), "collaborators");
        for content in [
            InstagramContent::Image(image(1001)),
            InstagramContent::Story(long()),
            InstagramContent::Carousel(vec![video(), long()]),
        ] {
            assert_eq!(showing(content, 0).unwrap_err().field(), "alt_text");
        }
    }

    #[test]
    fn files_have_sizes() {
        let reel = InstagramContent::Reel {
            url: String::new(),
            cover_url: None,
            thumb_offset: None,
            share_to_feed: None,
        };
        assert_eq!(InstagramContent::Image(image(0)).most_bytes(), Some(8_388_608));
        assert_eq!(reel.most_bytes(), Some(314_572_800));
        assert_eq!(InstagramContent::Story(Slide::Video(String::new())).most_bytes(), Some(104_857_600));
        assert_eq!(InstagramContent::Story(Slide::Image(image(0))).most_bytes(), Some(8_388_608));
        assert_eq!(InstagramContent::Carousel(vec![]).most_bytes(), None);
    }
}
