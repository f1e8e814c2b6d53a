//! Lead forms and leads: `/{page}/leadgen_forms`, `/{form}/leads`, `/{form}/test_leads`, `/{lead}`.

use axum::http::Method;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::content::leads::{self, Field as Entered, Form, Lead, Question};
use crate::content::page_of;
use crate::graph::auth::{Caller, Viewer};
use crate::graph::error::GraphError;
use crate::graph::fields::{self, Field};
use crate::graph::listing::{Window, argument};
use crate::graph::{Call, Context, reply, rights};
use crate::pages::time;
use crate::settings;
use crate::world::{Page, Role};

/// Fields of a form. Those without a value here exist at Meta and are left out.
const FORM_FIELDS: &[&str] = &[
    "id",
    "allow_organic_lead",
    "block_display_for_non_targeted_viewer",
    "context_card",
    "created_time",
    "creator",
    "expired_leads_count",
    "follow_up_action_text",
    "follow_up_action_url",
    "is_optimized_for_quality",
    "leads_count",
    "legal_content",
    "locale",
    "name",
    "organic_leads_count",
    "page",
    "page_id",
    "privacy_policy_url",
    "question_page_custom_headline",
    "questions",
    "status",
    "thank_you_page",
    "tracking_parameters",
];
const LEAD_FIELDS: &[&str] = &[
    "id",
    "ad_id",
    "ad_name",
    "adset_id",
    "adset_name",
    "campaign_id",
    "campaign_name",
    "created_time",
    "custom_disclaimer_responses",
    "field_data",
    "form_id",
    "home_listing",
    "is_organic",
    "partner_name",
    "platform",
    "post",
    "post_submission_check_result",
    "retailer_item_id",
    "vehicle",
];
const LEAD_DEFAULTS: [&str; 5] = ["created_time", "id", "ad_id", "form_id", "field_data"];

/// What the Lead Access Manager says to every read of a lead.
fn check_manager(tx: &Connection, method: &Method, id: &str) -> Result<(), GraphError> {
    match settings::get(tx, settings::LEAD_ACCESS)?.as_deref() {
        None | Some("open") => Ok(()),
        Some("permission") => Err(GraphError::permission("Requires access to the leads of this Page")),
        Some("feature") => {
            Err(GraphError::not_allowed("Requires leads_retrieval permission and lead access"))
        }
        Some(_) => Err(GraphError::no_such_object(method.as_str(), id)),
    }
}

/// `has_lead_access` of a Page, for who asks or the person that is named.
pub(crate) fn access(
    tx: &Connection,
    context: &Context,
    viewer: &Viewer,
    role: &Role,
    field: &Field,
) -> Result<Value, GraphError> {
    let person = argument(field, "user_id").unwrap_or(&viewer.token.person_id);
    let role = if person == viewer.token.person_id {
        Some(role.clone())
    } else {
        crate::world::role(tx, person, &role.page.id)?
    };
    let role =
        role.ok_or_else(|| GraphError::parameter("Param user_id must be a person with a role on the Page"))?;
    let customised = !matches!(settings::get(tx, settings::LEAD_ACCESS)?.as_deref(), None | Some("open"));
    let may = role.may(&["MANAGE", "ADVERTISE", "MANAGE_LEADS"]);
    let grants = crate::grants::of_person(tx, person, context.now)?;
    let app = grants.is_some_and(|grants| grants.has("leads_retrieval")) && !customised;
    let mut answer = json!({
        "app_has_leads_permission": app, "can_access_lead": may && app, "is_page_admin": role.may(&["MANAGE"]),
        "enabled_lead_access_manager": customised, "page_id": role.page.id,
        "user_has_leads_permission": may && !customised, "user_id": person,
    });
    if let (Value::Object(answer), true) = (&mut answer, customised) {
        let why = "The Lead Access Manager gives neither the person nor the app access.";
        answer.insert("failure_reason".to_owned(), json!(why));
        let what = "Assign access to the person and to the app in the settings of the business.";
        answer.insert("failure_resolution".to_owned(), json!(what));
    }
    Ok(answer)
}

/// `GET /{page}/leadgen_forms`.
pub(crate) fn forms(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    page: &Page,
) -> Result<Value, GraphError> {
    if call.method != Method::GET {
        return Err(GraphError::no_such_object(call.method.as_str(), &page.id));
    }
    rights::page(tx, call, caller, page, &rights::FORMS)?;
    let wanted = fields::wanted(call.param("fields"), &["id", "locale", "name", "status"])?;
    let found = leads::forms(tx, &page.id)?;
    let show = |form: &Form| form_fields(tx, context, page, form, &wanted);
    Ok(Value::Object(Window::of_call(context, call).list(&found, |form| &form.id, show)?))
}

/// `/{form}` and its leads.
pub(crate) fn form(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    form: &Form,
    rest: &[&str],
) -> Result<Value, GraphError> {
    let page = page_of(tx, &form.page_id)?;
    match (&call.method, rest) {
        (&Method::GET, []) => {
            rights::page(tx, call, caller, &page, &rights::FORMS)?;
            let wanted = fields::wanted(call.param("fields"), &["id", "locale", "name", "status"])?;
            form_fields(tx, context, &page, form, &wanted)
        }
        (&Method::GET, [edge @ ("leads" | "test_leads")]) => {
            rights::page(tx, call, caller, &page, &rights::LEADS)?;
            check_manager(tx, &call.method, &form.id)?;
            let after = filtering(call)?;
            let mut found = readable(tx, context, form)?;
            // Tests are listed with the rest, so that what reads leads can be tried with them.
            found.retain(|lead| {
                (lead.is_test || *edge == "leads") && after.iter().all(|rule| rule.holds(lead.created_at))
            });
            let wanted = fields::wanted(call.param("fields"), &LEAD_DEFAULTS)?;
            let show = |lead: &Lead| lead_fields(lead, caller, &wanted);
            Ok(Value::Object(Window::of_call(context, call).list(&found, |lead| &lead.id, show)?))
        }
        (&Method::POST, ["test_leads"]) => {
            rights::page(tx, call, caller, &page, &rights::LEADS)?;
            check_manager(tx, &call.method, &form.id)?;
            if leads::of_form(tx, &form.id)?.iter().any(|lead| lead.is_test) {
                return Err(GraphError::parameter(
                    "There is a test lead of this form already: delete it first",
                ));
            }
            let entered = entered(call, form)?;
            Ok(json!({"id": leads::add(tx, form, &entered, None, None, context.now)?}))
        }
        _ => Err(super::unsupported(call, &form.id, rest)),
    }
}

/// `GET /{lead}`, and `DELETE` of a test lead.
pub(crate) fn lead(
    tx: &Connection,
    context: &Context,
    call: &Call,
    caller: &Caller,
    lead: &Lead,
    rest: &[&str],
) -> Result<Value, GraphError> {
    let unknown = || GraphError::no_such_object(call.method.as_str(), &lead.id);
    let form = leads::form(tx, &lead.form_id)?.ok_or_else(unknown)?;
    let page = page_of(tx, &form.page_id)?;
    rights::page(tx, call, caller, &page, &rights::LEADS)?;
    check_manager(tx, &call.method, &lead.id)?;
    match (&call.method, rest) {
        (&Method::GET, []) if context.now - lead.created_at <= leads::READABLE_SECONDS => {
            let wanted = fields::wanted(call.param("fields"), &LEAD_DEFAULTS)?;
            lead_fields(lead, caller, &wanted)
        }
        (&Method::DELETE, []) if lead.is_test => {
            leads::remove(tx, &lead.id)?;
            reply::success(tx)
        }
        _ => Err(unknown()),
    }
}

fn readable(tx: &Connection, context: &Context, form: &Form) -> Result<Vec<Lead>, GraphError> {
    let mut found = leads::of_form(tx, &form.id)?;
    found.retain(|lead| context.now - lead.created_at <= leads::READABLE_SECONDS);
    Ok(found)
}

/// One rule of `filtering`; Meta filters leads by time alone.
struct Rule {
    later: bool,
    or_equal: bool,
    time: i64,
}

impl Rule {
    fn holds(&self, at: i64) -> bool {
        (self.or_equal && at == self.time) || (if self.later { at > self.time } else { at < self.time })
    }
}

fn filtering(call: &Call) -> Result<Vec<Rule>, GraphError> {
    let Some(text) = call.param("filtering") else { return Ok(Vec::new()) };
    let bad = || GraphError::parameter("Param filtering must be a list of rules about time_created");
    let rules: Vec<Value> = serde_json::from_str(text).map_err(|_| bad())?;
    let rule = |rule: &Value| {
        let text = |key: &str| rule.get(key).and_then(Value::as_str);
        let (later, or_equal) = match (text("field")?, text("operator")?) {
            ("time_created", "GREATER_THAN") => (true, false),
            ("time_created", "GREATER_THAN_OR_EQUAL") => (true, true),
            ("time_created", "LESS_THAN") => (false, false),
            ("time_created", "LESS_THAN_OR_EQUAL") => (false, true),
            _ => return None,
        };
        let value = rule.get("value")?;
        let time = value.as_i64().or_else(|| value.as_str()?.parse().ok())?;
        Some(Rule { later, or_equal, time })
    };
    rules.iter().map(|found| rule(found).ok_or_else(bad)).collect()
}

/// What a test lead answers: what was sent, or something for every question.
fn entered(call: &Call, form: &Form) -> Result<Vec<Entered>, GraphError> {
    let bad = || GraphError::parameter("Param field_data must be a list of name and values");
    if let Some(text) = call.param("field_data") {
        return serde_json::from_str(text).map_err(|_| bad());
    }
    let answer = |question: &Question| Entered {
        name: question.key.clone(),
        values: vec![match question.kind.as_str() {
            "EMAIL" => "test@fb.com".to_owned(),
            _ => format!("<test lead: dummy data for {}>", question.key),
        }],
    };
    Ok(form.questions.iter().map(answer).collect())
}

fn form_fields(
    tx: &Connection,
    context: &Context,
    page: &Page,
    form: &Form,
    wanted: &[Field],
) -> Result<Value, GraphError> {
    fields::select(wanted, "LeadgenForm", FORM_FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(form.id)),
            "name" => Some(json!(form.name)),
            "status" => Some(json!(form.status)),
            "locale" => Some(json!(form.locale)),
            "created_time" => Some(json!(time::graph(form.created_at))),
            "page" => Some(json!({"id": page.id, "name": page.name})),
            "page_id" => Some(json!(page.id)),
            "questions" => Some(questions(form, field.sub.as_deref())),
            "privacy_policy_url" => Some(json!(format!("{}/", context.public_url))),
            "allow_organic_lead" => Some(json!(true)),
            "leads_count" => Some(json!(readable(tx, context, form)?.len())),
            "organic_leads_count" => {
                let organic = readable(tx, context, form)?;
                Some(json!(organic.iter().filter(|lead| lead.ad_id.is_none() && !lead.is_test).count()))
            }
            "expired_leads_count" => {
                let all = leads::of_form(tx, &form.id)?.len();
                Some(json!(all - readable(tx, context, form)?.len()))
            }
            _ => None,
        })
    })
}

fn questions(form: &Form, only: Option<&[Field]>) -> Value {
    let show = |question: &Question| {
        let options: Vec<Value> =
            question.options.iter().map(|option| json!({"key": option, "value": option})).collect();
        let mut shown = json!({"key": question.key, "label": question.label, "type": question.kind});
        if let Value::Object(shown) = &mut shown {
            if !options.is_empty() {
                shown.insert("options".to_owned(), json!(options));
            }
            if let Some(only) = only {
                shown.retain(|key, _| only.iter().any(|field| field.name == *key));
            }
        }
        shown
    };
    json!(form.questions.iter().map(show).collect::<Vec<_>>())
}

fn lead_fields(lead: &Lead, caller: &Caller, wanted: &[Field]) -> Result<Value, GraphError> {
    let sees_ads = matches!(caller, Caller::Person(viewer) if viewer.grants.has("ads_management"));
    fields::select(wanted, "Lead", LEAD_FIELDS, |field| {
        Ok(match field.name.as_str() {
            "id" => Some(json!(lead.id)),
            "created_time" => Some(json!(time::graph(lead.created_at))),
            "form_id" => Some(json!(lead.form_id)),
            "field_data" => Some(json!(lead.fields)),
            "ad_id" => lead.ad_id.as_ref().map(|id| json!(id)),
            "ad_name" if sees_ads => lead.ad_id.as_ref().map(|id| json!(format!("Ad {id}"))),
            "is_organic" => Some(json!(lead.ad_id.is_none())),
            "platform" => Some(json!("fb")),
            _ => None,
        })
    })
}
