//! What stands on a Page or an Instagram account, and forms to act there as a visitor.

use std::collections::BTreeMap;

use askama::Template;
use axum::Form;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{Response, StatusCode};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::content::acts::{Act, Refusal};
use crate::content::comments::{self, Comment};
use crate::content::instagram::{self, Media};
use crate::content::posts::{self, Post};
use crate::content::{author_on_instagram, author_on_page, leads, reactions};
use crate::control::content::do_now;
use crate::pages::{FormTarget, time};
use crate::world::{self, Page};
use crate::{Error, Sandbox, content, pages};

/// A comment, or a reply to one.
struct Line {
    id: String,
    author: String,
    text: String,
    when: String,
    tags: Vec<String>,
    is_reply: bool,
    /// The Page's or the account's.
    own: bool,
    hidden: bool,
}

/// A post or media with what is said about it.
struct Item {
    id: String,
    author: String,
    text: String,
    when: String,
    tags: Vec<String>,
    lines: Vec<Line>,
    takes_comments: bool,
    is_live: bool,
}

#[derive(Template)]
#[template(path = "content.html")]
struct Shown {
    id: String,
    name: String,
    on_instagram: bool,
    /// The other half: the Page's Instagram account, or the account's Page.
    other: Option<(String, String)>,
    items: Vec<Item>,
    forms: Vec<leads::Form>,
    kinds: &'static [&'static str],
    notice: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct ShowQuery {
    done: Option<String>,
}

pub(crate) async fn show(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Query(query): Query<ShowQuery>,
) -> Response<Body> {
    let notice = query.done.map(|_| "Done.".to_owned());
    answer(&sandbox, &id, notice, StatusCode::OK)
}

fn answer(sandbox: &Sandbox, id: &str, notice: Option<String>, status: StatusCode) -> Response<Body> {
    let now = sandbox.now();
    let shown = sandbox.db().run(|tx| {
        content::settle(tx, now)?;
        read(tx, id, notice)
    });
    match shown.and_then(|shown| Ok(shown.map(|shown| shown.render()).transpose()?)) {
        Ok(Some(text)) => pages::html(status, text, FormTarget::Here),
        Ok(None) => pages::not_found(),
        Err(error) => pages::failed(&error),
    }
}

fn read(tx: &Connection, id: &str, notice: Option<String>) -> Result<Option<Shown>, Error> {
    let kinds = &reactions::KINDS;
    if let Some(page) = world::page(tx, id)? {
        let other =
            page.professional_instagram().map(|found| (found.id.clone(), format!("@{}", found.username)));
        let found = posts::on_page(tx, &page.id)?;
        let items = found.iter().map(|post| post_item(tx, &page, post)).collect::<Result<_, _>>()?;
        let forms = leads::forms(tx, &page.id)?;
        let (id, name) = (page.id, page.name);
        return Ok(Some(Shown { id, name, on_instagram: false, other, items, forms, kinds, notice }));
    }
    let Some(page) = world::page_of_instagram(tx, id)? else { return Ok(None) };
    let Some(account) = page.professional_instagram() else { return Ok(None) };
    let found = instagram::of_account(tx, &account.id)?;
    let items = found.iter().map(|media| media_item(tx, &page, media)).collect::<Result<_, _>>()?;
    Ok(Some(Shown {
        id: account.id.clone(),
        name: format!("@{}", account.username),
        on_instagram: true,
        other: Some((page.id.clone(), page.name.clone())),
        items,
        forms: Vec::new(),
        kinds,
        notice,
    }))
}

fn post_item(tx: &Connection, page: &Page, post: &Post) -> Result<Item, Error> {
    let mut tags = vec![post.status_type().replace('_', " ")];
    match post.scheduled_at {
        Some(at) => tags.push(format!("scheduled for {}", time::utc(at))),
        None if !post.published => tags.push("unpublished".to_owned()),
        None => {}
    }
    tags.extend(post.hidden.then(|| "hidden".to_owned()));
    tags.extend(reactions_on(tx, &post.id)?);
    let text = [post.message.as_deref(), post.link.as_deref()].into_iter().flatten().collect::<Vec<_>>();
    Ok(Item {
        id: post.id.clone(),
        author: author_on_page(tx, page, post.author.as_deref())?.name,
        text: text.join(" "),
        when: time::utc(post.created_at),
        tags,
        lines: lines(tx, page, &post.id)?,
        takes_comments: true,
        is_live: false,
    })
}

fn media_item(tx: &Connection, page: &Page, media: &Media) -> Result<Item, Error> {
    let over = media.ended_at.is_some();
    let mut tags = vec![media.product_type.to_lowercase()];
    tags.extend(over.then(|| "ended".to_owned()));
    tags.extend((!media.comments_enabled).then(|| "comments off".to_owned()));
    Ok(Item {
        id: media.id.clone(),
        author: media.owner.clone(),
        text: media.caption.clone().unwrap_or_default(),
        when: time::utc(media.created_at),
        tags,
        lines: lines(tx, page, &media.id)?,
        takes_comments: media.comments_enabled && !over && !media.is_story(),
        is_live: media.is_live_product() && !over,
    })
}

/// How often each reaction was given, if any was.
fn reactions_on(tx: &Connection, id: &str) -> Result<Option<String>, Error> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for reaction in reactions::on(tx, id)? {
        *counts.entry(reaction.kind).or_default() += 1;
    }
    let parts: Vec<String> = counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    Ok(Some(parts.join(", ")).filter(|text| !text.is_empty()))
}

/// The comments, each followed by its replies.
fn lines(tx: &Connection, page: &Page, on: &str) -> Result<Vec<Line>, Error> {
    let all = comments::on(tx, on)?;
    let mut lines = Vec::new();
    for top in all.iter().filter(|comment| comment.parent_id.is_none()) {
        lines.push(line(tx, page, top)?);
        for reply in all.iter().filter(|comment| comment.parent_id.as_ref() == Some(&top.id)) {
            lines.push(line(tx, page, reply)?);
        }
    }
    Ok(lines)
}

fn line(tx: &Connection, page: &Page, comment: &Comment) -> Result<Line, Error> {
    let name = comment.author.as_deref();
    let author = if comment.is_instagram() {
        author_on_instagram(tx, page, name)?
    } else {
        author_on_page(tx, page, name)?
    };
    let mut tags = Vec::new();
    tags.extend(comment.private_reply_at.map(|_| "answered in private".to_owned()));
    tags.extend(reactions_on(tx, &comment.id)?);
    Ok(Line {
        id: comment.id.clone(),
        author: author.name,
        text: comment.message.clone(),
        when: time::utc(comment.created_at),
        tags,
        is_reply: comment.parent_id.is_some(),
        own: comment.author.is_none(),
        hidden: comment.hidden,
    })
}

/// Does what a form of the page says.
pub(crate) async fn act(
    State(sandbox): State<Sandbox>,
    Path(id): Path<String>,
    Form(form): Form<BTreeMap<String, String>>,
) -> Response<Body> {
    let refused =
        |why: String| answer(&sandbox, &id, Some(format!("Not done: {why}.")), StatusCode::BAD_REQUEST);
    let act = match serde_json::from_value::<Act>(act_of(form)) {
        Ok(act) => act,
        Err(error) => return refused(error.to_string()),
    };
    match do_now(&sandbox, &act) {
        Ok(_) => pages::see_other(&format!("/sandbox/content/{id}?done=yes")),
        Err(Refusal::Missing) => refused("what it is about is not there any more".to_owned()),
        Err(Refusal::Impossible(why)) => refused(why.to_owned()),
        Err(Refusal::Failed(error)) => pages::failed(&error),
    }
}

/// The prefix of the controls for the questions of a lead form.
const ANSWER: &str = "answer_";

/// A form has only texts: boxes that are ticked become true, and answers a list.
fn act_of(form: BTreeMap<String, String>) -> Value {
    let mut act = Map::new();
    let mut answers = Vec::new();
    for (name, value) in form {
        if let Some(key) = name.strip_prefix(ANSWER) {
            if !value.trim().is_empty() {
                answers.push(json!({"name": key, "values": [value]}));
            }
        } else if matches!(name.as_str(), "in_comment" | "negative" | "story") {
            act.insert(name, json!(true));
        } else {
            act.insert(name, json!(value));
        }
    }
    if act.get("act").is_some_and(|name| name == "fill_form") {
        act.insert("answers".to_owned(), json!(answers));
    }
    Value::Object(act)
}
