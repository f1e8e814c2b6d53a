//! What a person allowed the app: permissions and the selection of Pages and Instagram accounts.
//!
//! It belongs to the person, not to a token: a later login that allows less takes effect on every token given
//! before, which is what integrators report of Meta.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension as _};

use crate::tokens::Target;
use crate::world::{Page, Role};
use crate::{Error, settings, tokens, world};

/// The one permission that comes with every login and cannot be declined.
pub(crate) const PUBLIC_PROFILE: &str = "public_profile";

/// Every permission the dialog knows, with what it asks for in plain words.
pub(crate) const PERMISSIONS: [(&str, &str); 27] = [
    (PUBLIC_PROFILE, "Receive your name and profile picture"),
    ("email", "Receive your e-mail address"),
    ("pages_show_list", "See a list of the Pages you manage"),
    ("pages_messaging", "Read and answer messages of your Pages"),
    ("pages_manage_metadata", "Receive events of your Pages and change their settings"),
    ("pages_read_engagement", "Read what your Pages post and who follows them"),
    ("pages_manage_posts", "Create, edit and delete posts of your Pages"),
    ("pages_manage_engagement", "Answer, hide and delete comments on your Pages"),
    ("pages_read_user_content", "Read what people write on your Pages"),
    ("pages_manage_ads", "Manage ads of your Pages"),
    ("pages_manage_cta", "Manage the action buttons of your Pages"),
    ("pages_manage_instant_articles", "Manage instant articles of your Pages"),
    ("leads_retrieval", "Read the leads that your forms collect"),
    ("instagram_basic", "See your Instagram profiles and posts"),
    ("instagram_manage_messages", "Read and answer messages of your Instagram accounts"),
    ("instagram_manage_comments", "Read and answer comments on your Instagram accounts"),
    ("instagram_content_publish", "Publish posts on your Instagram accounts"),
    ("instagram_manage_insights", "Read figures about your Instagram accounts"),
    ("instagram_manage_contents", "Delete posts of your Instagram accounts"),
    ("ads_management", "Manage your ads"),
    ("ads_read", "Read figures about your ads"),
    ("business_management", "Manage your businesses"),
    ("catalog_management", "Manage your catalogues"),
    ("publish_video", "Publish videos on your Pages"),
    ("read_insights", "Read figures about your Pages"),
    ("whatsapp_business_management", "Manage your WhatsApp accounts"),
    ("whatsapp_business_messaging", "Send messages from your WhatsApp accounts"),
];

pub(crate) fn is_known(permission: &str) -> bool {
    PERMISSIONS.iter().any(|(name, _)| *name == permission)
}

/// Days after which the app may no longer read data of a person who did not come back.
const DATA_ACCESS_SECONDS: i64 = 90 * 86_400;

/// `pages_*`, `ads_*` and two more outlive the end of data access; the rest lapses.
fn outlives_data_access(permission: &str) -> bool {
    permission == PUBLIC_PROFILE
        || permission == "business_management"
        || permission == "read_insights"
        || permission.starts_with("pages_")
        || permission.starts_with("ads_")
}

/// `None`: all current and future ones.
pub(crate) type Selection = Option<BTreeSet<String>>;

/// What became of a permission that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Granted,
    Declined,
    /// Unused for too long.
    Expired,
}

impl Status {
    fn parse(text: &str) -> Option<Status> {
        [Status::Granted, Status::Declined, Status::Expired]
            .into_iter()
            .find(|status| status.as_str() == text)
    }

    fn as_str(self) -> &'static str {
        match self {
            Status::Granted => "granted",
            Status::Declined => "declined",
            Status::Expired => "expired",
        }
    }
}

/// One person's consent.
#[derive(Clone, Debug)]
pub(crate) struct Grants {
    pub(crate) pages: Selection,
    pub(crate) instagram: Selection,
    pub(crate) data_access_expires_at: i64,
    lapsed: bool,
    statuses: BTreeMap<String, Status>,
}

impl Grants {
    pub(crate) fn has(&self, permission: &str) -> bool {
        self.status(permission) == Some("granted")
    }

    pub(crate) fn has_any(&self, permissions: &[&str]) -> bool {
        permissions.iter().any(|permission| self.has(permission))
    }

    /// `granted`, `declined` or `expired`; nothing when it was never asked for.
    pub(crate) fn status(&self, permission: &str) -> Option<&'static str> {
        let status = *self.statuses.get(permission)?;
        let lapsed = self.lapsed && status == Status::Granted && !outlives_data_access(permission);
        Some(if lapsed { Status::Expired } else { status }.as_str())
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &'static str)> {
        self.statuses.keys().filter_map(|permission| Some((permission.as_str(), self.status(permission)?)))
    }

    pub(crate) fn granted(&self) -> Vec<&str> {
        self.all().filter(|(_, status)| *status == "granted").map(|(permission, _)| permission).collect()
    }

    pub(crate) fn covers_page(&self, page_id: &str) -> bool {
        self.pages.as_ref().is_none_or(|pages| pages.contains(page_id))
    }

    pub(crate) fn covers_instagram(&self, id: &str) -> bool {
        self.instagram.as_ref().is_none_or(|accounts| accounts.contains(id))
    }
}

/// What the person allowed, or nothing when the app is not connected.
pub(crate) fn of_person(tx: &Connection, person_id: &str, now: i64) -> Result<Option<Grants>, Error> {
    let install = tx
        .prepare_cached("SELECT pages, instagram, data_access_expires_at FROM installs WHERE person_id = ?1")?
        .query_row([person_id], |row| {
            Ok((row.get::<_, Option<String>>(0)?, row.get::<_, Option<String>>(1)?, row.get::<_, i64>(2)?))
        })
        .optional()?;
    let Some((pages, instagram, data_access_expires_at)) = install else { return Ok(None) };
    let mut statement =
        tx.prepare_cached("SELECT permission, status FROM permissions WHERE person_id = ?1")?;
    let statuses = statement
        .query_map([person_id], |row| {
            let status = Status::parse(&row.get::<_, String>(1)?).unwrap_or(Status::Declined);
            Ok((row.get(0)?, status))
        })?
        .collect::<Result<_, _>>()?;
    Ok(Some(Grants {
        pages: pages.map(|list| serde_json::from_str(&list)).transpose()?,
        instagram: instagram.map(|list| serde_json::from_str(&list)).transpose()?,
        data_access_expires_at,
        lapsed: data_access_expires_at <= now,
        statuses,
    }))
}

/// What the last screen of the dialog says.
pub(crate) struct Consent {
    pub(crate) pages: Selection,
    pub(crate) instagram: Selection,
    /// Every permission that was asked, and whether it was left ticked.
    pub(crate) permissions: BTreeMap<String, bool>,
}

pub(crate) fn record(tx: &Connection, person_id: &str, consent: &Consent, now: i64) -> Result<(), Error> {
    let list = |selection: &Selection| selection.as_ref().map(serde_json::to_string).transpose();
    let keep = settings::is_on(tx, settings::KEEP_SELECTION)?;
    let before = if keep { of_person(tx, person_id, now)? } else { None };
    let (pages, instagram) = match before {
        Some(before) => (both(&consent.pages, before.pages), both(&consent.instagram, before.instagram)),
        None => (consent.pages.clone(), consent.instagram.clone()),
    };
    tx.execute(
        "INSERT OR REPLACE INTO installs VALUES (?1, ?2, ?3, ?4)",
        (person_id, list(&pages)?, list(&instagram)?, now + DATA_ACCESS_SECONDS),
    )?;
    set_status(tx, person_id, PUBLIC_PROFILE, Status::Granted)?;
    for (permission, granted) in &consent.permissions {
        let granted = *granted || permission == PUBLIC_PROFILE;
        set_status(tx, person_id, permission, if granted { Status::Granted } else { Status::Declined })?;
    }
    Ok(())
}

fn both(now: &Selection, before: Selection) -> Selection {
    Some(now.as_ref()?.union(&before?).cloned().collect())
}

pub(crate) fn set_status(
    tx: &Connection,
    person_id: &str,
    permission: &str,
    status: Status,
) -> Result<(), Error> {
    tx.execute(
        "INSERT OR REPLACE INTO permissions VALUES (?1, ?2, ?3)",
        (person_id, permission, status.as_str()),
    )?;
    Ok(())
}

/// Takes one permission back; afterwards it counts as declined.
pub(crate) fn revoke(tx: &Connection, person_id: &str, permission: &str) -> Result<(), Error> {
    set_status(tx, person_id, permission, Status::Declined)
}

/// The person removes the app: consent gone, every token dead.
pub(crate) fn remove_app(tx: &Connection, person_id: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM installs WHERE person_id = ?1", [person_id])?;
    tx.execute("DELETE FROM permissions WHERE person_id = ?1", [person_id])?;
    tx.execute(
        "UPDATE codes SET used_at = created_at WHERE person_id = ?1 AND used_at IS NULL",
        [person_id],
    )?;
    tokens::kill(tx, Target::of(person_id), tokens::APP_REMOVED)
}

/// Ends data access now, as 90 days of absence would.
pub(crate) fn end_data_access(tx: &Connection, person_id: &str, now: i64) -> Result<(), Error> {
    tx.execute("UPDATE installs SET data_access_expires_at = ?2 WHERE person_id = ?1", (person_id, now))?;
    Ok(())
}

/// The Pages a person can pick in the dialog, and the Instagram accounts behind them.
pub(crate) fn choosable(tx: &Connection, person_id: &str) -> Result<(Vec<Role>, Vec<Page>), Error> {
    let roles = world::roles(tx, person_id)?;
    let with_instagram = roles
        .iter()
        .filter(|role| role.page.professional_instagram().is_some())
        .map(|role| role.page.clone())
        .collect();
    Ok((roles, with_instagram))
}
