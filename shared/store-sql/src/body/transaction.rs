//! A transaction of one org.

use async_trait::async_trait;
use stet_domain::ids::OrgId;
use stet_store::{StoreError, Tx};

use super::params::PackWithBytes;
use super::{Db, Row, classify};

/// A statement with its parameters.
pub(super) type Query = sqlx::query::Query<'static, Db, <Db as sqlx::Database>::Arguments>;

/// An open transaction; every statement in it is scoped to its org.
pub(super) struct Transaction {
    inner: sqlx::Transaction<'static, Db>,
    pub(super) org: OrgId,
}

impl Transaction {
    pub(super) fn new(inner: sqlx::Transaction<'static, Db>, org: OrgId) -> Self {
        Self { inner, org }
    }

    /// The statement with the org as its first parameter: the only way to make one here.
    pub(super) fn scoped(&self, sql: &'static str) -> Query {
        sqlx::query(sql).bind(self.org.as_str().to_owned())
    }

    /// Runs a statement; answers how many rows it changed.
    pub(super) async fn run(&mut self, query: Query) -> Result<u64, StoreError> {
        query.execute(&mut *self.inner).await.map(|done| done.rows_affected()).map_err(classify)
    }

    /// All rows of a statement.
    pub(super) async fn all(&mut self, query: Query) -> Result<Vec<Row>, StoreError> {
        query.fetch_all(&mut *self.inner).await.map_err(classify)
    }

    /// The first row of a statement.
    pub(super) async fn optional(&mut self, query: Query) -> Result<Option<Row>, StoreError> {
        query.fetch_optional(&mut *self.inner).await.map_err(classify)
    }

    /// Runs a statement once per JSON parameter, its second; answers the rows of all.
    pub(super) async fn bulk(
        &mut self,
        sql: &'static str,
        packs: Vec<String>,
    ) -> Result<Vec<Row>, StoreError> {
        self.bulk_with(sql, packs, |query| query).await
    }

    /// Runs a statement once per pack: the rows are its second parameter, the bytes beside them its third.
    pub(super) async fn bulk_with_bytes(
        &mut self,
        sql: &'static str,
        packs: Vec<PackWithBytes>,
    ) -> Result<(), StoreError> {
        for pack in packs {
            let query = self.scoped(sql).bind(pack.rows).bind(pack.bytes);
            self.run(query).await?;
        }
        Ok(())
    }

    /// As [`Self::bulk`], with further parameters.
    pub(super) async fn bulk_with(
        &mut self,
        sql: &'static str,
        packs: Vec<String>,
        bind: impl Fn(Query) -> Query + Send + Sync,
    ) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        for pack in packs {
            let query = bind(self.scoped(sql).bind(pack));
            rows.append(&mut self.all(query).await?);
        }
        Ok(rows)
    }
}

#[async_trait]
impl Tx for Transaction {
    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        self.inner.commit().await.map_err(classify)
    }
}
