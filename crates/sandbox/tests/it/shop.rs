//! A Page with its Instagram account, subscribed to everything of messaging, and one person who writes to it.

use std::time::Duration;

use axum::http::StatusCode;
use jetbridge_sandbox::world::{INSTAGRAM_BIKES, OMER, PAGE_BIKES};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{APP_ID, Meta, Receiver, SCOPES, VERIFY_TOKEN, text};

pub(crate) const PAGE_FIELDS: &str = "messages,message_echoes,message_deliveries,message_reads,\
    message_reactions,message_edits,messaging_postbacks,messaging_referrals,messaging_optins,\
    messaging_handovers,messaging_policy_enforcement,messaging_account_linking,messaging_feedback,standby";
pub(crate) const INSTAGRAM_FIELDS: &str = "messages,message_reactions,message_edit,messaging_postbacks,\
    messaging_referral,messaging_seen,messaging_handover,messaging_optins,messaging_policy_enforcement,standby";

pub(crate) struct Shop {
    pub(crate) meta: Meta,
    pub(crate) receiver: Receiver,
    /// The Page's token.
    pub(crate) token: String,
    /// The Page's id, or its Instagram account's.
    pub(crate) account: &'static str,
    /// The id of Maya, who writes.
    pub(crate) person: String,
}

impl Shop {
    pub(crate) async fn messenger() -> Shop {
        Shop::open(PAGE_BIKES, PAGE_FIELDS, INSTAGRAM_FIELDS).await
    }

    pub(crate) async fn instagram() -> Shop {
        Shop::open(INSTAGRAM_BIKES, "feed", INSTAGRAM_FIELDS).await
    }

    pub(crate) async fn open(account: &'static str, page_fields: &str, instagram_fields: &str) -> Shop {
        let meta = Meta::start().await;
        let receiver = Receiver::start(StatusCode::OK).await;
        let scopes = format!("{SCOPES},instagram_manage_messages");
        let user = meta.long_token(OMER, &scopes).await;
        let token = meta.page_token(&user, PAGE_BIKES).await;
        for (object, fields) in [("page", PAGE_FIELDS), ("instagram", instagram_fields)] {
            let (app, hook) = (Meta::app_token(), receiver.hook());
            let call = [
                ("object", object),
                ("callback_url", hook.as_str()),
                ("verify_token", VERIFY_TOKEN),
                ("fields", fields),
                ("access_token", app.as_str()),
            ];
            let answer = meta.post(&format!("/{APP_ID}/subscriptions"), &call).await;
            assert_eq!(answer, json!({"success": true}));
        }
        let call = [("subscribed_fields", page_fields), ("access_token", token.as_str())];
        let answer = meta.post(&format!("/{PAGE_BIKES}/subscribed_apps"), &call).await;
        assert_eq!(answer, json!({"success": true}));
        let begun = meta.control(Method::POST, "/chat", &json!({"page_id": account, "name": "Maya"})).await;
        Shop { person: text(&begun["person"]), meta, receiver, token, account }
    }

    /// Maya's act.
    pub(crate) async fn act(&self, act: Value) -> Value {
        self.meta.control(Method::POST, &format!("/chat/{}", self.person), &act).await
    }

    /// Maya writes, and its webhook is taken away; answers the mid.
    pub(crate) async fn hello(&mut self) -> String {
        let said = self.act(json!({"do": "message", "text": "hello"})).await;
        assert_eq!(said["sent"], true, "{said}");
        assert_eq!(self.event().await["message"]["mid"], said["mid"]);
        text(&said["mid"])
    }

    pub(crate) async fn set(&self, settings: Value) {
        let answer = self.meta.control(Method::PUT, "/app", &settings).await;
        assert!(answer["error"].is_null(), "{answer}");
    }

    /// The next request that the app receives.
    pub(crate) async fn request(&mut self) -> Value {
        let received = tokio::time::timeout(Duration::from_secs(10), self.receiver.received.recv());
        serde_json::from_slice(&received.await.unwrap().unwrap().1).unwrap()
    }

    /// The one event of the next request.
    pub(crate) async fn event(&mut self) -> Value {
        let request = self.request().await;
        let entry = &request["entry"][0];
        assert_eq!(entry["id"], self.account, "{request}");
        let list = entry.get("messaging").or(entry.get("standby")).unwrap();
        assert_eq!(list.as_array().unwrap().len(), 1);
        list[0].clone()
    }

    /// Everything has been sent, and the app received nothing more.
    pub(crate) async fn nothing_more(&mut self) {
        self.meta.control(Method::POST, "/webhooks/deliver", &json!({})).await;
        assert!(self.receiver.received.try_recv().is_err());
    }

    /// One call to the Send API, as JSON.
    pub(crate) async fn send(&self, body: &Value) -> Value {
        self.call(Method::POST, "/me/messages", body).await
    }

    pub(crate) async fn call(&self, method: Method, path: &str, body: &Value) -> Value {
        let url = format!("{}/v25.0{path}", self.meta.url);
        let request = self.meta.client.request(method, url).bearer_auth(&self.token);
        request.json(body).send().await.unwrap().json().await.unwrap()
    }

    /// One read with the Page's token.
    pub(crate) async fn get(&self, path: &str, parameters: &[(&str, &str)]) -> Value {
        let mut all = parameters.to_vec();
        all.push(("access_token", &self.token));
        self.meta.get(path, &all).await
    }
}
