//! How many requests a partner or an address may make in a minute. Counted per process: these
//! bounds protect the process; what must hold over all of them is in the store.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jetbridge_domain::clock::{Span, Time};

const WINDOW: Span = Span::minutes(1);

/// Windows kept at a time. When there are more, those that are over go.
const MOST_KEPT: usize = 50_000;

/// Counts requests in windows of a minute.
#[derive(Default)]
pub struct RateLimiter(Mutex<HashMap<String, (Time, u32)>>);

/// Where a caller stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Requests allowed in a window.
    pub limit: u32,
    /// Requests left in this one.
    pub remaining: u32,
    /// Until the window ends.
    pub reset: Span,
    /// This request was one too many.
    pub exceeded: bool,
}

impl RateLimiter {
    /// Counts a request of `key`. `None` where there is no limit.
    pub fn count(&self, key: &str, limit: u32, now: Time) -> Option<Standing> {
        if limit == 0 {
            return None;
        }
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= MOST_KEPT {
            windows.retain(|_, (start, _)| now.since(*start) < WINDOW);
        }
        let window = windows.entry(key.to_owned()).or_insert((now, 0));
        if now.since(window.0) >= WINDOW {
            *window = (now, 0);
        }
        window.1 = window.1.saturating_add(1);
        Some(Standing {
            limit,
            remaining: limit.saturating_sub(window.1),
            reset: window.0.plus(WINDOW).since(now),
            exceeded: window.1 > limit,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_fills_and_begins_again() {
        let (limiter, start) = (RateLimiter::default(), Time::from_seconds(1_000));
        let first = limiter.count("a", 2, start).unwrap();
        assert_eq!((first.remaining, first.exceeded), (1, false));
        assert!(!limiter.count("a", 2, start).unwrap().exceeded);
        let third = limiter.count("a", 2, start.plus(Span::seconds(10))).unwrap();
        assert!(third.exceeded);
        assert_eq!(third.reset, Span::seconds(50));
        assert!(!limiter.count("b", 2, start).unwrap().exceeded);
        assert!(!limiter.count("a", 2, start.plus(WINDOW)).unwrap().exceeded);
        assert_eq!(limiter.count("a", 0, start), None);
    }
}
