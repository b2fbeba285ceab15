//! Attempts, as read.

use std::collections::BTreeMap;

use async_trait::async_trait;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{Fence, RunId};
use stet_store::{AttemptRow, Attempts, ExchangeRow, StoreError};

use super::{Columns, Row, Transaction, queries};

#[async_trait]
impl Attempts for Transaction {
    async fn list_attempts(&mut self, run: RunId) -> Result<Vec<AttemptRow>, StoreError> {
        let query = self.scoped(queries::LIST_EXCHANGES).bind(run.to_bytes().to_vec());
        let mut exchanges: BTreeMap<Fence, Vec<ExchangeRow>> = BTreeMap::new();
        for row in &self.all(query).await? {
            let (fence, exchange) = read_exchange(row)?;
            exchanges.entry(fence).or_default().push(exchange);
        }
        let query = self.scoped(queries::LIST_ATTEMPTS).bind(run.to_bytes().to_vec());
        let rows = self.all(query).await?;
        rows.iter().map(|row| read_attempt(row, &mut exchanges)).collect()
    }
}

fn read_attempt(
    row: &Row,
    exchanges: &mut BTreeMap<Fence, Vec<ExchangeRow>>,
) -> Result<AttemptRow, StoreError> {
    let columns = Columns::of("attempts", row);
    let fence = Fence(columns.get("fence")?);
    Ok(AttemptRow {
        run: RunId::from_bytes(columns.array("run_id")?),
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
