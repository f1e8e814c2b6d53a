//! What a finished link leaves behind: one asset, one product, one partner.

use serde::{Deserialize, Serialize};

use crate::clock::{Span, Time};
use crate::id::{ConnectionId, LinkId, PartnerId};
use crate::inputs::Reference;
use crate::onboarding::{Inbox, InstagramAccount};
use crate::product::Product;
use crate::secret::Secret;

/// How often the life of a connection is proven. Connections keep apart as far as they were made apart.
pub const CHECK_EVERY: Span = Span::hours(24);

/// One connection, without its token.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Its name.
    pub id: ConnectionId,
    /// Whose it is.
    pub partner: PartnerId,
    /// What it is for.
    pub product: Product,
    /// Where it stands.
    pub state: ConnectionState,
    /// The Page, which an Instagram account is reached through.
    pub page_id: String,
    /// The Page's name.
    pub page_name: String,
    /// The Instagram account, for the Instagram products.
    pub instagram: Option<InstagramAccount>,
    /// The person who consented, as this app sees them.
    pub meta_user: String,
    /// The permissions given.
    pub granted: Vec<String>,
    /// The latest proof of life.
    pub checks: Vec<Check>,
    /// The link it last came from.
    pub link: LinkId,
    /// That link's param.
    pub param: Secret,
    /// The partner's own word, from that link.
    pub reference: Option<Reference>,
    /// The omni-channel inbox, from that link.
    pub inbox: Inbox,
    /// When it was made.
    pub created_at: Time,
    /// When it was last changed.
    pub updated_at: Time,
}

impl Connection {
    /// The asset: the Instagram account for the Instagram products, else the Page.
    pub fn asset_id(&self) -> &str {
        self.instagram.as_ref().map_or(&self.page_id, |i| &i.id)
    }
}

/// Where a connection stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConnectionState {
    /// Works.
    Active,
    /// Its token no longer works; the client has to consent again.
    NeedsReconnect,
    /// Ended; its token is forgotten.
    Disconnected,
}

impl ConnectionState {
    /// The words that a filter may name.
    pub const WORDS: [&'static str; 3] = ["active", "needs_reconnect", "disconnected"];

    /// The contract's word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::NeedsReconnect => "needs_reconnect",
            Self::Disconnected => "disconnected",
        }
    }

    /// From that word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Active, Self::NeedsReconnect, Self::Disconnected].into_iter().find(|s| s.word() == word)
    }

    /// What a proof of life makes of a live connection: only its token decides.
    pub fn proven(checks: &[Check]) -> Self {
        let dead = checks.iter().any(|check| check.check == "token" && !check.ok);
        if dead { Self::NeedsReconnect } else { Self::Active }
    }

    /// Whether Meta's webhooks must still reach it.
    pub const fn live(&self) -> bool {
        !matches!(self, Self::Disconnected)
    }
}

/// One proof of life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was looked at: `token`, `permissions`, `subscribed`.
    pub check: String,
    /// Whether it holds.
    pub ok: bool,
    /// What is wrong, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<String>,
}

impl Check {
    /// It holds.
    pub fn passed(check: &str) -> Self {
        Self { check: check.to_owned(), ok: true, why: None, fix: None }
    }

    /// What is looked at, in this order.
    pub const NAMES: [&'static str; 5] = ["token", "permissions", "instagram", "subscribed", "leads"];

    /// Whether two proofs found another thing to hold.
    pub fn differ(before: &[Self], after: &[Self]) -> bool {
        let failing = |checks: &[Self]| -> Vec<String> {
            checks.iter().filter(|c| !c.ok).map(|c| c.check.clone()).collect()
        };
        failing(before) != failing(after)
    }

    /// It does not hold.
    pub fn failed(check: &str, why: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { check: check.to_owned(), ok: false, why: Some(why.into()), fix: Some(fix.into()) }
    }
}

/// The webhook fields a Page must be subscribed to for all its live connections, sorted. Empty
/// means that nobody needs the Page any more.
pub fn page_fields(products: &[Product]) -> Vec<&'static str> {
    let mut fields: Vec<&'static str> =
        products.iter().flat_map(|p| p.page_fields().iter().copied()).collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_subscribed_to_the_union() {
        let both = page_fields(&[Product::Messenger, Product::InstagramContent, Product::Messenger]);
        assert!(both.contains(&"messages") && both.contains(&"feed"));
        assert_eq!(both.iter().filter(|f| **f == "messages").count(), 1);
        assert!(page_fields(&[]).is_empty());
    }

    #[test]
    fn words_read_back() {
        for word in ConnectionState::WORDS {
            assert_eq!(ConnectionState::from_word(word).map(|s| s.word()), Some(word));
        }
        assert_eq!(ConnectionState::from_word("gone"), None);
    }
}
