//! Posts whose publishing takes a while: planned ones of Instagram, which has no plans of its own, and films,
//! which Meta prepares first. Each is led step by step to its end, which the partner is told.
//!
//! What would show a post twice is written down before Meta is asked for it; after a crash Meta is asked how
//! far it is, instead of being told again.

use jetbridge_domain::clock::{Span, Time};
use jetbridge_domain::connection::Connection;
use jetbridge_domain::event::{Event, PostEnd};
use jetbridge_domain::id::ActId;
use jetbridge_domain::post::{InstagramContent, InstagramPost};
use jetbridge_domain::secret::Secret;
use jetbridge_meta::{Advice, ContainerState, ContainerStatus, MetaError, VideoStatus};
use jetbridge_store::db::Tx;
use jetbridge_store::posts::{self, Due};
use jetbridge_store::{acts, events};
use serde::{Deserialize, Serialize};

use super::connections::with_token;
use super::{App, Refusal, acting};

/// How far a post is, as it lies in the store.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Step {
    /// Its container is to be made; of a carousel, these parts are made already.
    Making {
        /// What it shows.
        post: InstagramPost,
        /// The parts' containers.
        slides: Vec<String>,
    },
    /// Instagram prepares its container.
    Preparing {
        /// The container.
        container: String,
    },
    /// Instagram was told to publish it, or was about to be.
    Publishing {
        /// The container.
        container: String,
    },
    /// Facebook prepares a Page's film.
    Video {
        /// The film.
        video: String,
    },
}

/// What comes after a step.
enum Next {
    /// This one, after a while.
    Again(Step, Span),
    /// It is there; with Meta's id of it, unless Meta's answer was lost.
    Published(Option<String>),
    /// It will not be: the cause as one stable word, and Meta's own words.
    Failed(&'static str, Option<String>),
}

/// Posts led on at a time.
const BATCH: i64 = 16;

/// How long whoever leads a post on has it.
const LEASE: Span = Span::minutes(5);

/// When a step that did not work, or is not through, is looked at again: the first times, then the last.
const AGAIN: [Span; 6] = [
    Span::seconds(2),
    Span::seconds(5),
    Span::seconds(15),
    Span::seconds(30),
    Span::minutes(1),
    Span::minutes(2),
];

/// How often a step is looked at: a good two hours.
const MOST: i64 = 60;

/// How long to wait where Meta has a limit and does not say for how long.
const LIMITED: Span = Span::minutes(10);

/// Writes a post down in a transaction of the caller's, for its first step at `at`.
pub async fn plan(
    tx: &mut Tx,
    app: &App,
    connection: &Connection,
    act: &ActId,
    first: &Step,
    at: Time,
) -> Result<(), Refusal> {
    let step = serde_json::to_vec(first).map_err(|error| Refusal::Unwritable(error.to_string()))?;
    let (partner, id) = (&connection.partner, &connection.id);
    Ok(posts::insert(tx, &app.vault, act, partner, id, &step, at, app.clock.now()).await?)
}

/// Leads the posts on whose next step is due; answers how many.
pub async fn go_on(app: &App) -> Result<usize, Refusal> {
    let due = app
        .db
        .write(app.clone(), |tx, app| {
            Box::pin(async move {
                let now = app.clock.now();
                posts::claim(tx, &app.vault, now, now.plus(LEASE), BATCH).await
            })
        })
        .await?;
    let found = due.len();
    for one in due {
        let act = one.act.clone();
        // Its claim lapses, and it is taken up again; the others do not wait for it.
        if let Err(error) = lead_on(app, one).await {
            tracing::error!(error = ?error, act_id = %act, "a post is left for later");
        }
    }
    if found > 0 {
        app.wake.notify_one();
    }
    Ok(found)
}

async fn lead_on(app: &App, due: Due) -> Result<(), Refusal> {
    let (connection, token) = with_token(app, &due.partner, &due.connection).await?;
    let step: Step =
        serde_json::from_slice(&due.step).map_err(|error| Refusal::Unwritable(error.to_string()))?;
    let mut way = Way { app, connection, due };
    let next = match token {
        Some(token) => way.step(&token, step).await?,
        None if way.connection.state.live() => Next::Failed("needs_reconnect", None),
        None => Next::Failed("connection_ended", None),
    };
    way.record(next).await
}

/// A post on its way.
struct Way<'a> {
    app: &'a App,
    connection: Connection,
    due: Due,
}

impl Way<'_> {
    async fn step(&mut self, token: &Secret, step: Step) -> Result<Next, Refusal> {
        let meta = &self.app.meta;
        Ok(match step {
            Step::Making { post, slides } => self.make(token, post, slides).await,
            Step::Preparing { container } | Step::Publishing { container } => {
                match meta.container_status(&container, token).await {
                    Ok(status) => match ended(&status) {
                        Some(next) => next,
                        None if status.state == ContainerState::Ready => {
                            self.publish(token, container).await?
                        }
                        None => self.again(Step::Preparing { container }),
                    },
                    Err(error) => self.judge(token, &error, Step::Publishing { container }).await,
                }
            }
            Step::Video { video } => match meta.video_status(&video, token).await {
                Ok(VideoStatus::Ready) => Next::Published(Some(video)),
                Ok(VideoStatus::Failed(words)) => Next::Failed("media_unusable", words),
                Ok(VideoStatus::Working) => self.again(Step::Video { video }),
                Err(error) => self.judge(token, &error, Step::Video { video }).await,
            },
        })
    }

    /// Makes the container. One that is made in vain is never seen and gone after a day, so a call that was
    /// cut off can be repeated.
    async fn make(&self, token: &Secret, post: InstagramPost, mut slides: Vec<String>) -> Next {
        let Some(account) = &self.connection.instagram else { return Next::Failed("meta_refused", None) };
        let meta = &self.app.meta;
        if let InstagramContent::Carousel(parts) = &post.content {
            for part in parts.iter().skip(slides.len()) {
                match meta.create_slide(&account.id, token, part).await {
                    Ok(id) => slides.push(id),
                    Err(error) => {
                        let step = Step::Making { post: post.clone(), slides };
                        return self.judge(token, &error, step).await;
                    }
                }
            }
            for slide in &slides {
                let status = match meta.container_status(slide, token).await {
                    Ok(status) => status,
                    Err(error) => {
                        let step = Step::Making { post: post.clone(), slides: slides.clone() };
                        return self.judge(token, &error, step).await;
                    }
                };
                match ended(&status) {
                    Some(next) => return next,
                    None if status.state == ContainerState::Working => {
                        return self.again(Step::Making { post, slides });
                    }
                    None => {}
                }
            }
        }
        match meta.create_container(&account.id, token, &post, &slides).await {
            Ok(container) => Next::Again(Step::Preparing { container }, AGAIN[0]),
            Err(error) => self.judge(token, &error, Step::Making { post, slides }).await,
        }
    }

    async fn publish(&mut self, token: &Secret, container: String) -> Result<Next, Refusal> {
        let Some(account) = self.connection.instagram.clone() else {
            return Ok(Next::Failed("meta_refused", None));
        };
        let step = Step::Publishing { container: container.clone() };
        if !self.note(&step, self.due.tries + 1, LEASE).await? {
            tracing::warn!(act_id = %self.due.act, "another process has taken a post over");
            return Ok(Next::Again(step, LEASE));
        }
        Ok(match self.app.meta.publish_container(&account.id, token, &container).await {
            Ok(id) => Next::Published(Some(id)),
            Err(error) => match self.judge(token, &error, step).await {
                // A refusal may be that of a second call: the container knows what came of the first.
                Next::Failed(why, words) => match self.app.meta.container_status(&container, token).await {
                    Ok(status) if status.state == ContainerState::Published => Next::Published(None),
                    _ => Next::Failed(why, words),
                },
                next => next,
            },
        })
    }

    fn again(&self, step: Step) -> Next {
        if self.due.tries >= MOST {
            return Next::Failed("processing_timed_out", None);
        }
        Next::Again(step, wait(self.due.tries))
    }

    async fn judge(&self, token: &Secret, error: &MetaError, step: Step) -> Next {
        tracing::warn!(%error, act_id = %self.due.act, "a post could not be led on");
        acting::refused(self.app, &self.connection, token, error).await;
        let words = error.refusal().map(|refusal| refusal.message.clone());
        let tired = self.due.tries >= MOST;
        match error.advice() {
            Advice::Retry if !tired => Next::Again(step, wait(self.due.tries)),
            Advice::SlowDown if !tired => {
                let told = error.refusal().and_then(|refusal| refusal.wait);
                Next::Again(step, told.unwrap_or(LIMITED))
            }
            Advice::Retry => Next::Failed("meta_failing", words),
            Advice::SlowDown => Next::Failed("meta_busy", words),
            Advice::Reconnect => Next::Failed("needs_reconnect", words),
            Advice::BadMedia => Next::Failed("media_unusable", words),
            Advice::NotAllowed => Next::Failed("not_allowed", words),
            _ => Next::Failed("meta_refused", words),
        }
    }

    /// Notes the step to come: false where another process has the post.
    async fn note(&mut self, step: &Step, tries: i64, after: Span) -> Result<bool, Refusal> {
        let bytes = serde_json::to_vec(step).map_err(|error| Refusal::Unwritable(error.to_string()))?;
        let at = self.app.clock.now().plus(after);
        let input = (self.app.clone(), self.due.clone(), bytes);
        let (due, held) = self
            .app
            .db
            .write(input, move |tx, (app, due, bytes)| {
                Box::pin(async move {
                    let mut due = due.clone();
                    let held = posts::step(tx, &app.vault, &mut due, bytes, tries, at).await?;
                    Ok::<_, Refusal>((due, held))
                })
            })
            .await?;
        self.due = due;
        Ok(held)
    }

    async fn record(mut self, next: Next) -> Result<(), Refusal> {
        let end = match next {
            Next::Again(step, after) => {
                let tries = self.due.tries + 1;
                return self.note(&step, tries, after).await.map(|_| ());
            }
            Next::Published(id) => Ok(id),
            Next::Failed(why, words) => Err((why, words)),
        };
        let app = self.app.clone();
        app.db
            .write((app.clone(), self.connection, self.due, end), |tx, (app, connection, due, end)| {
                Box::pin(async move {
                    if !posts::done(tx, due).await? {
                        return Ok(());
                    }
                    if let Ok(Some(id)) = end {
                        acts::became(tx, &due.act, id).await?;
                    }
                    let end = match end {
                        Ok(id) => PostEnd::Published(id.as_deref()),
                        Err((why, words)) => PostEnd::Failed { why, words: words.as_deref() },
                    };
                    let event = Event::PostEnded { connection, act: &due.act, end };
                    events::append(tx, &app.vault, &connection.partner, &event, app.clock.now()).await?;
                    Ok::<_, Refusal>(())
                })
            })
            .await
    }
}

/// The end that a container has come to, if it has.
fn ended(status: &ContainerStatus) -> Option<Next> {
    Some(match status.state {
        ContainerState::Working | ContainerState::Ready => return None,
        // Our own publishing, whose answer was lost.
        ContainerState::Published => Next::Published(None),
        ContainerState::Failed => Next::Failed("media_unusable", status.words.clone()),
        ContainerState::Expired => Next::Failed("processing_timed_out", status.words.clone()),
    })
}

fn wait(tries: i64) -> Span {
    let index = usize::try_from(tries).unwrap_or_default().min(AGAIN.len() - 1);
    AGAIN.get(index).copied().unwrap_or(LIMITED)
}
