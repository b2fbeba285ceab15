//! Attempts, as read.

use std::collections::BTreeMap;

use async_trait::async_trait;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{BatchId, Fence, RunId};
use stet_store::{AttemptRow, Attempts, ExchangeRow, StoreError};

use super::runs::pack_ids;
use super::{Columns, Row, Transaction, queries};

#[async_trait]
impl Attempts for Transaction {
    async fn list_attempts_of(
        &mut self,
        runs: &[RunId],
    ) -> Result<BTreeMap<RunId, Vec<AttemptRow>>, StoreError> {
        let mut exchanges: BTreeMap<RunId, Exchanges> = BTreeMap::new();
        for row in &self.bulk(queries::LIST_EXCHANGES, pack_ids(runs)?).await? {
            let run = Columns::of("exchanges", row).array("run_id").map(RunId::from_bytes)?;
            keep_exchange(exchanges.entry(run).or_default(), row)?;
        }
        let mut attempts: BTreeMap<RunId, Vec<AttemptRow>> = BTreeMap::new();
        for row in &self.bulk(queries::LIST_ATTEMPTS, pack_ids(runs)?).await? {
            let columns = Columns::of("attempts", row);
            let run = columns.array("run_id").map(RunId::from_bytes)?;
            let attempt = read_attempt(columns, exchanges.entry(run).or_default())?;
            attempts.entry(run).or_default().push(attempt);
        }
        Ok(attempts)
    }

    async fn list_preflight_attempts(&mut self, batch: BatchId) -> Result<Vec<AttemptRow>, StoreError> {
        let mut exchanges = Exchanges::new();
        let query = self.scoped(queries::LIST_PREFLIGHT_EXCHANGES).bind(batch.to_bytes().to_vec());
        for row in &self.all(query).await? {
            keep_exchange(&mut exchanges, row)?;
        }
        let query = self.scoped(queries::LIST_PREFLIGHT_ATTEMPTS).bind(batch.to_bytes().to_vec());
        let rows = self.all(query).await?;
        rows.iter().map(|row| read_attempt(Columns::of("preflight_attempts", row), &mut exchanges)).collect()
    }
}

/// The exchanges of one thing's attempts.
type Exchanges = BTreeMap<Fence, Vec<ExchangeRow>>;

fn keep_exchange(exchanges: &mut Exchanges, row: &Row) -> Result<(), StoreError> {
    let (fence, exchange) = read_exchange(row)?;
    exchanges.entry(fence).or_default().push(exchange);
    Ok(())
}

fn read_attempt(columns: Columns<'_>, exchanges: &mut Exchanges) -> Result<AttemptRow, StoreError> {
    let fence = Fence(columns.get("fence")?);
    Ok(AttemptRow {
        fence,
        worker: columns.text("worker")?,
        started_at: columns.time("started_at_us")?,
        finished_at: columns.time_if("finished_at_us")?,
        outcome: columns.named_if("outcome", AttemptOutcome::named)?,
        error_code: columns.named_if("error_code", ErrorCode::named)?,
        error_detail: columns.get("error_detail")?,
        exchanges: exchanges.remove(&fence).unwrap_or_default(),
    })
}

fn read_exchange(row: &Row) -> Result<(Fence, ExchangeRow), StoreError> {
    let columns = Columns::of("exchanges", row);
    let exchange = ExchangeRow {
        ordinal: columns.number("ordinal")?,
        purpose: columns.text("purpose")?,
        request_sha256: columns.digest("request_sha256")?,
        request_body: columns.bytes("request_body")?,
        reply_status: columns.number_if("reply_status")?,
        provider_request_id: columns.get("provider_request_id")?,
        reply_body: columns.bytes("reply_body")?,
        latency_ms: columns.number("latency_ms")?,
    };
    Ok((Fence(columns.get("fence")?), exchange))
}
