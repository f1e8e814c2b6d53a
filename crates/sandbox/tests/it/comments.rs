//! Comments on posts: reading, answering, hiding, editing, deleting, liking, and what is told of it.

use axum::http::StatusCode;
use jetbridge_sandbox::world::{OMER, PAGE_BIKES};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{CONTENT_SCOPES, Meta, Receiver, Subscribed, error_of, text};

/// A sandbox with one post of the Page.
async fn start() -> (Meta, String, String) {
    let meta = Meta::start().await;
    let token = meta.content_token(OMER, PAGE_BIKES).await;
    let call = [("message", "New bells"), ("access_token", token.as_str())];
    let post = text(&meta.post(&format!("/{PAGE_BIKES}/feed"), &call).await["id"]);
    (meta, token, post)
}

async fn says(meta: &Meta, on: &str, name: &str, words: &str) -> String {
    meta.act(json!({"act": "comment", "on": on, "from_name": name, "text": words})).await
}

async fn post(meta: &Meta, token: &str, path: &str, more: &[(&str, &str)]) -> Value {
    let mut call = vec![("access_token", token)];
    call.extend_from_slice(more);
    meta.post(path, &call).await
}

async fn messages(meta: &Meta, token: &str, on: &str, more: &[(&str, &str)]) -> Vec<String> {
    let mut call = vec![("access_token", token)];
    call.extend_from_slice(more);
    let answer = meta.get(&format!("/{on}/comments"), &call).await;
    assert!(answer["data"].is_array(), "{answer}");
    let data = answer["data"].as_array().unwrap();
    data.iter().map(|comment| text(&comment["message"])).collect()
}

async fn read(meta: &Meta, token: &str, id: &str, fields: &str) -> Value {
    meta.get(&format!("/{id}"), &[("fields", fields), ("access_token", token)]).await
}

#[tokio::test]
async fn comments_are_listed_at_the_top_or_all_in_either_order_since_a_time() {
    let (meta, token, on) = start().await;
    let first = says(&meta, &on, "Maya", "one").await;
    meta.pass(10);
    says(&meta, &first, "Noam", "one, answered").await;
    meta.pass(10);
    says(&meta, &on, "Maya", "two").await;
    assert_eq!(messages(&meta, &token, &on, &[]).await, ["one", "two"]);
    assert_eq!(messages(&meta, &token, &on, &[("filter", "stream")]).await, ["one", "one, answered", "two"]);
    assert_eq!(messages(&meta, &token, &on, &[("order", "reverse_chronological")]).await, ["two", "one"]);
    let since = (meta.now() - 5).to_string();
    assert_eq!(messages(&meta, &token, &on, &[("since", &since)]).await, ["two"]);
    assert_eq!(messages(&meta, &token, &first, &[]).await, ["one, answered"]);
    for wrong in [("filter", "all"), ("order", "newest"), ("since", "then")] {
        let call = [wrong, ("access_token", token.as_str())];
        assert_eq!(error_of(&meta.get(&format!("/{on}/comments"), &call).await).0, 100);
    }
    let call = [("summary", "true"), ("limit", "1"), ("access_token", token.as_str())];
    let answer = meta.get(&format!("/{on}/comments"), &call).await;
    assert_eq!(answer["summary"]["total_count"], 2);
    let next = text(&answer["paging"]["next"]);
    let rest: Value = meta.client.get(next).send().await.unwrap().json().await.unwrap();
    assert_eq!(rest["data"][0]["message"], "two");
    assert!(rest["paging"].get("next").is_none() && rest["paging"]["previous"].is_string());
}

#[tokio::test]
async fn a_comment_shows_what_can_be_done_with_it() {
    let (meta, token, on) = start().await;
    let id = says(&meta, &on, "Maya", "How much?").await;
    let own = text(&post(&meta, &token, &format!("/{id}/comments"), &[("message", "Ten")]).await["id"]);
    let fields = "message,from,parent{id},is_hidden,can_hide,can_remove,can_comment,can_like,\
                  can_reply_privately,like_count,comment_count,user_likes,created_time,permalink_url";
    let asked = read(&meta, &token, &id, fields).await;
    assert_eq!((&asked["from"]["name"], &asked["message"]), (&json!("Maya"), &json!("How much?")));
    for (key, value) in [
        ("is_hidden", json!(false)),
        ("can_hide", json!(true)),
        ("can_remove", json!(true)),
        ("can_comment", json!(true)),
        ("can_reply_privately", json!(true)),
        ("comment_count", json!(1)),
        ("like_count", json!(0)),
        ("user_likes", json!(false)),
    ] {
        assert_eq!(asked[key], value, "{key}");
    }
    assert!(asked.get("parent").is_none());
    let answer = read(&meta, &token, &own, fields).await;
    assert_eq!(answer["from"], json!({"id": PAGE_BIKES, "name": "Omer Bikes"}));
    assert_eq!(answer["parent"], json!({"id": id}));
    assert_eq!((&answer["can_hide"], &answer["can_reply_privately"]), (&json!(false), &json!(false)));
    let nested = read(&meta, &token, &on, "comments.limit(1).summary(true){message,comments{message}}").await;
    assert_eq!(nested["comments"]["data"][0]["comments"]["data"][0]["message"], "Ten");
    assert_eq!(nested["comments"]["summary"]["total_count"], 1);
}

#[tokio::test]
async fn a_reply_to_a_reply_belongs_to_the_comment_at_the_top() {
    let (meta, token, on) = start().await;
    let top = says(&meta, &on, "Maya", "one").await;
    let reply = says(&meta, &top, "Noam", "two").await;
    let answer = post(&meta, &token, &format!("/{reply}/comments"), &[("message", "three")]).await;
    assert_eq!(read(&meta, &token, &text(&answer["id"]), "parent").await["parent"]["id"], top);
}

#[tokio::test]
async fn a_visitors_comment_is_hidden_and_shown_and_the_pages_own_is_rewritten() {
    let (meta, token, on) = start().await;
    let theirs = says(&meta, &on, "Maya", "Rubbish").await;
    let own = text(&post(&meta, &token, &format!("/{on}/comments"), &[("message", "Tank you")]).await["id"]);
    let (theirs_path, own_path) = (format!("/{theirs}"), format!("/{own}"));
    let success = json!({"success": true});
    assert_eq!(post(&meta, &token, &theirs_path, &[("is_hidden", "true")]).await, success);
    assert_eq!(read(&meta, &token, &theirs, "is_hidden").await["is_hidden"], true);
    assert_eq!(post(&meta, &token, &theirs_path, &[("is_hidden", "false")]).await, success);
    assert_eq!(read(&meta, &token, &theirs, "is_hidden").await["is_hidden"], false);
    assert_eq!(post(&meta, &token, &own_path, &[("message", "Thank you")]).await, success);
    assert_eq!(read(&meta, &token, &own, "message").await["message"], "Thank you");
    assert_eq!(error_of(&post(&meta, &token, &own_path, &[("is_hidden", "true")]).await).0, 200);
    assert_eq!(error_of(&post(&meta, &token, &theirs_path, &[("message", "Lovely")]).await).0, 200);
    assert_eq!(error_of(&post(&meta, &token, &theirs_path, &[]).await).0, 100);
    assert_eq!(meta.delete(&theirs_path, &[("access_token", &token)]).await, success);
    assert_eq!(error_of(&read(&meta, &token, &theirs, "id").await), (100, Some(33)));
}

#[tokio::test]
async fn the_page_likes_and_visitors_react() {
    let (meta, token, on) = start().await;
    let id = says(&meta, &on, "Maya", "Nice").await;
    let likes = format!("/{id}/likes");
    assert_eq!(post(&meta, &token, &likes, &[]).await, json!({"success": true}));
    assert_eq!(read(&meta, &token, &id, "user_likes").await["user_likes"], true);
    meta.act(json!({"act": "react", "on": id, "from_name": "Noam", "reaction": "love"})).await;
    let call = [("summary", "true"), ("access_token", token.as_str())];
    let answer = meta.get(&likes, &call).await;
    assert_eq!(answer["summary"], json!({"total_count": 1, "has_liked": true}));
    let answer = meta.get(&format!("/{id}/reactions"), &call).await;
    assert_eq!((&answer["data"][0]["type"], &answer["data"][0]["name"]), (&json!("LOVE"), &json!("Noam")));
    assert_eq!(meta.delete(&likes, &[("access_token", &token)]).await, json!({"success": true}));
    let comment = read(&meta, &token, &id, "user_likes,like_count").await;
    assert_eq!((&comment["user_likes"], &comment["like_count"]), (&json!(false), &json!(1)));
    let refused =
        meta.control(Method::POST, "/content", &json!({"act": "react", "on": id, "reaction": "meh"})).await;
    assert!(text(&refused["error"]).contains("reaction"), "{refused}");
}

#[tokio::test]
async fn comments_need_their_permission_and_the_task_and_hide_authors_without_theirs() {
    let (meta, token, on) = start().await;
    let id = says(&meta, &on, "Maya", "Hello").await;
    let user = meta.long_token(OMER, CONTENT_SCOPES).await;
    let comments = format!("/{on}/comments");
    assert_eq!(error_of(&post(&meta, &user, &comments, &[("message", "x")]).await).0, 210);
    let role = format!("/people/{OMER}/pages/{PAGE_BIKES}");
    meta.control(Method::PUT, &role, &json!({"tasks": ["CREATE_CONTENT"]})).await;
    assert_eq!(error_of(&post(&meta, &token, &comments, &[("message", "x")]).await).0, 200);
    meta.control(Method::PUT, &role, &json!({"tasks": ["MODERATE"]})).await;
    text(&post(&meta, &token, &comments, &[("message", "x")]).await["id"]);
    assert_eq!(error_of(&post(&meta, &token, &comments, &[("message", " ")]).await).0, 100);

    meta.delete("/me/permissions/pages_read_user_content", &[("access_token", &user)]).await;
    assert!(read(&meta, &token, &id, "from").await.get("from").is_none());
    meta.delete("/me/permissions/pages_manage_engagement", &[("access_token", &user)]).await;
    assert_eq!(error_of(&post(&meta, &token, &comments, &[("message", "x")]).await).0, 200);
    assert_eq!(error_of(&post(&meta, &token, &format!("/{id}/likes"), &[]).await).0, 200);
    assert_eq!(error_of(&meta.delete(&format!("/{id}"), &[("access_token", &token)]).await).0, 200);
    assert_eq!(read(&meta, &token, &id, "can_hide").await["can_hide"], false);
}

#[tokio::test]
async fn everything_about_comments_is_told() {
    let (meta, token, on) = start().await;
    let mut told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", "feed", "feed").await;
    let id = says(&meta, &on, "Maya", "How much is it?").await;
    let (_, added) = told.changes(&meta).await.remove(0);
    assert_eq!((&added["item"], &added["verb"]), (&json!("comment"), &json!("add")));
    assert_eq!((&added["post_id"], &added["parent_id"]), (&json!(on), &json!(on)));
    assert_eq!((&added["comment_id"], &added["message"]), (&json!(id), &json!("How much is it?")));
    assert_eq!((&added["created_time"], &added["from"]["name"]), (&json!(meta.now()), &json!("Maya")));
    assert_eq!((&added["post"]["id"], &added["post"]["is_published"]), (&json!(on), &json!(true)));
    let (_, local) = on.split_once('_').unwrap();
    assert!(id.starts_with(&format!("{local}_")), "{id}");

    meta.act(json!({"act": "edit", "id": id, "text": "How much?"})).await;
    meta.act(json!({"act": "hide", "id": id})).await;
    meta.act(json!({"act": "unhide", "id": id})).await;
    let own = text(&post(&meta, &token, &format!("/{id}/comments"), &[("message", "Ten")]).await["id"]);
    meta.act(json!({"act": "delete", "id": id})).await;
    let changes: Vec<Value> = told.changes(&meta).await.into_iter().map(|(_, value)| value).collect();
    let verbs: Vec<String> = changes.iter().map(|value| text(&value["verb"])).collect();
    assert_eq!(verbs, ["edited", "hide", "unhide", "add", "remove", "remove"]);
    assert_eq!(changes[0]["message"], "How much?");
    // The Page's own reply, which the API itself made.
    assert_eq!(changes[3]["from"], json!({"id": PAGE_BIKES, "name": "Omer Bikes"}));
    assert_eq!((&changes[3]["comment_id"], &changes[3]["parent_id"]), (&json!(own), &json!(id)));
    // Removed with what it answered, and told without a text.
    assert_eq!((&changes[4]["comment_id"], &changes[5]["comment_id"]), (&json!(own), &json!(id)));
    assert!(changes[5].get("message").is_none() && changes[5]["from"]["name"] == "Maya");
}

#[tokio::test]
async fn reactions_are_told_when_they_come_change_and_go() {
    let (meta, token, on) = start().await;
    let id = says(&meta, &on, "Maya", "Nice").await;
    let mut told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", "feed", "feed").await;
    for reaction in ["like", "like", "love", ""] {
        meta.act(json!({"act": "react", "on": on, "from_name": "Noam", "reaction": reaction})).await;
    }
    post(&meta, &token, &format!("/{id}/likes"), &[]).await;
    let changes: Vec<Value> = told.changes(&meta).await.into_iter().map(|(_, value)| value).collect();
    let said: Vec<(String, String)> =
        changes.iter().map(|value| (text(&value["verb"]), text(&value["reaction_type"]))).collect();
    let pairs = [("add", "like"), ("edit", "love"), ("remove", "love"), ("add", "like")];
    assert_eq!(said, pairs.map(|(verb, kind)| (verb.to_owned(), kind.to_owned())));
    assert_eq!((&changes[0]["post_id"], &changes[0]["from"]["name"]), (&json!(on), &json!("Noam")));
    assert!(changes[0].get("comment_id").is_none());
    assert_eq!((&changes[3]["comment_id"], &changes[3]["from"]["id"]), (&json!(id), &json!(PAGE_BIKES)));
}

#[tokio::test]
async fn nothing_is_told_without_both_subscriptions_or_by_strangers_to_an_app_in_development() {
    let (meta, token, on) = start().await;
    says(&meta, &on, "Maya", "before").await;
    let mut told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", "feed", "mention").await;
    says(&meta, &on, "Maya", "not on the Page's list").await;
    assert!(told.changes(&meta).await.is_empty());
    let mut told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", "mention", "feed").await;
    says(&meta, &on, "Maya", "not on the app's list").await;
    assert!(told.changes(&meta).await.is_empty());
    let mut told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", "feed", "feed").await;
    meta.control(Method::PUT, &format!("/people/{OMER}/app_role"), &json!({"role": "tester"})).await;
    meta.control(Method::PUT, "/app", &json!({"app_mode": "development"})).await;
    says(&meta, &on, "Maya", "a stranger").await;
    says(&meta, &on, "Omer Katz", "a tester").await;
    let changes = told.changes(&meta).await;
    assert_eq!((changes.len(), &changes[0].1["message"]), (1, &json!("a tester")));
}

#[tokio::test]
async fn authors_are_not_told_without_the_permission_to_know_them() {
    let (meta, token, on) = start().await;
    let mut told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", "feed", "feed").await;
    let user = meta.long_token(OMER, CONTENT_SCOPES).await;
    meta.delete("/me/permissions/pages_read_user_content", &[("access_token", &user)]).await;
    says(&meta, &on, "Maya", "Hello").await;
    post(&meta, &token, &format!("/{on}/comments"), &[("message", "Hello to you")]).await;
    let changes = told.changes(&meta).await;
    assert!(changes[0].1.get("from").is_none(), "{changes:?}");
    assert_eq!(changes[1].1["from"]["id"], PAGE_BIKES);
}

#[tokio::test]
async fn changes_that_happen_together_are_sent_together_with_the_time_of_sending() {
    let (meta, token, on) = start().await;
    let top = says(&meta, &on, "Maya", "one").await;
    for words in ["two", "three"] {
        says(&meta, &top, "Noam", words).await;
    }
    let mut told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", "feed", "feed").await;
    meta.act(json!({"act": "delete", "id": top})).await;
    let bodies = told.bodies(&meta).await;
    assert_eq!((bodies.len(), &bodies[0]["object"]), (1, &json!("page")));
    let entries = bodies[0]["entry"].as_array().unwrap();
    assert_eq!((entries.len(), &entries[0]["id"]), (1, &json!(PAGE_BIKES)));
    assert_eq!(entries[0]["time"], meta.now());
    assert_eq!(entries[0]["changes"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_private_answer_is_given_once_and_within_seven_days() {
    let (meta, token, on) = start().await;
    let can =
        async |id: &str| read(&meta, &token, id, "can_reply_privately").await["can_reply_privately"].clone();
    let (one, two) = (says(&meta, &on, "Maya", "one").await, says(&meta, &on, "Maya", "two").await);
    meta.act(json!({"act": "answer_privately", "id": one})).await;
    assert_eq!((can(&one).await, can(&two).await), (json!(false), json!(true)));
    let again = meta.control(Method::POST, "/content", &json!({"act": "answer_privately", "id": one})).await;
    assert!(again["error"].is_string(), "{again}");
    meta.pass(7 * 86_400 + 1);
    assert_eq!(can(&two).await, json!(false));
    let late = meta.control(Method::POST, "/content", &json!({"act": "answer_privately", "id": two})).await;
    assert!(late["error"].is_string(), "{late}");
}

#[tokio::test]
async fn failing_receivers_lose_changes_after_a_day_and_a_half_and_not_the_subscription() {
    let (meta, token, on) = start().await;
    let failing = Receiver::start(StatusCode::INTERNAL_SERVER_ERROR).await;
    Subscribed::with(&meta, failing, (PAGE_BIKES, &token), "page", "feed", "feed").await;
    says(&meta, &on, "Maya", "Hello").await;
    let state = async || {
        meta.control(Method::POST, "/webhooks/deliver", &json!({})).await;
        let world = meta.control(Method::GET, "/world", &json!({})).await;
        text(&world["webhooks"].as_array().unwrap().last().unwrap()["state"])
    };
    for _ in 0..7 {
        assert_eq!(state().await, "pending");
        meta.pass(12_000);
    }
    meta.pass(36 * 3_600);
    assert_eq!(state().await, "dropped");
    let answer = meta.get(&format!("/{PAGE_BIKES}/subscribed_apps"), &[("access_token", &token)]).await;
    assert_eq!(answer["data"][0]["subscribed_fields"], json!(["feed"]));
}

async fn privately(meta: &Meta, token: &str, id: &str) -> Value {
    let (recipient, message) = (json!({"comment_id": id}).to_string(), json!({"text": "hello"}).to_string());
    post(meta, token, &format!("/{PAGE_BIKES}/messages"), &[("recipient", &recipient), ("message", &message)])
        .await
}

#[tokio::test]
async fn a_comment_is_answered_in_private_once_and_within_seven_days() {
    let meta = Meta::start().await;
    let scopes = format!("{CONTENT_SCOPES},pages_messaging,instagram_manage_messages");
    let user = meta.long_token(OMER, &scopes).await;
    let token = meta.page_token(&user, PAGE_BIKES).await;
    let call = [("message", "New bells"), ("access_token", token.as_str())];
    let on = text(&meta.post(&format!("/{PAGE_BIKES}/feed"), &call).await["id"]);
    let (first, late) =
        (says(&meta, &on, "Maya", "How much?").await, says(&meta, &on, "Noam", "Where?").await);

    // No window is open: the comment stands in for it, once.
    let sent = privately(&meta, &token, &first).await;
    let person = text(&sent["recipient_id"]);
    assert!(text(&sent["message_id"]).starts_with("m_"), "{sent}");
    assert_eq!(error_of(&privately(&meta, &token, &first).await).0, 10_900);
    // It opens none either.
    let again = [
        ("recipient", &*json!({"id": person}).to_string()),
        ("message", &*json!({"text": "and"}).to_string()),
        ("messaging_type", "RESPONSE"),
    ];
    let refused = post(&meta, &token, &format!("/{PAGE_BIKES}/messages"), &again).await;
    assert_eq!(error_of(&refused).0, 10, "{refused}");

    meta.pass(7 * 86_400 + 1);
    assert_eq!(error_of(&privately(&meta, &token, &late).await).0, 10_903);
    let own = text(&post(&meta, &token, &format!("/{on}/comments"), &[("message", "ours")]).await["id"]);
    for nobody in [own.as_str(), "1_2"] {
        let refused = privately(&meta, &token, nobody).await;
        assert_eq!(error_of(&refused), (100, Some(2_534_025)), "{refused}");
    }
}
