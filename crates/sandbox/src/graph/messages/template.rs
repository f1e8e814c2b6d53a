//! The limits of templates, buttons and quick replies.

use serde_json::Value;

use crate::graph::error::GraphError;
use crate::graph::messages::refusal;
use crate::messaging::Platform;

const MAX_QUICK_REPLIES: usize = 13;
const MAX_ELEMENTS: usize = 10;
const MAX_BUTTONS: usize = 3;
const TITLE: usize = 20;
const ELEMENT_TITLE: usize = 80;
const BUTTON_TEXT: usize = 640;
const PAYLOAD: usize = 1_000;

fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key).and_then(Value::as_str).filter(|text| !text.is_empty())
}

fn longer(text: &str, most: usize) -> bool {
    text.chars().count() > most
}

fn list<'a>(object: &'a Value, key: &str) -> &'a [Value] {
    object.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

pub(crate) fn quick_replies(platform: Platform, replies: &[Value]) -> Result<(), GraphError> {
    let bad = |what: &str| Err(refusal::bad_message(platform, what));
    if replies.len() > MAX_QUICK_REPLIES {
        return bad("Too many quick replies: 13 are allowed");
    }
    for reply in replies {
        match text(reply, "content_type") {
            Some("text") => {
                let Some(title) = text(reply, "title") else { return bad("A quick reply needs a title") };
                if longer(title, TITLE) {
                    return bad("The title of a quick reply has at most 20 characters");
                }
                let Some(payload) = text(reply, "payload") else {
                    return bad("A quick reply needs a payload");
                };
                if longer(payload, PAYLOAD) {
                    return bad("The payload of a quick reply has at most 1000 characters");
                }
            }
            Some("user_phone_number" | "user_email") => {}
            _ => return bad("content_type is one of text, user_phone_number and user_email"),
        }
    }
    Ok(())
}

/// Checks the payload of an attachment of type `template`.
pub(crate) fn check(platform: Platform, payload: &Value) -> Result<(), GraphError> {
    let bad = |what: &str| Err(refusal::bad_message(platform, what));
    let elements = list(payload, "elements");
    match text(payload, "template_type") {
        None => bad("template_type is required"),
        Some("generic") => {
            if elements.is_empty() || elements.len() > MAX_ELEMENTS {
                return bad("A generic template has 1 to 10 elements");
            }
            elements.iter().try_for_each(|element| generic_element(platform, element))
        }
        Some("button") => {
            match text(payload, "text") {
                None => return bad("A button template needs a text"),
                Some(text) if longer(text, BUTTON_TEXT) => {
                    return bad("The text of a button template has at most 640 characters");
                }
                Some(_) => {}
            }
            if list(payload, "buttons").is_empty() {
                return bad("A button template has 1 to 3 buttons");
            }
            buttons(platform, payload)
        }
        Some("media") if platform == Platform::Instagram => {
            bad("Instagram has no template of the type media")
        }
        Some("media") => {
            let [element] = elements else { return bad("A media template has one element") };
            if !matches!(text(element, "media_type"), Some("image" | "video")) {
                return bad("media_type is image or video");
            }
            if text(element, "attachment_id").is_some() == text(element, "url").is_some() {
                return bad("A media template needs either attachment_id or url");
            }
            buttons(platform, element)
        }
        // Receipts, coupons, products and the like are products of their own: taken as they are.
        Some(_) => Ok(()),
    }
}

fn generic_element(platform: Platform, element: &Value) -> Result<(), GraphError> {
    let bad = |what: &str| Err(refusal::bad_message(platform, what));
    let Some(title) = text(element, "title") else { return bad("An element needs a title") };
    let subtitle = text(element, "subtitle").unwrap_or_default();
    if longer(title, ELEMENT_TITLE) || longer(subtitle, ELEMENT_TITLE) {
        return bad("Title and subtitle of an element have at most 80 characters");
    }
    buttons(platform, element)
}

fn buttons(platform: Platform, holder: &Value) -> Result<(), GraphError> {
    let buttons = list(holder, "buttons");
    if buttons.len() > MAX_BUTTONS {
        return Err(refusal::bad_message(platform, "At most 3 buttons are allowed"));
    }
    buttons.iter().try_for_each(button)
}

fn button(button: &Value) -> Result<(), GraphError> {
    let titled = text(button, "title").is_some_and(|title| !longer(title, TITLE));
    let (needs_title, holds) = match text(button, "type") {
        Some("web_url") => (true, "url"),
        Some("postback" | "phone_number") => (true, "payload"),
        Some("account_link") => (false, "url"),
        Some("account_unlink") => return Ok(()),
        _ => return Err(refusal::bad_button()),
    };
    if needs_title && !titled {
        return Err(refusal::button_title());
    }
    match text(button, holds) {
        None => Err(refusal::button_payload()),
        Some(held) if holds == "payload" && longer(held, PAYLOAD) => Err(refusal::bad_button()),
        Some(_) => Ok(()),
    }
}
