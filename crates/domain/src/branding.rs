//! How a partner's name, words, colour and picture come into the client's pages.

use serde::{Serialize, Serializer};

use crate::color::Color;
use crate::id::LogoId;
use crate::inputs::{Invalid, Locale};
use crate::url::WebUrl;

/// A partner's own words: plain text, shown as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Words(String);

impl Words {
    /// At most `most` characters (Unicode scalar values), line ends allowed.
    pub fn parse(text: &str, most: usize) -> Result<Self, Invalid> {
        let odd = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        if text.chars().count() > most || text.chars().any(odd) {
            Err(Invalid)
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The same, all on one line.
    pub fn line(text: &str, most: usize) -> Result<Self, Invalid> {
        if text.chars().any(char::is_control) { Err(Invalid) } else { Self::parse(text, most) }
    }

    /// A message to the client, or what is said at the end: at most 200 characters.
    pub fn message(text: &str) -> Result<Self, Invalid> {
        Self::parse(text, 200)
    }

    /// A button's text: at most 50 characters on one line.
    pub fn button(text: &str) -> Result<Self, Invalid> {
        Self::line(text, 50)
    }

    /// A display name: at most 100 characters on one line.
    pub fn name(text: &str) -> Result<Self, Invalid> {
        Self::line(text, 100)
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Where a picture is to be fetched from: https, named as a png or jpg, at most 512 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct LogoUrl(WebUrl);

impl LogoUrl {
    /// From the partner's text. What is really there is looked at when it is fetched.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let url = WebUrl::parse(text, 512)?;
        let parsed = url::Url::parse(text).map_err(|_| Invalid)?;
        let path = parsed.path().to_ascii_lowercase();
        let named = [".png", ".jpg", ".jpeg"].iter().any(|end| path.ends_with(end));
        if parsed.scheme() == "https" && named { Ok(Self(url)) } else { Err(Invalid) }
    }

    /// The text as it was given.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// How a partner appears on the client's pages. What is absent is said in our own words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Branding {
    /// The name clients see, where it is not the account's.
    pub display_name: Option<Words>,
    /// The picture.
    pub logo: Option<LogoUrl>,
    /// A word on the first page.
    pub message: Option<Words>,
    /// The text of the first page's button.
    pub button: Option<Words>,
    /// A word when it is done.
    pub success: Option<Words>,
    /// A word when it does not go on.
    pub failed: Option<Words>,
    /// The language where neither the link nor the client chose one.
    pub locale: Option<Locale>,
    /// The colour.
    pub color: Option<Color>,
    /// Where the client goes after finishing.
    pub success_url: Option<WebUrl>,
    /// Where the client may go when it does not go on.
    pub failure_url: Option<WebUrl>,
}

/// A change to one setting.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Change<T> {
    /// Nothing was said about it.
    #[default]
    Keep,
    /// It goes.
    Clear,
    /// It becomes this.
    Set(T),
}

impl<T: Clone> Change<T> {
    /// Carries it out.
    pub fn apply(&self, to: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *to = None,
            Self::Set(value) => *to = Some(value.clone()),
        }
    }

    /// Whether anything was said.
    pub const fn is_keep(&self) -> bool {
        matches!(self, Self::Keep)
    }
}

impl<T: Serialize> Serialize for Change<T> {
    /// As the answer says what was set: an empty text where it was cleared.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => serializer.serialize_str(""),
            Self::Set(value) => value.serialize(serializer),
        }
    }
}

/// What a partner asks for with `setBusiness`, parsed.
#[derive(Debug, Clone, Default)]
pub struct NewBranding {
    /// The name clients see.
    pub display_name: Change<Words>,
    /// The picture.
    pub logo: Change<LogoUrl>,
    /// A word on the first page.
    pub message: Change<Words>,
    /// The text of the first page's button.
    pub button: Change<Words>,
    /// A word when it is done.
    pub success: Change<Words>,
    /// A word when it does not go on.
    pub failed: Change<Words>,
    /// The language.
    pub locale: Change<Locale>,
    /// The colour.
    pub color: Change<Color>,
    /// Where the client goes after finishing.
    pub success_url: Change<WebUrl>,
    /// Where the client may go when it does not go on.
    pub failure_url: Change<WebUrl>,
}

impl NewBranding {
    /// Carries the changes out.
    pub fn apply(&self, to: &mut Branding) {
        self.display_name.apply(&mut to.display_name);
        self.logo.apply(&mut to.logo);
        self.message.apply(&mut to.message);
        self.button.apply(&mut to.button);
        self.success.apply(&mut to.success);
        self.failed.apply(&mut to.failed);
        self.locale.apply(&mut to.locale);
        self.color.apply(&mut to.color);
        self.success_url.apply(&mut to.success_url);
        self.failure_url.apply(&mut to.failure_url);
    }
}

/// The kinds of pictures that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureKind {
    /// PNG.
    Png,
    /// JPEG.
    Jpeg,
}

impl PictureKind {
    /// The content type it is served as.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// From that text.
    pub fn from_content_type(text: &str) -> Option<Self> {
        [Self::Png, Self::Jpeg].into_iter().find(|k| k.content_type() == text)
    }
}

/// Why a partner's picture is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoTrouble {
    /// Its address cannot be asked, or leads to one that is not public.
    Address,
    /// Its server did not answer, or not with the picture.
    Unanswered,
    /// It is larger than [`LOGO_AT_MOST`] bytes.
    TooLarge,
    /// It is neither a png nor a jpg, whatever its name says.
    WrongKind,
    /// It is wider or higher than [`LOGO_SIDE_AT_MOST`].
    TooManyPixels,
}

/// The bytes a picture may have.
pub const LOGO_AT_MOST: usize = 200 * 1024;

/// The pixels that a side of a picture may have: a small file can unfold into gigabytes.
pub const LOGO_SIDE_AT_MOST: u32 = 4096;

impl LogoTrouble {
    /// Every trouble.
    pub const ALL: [Self; 5] =
        [Self::Address, Self::Unanswered, Self::TooLarge, Self::WrongKind, Self::TooManyPixels];

    /// The word in answers and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Address => "address_refused",
            Self::Unanswered => "not_answered",
            Self::TooLarge => "too_large",
            Self::WrongKind => "wrong_kind",
            Self::TooManyPixels => "too_many_pixels",
        }
    }

    /// From that word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|t| t.word() == word)
    }

    /// Whether it may be better the next time.
    pub const fn may_pass(self) -> bool {
        matches!(self, Self::Unanswered)
    }
}

/// A partner's picture: where it comes from, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logo {
    /// Its name; part of the address it is served under.
    pub id: LogoId,
    /// Where it is fetched from.
    pub url: LogoUrl,
    /// How far it is.
    pub state: LogoState,
}

/// How far a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoState {
    /// To be fetched, for the first time or again.
    Waiting,
    /// Kept.
    Kept(PictureKind),
    /// It could not be had.
    Failed(LogoTrouble),
}

impl LogoState {
    /// The word in answers.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Kept(_) => "kept",
            Self::Failed(_) => "failed",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_in_characters_and_hold_no_controls() {
        assert!(Words::message(&"\u{1F600}".repeat(200)).is_ok());
        assert!(Words::message(&"x".repeat(201)).is_err());
        assert!(Words::message("two\nlines").is_ok());
        for wrong in ["a\u{0}b", "a\u{1b}[0m", "a\u{7f}"] {
            assert!(Words::message(wrong).is_err(), "{wrong:?}");
        }
        assert!(Words::button("two\nlines").is_err());
        assert!(Words::button(&"x".repeat(51)).is_err());
        assert!(Words::name(&"x".repeat(100)).is_ok());
    }

    #[test]
    fn a_logo_is_an_https_address_of_a_picture() {
        for right in [
            "https://a.example/l.png",
            "https://a.example/l.JPG?v=2",
            "HTTPS://a.example/x/y.jpeg",
            "https://a.example/%20.png",
        ] {
            assert_eq!(LogoUrl::parse(right).as_ref().map(LogoUrl::as_str), Ok(right));
        }
        let long = format!("https://a.example/{}.png", "x".repeat(512));
        for wrong in [
            "http://a.example/l.png",
            "https://a.example/l.gif",
            "https://a.example/l",
            "https://a.example/?l.png",
            "https://a.example/#l.png",
            "https://u@a.example/l.png",
            "https:///l.png",
            "l.png",
            "",
            "data:image/png;base64,AA.png",
            &long,
        ] {
            assert_eq!(LogoUrl::parse(wrong), Err(Invalid), "{wrong}");
        }
    }

    #[test]
    fn a_change_keeps_clears_or_sets() {
        let mut name = Some(Words::name("old").unwrap());
        Change::Keep.apply(&mut name);
        assert_eq!(name.as_ref().map(Words::as_str), Some("old"));
        Change::Set(Words::name("new").unwrap()).apply(&mut name);
        assert_eq!(name.as_ref().map(Words::as_str), Some("new"));
        Change::Clear.apply(&mut name);
        assert_eq!(name, None);
    }

    #[test]
    fn troubles_read_back() {
        for trouble in LogoTrouble::ALL {
            assert_eq!(LogoTrouble::from_word(trouble.word()), Some(trouble));
        }
        for kind in [PictureKind::Png, PictureKind::Jpeg] {
            assert_eq!(PictureKind::from_content_type(kind.content_type()), Some(kind));
        }
    }
}
