//! Acts on what stands here: posting, commenting, editing, hiding, reacting, answering.

use rusqlite::Connection;

use crate::Error;
use crate::content::acts::{Refusal, own, place, said};
use crate::content::comments::{self, Comment, Said};
use crate::content::instagram::{self, Media};
use crate::content::page_of;
use crate::content::posts::{self, Draft, Kind};
use crate::content::reactions::{self, Target};
use crate::world::{self, Page};

pub(super) fn post(
    tx: &Connection,
    on: &str,
    author: Option<&str>,
    text: &str,
    story: bool,
    now: i64,
) -> Result<String, Refusal> {
    let (page, on_instagram) = place(tx, on)?;
    let account = page.instagram.as_ref().filter(|_| on_instagram);
    let Some(account) = account else {
        let draft = Draft { author, message: Some(said(text)?), ..Draft::default() };
        return Ok(posts::add(tx, &page, Kind::Status, draft, now, |_| Ok(()))?.id);
    };
    if author.is_some() {
        return Err(Refusal::Impossible("visitors cannot post on an Instagram account"));
    }
    let product_type = if story { "STORY" } else { "FEED" };
    let caption = Some(text).filter(|text| !text.trim().is_empty() && !story);
    Ok(instagram::add(tx, own(account, "IMAGE", product_type, caption), now)?)
}

pub(super) fn comment(tx: &Connection, on: &str, said: Said<'_>, now: i64) -> Result<String, Refusal> {
    let parent = comments::find(tx, on)?;
    let target = parent.as_ref().map_or(on, |parent| parent.on_id.as_str());
    if let Some(post) = posts::find(tx, target)? {
        return Ok(comments::add_to_post(tx, &post, parent.as_ref(), said, now)?.id);
    }
    let media = instagram::find(tx, target)?.ok_or(Refusal::Missing)?;
    if !media.comments_enabled || media.ended_at.is_some() || media.is_story() {
        return Err(Refusal::Impossible("this media takes no comments"));
    }
    let page_id = match (&parent, page_of_media(tx, &media)?) {
        (Some(parent), _) => parent.page_id.clone(),
        (None, Some(page)) => page.id,
        (None, None) => return Err(Refusal::Impossible("this media is of nobody here")),
    };
    Ok(comments::add_to_media(tx, &media, &page_id, parent.as_ref(), said, now)?.id)
}

fn page_of_media(tx: &Connection, media: &Media) -> Result<Option<Page>, Error> {
    let Some(account) = &media.account_id else { return Ok(None) };
    world::page_of_instagram(tx, account)
}

pub(super) fn edit(tx: &Connection, id: &str, text: &str, now: i64) -> Result<String, Refusal> {
    if let Some(comment) = comments::find(tx, id)? {
        if comment.is_instagram() {
            return Err(Refusal::Impossible("comments on Instagram cannot be edited"));
        }
        comments::edit(tx, &comment, text, now)?;
    } else {
        let mut post = posts::find(tx, id)?.ok_or(Refusal::Missing)?;
        post.message = Some(text.to_owned());
        posts::save(tx, &post, now)?;
    }
    Ok(id.to_owned())
}

pub(super) fn delete(tx: &Connection, id: &str, now: i64) -> Result<String, Refusal> {
    if let Some(comment) = comments::find(tx, id)? {
        comments::remove(tx, &comment, now)?;
    } else {
        let post = posts::find(tx, id)?.ok_or(Refusal::Missing)?;
        posts::remove(tx, &post, now)?;
    }
    Ok(id.to_owned())
}

pub(super) fn hide(tx: &Connection, id: &str, hidden: bool, now: i64) -> Result<String, Refusal> {
    let comment = comments::find(tx, id)?.ok_or(Refusal::Missing)?;
    if comment.author.is_none() {
        return Err(Refusal::Impossible("one's own comments cannot be hidden"));
    }
    comments::hide(tx, &comment, hidden, now)?;
    Ok(id.to_owned())
}

pub(super) fn react(
    tx: &Connection,
    on: &str,
    actor: Option<&str>,
    kind: Option<&str>,
    now: i64,
) -> Result<String, Refusal> {
    let kind = kind.filter(|kind| !kind.is_empty());
    if !kind.is_none_or(|kind| reactions::KINDS.contains(&kind)) {
        return Err(Refusal::Impossible("a reaction is like, love, wow, haha, sad, angry or care"));
    }
    if let Some(comment) = comments::find(tx, on)? {
        if comment.is_instagram() {
            return Err(Refusal::Impossible("reactions are Facebook's"));
        }
        reactions::set(tx, Target::Comment(&comment), actor, kind, now)?;
    } else {
        let post = posts::find(tx, on)?.ok_or(Refusal::Missing)?;
        reactions::set(tx, Target::Post(&post), actor, kind, now)?;
    }
    Ok(on.to_owned())
}

pub(super) fn answer_privately(tx: &Connection, id: &str, now: i64) -> Result<String, Refusal> {
    let page_id = match comments::find(tx, id)? {
        Some(Comment { page_id, .. }) => page_id,
        None => posts::find(tx, id)?.ok_or(Refusal::Missing)?.page_id,
    };
    let page = page_of(tx, &page_id)?;
    let asked = comments::for_private_reply(tx, &page.id, id, now)?;
    match asked {
        Some(asked) if !asked.answered && asked.in_time => comments::answered_privately(tx, id, now)?,
        _ => return Err(Refusal::Impossible("this cannot be answered in private, or was already")),
    }
    Ok(id.to_owned())
}
