//! What is published and said in this world: posts, comments, reactions, Instagram media, leads.
//!
//! The Graph API and the visitors' acts both come here, so whoever does a thing, the same webhooks follow.
//! What takes time at Meta (scheduled posts, processing, stories) is brought up to date by [`settle`].

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::world::{self, Page};
use crate::{Error, webhooks};

pub(crate) mod acts;
pub(crate) mod comments;
pub(crate) mod containers;
mod feed;
pub(crate) mod instagram;
pub(crate) mod leads;
pub(crate) mod posts;
pub(crate) mod reactions;
pub(crate) mod seed;
pub(crate) mod videos;

/// The object of webhooks about Pages, and of what stands on Facebook.
pub(crate) const PAGE: &str = "page";
/// The same for Instagram.
pub(crate) const INSTAGRAM: &str = "instagram";

/// Does what fell due: publishes scheduled posts, ends processing, closes stories.
pub(crate) fn settle(tx: &Connection, now: i64) -> Result<(), Error> {
    videos::finish_due(tx, now)?;
    posts::publish_due(tx, now)?;
    instagram::close_stories(tx, now)
}

/// When there will next be something to settle.
pub(crate) fn next_at(tx: &Connection, now: i64) -> Result<Option<i64>, Error> {
    let next = tx.query_row(
        "SELECT MIN(at) FROM (SELECT scheduled_at AS at FROM posts WHERE published = 0 \
         UNION ALL SELECT ready_at FROM videos WHERE state = 'processing' \
         UNION ALL SELECT created_at + ?2 FROM instagram_media \
         WHERE product_type = 'STORY' AND ended_at IS NULL AND account_id IS NOT NULL) WHERE at > ?1",
        (now, instagram::STORY_SECONDS),
        |row| row.get(0),
    )?;
    Ok(next)
}

/// Who wrote something, as `from` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Author {
    pub(crate) id: String,
    pub(crate) name: String,
}

impl Author {
    pub(crate) fn json(&self) -> Value {
        json!({"id": self.id, "name": self.name})
    }
}

/// The author of something on a Page: a visitor by an id that only this Page knows, or the Page.
pub(crate) fn author_on_page(tx: &Connection, page: &Page, name: Option<&str>) -> Result<Author, Error> {
    Ok(match name {
        Some(name) => Author { id: webhooks::visitor(tx, &page.id, PAGE, name)?, name: name.to_owned() },
        None => Author { id: page.id.clone(), name: page.name.clone() },
    })
}

/// The author of something on Instagram, with the user name in place of the name.
pub(crate) fn author_on_instagram(tx: &Connection, page: &Page, name: Option<&str>) -> Result<Author, Error> {
    Ok(match (name, &page.instagram) {
        (None, Some(account)) => Author { id: account.id.clone(), name: account.username.clone() },
        (None, None) => Author { id: page.id.clone(), name: page.name.clone() },
        (Some(name), _) => {
            let id = webhooks::visitor(tx, &page.id, INSTAGRAM, name)?;
            Author { name: world::username_from(name, &id), id }
        }
    })
}

/// The Page that something belongs to; it is always there, for nothing here deletes Pages.
pub(crate) fn page_of(tx: &Connection, id: &str) -> Result<Page, Error> {
    world::page(tx, id)?.ok_or_else(|| Error::Corrupt(format!("the Page {id} is missing")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::posts::{Draft, Kind};

    #[test]
    fn the_next_thing_to_settle_is_known_and_none_when_all_is_settled() {
        let db = crate::db::Db::open(std::path::Path::new(":memory:")).unwrap();
        db.run(|tx| {
            crate::seed::seed_once(tx, 0)?;
            let page = page_of(tx, world::PAGE_BIKES)?;
            assert_eq!(next_at(tx, 100)?, None);
            let draft = Draft { scheduled_at: Some(900), message: Some("Later"), ..Draft::default() };
            posts::add(tx, &page, Kind::Status, draft, 100, |_| Ok(()))?;
            assert_eq!(next_at(tx, 100)?, Some(900));
            videos::add(tx, &page, "https://example.com/a.mp4", None, Draft::default(), 100)?;
            assert_eq!(next_at(tx, 100)?, Some(130));
            settle(tx, 130)?;
            assert_eq!(next_at(tx, 130)?, Some(900));
            settle(tx, 900)?;
            assert_eq!(next_at(tx, 900)?, None);
            Ok::<_, Error>(())
        })
        .unwrap();
    }
}
