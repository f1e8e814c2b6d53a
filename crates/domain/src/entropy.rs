//! Randomness comes from outside: the system's generator, or a seed in tests.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Where random bytes come from.
#[derive(Debug, Clone)]
pub struct Entropy(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Seeded { seed: u64, drawn: Arc<AtomicU64> },
}

/// The system's generator failed: nothing unguessable can be made, so nothing may go on.
#[derive(Debug, thiserror::Error)]
#[error("the system's random generator failed")]
pub struct NoEntropy;

impl Entropy {
    /// The system's generator.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A repeatable sequence for tests. Never unguessable.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded { seed, drawn: Arc::new(AtomicU64::new(0)) })
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], NoEntropy> {
        let mut out = [0_u8; N];
        match &self.0 {
            Source::System => aws_lc_rs::rand::fill(&mut out).map_err(|_| NoEntropy)?,
            Source::Seeded { seed, drawn } => {
                for chunk in out.chunks_mut(32) {
                    let n = drawn.fetch_add(1, Ordering::SeqCst);
                    let mut block = seed.to_be_bytes().to_vec();
                    block.extend_from_slice(&n.to_be_bytes());
                    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &block);
                    for (to, from) in chunk.iter_mut().zip(digest.as_ref()) {
                        *to = *from;
                    }
                }
            }
        }
        Ok(out)
    }

    /// 256 random bits as 43 URL-safe characters: tokens, link params, states, cookies.
    pub fn token(&self) -> Result<String, NoEntropy> {
        Ok(URL_SAFE_NO_PAD.encode(self.bytes::<32>()?))
    }

    /// A number from 0 up to, but not including, `bound`, for jitter (its bias does not matter there).
    pub fn below(&self, bound: u64) -> Result<u64, NoEntropy> {
        Ok(u64::from_be_bytes(self.bytes::<8>()?).checked_rem(bound).unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_repeats_and_draws_differ() {
        let (a, b) = (Entropy::seeded(7), Entropy::seeded(7));
        let first = a.token().unwrap();
        assert_eq!(first, b.token().unwrap());
        assert_ne!(first, a.token().unwrap());
        assert_eq!(first.len(), 43);
    }

    #[test]
    fn the_system_does_not_repeat() {
        let entropy = Entropy::system();
        assert_ne!(entropy.bytes::<16>().unwrap(), entropy.bytes::<16>().unwrap());
    }
}
