//! What the client sends, held against what Meta publishes: one row for each call, written from Meta's
//! pages by hand. A call that no row knows, a parameter that a row lacks and a row that is not used
//! each fail.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use jetbridge_domain::secret::Secret;

use crate::calls;
use crate::stub::{Asked, Stub, user_token};

struct Fact {
    /// The method, and the path with what varies in braces.
    call: &'static str,
    /// The parameters that may go with it.
    params: &'static [&'static str],
    /// The page of Meta's that says so. "Graph API reference" is meant where nothing else is named; what
    /// it lists is also in Meta's published specs of its SDKs (`facebook-business-sdk-codegen`), under
    /// the same names. `fields`, `limit` and `after` go with any reading (Graph API: field expansion,
    /// paginated results).
    #[expect(dead_code, reason = "for whoever reads the table")]
    from: &'static str,
}

const fn fact(call: &'static str, params: &'static [&'static str], from: &'static str) -> Fact {
    Fact { call, params, from }
}

const PART: &[&str] = &["fields", "limit", "after"];

#[rustfmt::skip]
const FACTS: &[Fact] = &[
    // Login and assets.
    fact("POST /oauth/access_token",
        &["client_id", "client_secret", "redirect_uri", "code", "grant_type", "fb_exchange_token"],
        "Facebook Login: manual flow; long-lived access tokens"),
    fact("GET /debug_token", &["method", "input_token"], "Debug token; Graph API: making calls (method)"),
    fact("GET /me/permissions", &[], "User, edge permissions"),
    fact("DELETE /{user-id}/permissions", &[], "User, edge permissions: deleting"),
    fact("GET /me/accounts", &["fields", "limit"], "User, edge accounts"),
    fact("GET /{page-id}", &["fields"], "Page; Page, field has_lead_access"),
    // Subscriptions.
    fact("POST /{page-id}/subscribed_apps", &["subscribed_fields"], "Page, edge subscribed_apps: creating"),
    fact("GET /{page-id}/subscribed_apps", &[], "Page, edge subscribed_apps"),
    fact("DELETE /{page-id}/subscribed_apps", &[], "Page, edge subscribed_apps: deleting"),
    fact("POST /{app-id}/subscriptions",
        &["object", "callback_url", "verify_token", "fields", "include_values"],
        "Application, edge subscriptions: creating"),
    fact("GET /{app-id}/subscriptions", &[], "Application, edge subscriptions"),
    // Messages.
    fact("POST /{page-id}/messages",
        &["recipient", "messaging_type", "tag", "reply_to", "message", "sender_action", "payload"],
        "Page, edge messages: creating; Messenger Platform: Send API"),
    fact("POST /{page-id}/message_attachments", &["platform", "message"],
        "Page, edge message_attachments: creating; Messenger Platform: Attachment Upload API"),
    fact("GET /{person-id}", &["fields"], "Messenger Platform: user profile; Instagram messaging: user profile"),
    fact("GET /{page-id}/conversations", &["platform", "user_id", "fields", "limit", "after"],
        "Page, edge conversations"),
    fact("GET /{conversation-id}/messages", PART, "Conversation, edge messages (spec UnifiedThread)"),
    // A Page's posts.
    fact("POST /{page-id}/feed",
        &["message", "link", "attached_media", "published", "scheduled_publish_time"],
        "Page, edge feed: publishing; Pages API: posts"),
    fact("POST /{page-id}/photos",
        &["url", "message", "published", "temporary", "scheduled_publish_time"], "Page, edge photos: creating"),
    fact("POST /{page-id}/videos",
        &["file_url", "title", "description", "published", "scheduled_publish_time"],
        "Page, edge videos: creating"),
    fact("GET /{page-id}/feed", PART, "Page, edge feed"),
    fact("GET /{page-id}/published_posts", PART, "Page, edge published_posts"),
    fact("GET /{page-id}/scheduled_posts", PART, "Page, edge scheduled_posts"),
    fact("GET /{page-id}/visitor_posts", PART, "Page, edge visitor_posts"),
    fact("DELETE /{post-id}", &[], "Page post: deleting; photo and video: deleting"),
    fact("GET /{video-id}", &["fields"], "Video; video status"),
    // Publishing on Instagram.
    fact("POST /{instagram-id}/media",
        &["media_type", "image_url", "video_url", "caption", "alt_text", "cover_url", "thumb_offset",
          "share_to_feed", "is_carousel_item", "children", "collaborators"],
        "IG User, edge media: creating; Instagram Platform: content publishing"),
    fact("GET /{container-id}", &["fields"], "IG Container"),
    fact("POST /{instagram-id}/media_publish", &["creation_id"], "IG User, edge media_publish"),
    fact("GET /{instagram-id}/content_publishing_limit", &["fields"], "IG User, edge content_publishing_limit"),
    fact("GET /{instagram-id}/media", PART, "IG User, edge media"),
    // Comments.
    fact("GET /{object-id}/comments", &["order", "fields", "limit", "after"],
        "Page post, comment, edge comments; IG Media, edge comments"),
    fact("POST /{object-id}/comments", &["message"],
        "Page post, comment, edge comments: publishing; IG Media, edge comments: creating"),
    fact("POST /{comment-id}/replies", &["message"], "IG Comment, edge replies: creating"),
    fact("POST /{comment-id}", &["is_hidden", "hide"], "Comment: updating (is_hidden); IG Comment: updating (hide)"),
    fact("DELETE /{comment-id}", &[], "Comment: deleting; IG Comment: deleting"),
    fact("POST /{comment-id}/likes", &[], "Comment, edge likes: publishing"),
    fact("DELETE /{comment-id}/likes", &[], "Comment, edge likes: deleting"),
    // Leads.
    fact("GET /{page-id}/leadgen_forms", PART, "Page, edge leadgen_forms"),
    fact("GET /{form-id}/leads", &["filtering", "fields", "limit", "after"],
        "Leadgen form, edge leads; Marketing API: retrieving leads (filtering)"),
    fact("GET /{lead-id}", &["fields"], "Lead (spec Lead); Marketing API: retrieving leads"),
];

/// What the client calls a request that is passed through: the path is the caller's.
const PASSED: &str = "GET (graph)";

fn fits(fact: &Fact, asked: &Asked) -> bool {
    let (method, template) = fact.call.split_once(' ').unwrap();
    let (sent_method, path) = asked.line.split_once(' ').unwrap();
    // A POST may say that it is another method.
    let sent_method = asked.form("method").map_or(sent_method.to_owned(), str::to_uppercase);
    let path: Vec<_> = path.split('/').skip(2).collect();
    let template: Vec<_> = template.split('/').skip(1).collect();
    let same =
        |(part, sent): (&&str, &&str)| part == sent || (part.starts_with('{') && part.ends_with("-id}"));
    sent_method == method && path.len() == template.len() && template.iter().zip(&path).all(same)
}

#[tokio::test]
async fn every_request_is_one_of_metas() {
    let mut stub = Stub::start().await;
    let any =
        r#"{"id":"7","data":[],"success":true,"access_token":"EAApage","message_id":"m","recipient_id":"5"}"#;
    for _ in 0..100 {
        // A header that makes the client tell which call it was.
        stub = stub.then_with(("x-app-usage", r#"{"call_count":1}"#), 200, any);
    }
    let meta = stub.meta();
    let names: Arc<Mutex<Vec<&'static str>>> = Arc::default();
    let heard = Arc::clone(&names);
    meta.on_usage(move |usage| heard.lock().unwrap().push(usage.call));
    let (token, secret) = (user_token(), Secret::new("x"));
    calls::login(&meta, &token, &token, &secret, &secret).await;
    calls::talking(&meta, &token).await;
    calls::publishing(&meta, &token).await;
    calls::other(&meta, &token).await;

    let (asked, names) = (stub.asked(), names.lock().unwrap());
    assert_eq!(asked.len(), names.len());
    let mut used: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (asked, name) in asked.iter().zip(names.iter()).filter(|(_, name)| **name != PASSED) {
        let fact =
            FACTS.iter().find(|fact| fact.call == *name).unwrap_or_else(|| panic!("{name} has no row"));
        assert!(fits(fact, asked), "{name} was sent as {}", asked.line);
        for param in asked.names() {
            assert!(fact.params.contains(&param), "{name} was sent with {param}");
            assert!(!param.contains("access_token") || param == "fb_exchange_token");
            used.entry(fact.call).or_default().insert(param);
        }
        used.entry(fact.call).or_default();
    }
    for fact in FACTS {
        let sent = used.get(fact.call).unwrap_or_else(|| panic!("{} is never sent", fact.call));
        assert_eq!(*sent, fact.params.iter().copied().collect(), "{}", fact.call);
    }
}

/// A call that is in the client and in none of the lists of tests would escape the one above.
#[test]
fn every_call_in_the_client_has_a_row() {
    let mut found = BTreeSet::new();
    sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |text| {
        for literal in text.split('"') {
            let call = ["GET /", "POST /", "DELETE /"].iter().any(|start| literal.starts_with(start));
            if call && !literal.contains(char::is_control) {
                found.insert(literal.to_owned());
            }
        }
    });
    let listed: BTreeSet<_> = FACTS.iter().map(|fact| fact.call.to_owned()).collect();
    assert_eq!(found, listed);
}

fn sources(folder: &Path, each: &mut impl FnMut(&str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, each);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            each(text.split("#[cfg(test)]").next().unwrap());
        }
    }
}
