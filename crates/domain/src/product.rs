//! The four products a link can connect, and what each needs from Meta.

use serde::{Deserialize, Serialize};

use crate::connection::Check;
use crate::message::Platform;

/// What a connection is for. The number is the contract's `type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub enum Product {
    /// 1: Messenger.
    Messenger,
    /// 2: Instagram messaging.
    InstagramMessaging,
    /// 3: Facebook Page: posts, comments, ads leads.
    FacebookPage,
    /// 4: Instagram account: posts, comments.
    InstagramContent,
}

impl Product {
    /// Every product, in the order of the contract.
    pub const ALL: [Self; 4] =
        [Self::Messenger, Self::InstagramMessaging, Self::FacebookPage, Self::InstagramContent];

    /// The contract's number.
    pub const fn number(self) -> i64 {
        match self {
            Self::Messenger => 1,
            Self::InstagramMessaging => 2,
            Self::FacebookPage => 3,
            Self::InstagramContent => 4,
        }
    }

    /// The product with that number.
    pub fn from_number(n: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.number() == n)
    }

    /// A short stable word, for templates, text keys and logs.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Messenger => "messenger",
            Self::InstagramMessaging => "instagram-messaging",
            Self::FacebookPage => "facebook-page",
            Self::InstagramContent => "instagram-content",
        }
    }

    /// True where the connected asset is the Instagram account behind a Page.
    pub const fn is_instagram(self) -> bool {
        matches!(self, Self::InstagramMessaging | Self::InstagramContent)
    }

    /// What its messages travel by.
    pub const fn platform(self) -> Platform {
        if self.is_instagram() { Platform::Instagram } else { Platform::Messenger }
    }

    /// The permissions asked of the client, `public_profile` aside (Meta's permission reference).
    pub const fn permissions(self) -> &'static [&'static str] {
        match self {
            Self::Messenger => {
                &["pages_show_list", "pages_messaging", "pages_manage_metadata", "pages_read_engagement"]
            }
            Self::InstagramMessaging => &[
                "pages_show_list",
                "instagram_basic",
                "instagram_manage_messages",
                "pages_manage_metadata",
                "pages_read_engagement",
            ],
            Self::FacebookPage => &[
                "pages_show_list",
                "pages_manage_posts",
                "pages_read_engagement",
                "pages_manage_engagement",
                "pages_read_user_content",
                "pages_manage_metadata",
                "pages_messaging",
                "leads_retrieval",
                "pages_manage_ads",
                "ads_management",
            ],
            Self::InstagramContent => &[
                "pages_show_list",
                "instagram_basic",
                "instagram_content_publish",
                "instagram_manage_comments",
                "instagram_manage_messages",
                "pages_read_engagement",
                "pages_manage_metadata",
                "pages_messaging",
            ],
        }
    }

    /// What the product cannot work without; the rest of [`Product::permissions`] widens it
    /// (leads, private replies), so declining it does not stop the client.
    pub fn required_permissions(self) -> impl Iterator<Item = &'static str> {
        let optional: &[&str] = match self {
            Self::Messenger | Self::InstagramMessaging => &[],
            Self::FacebookPage => {
                &["pages_messaging", "leads_retrieval", "pages_manage_ads", "ads_management"]
            }
            Self::InstagramContent => &["instagram_manage_messages", "pages_messaging"],
        };
        self.permissions().iter().copied().filter(move |p| !optional.contains(p))
    }

    /// Whether all its permissions were given; those that are missing cost a part of it.
    pub fn permissions_check(self, granted: &[String]) -> Check {
        let missing: Vec<&str> =
            self.permissions().iter().copied().filter(|p| granted.iter().all(|g| g != p)).collect();
        if missing.is_empty() {
            return Check::passed("permissions");
        }
        let why = format!("not given: {}", missing.join(", "));
        Check::failed("permissions", why, "send the client a new link and ask to allow everything")
    }

    /// The Page tasks of which the person needs each (one of every inner list).
    pub const fn tasks(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Messenger | Self::InstagramMessaging => {
                &[&["MESSAGING"], &["MODERATE", "CREATE_CONTENT", "MANAGE"]]
            }
            Self::FacebookPage | Self::InstagramContent => {
                &[&["CREATE_CONTENT", "MANAGE"], &["MODERATE", "MANAGE"]]
            }
        }
    }

    /// The Page-level webhook fields this product needs; Instagram's own fields are subscribed
    /// for the whole app, and the Page only has to be subscribed to something.
    pub const fn page_fields(self) -> &'static [&'static str] {
        match self {
            Self::Messenger => &[
                "messages",
                "messaging_postbacks",
                "messaging_optins",
                "messaging_optouts",
                "messaging_referrals",
                "message_deliveries",
                "message_reads",
                "message_echoes",
                "message_edits",
                "message_reactions",
                "messaging_handovers",
                "standby",
                "messaging_policy_enforcement",
                "messaging_account_linking",
                "messaging_feedback",
            ],
            Self::InstagramMessaging => &["messages"],
            Self::FacebookPage => {
                &["feed", "mention", "ratings", "videos", "live_videos", "leadgen", "leadgen_update"]
            }
            Self::InstagramContent => &["feed"],
        }
    }

    /// The app-level fields of object `instagram` that the Instagram products need.
    pub const INSTAGRAM_FIELDS: &'static [&'static str] = &[
        "messages",
        "message_reactions",
        "messaging_postbacks",
        "messaging_referral",
        "messaging_seen",
        "messaging_handover",
        "messaging_policy_enforcement",
        "response_feedback",
        "standby",
        "comments",
        "live_comments",
        "mentions",
        "story_insights",
    ];
}

impl From<Product> for i64 {
    fn from(product: Product) -> Self {
        product.number()
    }
}

impl TryFrom<i64> for Product {
    type Error = &'static str;

    fn try_from(n: i64) -> Result<Self, Self::Error> {
        Self::from_number(n).ok_or("no product has this number")
    }
}

/// What a link connects with one consent: a first product, which the client's asset must be able to
/// carry, and others that are connected where the asset and the consent allow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Products {
    first: Product,
    /// By number, each once, the first not among them.
    others: Vec<Product>,
}

impl Products {
    /// The first product and whatever others there are.
    pub fn new(first: Product, others: impl IntoIterator<Item = Product>) -> Self {
        let mut others: Vec<Product> = others.into_iter().filter(|p| *p != first).collect();
        others.sort_unstable();
        others.dedup();
        Self { first, others }
    }

    /// Just one.
    pub const fn one(first: Product) -> Self {
        Self { first, others: Vec::new() }
    }

    /// From the column that keeps them all: a bit per number.
    pub fn from_bits(first: Product, bits: i64) -> Option<Self> {
        let of = |p: &Product| bits & bit(*p) != 0;
        let products = Self::new(first, Product::ALL.into_iter().filter(of));
        (products.bits() == bits).then_some(products)
    }

    /// As that column keeps them.
    pub fn bits(&self) -> i64 {
        self.iter().map(bit).sum()
    }

    /// The one that the asset must be able to carry.
    pub const fn first(&self) -> Product {
        self.first
    }

    /// All of them, the first one first.
    pub fn iter(&self) -> impl Iterator<Item = Product> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    /// Whether there is more than one.
    pub const fn several(&self) -> bool {
        !self.others.is_empty()
    }

    /// Whether an Instagram account is looked for.
    pub fn any_instagram(&self) -> bool {
        self.iter().any(Product::is_instagram)
    }

    /// The permissions asked of the client for all of them, each once.
    pub fn permissions(&self) -> Vec<&'static str> {
        let mut all: Vec<&'static str> = Vec::new();
        for permission in self.iter().flat_map(|p| p.permissions().iter().copied()) {
            if !all.contains(&permission) {
                all.push(permission);
            }
        }
        all
    }
}

/// A product's place in a set kept as bits.
pub const fn bit(product: Product) -> i64 {
    1 << product.number()
}

/// Whether the person's tasks on a Page let `product` work. The new Pages experience writes
/// `PROFILE_PLUS_X` for `X`, and full control for everything.
pub fn tasks_suffice(product: Product, tasks: &[String]) -> bool {
    let plain = |task: &str| task.strip_prefix("PROFILE_PLUS_").unwrap_or(task).to_owned();
    let have: Vec<String> = tasks.iter().map(|t| plain(t)).collect();
    if have.iter().any(|t| t == "FULL_CONTROL") {
        return true;
    }
    product.tasks().iter().all(|any| any.iter().any(|t| have.iter().any(|h| h == t)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tasks(of: &[&str]) -> Vec<String> {
        of.iter().map(|t| (*t).to_owned()).collect()
    }

    #[test]
    fn numbers_are_the_contracts() {
        for (n, product) in (1..=4).zip(Product::ALL) {
            assert_eq!(product.number(), n);
            assert_eq!(Product::from_number(n), Some(product));
        }
        assert_eq!(Product::from_number(0), None);
        assert_eq!(Product::from_number(5), None);
    }

    #[test]
    fn products_are_kept_as_bits() {
        let three = [Product::InstagramContent, Product::Messenger, Product::FacebookPage];
        let products = Products::new(Product::FacebookPage, three);
        assert_eq!(products.iter().map(Product::number).collect::<Vec<_>>(), [3, 1, 4]);
        assert_eq!(Products::from_bits(Product::FacebookPage, products.bits()), Some(products));
        let one = Products::one(Product::Messenger);
        assert_eq!((one.bits(), one.several()), (2, false));
        for wrong in [0, 1, 4, 3, 2 + 32] {
            assert_eq!(Products::from_bits(Product::Messenger, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_permission_is_asked_for_once() {
        let asked = Products::new(Product::Messenger, Product::ALL).permissions();
        let mut sorted = asked.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), asked.len());
        assert!(Product::ALL.iter().all(|p| p.permissions().iter().all(|one| asked.contains(one))));
    }

    #[test]
    fn what_is_required_is_asked_for() {
        for product in Product::ALL {
            assert!(product.required_permissions().all(|p| product.permissions().contains(&p)));
            assert!(product.required_permissions().any(|p| p == "pages_manage_metadata"));
        }
    }

    #[test]
    fn roles_are_read_in_both_spellings() {
        assert!(tasks_suffice(Product::Messenger, &tasks(&["MESSAGING", "MODERATE"])));
        assert!(tasks_suffice(
            Product::Messenger,
            &tasks(&["PROFILE_PLUS_MESSAGING", "PROFILE_PLUS_MANAGE"])
        ));
        assert!(tasks_suffice(Product::FacebookPage, &tasks(&["PROFILE_PLUS_FULL_CONTROL"])));
        assert!(!tasks_suffice(Product::Messenger, &tasks(&["ANALYZE", "ADVERTISE"])));
        assert!(!tasks_suffice(Product::Messenger, &tasks(&["MESSAGING"])));
    }
}
