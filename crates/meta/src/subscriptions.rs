//! Asking Meta to call us. Two switches, both needed: the app subscribes to an object's fields once,
//! and each Page subscribes the app to fields of its own. Only what is on both lists is sent.

use std::ops::ControlFlow;

use jetbridge_domain::secret::Secret;
use serde_json::Value;

use crate::answer;
use crate::client::Meta;
use crate::error::MetaError;
use crate::login::confirmed;
use crate::paging;

/// What the app is subscribed to for one object (Graph API reference: application subscriptions).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppSubscription {
    /// `page`, `instagram`, `permissions` and so on.
    pub object: String,
    /// Where Meta calls: one address per object for the whole app.
    pub callback_url: String,
    /// Whether Meta calls at all.
    pub active: bool,
    /// The fields, by name.
    pub fields: Vec<String>,
}

impl Meta {
    /// Subscribes the app to a Page's `fields` (Graph API reference: page subscribed apps). Needs
    /// `pages_manage_metadata` and a Page token.
    ///
    /// Whether Meta adds these fields to those already there or puts them in their place is not
    /// documented: pass every field that any connection of this Page needs, and read back with
    /// [`Meta::page_subscription`].
    pub async fn subscribe_page(
        &self,
        page_id: &str,
        page_token: &Secret,
        fields: &[&str],
    ) -> Result<(), MetaError> {
        let call = self.post("POST /{page-id}/subscribed_apps", &[page_id, "subscribed_apps"]);
        confirmed(call.token(page_token).form("subscribed_fields", fields.join(","))).await
    }

    /// The fields this app is subscribed to on a Page; empty where it is not. Other apps' rows, if Meta
    /// shows them, are passed over.
    pub async fn page_subscription(
        &self,
        page_id: &str,
        page_token: &Secret,
    ) -> Result<Vec<String>, MetaError> {
        let app_id = self.config().app_id.as_str();
        let mut fields = Vec::new();
        let call = self.get("GET /{page-id}/subscribed_apps", &[page_id, "subscribed_apps"]);
        paging::each(call.token(page_token), |row| {
            if answer::text(row, "id").as_deref() != Some(app_id) {
                return ControlFlow::Continue(());
            }
            fields = answer::texts(row, "subscribed_fields");
            ControlFlow::Break(())
        })
        .await?;
        Ok(fields)
    }

    /// Takes the app off a Page: every field, for everybody who uses this Page through this app. Not to
    /// be called while another connection still does.
    pub async fn unsubscribe_page(&self, page_id: &str, page_token: &Secret) -> Result<(), MetaError> {
        let call = self.delete("DELETE /{page-id}/subscribed_apps", &[page_id, "subscribed_apps"]);
        confirmed(call.token(page_token)).await
    }

    /// Subscribes the app to an object's fields and tells Meta where to call (Graph API reference:
    /// application subscriptions). Before it answers, Meta calls `callback_url` with a challenge and
    /// `verify_token`; see [`crate::webhook::challenge`]. Refused with code 2200 where that fails.
    ///
    /// Another address replaces the one before; pass every field that is wanted.
    pub async fn subscribe_app(
        &self,
        object: &str,
        callback_url: &str,
        verify_token: &Secret,
        fields: &[&str],
    ) -> Result<(), MetaError> {
        let app_id = self.config().app_id.as_str();
        let call = self
            .post("POST /{app-id}/subscriptions", &[app_id, "subscriptions"])
            .token(self.app_token())
            .form("object", object)
            .form("callback_url", callback_url)
            .secret("verify_token", verify_token)
            .form("fields", fields.join(","))
            // Without it a change comes as the field's name alone.
            .form("include_values", "true");
        confirmed(call).await
    }

    /// What the app is subscribed to, one row per object.
    pub async fn app_subscriptions(&self) -> Result<Vec<AppSubscription>, MetaError> {
        let app_id = self.config().app_id.as_str();
        let call = self.get("GET /{app-id}/subscriptions", &[app_id, "subscriptions"]);
        let mut all = Vec::new();
        paging::each(call.token(self.app_token()), |row| {
            all.extend(app_subscription(row));
            ControlFlow::Continue(())
        })
        .await?;
        Ok(all)
    }
}

fn app_subscription(row: &Value) -> Option<AppSubscription> {
    let mut fields = answer::texts(row, "fields");
    let named = answer::list(row, "fields").unwrap_or_default();
    fields.extend(named.iter().filter_map(|field| answer::word(field, "name")));
    Some(AppSubscription {
        object: answer::word(row, "object")?,
        callback_url: answer::text(row, "callback_url").unwrap_or_default(),
        active: answer::flag(row, "active"),
        fields,
    })
}
