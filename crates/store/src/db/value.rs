//! Values that go into a statement. A NULL has a type, since PostgreSQL wants one.

use jetbridge_domain::clock::Time;
use rusqlite::types::{ToSqlOutput, ValueRef};
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};

/// One bound value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// An integer, a time in microseconds, or a flag.
    Int(i64),
    /// Bytes.
    Blob(Vec<u8>),
    /// No text.
    NullText,
    /// No integer.
    NullInt,
    /// No bytes.
    NullBlob,
}

impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Self::Text(v.to_owned())
    }
}

impl From<String> for Value {
    fn from(v: String) -> Self {
        Self::Text(v)
    }
}

impl From<i64> for Value {
    fn from(v: i64) -> Self {
        Self::Int(v)
    }
}

impl From<bool> for Value {
    fn from(v: bool) -> Self {
        Self::Int(i64::from(v))
    }
}

impl From<Time> for Value {
    fn from(v: Time) -> Self {
        Self::Int(v.as_micros())
    }
}

impl From<Vec<u8>> for Value {
    fn from(v: Vec<u8>) -> Self {
        Self::Blob(v)
    }
}

impl From<Option<&str>> for Value {
    fn from(v: Option<&str>) -> Self {
        v.map_or(Self::NullText, Self::from)
    }
}

impl From<Option<String>> for Value {
    fn from(v: Option<String>) -> Self {
        v.map_or(Self::NullText, Self::from)
    }
}

impl From<Option<i64>> for Value {
    fn from(v: Option<i64>) -> Self {
        v.map_or(Self::NullInt, Self::from)
    }
}

impl From<Option<Time>> for Value {
    fn from(v: Option<Time>) -> Self {
        v.map_or(Self::NullInt, Self::from)
    }
}

impl From<Option<Vec<u8>>> for Value {
    fn from(v: Option<Vec<u8>>) -> Self {
        v.map_or(Self::NullBlob, Self::from)
    }
}

impl rusqlite::ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            // PostgreSQL refuses it, so SQLite must not keep what could never move there.
            Self::Text(text) if text.contains('\0') => {
                return Err(rusqlite::Error::ToSqlConversionFailure("U+0000 in a text".into()));
            }
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Int(n) => ValueRef::Integer(*n),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
            Self::NullText | Self::NullInt | Self::NullBlob => ValueRef::Null,
        }))
    }
}

impl ToSql for Value {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut tokio_postgres::types::private::BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Text(text) => text.as_str().to_sql(ty, out),
            Self::Int(n) if *ty == Type::INT4 => i32::try_from(*n)?.to_sql(ty, out),
            Self::Int(n) => n.to_sql(ty, out),
            Self::Blob(bytes) => bytes.as_slice().to_sql(ty, out),
            Self::NullText | Self::NullInt | Self::NullBlob => Ok(IsNull::Yes),
        }
    }

    fn accepts(ty: &Type) -> bool {
        [Type::TEXT, Type::VARCHAR, Type::INT8, Type::INT4, Type::BYTEA].contains(ty)
    }

    to_sql_checked!();
}
