use jetbridge_meta::{Instagram, MetaError};
use serde_json::{Value, json};

use crate::stub::{Stub, USER_PROOF, user_token};

fn rows(ids: std::ops::Range<usize>) -> Value {
    ids.map(|id| json!({"id": id.to_string(), "name": format!("Page {id}")})).collect()
}

fn listed(rows: &Value, after: Option<&str>) -> Vec<u8> {
    let mut page = json!({"data": rows});
    if let Some(after) = after {
        let next = format!("https://elsewhere.example/v25.0/1/accounts?limit=100&after={after}");
        page["paging"] = json!({"cursors": {"before": "b", "after": after}, "next": next});
    }
    page.to_string().into_bytes()
}

#[tokio::test]
async fn a_page_is_read_with_its_instagram_account() {
    let stub = Stub::playing(
        r#"{"data":[{"id":"1234567890","name":"Sample Page","category":"Product/service",
        "category_list":[{"id":"2202","name":"Website"}],"access_token":"EAApage",
        "picture":{"data":{"url":"https://scontent.fbcdn.net/p.jpg","is_silhouette":false}},
        "tasks":["ANALYZE","MESSAGING"],"instagram_business_account":{"id":"17841400000000001",
        "username":"shop","name":"Shop","profile_picture_url":"https://scontent.cdninstagram.com/i.jpg"}}],
        "paging":{"cursors":{"before":"MTIz","after":"NDU2"}}}"#,
    )
    .await;
    let pages = stub.meta().pages(&user_token(), true).await.unwrap();
    assert_eq!(pages.len(), 1);
    let page = &pages[0];
    assert_eq!((page.id.as_str(), page.name.as_str()), ("1234567890", "Sample Page"));
    assert_eq!(page.category.as_deref(), Some("Product/service"));
    assert_eq!(page.tasks, ["ANALYZE", "MESSAGING"]);
    assert!(page.has_token);
    assert_eq!(page.picture.as_deref(), Some("https://scontent.fbcdn.net/p.jpg"));
    let instagram = Instagram {
        id: "17841400000000001".to_owned(),
        username: Some("shop".to_owned()),
        name: Some("Shop".to_owned()),
        picture: Some("https://scontent.cdninstagram.com/i.jpg".to_owned()),
    };
    assert_eq!(page.instagram, Some(instagram));
    let asked = stub.only();
    assert_eq!(asked.line, "GET /v25.0/me/accounts");
    assert_eq!(asked.header("authorization"), Some("Bearer EAAuser"));
    assert_eq!(asked.query("appsecret_proof"), Some(USER_PROOF));
    assert_eq!(asked.query("limit"), Some("100"));
    assert_eq!(
        asked.query("fields"),
        Some(
            "id,name,category,access_token,picture{url},tasks,\
             instagram_business_account{id,username,name,profile_picture_url}"
        )
    );
}

#[tokio::test]
async fn instagram_is_asked_for_only_where_it_is_wanted() {
    for asks in [false, true] {
        let stub = Stub::playing(r#"{"data":[]}"#).await;
        assert_eq!(stub.meta().pages(&user_token(), asks).await.unwrap(), []);
        assert_eq!(stub.only().query("fields").unwrap().contains("instagram"), asks);
    }
}

#[tokio::test]
async fn what_is_missing_is_missing_and_what_is_odd_is_left_out() {
    let stub = Stub::playing(
        r#"{"data":[{"id":1234567890},{"name":"no id"},null,
        {"id":"2","name":7,"category":null,"tasks":"MANAGE","access_token":"","picture":"p",
         "instagram_business_account":{"username":"no id"}},
        {"id":"3","instagram_business_account":{"id":17841400000000001}}]}"#,
    )
    .await;
    let pages = stub.meta().pages(&user_token(), true).await.unwrap();
    assert_eq!(pages.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["1234567890", "2", "3"]);
    assert_eq!(pages[0].name, "1234567890");
    assert!(pages.iter().all(|p| !p.has_token && p.tasks.is_empty() && p.picture.is_none()));
    assert_eq!(pages[1].instagram, None);
    let instagram = pages[2].instagram.as_ref().unwrap();
    assert_eq!((instagram.id.as_str(), instagram.username.as_ref()), ("17841400000000001", None));
}

#[tokio::test]
async fn the_list_is_followed_over_short_and_empty_pages() {
    let stub = Stub::start()
        .await
        .then(200, listed(&rows(0..2), Some("one")))
        .then(200, listed(&json!([]), Some("two=&x")))
        .then(200, listed(&rows(2..3), None));
    let pages = stub.meta().pages(&user_token(), false).await.unwrap();
    assert_eq!(pages.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["0", "1", "2"]);
    let asked = stub.asked();
    let cursors: Vec<_> = asked.iter().map(|a| a.query("after")).collect();
    assert_eq!(cursors, [None, Some("one"), Some("two=&x")]);
    for page in &asked {
        // The next page's address names another host, which is not dialled.
        assert_eq!(page.line, "GET /v25.0/me/accounts");
        assert_eq!(page.query("limit"), Some("100"));
        assert_eq!(page.query("appsecret_proof"), Some(USER_PROOF));
        let fields = page.query.iter().filter(|(key, _)| key == "fields").count();
        assert_eq!(fields, 1);
    }
}

#[tokio::test]
async fn a_cursor_without_a_next_page_is_not_followed() {
    let page = json!({"data": rows(0..1), "paging": {"cursors": {"after": "x"}, "next": null}});
    let stub = Stub::playing(&page.to_string()).await;
    assert_eq!(stub.meta().pages(&user_token(), false).await.unwrap().len(), 1);
    stub.only();
}

#[tokio::test]
async fn a_cursor_is_found_in_the_next_address_too() {
    let next = "https://elsewhere.example/accounts?after=tw%3Do&access_token=EAAuser";
    let page = json!({"data": rows(0..1), "paging": {"next": next}});
    let stub = Stub::playing(&page.to_string()).await.then(200, listed(&rows(1..2), None));
    assert_eq!(stub.meta().pages(&user_token(), false).await.unwrap().len(), 2);
    assert_eq!(stub.asked()[1].query("after"), Some("tw=o"));
}

#[tokio::test]
async fn a_list_that_leads_nowhere_ends_with_what_there_is() {
    for paging in [json!({"next": "nonsense"}), json!({"next": 7}), json!([]), json!({"next": "https://a/b"})]
    {
        let page = json!({"data": rows(0..1), "paging": paging});
        let stub = Stub::playing(&page.to_string()).await;
        assert_eq!(stub.meta().pages(&user_token(), false).await.unwrap().len(), 1, "{page}");
        stub.only();
    }
}

#[tokio::test]
async fn a_list_that_leads_back_is_read_once() {
    let stub = Stub::start()
        .await
        .then(200, listed(&rows(0..1), Some("a")))
        .then(200, listed(&rows(1..2), Some("b")))
        .then(200, listed(&rows(0..1), Some("a")));
    let pages = stub.meta().pages(&user_token(), false).await.unwrap();
    assert_eq!(pages.iter().map(|p| p.id.as_str()).collect::<Vec<_>>(), ["0", "1"]);
    assert_eq!(stub.asked().len(), 3);
}

#[tokio::test]
async fn a_list_without_end_is_cut_at_a_hundred_pages() {
    let mut stub = Stub::start().await;
    for n in 0..101 {
        stub = stub.then(200, listed(&rows(n..n + 1), Some(&n.to_string())));
    }
    assert_eq!(stub.meta().pages(&user_token(), false).await.unwrap().len(), 100);
    assert_eq!(stub.asked().len(), 100);
}

#[tokio::test]
async fn a_list_that_is_none_is_odd_and_a_refusal_on_the_way_is_told() {
    for body in ["{}", "[]", r#"{"data":{}}"#, r#"{"data":null}"#] {
        let outcome = Stub::playing(body).await.meta().pages(&user_token(), false).await;
        assert!(matches!(outcome, Err(MetaError::Odd { .. })), "{body}");
    }
    let error = r#"{"error":{"message":"(#100) cursor too deep","type":"OAuthException","code":100}}"#;
    let stub = Stub::start().await.then(200, listed(&rows(0..1), Some("a"))).then(400, error);
    let outcome = stub.meta().pages(&user_token(), false).await;
    assert!(matches!(outcome, Err(MetaError::Refused(_))));
}

#[tokio::test]
async fn a_pages_token_comes_from_the_page_and_its_tasks_from_the_list() {
    let page = json!({"id": "7", "name": "Shop", "access_token": "EAApage"});
    let row = json!([{"id": "7", "name": "Shop", "tasks": ["MESSAGING"], "access_token": "EAAother"}]);
    let stub = Stub::start()
        .await
        .then(200, page.to_string())
        .then(200, listed(&rows(0..2), Some("a")))
        .then(200, listed(&row, Some("b")));
    let access = stub.meta().page_token(&user_token(), "7", false).await.unwrap();
    assert_eq!(access.token.unwrap().expose(), "EAApage");
    assert_eq!(access.page.tasks, ["MESSAGING"]);
    assert!(access.page.has_token);
    let asked = stub.asked();
    assert_eq!(asked[0].line, "GET /v25.0/7");
    assert_eq!(asked[0].query("fields"), Some("id,name,category,access_token,picture{url}"));
    assert_eq!(asked[0].query("appsecret_proof"), Some(USER_PROOF));
    // Read up to the Page and not further.
    assert_eq!(asked.len(), 3);
}

#[tokio::test]
async fn a_page_without_role_has_neither_tasks_nor_token() {
    let stub = Stub::playing(r#"{"id":7,"name":"Shop"}"#).await.then(200, listed(&rows(0..3), None));
    let access = stub.meta().page_token(&user_token(), "7", false).await.unwrap();
    assert!(access.token.is_none() && !access.page.has_token && access.page.tasks.is_empty());
}

#[tokio::test]
async fn a_token_that_only_the_list_gives_is_taken() {
    let row = json!([{"id": "7", "access_token": "EAApage", "tasks": []}]);
    let stub = Stub::playing(r#"{"id":"7"}"#).await.then(200, listed(&row, None));
    let access = stub.meta().page_token(&user_token(), "7", false).await.unwrap();
    assert_eq!(access.token.unwrap().expose(), "EAApage");
    assert!(access.page.has_token);
}

#[tokio::test]
async fn another_page_than_the_one_asked_for_is_odd() {
    let stub = Stub::playing(r#"{"id":"8","access_token":"EAApage"}"#).await;
    let outcome = stub.meta().page_token(&user_token(), "7", false).await;
    assert!(matches!(outcome, Err(MetaError::Odd { .. })));
}
