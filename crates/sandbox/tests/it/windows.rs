//! When a Page may write: 24 hours, seven days with a tag, and what opens the window anew.

use serde_json::{Value, json};

use crate::shop::Shop;
use crate::support::error_of;

const DAY: i64 = 86_400;

fn say(shop: &Shop, more: Value) -> Value {
    let mut body = json!({"recipient": {"id": shop.person}, "message": {"text": "hi"}});
    if let Value::Object(mut more) = more {
        body.as_object_mut().unwrap().append(&mut more);
    }
    body
}

async fn refused(shop: &Shop, more: Value) -> (i64, Option<i64>) {
    error_of(&shop.send(&say(shop, more)).await)
}

#[tokio::test]
async fn a_day_after_the_person_only_a_tag_helps_and_after_a_week_nothing() {
    for (mut shop, closed) in
        [(Shop::messenger().await, (10, Some(2_018_278))), (Shop::instagram().await, (10, Some(2_534_022)))]
    {
        // Nobody who never wrote can be written to.
        assert_eq!(refused(&shop, json!({})).await, closed);
        shop.hello().await;
        shop.meta.pass(DAY);
        assert!(shop.send(&say(&shop, json!({}))).await["message_id"].is_string());
        shop.meta.pass(1);
        for kind in ["RESPONSE", "UPDATE"] {
            assert_eq!(refused(&shop, json!({"messaging_type": kind})).await, closed);
        }
        let tagged = json!({"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"});
        shop.meta.pass(6 * DAY - 1);
        assert!(shop.send(&say(&shop, tagged.clone())).await["message_id"].is_string());
        // Only the person's side counts: what the business wrote opens nothing.
        assert_eq!(refused(&shop, json!({})).await, closed);
        shop.meta.pass(1);
        assert_eq!(refused(&shop, tagged).await, closed);
    }
}

#[tokio::test]
async fn it_follows_the_clock_that_is_moved_by_hand() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    let moved = json!({"advance_seconds": DAY + 1});
    shop.meta.control(reqwest::Method::POST, "/clock", &moved).await;
    assert_eq!(refused(&shop, json!({})).await, (10, Some(2_018_278)));
}

#[tokio::test]
async fn a_tap_a_reaction_a_referral_and_a_message_open_it_anew() {
    let mut shop = Shop::messenger().await;
    let mid = shop.hello().await;
    for act in [
        json!({"do": "postback", "title": "t", "payload": "P"}),
        json!({"do": "react", "mid": mid, "reaction": "love"}),
        json!({"do": "referral", "referral": {"ref": "r", "source": "SHORTLINK", "type": "OPEN_THREAD"}}),
        json!({"do": "message", "text": "again"}),
    ] {
        shop.meta.pass(2 * DAY);
        assert_eq!(refused(&shop, json!({})).await, (10, Some(2_018_278)));
        shop.act(act.clone()).await;
        assert!(shop.send(&say(&shop, json!({}))).await["message_id"].is_string(), "{act}");
    }
    shop.meta.pass(2 * DAY);
    shop.act(json!({"do": "read"})).await;
    assert_eq!(refused(&shop, json!({})).await, (10, Some(2_018_278)));
}

#[tokio::test]
async fn dead_tags_and_missing_features_are_refused_even_inside() {
    let mut shop = Shop::messenger().await;
    shop.hello().await;
    for (more, expected) in [
        (json!({"messaging_type": "MESSAGE_TAG"}), 100),
        (json!({"messaging_type": "MESSAGE_TAG", "tag": "ACCOUNT_UPDATE"}), 100),
        (json!({"messaging_type": "MESSAGE_TAG", "tag": "CONFIRMED_EVENT_UPDATE"}), 100),
        (json!({"messaging_type": "MESSAGE_TAG", "tag": "POST_PURCHASE_UPDATE"}), 100),
        (json!({"messaging_type": "MESSAGE_TAG", "tag": "CUSTOMER_FEEDBACK"}), 100),
        (json!({"messaging_type": "UTILITY"}), 10),
        (json!({"messaging_type": "LOUD"}), 100),
    ] {
        assert_eq!(refused(&shop, more.clone()).await, (expected, None), "{more}");
    }
    let feedback = json!({"messaging_type": "MESSAGE_TAG", "tag": "CUSTOMER_FEEDBACK", "message": {"attachment":
        {"type": "template", "payload": {"template_type": "customer_feedback"}}}});
    shop.meta.pass(2 * DAY);
    assert!(shop.send(&say(&shop, feedback.clone())).await["message_id"].is_string());
    shop.set(json!({"no_human_agent": true})).await;
    assert_eq!(
        refused(&shop, json!({"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"})).await,
        (10, None)
    );
    let mut shop = Shop::instagram().await;
    shop.hello().await;
    assert_eq!(refused(&shop, feedback).await, (100, None));
}
