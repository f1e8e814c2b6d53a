//! Which text stands for what: products, permissions and reasons to their keys.

use std::borrow::Cow;

use jetbridge_domain::onboarding::Blocked;
use jetbridge_domain::product::Product;

use super::super::text::Text;

/// What a product is called and what it does.
pub(super) struct Purpose(pub(super) Product);

impl Purpose {
    pub(super) fn all(products: &[Product]) -> impl Iterator<Item = Self> {
        products.iter().copied().map(Self)
    }

    pub(super) fn name_key(&self) -> &'static str {
        match self.0 {
            Product::Messenger => "product-messenger",
            Product::InstagramMessaging => "product-instagram-messaging",
            Product::FacebookPage => "product-facebook-page",
            Product::InstagramContent => "product-instagram-content",
        }
    }

    pub(super) fn what_key(&self) -> &'static str {
        match self.0 {
            Product::Messenger => "product-messenger-what",
            Product::InstagramMessaging => "product-instagram-messaging-what",
            Product::FacebookPage => "product-facebook-page-what",
            Product::InstagramContent => "product-instagram-content-what",
        }
    }

    pub(super) fn icon(&self) -> &'static str {
        match self.0 {
            Product::Messenger | Product::InstagramMessaging => "messages",
            Product::FacebookPage => "page",
            Product::InstagramContent => "photo",
        }
    }
}

/// The keys of why an asset cannot be chosen, and of what to do about it.
pub(super) fn blocked_keys(blocked: Blocked) -> (&'static str, &'static str) {
    match blocked {
        Blocked::NoInstagram => ("blocked-no-instagram", "blocked-no-instagram-next"),
        Blocked::RoleMissing => ("blocked-role-missing", "blocked-role-missing-next"),
        Blocked::NoAccess => ("blocked-no-access", "blocked-no-access-next"),
        Blocked::OtherAsset => ("blocked-other-asset", "blocked-other-asset-next"),
        Blocked::PermissionMissing => ("blocked-permission-missing", "blocked-permission-missing-next"),
    }
}

/// A permission in plain words, by Meta's name for it; one we never ask for keeps that name.
pub(super) fn permission<'a>(t: &Text, name: &'a str) -> Cow<'a, str> {
    if GROUPS.iter().any(|(_, names)| names.contains(&name)) {
        t.get(&format!("permission-{name}"))
    } else {
        Cow::Borrowed(name)
    }
}

/// Permissions that are about the same thing.
pub(super) struct Group {
    /// Which; also the name of its drawing.
    pub(super) word: &'static str,
    /// Those of them that are asked for.
    pub(super) permissions: Vec<Permission>,
}

/// A permission that is asked for.
pub(super) struct Permission {
    pub(super) name: &'static str,
    /// The product works without it.
    pub(super) optional: bool,
}

impl Group {
    pub(super) fn key(&self) -> String {
        format!("group-{}", self.word)
    }

    pub(super) fn icon(&self) -> &'static str {
        self.word
    }

    /// All of it.
    pub(super) fn is_optional(&self) -> bool {
        self.permissions.iter().all(|p| p.optional)
    }

    /// Some of it.
    pub(super) fn has_optional(&self) -> bool {
        self.permissions.iter().any(|p| p.optional)
    }
}

/// The groups, and what belongs to each. A test finds every permission of every product here.
pub(super) const GROUPS: [(&str, &[&str]); 5] = [
    ("messages", &["pages_messaging", "instagram_manage_messages"]),
    (
        "posts",
        &[
            "pages_manage_posts",
            "instagram_content_publish",
            "pages_manage_engagement",
            "instagram_manage_comments",
        ],
    ),
    ("leads", &["leads_retrieval", "pages_manage_ads", "ads_management"]),
    ("see", &["pages_show_list", "instagram_basic", "pages_read_engagement", "pages_read_user_content"]),
    ("signal", &["pages_manage_metadata"]),
];

/// What these products ask for, each permission once.
pub(super) fn groups(products: &[Product]) -> Vec<Group> {
    let asked = |name: &str| products.iter().any(|p| p.permissions().contains(&name));
    let required = |name: &str| products.iter().any(|p| p.required_permissions().any(|r| r == name));
    GROUPS
        .into_iter()
        .map(|(word, names)| Group {
            word,
            permissions: names
                .iter()
                .filter(|name| asked(name))
                .map(|name| Permission { name, optional: !required(name) })
                .collect(),
        })
        .filter(|group| !group.permissions.is_empty())
        .collect()
}
