//! What people do by themselves, at facebook.com or in the Instagram app: the visitors, and those who run the Page.
//!
//! One list for the control API and for the forms of the sandbox's page.

use rusqlite::{Connection, OptionalExtension as _};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::changes::{self, Subject};
use crate::content::comments::{self, Comment, Said};
use crate::content::instagram::{self, Media, New};
use crate::content::leads::{self, Field, Question};
use crate::content::posts::{self, Draft, Kind};
use crate::content::reactions::{self, Target};
use crate::content::{author_on_instagram, author_on_page, page_of};
use crate::world::{self, Page};
use crate::{Error, random};

/// One act. `from_name` is a visitor; an act without one is of those who run the Page.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Act {
    /// On a Page or, with a picture of the account's own, on Instagram.
    Post {
        on: String,
        from_name: Option<String>,
        text: String,
        #[serde(default)]
        story: bool,
    },
    /// A comment on a post or media, or a reply to a comment.
    Comment {
        on: String,
        from_name: Option<String>,
        text: String,
        attachment_url: Option<String>,
    },
    /// Other words for a post or comment on Facebook.
    Edit {
        id: String,
        text: String,
    },
    Delete {
        id: String,
    },
    Hide {
        id: String,
    },
    Unhide {
        id: String,
    },
    /// A reaction to a post or comment on Facebook; without one, the earlier is taken back.
    React {
        on: String,
        from_name: Option<String>,
        reaction: Option<String>,
    },
    /// Somebody names a Page or an Instagram account in a post of their own, or in a comment under one.
    Mention {
        on: String,
        from_name: String,
        text: String,
        #[serde(default)]
        in_comment: bool,
    },
    Rate {
        on: String,
        from_name: String,
        text: String,
        #[serde(default)]
        negative: bool,
    },
    /// A broadcast begins on a Page or an Instagram account.
    GoLive {
        on: String,
    },
    EndLive {
        id: String,
    },
    /// Those who run the Page answer a comment, or a visitor's post, in private.
    AnswerPrivately {
        id: String,
    },
    CreateForm {
        on: String,
        name: String,
        questions: Vec<Question>,
    },
    /// With an ad it came from, or organic.
    FillForm {
        form_id: String,
        from_name: String,
        answers: Vec<Field>,
        ad_id: Option<String>,
    },
    /// A lead is completed later.
    ChangeLead {
        id: String,
        answers: Vec<Field>,
    },
}

/// Why an act could not be done.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// What it is about is not there.
    Missing,
    /// It is there, and nobody can do this to it.
    Impossible(&'static str),
    Failed(Error),
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Refusal::Failed(error)
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Refusal::Failed(error.into())
    }
}

/// Does it, and answers the id of what came of it.
pub(crate) fn perform(tx: &Connection, act: &Act, now: i64) -> Result<String, Refusal> {
    match act {
        Act::Post { on, from_name, text, story } => {
            post(tx, on, name(from_name.as_deref())?, text, *story, now)
        }
        Act::Comment { on, from_name, text, attachment_url } => {
            let attachment = attachment_url.as_deref().filter(|url| !url.is_empty());
            let author = name(from_name.as_deref())?;
            comment(tx, on, Said { author, message: said(text)?, attachment }, now)
        }
        Act::Edit { id, text } => edit(tx, id, said(text)?, now),
        Act::Delete { id } => delete(tx, id, now),
        Act::Hide { id } => hide(tx, id, true, now),
        Act::Unhide { id } => hide(tx, id, false, now),
        Act::React { on, from_name, reaction } => {
            react(tx, on, name(from_name.as_deref())?, reaction.as_deref(), now)
        }
        Act::Mention { on, from_name, text, in_comment } => {
            mention(tx, on, required(from_name)?, said(text)?, *in_comment, now)
        }
        Act::Rate { on, from_name, text, negative } => {
            rate(tx, on, required(from_name)?, said(text)?, *negative, now)
        }
        Act::GoLive { on } => go_live(tx, on, now),
        Act::EndLive { id } => end_live(tx, id, now),
        Act::AnswerPrivately { id } => answer_privately(tx, id, now),
        Act::CreateForm { on, name, questions } => {
            let page = world::page(tx, on)?.ok_or(Refusal::Missing)?;
            if name.trim().is_empty() || questions.is_empty() {
                return Err(Refusal::Impossible("a form has a name and at least one question"));
            }
            Ok(leads::add_form(tx, &page, name, questions, now)?)
        }
        Act::FillForm { form_id, from_name, answers, ad_id } => {
            let form = leads::form(tx, form_id)?.ok_or(Refusal::Missing)?;
            check_answers(&form, answers)?;
            let ad = ad_id.as_deref().filter(|id| !id.is_empty());
            Ok(leads::add(tx, &form, answers, Some(required(from_name)?), ad, now)?)
        }
        Act::ChangeLead { id, answers } => {
            let lead = leads::find(tx, id)?.ok_or(Refusal::Missing)?;
            let form = leads::form(tx, &lead.form_id)?.ok_or(Refusal::Missing)?;
            check_answers(&form, answers)?;
            leads::change(tx, &form, &lead, answers, now)?;
            Ok(lead.id)
        }
    }
}

/// The longest name a person has here.
const MAX_NAME: usize = 80;

fn required(name: &str) -> Result<&str, Refusal> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > MAX_NAME {
        return Err(Refusal::Impossible("a name has 1 to 80 characters"));
    }
    Ok(name)
}

fn name(given: Option<&str>) -> Result<Option<&str>, Refusal> {
    given.filter(|name| !name.is_empty()).map(required).transpose()
}

fn said(text: &str) -> Result<&str, Refusal> {
    if text.trim().is_empty() { Err(Refusal::Impossible("a text is needed")) } else { Ok(text) }
}

fn check_answers(form: &leads::Form, answers: &[Field]) -> Result<(), Refusal> {
    let asked = |field: &Field| form.questions.iter().any(|question| question.key == field.name);
    if answers.is_empty() || !answers.iter().all(asked) {
        return Err(Refusal::Impossible("answers are named after the keys of the form's questions"));
    }
    Ok(())
}

/// A Page, or an Instagram account with the Page it is linked to.
fn place(tx: &Connection, id: &str) -> Result<(Page, bool), Refusal> {
    if let Some(page) = world::page(tx, id)? {
        return Ok((page, false));
    }
    let page = world::page_of_instagram(tx, id)?.ok_or(Refusal::Missing)?;
    Ok((page, true))
}

fn post(
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

/// Without an address: it shows the account's picture.
fn own<'a>(
    account: &'a world::Instagram,
    media_type: &'a str,
    product_type: &'a str,
    caption: Option<&'a str>,
) -> New<'a> {
    New {
        account_id: Some(&account.id),
        owner: &account.username,
        media_type,
        product_type,
        parent_id: None,
        url: "",
        caption,
        alt_text: None,
        by_app: false,
    }
}

fn comment(tx: &Connection, on: &str, said: Said<'_>, now: i64) -> Result<String, Refusal> {
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

fn edit(tx: &Connection, id: &str, text: &str, now: i64) -> Result<String, Refusal> {
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

fn delete(tx: &Connection, id: &str, now: i64) -> Result<String, Refusal> {
    if let Some(comment) = comments::find(tx, id)? {
        comments::remove(tx, &comment, now)?;
    } else {
        let post = posts::find(tx, id)?.ok_or(Refusal::Missing)?;
        posts::remove(tx, &post, now)?;
    }
    Ok(id.to_owned())
}

fn hide(tx: &Connection, id: &str, hidden: bool, now: i64) -> Result<String, Refusal> {
    let comment = comments::find(tx, id)?.ok_or(Refusal::Missing)?;
    if comment.author.is_none() {
        return Err(Refusal::Impossible("one's own comments cannot be hidden"));
    }
    comments::hide(tx, &comment, hidden, now)?;
    Ok(id.to_owned())
}

fn react(
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

fn mention(
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

fn rate(
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

fn go_live(tx: &Connection, on: &str, now: i64) -> Result<String, Refusal> {
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

fn end_live(tx: &Connection, id: &str, now: i64) -> Result<String, Refusal> {
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

fn answer_privately(tx: &Connection, id: &str, now: i64) -> Result<String, Refusal> {
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
