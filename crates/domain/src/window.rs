//! When a business may write to a person: for a day after the person last wrote, and a human for a week
//! (Messenger Platform policy: standard messaging window, Human Agent tag).

use crate::clock::{Span, Time};

/// How long anything may be answered.
pub const STANDARD: Span = Span::hours(24);

/// How long a human may answer, under the tag of that name.
pub const HUMAN_AGENT: Span = Span::days(7);

/// The window is closed since this time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Closed(pub Time);

/// When the window that a person opened at `opened` closes.
pub fn expires_at(opened: Time) -> Time {
    opened.plus(STANDARD)
}

/// Whether a message may go out at `now`. Where nothing is known of the person, only Meta can say.
pub fn allows(opened: Option<Time>, human: bool, now: Time) -> Result<(), Closed> {
    let Some(opened) = opened else { return Ok(()) };
    let until = opened.plus(if human { HUMAN_AGENT } else { STANDARD });
    if now < until { Ok(()) } else { Err(Closed(expires_at(opened))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_for_all_a_week_for_humans() {
        let opened = Time::from_seconds(1_700_000_000);
        let after = |span| opened.plus(span);
        let closed = Err(Closed(after(Span::hours(24))));
        for (now, human, expected) in [
            (after(Span::seconds(24 * 3600 - 1)), false, Ok(())),
            (after(Span::hours(24)), false, closed),
            (after(Span::hours(24)), true, Ok(())),
            (after(Span::seconds(7 * 86_400 - 1)), true, Ok(())),
            (after(Span::days(7)), true, closed),
        ] {
            assert_eq!(allows(Some(opened), human, now), expected, "{now:?} {human}");
        }
        assert_eq!(allows(None, false, opened), Ok(()));
    }
}
