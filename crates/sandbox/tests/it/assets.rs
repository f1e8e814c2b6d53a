//! What a token can see: `/me`, Pages, Instagram accounts, permissions.

use jetbridge_sandbox::world::{
    DANA, INSTAGRAM_BIKES, INSTAGRAM_CAFE_AURORA, INSTAGRAM_PERSONAL, LIOR, NOA, OMER, PAGE_BIKES,
    PAGE_CAFE_AURORA, PAGE_CERAMICS, PAGE_HEBREW, PAGE_ROASTERY, PAGE_YOGA, TAMAR,
};
use reqwest::Method;
use serde_json::{Value, json};
use url::Url;

use crate::support::{Browser, Meta, SCOPES, error_of, query_of, text};

#[tokio::test]
async fn calls_without_a_good_token_are_refused_each_in_its_way() {
    let meta = Meta::start().await;
    assert_eq!(error_of(&meta.get("/me", &[]).await).0, 2500);
    assert_eq!(error_of(&meta.get("/me", &[("access_token", &Meta::app_token())]).await).0, 2500);
    assert_eq!(error_of(&meta.get("/me", &[("access_token", "rubbish")]).await), (190, None));
    assert_eq!(error_of(&meta.get(&format!("/{PAGE_BIKES}"), &[]).await).0, 104);
    let token = meta.long_token(OMER, SCOPES).await;
    let call = [("access_token", token.as_str())];
    assert_eq!(error_of(&meta.get("/123456", &call).await), (100, Some(33)));
    assert_eq!(error_of(&meta.get("/no.such.name", &call).await).0, 803);
    assert_eq!(error_of(&meta.get("/me/nonsense", &call).await).0, 2500);
    assert_eq!(error_of(&meta.get(&format!("/{DANA}"), &call).await), (100, Some(33)));
    assert_eq!(error_of(&meta.get(&format!("/{PAGE_ROASTERY}"), &call).await).0, 10);
}

#[tokio::test]
async fn fields_are_checked_against_the_node() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, SCOPES).await;
    let ask = async |path: &str, fields: &str| {
        meta.get(path, &[("fields", fields), ("access_token", &token)]).await
    };
    assert_eq!(ask("/me", "first_name,picture{url}").await["first_name"], "Omer");
    assert_eq!(error_of(&ask("/me", "favourite_colour").await).0, 100);
    assert_eq!(error_of(&ask("/me", "id,{").await).0, 2500);
    assert_eq!(error_of(&ask(&format!("/{PAGE_BIKES}"), "tasks").await).0, 100);
    let page = ask(&format!("/{PAGE_BIKES}"), "name,category_list{id},picture{url}").await;
    assert_eq!(page["name"], "Omer Bikes");
    let picture = text(&page["picture"]["data"]["url"]);
    assert!(picture.starts_with(&meta.url), "{picture}");
    let image = meta.client.get(picture).send().await.unwrap();
    assert_eq!(image.headers()["content-type"], "image/svg+xml");
    assert!(image.text().await.unwrap().contains(">OB<"));
    let response = meta.send(Method::GET, &format!("/{PAGE_BIKES}/picture"), &[]).await;
    assert_eq!(response.status(), 302);
}

#[tokio::test]
async fn accounts_have_metas_default_fields() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, SCOPES).await;
    let answer = meta.get("/me/accounts", &[("access_token", &token)]).await;
    let page = answer["data"][0].as_object().unwrap();
    let mut keys: Vec<&str> = page.keys().map(String::as_str).collect();
    keys.sort_unstable();
    assert_eq!(keys, ["access_token", "category", "category_list", "id", "name", "tasks"]);
    assert_eq!(
        page["tasks"],
        json!(["ANALYZE", "ADVERTISE", "MESSAGING", "MODERATE", "CREATE_CONTENT", "MANAGE"])
    );
    assert!(answer["paging"].get("next").is_none());
    assert_eq!(answer["paging"]["cursors"]["after"], "MTAyMDAwMDAwMDAwMDA2");
}

#[tokio::test]
async fn an_empty_list_has_no_paging_at_all() {
    let meta = Meta::start().await;
    let token = meta.long_token(NOA, SCOPES).await;
    assert_eq!(meta.get("/me/accounts", &[("access_token", &token)]).await, json!({"data": []}));
    let token = meta.long_token(OMER, "pages_messaging").await;
    assert_eq!(meta.get("/me/accounts", &[("access_token", &token)]).await, json!({"data": []}));
}

async fn follow(meta: &Meta, token: &str, limit: &str) -> Vec<Vec<String>> {
    let mut answer =
        meta.get("/me/accounts", &[("fields", "id"), ("limit", limit), ("access_token", token)]).await;
    let mut pages = Vec::new();
    loop {
        let data = answer["data"].as_array().unwrap();
        pages.push(data.iter().map(|page| text(&page["id"])).collect());
        assert!(pages.len() < 20, "paging does not end");
        let Some(next) = answer["paging"].get("next") else { return pages };
        let next = Url::parse(next.as_str().unwrap()).unwrap();
        answer = meta.client.get(next).send().await.unwrap().json::<Value>().await.unwrap();
    }
}

#[tokio::test]
async fn paging_ends_where_next_is_missing_even_past_short_and_empty_pages() {
    let meta = Meta::start().await;
    let token = meta.long_token(DANA, SCOPES).await;
    let sizes = |pages: &[Vec<String>]| pages.iter().map(Vec::len).collect::<Vec<_>>();
    let pages = follow(&meta, &token, "2").await;
    assert_eq!(sizes(&pages), [2, 2, 1]);
    let all = pages.concat();
    assert_eq!(sizes(&follow(&meta, &token, "5").await), [5]);

    meta.control(Method::PUT, "/app", &json!({"accounts_per_page": 3})).await;
    assert_eq!(sizes(&follow(&meta, &token, "100").await), [3, 2]);
    meta.control(Method::PUT, "/app", &json!({"empty_pages": true})).await;
    let pages = follow(&meta, &token, "100").await;
    assert_eq!(sizes(&pages), [0, 3, 0, 2]);
    assert_eq!(pages.concat(), all);

    let call = [("after", "bm9uc2Vuc2U="), ("access_token", token.as_str())];
    assert_eq!(error_of(&meta.get("/me/accounts", &call).await).0, 100);
}

#[tokio::test]
async fn the_instagram_key_is_missing_not_null() {
    let meta = Meta::start().await;
    let fields = "id,instagram_business_account{id,username},connected_instagram_account";
    let dana = meta.long_token(DANA, SCOPES).await;
    let answer = meta.get("/me/accounts", &[("fields", fields), ("access_token", &dana)]).await;
    let find =
        |id: &str| answer["data"].as_array().unwrap().iter().find(|page| page["id"] == id).unwrap().clone();
    assert_eq!(
        find(PAGE_CAFE_AURORA)["instagram_business_account"],
        json!({"id": INSTAGRAM_CAFE_AURORA, "username": "cafe.aurora"})
    );
    assert_eq!(find(PAGE_ROASTERY), json!({"id": PAGE_ROASTERY}));
    assert!(find(PAGE_HEBREW).get("instagram_business_account").is_some());

    let lior = meta.long_token(LIOR, SCOPES).await;
    let answer = meta.get("/me/accounts", &[("fields", fields), ("access_token", &lior)]).await;
    assert_eq!(answer["data"], json!([{"id": PAGE_CERAMICS}]));
    let hidden = meta.get(&format!("/{INSTAGRAM_PERSONAL}"), &[("access_token", &lior)]).await;
    assert_eq!(error_of(&hidden), (100, Some(33)));
}

#[tokio::test]
async fn instagram_sub_fields_need_instagram_basic() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, "pages_show_list").await;
    let call = [("fields", "instagram_business_account{id,username}"), ("access_token", token.as_str())];
    let answer = meta.get("/me/accounts", &call).await;
    assert_eq!(answer["data"][0]["instagram_business_account"], json!({"id": INSTAGRAM_BIKES}));
    let node = format!("/{INSTAGRAM_BIKES}");
    assert_eq!(error_of(&meta.get(&node, &[("access_token", &token)]).await).0, 10);
    let token = meta.long_token(OMER, "pages_show_list,instagram_basic").await;
    let call = [("fields", "username,followers_count"), ("access_token", token.as_str())];
    assert_eq!(
        meta.get(&node, &call).await,
        json!({"id": INSTAGRAM_BIKES, "username": "omer.bikes", "followers_count": 320})
    );
}

#[tokio::test]
async fn an_unticked_instagram_account_disappears_from_its_page() {
    let meta = Meta::start().await;
    let mut browser = Browser::open(&meta, &[("scope", SCOPES)]);
    browser.log_in(OMER).await;
    let mut answers = vec![("pages_choice", "all"), ("instagram_choice", "selected")];
    answers.extend(SCOPES.split(',').map(|scope| ("permission", scope)));
    let code = query_of(&browser.allow(&answers).await, "code").unwrap();
    let token = text(&meta.exchange(&code).await["access_token"]);
    let call = [("fields", "instagram_business_account"), ("access_token", token.as_str())];
    assert_eq!(meta.get("/me/accounts", &call).await["data"], json!([{"id": PAGE_BIKES}]));
}

#[tokio::test]
async fn too_few_rights_give_a_page_without_a_token() {
    let meta = Meta::start().await;
    let token = meta.long_token(TAMAR, SCOPES).await;
    let answer = meta.get("/me/accounts", &[("access_token", &token)]).await;
    let page = answer["data"][0].as_object().unwrap();
    assert_eq!((&page["id"], &page["tasks"]), (&json!(PAGE_YOGA), &json!(["ADVERTISE", "ANALYZE"])));
    assert!(!page.contains_key("access_token"));
}

#[tokio::test]
async fn permissions_are_taken_back_one_by_one_or_with_the_app() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, SCOPES).await;
    let call = [("access_token", token.as_str())];
    assert_eq!(meta.delete("/me/permissions/pages_show_list", &call).await, json!({"success": true}));
    let declined = [("status", "declined"), call[0]];
    assert_eq!(
        meta.get("/me/permissions", &declined).await,
        json!({"data": [{"permission": "pages_show_list", "status": "declined"}]})
    );
    assert_eq!(meta.get("/me/accounts", &call).await, json!({"data": []}));

    let app = Meta::app_token();
    let path = format!("/{OMER}/permissions");
    assert_eq!(meta.delete(&path, &[("access_token", &app)]).await, json!({"success": true}));
    assert_eq!(error_of(&meta.get("/me", &call).await), (190, Some(458)));
    assert_eq!(error_of(&meta.get(&path, &[("access_token", &app)]).await), (100, Some(33)));
}

#[tokio::test]
async fn a_cursor_can_be_too_deep() {
    let meta = Meta::start().await;
    let token = meta.long_token(DANA, SCOPES).await;
    meta.control(Method::PUT, "/app", &json!({"deepest_cursor": 2})).await;
    let first = meta.get("/me/accounts", &[("limit", "2"), ("access_token", &token)]).await;
    let next = Url::parse(&text(&first["paging"]["next"])).unwrap();
    let second: Value = meta.client.get(next).send().await.unwrap().json().await.unwrap();
    let next = Url::parse(&text(&second["paging"]["next"])).unwrap();
    assert_eq!(error_of(&meta.client.get(next).send().await.unwrap().json().await.unwrap()).0, 100);
}
