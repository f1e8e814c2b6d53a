//! The texts clients read, and the languages they come in.
//!
//! A language is one file in `locales/` and one line in the list below; what it is called, how it is written and
//! what Facebook calls it stand in the file. English is the base: a key that another
//! language lacks falls back to it, and a key nobody has is shown as it is, because a page with an odd word on it
//! serves a client better than no page. The tests keep either from happening: all languages have the same keys and
//! placeholders, everything the templates use exists, and nothing is left over.
//!
//! Names that people chose go into sentences between Unicode isolation marks, so that a Hebrew name cannot turn an
//! English sentence around. [`Text::rich`] turns the marks into `<bdi>` elements.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use askama::filters::HtmlSafe;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use jetbridge_domain::clock::Time;
use unic_langid::LanguageIdentifier;

/// Fluent's marks around a value: first strong isolate, and its end.
const ISOLATE: char = '\u{2068}';
const ISOLATE_END: char = '\u{2069}';

macro_rules! languages {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)+) => {
        /// A language the pages speak.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Lang {
            $($(#[$doc])* $variant,)+
        }

        impl Lang {
            /// Every language, in the order of the language switch.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The code in `lang` attributes, in `?lang=` and in the contract's `locale`.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            const fn source(self) -> &'static str {
                match self {
                    $(Self::$variant => include_str!(concat!("../../../locales/", $code, ".ftl")),)+
                }
            }
        }

        impl Text {
            /// The texts of a language, read once per process.
            pub fn of(lang: Lang) -> &'static Self {
                match lang {
                    $(Lang::$variant => {
                        static TEXT: LazyLock<Text> = LazyLock::new(|| Text::load(Lang::$variant));
                        &TEXT
                    })+
                }
            }
        }
    };
}

languages! {
    /// English, the base.
    En = "en",
    /// Hebrew.
    He = "he",
    /// Arabic.
    Ar = "ar",
}

impl Lang {
    /// The language a locale or language tag asks for: `he`, `he-IL`, `he_IL`, and the old code `iw`.
    pub fn parse(locale: &str) -> Option<Self> {
        let language = locale.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        let language = if language == "iw" { "he" } else { language.as_str() };
        Self::ALL.iter().copied().find(|l| l.code() == language)
    }

    /// The writing direction, as in the `dir` attribute.
    pub fn dir(self) -> Cow<'static, str> {
        Text::of(self).get("language-dir")
    }

    /// The usual locale of Facebook's dialog in this language.
    pub fn dialog(self) -> Option<String> {
        dialog_locale(self.code())
    }

    /// What the language calls itself.
    pub fn name(self) -> Cow<'static, str> {
        Text::of(self).get("language-name")
    }
}

/// The language for a visitor: the first of the wishes that we speak, or else what the browser prefers, or else
/// English.
pub fn negotiate(wishes: &[Option<&str>], accept_language: Option<&str>) -> Lang {
    let spoken = wishes.iter().flatten().find_map(|locale| Lang::parse(locale));
    spoken.or_else(|| accept_language.and_then(preferred)).unwrap_or(Lang::En)
}

/// The locale of Facebook's dialog for a locale that somebody asked for: of our languages only those that Facebook
/// has, of others whatever names a country, such as `pt_BR`.
pub fn dialog_locale(locale: &str) -> Option<String> {
    let mut parts = locale.trim().split(['-', '_']);
    let language = parts.next()?.to_ascii_lowercase();
    let country = parts.next().filter(|c| c.len() == 2).map(str::to_ascii_uppercase);
    let Some(lang) = Lang::parse(locale) else { return Some(format!("{language}_{}", country?)) };
    let locales = Text::of(lang).get("language-dialog");
    let mut locales = locales.split_whitespace();
    let usual = locales.next()?;
    let asked = country.map(|country| format!("{}_{country}", lang.code()));
    Some(locales.find(|l| Some(*l) == asked.as_deref()).unwrap_or(usual).to_owned())
}

/// The best language of an `Accept-Language` header; among equals, the one that comes first in it.
fn preferred(header: &str) -> Option<Lang> {
    let ranges: Vec<(&str, f32)> = header.split(',').filter_map(range).collect();
    let mut best: Option<(Lang, f32, usize)> = None;
    for lang in Lang::ALL {
        let named = |range: &str| Lang::parse(range) == Some(*lang);
        // `*` speaks of the languages that the header does not name.
        let wanted =
            |range: &str| if ranges.iter().any(|r| named(r.0)) { named(range) } else { range == "*" };
        for (place, (range, weight)) in ranges.iter().enumerate() {
            let better = best.is_none_or(|(_, w, p)| *weight > w || (*weight >= w && place < p));
            if *weight > 0.0 && wanted(range) && better {
                best = Some((*lang, *weight, place));
            }
        }
    }
    best.map(|(lang, ..)| lang)
}

/// A language range of `Accept-Language`, and how much it is wanted; nothing where that is no weight.
fn range(item: &str) -> Option<(&str, f32)> {
    let mut parts = item.split(';').map(str::trim);
    let range = parts.next().filter(|r| !r.is_empty())?;
    let weight = parts.find_map(|p| {
        let (name, weight) = p.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| weight.trim())
    });
    let weight = weight.map_or(Ok(1.0), str::parse).ok()?;
    (0.0..=1.0).contains(&weight).then_some((range, weight))
}

/// The texts of one language.
pub struct Text {
    lang: Lang,
    bundle: FluentBundle<FluentResource>,
}

impl Text {
    fn load(lang: Lang) -> Self {
        let id: LanguageIdentifier = lang.code().parse().unwrap_or_default();
        let mut bundle = FluentBundle::new_concurrent(vec![id]);
        // A broken entry is left out and falls back; the tests refuse such a file.
        let (Ok(resource) | Err((resource, _))) = FluentResource::try_new(lang.source().to_owned());
        bundle.add_resource_overriding(resource);
        Self { lang, bundle }
    }

    /// Which language this is.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// A text without placeholders.
    pub fn get(&self, key: &str) -> Cow<'static, str> {
        Cow::Owned(self.format(key, None))
    }

    /// A text with its placeholders filled in. Plain text, with isolation marks around the values.
    pub fn with(&self, key: &str, args: &[(&str, &str)]) -> String {
        let mut filled = FluentArgs::with_capacity(args.len());
        for (name, value) in args {
            filled.set(*name, without_marks(value));
        }
        self.format(key, Some(&filled))
    }

    /// The same for a page: escaped, and each value in a `<bdi>` of its own.
    pub fn rich(&self, key: &str, args: &[(&str, &str)]) -> Html {
        Html::from_plain(&self.with(key, args))
    }

    /// A text that depends on a number, in the plural form the language has for it.
    pub fn rich_count(&self, key: &str, n: i64) -> Html {
        let mut args = FluentArgs::with_capacity(1);
        args.set("n", n);
        Html::from_plain(&self.format(key, Some(&args)))
    }

    /// The day of a moment, in UTC, written out.
    pub fn date(&self, at: Time) -> String {
        let Ok(at) = jiff::Timestamp::from_microsecond(at.as_micros()) else { return String::new() };
        let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let month = self.get(&format!("month-{}", day.month()));
        let written = self.with(
            "date",
            &[("day", &day.day().to_string()), ("month", &month), ("year", &day.year().to_string())],
        );
        without_marks(&written).into_owned()
    }

    fn format(&self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let Some(pattern) = self.bundle.get_message(key).and_then(|m| m.value()) else {
            return if self.lang == Lang::En { key.to_owned() } else { Self::of(Lang::En).format(key, args) };
        };
        let mut ignored = Vec::new();
        self.bundle.format_pattern(pattern, args, &mut ignored).into_owned()
    }
}

/// A value must not close the isolation it stands in.
fn without_marks(value: &str) -> Cow<'_, str> {
    if value.contains([ISOLATE, ISOLATE_END]) {
        Cow::Owned(value.replace([ISOLATE, ISOLATE_END], ""))
    } else {
        Cow::Borrowed(value)
    }
}

/// Text that is HTML already: escaped, isolated, and safe to put on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Html(String);

impl Html {
    fn from_plain(text: &str) -> Self {
        let mut out = String::with_capacity(text.len() + 32);
        for c in text.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                ISOLATE => out.push_str("<bdi>"),
                ISOLATE_END => out.push_str("</bdi>"),
                c => out.push(c),
            }
        }
        Self(out)
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Html {}

#[cfg(test)]
mod tests;
