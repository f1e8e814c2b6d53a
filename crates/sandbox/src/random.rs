//! Ids, codes and tokens: opaque strings that look like Meta's.

use aws_lc_rs::rand;

use crate::Error;

const ALPHANUMERIC: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const DIGITS: &[u8] = b"0123456789";

/// A number below `limit`; the slight bias of the remainder does not matter here.
pub(crate) fn below(limit: u32) -> Result<u32, Error> {
    let mut bytes = [0_u8; 4];
    rand::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(u32::from_le_bytes(bytes).checked_rem(limit).unwrap_or(0))
}

fn text(alphabet: &[u8], length: usize) -> Result<String, Error> {
    let mut bytes = vec![0_u8; length];
    rand::fill(&mut bytes).map_err(|_| Error::Random)?;
    Ok(bytes
        .iter()
        .filter_map(|byte| alphabet.get(usize::from(*byte) % alphabet.len()))
        .map(|byte| char::from(*byte))
        .collect())
}

pub(crate) fn alphanumeric(length: usize) -> Result<String, Error> {
    text(ALPHANUMERIC, length)
}

/// An id of `length` digits that begins with `prefix`.
pub(crate) fn id(prefix: &str, length: usize) -> Result<String, Error> {
    Ok(format!("{prefix}{}", text(DIGITS, length.saturating_sub(prefix.len()))?))
}

/// An access token: `EAA` and a length that varies, as Meta warns it does.
pub(crate) fn access_token() -> Result<String, Error> {
    let length = 170 + usize::try_from(below(50)?).unwrap_or(0);
    Ok(format!("EAA{}", alphanumeric(length)?))
}

pub(crate) fn login_code() -> Result<String, Error> {
    Ok(format!("AQ{}", alphanumeric(210)?))
}
