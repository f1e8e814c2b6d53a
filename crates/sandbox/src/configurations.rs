//! Configurations of Facebook Login for Business: what a `config_id` stands for.

use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::{Deserialize, Serialize};

use crate::{Error, grants};

/// Sixty days, the other life that a system user's token can have.
pub(crate) const SIXTY_DAYS: i64 = 60 * 86_400;

/// Whose token a login gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TokenType {
    User,
    SystemUser,
}

impl TokenType {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            TokenType::User => "user",
            TokenType::SystemUser => "system_user",
        }
    }
}

/// One configuration, as the control API takes and shows it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Configuration {
    pub(crate) id: String,
    #[serde(default)]
    pub(crate) name: String,
    pub(crate) token: TokenType,
    pub(crate) permissions: Vec<String>,
    /// Only for system users, whose tokens have no end otherwise.
    #[serde(default)]
    pub(crate) expires_in_60_days: bool,
}

impl Configuration {
    /// What Meta's dashboard would not take.
    pub(crate) fn check(&self) -> Result<(), String> {
        if self.id.is_empty() || !self.id.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err("the id of a configuration is a number".to_owned());
        }
        if let Some(unknown) = self.permissions.iter().find(|permission| !grants::is_known(permission)) {
            return Err(format!("there is no permission {unknown}"));
        }
        let is_business =
            |permission: &String| !matches!(permission.as_str(), grants::PUBLIC_PROFILE | "email");
        if !self.permissions.iter().any(is_business) {
            return Err("a business permission is needed beside public_profile and email".to_owned());
        }
        Ok(())
    }

    pub(crate) fn token_seconds(&self) -> Option<i64> {
        self.expires_in_60_days.then_some(SIXTY_DAYS)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<(Configuration, String)> {
    let token = if row.get::<_, String>(2)? == "user" { TokenType::User } else { TokenType::SystemUser };
    let configuration = Configuration {
        id: row.get(0)?,
        name: row.get(1)?,
        token,
        permissions: Vec::new(),
        expires_in_60_days: row.get::<_, Option<i64>>(4)?.is_some(),
    };
    Ok((configuration, row.get(3)?))
}

fn with_permissions((configuration, list): (Configuration, String)) -> Result<Configuration, Error> {
    Ok(Configuration { permissions: serde_json::from_str(&list)?, ..configuration })
}

pub(crate) fn all(tx: &Connection) -> Result<Vec<Configuration>, Error> {
    let sql = "SELECT id, name, token, permissions, token_seconds FROM configurations ORDER BY id";
    let rows = tx.prepare_cached(sql)?.query_map([], read)?.collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().map(with_permissions).collect()
}

pub(crate) fn find(tx: &Connection, id: &str) -> Result<Option<Configuration>, Error> {
    let sql = "SELECT id, name, token, permissions, token_seconds FROM configurations WHERE id = ?1";
    tx.prepare_cached(sql)?.query_row([id], read).optional()?.map(with_permissions).transpose()
}

pub(crate) fn save(tx: &Connection, configuration: &Configuration) -> Result<(), Error> {
    let Configuration { id, name, token, permissions, .. } = configuration;
    tx.execute(
        "INSERT OR REPLACE INTO configurations VALUES (?1, ?2, ?3, ?4, ?5)",
        (id, name, token.as_str(), serde_json::to_string(permissions)?, configuration.token_seconds()),
    )?;
    Ok(())
}

pub(crate) fn remove(tx: &Connection, id: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM configurations WHERE id = ?1", [id])?;
    Ok(())
}
