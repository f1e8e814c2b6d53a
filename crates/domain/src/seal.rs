//! Secrets at rest: AES-256-GCM-SIV under a ring of keys from outside the database, bound to the
//! place they lie in, so that a sealed value moved to another row, column or partner does not
//! open. Bearer tokens and link params are found by an HMAC under a pepper of its own.
//!
//! A sealed value is `0x01 | key id (4) | nonce (12) | ciphertext and tag`.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroize;

use crate::entropy::{Entropy, NoEntropy};
use crate::secret::Secret;

const VERSION: u8 = 1;
const HEAD: usize = 1 + 4 + 12;

/// Where a sealed value lies. All four are part of what is authenticated.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's id.
    pub row: &'a str,
    /// The partner whose row it is; empty for the operator's own.
    pub partner: &'a str,
}

/// The configured keys cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No key at all.
    #[error("no key is configured")]
    None,
    /// Not `number:base64`.
    #[error("a key is written as 'number:base64', such as '1:...', with 32 random bytes in base64")]
    Form,
    /// Two keys with one number.
    #[error("key number {0} is there twice")]
    Twice(u32),
    /// The pepper has too few bytes.
    #[error("the pepper is at least 32 random bytes in base64")]
    Pepper,
}

/// A sealed value does not open.
#[derive(Debug, thiserror::Error)]
pub enum Unsealable {
    /// Sealed with a key that is not on the ring.
    #[error("sealed with key {0}, which is not configured")]
    UnknownKey(u32),
    /// Wrong key, wrong place, or damaged.
    #[error("does not open: wrong key, moved or damaged")]
    Closed,
}

/// The keys: the first seals, all open.
#[derive(Clone)]
pub struct KeyRing(Arc<Vec<(u32, LessSafeKey)>>);

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing([secret])")
    }
}

impl KeyRing {
    /// From `number:base64` texts, the sealing key first.
    pub fn parse(keys: &[Secret]) -> Result<Self, KeyError> {
        let mut ring: Vec<(u32, LessSafeKey)> = Vec::new();
        for text in keys {
            let (number, key) = text.expose().split_once(':').ok_or(KeyError::Form)?;
            let number: u32 = number.trim().parse().map_err(|_| KeyError::Form)?;
            let mut bytes = STANDARD.decode(key.trim()).map_err(|_| KeyError::Form)?;
            let unbound = UnboundKey::new(&AES_256_GCM_SIV, &bytes).map_err(|_| KeyError::Form);
            bytes.zeroize();
            if ring.iter().any(|(n, _)| *n == number) {
                return Err(KeyError::Twice(number));
            }
            ring.push((number, LessSafeKey::new(unbound?)));
        }
        if ring.is_empty() { Err(KeyError::None) } else { Ok(Self(Arc::new(ring))) }
    }

    /// Seals `plain` for `place` with the first key.
    pub fn seal(&self, place: &Place<'_>, plain: &[u8], entropy: &Entropy) -> Result<Vec<u8>, NoEntropy> {
        let (number, key) = self.0.first().ok_or(NoEntropy)?;
        let nonce: [u8; 12] = entropy.bytes()?;
        let mut out = Vec::with_capacity(HEAD + plain.len() + 16);
        out.push(VERSION);
        out.extend_from_slice(&number.to_be_bytes());
        out.extend_from_slice(&nonce);
        let mut body = plain.to_vec();
        key.seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::from(associated(*number, place)),
            &mut body,
        )
        .map_err(|_| NoEntropy)?;
        out.extend_from_slice(&body);
        Ok(out)
    }

    /// Opens what was sealed for `place`.
    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, Unsealable> {
        let (head, body) = sealed.split_at_checked(HEAD).ok_or(Unsealable::Closed)?;
        let (version, rest) = head.split_at_checked(1).ok_or(Unsealable::Closed)?;
        let (number, nonce) = rest.split_at_checked(4).ok_or(Unsealable::Closed)?;
        if version != [VERSION] {
            return Err(Unsealable::Closed);
        }
        let number = u32::from_be_bytes(number.try_into().map_err(|_| Unsealable::Closed)?);
        let nonce: [u8; 12] = nonce.try_into().map_err(|_| Unsealable::Closed)?;
        let (_, key) = self.0.iter().find(|(n, _)| *n == number).ok_or(Unsealable::UnknownKey(number))?;
        let mut body = body.to_vec();
        let plain = key
            .open_in_place(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(associated(number, place)),
                &mut body,
            )
            .map_err(|_| Unsealable::Closed)?
            .len();
        body.truncate(plain);
        Ok(body)
    }
}

/// Each part behind its length, so that no two places read alike.
fn associated(key: u32, place: &Place<'_>) -> Vec<u8> {
    let mut out = vec![VERSION];
    out.extend_from_slice(&key.to_be_bytes());
    for part in [place.table, place.column, place.row, place.partner] {
        out.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        out.extend_from_slice(part.as_bytes());
    }
    out
}

/// What secrets that must be found again are hashed with. It does not rotate with the keys.
#[derive(Clone)]
pub struct Pepper(hmac::Key);

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper([secret])")
    }
}

/// What a hash is for: the same value under two purposes hashes differently.
#[derive(Debug, Clone, Copy)]
pub enum Purpose {
    /// A partner's access token.
    AccessToken,
    /// A partner's client secret.
    ClientSecret,
    /// A link's param.
    Param,
    /// The `state` of a login.
    LoginState,
    /// The browser's cookie.
    Browser,
    /// The anti-forgery value of a form.
    Form,
    /// An idempotency key with its body.
    Idempotency,
    /// Meta's names of what it sends.
    Inbound,
    /// A person who writes to a connection, and what hangs on that person.
    Person,
    /// What an act and its echo have in common.
    Trace,
    /// The code of a person's request to have data deleted.
    Deletion,
    /// The known value checked at start.
    Check,
}

impl Purpose {
    const fn word(self) -> &'static str {
        match self {
            Self::AccessToken => "access-token",
            Self::ClientSecret => "client-secret",
            Self::Param => "param",
            Self::LoginState => "login-state",
            Self::Browser => "browser",
            Self::Form => "form",
            Self::Idempotency => "idempotency",
            Self::Inbound => "inbound",
            Self::Person => "person",
            Self::Trace => "trace",
            Self::Deletion => "deletion",
            Self::Check => "check",
        }
    }
}

impl Pepper {
    /// From at least 32 bytes in base64.
    pub fn parse(text: &Secret) -> Result<Self, KeyError> {
        let mut bytes = STANDARD.decode(text.expose().trim()).map_err(|_| KeyError::Pepper)?;
        if bytes.len() < 32 {
            return Err(KeyError::Pepper);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &bytes);
        bytes.zeroize();
        Ok(Self(key))
    }

    /// The hash under which a secret value is stored and found.
    pub fn hash(&self, purpose: Purpose, value: &[u8]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(purpose.word().as_bytes());
        context.update(&[0]);
        context.update(value);
        context.sign().as_ref().to_vec()
    }

    /// Whether `value` hashes to `hash`, in constant time.
    pub fn matches(&self, purpose: Purpose, value: &[u8], hash: &[u8]) -> bool {
        let computed = self.hash(purpose, value);
        aws_lc_rs::constant_time::verify_slices_are_equal(&computed, hash).is_ok()
    }
}

/// A fresh key for the ring, as it is written in the configuration.
pub fn new_key(number: u32, entropy: &Entropy) -> Result<Secret, NoEntropy> {
    Ok(Secret::new(format!("{number}:{}", STANDARD.encode(entropy.bytes::<32>()?))))
}

/// A fresh pepper, as it is written in the configuration.
pub fn new_pepper(entropy: &Entropy) -> Result<Secret, NoEntropy> {
    Ok(Secret::new(STANDARD.encode(entropy.bytes::<32>()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place<'a>(column: &'static str, row: &'a str, partner: &'a str) -> Place<'a> {
        Place { table: "links", column, row, partner }
    }

    fn ring(numbers: &[u32]) -> KeyRing {
        let keys: Vec<Secret> =
            numbers.iter().map(|n| new_key(*n, &Entropy::seeded(u64::from(*n))).unwrap()).collect();
        KeyRing::parse(&keys).unwrap()
    }

    #[test]
    fn a_value_opens_only_where_it_was_sealed() {
        let (ring, entropy) = (ring(&[1]), Entropy::seeded(9));
        let sealed = ring.seal(&place("param", "a", "p"), b"secret", &entropy).unwrap();
        assert_eq!(ring.open(&place("param", "a", "p"), &sealed).unwrap(), b"secret");
        for moved in [place("token", "a", "p"), place("param", "b", "p"), place("param", "a", "q")] {
            assert!(matches!(ring.open(&moved, &sealed), Err(Unsealable::Closed)));
        }
        let elsewhere = Place { table: "tokens", ..place("param", "a", "p") };
        assert!(ring.open(&elsewhere, &sealed).is_err());
    }

    #[test]
    fn every_flipped_bit_is_seen() {
        let (ring, entropy) = (ring(&[1]), Entropy::seeded(9));
        let sealed = ring.seal(&place("param", "a", "p"), b"secret", &entropy).unwrap();
        for n in 0..sealed.len() * 8 {
            let mut broken = sealed.clone();
            broken[n / 8] ^= 1 << (n % 8);
            assert!(ring.open(&place("param", "a", "p"), &broken).is_err(), "bit {n}");
        }
        assert!(ring.open(&place("param", "a", "p"), &sealed[..10]).is_err());
    }

    #[test]
    fn a_new_first_key_seals_and_the_old_one_still_opens() {
        let entropy = Entropy::seeded(9);
        let old = ring(&[1]).seal(&place("param", "a", "p"), b"old", &entropy).unwrap();
        let rotated = ring(&[2, 1]);
        assert_eq!(rotated.open(&place("param", "a", "p"), &old).unwrap(), b"old");
        let new = rotated.seal(&place("param", "a", "p"), b"new", &entropy).unwrap();
        assert!(matches!(ring(&[1]).open(&place("param", "a", "p"), &new), Err(Unsealable::UnknownKey(2))));
    }

    #[test]
    fn keys_are_refused_with_the_reason() {
        let key = new_key(1, &Entropy::seeded(1)).unwrap();
        assert_eq!(KeyRing::parse(&[]).unwrap_err(), KeyError::None);
        assert_eq!(KeyRing::parse(&[Secret::new("1:short")]).unwrap_err(), KeyError::Form);
        assert_eq!(KeyRing::parse(&[key.clone(), key]).unwrap_err(), KeyError::Twice(1));
        assert_eq!(Pepper::parse(&Secret::new("c2hvcnQ=")).unwrap_err(), KeyError::Pepper);
    }

    #[test]
    fn a_hash_is_for_one_purpose() {
        let pepper = Pepper::parse(&new_pepper(&Entropy::seeded(1)).unwrap()).unwrap();
        let hash = pepper.hash(Purpose::Param, b"x");
        assert!(pepper.matches(Purpose::Param, b"x", &hash));
        assert!(!pepper.matches(Purpose::AccessToken, b"x", &hash));
        assert!(!pepper.matches(Purpose::Param, b"y", &hash));
    }
}
