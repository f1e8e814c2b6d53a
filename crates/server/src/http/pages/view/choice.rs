//! A Page or an Instagram account on a page.

use std::borrow::Cow;

use jetbridge_domain::onboarding::{Asset, Blocked};
use jetbridge_domain::product::Product;

use super::super::text::{Html, Text};

/// A Page, or the Instagram account behind one, as the client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What the picker's form sends back as `asset`.
    pub id: String,
    /// Its name; may be empty.
    pub name: String,
    /// Its handle without the at sign.
    pub handle: Option<String>,
    /// An Instagram account rather than a Page.
    pub instagram: bool,
    /// The name of the Page an Instagram account hangs on.
    pub page: Option<String>,
    /// Why it cannot be chosen.
    pub blocked: Option<Blocked>,
}

impl Choice {
    /// An asset as the picker of `product` shows it: the Instagram account where that is what gets connected.
    pub fn new(asset: &Asset, product: Product) -> Self {
        let account = asset.instagram.as_ref().filter(|_| product.is_instagram());
        let handle = account.and_then(|a| a.username.clone());
        Self {
            id: asset.key().to_owned(),
            name: handle.clone().unwrap_or_else(|| asset.page_name.clone()),
            page: handle.is_some().then(|| asset.page_name.clone()),
            handle,
            instagram: account.is_some(),
            blocked: asset.blocked,
        }
    }

    pub(super) fn name(&self, t: &Text) -> Cow<'_, str> {
        let name = self.name.trim();
        if name.is_empty() { t.get("name-none") } else { Cow::Borrowed(name) }
    }

    /// The handle, unless the name says it already.
    pub(super) fn at(&self) -> Option<&str> {
        self.handle.as_deref().filter(|h| !h.is_empty() && *h != self.name)
    }

    pub(super) fn why_keys(&self) -> Option<(&'static str, &'static str)> {
        self.blocked.map(super::words::blocked_keys)
    }

    pub(super) fn of_page(&self, t: &Text) -> Option<Html> {
        self.page.as_deref().map(|page| t.rich("picker-of-page", &[("page", page)]))
    }

    pub(super) fn initials(&self) -> String {
        initials(&self.name)
    }

    /// One of six tints, always the same for the same asset.
    pub(super) fn tone(&self) -> u32 {
        self.id.bytes().fold(0, |sum, b| (sum * 31 + u32::from(b)) % 6007) % 6
    }
}

/// The first letters of the first two words: what stands where a picture would.
pub(super) fn initials(name: &str) -> String {
    let letters: Vec<String> = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
        .take(2)
        .map(|letter| letter.to_uppercase().to_string())
        .collect();
    // Arabic letters would run together into a word; a non-joiner keeps them apart.
    let arabic = letters.iter().any(|l| l.starts_with(|c| ('\u{600}'..='\u{6ff}').contains(&c)));
    if letters.is_empty() { "?".to_owned() } else { letters.join(if arabic { "\u{200c}" } else { "" }) }
}
