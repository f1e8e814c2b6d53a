//! Codes and tokens: exchange, life times, inspection, death.

use jetbridge_sandbox::world::{DANA, INSTAGRAM_CAFE_AURORA, OMER, PAGE_BIKES, PAGE_CAFE_AURORA};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{
    APP_ID, APP_SECRET, Browser, Meta, REDIRECT, SCOPES, error_of, hmac_sha256, query_of, text,
};

async fn exchange_with(meta: &Meta, changed: &[(&str, &str)]) -> Value {
    let usual = [("client_id", APP_ID), ("client_secret", APP_SECRET), ("redirect_uri", REDIRECT)];
    let usual = usual.into_iter().filter(|(name, _)| changed.iter().all(|(other, _)| other != name));
    let all: Vec<_> = usual.chain(changed.iter().copied()).collect();
    meta.post("/oauth/access_token", &all).await
}

#[tokio::test]
async fn a_code_works_once() {
    let meta = Meta::start().await;
    let code = meta.code(OMER, "pages_show_list").await;
    let first = meta.exchange(&code).await;
    assert_eq!(first["token_type"], "bearer");
    let seconds = first["expires_in"].as_i64().unwrap();
    assert!((3_600..=7_200).contains(&seconds), "{seconds}");
    assert_eq!(error_of(&meta.exchange(&code).await), (100, Some(36009)));
}

#[tokio::test]
async fn a_code_is_bound_to_its_redirect_uri_and_lives_ten_minutes() {
    let meta = Meta::start().await;
    let code = meta.code(OMER, "pages_show_list").await;
    let other = [("code", code.as_str()), ("redirect_uri", "http://app.test/other")];
    assert_eq!(error_of(&exchange_with(&meta, &other).await), (100, Some(36008)));
    meta.pass(599);
    assert!(meta.exchange(&code).await["access_token"].is_string());
    let code = meta.code(OMER, "pages_show_list").await;
    meta.pass(600);
    assert_eq!(error_of(&meta.exchange(&code).await), (100, Some(36007)));
}

#[tokio::test]
async fn a_wrong_exchange_names_what_is_wrong() {
    let meta = Meta::start().await;
    let code = meta.code(OMER, "pages_show_list").await;
    let code = code.as_str();
    assert_eq!(error_of(&exchange_with(&meta, &[("code", code), ("client_id", "9")]).await).0, 101);
    assert_eq!(error_of(&exchange_with(&meta, &[("code", code), ("client_secret", "no")]).await).0, 1);
    assert_eq!(error_of(&exchange_with(&meta, &[("code", "nonsense")]).await).0, 100);
    assert_eq!(error_of(&exchange_with(&meta, &[]).await).0, 100);
    let response = meta.send(Method::GET, "/oauth/access_token", &[]).await;
    assert_eq!(response.status(), 400);
    assert!(
        response.headers()["www-authenticate"].to_str().unwrap().starts_with("OAuth \"Facebook Platform\"")
    );
    assert!(response.headers().contains_key("x-fb-trace-id"));
    assert!(meta.exchange(code).await["access_token"].is_string());
}

#[tokio::test]
async fn a_short_token_ends_and_a_long_one_lasts_sixty_days() {
    let meta = Meta::start().await;
    let short = meta.short_token(OMER, SCOPES).await;
    let answer = meta.lengthen(&short).await;
    let seconds = answer["expires_in"].as_i64().unwrap();
    assert!((59 * 86_400..60 * 86_400).contains(&seconds), "{seconds}");
    let long = text(&answer["access_token"]);
    meta.pass(7_200);
    let response = meta.send(Method::GET, "/me", &[("access_token", &short)]).await;
    assert_eq!(response.status(), 401);
    let challenge = response.headers()["www-authenticate"].to_str().unwrap().to_owned();
    assert!(challenge.contains("\"invalid_token\""), "{challenge}");
    assert_eq!(error_of(&response.json().await.unwrap()), (190, Some(463)));
    assert_eq!(error_of(&meta.lengthen(&short).await), (190, Some(463)));
    assert_eq!(meta.get("/me", &[("access_token", &long)]).await["id"], OMER);
    meta.pass(60 * 86_400);
    assert_eq!(error_of(&meta.get("/me", &[("access_token", &long)]).await), (190, Some(463)));
}

#[tokio::test]
async fn a_page_token_inherits_the_life_of_its_user_token() {
    let meta = Meta::start().await;
    let short = meta.short_token(OMER, SCOPES).await;
    let brief = meta.page_token(&short, PAGE_BIKES).await;
    let long = meta.long_token(OMER, SCOPES).await;
    let lasting = meta.page_token(&long, PAGE_BIKES).await;
    assert_ne!(brief, lasting);
    assert_eq!(meta.page_token(&long, PAGE_BIKES).await, lasting);
    assert_eq!(meta.debug(&lasting).await["expires_at"], 0);
    assert_eq!(meta.debug(&brief).await["expires_at"], meta.debug(&short).await["expires_at"]);
    meta.pass(70 * 86_400);
    assert_eq!(error_of(&meta.get("/me", &[("access_token", &brief)]).await), (190, Some(463)));
    assert_eq!(meta.get("/me", &[("access_token", &lasting)]).await["id"], PAGE_BIKES);
}

#[tokio::test]
async fn debug_token_describes_each_kind() {
    let meta = Meta::start().await;
    let mut browser = Browser::open(&meta, &[("scope", SCOPES)]);
    browser.log_in(DANA).await;
    let mut answers =
        vec![("pages_choice", "selected"), ("page", PAGE_CAFE_AURORA), ("instagram_choice", "all")];
    answers.extend(SCOPES.split(',').map(|scope| ("permission", scope)));
    let code = query_of(&browser.allow(&answers).await, "code").unwrap();
    let short = text(&meta.exchange(&code).await["access_token"]);
    let long = text(&meta.lengthen(&short).await["access_token"]);
    let page = meta.page_token(&long, PAGE_CAFE_AURORA).await;

    let user = meta.debug(&short).await;
    assert_eq!(
        (&user["type"], &user["is_valid"], &user["app_id"], &user["user_id"], &user["application"]),
        (&json!("USER"), &json!(true), &json!(APP_ID), &json!(DANA), &json!("Test App"))
    );
    assert!(user.get("issued_at").is_none() && user.get("profile_id").is_none());
    assert_eq!(user["data_access_expires_at"], meta.now() + 90 * 86_400);
    let granular = user["granular_scopes"].as_array().unwrap();
    assert!(granular.contains(&json!({"scope": "pages_messaging", "target_ids": [PAGE_CAFE_AURORA]})));
    assert!(granular.contains(&json!({"scope": "instagram_basic"})));
    assert!(user["scopes"].as_array().unwrap().contains(&json!("public_profile")));

    assert_eq!(meta.debug(&long).await["issued_at"], meta.now());
    let page = meta.debug(&page).await;
    assert_eq!((&page["type"], &page["profile_id"]), (&json!("PAGE"), &json!(PAGE_CAFE_AURORA)));
    let app = meta.debug(&Meta::app_token()).await;
    assert_eq!((&app["type"], &app["is_valid"]), (&json!("APP"), &json!(true)));
}

#[tokio::test]
async fn debug_token_answers_200_for_a_bad_token_and_400_for_a_foreign_one() {
    let meta = Meta::start().await;
    let garbage = meta.debug("EAAnonsense").await;
    assert_eq!(garbage["is_valid"], false);
    assert_eq!((&garbage["error"]["code"], &garbage["scopes"]), (&json!(190), &json!([])));
    let short = meta.short_token(OMER, SCOPES).await;
    meta.pass(7_200);
    let expired = meta.debug(&short).await;
    assert_eq!((&expired["is_valid"], &expired["error"]["subcode"]), (&json!(false), &json!(463)));
    assert_eq!(expired["user_id"], OMER);

    let app = Meta::app_token();
    let call = [("input_token", "42|secret"), ("access_token", app.as_str())];
    assert_eq!(error_of(&meta.get("/debug_token", &call).await).0, 100);
    let own = meta.short_token(OMER, SCOPES).await;
    let call = [("input_token", own.as_str()), ("access_token", own.as_str())];
    assert_eq!(error_of(&meta.get("/debug_token", &call).await).0, 100);
}

#[tokio::test]
async fn the_app_token_has_two_spellings() {
    let meta = Meta::start().await;
    let call = [("grant_type", "client_credentials"), ("client_id", APP_ID), ("client_secret", APP_SECRET)];
    let minted = text(&meta.get("/oauth/access_token", &call).await["access_token"]);
    assert!(minted.starts_with(&format!("{APP_ID}|")) && !minted.contains(APP_SECRET));
    for token in [minted, Meta::app_token()] {
        let call = [("access_token", token.as_str())];
        assert_eq!(meta.get(&format!("/{APP_ID}/subscriptions"), &call).await, json!({"data": []}));
    }
    let wrong = format!("{APP_ID}|wrong");
    assert_eq!(error_of(&meta.get(&format!("/{APP_ID}"), &[("access_token", &wrong)]).await), (190, None));
}

#[tokio::test]
async fn tokens_die_of_what_happens_to_the_person() {
    for (kind, subcode) in [
        ("expire", 463),
        ("password_changed", 460),
        ("app_removed", 458),
        ("logged_out", 467),
        ("checkpoint", 459),
        ("unconfirmed", 464),
    ] {
        let meta = Meta::start().await;
        let user = meta.long_token(OMER, SCOPES).await;
        let page = meta.page_token(&user, PAGE_BIKES).await;
        let path = format!("/people/{OMER}/tokens");
        meta.control(Method::POST, &path, &json!({"kind": kind})).await;
        for token in [&user, &page] {
            let answer = meta.get("/me", &[("access_token", token)]).await;
            assert_eq!(error_of(&answer), (190, Some(subcode)), "{kind}");
        }
        assert_eq!(meta.debug(&page).await["error"]["subcode"], subcode, "{kind}");
        let fresh = meta.long_token(OMER, SCOPES).await;
        assert_eq!(meta.get("/me", &[("access_token", &fresh)]).await["id"], OMER, "{kind}");
    }
}

#[tokio::test]
async fn a_lost_role_kills_only_the_tokens_of_that_page() {
    let meta = Meta::start().await;
    let user = meta.long_token(DANA, SCOPES).await;
    let lost = meta.page_token(&user, PAGE_CAFE_AURORA).await;
    let path = format!("/people/{DANA}/tokens");
    meta.control(Method::POST, &path, &json!({"kind": "role_lost", "page_id": PAGE_CAFE_AURORA})).await;
    assert_eq!(error_of(&meta.get("/me", &[("access_token", &lost)]).await), (190, Some(492)));
    let accounts = meta.get("/me/accounts", &[("fields", "id"), ("access_token", &user)]).await;
    assert_eq!(accounts["data"].as_array().unwrap().len(), 4);
    let instagram = format!("/{INSTAGRAM_CAFE_AURORA}");
    assert_eq!(error_of(&meta.get(&instagram, &[("access_token", &user)]).await), (100, Some(33)));
}

#[tokio::test]
async fn data_access_lapses_after_ninety_days_for_some_permissions() {
    let meta = Meta::start().await;
    let user = meta.long_token(OMER, SCOPES).await;
    let page = meta.page_token(&user, PAGE_BIKES).await;
    meta.pass(91 * 86_400);
    let scopes = meta.debug(&page).await["scopes"].clone();
    let scopes = scopes.as_array().unwrap();
    assert!(scopes.contains(&json!("pages_messaging")) && !scopes.contains(&json!("instagram_basic")));
}

#[tokio::test]
async fn the_proof_is_checked_when_given_and_required_when_switched_on() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, SCOPES).await;
    let proof = hex::encode(hmac_sha256(APP_SECRET.as_bytes(), token.as_bytes()));
    let with = |proof: &str| {
        vec![("access_token".to_owned(), token.clone()), ("appsecret_proof".to_owned(), proof.to_owned())]
    };
    let me = async |parameters: Vec<(String, String)>| {
        let borrowed: Vec<(&str, &str)> =
            parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        meta.get("/me", &borrowed).await
    };
    let bare = || vec![("access_token".to_owned(), token.clone())];
    assert_eq!(me(bare()).await["id"], OMER);
    assert_eq!(me(with(&proof)).await["id"], OMER);
    assert_eq!(error_of(&me(with(&proof.to_uppercase())).await).0, 100);
    meta.control(Method::PUT, "/app", &json!({"require_proof": true})).await;
    assert_eq!(error_of(&me(bare()).await).0, 100);
    assert_eq!(me(with(&proof)).await["id"], OMER);

    let time = meta.now().to_string();
    let timed = hex::encode(hmac_sha256(APP_SECRET.as_bytes(), format!("{token}|{time}").as_bytes()));
    let mut parameters = with(&timed);
    parameters.push(("appsecret_time".to_owned(), time));
    assert_eq!(me(parameters.clone()).await["id"], OMER);
    meta.pass(301);
    assert_eq!(error_of(&me(parameters).await).0, 100);
}

#[tokio::test]
async fn a_call_can_be_written_in_many_ways() {
    let meta = Meta::start().await;
    let token = meta.long_token(OMER, SCOPES).await;
    for path in ["/me", "/v3.1/me", "/v25.0/me", "/v99.0/me"] {
        for scheme in ["Bearer", "OAuth"] {
            let request = meta
                .client
                .get(format!("{}{path}", meta.url))
                .header("authorization", format!("{scheme} {token}"));
            let response = request.send().await.unwrap();
            assert_eq!(response.headers()["facebook-api-version"], "v25.0");
            assert_eq!(response.json::<Value>().await.unwrap()["id"], OMER);
        }
    }
    let url = format!("{}/me/permissions/pages_messaging", meta.url);
    let body = json!({"access_token": token, "method": "delete"});
    let answer = meta.client.post(&url).json(&body).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({"success": true}));
    let form = [("access_token", token.as_str()), ("method", "DELETE")];
    let answer = meta.client.post(&url).form(&form).send().await.unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap(), json!({"success": true}));
}

#[tokio::test]
async fn answers_can_leave_out_the_life_and_give_ids_as_numbers() {
    let meta = Meta::start().await;
    let code = meta.code(OMER, SCOPES).await;
    meta.control(Method::PUT, "/app", &json!({"no_expires_in": true, "numeric_ids": true})).await;
    let answer = meta.exchange(&code).await;
    assert!(answer.get("expires_in").is_none());
    let seen = meta.debug(&text(&answer["access_token"])).await;
    assert_eq!(seen["app_id"], APP_ID.parse::<i64>().unwrap());
    assert_eq!(seen["user_id"], OMER.parse::<i64>().unwrap());
}

#[tokio::test]
async fn a_checkpoint_and_an_unconfirmed_account_can_be_cleared() {
    let meta = Meta::start().await;
    let user = meta.long_token(OMER, SCOPES).await;
    let path = format!("/people/{OMER}/tokens");
    for kind in ["checkpoint", "unconfirmed"] {
        meta.control(Method::POST, &path, &json!({"kind": kind})).await;
        assert_eq!(error_of(&meta.get("/me", &[("access_token", &user)]).await).0, 190);
        meta.control(Method::POST, &path, &json!({"kind": "cleared"})).await;
        assert_eq!(meta.get("/me", &[("access_token", &user)]).await["id"], OMER);
    }
    meta.control(Method::POST, &path, &json!({"kind": "password_changed"})).await;
    meta.control(Method::POST, &path, &json!({"kind": "cleared"})).await;
    assert_eq!(error_of(&meta.get("/me", &[("access_token", &user)]).await), (190, Some(460)));
}

#[tokio::test]
async fn one_token_can_die_alone_and_another_be_foreign() {
    let meta = Meta::start().await;
    let first = meta.long_token(OMER, SCOPES).await;
    let second = meta.long_token(OMER, SCOPES).await;
    let world = meta.control(Method::GET, "/world", &json!({})).await;
    let people = world["people"].as_array().unwrap().clone();
    let omer = people.into_iter().find(|person| person["id"] == OMER).unwrap();
    let tokens = omer["tokens"].as_array().unwrap().iter().filter(|token| token["kind"] == "long");
    let ids: Vec<Value> = tokens.map(|token| token["id"].clone()).collect();
    let path = format!("/people/{OMER}/tokens");
    meta.control(Method::POST, &path, &json!({"kind": "logged_out", "token_id": ids[0]})).await;
    assert_eq!(error_of(&meta.get("/me", &[("access_token", &first)]).await), (190, Some(467)));
    assert_eq!(meta.get("/me", &[("access_token", &second)]).await["id"], OMER);

    // The same from the page.
    let form = [("kind", "foreign"), ("token_id", &ids[1].to_string())];
    let url = format!("{}/sandbox/people/{OMER}/switch", meta.url);
    assert_eq!(meta.client.post(url).form(&form).send().await.unwrap().status(), 303);
    assert_eq!(error_of(&meta.get("/me", &[("access_token", &second)]).await), (190, None));
    let app = Meta::app_token();
    let call = [("input_token", second.as_str()), ("access_token", app.as_str())];
    assert_eq!(error_of(&meta.get("/debug_token", &call).await).0, 100);
}

#[tokio::test]
async fn a_permission_can_decay_by_the_control_api_and_by_the_page() {
    let meta = Meta::start().await;
    let user = meta.long_token(OMER, SCOPES).await;
    let status = async |permission: &str| {
        let call = [("permission", permission), ("access_token", user.as_str())];
        meta.get("/me/permissions", &call).await["data"][0]["status"].clone()
    };
    let path = format!("/people/{OMER}/permissions/pages_messaging");
    meta.control(Method::PUT, &path, &json!({"status": "expired"})).await;
    assert_eq!(status("pages_messaging").await, "expired");
    assert!(!meta.debug(&user).await["scopes"].as_array().unwrap().contains(&json!("pages_messaging")));
    let url = format!("{}/sandbox/people/{OMER}/permission", meta.url);
    let form = [("permission", "pages_messaging"), ("status", "granted")];
    meta.client.post(url).form(&form).send().await.unwrap();
    assert_eq!(status("pages_messaging").await, "granted");
    let stranger = format!("/people/{DANA}/permissions/pages_messaging");
    assert!(meta.control(Method::PUT, &stranger, &json!({"status": "granted"})).await["error"].is_string());
}
