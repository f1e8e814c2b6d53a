//! How fast Meta takes calls about one Page or Instagram account (Messenger Platform and Instagram messaging:
//! rate limits), so that a call waits a moment here rather than being refused there.

use std::collections::VecDeque;

use crate::clock::{Span, Time};
use crate::message::Platform;

/// Calls that Meta counts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Messages of text, pictures, templates.
    Text,
    /// Messages of sound or film.
    Media,
    /// Reading conversations and messages.
    Conversations,
}

/// So many calls within so long a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub calls: usize,
    /// Within any time so long.
    pub per: Span,
}

/// The longest that a call waits for its turn.
pub const PATIENCE: Span = Span::seconds(2);

impl Class {
    /// What Meta publishes for it.
    pub const fn rate(self, platform: Platform) -> Rate {
        let calls = match (self, platform) {
            (Self::Text, Platform::Messenger) => 300,
            (Self::Text, Platform::Instagram) => 100,
            (Self::Media, _) => 10,
            (Self::Conversations, _) => 2,
        };
        Rate { calls, per: Span::seconds(1) }
    }
}

/// The turns of one class of one asset. `P` is who takes them.
#[derive(Debug, Clone)]
pub struct Meter<P> {
    /// The latest turns, at most as many as fit into the rate's time and the queue; in order.
    turns: VecDeque<(Time, P)>,
}

impl<P> Default for Meter<P> {
    fn default() -> Self {
        Self { turns: VecDeque::new() }
    }
}

impl<P: PartialEq> Meter<P> {
    /// Takes a turn: answers how long to wait for it, or where that is too long, when to ask again. One who
    /// asks leaves half of the queue to others.
    pub fn take(&mut self, who: P, rate: Rate, now: Time) -> Result<Span, Span> {
        self.forget(rate, now);
        let before = self.turns.len().checked_sub(rate.calls).and_then(|index| self.turns.get(index));
        let free = before.map_or(now, |(turn, _)| turn.plus(rate.per));
        let turn = self.turns.back().map_or(free, |(last, _)| free.max(*last)).max(now);
        let wait = turn.since(now);
        if wait > PATIENCE {
            return Err(Span::micros(wait.as_micros().saturating_sub(PATIENCE.as_micros())));
        }
        if let Some(own) = self.own_queue_full(&who, rate, now)
            && wait > Span::ZERO
        {
            return Err(own.since(now));
        }
        self.turns.push_back((turn, who));
        Ok(wait)
    }

    /// Whether nothing of it matters any more.
    pub fn is_idle(&mut self, rate: Rate, now: Time) -> bool {
        self.forget(rate, now);
        self.turns.is_empty()
    }

    fn forget(&mut self, rate: Rate, now: Time) {
        while self.turns.front().is_some_and(|(turn, _)| turn.plus(rate.per) <= now) {
            self.turns.pop_front();
        }
    }

    /// The first of this one's own waiting turns, where they are as many as one may have.
    fn own_queue_full(&self, who: &P, rate: Rate, now: Time) -> Option<Time> {
        let mut own = self.turns.iter().filter(|(turn, by)| *turn > now && by == who).map(|(turn, _)| *turn);
        let queue = i64::try_from(rate.calls).unwrap_or(i64::MAX).saturating_mul(PATIENCE.as_micros())
            / rate.per.as_micros().max(1);
        let share = usize::try_from(queue / 2).unwrap_or(usize::MAX).max(1);
        let first = own.next()?;
        (1 + own.count() >= share).then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_seconds(1_800_000_000);
    const TWO: Rate = Rate { calls: 2, per: Span::seconds(1) };

    fn after(millis: i64) -> Time {
        NOW.plus(Span::millis(millis))
    }

    #[test]
    fn no_time_has_more_calls_than_meta_takes() {
        // Asked at odd times by three, for a while.
        let (mut meter, mut turns) = (Meter::default(), Vec::new());
        for step in 0..2000 {
            let now = after(step * 37);
            if let Ok(wait) = meter.take(step % 3, TWO, now) {
                turns.push(now.plus(wait));
            }
        }
        assert!(turns.is_sorted(), "first come, first served");
        for pair in turns.windows(3) {
            assert!(pair[2].since(pair[0]) >= Span::seconds(1), "{pair:?}");
        }
        let all = usize::try_from(turns.last().unwrap().since(turns[0]).as_seconds_up()).unwrap();
        assert!(turns.len() >= 2 * (all - 1), "and none is wasted: {} in {all} s", turns.len());
    }

    #[test]
    fn a_short_wait_is_waited_and_a_long_one_refused_with_its_time() {
        let mut meter = Meter::default();
        let waits: Vec<_> = ["a", "a", "a", "a", "b", "b"].map(|who| meter.take(who, TWO, NOW)).into();
        let seconds = Span::seconds;
        let expected = [seconds(0), seconds(0), seconds(1), seconds(1), seconds(2), seconds(2)].map(Ok);
        assert_eq!(waits, expected);
        assert_eq!(meter.take("c", TWO, NOW), Err(seconds(1)), "three seconds, of which two are waited");
        assert_eq!(meter.take("c", TWO, after(1000)), Ok(seconds(2)), "it was true");
    }

    #[test]
    fn one_leaves_half_of_the_queue_to_others() {
        let mut meter = Meter::default();
        let taken: Vec<_> = (0..5).map(|_| meter.take("greedy", TWO, NOW).is_ok()).collect();
        assert_eq!(taken, [true, true, true, true, false]);
        assert_eq!(meter.take("greedy", TWO, NOW), Err(Span::seconds(1)));
        assert_eq!(meter.take("other", TWO, NOW), Ok(Span::seconds(2)));
        assert!(meter.take("greedy", TWO, after(1000)).is_ok(), "it was true");
    }

    #[test]
    fn what_is_over_is_forgotten() {
        let mut meter = Meter::default();
        for _ in 0..4 {
            meter.take("a", TWO, NOW).unwrap();
        }
        assert!(!meter.is_idle(TWO, after(1999)));
        assert!(meter.is_idle(TWO, after(2000)));
    }
}
