//! What can be connected: a Page, or the Instagram account behind one, and why one cannot.

use serde::{Deserialize, Serialize};

use super::Why;
use crate::product::{Product, Products, tasks_suffice};

/// A Page, or the Instagram account behind one, as the picker shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// The Page.
    pub page_id: String,
    /// Its name.
    pub page_name: String,
    /// The professional Instagram account linked to it, if there is one.
    pub instagram: Option<InstagramAccount>,
    /// Why it cannot be chosen: why it cannot carry the link's first product.
    pub blocked: Option<Blocked>,
    /// The link's other products that it cannot carry.
    #[serde(default)]
    pub without: Vec<Without>,
}

/// A product that an asset is connected without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Without {
    /// The product.
    pub product: Product,
    /// What is missing for it.
    pub why: Blocked,
}

/// A Page as Meta shows it to the person.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The Page.
    pub page_id: String,
    /// Its name.
    pub page_name: String,
    /// The professional Instagram account linked to it, where one was looked for and found.
    pub instagram: Option<InstagramAccount>,
    /// What the person may do on it.
    pub tasks: Vec<String>,
    /// Whether Meta gives a token for it.
    pub has_token: bool,
}

/// What is looked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// What the link connects.
    pub products: &'a Products,
    /// The permissions that the person gave.
    pub granted: &'a [String],
    /// The one asset that may come back, where the link renews its connection.
    pub only: Option<&'a str>,
}

impl Wanted<'_> {
    /// Why a Page cannot carry a product, if it cannot.
    fn blocks(&self, seen: &Seen, product: Product) -> Option<Blocked> {
        let id = match &seen.instagram {
            Some(account) if product.is_instagram() => &account.id,
            _ => &seen.page_id,
        };
        if self.only.is_some_and(|only| only != id) {
            Some(Blocked::OtherAsset)
        } else if product.required_permissions().any(|p| self.granted.iter().all(|g| g != p)) {
            Some(Blocked::PermissionMissing)
        } else if product.is_instagram() && seen.instagram.is_none() {
            Some(Blocked::NoInstagram)
        } else if !tasks_suffice(product, &seen.tasks) {
            Some(Blocked::RoleMissing)
        } else if seen.has_token {
            None
        } else {
            Some(Blocked::NoAccess)
        }
    }
}

impl Asset {
    /// What a Page is for this link.
    pub fn of(seen: Seen, wanted: &Wanted<'_>) -> Self {
        let why = |product| wanted.blocks(&seen, product).map(|why| Without { product, why });
        let without = wanted.products.iter().skip(1).filter_map(why).collect();
        let blocked = wanted.blocks(&seen, wanted.products.first());
        Self { page_id: seen.page_id, page_name: seen.page_name, instagram: seen.instagram, blocked, without }
    }

    /// Those of the link's products that it can carry.
    pub fn carries(&self, products: &Products) -> Vec<Product> {
        let fits = |p: &Product| self.blocked.is_none() && self.without.iter().all(|w| w.product != *p);
        products.iter().filter(fits).collect()
    }

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
    /// The link renews the connection of another asset.
    OtherAsset,
    /// A permission that the product cannot work without was not given.
    PermissionMissing,
}

impl Blocked {
    /// The word in events.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoInstagram => "no_instagram",
            Self::RoleMissing => "role_missing",
            Self::NoAccess => "no_access",
            Self::OtherAsset => "other_asset",
            Self::PermissionMissing => "permission_missing",
        }
    }
}

/// Why a list of assets leaves the client nothing to choose, if it does.
pub fn nothing_to_choose(assets: &[Asset]) -> Option<Why> {
    if assets.is_empty() {
        Some(Why::NoPages)
    } else if assets.iter().any(|a| a.blocked.is_none()) {
        None
    } else if assets.iter().all(|a| a.blocked == Some(Blocked::OtherAsset)) {
        Some(Why::OtherAsset)
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
        Asset {
            page_id: page.to_owned(),
            page_name: page.to_owned(),
            instagram: None,
            blocked,
            without: Vec::new(),
        }
    }

    fn seen(tasks: &[&str], has_token: bool, instagram: bool) -> Seen {
        Seen {
            page_id: "7".to_owned(),
            page_name: "Seven".to_owned(),
            instagram: instagram.then(|| InstagramAccount { id: "17841".to_owned(), username: None }),
            tasks: tasks.iter().map(|t| (*t).to_owned()).collect(),
            has_token,
        }
    }

    const ALL: [&str; 4] = ["MESSAGING", "MODERATE", "MANAGE", "CREATE_CONTENT"];

    fn granted(products: &Products) -> Vec<String> {
        products.permissions().into_iter().map(str::to_owned).collect()
    }

    #[test]
    fn why_there_is_nothing_to_choose() {
        let (ig, role) = (Some(Blocked::NoInstagram), Some(Blocked::RoleMissing));
        let other = Some(Blocked::OtherAsset);
        assert_eq!(nothing_to_choose(&[]), Some(Why::NoPages));
        assert_eq!(nothing_to_choose(&[asset("1", ig)]), Some(Why::NoInstagram));
        assert_eq!(nothing_to_choose(&[asset("1", ig), asset("2", role)]), Some(Why::NoUsableAsset));
        assert_eq!(nothing_to_choose(&[asset("1", ig), asset("2", None)]), None);
        assert_eq!(nothing_to_choose(&[asset("1", other), asset("2", other)]), Some(Why::OtherAsset));
        assert_eq!(nothing_to_choose(&[asset("1", other), asset("2", role)]), Some(Why::NoUsableAsset));
    }

    #[test]
    fn what_blocks_an_asset() {
        let why = |product, tasks: &[&str], token, instagram| {
            let products = Products::one(product);
            let granted = granted(&products);
            let wanted = Wanted { products: &products, granted: &granted, only: None };
            Asset::of(seen(tasks, token, instagram), &wanted).blocked
        };
        assert_eq!(why(Product::Messenger, &ALL, true, false), None);
        assert_eq!(why(Product::InstagramMessaging, &ALL, true, false), Some(Blocked::NoInstagram));
        assert_eq!(why(Product::InstagramMessaging, &ALL, true, true), None);
        assert_eq!(why(Product::Messenger, &[], true, false), Some(Blocked::RoleMissing));
        assert_eq!(why(Product::Messenger, &ALL, false, false), Some(Blocked::NoAccess));
    }

    #[test]
    fn only_the_first_product_blocks_and_the_others_are_left_out() {
        let products = Products::new(Product::Messenger, [Product::InstagramMessaging]);
        let all = granted(&products);
        let wanted = Wanted { products: &products, granted: &all, only: None };
        let plain = Asset::of(seen(&ALL, true, false), &wanted);
        assert_eq!(plain.blocked, None);
        assert_eq!(plain.carries(&products), [Product::Messenger]);
        let why = Without { product: Product::InstagramMessaging, why: Blocked::NoInstagram };
        assert_eq!(plain.without, [why]);
        let both = Asset::of(seen(&ALL, true, true), &wanted);
        assert_eq!(both.carries(&products), [Product::Messenger, Product::InstagramMessaging]);

        let messages = granted(&Products::one(Product::Messenger));
        let wanted = Wanted { granted: &messages, ..wanted };
        let some = Asset::of(seen(&ALL, true, true), &wanted);
        assert_eq!(some.without.first().map(|w| w.why), Some(Blocked::PermissionMissing));
    }

    #[test]
    fn a_renewal_takes_only_its_own_asset() {
        let why = |product, only| {
            let products = Products::one(product);
            let granted = granted(&products);
            let wanted = Wanted { products: &products, granted: &granted, only: Some(only) };
            Asset::of(seen(&ALL, true, true), &wanted).blocked
        };
        assert_eq!(why(Product::Messenger, "7"), None);
        assert_eq!(why(Product::InstagramMessaging, "17841"), None);
        assert_eq!(why(Product::Messenger, "17841"), Some(Blocked::OtherAsset));
        assert_eq!(why(Product::InstagramMessaging, "7"), Some(Blocked::OtherAsset));
    }
}
