//! Attempts that ended in a retryable error.

use std::collections::HashSet;

use serde::Serialize;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::ids::RunId;
use stet_store::{Commits, RetryRow, StoreError};

use super::attempt::{AttemptEnd, settle};
use super::params::{Hex, delay, pack};
use super::sweep::cancel_ended;
use super::{ClaimKey, Transaction, queries, read_key};

#[derive(Serialize)]
struct Retry {
    run: Hex<[u8; 16]>,
    fence: i64,
    delay_ms: i64,
    burn: u8,
}

pub(super) async fn retry_runs(tx: &mut Transaction, retries: &[RetryRow]) -> Result<Commits, StoreError> {
    let mut seen = HashSet::new();
    let retries: Vec<&RetryRow> =
        retries.iter().filter(|retry| seen.insert((retry.run, retry.fence))).collect();
    let told = pack(retries.iter().map(|retry| Retry {
        run: Hex(retry.run.to_bytes()),
        fence: retry.fence.0,
        delay_ms: delay(retry.delay_ms),
        burn: u8::from(retry.burn),
    }))?;
    let rows = tx.bulk(queries::RETRY_RUNS, told).await?;
    let written = rows.iter().map(read_key).collect::<Result<HashSet<ClaimKey>, _>>()?;
    let ends: Vec<_> = retries
        .iter()
        .map(|retry| AttemptEnd {
            run: retry.run,
            fence: retry.fence,
            finished_at: retry.finished_at,
            error_code: Some(retry.error_code),
            error_detail: Some(&retry.error_detail),
            exchanges: &retry.exchanges,
        })
        .collect();
    let commits = settle(tx, &ends, &written, AttemptOutcome::Retried).await?;
    let ids: Vec<RunId> = written.iter().map(|(run, _)| *run).collect();
    cancel_ended(tx, &ids).await?;
    Ok(commits)
}
