//! What does not fit Meta's published limits, told before Meta is asked.
//!
//! Only what Meta certainly refuses is refused here: where its pages are silent or leave room, the
//! call is made and Meta's answer is the truth.

use std::fmt;

/// Why a content does not fit. `field` is the contract's name of what is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "each variant's sentence says what it is, and its fields are that sentence's"
)]
pub enum Unfit {
    #[error("{field} is empty")]
    Empty { field: &'static str },
    #[error("{field} is longer than {most} {unit}")]
    TooLong { field: &'static str, most: usize, unit: Unit },
    #[error("{field} has more than {most} entries")]
    TooMany { field: &'static str, most: usize },
    #[error("{field} has fewer than {least} entries")]
    TooFew { field: &'static str, least: usize },
    #[error("{field} is too early: {least_minutes} minutes ahead is the soonest")]
    TooEarly { field: &'static str, least_minutes: i64 },
    #[error("{field} is too late: {most_days} days ahead is the latest")]
    TooLate { field: &'static str, most_days: i64 },
    #[error("Meta does not offer {field} here")]
    NotOffered { field: &'static str },
}

impl Unfit {
    /// The contract's name of what is at fault.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Empty { field }
            | Self::TooLong { field, .. }
            | Self::TooMany { field, .. }
            | Self::TooFew { field, .. }
            | Self::TooEarly { field, .. }
            | Self::TooLate { field, .. }
            | Self::NotOffered { field } => field,
        }
    }
}

/// What Meta counts a text in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Unicode scalar values: the least that "characters" can mean.
    Characters,
    /// Bytes of UTF-8.
    Bytes,
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Characters => "characters",
            Self::Bytes => "bytes of UTF-8",
        })
    }
}

pub(crate) fn filled(field: &'static str, text: &str) -> Result<(), Unfit> {
    if text.trim().is_empty() { Err(Unfit::Empty { field }) } else { Ok(()) }
}

pub(crate) fn length(field: &'static str, text: &str, most: usize, unit: Unit) -> Result<(), Unfit> {
    let length = match unit {
        Unit::Characters => text.chars().count(),
        Unit::Bytes => text.len(),
    };
    if length > most { Err(Unfit::TooLong { field, most, unit }) } else { Ok(()) }
}

pub(crate) fn at_most(field: &'static str, count: usize, most: usize) -> Result<(), Unfit> {
    if count > most { Err(Unfit::TooMany { field, most }) } else { Ok(()) }
}

pub(crate) fn at_least(field: &'static str, count: usize, least: usize) -> Result<(), Unfit> {
    if count < least { Err(Unfit::TooFew { field, least }) } else { Ok(()) }
}

pub(crate) fn offered(field: &'static str, is: bool) -> Result<(), Unfit> {
    if is { Ok(()) } else { Err(Unfit::NotOffered { field }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_unit_counts_its_own_way() {
        assert_eq!(length("text", "äöü", 3, Unit::Characters), Ok(()));
        let unfit = length("text", "äöü", 5, Unit::Bytes).unwrap_err();
        assert_eq!(unfit.to_string(), "text is longer than 5 bytes of UTF-8");
        assert_eq!(unfit.field(), "text");
        assert_eq!(length("text", "äöü", 6, Unit::Bytes), Ok(()));
        assert!(length("text", "abcd", 3, Unit::Characters).is_err());
    }

    #[test]
    fn blank_is_empty() {
        assert_eq!(filled("text", " \n"), Err(Unfit::Empty { field: "text" }));
        assert_eq!(filled("text", "a"), Ok(()));
    }
}
