//! The page of what stands on a Page or an Instagram account, as a browser without scripts uses it.

use jetbridge_sandbox::world::{
    INSTAGRAM_BIKES, INSTAGRAM_CAFE_AURORA, INSTAGRAM_PERSONAL, OMER, PAGE_BIKES, PAGE_CAFE_AURORA,
};
use reqwest::StatusCode;
use serde_json::json;

use crate::support::{Meta, Subscribed};

async fn open(meta: &Meta, id: &str) -> String {
    let response = meta.client.get(format!("{}/sandbox/content/{id}", meta.url)).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{id}");
    let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
    response.text().await.unwrap()
}

/// Sends a form of the page; the status, and where it leads or what it shows.
async fn send(meta: &Meta, id: &str, form: &[(&str, &str)]) -> (StatusCode, String) {
    let url = format!("{}/sandbox/content/{id}", meta.url);
    let response = meta.client.post(url).form(form).send().await.unwrap();
    let status = response.status();
    let location = response.headers().get("location").map(|to| to.to_str().unwrap().to_owned());
    let body = response.text().await.unwrap();
    (status, location.unwrap_or(body))
}

async fn done(meta: &Meta, id: &str, form: &[(&str, &str)]) {
    let (status, to) = send(meta, id, form).await;
    assert_eq!((status, to), (StatusCode::SEE_OTHER, format!("/sandbox/content/{id}?done=yes")), "{form:?}");
}

/// The ids of all posts, media and comments of the page, in their order.
fn ids(html: &str) -> Vec<String> {
    let parts = html.split("id=\"item-").skip(1);
    parts.filter_map(|part| part.split('"').next()).map(str::to_owned).collect()
}

#[tokio::test]
async fn home_leads_to_what_stands_on_each_page_and_account() {
    let meta = Meta::start().await;
    let home = meta.client.get(&meta.url).send().await.unwrap().text().await.unwrap();
    for id in [PAGE_BIKES, INSTAGRAM_BIKES] {
        assert!(home.contains(&format!("href=\"/sandbox/content/{id}\"")), "{id}");
    }
    assert!(!home.contains(&format!("/sandbox/content/{INSTAGRAM_PERSONAL}")));
    let page = open(&meta, PAGE_CAFE_AURORA).await;
    assert!(page.contains("From today we open at seven.") && page.contains("On Sundays too?"));
    assert!(page.contains("When may we call?") && page.contains("@cafe.aurora"));
    let account = open(&meta, INSTAGRAM_CAFE_AURORA).await;
    assert!(account.contains("The new cups are here.") && account.contains("Can one buy them?"));
    for id in [INSTAGRAM_PERSONAL, "1"] {
        let url = format!("{}/sandbox/content/{id}", meta.url);
        assert_eq!(meta.client.get(url).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_visitor_posts_comments_replies_reacts_edits_and_deletes() {
    let meta = Meta::start().await;
    let maya = ("from_name", "Maya <b>");
    done(&meta, PAGE_BIKES, &[("act", "post"), ("on", PAGE_BIKES), maya, ("text", "Hello")]).await;
    let page = open(&meta, PAGE_BIKES).await;
    assert!(page.contains("Maya &#60;b&#62;") && !page.contains("Maya <b>"), "{page}");
    let post = ids(&page).remove(0);
    done(&meta, PAGE_BIKES, &[("act", "comment"), ("on", &post), maya, ("text", "One thing more")]).await;
    let comment = ids(&open(&meta, PAGE_BIKES).await).remove(1);
    done(&meta, PAGE_BIKES, &[("act", "comment"), ("on", &comment), maya, ("text", "And another")]).await;
    done(&meta, PAGE_BIKES, &[("act", "react"), ("on", &post), maya, ("reaction", "love")]).await;
    done(&meta, PAGE_BIKES, &[("act", "edit"), ("id", &comment), ("text", "Never mind")]).await;
    done(&meta, PAGE_BIKES, &[("act", "hide"), ("id", &comment)]).await;
    let page = open(&meta, PAGE_BIKES).await;
    for expected in ["Never mind", "And another", "love 1", ">hidden<", "Show again", "class=\"reply\""] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains("One thing more"));
    done(&meta, PAGE_BIKES, &[("act", "unhide"), ("id", &comment)]).await;
    assert!(!open(&meta, PAGE_BIKES).await.contains(">hidden<"));
    done(&meta, PAGE_BIKES, &[("act", "delete"), ("id", &comment)]).await;
    assert_eq!(ids(&open(&meta, PAGE_BIKES).await), [post]);
}

#[tokio::test]
async fn lead_forms_mentions_and_ratings_are_sent_from_the_page() {
    let meta = Meta::start().await;
    let token = meta.content_token(OMER, PAGE_BIKES).await;
    let fields = "leadgen,mention,ratings";
    let mut told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", fields, fields).await;
    let page = open(&meta, PAGE_BIKES).await;
    let (_, rest) = page.split_once("name=\"form_id\" value=\"").unwrap();
    let form = rest.split('"').next().unwrap();
    let maya = ("from_name", "Maya");
    let answers = [
        ("act", "fill_form"),
        ("form_id", form),
        maya,
        ("answer_full_name", "Maya"),
        ("answer_email", ""),
        ("answer_when", "Morning"),
        ("ad_id", ""),
    ];
    done(&meta, PAGE_BIKES, &answers).await;
    done(
        &meta,
        PAGE_BIKES,
        &[("act", "mention"), ("on", PAGE_BIKES), maya, ("text", "See"), ("in_comment", "on")],
    )
    .await;
    done(
        &meta,
        PAGE_BIKES,
        &[("act", "rate"), ("on", PAGE_BIKES), maya, ("text", "Bad"), ("negative", "on")],
    )
    .await;
    let changes = told.changes(&meta).await;
    assert_eq!(changes[1].1["item"], "comment");
    assert_eq!(changes[2].1["recommendation_type"], "negative");
    let lead = changes[0].1["leadgen_id"].as_str().unwrap();
    let lead = meta.get(&format!("/{lead}"), &[("access_token", &token)]).await;
    assert_eq!(
        lead["field_data"],
        json!([{"name": "full_name", "values": ["Maya"]}, {"name": "when", "values": ["Morning"]}])
    );
}

#[tokio::test]
async fn what_cannot_be_done_is_said_on_the_page() {
    let meta = Meta::start().await;
    for form in [
        vec![("act", "comment"), ("on", "1_2"), ("from_name", "Maya"), ("text", "x")],
        vec![("act", "post"), ("on", PAGE_BIKES), ("from_name", "Maya"), ("text", "")],
        vec![("act", "dance")],
    ] {
        let (status, page) = send(&meta, PAGE_BIKES, &form).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        assert!(page.contains("Not done: "), "{page}");
    }
    let done = open(&meta, &format!("{PAGE_BIKES}?done=yes")).await;
    assert!(done.contains("role=\"status\">Done."));
}

#[tokio::test]
async fn an_account_publishes_broadcasts_and_answers_on_its_page() {
    let meta = Meta::start().await;
    let on = ("on", INSTAGRAM_BIKES);
    done(&meta, INSTAGRAM_BIKES, &[("act", "post"), on, ("text", "Bells")]).await;
    done(&meta, INSTAGRAM_BIKES, &[("act", "post"), on, ("text", ""), ("story", "on")]).await;
    done(&meta, INSTAGRAM_BIKES, &[("act", "go_live"), on]).await;
    let page = open(&meta, INSTAGRAM_BIKES).await;
    for expected in ["Bells", ">story<", ">live<", "End the broadcast"] {
        assert!(page.contains(expected), "{expected}");
    }
    let live = ids(&page).remove(0);
    done(&meta, INSTAGRAM_BIKES, &[("act", "end_live"), ("id", &live)]).await;
    let page = open(&meta, INSTAGRAM_BIKES).await;
    assert!(page.contains(">ended<") && !page.contains("End the broadcast"));
    // A picture's address is one that can be fetched here.
    let token = meta.content_token(OMER, PAGE_BIKES).await;
    let call = [("fields", "media_url"), ("access_token", token.as_str())];
    let media = meta.get(&format!("/{INSTAGRAM_BIKES}/media"), &call).await;
    let picture = media["data"][0]["media_url"].as_str().unwrap();
    assert_eq!(meta.client.get(picture).send().await.unwrap().status(), StatusCode::OK);
}
