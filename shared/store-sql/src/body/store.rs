//! The port itself: transactions, and what looks across orgs.

use async_trait::async_trait;
use stet_domain::Provider;
use stet_domain::clock::Timestamp;
use stet_domain::ids::{ApiKeyId, BatchId, OrgId, RunId, ScheduleId};
use stet_store::{
    ApiKeyRow, Backlog, Horizon, KeyCheck, OfferedPreflight, OfferedRun, Store, StoreError, Tx, Wanted,
};

use super::api_keys::read_api_key;
use super::segments::read_horizon;
use super::transaction::{ANSWER_WITHIN, Access, Query, in_time};
use super::{
    BEGIN_READ, BEGIN_WRITE, Columns, Db, Engine, LEARN_SIZES, Row, Transaction, backlog, classify,
    key_checks, migrations, offers, queries,
};

impl Engine {
    /// A statement outside of any org's transaction.
    pub(super) fn statement(&self, sql: &'static str) -> Query {
        sqlx::query(sql).persistent(self.named_statements)
    }

    /// A transaction of the org on the pool.
    async fn transaction(
        &self,
        pool: &sqlx::Pool<Db>,
        access: Access,
        org: &OrgId,
    ) -> Result<Transaction, StoreError> {
        Transaction::begin(pool, access, org, self.named_statements).await
    }

    /// The rows of a statement that changes nothing and is of no org.
    pub(super) async fn look(&self, query: Query) -> Result<Vec<Row>, StoreError> {
        if self.named_statements {
            return in_time(Some(ANSWER_WITHIN), query.fetch_all(&self.reader)).await.map_err(classify);
        }
        // An unnamed statement is planned in one message and run in the next: without a transaction a pooler may send them to two servers. In a task of its
        // own, for the reason that `Transaction::begin` gives.
        let pool = self.reader.clone();
        let looked = tokio::spawn(async move {
            let look = async {
                let mut tx = pool.begin_with(BEGIN_READ).await?;
                let rows = query.fetch_all(&mut *tx).await?;
                tx.commit().await?;
                Ok(rows)
            };
            in_time(Some(ANSWER_WITHIN), look).await.map_err(classify)
        });
        looked.await.unwrap_or_else(|error| {
            Err(StoreError::Engine { detail: error.to_string(), source: Box::new(error) })
        })
    }

    /// The one row of such a statement.
    pub(in super::super) async fn look_at(&self, sql: &'static str) -> Result<Row, StoreError> {
        let mut rows = self.look(self.statement(sql)).await?;
        rows.pop().ok_or_else(|| classify(sqlx::Error::RowNotFound))
    }

    async fn look_for_runs(&self, sql: &'static str, limit: u32) -> Result<Vec<(OrgId, RunId)>, StoreError> {
        let rows = self.look(self.statement(sql).bind(i64::from(limit))).await?;
        rows.iter()
            .map(|row| read_pair(row, "run_id").map(|(org, id)| (org, RunId::from_bytes(id))))
            .collect()
    }

    async fn look_for_batches(
        &self,
        sql: &'static str,
        limit: u32,
    ) -> Result<Vec<(OrgId, BatchId)>, StoreError> {
        let rows = self.look(self.statement(sql).bind(i64::from(limit))).await?;
        rows.iter()
            .map(|row| read_pair(row, "batch_id").map(|(org, id)| (org, BatchId::from_bytes(id))))
            .collect()
    }
}

#[async_trait]
impl Store for Engine {
    async fn begin(&self, org: &OrgId) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.transaction(&self.writer, Access::WRITE, org).await?))
    }

    async fn read(&self, org: &OrgId) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.transaction(&self.reader, Access::READ, org).await?))
    }

    async fn begin_renewal(&self, org: &OrgId) -> Result<Box<dyn Tx>, StoreError> {
        Ok(Box::new(self.transaction(&self.renewer, Access::WRITE, org).await?))
    }

    async fn now(&self) -> Result<Timestamp, StoreError> {
        let row = self.look_at(queries::NOW).await?;
        Columns::of("clock", &row).time("now_us")
    }

    async fn ready(&self) -> Result<(), StoreError> {
        migrations::ready(self).await
    }

    async fn migrate(&self) -> Result<usize, StoreError> {
        migrations::migrate(self).await
    }

    async fn ensure_org(&self, org: &OrgId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = Box::new(self.transaction(&self.writer, Access::WRITE, org).await?);
        let query = tx.scoped(queries::ENSURE_ORG).bind(at.0);
        tx.run(query).await?;
        tx.commit().await
    }

    async fn find_api_key(&self, id: &ApiKeyId) -> Result<Option<ApiKeyRow>, StoreError> {
        let rows = self.look(self.statement(queries::FIND_API_KEY).bind(id.as_str().to_owned())).await?;
        rows.first().map(read_api_key).transpose()
    }

    async fn key_checks(&self) -> Result<Vec<KeyCheck>, StoreError> {
        key_checks::list(self).await
    }

    async fn keep_key_checks(&self, checks: &[KeyCheck], at: Timestamp) -> Result<Vec<KeyCheck>, StoreError> {
        match key_checks::keep(self, checks, at).await {
            // Another process started at the same moment and was first: what it wrote is there to be compared now.
            Err(StoreError::Conflict { .. }) => key_checks::keep(self, checks, at).await,
            kept => kept,
        }
    }

    async fn offered_runs(&self, wanted: &Wanted) -> Result<Vec<OfferedRun>, StoreError> {
        offers::runs(self, wanted).await
    }

    async fn hinted_runs(
        &self,
        hinted: &[(OrgId, RunId)],
        providers: &[Provider],
    ) -> Result<Vec<OfferedRun>, StoreError> {
        offers::hinted(self, hinted, providers).await
    }

    async fn offered_preflights(&self, wanted: &Wanted) -> Result<Vec<OfferedPreflight>, StoreError> {
        offers::preflights(self, wanted).await
    }

    async fn expired_runs(&self, limit: u32) -> Result<Vec<(OrgId, RunId)>, StoreError> {
        self.look_for_runs(queries::EXPIRED_RUNS, limit).await
    }

    async fn finished_batches(&self, limit: u32) -> Result<Vec<(OrgId, BatchId)>, StoreError> {
        self.look_for_batches(queries::FINISHED_BATCHES, limit).await
    }

    async fn horizon(&self) -> Result<Horizon, StoreError> {
        read_horizon(&self.look_at(queries::HORIZON).await?)
    }

    async fn unsealed_orgs(&self, limit: u32) -> Result<Vec<(OrgId, Timestamp)>, StoreError> {
        let rows = self.look(self.statement(queries::UNSEALED_ORGS).bind(i64::from(limit))).await?;
        rows.iter()
            .map(|row| {
                let columns = Columns::of("orgs", row);
                Ok((columns.named("org_id", |text| text.parse().ok())?, columns.time("since_us")?))
            })
            .collect()
    }

    async fn due_schedules(&self, limit: u32) -> Result<Vec<(OrgId, ScheduleId)>, StoreError> {
        let rows = self.look(self.statement(queries::DUE_SCHEDULES).bind(i64::from(limit))).await?;
        rows.iter()
            .map(|row| read_pair(row, "schedule_id").map(|(org, id)| (org, ScheduleId::from_bytes(id))))
            .collect()
    }

    async fn audited_orgs(&self) -> Result<Vec<OrgId>, StoreError> {
        let rows = self.look(self.statement(queries::AUDITED_ORGS)).await?;
        rows.iter().map(|row| Columns::of("orgs", row).named("org_id", |text| text.parse().ok())).collect()
    }

    async fn next_offer(&self, providers: &[Provider]) -> Result<Option<Timestamp>, StoreError> {
        offers::next(self, providers).await
    }

    async fn backlog(&self) -> Result<Vec<Backlog>, StoreError> {
        backlog::read(self).await
    }

    async fn prune_idempotency(&self, now: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let query = self.statement(queries::PRUNE_IDEMPOTENCY).bind(now.0).bind(i64::from(limit));
        let mut tx = self.writer.begin_with(BEGIN_WRITE).await.map_err(classify)?;
        let pruned = query.execute(&mut *tx).await.map_err(classify)?.rows_affected();
        tx.commit().await.map_err(classify)?;
        Ok(pruned)
    }

    async fn learn_sizes(&self) -> Result<u64, StoreError> {
        let Some(learn) = LEARN_SIZES else { return Ok(0) };
        let query = self.statement(learn);
        let mut tx = self.writer.begin_with(BEGIN_WRITE).await.map_err(classify)?;
        let row = in_time(Some(ANSWER_WITHIN), query.fetch_one(&mut *tx)).await.map_err(classify)?;
        tx.commit().await.map_err(classify)?;
        Columns::of("learn_sizes", &row).number("looked_at")
    }
}

fn read_pair(row: &Row, id: &str) -> Result<(OrgId, [u8; 16]), StoreError> {
    let columns = Columns::of("orgs", row);
    Ok((columns.named("org_id", |text| text.parse().ok())?, columns.array(id)?))
}
