//! Typed ids: a short prefix and a UUID v7 as 32 hex digits, so they sort by time of making.
//! An id names a thing; it is never a secret and never opens anything.

use std::fmt;
use std::str::FromStr;

use crate::clock::Time;
use crate::entropy::{Entropy, NoEntropy};

/// A text is not an id of the wanted kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id of this kind")]
pub struct WrongId;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// A new id, made now.
            pub fn new(now: Time, entropy: &Entropy) -> Result<Self, NoEntropy> {
                let millis = u64::try_from(now.as_micros() / 1000).unwrap_or(0);
                let uuid = uuid::Builder::from_unix_timestamp_millis(millis, &entropy.bytes::<10>()?);
                Ok(Self(format!("{}{}", $prefix, uuid.into_uuid().simple())))
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = WrongId;

            fn from_str(text: &str) -> Result<Self, WrongId> {
                let hex = text.strip_prefix($prefix).ok_or(WrongId)?;
                let plain = hex.len() == 32 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
                if plain { Ok(Self(text.to_owned())) } else { Err(WrongId) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A partner: an account with an API.
    PartnerId = "prt_";
    /// An onboarding link, in logs and foreign keys; the client's key to it is its param.
    LinkId = "lnk_";
    /// One browser's way through one link.
    JourneyId = "jny_";
    /// What a finished link leaves behind.
    ConnectionId = "con_";
    /// An event a partner can get; the `webhook-id` of every delivery of it.
    EventId = "evt_";
    /// A partner's webhook address.
    EndpointId = "ep_";
    /// Something a partner had us do at Meta.
    ActId = "act_";
    /// A partner's picture, kept to be served from our own host.
    LogoId = "lgo_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_keeps_its_kind() {
        let id = LinkId::new(Time::from_seconds(1_700_000_000), &Entropy::seeded(1)).unwrap();
        assert_eq!(id.as_str().parse::<LinkId>(), Ok(id.clone()));
        assert_eq!(id.as_str().parse::<ConnectionId>(), Err(WrongId));
        for wrong in ["", "lnk_", "lnk_xyz", "lnk_0123456789ABCDEF0123456789ABCDEF"] {
            assert_eq!(wrong.parse::<LinkId>(), Err(WrongId), "{wrong}");
        }
    }

    #[test]
    fn later_ids_sort_later() {
        let entropy = Entropy::system();
        let a = EventId::new(Time::from_seconds(1_700_000_000), &entropy).unwrap();
        let b = EventId::new(Time::from_seconds(1_700_000_001), &entropy).unwrap();
        assert!(a < b);
    }
}
