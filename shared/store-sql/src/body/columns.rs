//! Reading typed columns out of rows.

use sqlx::Row as _;
use stet_domain::Digest;
use stet_domain::clock::Timestamp;
use stet_store::StoreError;

use super::{Db, Row};

/// A row, and the table whose name an error gives.
#[derive(Clone, Copy)]
pub(in super::super) struct Columns<'r> {
    row: &'r Row,
    table: &'static str,
}

impl<'r> Columns<'r> {
    pub(in super::super) fn of(table: &'static str, row: &'r Row) -> Self {
        Self { row, table }
    }

    /// A column that holds what no version of Stet writes.
    pub(in super::super) fn corrupt(&self, column: &str, detail: &impl ToString) -> StoreError {
        StoreError::Corrupt { what: format!("{}.{column}", self.table), detail: detail.to_string() }
    }

    pub(in super::super) fn get<T>(&self, column: &str) -> Result<T, StoreError>
    where
        T: sqlx::Decode<'r, Db> + sqlx::Type<Db>,
    {
        self.row.try_get(column).map_err(|error| self.corrupt(column, &error))
    }

    pub(in super::super) fn text(&self, column: &str) -> Result<String, StoreError> {
        self.get(column)
    }

    pub(in super::super) fn bytes(&self, column: &str) -> Result<Vec<u8>, StoreError> {
        self.get(column)
    }

    pub(in super::super) fn time(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.get(column).map(Timestamp)
    }

    pub(in super::super) fn time_if(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        Ok(self.get::<Option<i64>>(column)?.map(Timestamp))
    }

    /// An integer in the range of `T`.
    pub(in super::super) fn number<T>(&self, column: &str) -> Result<T, StoreError>
    where
        T: TryFrom<i64, Error: ToString>,
    {
        T::try_from(self.get::<i64>(column)?).map_err(|error| self.corrupt(column, &error))
    }

    /// An integer in the range of `T`, or null.
    pub(in super::super) fn number_if<T>(&self, column: &str) -> Result<Option<T>, StoreError>
    where
        T: TryFrom<i64, Error: ToString>,
    {
        self.get::<Option<i64>>(column)?
            .map(|value| T::try_from(value).map_err(|error| self.corrupt(column, &error)))
            .transpose()
    }

    /// 0 or 1, or null; nothing else is a truth value.
    pub(in super::super) fn flag_if(&self, column: &str) -> Result<Option<bool>, StoreError> {
        match self.get::<Option<i64>>(column)? {
            None => Ok(None),
            Some(0) => Ok(Some(false)),
            Some(1) => Ok(Some(true)),
            Some(other) => Err(self.corrupt(column, &format!("{other} is neither 0 nor 1"))),
        }
    }

    /// Exactly `N` bytes.
    pub(in super::super) fn array<const N: usize>(&self, column: &str) -> Result<[u8; N], StoreError> {
        self.exact(column, &self.bytes(column)?)
    }

    /// Exactly `N` bytes, or null.
    pub(in super::super) fn array_if<const N: usize>(
        &self,
        column: &str,
    ) -> Result<Option<[u8; N]>, StoreError> {
        self.get::<Option<Vec<u8>>>(column)?.map(|bytes| self.exact(column, &bytes)).transpose()
    }

    pub(in super::super) fn digest(&self, column: &str) -> Result<Digest, StoreError> {
        self.array(column).map(Digest::from_bytes)
    }

    pub(in super::super) fn digest_if(&self, column: &str) -> Result<Option<Digest>, StoreError> {
        Ok(self.array_if(column)?.map(Digest::from_bytes))
    }

    /// A member of a closed set, by its name.
    pub(in super::super) fn named<T>(
        &self,
        column: &str,
        find: impl Fn(&str) -> Option<T>,
    ) -> Result<T, StoreError> {
        let text = self.text(column)?;
        find(&text).ok_or_else(|| self.corrupt(column, &format!("{text:?} is no member")))
    }

    /// A member of a closed set, or null.
    pub(in super::super) fn named_if<T>(
        &self,
        column: &str,
        find: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        self.get::<Option<String>>(column)?
            .map(|text| find(&text).ok_or_else(|| self.corrupt(column, &format!("{text:?} is no member"))))
            .transpose()
    }

    fn exact<const N: usize>(&self, column: &str, bytes: &[u8]) -> Result<[u8; N], StoreError> {
        bytes.try_into().map_err(|error| self.corrupt(column, &error))
    }
}
