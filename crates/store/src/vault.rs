//! What turns secrets into what may lie in the database and back: the keys, the pepper and the
//! source of nonces. Row functions take it beside the transaction.

use jetbridge_domain::entropy::Entropy;
use jetbridge_domain::seal::{KeyRing, Pepper, Place};
use jetbridge_domain::secret::Secret;

use crate::db::StoreError;

/// Keys, pepper and entropy.
#[derive(Debug, Clone)]
pub struct Vault {
    /// Seals and opens.
    pub ring: KeyRing,
    /// Hashes what must be found again.
    pub pepper: Pepper,
    /// Where nonces and ids come from.
    pub entropy: Entropy,
}

impl Vault {
    pub(crate) fn seal(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.ring.seal(place, plain, &self.entropy).map_err(|_| StoreError::NoEntropy)
    }

    pub(crate) fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        self.ring
            .open(place, sealed)
            .map_err(|why| crate::inconsistent(place.table, place.column, &format!("{}: {why}", place.row)))
    }

    pub(crate) fn open_text(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Secret, StoreError> {
        let text = String::from_utf8(self.open(place, sealed)?)
            .map_err(|_| crate::inconsistent(place.table, place.column, place.row))?;
        Ok(Secret::new(text))
    }
}
