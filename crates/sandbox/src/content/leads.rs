//! Lead forms of Pages, and what people entered.

use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::changes::{self, Subject};
use crate::content::page_of;
use crate::world::Page;
use crate::{Error, random, settings};

/// A lead can be read for so long.
pub(crate) const READABLE_SECONDS: i64 = 90 * 86_400;

/// One question of a form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    /// What the answer is called: `email`, or a key of the form's own.
    pub(crate) key: String,
    pub(crate) label: String,
    /// `FULL_NAME`, `EMAIL`, `PHONE`, `CUSTOM` and so on.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) options: Vec<String>,
}

/// What was entered for one question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) values: Vec<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Form {
    pub(crate) id: String,
    pub(crate) page_id: String,
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) locale: String,
    pub(crate) questions: Vec<Question>,
    pub(crate) created_at: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Lead {
    pub(crate) id: String,
    pub(crate) form_id: String,
    pub(crate) fields: Vec<Field>,
    /// Nothing: organic, or a test.
    pub(crate) ad_id: Option<String>,
    pub(crate) is_test: bool,
    pub(crate) created_at: i64,
}

const FORM_COLUMNS: &str = "id, page_id, name, status, locale, questions, created_at";
const LEAD_COLUMNS: &str = "id, form_id, answers, ad_id, is_test, created_at";

fn json_column<T: serde::de::DeserializeOwned>(row: &Row<'_>, index: usize) -> rusqlite::Result<T> {
    let text: String = row.get(index)?;
    serde_json::from_str(&text).map_err(|error| {
        rusqlite::Error::FromSqlConversionFailure(index, rusqlite::types::Type::Text, Box::new(error))
    })
}

fn read_form(row: &Row<'_>) -> rusqlite::Result<Form> {
    Ok(Form {
        id: row.get(0)?,
        page_id: row.get(1)?,
        name: row.get(2)?,
        status: row.get(3)?,
        locale: row.get(4)?,
        questions: json_column(row, 5)?,
        created_at: row.get(6)?,
    })
}

fn read_lead(row: &Row<'_>) -> rusqlite::Result<Lead> {
    Ok(Lead {
        id: row.get(0)?,
        form_id: row.get(1)?,
        fields: json_column(row, 2)?,
        ad_id: row.get(3)?,
        is_test: row.get(4)?,
        created_at: row.get(5)?,
    })
}

pub(crate) fn form(tx: &Connection, id: &str) -> Result<Option<Form>, Error> {
    let sql = format!("SELECT {FORM_COLUMNS} FROM lead_forms WHERE id = ?1");
    Ok(tx.prepare_cached(&sql)?.query_row([id], read_form).optional()?)
}

/// A Page's forms, the newest first.
pub(crate) fn forms(tx: &Connection, page_id: &str) -> Result<Vec<Form>, Error> {
    let sql = format!(
        "SELECT {FORM_COLUMNS} FROM lead_forms WHERE page_id = ?1 ORDER BY created_at DESC, rowid DESC"
    );
    let mut statement = tx.prepare_cached(&sql)?;
    let forms = statement.query_map([page_id], read_form)?.collect::<Result<_, _>>()?;
    Ok(forms)
}

pub(crate) fn add_form(
    tx: &Connection,
    page: &Page,
    name: &str,
    questions: &[Question],
    now: i64,
) -> Result<String, Error> {
    let id = random::id("16", 15)?;
    tx.execute(
        "INSERT INTO lead_forms VALUES (?1, ?2, ?3, 'ACTIVE', 'en_US', ?4, ?5)",
        (&id, &page.id, name, serde_json::to_string(questions)?, now),
    )?;
    Ok(id)
}

pub(crate) fn find(tx: &Connection, id: &str) -> Result<Option<Lead>, Error> {
    let sql = format!("SELECT {LEAD_COLUMNS} FROM leads WHERE id = ?1");
    Ok(tx.prepare_cached(&sql)?.query_row([id], read_lead).optional()?)
}

/// A form's leads, tests included, the newest first.
pub(crate) fn of_form(tx: &Connection, form_id: &str) -> Result<Vec<Lead>, Error> {
    let sql =
        format!("SELECT {LEAD_COLUMNS} FROM leads WHERE form_id = ?1 ORDER BY created_at DESC, rowid DESC");
    let mut statement = tx.prepare_cached(&sql)?;
    let leads = statement.query_map([form_id], read_lead)?.collect::<Result<_, _>>()?;
    Ok(leads)
}

/// Somebody sends a form in; without an actor it is a test. The webhook tells the ids, never the answers.
pub(crate) fn add(
    tx: &Connection,
    form: &Form,
    fields: &[Field],
    actor: Option<&str>,
    ad_id: Option<&str>,
    now: i64,
) -> Result<String, Error> {
    let id = random::id("17", 15)?;
    tx.execute(
        "INSERT INTO leads VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        (&id, &form.id, serde_json::to_string(fields)?, ad_id, actor.is_none(), now),
    )?;
    tell(tx, form, (&id, ad_id), "leadgen", actor, now)?;
    Ok(id)
}

/// Changes the answers of a lead. Meta does not print this webhook's shape: it is taken to be like the first.
pub(crate) fn change(
    tx: &Connection,
    form: &Form,
    lead: &Lead,
    fields: &[Field],
    now: i64,
) -> Result<(), Error> {
    tx.execute("UPDATE leads SET answers = ?2 WHERE id = ?1", (&lead.id, serde_json::to_string(fields)?))?;
    tell(tx, form, (&lead.id, lead.ad_id.as_deref()), "leadgen_update", None, now)
}

fn tell(
    tx: &Connection,
    form: &Form,
    (lead_id, ad_id): (&str, Option<&str>),
    field: &str,
    actor: Option<&str>,
    now: i64,
) -> Result<(), Error> {
    let page = page_of(tx, &form.page_id)?;
    let mut value = json!({
        "form_id": form.id, "leadgen_id": lead_id, "created_time": now, "page_id": form.page_id,
    });
    if let (Value::Object(value), Some(ad_id)) = (&mut value, ad_id) {
        value.insert("ad_id".to_owned(), json!(ad_id));
        value.insert("adgroup_id".to_owned(), json!(ad_id));
    }
    if let (Value::Object(value), true) = (&mut value, settings::is_on(tx, settings::NUMERIC_LEADS)?) {
        for id in value.values_mut() {
            if let Some(number) = id.as_str().and_then(|text| text.parse::<i64>().ok()) {
                *id = json!(number);
            }
        }
    }
    changes::queue(tx, Subject::page(&page), field, actor, &value, now)
}

pub(crate) fn remove(tx: &Connection, lead_id: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM leads WHERE id = ?1", [lead_id])?;
    Ok(())
}
