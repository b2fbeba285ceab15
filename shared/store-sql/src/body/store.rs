//! The port itself: transactions, and what looks across orgs.

use async_trait::async_trait;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{ApiKeyId, BatchId, OrgId, RunId};
use stet_store::{ApiKeyRow, KeyCheck, Store, StoreError, Tx};

use super::api_keys::read_api_key;
use super::transaction::Query;
use super::{
    BEGIN_READ, BEGIN_WRITE, Columns, Engine, Row, Transaction, classify, key_checks, migrations, queries,
};

impl Engine {
    /// The rows of a statement that changes nothing.
    async fn look(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        query.fetch_all(&self.reader).await.map_err(classify)
    }

    async fn look_for_runs(&self, sql: &'static str, limit: u32) -> Result<Vec<(OrgId, RunId)>, StoreError> {
        let rows = self.look(sqlx::query(sql).bind(i64::from(limit))).await?;
        rows.iter()
            .map(|row| read_pair(row, "run_id").map(|(org, id)| (org, RunId::from_bytes(id))))
            .collect()
    }

    async fn look_for_batches(
        &self,
        sql: &'static str,
        limit: u32,
    ) -> Result<Vec<(OrgId, BatchId)>, StoreError> {
        let rows = self.look(sqlx::query(sql).bind(i64::from(limit))).await?;
        rows.iter()
            .map(|row| read_pair(row, "batch_id").map(|(org, id)| (org, BatchId::from_bytes(id))))
            .collect()
    }
}

#[async_trait]
impl Store for Engine {
    async fn begin(&self, org: &OrgId) -> Result<Box<dyn Tx>, StoreError> {
        let inner = self.writer.begin_with(BEGIN_WRITE).await.map_err(classify)?;
        Ok(Box::new(Transaction::new(inner, org.clone())))
    }

    async fn read(&self, org: &OrgId) -> Result<Box<dyn Tx>, StoreError> {
        let inner = self.reader.begin_with(BEGIN_READ).await.map_err(classify)?;
        Ok(Box::new(Transaction::new(inner, org.clone())))
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        let row = sqlx::query(queries::NOW).fetch_one(&self.reader).await.map_err(classify)?;
        Columns::of("clock", &row).time("now_us")
    }

    async fn ready(&self) -> Result<(), StoreError> {
        migrations::ready(self).await
    }

    async fn migrate(&self) -> Result<usize, StoreError> {
        migrations::migrate(self).await
    }

    async fn ensure_org(&self, org: &OrgId, at: Timestamp) -> Result<(), StoreError> {
        let query = sqlx::query(queries::ENSURE_ORG).bind(org.as_str().to_owned()).bind(at.0);
        query.execute(&self.writer).await.map_err(classify)?;
        Ok(())
    }

    async fn find_api_key(&self, id: &ApiKeyId) -> Result<Option<ApiKeyRow>, StoreError> {
        let rows = self.look(sqlx::query(queries::FIND_API_KEY).bind(id.as_str().to_owned())).await?;
        rows.first().map(read_api_key).transpose()
    }

    async fn key_checks(&self) -> Result<Vec<KeyCheck>, StoreError> {
        key_checks::list(self).await
    }

    async fn keep_key_checks(&self, checks: &[KeyCheck], at: Timestamp) -> Result<Vec<KeyCheck>, StoreError> {
        key_checks::keep(self, checks, at).await
    }

    async fn due_runs(&self, limit: u32) -> Result<Vec<(OrgId, RunId)>, StoreError> {
        self.look_for_runs(queries::DUE_RUNS, limit).await
    }

    async fn due_preflights(&self, limit: u32) -> Result<Vec<(OrgId, BatchId)>, StoreError> {
        self.look_for_batches(queries::DUE_PREFLIGHTS, limit).await
    }

    async fn expired_runs(&self, limit: u32) -> Result<Vec<(OrgId, RunId)>, StoreError> {
        self.look_for_runs(queries::EXPIRED_RUNS, limit).await
    }

    async fn finished_batches(&self, limit: u32) -> Result<Vec<(OrgId, BatchId)>, StoreError> {
        self.look_for_batches(queries::FINISHED_BATCHES, limit).await
    }

    async fn next_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = sqlx::query(queries::NEXT_DUE).fetch_one(&self.reader).await.map_err(classify)?;
        Columns::of("runs", &row).time_if("due_us")
    }

    async fn prune_idempotency(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let query = sqlx::query(queries::PRUNE_IDEMPOTENCY).bind(now.0).bind(i64::from(limit));
        query.execute(&self.writer).await.map(|done| done.rows_affected()).map_err(classify)
    }
}

fn read_pair(row: &Row, id: &str) -> Result<(OrgId, [u8; 16]), StoreError> {
    let columns = Columns::of("orgs", row);
    Ok((columns.named("org_id", |text| text.parse().ok())?, columns.array(id)?))
}
