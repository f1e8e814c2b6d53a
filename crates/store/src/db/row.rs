//! Rows that come out of a statement, with every value owned.

use std::sync::Arc;

use jetbridge_domain::clock::Time;

use super::{StoreError, Value};

/// One row; its columns are asked for by name.
#[derive(Debug, Clone)]
pub struct Row {
    columns: Arc<[String]>,
    values: Vec<Option<Value>>,
}

impl Row {
    pub(super) fn new(columns: Arc<[String]>, values: Vec<Option<Value>>) -> Self {
        Self { columns, values }
    }

    fn wrong(column: &str, why: &str) -> StoreError {
        StoreError::Inconsistent { place: "a row".to_owned(), column: column.to_owned(), why: why.to_owned() }
    }

    fn get(&self, column: &str) -> Result<Option<&Value>, StoreError> {
        let found = self.columns.iter().position(|c| c == column).and_then(|n| self.values.get(n));
        found.map(Option::as_ref).ok_or_else(|| Self::wrong(column, "there is no such column"))
    }

    /// A text.
    pub fn text(&self, column: &str) -> Result<String, StoreError> {
        self.opt_text(column)?.ok_or_else(|| Self::wrong(column, "is NULL"))
    }

    /// A text, or NULL.
    pub fn opt_text(&self, column: &str) -> Result<Option<String>, StoreError> {
        match self.get(column)? {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.clone())),
            Some(_) => Err(Self::wrong(column, "is no text")),
        }
    }

    /// An integer.
    pub fn int(&self, column: &str) -> Result<i64, StoreError> {
        self.opt_int(column)?.ok_or_else(|| Self::wrong(column, "is NULL"))
    }

    /// An integer, or NULL.
    pub fn opt_int(&self, column: &str) -> Result<Option<i64>, StoreError> {
        match self.get(column)? {
            None => Ok(None),
            Some(Value::Int(n)) => Ok(Some(*n)),
            Some(_) => Err(Self::wrong(column, "is no integer")),
        }
    }

    /// Bytes.
    pub fn blob(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        self.opt_blob(column)?.ok_or_else(|| Self::wrong(column, "is NULL"))
    }

    /// Bytes, or NULL.
    pub fn opt_blob(&self, column: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.get(column)? {
            None => Ok(None),
            Some(Value::Blob(bytes)) => Ok(Some(bytes.clone())),
            Some(_) => Err(Self::wrong(column, "is no bytes")),
        }
    }

    /// A time.
    pub fn time(&self, column: &str) -> Result<Time, StoreError> {
        self.int(column).map(Time::from_micros)
    }

    /// A time, or NULL.
    pub fn opt_time(&self, column: &str) -> Result<Option<Time>, StoreError> {
        Ok(self.opt_int(column)?.map(Time::from_micros))
    }

    /// A flag: 0 or 1.
    pub fn flag(&self, column: &str) -> Result<bool, StoreError> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Self::wrong(column, "is neither 0 nor 1")),
        }
    }
}
