//! What stands on the Pages of the first start, so that there is something to look at.

use rusqlite::Connection;

use crate::Error;
use crate::content::comments::{self, Said};
use crate::content::instagram::{self, New};
use crate::content::leads::{self, Question};
use crate::content::posts::{self, Draft, Kind};
use crate::world::{self, Page};

/// Every Page has a form to be contacted by; one of them also has a post and a picture, each with a question.
pub(crate) fn seed(tx: &Connection, now: i64) -> Result<(), Error> {
    for page in world::pages(tx)? {
        leads::add_form(tx, &page, "Contact", &contact_questions(), now)?;
        if page.id == world::PAGE_CAFE_AURORA {
            seed_posts(tx, &page, now)?;
        }
    }
    Ok(())
}

fn contact_questions() -> Vec<Question> {
    let question = |key: &str, label: &str, kind: &str, options: &[&str]| Question {
        key: key.to_owned(),
        label: label.to_owned(),
        kind: kind.to_owned(),
        options: options.iter().map(|option| (*option).to_owned()).collect(),
    };
    vec![
        question("full_name", "Full name", "FULL_NAME", &[]),
        question("email", "E-mail", "EMAIL", &[]),
        question("when", "When may we call?", "CUSTOM", &["Morning", "Afternoon"]),
    ]
}

fn seed_posts(tx: &Connection, page: &Page, now: i64) -> Result<(), Error> {
    let maya = |message| Said { author: Some("Maya Green"), message, attachment: None };
    let draft = Draft { message: Some("From today we open at seven."), ..Draft::default() };
    let post = posts::add(tx, page, Kind::Status, draft, now, |_| Ok(()))?;
    comments::add_to_post(tx, &post, None, maya("On Sundays too?"), now)?;
    let Some(account) = page.professional_instagram() else { return Ok(()) };
    let new = New {
        account_id: Some(&account.id),
        owner: &account.username,
        media_type: "IMAGE",
        product_type: "FEED",
        parent_id: None,
        url: "",
        caption: Some("The new cups are here."),
        alt_text: None,
        by_app: false,
    };
    let id = instagram::add(tx, new, now)?;
    if let Some(media) = instagram::find(tx, &id)? {
        comments::add_to_media(tx, &media, &page.id, None, maya("Can one buy them?"), now)?;
    }
    Ok(())
}
