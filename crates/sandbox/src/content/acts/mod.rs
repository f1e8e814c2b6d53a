//! What people do by themselves, at facebook.com or in the Instagram app: the visitors, and those who run the Page.
//!
//! One list for the control API and for the forms of the sandbox's page.

use rusqlite::Connection;
use serde::Deserialize;

use crate::Error;
use crate::content::comments::Said;
use crate::content::instagram::New;
use crate::content::leads::{self, Field, Question};
use crate::world::{self, Page};

mod elsewhere;
mod here;

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
            here::post(tx, on, name(from_name.as_deref())?, text, *story, now)
        }
        Act::Comment { on, from_name, text, attachment_url } => {
            let attachment = attachment_url.as_deref().filter(|url| !url.is_empty());
            let author = name(from_name.as_deref())?;
            here::comment(tx, on, Said { author, message: said(text)?, attachment }, now)
        }
        Act::Edit { id, text } => here::edit(tx, id, said(text)?, now),
        Act::Delete { id } => here::delete(tx, id, now),
        Act::Hide { id } => here::hide(tx, id, true, now),
        Act::Unhide { id } => here::hide(tx, id, false, now),
        Act::React { on, from_name, reaction } => {
            here::react(tx, on, name(from_name.as_deref())?, reaction.as_deref(), now)
        }
        Act::Mention { on, from_name, text, in_comment } => {
            elsewhere::mention(tx, on, required(from_name)?, said(text)?, *in_comment, now)
        }
        Act::Rate { on, from_name, text, negative } => {
            elsewhere::rate(tx, on, required(from_name)?, said(text)?, *negative, now)
        }
        Act::GoLive { on } => elsewhere::go_live(tx, on, now),
        Act::EndLive { id } => elsewhere::end_live(tx, id, now),
        Act::AnswerPrivately { id } => here::answer_privately(tx, id, now),
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
