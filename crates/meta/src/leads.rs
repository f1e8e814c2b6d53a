//! Leads: what people answered in the forms of a Page's ads (Marketing API: lead ads, retrieving leads;
//! Graph API reference: page leadgen forms, has lead access).

use std::collections::BTreeMap;

use jetbridge_domain::clock::Time;
use jetbridge_domain::secret::Secret;
use serde_json::{Value, json};

use crate::answer;
use crate::client::Meta;
use crate::error::MetaError;
use crate::paging::{self, Listed, Part};

const FORM_FIELDS: &str = "id,name,status,locale,created_time,leads_count,questions";
const LEAD_FIELDS: &str = "id,created_time,form_id,field_data,is_organic,platform,ad_id,ad_name,adset_id,\
                           adset_name,campaign_id,campaign_name";
/// What there is without a right to the ad account, for which the rest is missing or refused.
const PLAIN_LEAD_FIELDS: &str = "id,created_time,form_id,field_data,is_organic,platform,ad_id";

/// A form of a Page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadForm {
    /// Its id.
    pub id: String,
    /// Its name, as the Page's people know it.
    pub name: Option<String>,
    /// `ACTIVE`, `ARCHIVED`, `DELETED` or `DRAFT`.
    pub status: Option<String>,
    /// Its language, such as `en_US`.
    pub locale: Option<String>,
    /// When it was made.
    pub created_at: Option<Time>,
    /// How many leads it brought.
    pub leads: Option<i64>,
    /// What it asks.
    pub questions: Vec<Question>,
}

/// A question of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What its answer is called in a lead.
    pub key: String,
    /// What people read.
    pub label: Option<String>,
    /// `EMAIL`, `FULL_NAME`, `CUSTOM` and so on.
    pub kind: Option<String>,
    /// What there is to choose from.
    pub options: Vec<String>,
}

/// What one person answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// Its id.
    pub id: String,
    /// When it was sent.
    pub created_at: Option<Time>,
    /// Its form.
    pub form_id: Option<String>,
    /// The answers by the questions' keys (`full_name`, `email`, the form's own); several where several
    /// could be chosen.
    pub answers: BTreeMap<String, Vec<String>>,
    /// Whether it came without an ad.
    pub organic: Option<bool>,
    /// `fb` or `ig`.
    pub platform: Option<String>,
    /// The ad it came by; none for organic and test leads.
    pub ad_id: Option<String>,
    /// The ad's name; this and what follows needs a right to the ad account.
    pub ad_name: Option<String>,
    /// The ad set.
    pub adset_id: Option<String>,
    /// Its name.
    pub adset_name: Option<String>,
    /// The campaign.
    pub campaign_id: Option<String>,
    /// Its name.
    pub campaign_name: Option<String>,
}

/// Why leads can or cannot be read: the business may have narrowed it down in its Leads Access Manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadAccess {
    /// Whether the app, through this person, can read leads.
    pub can_access: bool,
    /// Whether the business narrowed it down at all.
    pub managed: Option<bool>,
    /// Whether the app is let in.
    pub app_allowed: Option<bool>,
    /// Whether the person is.
    pub user_allowed: Option<bool>,
    /// Meta's words on what is missing.
    pub why: Option<String>,
    /// Meta's words on what to do.
    pub fix: Option<String>,
}

impl Meta {
    /// The forms of a Page.
    pub async fn lead_forms(
        &self,
        page_id: &str,
        page_token: &Secret,
        part: &Part,
    ) -> Result<Listed<LeadForm>, MetaError> {
        let call = self.get("GET /{page-id}/leadgen_forms", &[page_id, "leadgen_forms"]).acting(page_token);
        paging::part(call.query("fields", FORM_FIELDS), part, read_form).await
    }

    /// The leads of a form, those sent after `since` only where it is given. `with_ads` asks for what
    /// the lead's ad is called too, which needs `ads_management` and a right to the ad account.
    pub async fn leads(
        &self,
        form_id: &str,
        page_token: &Secret,
        since: Option<Time>,
        with_ads: bool,
        part: &Part,
    ) -> Result<Listed<Lead>, MetaError> {
        let mut call = self.get("GET /{form-id}/leads", &[form_id, "leads"]).acting(page_token);
        if let Some(since) = since {
            let newer =
                json!([{ "field": "time_created", "operator": "GREATER_THAN", "value": since.as_seconds() }]);
            call = call.query("filtering", newer.to_string());
        }
        paging::part(call.query("fields", lead_fields(with_ads)), part, read_lead).await
    }

    /// One lead, as its webhook names it. `with_ads` as for [`Meta::leads`]. Where it is refused as
    /// missing or not allowed, [`Meta::lead_access`] tells whether the business shut the app out.
    pub async fn lead(&self, lead_id: &str, page_token: &Secret, with_ads: bool) -> Result<Lead, MetaError> {
        let call = self.get("GET /{lead-id}", &[lead_id]).acting(page_token);
        let answer = call.query("fields", lead_fields(with_ads)).send().await?;
        read_lead(&answer).ok_or(MetaError::Odd { http: 200, what: "a lead without its id" })
    }

    /// Whether leads of a Page can be read through a person, and what is missing. `user_id` is their
    /// app-scoped id.
    pub async fn lead_access(
        &self,
        page_id: &str,
        page_token: &Secret,
        user_id: &str,
    ) -> Result<LeadAccess, MetaError> {
        if !crate::call::is_id(user_id) {
            return Err(MetaError::NotSent("an id that is none of Meta's"));
        }
        let call = self.get("GET /{page-id}", &[page_id]).acting(page_token);
        let answer = call.query("fields", format!("has_lead_access.user_id({user_id})")).send().await?;
        let access = answer.get("has_lead_access").filter(|access| access.is_object());
        let access = access.ok_or(MetaError::Odd { http: 200, what: "a Page without its lead access" })?;
        Ok(LeadAccess {
            can_access: answer::flag(access, "can_access_lead"),
            managed: answer::truth(access, "enabled_lead_access_manager"),
            app_allowed: answer::truth(access, "app_has_leads_permission"),
            user_allowed: answer::truth(access, "user_has_leads_permission"),
            why: answer::word(access, "failure_reason"),
            fix: answer::word(access, "failure_resolution"),
        })
    }
}

const fn lead_fields(with_ads: bool) -> &'static str {
    if with_ads { LEAD_FIELDS } else { PLAIN_LEAD_FIELDS }
}

fn read_form(row: &Value) -> Option<LeadForm> {
    let questions = answer::list(row, "questions").unwrap_or_default();
    Some(LeadForm {
        id: answer::word(row, "id")?,
        name: answer::word(row, "name"),
        status: answer::word(row, "status"),
        locale: answer::word(row, "locale"),
        created_at: answer::stamp(row, "created_time"),
        leads: answer::number(row, "leads_count"),
        questions: questions.iter().filter_map(question).collect(),
    })
}

fn question(row: &Value) -> Option<Question> {
    let options = answer::list(row, "options").unwrap_or_default();
    Some(Question {
        key: answer::word(row, "key")?,
        label: answer::word(row, "label"),
        kind: answer::word(row, "type"),
        options: options.iter().filter_map(|option| answer::word(option, "value")).collect(),
    })
}

fn read_lead(row: &Value) -> Option<Lead> {
    let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for field in answer::list(row, "field_data").unwrap_or_default() {
        if let Some(name) = answer::word(field, "name") {
            answers.entry(name).or_default().extend(answer::texts(field, "values"));
        }
    }
    // Organic leads have no ads, or ads of the id 0.
    let id = |key| answer::word(row, key).filter(|id| id != "0");
    Some(Lead {
        id: answer::word(row, "id")?,
        created_at: answer::stamp(row, "created_time"),
        form_id: answer::word(row, "form_id"),
        answers,
        organic: answer::truth(row, "is_organic"),
        platform: answer::word(row, "platform"),
        ad_id: id("ad_id"),
        ad_name: answer::word(row, "ad_name"),
        adset_id: id("adset_id"),
        adset_name: answer::word(row, "adset_name"),
        campaign_id: id("campaign_id"),
        campaign_name: answer::word(row, "campaign_name"),
    })
}
