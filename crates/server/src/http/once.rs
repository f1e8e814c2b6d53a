//! Idempotency keys: a call with a key is done once, and its answer kept in the same transaction.

use futures_util::future::BoxFuture;
use jetbridge_domain::clock::Span;
use jetbridge_domain::reason::Reason;
use jetbridge_store::db::Tx;
use jetbridge_store::idempotency::{self, Begun, Kept, Key};

use super::answer::{Answer, Fail};
use super::extract::Call;
use super::request_id;
use crate::app::App;

/// What a call does inside its transaction.
pub type Work<I> = for<'a> fn(&'a mut Tx, &'a App, &'a Call, &'a I) -> BoxFuture<'a, Result<Answer, Fail>>;

/// Does `work` in one write transaction, under the call's idempotency key where it has one. An
/// input that did not parse is an answer like any other, and kept under the key as well.
pub async fn once<I: Send + Sync + 'static>(
    app: &App,
    call: Call,
    endpoint: &'static str,
    input: Result<I, Fail>,
    work: Work<I>,
) -> Answer {
    let key = call.key.clone().map(|key| Key {
        partner: call.partner.id.clone(),
        endpoint,
        key,
        body: call.body.to_vec(),
    });
    // A kept failure quotes the request, and is written on the database's thread.
    let id = request_id::current();
    let done = app
        .db
        .write((app.clone(), call, key, input, work, id), |tx, (app, call, key, input, work, id)| {
            Box::pin(request_id::scope(id.clone(), async move {
                let Some(key) = key else {
                    return match input {
                        Ok(input) => work(tx, app, call, input).await,
                        Err(fail) => Err(fail.clone()),
                    };
                };
                match idempotency::begin(tx, &app.vault, key, app.clock.now()).await? {
                    Begun::New => {}
                    Begun::Answered(kept) => {
                        return Ok(Answer { status: kept.status, body: kept.body, retry_after: None });
                    }
                    Begun::Running => return Err(Fail::wait(Reason::KeyRunning, Span::seconds(1))),
                    Begun::Reused => return Err(Fail::of(Reason::KeyReused)),
                }
                let answer = match input {
                    Ok(input) => work(tx, app, call, input).await.or_else(settled)?,
                    Err(fail) => settled(fail.clone())?,
                };
                let kept = Kept { status: answer.status, body: answer.body.clone() };
                idempotency::finish(tx, &app.vault, key, &kept).await?;
                Ok(answer)
            }))
        })
        .await;
    done.unwrap_or_else(|fail| fail.answer())
}

/// A failure that settles the call is committed with its key; any other rolls back, key and all.
fn settled(fail: Fail) -> Result<Answer, Fail> {
    let answer = fail.answer();
    if answer.settles() { Ok(answer) } else { Err(fail) }
}
