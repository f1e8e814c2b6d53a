//! What happens to a delivery after an attempt: every decision about retries, pauses and death
//! stands here, and the worker only carries it out.

use crate::clock::{Span, Time};
use crate::endpoint::{EndpointState, FAILING_FOR};
use crate::entropy::{Entropy, NoEntropy};

/// When to try again, and when to stop.
#[derive(Debug, Clone)]
pub struct RetryPolicy {
    /// The wait after the first failure, the second, and so on; the last one repeats.
    pub waits: Vec<Span>,
    /// How long after the first attempt the last one may be.
    pub give_up_after: Span,
    /// Each wait is lengthened by up to this many hundredths.
    pub jitter_percent: u8,
    /// How long a failing event holds back the later ones of its conversation.
    pub hold: Span,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            waits: vec![
                Span::seconds(0),
                Span::minutes(5),
                Span::minutes(20),
                Span::hours(1),
                Span::hours(4),
                Span::hours(24),
            ],
            give_up_after: Span::days(3),
            jitter_percent: 10,
            hold: Span::hours(1),
        }
    }
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Any 2xx in time.
    Accepted,
    /// 410: the endpoint wants no more.
    Gone,
    /// Any other answer; `retry_after` where it asked for time.
    Refused {
        /// How long the endpoint asked us to wait.
        retry_after: Option<Span>,
    },
    /// No answer: refused address, no connection, TLS, time-out.
    NoAnswer,
}

/// Where a delivery stands before an attempt is judged.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// Attempts made, this one included.
    pub attempts: u32,
    /// When the first attempt was made.
    pub first_attempt: Time,
}

/// What becomes of the delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Done.
    Delivered,
    /// Try again then.
    RetryAt(Time),
    /// Kept, visible, and not tried again by itself.
    Dead,
    /// The endpoint takes nothing for the time being; the delivery waits for it.
    Wait,
}

/// The longest a `Retry-After` may put an attempt off.
const LONGEST_RETRY_AFTER: Span = Span::hours(24);

/// Decides what becomes of a delivery after an attempt at `now`.
pub fn next_step(
    policy: &RetryPolicy,
    progress: Progress,
    outcome: &Outcome,
    now: Time,
    entropy: &Entropy,
) -> Result<Step, NoEntropy> {
    let retry_after = match outcome {
        Outcome::Accepted => return Ok(Step::Delivered),
        Outcome::Gone => return Ok(Step::Wait),
        Outcome::Refused { retry_after } => *retry_after,
        Outcome::NoAnswer => None,
    };
    let nth = usize::try_from(progress.attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let wait = policy.waits.get(nth).or(policy.waits.last()).copied().unwrap_or(Span::hours(24));
    let asked = retry_after.unwrap_or(wait).min(LONGEST_RETRY_AFTER);
    let at = now.plus(lengthened(wait.max(asked), policy.jitter_percent, entropy)?);
    let last = progress.first_attempt.plus(policy.give_up_after);
    Ok(if at > last { Step::Dead } else { Step::RetryAt(at) })
}

fn lengthened(wait: Span, percent: u8, entropy: &Entropy) -> Result<Span, NoEntropy> {
    let most = u64::try_from(wait.as_micros() / 100 * i64::from(percent)).unwrap_or(0);
    let more = entropy.below(most.saturating_add(1))?;
    Ok(Span::micros(wait.as_micros().saturating_add(i64::try_from(more).unwrap_or(0))))
}

/// The endpoint's own state and failure clock after an attempt.
pub fn endpoint_after(
    outcome: &Outcome,
    failing_since: Option<Time>,
    now: Time,
) -> (EndpointState, Option<Time>) {
    match outcome {
        Outcome::Accepted => (EndpointState::Active, None),
        Outcome::Gone => (EndpointState::Disabled, failing_since.or(Some(now))),
        Outcome::Refused { .. } | Outcome::NoAnswer => {
            let since = failing_since.unwrap_or(now);
            let paused = now.since(since) >= FAILING_FOR;
            (if paused { EndpointState::Paused } else { EndpointState::Active }, Some(since))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Time = Time::from_seconds(1_000_000);

    fn exact() -> RetryPolicy {
        RetryPolicy { jitter_percent: 0, ..RetryPolicy::default() }
    }

    fn run(policy: &RetryPolicy) -> Vec<i64> {
        let (mut now, mut attempts, mut at) = (START, 0, Vec::new());
        loop {
            attempts += 1;
            at.push(now.since(START).as_micros() / 1_000_000);
            let progress = Progress { attempts, first_attempt: START };
            match next_step(policy, progress, &Outcome::NoAnswer, now, &Entropy::seeded(5)).unwrap() {
                Step::RetryAt(next) => now = next,
                Step::Dead => return at,
                other => panic!("{other:?}"),
            }
        }
    }

    #[test]
    fn the_schedule_is_the_contracts() {
        let (m, h) = (60, 3600);
        let waits = [0, 5 * m, 20 * m, h, 4 * h, 24 * h, 24 * h];
        let mut sum = 0;
        let mut expected = vec![0];
        for wait in waits {
            sum += wait;
            expected.push(sum);
        }
        assert_eq!(run(&exact()), expected);
        assert!(sum <= 3 * 24 * h);
    }

    #[test]
    fn jitter_only_lengthens_and_stays_small() {
        let exact = run(&exact());
        let real = run(&RetryPolicy::default());
        for (e, r) in exact.iter().zip(&real) {
            assert!(r >= e && *r <= e + e / 10 + 1, "{e} {r}");
        }
    }

    #[test]
    fn a_partner_may_ask_for_time_within_bounds() {
        let progress = Progress { attempts: 2, first_attempt: START };
        let after = |span| {
            let outcome = Outcome::Refused { retry_after: Some(span) };
            next_step(&exact(), progress, &outcome, START, &Entropy::seeded(1)).unwrap()
        };
        assert_eq!(after(Span::minutes(10)), Step::RetryAt(START.plus(Span::minutes(10))));
        assert_eq!(after(Span::seconds(1)), Step::RetryAt(START.plus(Span::minutes(5))));
        assert_eq!(after(Span::days(9)), Step::RetryAt(START.plus(Span::hours(24))));
    }

    #[test]
    fn an_accepted_delivery_ends_and_gone_waits() {
        let progress = Progress { attempts: 1, first_attempt: START };
        let step = |outcome| next_step(&exact(), progress, &outcome, START, &Entropy::seeded(1)).unwrap();
        assert_eq!(step(Outcome::Accepted), Step::Delivered);
        assert_eq!(step(Outcome::Gone), Step::Wait);
    }

    #[test]
    fn days_of_failure_pause_an_endpoint_and_a_success_forgives() {
        let (state, since) = endpoint_after(&Outcome::NoAnswer, None, START);
        assert_eq!((state, since), (EndpointState::Active, Some(START)));
        let later = START.plus(FAILING_FOR);
        assert_eq!(endpoint_after(&Outcome::NoAnswer, since, later).0, EndpointState::Paused);
        assert_eq!(endpoint_after(&Outcome::Accepted, since, later), (EndpointState::Active, None));
        assert_eq!(endpoint_after(&Outcome::Gone, None, START).0, EndpointState::Disabled);
    }
}
