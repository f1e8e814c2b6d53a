//! `getLeadForms`, `getLeads`, `getLead`: what people answered in the forms of a Page's ads.

use axum::extract::State;
use jetbridge_domain::clock::Time;
use jetbridge_domain::connection::Connection;
use jetbridge_domain::inputs::Invalid;
use jetbridge_domain::product::Product;
use jetbridge_domain::reason::Reason;
use jetbridge_domain::secret::Secret;
use jetbridge_meta::{Lead, LeadForm, Listed, Question};
use serde_json::{Value, json};

use super::listing::{AFTER, CONNECTION, LIMIT, NEXT, READING, listed, part, plain, seconds};
use super::send_message::meta_id;
use crate::http::answer::{Answer, Fail};
use crate::http::api::connection_id;
use crate::http::deed;
use crate::http::extract::Call;
use crate::http::json::Object;
use crate::http::openapi::{Field, Kind, Method, Operation, may, must};
use crate::http::router::Web;

const BASE: Operation =
    Operation { area: "facebook", method: Method::Post, reasons: READING, ..Operation::BASE };

/// What partners read of the forms.
pub const FORMS: Operation = Operation {
    name: "getLeadForms",
    summary: "List lead forms",
    text: "For type 3.",
    input: &[CONNECTION, LIMIT, AFTER],
    answer: &[must("list", Kind::Objects(FORM), "The forms."), NEXT],
    sample: || Ok(listed(Listed { rows: vec![sample_form()], next: Some("QVFI".to_owned()) }, form_view)?),
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d"}"#,
    ..BASE
};

/// What partners read of a form's leads.
pub const LIST: Operation = Operation {
    name: "getLeads",
    summary: "List the leads of a form",
    text: "For type 3: the latest first. Meta keeps leads for 90 days.",
    input: &[
        CONNECTION,
        must("form_id", Kind::MetaId, "The form."),
        may("since", Kind::Time, "Only those sent after it."),
        LIMIT,
        AFTER,
    ],
    answer: &[must("list", Kind::Objects(LEAD), "The leads."), NEXT],
    sample: || Ok(listed(Listed { rows: vec![sample_lead()], next: Some("QVFI".to_owned()) }, lead_view)?),
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","form_id":"120000000000009"}"#,
    ..BASE
};

/// What partners read of one lead.
pub const ONE: Operation = Operation {
    name: "getLead",
    summary: "Read a lead",
    text: "For type 3.",
    input: &[CONNECTION, must("lead_id", Kind::MetaId, "The lead, as `lead.created` names it.")],
    answer: LEAD,
    sample: || Ok(Answer::fine(&plain(lead_view(sample_lead())))?),
    example: r#"{"connection_id":"con_0195d5b2a1c07a3f8e6d4b2c1a0f9e8d","lead_id":"120000000000010"}"#,
    ..BASE
};

const FORM: &[Field] = &[
    must("form_id", Kind::MetaId, "The form."),
    may("name", Kind::Text, "Its name."),
    may("status", Kind::Text, "ACTIVE, ARCHIVED, DELETED or DRAFT."),
    may("locale", Kind::Text, "Its language."),
    may("at", Kind::Time, "When it was made."),
    may("leads", Kind::Integer(0, i64::MAX), "How many leads it brought."),
    must(
        "questions",
        Kind::Objects(&[
            must("name", Kind::Text, "What its answer is called in a lead."),
            may("label", Kind::Text, "What people read."),
            may("kind", Kind::Text, "Meta's word for what is asked, such as EMAIL or CUSTOM."),
            must("options", Kind::Texts, "What there is to choose from."),
        ]),
        "What it asks.",
    ),
];

const LEAD: &[Field] = &[
    must("lead_id", Kind::MetaId, "The lead."),
    may("at", Kind::Time, "When it was sent."),
    may("form_id", Kind::MetaId, "Its form."),
    must(
        "answers",
        Kind::Objects(&[
            must("name", Kind::Text, "The question."),
            must("values", Kind::Texts, "The answers; several where several could be chosen."),
        ]),
        "What was answered.",
    ),
    may("organic", Kind::Flag, "Whether it came without an ad."),
    may("platform", Kind::Text, "fb or ig."),
    may("ad_id", Kind::MetaId, "The ad it came by."),
];

fn sample_form() -> LeadForm {
    LeadForm {
        id: "120000000000009".to_owned(),
        name: Some("Offer".to_owned()),
        status: Some("ACTIVE".to_owned()),
        locale: Some("en_US".to_owned()),
        created_at: Some(Time::from_seconds(1_795_000_000)),
        leads: Some(3),
        questions: vec![Question {
            key: "email".to_owned(),
            label: Some("Email".to_owned()),
            kind: Some("EMAIL".to_owned()),
            options: vec!["a".to_owned()],
        }],
    }
}

fn sample_lead() -> Lead {
    Lead {
        id: "120000000000010".to_owned(),
        created_at: Some(Time::from_seconds(1_795_000_000)),
        form_id: Some("120000000000009".to_owned()),
        answers: [("email".to_owned(), vec!["dana@example.com".to_owned()])].into(),
        organic: Some(false),
        platform: Some("fb".to_owned()),
        ad_id: Some("120000000000011".to_owned()),
        ad_name: None,
        adset_id: None,
        adset_name: None,
        campaign_id: None,
        campaign_name: None,
    }
}

fn form_view(form: LeadForm) -> Value {
    let questions = form.questions.into_iter().map(|asked| {
        plain(json!({
            "name": asked.key, "label": asked.label, "kind": asked.kind, "options": asked.options,
        }))
    });
    json!({
        "form_id": form.id,
        "name": form.name,
        "status": form.status,
        "locale": form.locale,
        "at": seconds(form.created_at),
        "leads": form.leads,
        "questions": questions.collect::<Vec<_>>(),
    })
}

fn lead_view(lead: Lead) -> Value {
    let answers = lead.answers.into_iter().map(|(name, values)| json!({ "name": name, "values": values }));
    json!({
        "lead_id": lead.id,
        "at": seconds(lead.created_at),
        "form_id": lead.form_id,
        "answers": answers.collect::<Vec<_>>(),
        "organic": lead.organic,
        "platform": lead.platform,
        "ad_id": lead.ad_id,
    })
}

async fn named(web: &Web, call: &Call) -> Result<(Connection, Secret, Object), Fail> {
    let body = Object::parse(&call.body)?;
    let (connection, token) =
        deed::acting(&web.app, call, connection_id(&body)?, &[Product::FacebookPage]).await?;
    Ok((connection, token, body))
}

/// Reads a Page's forms from Meta.
pub async fn forms(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let (connection, token, body) = named(&web, &call).await?;
    let came = web.app.meta.lead_forms(&connection.page_id, &token, &part(&body)?).await;
    listed(deed::settled(&web.app, &connection, &token, came).await?, form_view)
}

/// Reads a form's leads from Meta.
pub async fn list(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let (connection, token, body) = named(&web, &call).await?;
    let form = meta_id(&body, "form_id", Reason::Parameter)?;
    let time = |raw: &str| raw.parse::<u32>().map_err(|_| Invalid);
    let since = body.get("since", Reason::Parameter, time)?.map(|at| Time::from_seconds(at.into()));
    let came = web.app.meta.leads(&form, &token, since, false, &part(&body)?).await;
    listed(deed::settled(&web.app, &connection, &token, came).await?, lead_view)
}

/// Reads a lead from Meta.
pub async fn one(State(web): State<Web>, call: Call) -> Result<Answer, Fail> {
    let (connection, token, body) = named(&web, &call).await?;
    let came = web.app.meta.lead(&meta_id(&body, "lead_id", Reason::Parameter)?, &token, false).await;
    let lead = deed::settled(&web.app, &connection, &token, came).await?;
    Answer::fine(&plain(lead_view(lead)))
}
