//! Business portfolios: whose people they are, which Pages they own or work for, and their system users.

use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::world::{self, Page, Person};
use crate::{Error, grants, random};

#[derive(Clone, Debug)]
pub(crate) struct Business {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// What a business is to a Page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Owned,
    Client,
}

impl Relation {
    fn as_str(self) -> &'static str {
        match self {
            Relation::Owned => "owned",
            Relation::Client => "client",
        }
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Business> {
    Ok(Business { id: row.get(0)?, name: row.get(1)? })
}

pub(crate) fn find(tx: &Connection, id: &str) -> Result<Option<Business>, Error> {
    let mut statement = tx.prepare_cached("SELECT id, name FROM businesses WHERE id = ?1")?;
    Ok(statement.query_row([id], read).optional()?)
}

pub(crate) fn all(tx: &Connection) -> Result<Vec<Business>, Error> {
    let mut statement = tx.prepare_cached("SELECT id, name FROM businesses ORDER BY created_at, id")?;
    let businesses = statement.query_map([], read)?.collect::<Result<_, _>>()?;
    Ok(businesses)
}

pub(crate) fn of_person(tx: &Connection, person_id: &str) -> Result<Vec<Business>, Error> {
    let mut statement = tx.prepare_cached(
        "SELECT b.id, b.name FROM businesses b JOIN business_people p ON p.business_id = b.id \
         WHERE p.person_id = ?1 ORDER BY b.created_at, b.id",
    )?;
    let businesses = statement.query_map([person_id], read)?.collect::<Result<_, _>>()?;
    Ok(businesses)
}

pub(crate) fn people_of(tx: &Connection, id: &str) -> Result<Vec<String>, Error> {
    ids(tx, "SELECT person_id FROM business_people WHERE business_id = ?1 ORDER BY rowid", &[id])
}

pub(crate) fn pages_of(tx: &Connection, id: &str, relation: Relation) -> Result<Vec<Page>, Error> {
    let ids = ids(
        tx,
        "SELECT page_id FROM business_pages WHERE business_id = ?1 AND relation = ?2 ORDER BY rowid",
        &[id, relation.as_str()],
    )?;
    ids.iter().filter_map(|id| world::page(tx, id).transpose()).collect()
}

fn ids(tx: &Connection, sql: &str, values: &[&str]) -> Result<Vec<String>, Error> {
    let mut statement = tx.prepare_cached(sql)?;
    let rows = statement.query_map(rusqlite::params_from_iter(values), |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The business that owns a Page.
pub(crate) fn owner(tx: &Connection, page_id: &str) -> Result<Option<Business>, Error> {
    let mut statement = tx.prepare_cached(
        "SELECT b.id, b.name FROM businesses b JOIN business_pages p ON p.business_id = b.id \
         WHERE p.page_id = ?1 AND p.relation = 'owned' LIMIT 1",
    )?;
    Ok(statement.query_row([page_id], read).optional()?)
}

pub(crate) fn add(tx: &Connection, name: &str, now: i64) -> Result<Business, Error> {
    let id = random::id("1030", 15)?;
    insert(tx, &id, name, now)?;
    Ok(Business { id, name: name.to_owned() })
}

pub(crate) fn insert(tx: &Connection, id: &str, name: &str, now: i64) -> Result<(), Error> {
    tx.execute("INSERT INTO businesses VALUES (?1, ?2, ?3)", (id, name, now))?;
    Ok(())
}

pub(crate) fn join(tx: &Connection, id: &str, person_id: &str) -> Result<(), Error> {
    tx.execute("INSERT OR IGNORE INTO business_people VALUES (?1, ?2)", [id, person_id])?;
    Ok(())
}

pub(crate) fn set_page(tx: &Connection, id: &str, page_id: &str, relation: Relation) -> Result<(), Error> {
    let relation = relation.as_str();
    tx.execute("INSERT OR REPLACE INTO business_pages VALUES (?1, ?2, ?3)", [id, page_id, relation])?;
    Ok(())
}

/// The system user that acts for the app in a business; made when the business first connects.
pub(crate) fn system_user(tx: &Connection, business: &Business, now: i64) -> Result<Person, Error> {
    let id = Some(business.id.as_str());
    let existing = world::system_users(tx)?.into_iter().find(|user| user.business_id.as_deref() == id);
    existing.map_or_else(|| new_system_user(tx, business, now), Ok)
}

/// Another one, for tokens that reach less than the first.
pub(crate) fn new_system_user(tx: &Connection, business: &Business, now: i64) -> Result<Person, Error> {
    world::add_system_user(tx, &format!("System user of {}", business.name), &business.id, now)
}

/// Delegates Pages to a system user, with the tasks that the person has who does it. Pages that are not
/// delegated are taken away.
pub(crate) fn delegate(
    tx: &Connection,
    from: &str,
    system_user: &str,
    selection: &grants::Selection,
) -> Result<(), Error> {
    let roles = world::roles(tx, from)?;
    tx.execute("DELETE FROM roles WHERE person_id = ?1", [system_user])?;
    for role in roles {
        if selection.as_ref().is_none_or(|pages| pages.contains(&role.page.id)) {
            world::set_role(tx, system_user, &role.page.id, &role.tasks)?;
        }
    }
    Ok(())
}
