//! Inputs that cannot be wrong once parsed: what a partner sends with a link, and pages of lists.
//! Each type's `parse` takes the raw JSON text of its field, since an integer of 50 digits must
//! come back to the last one and `1.0` is not the integer 1.

use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use crate::clock::Span;
use crate::product::{Product, Products};

/// A field is not what the contract asks for. Which reason that is, is known where it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value is not of the form asked for")]
pub struct Invalid;

/// The text of a JSON string; `Invalid` for other kinds and for a text with U+0000, which
/// PostgreSQL cannot keep.
pub fn string(raw: &str) -> Result<String, Invalid> {
    let text: String = serde_json::from_str(raw).map_err(|_| Invalid)?;
    if text.contains('\0') { Err(Invalid) } else { Ok(text) }
}

fn integer(raw: &str) -> Result<&str, Invalid> {
    let digits = raw.strip_prefix('-').unwrap_or(raw);
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if plain { Ok(raw) } else { Err(Invalid) }
}

/// The partner's own word for a link: at most 50 Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reference(String);

impl Reference {
    /// The most characters it may have.
    pub const MOST: usize = 50;

    /// From the raw JSON of the field: a string, or an integer, which is taken as its digits.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = if raw.starts_with('"') { string(raw)? } else { integer(raw)?.to_owned() };
        Self::from_text(text)
    }

    /// From plain text, as it stands in the database or a query.
    pub fn from_text(text: String) -> Result<Self, Invalid> {
        if text.chars().count() <= Self::MOST && !text.contains('\0') { Ok(Self(text)) } else { Err(Invalid) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An integer from 0 up with at most 50 digits, kept to the last digit (`account_id`, `inbox_id`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digits(String);

impl Digits {
    /// The most digits it may have.
    pub const MOST: usize = 50;

    /// From the raw JSON of the field, or from the database.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let digits = integer(raw)?;
        let leading_zero = digits.len() > 1 && digits.starts_with('0');
        if digits.starts_with('-') || digits.len() > Self::MOST || leading_zero {
            return Err(Invalid);
        }
        Ok(Self(digits.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Serialize for Digits {
    /// As a JSON integer. Only straight to text: a `serde_json::Value` would round it.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        RawValue::from_string(self.0.clone()).map_err(serde::ser::Error::custom)?.serialize(serializer)
    }
}

/// The product named by the contract's `type`, from the raw JSON of the field.
pub fn product(raw: &str) -> Result<Product, Invalid> {
    integer(raw)?.parse().ok().and_then(Product::from_number).ok_or(Invalid)
}

/// The products named by the contract's `types`, from the raw JSON of the field: a list in which
/// each stands once, the first being the link's `type`.
pub fn products(raw: &str) -> Result<Products, Invalid> {
    let list: Vec<&RawValue> = serde_json::from_str(raw).map_err(|_| Invalid)?;
    let all = list.into_iter().map(|one| product(one.get())).collect::<Result<Vec<_>, _>>()?;
    let (first, others) = all.split_first().ok_or(Invalid)?;
    let products = Products::new(*first, others.iter().copied());
    if products.iter().count() == all.len() { Ok(products) } else { Err(Invalid) }
}

/// How long a link lives: 1 minute to 1 year.
pub fn expires_in(raw: &str) -> Result<Span, Invalid> {
    match integer(raw)?.parse::<i64>() {
        Ok(seconds @ 60..=31_536_000) => Ok(Span::seconds(seconds)),
        _ => Err(Invalid),
    }
}

/// How long a link lives when the partner does not say.
pub const DEFAULT_LIFE: Span = Span::days(30);

/// A language tag such as `he` or `pt-BR`, kept as the partner wrote it. Whether there are texts
/// in it is decided when the page is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Locale(String);

impl Locale {
    /// From plain text.
    pub fn from_text(text: String) -> Result<Self, Invalid> {
        let mut parts = text.split(['-', '_']);
        let first = parts.next().unwrap_or("");
        let letters = (2..=3).contains(&first.len()) && first.bytes().all(|b| b.is_ascii_alphabetic());
        let rest = parts.all(|p| (1..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
        if letters && rest && text.len() <= 35 { Ok(Self(text)) } else { Err(Invalid) }
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How many rows of a list a call wants: 1 to 200, 50 where it does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit(u16);

impl Limit {
    /// From the query's text.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match text.parse() {
            Ok(n @ 1..=200) if plain => Ok(Self(n)),
            _ => Err(Invalid),
        }
    }

    /// The number of rows.
    pub fn rows(self) -> usize {
        usize::from(self.0)
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(50)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_counted_in_characters() {
        let emoji = |n| format!("\"{}\"", "\u{1F600}".repeat(n));
        assert!(Reference::parse(&emoji(50)).is_ok());
        assert_eq!(Reference::parse(&emoji(51)), Err(Invalid));
        assert_eq!(Reference::parse("42").unwrap().as_str(), "42");
        for wrong in ["4.2", "1e3", "true", "[]", "{}", r#""a\u0000b""#] {
            assert_eq!(Reference::parse(wrong), Err(Invalid), "{wrong}");
        }
    }

    #[test]
    fn digits_come_back_to_the_last_one() {
        let fifty = "9".repeat(50);
        let digits = Digits::parse(&fifty).unwrap();
        assert_eq!(serde_json::to_string(&digits).unwrap(), fifty);
        for wrong in [&"9".repeat(51), "-1", "-0", "1.0", "1e2", "\"1\"", "true", ""] {
            assert_eq!(Digits::parse(wrong), Err(Invalid), "{wrong}");
        }
    }

    #[test]
    fn a_type_is_an_integer_and_nothing_else() {
        assert_eq!(product("4"), Ok(Product::InstagramContent));
        for wrong in ["0", "5", "-1", "1.0", "1e0", "\"1\"", "true", "[1]", "{}", "10000000000000000000000"] {
            assert_eq!(product(wrong), Err(Invalid), "{wrong}");
        }
    }

    #[test]
    fn types_are_a_list_of_different_ones() {
        assert_eq!(products("[3, 1]"), Ok(Products::new(Product::FacebookPage, [Product::Messenger])));
        assert_eq!(products("[2]"), Ok(Products::one(Product::InstagramMessaging)));
        for wrong in ["[]", "[1,1]", "[1,5]", "[\"1\"]", "[1.0]", "1", "{}", "[[1]]", "[1,2,3,4,1]", "[null]"]
        {
            assert_eq!(products(wrong), Err(Invalid), "{wrong}");
        }
    }

    #[test]
    fn a_life_has_bounds() {
        assert_eq!(expires_in("60"), Ok(Span::minutes(1)));
        assert!(expires_in("31536000").is_ok());
        for wrong in ["59", "31536001", "60.0", "\"60\"", "-60"] {
            assert_eq!(expires_in(wrong), Err(Invalid), "{wrong}");
        }
    }

    #[test]
    fn locales_and_limits() {
        for right in ["he", "he-IL", "pt_BR", "zh-Hant-TW"] {
            assert!(Locale::from_text(right.to_owned()).is_ok(), "{right}");
        }
        for wrong in ["", "h", "english", "he-", "he IL", "../etc"] {
            assert_eq!(Locale::from_text(wrong.to_owned()), Err(Invalid), "{wrong}");
        }
        assert_eq!(Limit::parse("200").map(Limit::rows), Ok(200));
        for wrong in ["0", "201", "-1", "+5", "x", "", "1.0"] {
            assert_eq!(Limit::parse(wrong), Err(Invalid), "{wrong}");
        }
    }
}
