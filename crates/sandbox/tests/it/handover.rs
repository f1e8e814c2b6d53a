//! Several apps on one Page: who controls a thread, and who only stands by.

use jetbridge_sandbox::world::{INSTAGRAM_BIKES, PAGE_BIKES};
use reqwest::Method;
use serde_json::{Value, json};

use crate::shop::{PAGE_FIELDS, Shop};
use crate::support::{APP_ID, error_of};

const OTHER: &str = "263902037430900";

async fn control(shop: &Shop, edge: &str, more: Value) -> Value {
    let mut body = json!({"recipient": {"id": shop.person}});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    shop.call(Method::POST, &format!("/me/{edge}"), &body).await
}

async fn owner(shop: &Shop) -> Value {
    shop.get("/me/thread_owner", &[("recipient", &shop.person)]).await["data"].clone()
}

async fn answer(shop: &Shop) -> Value {
    shop.send(&json!({"recipient": {"id": shop.person}, "message": {"text": "hi"}})).await
}

#[tokio::test]
async fn control_is_passed_taken_back_and_let_go() {
    for (mut shop, refused) in
        [(Shop::messenger().await, (10, Some(2_018_300))), (Shop::instagram().await, (100, Some(2_534_037)))]
    {
        shop.hello().await;
        let done = json!({"success": true});
        assert_eq!(owner(&shop).await, json!([{"thread_owner": {"app_id": APP_ID}}]));
        assert_eq!(error_of(&control(&shop, "pass_thread_control", json!({})).await), (100, None));
        assert_eq!(control(&shop, "pass_thread_control", json!({"target_app_id": OTHER})).await, done);
        assert_eq!(owner(&shop).await, json!([{"thread_owner": {"app_id": OTHER}}]));
        assert_eq!(error_of(&answer(&shop).await), refused);
        for edge in ["release_thread_control", "extend_thread_control", "pass_thread_control"] {
            let tried = control(&shop, edge, json!({"target_app_id": OTHER})).await;
            assert_eq!(error_of(&tried), refused, "{edge}");
        }
        assert_eq!(control(&shop, "request_thread_control", json!({})).await, done);
        assert_eq!(error_of(&answer(&shop).await), refused);
        assert_eq!(control(&shop, "take_thread_control", json!({})).await, done);
        assert!(answer(&shop).await["message_id"].is_string());
        assert_eq!(control(&shop, "release_thread_control", json!({})).await, done);
        assert_eq!(owner(&shop).await, json!([]));
        // Answering takes what nobody holds.
        assert!(answer(&shop).await["message_id"].is_string());
        assert_eq!(owner(&shop).await, json!([{"thread_owner": {"app_id": APP_ID}}]));
    }
}

#[tokio::test]
async fn another_apps_moves_are_told() {
    let mut shop = Shop::messenger().await;
    shop.act(json!({"do": "request", "app_id": OTHER, "metadata": "m"})).await;
    assert_eq!(
        shop.event().await["request_thread_control"],
        json!({"requested_owner_app_id": OTHER, "metadata": "m"})
    );
    shop.act(json!({"do": "take", "app_id": OTHER})).await;
    assert_eq!(
        shop.event().await["take_thread_control"],
        json!({"previous_owner_app_id": APP_ID, "new_owner_app_id": OTHER, "metadata": ""})
    );
    shop.act(json!({"do": "pass", "metadata": "back"})).await;
    assert_eq!(
        shop.event().await["pass_thread_control"],
        json!({"previous_owner_app_id": OTHER, "new_owner_app_id": APP_ID, "metadata": "back"})
    );
    shop.act(json!({"do": "app_roles", "roles": ["primary_receiver"]})).await;
    let event = shop.event().await;
    assert!(event["sender"].is_null());
    assert_eq!(event["app_roles"], json!({APP_ID: ["primary_receiver"]}));
}

#[tokio::test]
async fn without_control_events_come_in_standby_and_postbacks_lose_their_payload() {
    for (mut shop, account) in
        [(Shop::messenger().await, PAGE_BIKES), (Shop::instagram().await, INSTAGRAM_BIKES)]
    {
        shop.act(json!({"do": "take", "app_id": OTHER})).await;
        shop.event().await;
        let said = shop.act(json!({"do": "message", "text": "anybody?"})).await;
        let request = shop.request().await;
        let entry = &request["entry"][0];
        assert_eq!((&entry["id"], &entry["messaging"]), (&json!(account), &Value::Null));
        assert_eq!(entry["standby"][0]["message"]["mid"], said["mid"]);
        shop.act(json!({"do": "postback", "title": "Buy", "payload": "BUY"})).await;
        let postback = shop.event().await["postback"].clone();
        assert_eq!((&postback["title"], &postback["payload"]), (&json!("Buy"), &Value::Null));
    }
    let fields = PAGE_FIELDS.replace(",standby", "");
    let mut shop = Shop::open(PAGE_BIKES, &fields, "messages").await;
    shop.act(json!({"do": "take", "app_id": OTHER})).await;
    shop.event().await;
    let said = shop.act(json!({"do": "message", "text": "anybody?"})).await;
    assert_eq!(said["why"], "page_not_subscribed");
}
