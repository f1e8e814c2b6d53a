//! Pictures of people, Pages and Instagram accounts: initials on a colour that follows from the id.

use rusqlite::Connection;

use crate::{Error, messaging, world};

/// Dark enough for white letters at any size.
const COLOURS: [&str; 6] = ["#7a4a1d", "#1f5f5b", "#5b3f7a", "#7a2f43", "#2f5a2f", "#3c4f73"];

pub(crate) fn draw(tx: &Connection, id: &str) -> Result<Option<String>, Error> {
    let person = world::person(tx, id)?.map(|person| (person.name, true));
    let page = || Ok::<_, Error>(world::page(tx, id)?.map(|page| (page.name, false)));
    let account = || {
        let page = world::page_of_instagram(tx, id)?;
        Ok::<_, Error>(page.and_then(|page| page.instagram).map(|account| (account.username, true)))
    };
    let found = match person {
        Some(found) => Some(found),
        None => match page()? {
            Some(found) => Some(found),
            None => account()?.or(messaging::of_person(tx, id)?.map(|thread| (thread.name, true))),
        },
    };
    Ok(found.map(|(name, round)| svg(&name, id, round)))
}

fn svg(name: &str, id: &str, round: bool) -> String {
    let sum: usize = id.bytes().map(usize::from).sum();
    let colour = COLOURS.get(sum % COLOURS.len()).unwrap_or(&"#444444");
    let initials: String = name
        .split_whitespace()
        .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
        .take(2)
        .flat_map(char::to_uppercase)
        .collect();
    let corner = if round { 50 } else { 18 };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 100 100\" width=\"100\" height=\"100\">\
         <rect width=\"100\" height=\"100\" rx=\"{corner}\" fill=\"{colour}\"/>\
         <text x=\"50\" y=\"52\" fill=\"#ffffff\" font-family=\"system-ui, sans-serif\" font-size=\"38\" \
         font-weight=\"600\" text-anchor=\"middle\" dominant-baseline=\"central\">{initials}</text></svg>"
    )
}
