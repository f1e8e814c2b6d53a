//! What can be connected: a Page, or the Instagram account behind one, and why one cannot.

use serde::{Deserialize, Serialize};

use super::Why;
use crate::product::Product;

/// A Page, or the Instagram account behind one, as the picker shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// The Page.
    pub page_id: String,
    /// Its name.
    pub page_name: String,
    /// The professional Instagram account linked to it, if there is one.
    pub instagram: Option<InstagramAccount>,
    /// Why it cannot be chosen.
    pub blocked: Option<Blocked>,
}

impl Asset {
    /// What names it in the picker's form: the Page carries the Instagram account as well.
    pub fn key(&self) -> &str {
        &self.page_id
    }
}

/// A professional Instagram account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstagramAccount {
    /// Its id (`17841...`).
    pub id: String,
    /// Its handle without the at sign, where Meta told it.
    pub username: Option<String>,
}

/// Why an asset cannot be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blocked {
    /// No professional Instagram account is linked to this Page.
    NoInstagram,
    /// The person's role on the Page does not allow it.
    RoleMissing,
    /// Meta gave no token for the Page.
    NoAccess,
}

/// Why an asset with these properties cannot carry `product`, if it cannot.
pub fn blocked(product: Product, tasks: &[String], has_token: bool, instagram: bool) -> Option<Blocked> {
    if product.is_instagram() && !instagram {
        Some(Blocked::NoInstagram)
    } else if !crate::product::tasks_suffice(product, tasks) {
        Some(Blocked::RoleMissing)
    } else if has_token {
        None
    } else {
        Some(Blocked::NoAccess)
    }
}

/// Why a list of assets leaves the client nothing to choose, if it does.
pub fn nothing_to_choose(assets: &[Asset]) -> Option<Why> {
    if assets.is_empty() {
        Some(Why::NoPages)
    } else if assets.iter().any(|a| a.blocked.is_none()) {
        None
    } else if assets.iter().all(|a| a.blocked == Some(Blocked::NoInstagram)) {
        Some(Why::NoInstagram)
    } else {
        Some(Why::NoUsableAsset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(page: &str, blocked: Option<Blocked>) -> Asset {
        Asset { page_id: page.to_owned(), page_name: page.to_owned(), instagram: None, blocked }
    }

    #[test]
    fn why_there_is_nothing_to_choose() {
        let (ig, role) = (Some(Blocked::NoInstagram), Some(Blocked::RoleMissing));
        assert_eq!(nothing_to_choose(&[]), Some(Why::NoPages));
        assert_eq!(nothing_to_choose(&[asset("1", ig)]), Some(Why::NoInstagram));
        assert_eq!(nothing_to_choose(&[asset("1", ig), asset("2", role)]), Some(Why::NoUsableAsset));
        assert_eq!(nothing_to_choose(&[asset("1", ig), asset("2", None)]), None);
    }

    #[test]
    fn what_blocks_an_asset() {
        let all = ["MESSAGING", "MODERATE", "MANAGE", "CREATE_CONTENT"].map(str::to_owned);
        assert_eq!(blocked(Product::Messenger, &all, true, false), None);
        assert_eq!(blocked(Product::InstagramMessaging, &all, true, false), Some(Blocked::NoInstagram));
        assert_eq!(blocked(Product::InstagramMessaging, &all, true, true), None);
        assert_eq!(blocked(Product::Messenger, &[], true, false), Some(Blocked::RoleMissing));
        assert_eq!(blocked(Product::Messenger, &all, false, false), Some(Blocked::NoAccess));
    }
}
