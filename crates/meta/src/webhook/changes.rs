//! What happens on posts, and leads (Graph API reference: webhooks for Pages, for Instagram, for leadgen). The one
//! place that knows these shapes.

use jetbridge_domain::clock::Time;
use jetbridge_domain::inbound::{
    Attachment, Content, ContentKind, Family, Happening, Inbound, Lead, Object, Party,
};
use serde_json::Value;

use super::batch::{Place, Read, part};
use super::messaging;
use super::value::{canonical, moment, party, read};
use crate::answer::{list, number, text, word};

/// Reads an item of `changes`.
pub(super) fn item(place: &Place<'_>) -> Vec<Inbound> {
    let Some(change) = read(place.raw.get()) else { return vec![place.other(Family::Content, None)] };
    let nothing = Value::Null;
    let value = change.get("value").unwrap_or(&nothing);
    let field = part(&change, "field");
    let read = match (place.object, field.as_str()) {
        // The dashboard's samples of conversations come as changes.
        (Object::Page | Object::Instagram, field) if of_conversations(field) => {
            let place = Place { standby: place.standby || field == "standby", ..*place };
            let found = messaging::of_value(&place, value);
            return if found.is_empty() {
                vec![place.other(Family::Messaging, Some(&change))]
            } else {
                found
            };
        }
        (Object::Page, "feed") => feed(place, value),
        (Object::Page, "mention") | (Object::Instagram, "mentions") => mention(place, value),
        (Object::Page, "leadgen") => lead(value),
        (Object::Instagram, "comments" | "live_comments") => instagram_comment(place, value),
        // What Meta thinks of the business concerns its messages as much as its posts.
        (Object::Person, _) | (_, "business_integrity") => {
            return vec![place.other(Family::Account, Some(&change))];
        }
        _ => None,
    };
    vec![match read {
        Some(read) => place.inbound(value, read),
        None => place.other(Family::Content, Some(&change)),
    }]
}

fn of_conversations(field: &str) -> bool {
    let others = ["standby", "inbox_labels", "response_feedback", "send_cart", "conversations"];
    field.starts_with("message") || field.starts_with("messaging") || others.contains(&field)
}

/// What happened, and what tells it from others of its kind.
fn content(kind: ContentKind, content: Content, key: &str, at: Option<Time>) -> Read {
    let key = format!("{}\n{key}", kind.name());
    Read { family: Family::Content, happening: Happening::Content(kind, Box::new(content)), key, at }
}

fn feed(place: &Place<'_>, value: &Value) -> Option<Read> {
    let (item, verb) = (part(value, "item"), part(value, "verb"));
    match item.as_str() {
        "comment" => comment(place, value, &verb),
        "reaction" | "like" => reaction(place, value, &item, &verb),
        item if POSTS.contains(&item) => post(place, value, item, &verb),
        _ => None,
    }
}

/// The items that are posts of the Page or on it. Others have a `post_id` too, of a post elsewhere: `mention`,
/// `tag`, `rating`.
const POSTS: [&str; 17] = [
    "album",
    "coupon",
    "event",
    "link",
    "milestone",
    "note",
    "photo",
    "photo-album",
    "picture",
    "platform-story",
    "post",
    "question",
    "share",
    "status",
    "story",
    "timeline cover",
    "video",
];

/// Old payloads have the two halves of `from` beside each other.
fn from(value: &Value) -> Option<Party> {
    party(value, "from").or_else(|| {
        let id = word(value, "sender_id").or_else(|| word(value, "user_id"))?;
        Some(Party { id, name: word(value, "sender_name"), username: None })
    })
}

fn base(place: &Place<'_>, value: &Value) -> Content {
    let from = from(value);
    Content {
        own: from.as_ref().is_some_and(|from| from.id == place.account),
        from,
        post_id: word(value, "post_id"),
        text: text(value, "message"),
        permalink: value.get("post").and_then(|post| word(post, "permalink_url")),
        attachments: attachments(value),
        ..Content::default()
    }
}

fn attachments(value: &Value) -> Vec<Attachment> {
    let at =
        |kind: &str, url: Option<String>| Attachment { kind: kind.to_owned(), url, ..Attachment::default() };
    let mut all = Vec::new();
    let photos = list(value, "photos").unwrap_or_default().iter().filter_map(Value::as_str);
    all.extend(photos.map(|url| at("image", Some(url.to_owned()))));
    if word(value, "photo").is_some() || word(value, "photo_id").is_some() {
        let url = word(value, "photo").or_else(|| word(value, "link"));
        all.push(Attachment { id: word(value, "photo_id"), ..at("image", url) });
    } else if word(value, "video").is_some() || word(value, "video_id").is_some() {
        let url = word(value, "video").or_else(|| word(value, "link"));
        all.push(Attachment { id: word(value, "video_id"), ..at("video", url) });
    } else if let Some(url) = word(value, "link") {
        all.push(at("link", Some(url)));
    }
    all
}

fn comment(place: &Place<'_>, value: &Value, verb: &str) -> Option<Read> {
    let id = word(value, "comment_id")?;
    let mut found = Content { comment_id: Some(id.clone()), ..base(place, value) };
    found.parent_id = word(value, "parent_id").filter(|parent| Some(parent) != found.post_id.as_ref());
    let created = part(value, "created_time");
    let kind = match verb {
        "add" => ContentKind::CommentCreated,
        "edit" | "edited" | "update" => ContentKind::CommentEdited,
        "remove" | "delete" => ContentKind::CommentDeleted,
        "hide" | "unhide" => {
            found.hidden = Some(verb == "hide");
            ContentKind::CommentHidden
        }
        _ => return None,
    };
    // A comment can be changed, hidden and shown again many times, each with the time of its making: only
    // the sending tells these apart.
    let time = match kind {
        ContentKind::CommentEdited | ContentKind::CommentHidden => {
            format!("{created}\n{}\n{}", place.sent, canonical(value))
        }
        _ => created,
    };
    let at = happened(place, value, kind == ContentKind::CommentCreated);
    Some(content(kind, found, &format!("{id}\n{verb}\n{time}"), at))
}

fn reaction(place: &Place<'_>, value: &Value, item: &str, verb: &str) -> Option<Read> {
    let action = match verb {
        "add" | "edit" | "edited" => "react",
        "remove" | "delete" => "unreact",
        _ => return None,
    };
    let word_of = word(value, "reaction_type").or_else(|| (item == "like").then(|| item.to_owned()));
    let reaction = word_of.map(|word| match word.as_str() {
        "anger" => "angry".to_owned(),
        "sorry" => "sad".to_owned(),
        _ => word,
    });
    let found = Content {
        comment_id: word(value, "comment_id"),
        action: Some(action.to_owned()),
        reaction,
        attachments: Vec::new(),
        ..base(place, value)
    };
    // A like of the Page itself is on no post.
    found.post_id.as_ref().or(found.comment_id.as_ref())?;
    let who = found.from.as_ref().map_or("", |from| from.id.as_str());
    let key = format!(
        "{}\n{}\n{who}\n{verb}\n{}\n{}",
        part(value, "post_id"),
        part(value, "comment_id"),
        part(value, "reaction_type"),
        place.time(value, "created_time")
    );
    Some(content(ContentKind::PostReaction, found, &key, moment(value, "created_time")))
}

fn post(place: &Place<'_>, value: &Value, item: &str, verb: &str) -> Option<Read> {
    let id = word(value, "post_id")?;
    let kind = match verb {
        "add" => ContentKind::PostCreated,
        "edit" | "edited" | "update" => ContentKind::PostEdited,
        "remove" | "delete" => ContentKind::PostDeleted,
        _ => return None,
    };
    let mut found = base(place, value);
    found.kind = Some(item.to_owned());
    found.published =
        number(value, "published").map(|n| n != 0).or_else(|| value.get("published")?.as_bool());
    found.text = found.text.or_else(|| text(value, "story"));
    let created = part(value, "created_time");
    let time = match kind {
        ContentKind::PostEdited => format!("{created}\n{}\n{}", place.sent, canonical(value)),
        // The photos of one post come one by one, and a planned post once more when it is published.
        _ => ["published", "photo_id", "video_id"]
            .iter()
            .fold(created, |so_far, key| format!("{so_far}\n{}", part(value, key))),
    };
    let at = happened(place, value, kind == ContentKind::PostCreated);
    Some(content(kind, found, &format!("{id}\n{item}\n{verb}\n{time}"), at))
}

/// `created_time` is when the thing was made, whatever happened to it now.
fn happened(place: &Place<'_>, value: &Value, made: bool) -> Option<Time> {
    let created = moment(value, "created_time");
    if made { created } else { place.sent_at().max(created) }
}

fn mention(place: &Place<'_>, value: &Value) -> Option<Read> {
    // Instagram's have no verb; what was taken back or changed is no mention anew.
    if !matches!(part(value, "verb").as_str(), "" | "add") {
        return None;
    }
    let mut found = Content {
        comment_id: word(value, "comment_id"),
        media_id: word(value, "media_id"),
        attachments: Vec::new(),
        ..base(place, value)
    };
    found.kind = word(value, "item");
    found.post_id.as_ref().or(found.media_id.as_ref()).or(found.comment_id.as_ref())?;
    let of = |id: &Option<String>| id.clone().unwrap_or_default();
    let key = format!(
        "{}\n{}\n{}\n{}\n{}",
        of(&found.post_id),
        of(&found.media_id),
        of(&found.comment_id),
        part(value, "verb"),
        part(value, "created_time")
    );
    Some(content(ContentKind::MentionCreated, found, &key, moment(value, "created_time")))
}

/// Meta's reference calls the id `id`, one of its pages `comment_id`.
fn instagram_comment(place: &Place<'_>, value: &Value) -> Option<Read> {
    let id = word(value, "id").or_else(|| word(value, "comment_id"))?;
    let media = value.get("media").unwrap_or(&Value::Null);
    let from = party(value, "from");
    let found = Content {
        own: from.as_ref().is_some_and(|from| from.id == place.account),
        from,
        media_id: word(media, "id"),
        parent_id: word(value, "parent_id"),
        kind: word(media, "media_product_type"),
        text: text(value, "text"),
        ad_id: word(media, "ad_id"),
        ad_title: word(media, "ad_title"),
        comment_id: Some(id.clone()),
        ..Content::default()
    };
    Some(content(ContentKind::CommentCreated, found, &id, None))
}

/// Ids come as texts or numbers; organic leads have none of an ad, or 0.
fn lead(value: &Value) -> Option<Read> {
    let id = |key| word(value, key).filter(|id| id != "0");
    let lead_id = id("leadgen_id")?;
    let key = format!("lead\n{lead_id}");
    let lead = Lead { lead_id, form_id: id("form_id"), ad_id: id("ad_id"), adgroup_id: id("adgroup_id") };
    let at = moment(value, "created_time");
    Some(Read { family: Family::Content, happening: Happening::Lead(Box::new(lead)), key, at })
}
