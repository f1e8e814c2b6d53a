//! Acts that leave nothing on the Page itself: mentions, recommendations, broadcasts.

use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Value, json};

use crate::changes::{self, Subject};
use crate::content::acts::{Refusal, own, place};
use crate::content::comments::{self, Said};
use crate::content::instagram::{self, New};
use crate::content::{author_on_instagram, author_on_page, page_of};
use crate::world::{self, Page};
use crate::{Error, random};

pub(super) fn mention(
    tx: &Connection,
    on: &str,
    from: &str,
    text: &str,
    in_comment: bool,
    now: i64,
) -> Result<String, Refusal> {
    let (page, on_instagram) = place(tx, on)?;
    if on_instagram {
        return mention_on_instagram(tx, &page, from, text, in_comment, now);
    }
    let author = author_on_page(tx, &page, Some(from))?;
    let post_id = format!("{}_{}", author.id, random::id("12", 15)?);
    let mut value = json!({
        "item": if in_comment { "comment" } else { "post" }, "verb": "add", "message": text,
        "post_id": post_id, "created_time": now, "sender_id": author.id, "sender_name": author.name,
    });
    let mut id = post_id;
    if let (Value::Object(value), true) = (&mut value, in_comment) {
        id = random::id("15", 15)?;
        value.insert("comment_id".to_owned(), json!(id));
    }
    changes::queue(tx, Subject::page(&page), "mention", Some(from), &value, now)?;
    Ok(id)
}

/// The media is somebody else's, and is readable from now on through the mention alone.
fn mention_on_instagram(
    tx: &Connection,
    page: &Page,
    from: &str,
    text: &str,
    in_comment: bool,
    now: i64,
) -> Result<String, Refusal> {
    let account = page.professional_instagram().ok_or(Refusal::Missing)?;
    let owner = author_on_instagram(tx, page, Some(from))?.name;
    let new = New {
        account_id: None,
        owner: &owner,
        caption: Some(text).filter(|_| !in_comment),
        ..own(account, "IMAGE", "FEED", None)
    };
    let media_id = instagram::add(tx, new, now)?;
    if !in_comment {
        instagram::mention(tx, account, &media_id, None, from, now)?;
        return Ok(media_id);
    }
    let media = instagram::find(tx, &media_id)?.ok_or(Refusal::Missing)?;
    let said = Said { author: Some(from), message: text, attachment: None };
    let comment = comments::add_to_media(tx, &media, &page.id, None, said, now)?;
    instagram::mention(tx, account, &media_id, Some(&comment.id), from, now)?;
    Ok(comment.id)
}

pub(super) fn rate(
    tx: &Connection,
    on: &str,
    from: &str,
    text: &str,
    negative: bool,
    now: i64,
) -> Result<String, Refusal> {
    let page = world::page(tx, on)?.ok_or(Refusal::Missing)?;
    let author = author_on_page(tx, &page, Some(from))?;
    let story = random::id("12", 15)?;
    let value = json!({
        "item": "rating", "verb": "add", "reviewer_id": author.id, "reviewer_name": author.name,
        "recommendation_type": if negative { "negative" } else { "positive" }, "review_text": text,
        "open_graph_story_id": story, "created_time": now,
    });
    changes::queue(tx, Subject::page(&page), "ratings", Some(from), &value, now)?;
    Ok(story)
}

pub(super) fn go_live(tx: &Connection, on: &str, now: i64) -> Result<String, Refusal> {
    let (page, on_instagram) = place(tx, on)?;
    if let Some(account) = page.professional_instagram().filter(|_| on_instagram) {
        return Ok(instagram::add(tx, own(account, "VIDEO", "LIVE", None), now)?);
    }
    let page = Some(page).filter(|_| !on_instagram).ok_or(Refusal::Missing)?;
    let id = random::id("14", 15)?;
    tx.execute("INSERT INTO broadcasts VALUES (?1, ?2)", [&id, &page.id])?;
    tell_live(tx, &page, &id, "live", now)?;
    Ok(id)
}

fn tell_live(tx: &Connection, page: &Page, id: &str, status: &str, now: i64) -> Result<(), Error> {
    let value = json!({"id": id, "status": status});
    changes::queue(tx, Subject::page(page), "live_videos", None, &value, now)
}

pub(super) fn end_live(tx: &Connection, id: &str, now: i64) -> Result<String, Refusal> {
    if let Some(media) = instagram::find(tx, id)? {
        if !media.is_live_product() || media.ended_at.is_some() {
            return Err(Refusal::Impossible("this is no broadcast that runs"));
        }
        instagram::end(tx, id, now)?;
        return Ok(id.to_owned());
    }
    let page_id: Option<String> =
        tx.query_row("SELECT page_id FROM broadcasts WHERE id = ?1", [id], |row| row.get(0)).optional()?;
    let page = page_of(tx, &page_id.ok_or(Refusal::Missing)?)?;
    tx.execute("DELETE FROM broadcasts WHERE id = ?1", [id])?;
    tell_live(tx, &page, id, "live_stopped", now)?;
    Ok(id.to_owned())
}
