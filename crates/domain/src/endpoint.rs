//! A partner's webhook address.

use crate::clock::{Span, Time};
use crate::id::{EndpointId, PartnerId};
use crate::secret::Secret;
use crate::url::WebUrl;

/// One endpoint.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// Its name.
    pub id: EndpointId,
    /// Whose it is.
    pub partner: PartnerId,
    /// True for the one that `setWebhook` sets.
    pub default: bool,
    /// Where deliveries go.
    pub url: WebUrl,
    /// What it is for, in the partner's words.
    pub description: String,
    /// Signs every delivery.
    pub secret: Secret,
    /// The secret before the last rotation, and until when it signs as well.
    pub previous: Option<(Secret, Time)>,
    /// Where it stands.
    pub state: EndpointState,
    /// Since when every delivery has failed.
    pub failing_since: Option<Time>,
}

/// How long an old secret still signs after a rotation.
pub const ROTATION: Span = Span::hours(24);

/// How long everything may fail before an endpoint is paused.
pub const FAILING_FOR: Span = Span::days(5);

/// Where an endpoint stands. Events of one that is not active wait and are not lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndpointState {
    /// Gets its deliveries.
    Active,
    /// Answered 410.
    Disabled,
    /// Failed everything for days.
    Paused,
}

impl EndpointState {
    /// The word in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Paused => "paused",
        }
    }

    /// From that word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Active, Self::Disabled, Self::Paused].into_iter().find(|s| s.word() == word)
    }
}

impl Endpoint {
    /// The secrets that sign at `now`, the newest first.
    pub fn secrets(&self, now: Time) -> Vec<Secret> {
        let previous = self.previous.iter().filter(|(_, until)| now < *until).map(|(s, _)| s.clone());
        std::iter::once(self.secret.clone()).chain(previous).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::Entropy;

    #[test]
    fn the_old_secret_signs_until_its_time_is_up() {
        let (now, entropy) = (Time::from_seconds(1), Entropy::seeded(1));
        let endpoint = Endpoint {
            id: EndpointId::new(now, &entropy).unwrap(),
            partner: PartnerId::new(now, &entropy).unwrap(),
            default: true,
            url: WebUrl::webhook("https://a.example").unwrap(),
            description: String::new(),
            secret: Secret::new("new"),
            previous: Some((Secret::new("old"), now.plus(ROTATION))),
            state: EndpointState::Active,
            failing_since: None,
        };
        let texts = |at| endpoint.secrets(at).iter().map(|s| s.expose().to_owned()).collect::<Vec<_>>();
        assert_eq!(texts(now), ["new", "old"]);
        assert_eq!(texts(now.plus(ROTATION)), ["new"]);
    }
}
