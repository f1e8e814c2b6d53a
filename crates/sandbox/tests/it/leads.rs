//! Lead forms and leads: reading, tests, the Lead Access Manager, and what is told.

use jetbridge_sandbox::world::{OMER, PAGE_BIKES};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{CONTENT_SCOPES, Meta, Subscribed, error_of, text};

/// A sandbox with one form of Omer's Page.
async fn start() -> (Meta, String, String) {
    let meta = Meta::start().await;
    let token = meta.content_token(OMER, PAGE_BIKES).await;
    let questions = json!([
        {"key": "full_name", "label": "Full name", "type": "FULL_NAME"},
        {"key": "email", "label": "E-mail", "type": "EMAIL"},
        {"key": "colours", "label": "Which colours?", "type": "CUSTOM", "options": ["red", "blue"]},
    ]);
    let act = json!({"act": "create_form", "on": PAGE_BIKES, "name": "Test ride", "questions": questions});
    let form = meta.act(act).await;
    (meta, token, form)
}

async fn fills(meta: &Meta, form: &str, name: &str) -> String {
    let answers = json!([
        {"name": "full_name", "values": [name]}, {"name": "colours", "values": ["red", "blue"]},
    ]);
    meta.act(json!({"act": "fill_form", "form_id": form, "from_name": name, "answers": answers})).await
}

async fn leads(meta: &Meta, token: &str, form: &str, more: &[(&str, &str)]) -> Value {
    let mut call = vec![("access_token", token)];
    call.extend_from_slice(more);
    meta.get(&format!("/{form}/leads"), &call).await
}

async fn read(meta: &Meta, token: &str, id: &str) -> Value {
    meta.get(&format!("/{id}"), &[("access_token", token)]).await
}

#[tokio::test]
async fn forms_are_listed_with_their_questions() {
    let (meta, token, form) = start().await;
    fills(&meta, &form, "Maya").await;
    let path = format!("/{PAGE_BIKES}/leadgen_forms");
    let plain = meta.get(&path, &[("access_token", &token)]).await;
    let expected = json!({"id": form, "locale": "en_US", "name": "Test ride", "status": "ACTIVE"});
    assert!(plain["data"].as_array().unwrap().contains(&expected), "{plain}");
    let fields = "leads_count,organic_leads_count,questions{key,type,options},created_time";
    let shown = meta.get(&format!("/{form}"), &[("fields", fields), ("access_token", &token)]).await;
    assert_eq!((&shown["leads_count"], &shown["organic_leads_count"]), (&json!(1), &json!(1)));
    assert_eq!(shown["questions"][1], json!({"key": "email", "type": "EMAIL"}));
    assert_eq!(shown["questions"][2]["options"][0], json!({"key": "red", "value": "red"}));
}

#[tokio::test]
async fn a_lead_has_metas_default_fields_and_several_values() {
    let (meta, token, form) = start().await;
    let id = fills(&meta, &form, "Maya").await;
    assert_eq!(
        read(&meta, &token, &id).await,
        json!({"id": id, "form_id": form, "created_time": "2026-09-21T14:13:20+0000", "field_data": [
            {"name": "full_name", "values": ["Maya"]}, {"name": "colours", "values": ["red", "blue"]}]})
    );
    let answers = json!([{"name": "email", "values": ["maya@example.com"]}]);
    let act =
        json!({"act": "fill_form", "form_id": form, "from_name": "Maya", "answers": answers, "ad_id": "77"});
    let of_ad = meta.act(act).await;
    let fields = "ad_id,ad_name,is_organic";
    let shown = meta.get(&format!("/{of_ad}"), &[("fields", fields), ("access_token", &token)]).await;
    // The name is for those who may manage the ads.
    assert_eq!(shown, json!({"id": of_ad, "ad_id": "77", "is_organic": false}));
    let wrong = json!({"act": "fill_form", "form_id": form, "from_name": "Maya", "answers":
        [{"name": "shoe_size", "values": ["9"]}]});
    assert!(meta.control(Method::POST, "/content", &wrong).await["error"].is_string());
}

#[tokio::test]
async fn leads_are_read_in_parts_since_a_time_and_for_ninety_days() {
    let (meta, token, form) = start().await;
    let first = fills(&meta, &form, "Maya").await;
    meta.pass(60);
    let second = fills(&meta, &form, "Noam").await;
    let answer = leads(&meta, &token, &form, &[("limit", "1")]).await;
    assert_eq!(answer["data"][0]["id"], second);
    let next = text(&answer["paging"]["next"]);
    let rest: Value = meta.client.get(next).send().await.unwrap().json().await.unwrap();
    assert_eq!(rest["data"][0]["id"], first);
    let rule = |operator: &str, time: i64| {
        json!([{"field": "time_created", "operator": operator, "value": time}]).to_string()
    };
    let now = meta.now();
    for (operator, time, count) in [
        ("GREATER_THAN", now - 60, 1),
        ("GREATER_THAN_OR_EQUAL", now - 60, 2),
        ("LESS_THAN", now, 1),
        ("LESS_THAN_OR_EQUAL", now - 61, 0),
    ] {
        let answer = leads(&meta, &token, &form, &[("filtering", &rule(operator, time))]).await;
        assert_eq!(answer["data"].as_array().unwrap().len(), count, "{operator}");
    }
    let wrong = leads(&meta, &token, &form, &[("filtering", &rule("LIKE", 1))]).await;
    assert_eq!(error_of(&wrong).0, 100);
    meta.pass(90 * 86_400);
    // The permission to read leads ends with data access, so the person comes back first.
    let token = meta.content_token(OMER, PAGE_BIKES).await;
    let left = leads(&meta, &token, &form, &[]).await;
    assert_eq!((left["data"].as_array().unwrap().len(), &left["data"][0]["id"]), (1, &json!(second)));
    assert_eq!(error_of(&read(&meta, &token, &first).await), (100, Some(33)));
    let fields = [("fields", "expired_leads_count"), ("access_token", token.as_str())];
    assert_eq!(meta.get(&format!("/{form}"), &fields).await["expired_leads_count"], 1);
}

#[tokio::test]
async fn there_is_one_test_lead_of_a_form_at_a_time() {
    let (meta, token, form) = start().await;
    let real = fills(&meta, &form, "Maya").await;
    let path = format!("/{form}/test_leads");
    let call = [("access_token", token.as_str())];
    let id = text(&meta.post(&path, &call).await["id"]);
    assert_eq!(read(&meta, &token, &id).await["field_data"].as_array().unwrap().len(), 3);
    assert_eq!(error_of(&meta.post(&path, &call).await).0, 100);
    assert_eq!(meta.get(&path, &call).await["data"].as_array().unwrap().len(), 1);
    assert_eq!(error_of(&meta.delete(&format!("/{real}"), &call).await), (100, Some(33)));
    assert_eq!(meta.delete(&format!("/{id}"), &call).await, json!({"success": true}));
    let own = json!([{"name": "email", "values": ["a@example.com"]}]).to_string();
    let id = text(&meta.post(&path, &[call[0], ("field_data", &own)]).await["id"]);
    assert_eq!(read(&meta, &token, &id).await["field_data"][0]["values"], json!(["a@example.com"]));
}

#[tokio::test]
async fn the_lead_access_manager_refuses_in_each_of_its_ways_and_can_be_asked() {
    let (meta, token, form) = start().await;
    let lead = fills(&meta, &form, "Maya").await;
    let field = format!("has_lead_access.user_id({OMER})");
    let probe = async || {
        let call = [("fields", field.as_str()), ("access_token", &token)];
        meta.get(&format!("/{PAGE_BIKES}"), &call).await["has_lead_access"].clone()
    };
    let open = probe().await;
    assert_eq!(
        (&open["can_access_lead"], &open["enabled_lead_access_manager"]),
        (&json!(true), &json!(false))
    );
    for (way, error) in [("missing", (100, Some(33))), ("permission", (200, None)), ("feature", (10, None))] {
        meta.control(Method::PUT, "/app", &json!({"lead_access": way})).await;
        assert_eq!(error_of(&read(&meta, &token, &lead).await), error, "{way}");
        assert_eq!(error_of(&leads(&meta, &token, &form, &[]).await), error, "{way}");
    }
    let closed = probe().await;
    for key in ["app_has_leads_permission", "can_access_lead", "user_has_leads_permission"] {
        assert_eq!(closed[key], false, "{key}");
    }
    assert_eq!((&closed["is_page_admin"], &closed["user_id"]), (&json!(true), &json!(OMER)));
    assert!(closed["failure_reason"].is_string() && open.get("failure_reason").is_none());
    meta.control(Method::PUT, "/app", &json!({"lead_access": "open"})).await;
    assert_eq!(read(&meta, &token, &lead).await["id"], lead);
}

#[tokio::test]
async fn leads_need_their_permissions_the_pages_token_and_a_task() {
    let (meta, token, form) = start().await;
    let lead = fills(&meta, &form, "Maya").await;
    let user = meta.long_token(OMER, CONTENT_SCOPES).await;
    assert_eq!(error_of(&read(&meta, &user, &lead).await).0, 210);
    let role = format!("/people/{OMER}/pages/{PAGE_BIKES}");
    meta.control(Method::PUT, &role, &json!({"tasks": ["MESSAGING"]})).await;
    assert_eq!(error_of(&read(&meta, &token, &lead).await).0, 200);
    meta.control(Method::PUT, &role, &json!({"tasks": ["MANAGE_LEADS"]})).await;
    assert_eq!(read(&meta, &token, &lead).await["id"], lead);
    let forms = format!("/{PAGE_BIKES}/leadgen_forms");
    assert_eq!(error_of(&meta.get(&forms, &[("access_token", &token)]).await).0, 200);
    meta.delete("/me/permissions/leads_retrieval", &[("access_token", &user)]).await;
    assert_eq!(error_of(&read(&meta, &token, &lead).await).0, 200);
}

#[tokio::test]
async fn leads_are_told_by_their_ids_alone_and_later_changes_too() {
    let (meta, token, form) = start().await;
    let fields = "leadgen,leadgen_update";
    let mut told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", fields, fields).await;
    let id = fills(&meta, &form, "Maya").await;
    let answers = json!([{"name": "email", "values": ["maya@example.com"]}]);
    meta.act(json!({"act": "change_lead", "id": id, "answers": answers})).await;
    let act =
        json!({"act": "fill_form", "form_id": form, "from_name": "Maya", "answers": answers, "ad_id": "77"});
    meta.act(act).await;
    let changes = told.changes(&meta).await;
    let organic =
        json!({"form_id": form, "leadgen_id": id, "created_time": meta.now(), "page_id": PAGE_BIKES});
    assert_eq!(changes[0], ("leadgen".to_owned(), organic));
    assert_eq!((changes[1].0.as_str(), &changes[1].1["leadgen_id"]), ("leadgen_update", &json!(id)));
    assert_eq!(read(&meta, &token, &id).await["field_data"], answers);
    assert_eq!((&changes[2].1["ad_id"], &changes[2].1["adgroup_id"]), (&json!("77"), &json!("77")));
}

#[tokio::test]
async fn the_ids_of_a_lead_can_be_told_as_numbers() {
    let (meta, token, form) = start().await;
    let mut told = Subscribed::start(&meta, (PAGE_BIKES, &token), "page", "leadgen", "leadgen").await;
    meta.control(Method::PUT, "/app", &json!({"numeric_leads": true})).await;
    let id = fills(&meta, &form, "Maya").await;
    let (_, value) = told.changes(&meta).await.remove(0);
    assert_eq!(value["leadgen_id"], json!(id.parse::<i64>().unwrap()));
    assert_eq!(value["page_id"], json!(PAGE_BIKES.parse::<i64>().unwrap()));
}
