//! Who and what exists: people, Pages, Instagram accounts, roles.
//!
//! The people below are made on the first start; their ids never change, so tests and documents can name them.
//! Ids look like Meta's: 17 digits for a person (app-scoped), 15 for a Page, `17841` and 12 more for an Instagram
//! professional account.

use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::{Error, random};

/// Dana Levi: runs five Pages, three of them with a linked Instagram professional account.
pub const DANA: &str = "10161000000000001";
/// Omer Katz: exactly one Page, with Instagram.
pub const OMER: &str = "10161000000000002";
/// Noa Shapiro: no Page at all.
pub const NOA: &str = "10161000000000003";
/// Tamar Cohen: one Page, but only the tasks ADVERTISE and ANALYZE on it.
pub const TAMAR: &str = "10161000000000004";
/// Lior Mizrahi: one Page whose Instagram account is a personal one, so the API never shows it.
pub const LIOR: &str = "10161000000000005";

/// Dana's "Cafe Aurora", with [`INSTAGRAM_CAFE_AURORA`].
pub const PAGE_CAFE_AURORA: &str = "102000000000001";
/// Dana's "Aurora Roastery", without Instagram.
pub const PAGE_ROASTERY: &str = "102000000000002";
/// Dana's Page with a Hebrew name, with [`INSTAGRAM_HEBREW`].
pub const PAGE_HEBREW: &str = "102000000000003";
/// Dana's "Nordlicht Bücher & Café", without Instagram.
pub const PAGE_NORDLICHT: &str = "102000000000004";
/// Dana's "Aurora Events", with [`INSTAGRAM_EVENTS`].
pub const PAGE_EVENTS: &str = "102000000000005";
/// Omer's "Omer Bikes", with [`INSTAGRAM_BIKES`].
pub const PAGE_BIKES: &str = "102000000000006";
/// "Harbor Yoga", where Tamar may only advertise and analyse.
pub const PAGE_YOGA: &str = "102000000000007";
/// Lior's "Mizrahi Ceramics", linked to a personal Instagram account.
pub const PAGE_CERAMICS: &str = "102000000000008";

/// `cafe.aurora`, linked to [`PAGE_CAFE_AURORA`].
pub const INSTAGRAM_CAFE_AURORA: &str = "17841400000000001";
/// `aurora.telaviv`, linked to [`PAGE_HEBREW`].
pub const INSTAGRAM_HEBREW: &str = "17841400000000003";
/// `aurora.events`, linked to [`PAGE_EVENTS`].
pub const INSTAGRAM_EVENTS: &str = "17841400000000005";
/// `omer.bikes`, linked to [`PAGE_BIKES`].
pub const INSTAGRAM_BIKES: &str = "17841400000000006";
/// Lior's personal account: exists, and never appears in any answer of the Graph API.
pub const INSTAGRAM_PERSONAL: &str = "17841400000000008";

/// "Aurora Group", Dana's business: owns [`PAGE_CAFE_AURORA`] and [`PAGE_ROASTERY`], works for [`PAGE_EVENTS`].
pub const BUSINESS_AURORA: &str = "103000000000001";

/// What a full administrator may do, in the order Meta answers it.
pub const ADMIN_TASKS: [&str; 6] =
    ["ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE"];

/// Every task name that a role can hold; each also exists with the prefix `PROFILE_PLUS_`.
pub const TASKS: [&str; 11] = [
    "ADVERTISE",
    "ANALYZE",
    "CREATE_CONTENT",
    "FACEBOOK_ACCESS",
    "FULL_CONTROL",
    "MANAGE",
    "MANAGE_LEADS",
    "MESSAGING",
    "MODERATE",
    "REVENUE",
    "VIEW_MONETIZATION_INSIGHTS",
];

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) about: String,
    /// `administrator`, `developer` or `tester` of the app.
    pub(crate) app_role: Option<String>,
    /// The business that a system user belongs to; people have none.
    pub(crate) business_id: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) username: Option<String>,
    pub(crate) category: String,
    pub(crate) category_id: String,
    pub(crate) about: String,
    pub(crate) followers: i64,
    pub(crate) instagram: Option<Instagram>,
}

#[derive(Clone, Debug)]
pub(crate) struct Instagram {
    pub(crate) id: String,
    pub(crate) page_id: String,
    pub(crate) professional: bool,
    pub(crate) username: String,
    pub(crate) name: String,
    pub(crate) followers: i64,
}

impl Page {
    /// The linked Instagram account that the API may show: a personal one is invisible.
    pub(crate) fn professional_instagram(&self) -> Option<&Instagram> {
        self.instagram.as_ref().filter(|account| account.professional)
    }
}

/// A Page together with what one person may do there.
#[derive(Clone, Debug)]
pub(crate) struct Role {
    pub(crate) page: Page,
    pub(crate) tasks: Vec<String>,
    /// Given through a business, so that the app sees it only with permissions for businesses.
    pub(crate) through_business: bool,
}

impl Role {
    /// Whether the role holds any of the tasks, under either of Meta's spellings.
    pub(crate) fn may(&self, any_of: &[&str]) -> bool {
        self.tasks.iter().any(|task| {
            let task = task.strip_prefix("PROFILE_PLUS_").unwrap_or(task);
            task == "FULL_CONTROL" || any_of.contains(&task)
        })
    }

    /// Whether the person has enough rights to be given a Page token.
    pub(crate) fn gives_token(&self) -> bool {
        self.may(&["MANAGE", "CREATE_CONTENT", "MODERATE", "MESSAGING"])
    }
}

/// What kind of Instagram account a new Page is linked to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum InstagramKind {
    None,
    Professional,
    Personal,
}

impl InstagramKind {
    pub(crate) fn parse(text: &str) -> Option<InstagramKind> {
        match text {
            "none" => Some(InstagramKind::None),
            "professional" => Some(InstagramKind::Professional),
            "personal" => Some(InstagramKind::Personal),
            _ => None,
        }
    }
}

const PAGE_COLUMNS: &str = "p.id, p.name, p.username, p.category, p.category_id, p.about, p.followers, \
     i.id, i.kind, i.username, i.name, i.followers";

const PERSON_COLUMNS: &str = "id, name, about, app_role, business_id";

fn read_person(row: &Row<'_>) -> rusqlite::Result<Person> {
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        about: row.get(2)?,
        app_role: row.get(3)?,
        business_id: row.get(4)?,
    })
}

fn read_page(row: &Row<'_>) -> rusqlite::Result<Page> {
    let id: String = row.get(0)?;
    let instagram = match row.get::<_, Option<String>>(7)? {
        Some(instagram_id) => Some(Instagram {
            id: instagram_id,
            page_id: id.clone(),
            professional: row.get::<_, String>(8)? == "professional",
            username: row.get(9)?,
            name: row.get(10)?,
            followers: row.get(11)?,
        }),
        None => None,
    };
    Ok(Page {
        id,
        name: row.get(1)?,
        username: row.get(2)?,
        category: row.get(3)?,
        category_id: row.get(4)?,
        about: row.get(5)?,
        followers: row.get(6)?,
        instagram,
    })
}

/// Everybody who can log in.
pub(crate) fn people(tx: &Connection) -> Result<Vec<Person>, Error> {
    all_people(tx, "business_id IS NULL")
}

pub(crate) fn system_users(tx: &Connection) -> Result<Vec<Person>, Error> {
    all_people(tx, "business_id IS NOT NULL")
}

fn all_people(tx: &Connection, which: &str) -> Result<Vec<Person>, Error> {
    let sql = format!("SELECT {PERSON_COLUMNS} FROM people WHERE {which} ORDER BY created_at, id");
    let mut statement = tx.prepare_cached(&sql)?;
    let people = statement.query_map([], read_person)?.collect::<Result<_, _>>()?;
    Ok(people)
}

pub(crate) fn person(tx: &Connection, id: &str) -> Result<Option<Person>, Error> {
    let sql = format!("SELECT {PERSON_COLUMNS} FROM people WHERE id = ?1");
    Ok(tx.prepare_cached(&sql)?.query_row([id], read_person).optional()?)
}

/// Gives a person a role on the app, or takes it away.
pub(crate) fn set_app_role(tx: &Connection, id: &str, role: Option<&str>) -> Result<(), Error> {
    tx.execute("UPDATE people SET app_role = ?2 WHERE id = ?1", (id, role))?;
    Ok(())
}

pub(crate) fn pages(tx: &Connection) -> Result<Vec<Page>, Error> {
    let sql = format!(
        "SELECT {PAGE_COLUMNS} FROM pages p LEFT JOIN instagram i ON i.page_id = p.id ORDER BY p.created_at, p.id"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let pages = statement.query_map([], read_page)?.collect::<Result<_, _>>()?;
    Ok(pages)
}

pub(crate) fn page(tx: &Connection, id: &str) -> Result<Option<Page>, Error> {
    let sql = format!(
        "SELECT {PAGE_COLUMNS} FROM pages p LEFT JOIN instagram i ON i.page_id = p.id WHERE p.id = ?1"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    Ok(statement.query_row([id], read_page).optional()?)
}

/// The Page that an Instagram account is linked to.
pub(crate) fn page_of_instagram(tx: &Connection, id: &str) -> Result<Option<Page>, Error> {
    let sql =
        format!("SELECT {PAGE_COLUMNS} FROM pages p JOIN instagram i ON i.page_id = p.id WHERE i.id = ?1");
    let mut statement = tx.prepare_cached(&sql)?;
    Ok(statement.query_row([id], read_page).optional()?)
}

pub(crate) fn roles(tx: &Connection, person_id: &str) -> Result<Vec<Role>, Error> {
    let sql = format!(
        "SELECT {PAGE_COLUMNS}, r.tasks, r.through_business FROM roles r JOIN pages p ON p.id = r.page_id \
         LEFT JOIN instagram i ON i.page_id = p.id WHERE r.person_id = ?1 ORDER BY p.created_at, p.id"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let rows = statement
        .query_map([person_id], |row| Ok((read_page(row)?, row.get::<_, String>(12)?, row.get(13)?)))?;
    let mut roles = Vec::new();
    for row in rows {
        let (page, tasks, through_business) = row?;
        roles.push(Role { page, tasks: serde_json::from_str(&tasks)?, through_business });
    }
    Ok(roles)
}

pub(crate) fn role(tx: &Connection, person_id: &str, page_id: &str) -> Result<Option<Role>, Error> {
    Ok(roles(tx, person_id)?.into_iter().find(|role| role.page.id == page_id))
}

pub(crate) fn add_person(tx: &Connection, name: &str, now: i64) -> Result<Person, Error> {
    insert_person(tx, name, "Made by hand.", None, now)
}

/// A system user of a business; it is never asked to log in.
pub(crate) fn add_system_user(
    tx: &Connection,
    name: &str,
    business_id: &str,
    now: i64,
) -> Result<Person, Error> {
    insert_person(tx, name, "Acts for a business.", Some(business_id), now)
}

fn insert_person(
    tx: &Connection,
    name: &str,
    about: &str,
    business_id: Option<&str>,
    now: i64,
) -> Result<Person, Error> {
    let id = random::id("1016", 17)?;
    tx.execute(
        "INSERT INTO people (id, name, about, created_at, business_id) VALUES (?1, ?2, ?3, ?4, ?5)",
        (&id, name, about, now, business_id),
    )?;
    person(tx, &id)?.ok_or_else(|| Error::Corrupt(format!("the new person {id} is missing")))
}

pub(crate) fn set_role(tx: &Connection, person: &str, page: &str, tasks: &[String]) -> Result<(), Error> {
    set_role_through(tx, person, page, tasks, false)
}

pub(crate) fn set_role_through(
    tx: &Connection,
    person: &str,
    page: &str,
    tasks: &[String],
    through_business: bool,
) -> Result<(), Error> {
    let tasks = serde_json::to_string(tasks)?;
    tx.execute(
        "INSERT OR REPLACE INTO roles VALUES (?1, ?2, ?3, ?4)",
        (person, page, tasks, through_business),
    )?;
    Ok(())
}

pub(crate) fn remove_role(tx: &Connection, person: &str, page: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM roles WHERE person_id = ?1 AND page_id = ?2", (person, page))?;
    Ok(())
}

/// Makes a Page for a person, and its Instagram account if it shall have one.
pub(crate) fn add_page(
    tx: &Connection,
    person_id: &str,
    name: &str,
    tasks: &[String],
    instagram: InstagramKind,
    now: i64,
) -> Result<Page, Error> {
    let id = random::id("1020", 15)?;
    tx.execute(
        "INSERT INTO pages VALUES (?1, ?2, NULL, 'Local business', '2500', '', 0, ?3)",
        (&id, name, now),
    )?;
    set_role(tx, person_id, &id, tasks)?;
    let kind = match instagram {
        InstagramKind::None => None,
        InstagramKind::Professional => Some("professional"),
        InstagramKind::Personal => Some("personal"),
    };
    if let Some(kind) = kind {
        let instagram_id = random::id("178414", 17)?;
        let username = username_from(name, &instagram_id);
        tx.execute(
            "INSERT INTO instagram VALUES (?1, ?2, ?3, ?4, ?5, 0)",
            (&instagram_id, &id, kind, username, name),
        )?;
    }
    page(tx, &id)?.ok_or_else(|| Error::Corrupt(format!("the new Page {id} is missing")))
}

/// Instagram user names are plain ASCII; a name without any gets one from the id.
pub(crate) fn username_from(name: &str, id: &str) -> String {
    let plain: String = name
        .split_whitespace()
        .map(|word| word.chars().filter(char::is_ascii_alphanumeric).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(".")
        .to_ascii_lowercase();
    if plain.is_empty() { format!("account{}", id.get(11..).unwrap_or(id)) } else { plain }
}
