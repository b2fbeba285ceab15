//! Attempts, as read.

use std::collections::BTreeMap;

use async_trait::async_trait;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{BatchId, Fence, RunId};
use stet_store::{AttemptRow, Attempts, ExchangeRow, StoreError};

use super::{Columns, Row, Transaction, queries};

#[async_trait]
impl Attempts for Transaction {
    async fn list_attempts(&mut self, run: RunId) -> Result<Vec<AttemptRow>, StoreError> {
        list(self, "attempts", (queries::LIST_ATTEMPTS, queries::LIST_EXCHANGES), run.to_bytes()).await
    }

    async fn list_preflight_attempts(&mut self, batch: BatchId) -> Result<Vec<AttemptRow>, StoreError> {
        let statements = (queries::LIST_PREFLIGHT_ATTEMPTS, queries::LIST_PREFLIGHT_EXCHANGES);
        list(self, "preflight_attempts", statements, batch.to_bytes()).await
    }
}

/// The attempts at one thing, each with its exchanges.
async fn list(
    tx: &mut Transaction,
    table: &'static str,
    (attempts, exchanges): (&'static str, &'static str),
    of: [u8; 16],
) -> Result<Vec<AttemptRow>, StoreError> {
    let query = tx.scoped(exchanges).bind(of.to_vec());
    let mut by_fence: BTreeMap<Fence, Vec<ExchangeRow>> = BTreeMap::new();
    for row in &tx.all(query).await? {
        let (fence, exchange) = read_exchange(row)?;
        by_fence.entry(fence).or_default().push(exchange);
    }
    let query = tx.scoped(attempts).bind(of.to_vec());
    let rows = tx.all(query).await?;
    rows.iter().map(|row| read_attempt(Columns::of(table, row), &mut by_fence)).collect()
}

fn read_attempt(
    columns: Columns<'_>,
    exchanges: &mut BTreeMap<Fence, Vec<ExchangeRow>>,
) -> Result<AttemptRow, StoreError> {
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
