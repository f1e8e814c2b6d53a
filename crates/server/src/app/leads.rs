//! Leads: Meta tells that a form was filled in, and the answers have to be read. The partner is told with
//! the answers where they can be read at once, else without them and why, and again when they can.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::connection::Connection;
use jetbridge_domain::event::{Answers, Beside, Event};
use jetbridge_domain::inbound::{Family, Happening, Inbound, Lead, Object};
use jetbridge_meta::Advice;
use jetbridge_store::leads::Due;
use jetbridge_store::{events, leads};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::connections::with_token;
use super::{App, Refusal, acting};

/// A lead as it lies in the store until it is read.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    account: String,
    at: Option<i64>,
    lead: Lead,
    raw: Box<RawValue>,
}

impl Kept {
    /// Of what came in.
    pub(super) fn of(item: &Inbound, lead: &Lead) -> Self {
        Self {
            account: item.account.clone(),
            at: item.at.map(Time::as_seconds),
            lead: lead.clone(),
            raw: item.raw.clone(),
        }
    }

    /// As it came in.
    pub(super) fn inbound(self) -> Inbound {
        Inbound {
            object: Object::Page,
            account: self.account,
            standby: false,
            at: self.at.map(Time::from_seconds),
            family: Family::Content,
            happening: Happening::Lead(Box::new(self.lead)),
            key: String::new(),
            raw: self.raw,
        }
    }
}

/// Leads read at a time.
const BATCH: i64 = 16;

/// How long whoever reads a lead has it.
const LEASE: Span = Span::minutes(2);

/// When the answers are tried again, after the first, second, … time; then no more. Somebody may have to
/// change something at Meta in between.
const AGAIN: [Span; 11] = [
    Span::minutes(1),
    Span::minutes(5),
    Span::minutes(30),
    Span::hours(2),
    Span::hours(12),
    Span::hours(24),
    Span::hours(24),
    Span::hours(24),
    Span::hours(24),
    Span::hours(24),
    Span::hours(24),
];

/// Reads the leads that are due; answers how many.
pub async fn read_due(app: &App) -> Result<usize, Refusal> {
    let due = app
        .db
        .write(app.clone(), |tx, app| {
            Box::pin(async move {
                let now = app.clock.now();
                leads::claim(tx, &app.vault, now, now.plus(LEASE), BATCH).await
            })
        })
        .await?;
    for one in &due {
        if let Err(error) = lead(app, one).await {
            tracing::error!(error = ?error, connection_id = %one.connection, "a lead is left for later");
        }
    }
    if !due.is_empty() {
        app.wake.notify_one();
    }
    Ok(due.len())
}

async fn lead(app: &App, due: &Due) -> Result<(), Refusal> {
    let came = read(app, due).await?;
    record(app, due, came).await
}

/// What reading a lead came to.
#[derive(Debug, Clone)]
enum Came {
    Answers(Connection, Vec<Answers>),
    /// Why not, as the event says it.
    Not(Connection, &'static str),
    /// The connection has ended: there is nobody to be told.
    Nobodys,
}

async fn read(app: &App, due: &Due) -> Result<Came, Refusal> {
    let (connection, token) = with_token(app, &due.partner, &due.connection).await?;
    if !connection.state.live() {
        return Ok(Came::Nobodys);
    }
    let Some(token) = token else { return Ok(Came::Not(connection, "needs_reconnect")) };
    let kept: Kept = kept(due)?;
    Ok(match app.meta.lead(&kept.lead.lead_id, &token, false).await {
        Ok(lead) => {
            let answers = lead.answers.into_iter().map(|(name, values)| Answers { name, values });
            Came::Answers(connection, answers.collect())
        }
        Err(error) => {
            tracing::warn!(%error, connection_id = %connection.id, "a lead could not be read");
            acting::refused(app, &connection, &token, &error).await;
            let why = match error.advice() {
                Advice::Retry => "meta_failing",
                Advice::SlowDown => "meta_busy",
                Advice::Reconnect => "needs_reconnect",
                Advice::NotAllowed => "lead_access",
                _ => "meta_refused",
            };
            Came::Not(connection, why)
        }
    })
}

fn kept(due: &Due) -> Result<Kept, Refusal> {
    serde_json::from_slice(&due.item).map_err(|error| Refusal::Unwritable(error.to_string()))
}

/// Tells what there is to tell, in one transaction with what the list of leads then says.
async fn record(app: &App, due: &Due, came: Came) -> Result<(), Refusal> {
    app.db
        .write((app.clone(), due.clone(), came), |tx, (app, due, came)| {
            Box::pin(async move {
                let (now, item) = (app.clock.now(), kept(due)?.inbound());
                let (connection, event) = match came {
                    Came::Nobodys => {
                        leads::done(tx, due).await?;
                        return Ok(());
                    }
                    Came::Answers(connection, answers) => {
                        if !leads::done(tx, due).await? {
                            return Ok(());
                        }
                        let beside = Beside { answers: Some(answers), ..Beside::default() };
                        let event = if due.told {
                            Event::LeadCompleted { connection, lead: &item, answers }
                        } else {
                            Event::Inbound { connection, inbound: &item, beside }
                        };
                        (connection, event)
                    }
                    Came::Not(connection, why) => {
                        let again = usize::try_from(due.tries).ok().and_then(|tries| AGAIN.get(tries));
                        let first = match again {
                            Some(again) => leads::told(tx, due, now.plus(*again)).await?,
                            None => leads::done(tx, due).await? && !due.told,
                        };
                        if !first {
                            return Ok(());
                        }
                        let beside = Beside { why: Some(why), ..Beside::default() };
                        (connection, Event::Inbound { connection, inbound: &item, beside })
                    }
                };
                events::append(tx, &app.vault, &connection.partner, &event, now).await?;
                Ok::<_, Refusal>(())
            })
        })
        .await
}
