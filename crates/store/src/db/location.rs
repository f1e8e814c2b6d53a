//! Where a database is: `sqlite:PATH` or `postgres://...`.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use super::StoreError;

/// Where a database is. Its password is not printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file.
    Sqlite(PathBuf),
    /// A server's URL, password and all.
    Postgres(String),
}

impl FromStr for Location {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        let path = text.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
        match path {
            Some("" | ":memory:") => Err(StoreError::Location(
                "a SQLite database needs a file: one in memory is lost with the process".to_owned(),
            )),
            Some(path) => Ok(Self::Sqlite(PathBuf::from(path))),
            None => Err(StoreError::Location("must begin with sqlite: or postgres://".to_owned())),
        }
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let rest = url.split_once("://").map_or("", |(_, rest)| rest);
                let place = match (rest.find('?'), rest.rfind('@')) {
                    // Where one of the two belongs to a password, nobody can tell what else does.
                    (Some(query), Some(at)) if query < at => "[unreadable]",
                    // The password may stand in front of the host or in the query.
                    (query, at) => {
                        rest.get(at.map_or(0, |at| at + 1)..query.unwrap_or(rest.len())).unwrap_or("")
                    }
                };
                write!(f, "postgres://{place}")
            }
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_read_and_its_password_is_not_printed() {
        assert_eq!("sqlite:a/b.sqlite".parse::<Location>().unwrap(), Location::Sqlite("a/b.sqlite".into()));
        assert_eq!("sqlite:///a".parse::<Location>().unwrap(), Location::Sqlite("/a".into()));
        let server: Location = "postgres://me:hunter2@db.example/jetbridge".parse().unwrap();
        assert_eq!(format!("{server:?}"), "postgres://db.example/jetbridge");
        for wrong in ["", "mysql://x", "sqlite:", "sqlite::memory:", "x.sqlite"] {
            assert!(wrong.parse::<Location>().is_err(), "{wrong}");
        }
    }
}
