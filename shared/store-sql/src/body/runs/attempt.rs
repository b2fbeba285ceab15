//! The ends of attempts, with what they exchanged.

use std::collections::HashSet;

use serde::Serialize;
use stet_domain::attempt::AttemptOutcome;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{Fence, RunId};
use stet_store::{Commits, ExchangeRow, StoreError};

use super::params::{Bytes, Hex, Place, integer, pack, pack_with_bytes};
use super::{ClaimKey, Transaction, queries, read_ids};

/// How an attempt ended, as its worker tells it.
pub(super) struct AttemptEnd<'a> {
    pub(super) run: RunId,
    pub(super) fence: Fence,
    pub(super) finished_at: Timestamp,
    pub(super) error_code: Option<ErrorCode>,
    pub(super) error_detail: Option<&'a str>,
    pub(super) exchanges: &'a [ExchangeRow],
}

impl AttemptEnd<'_> {
    fn key(&self) -> ClaimKey {
        (self.run, self.fence)
    }
}

#[derive(Serialize)]
struct End<'a> {
    run: Hex<[u8; 16]>,
    fence: i64,
    finished_at_us: i64,
    outcome: &'static str,
    error_code: Option<&'static str>,
    error_detail: Option<&'a str>,
}

#[derive(Serialize)]
struct Exchange<'a> {
    run: Hex<[u8; 16]>,
    fence: i64,
    ordinal: u32,
    purpose: &'a str,
    request_sha256: Hex<[u8; 32]>,
    request_body: Place,
    reply_status: Option<u16>,
    provider_request_id: Option<&'a str>,
    reply_body: Place,
    latency_ms: i64,
}

/// Ends the attempts of runs that were written as `outcome`, recognises those that had been before, and fences the rest.
pub(super) async fn settle(
    tx: &mut Transaction,
    ends: &[AttemptEnd<'_>],
    written: &HashSet<ClaimKey>,
    outcome: AttemptOutcome,
) -> Result<Commits, StoreError> {
    let missing: Vec<&AttemptEnd<'_>> = ends.iter().filter(|end| !written.contains(&end.key())).collect();
    let known = pack(missing.iter().map(|end| tell(end, outcome)))?;
    let recognised: HashSet<RunId> =
        read_ids(&tx.bulk(queries::RECOGNISE_ATTEMPTS, known).await?)?.into_iter().collect();
    let fenced: HashSet<ClaimKey> =
        missing.iter().filter(|end| !recognised.contains(&end.run)).map(|end| end.key()).collect();
    end_attempts(tx, ends, |key| if fenced.contains(&key) { AttemptOutcome::Fenced } else { outcome })
        .await?;
    let (fenced, written): (Vec<_>, Vec<_>) = ends.iter().partition(|end| fenced.contains(&end.key()));
    Ok(Commits {
        written: written.iter().map(|end| end.run).collect(),
        fenced: fenced.iter().map(|end| end.run).collect(),
    })
}

/// Writes ends and exchanges; an attempt that has its end keeps it.
pub(super) async fn end_attempts(
    tx: &mut Transaction,
    ends: &[AttemptEnd<'_>],
    outcome: impl Fn(ClaimKey) -> AttemptOutcome,
) -> Result<(), StoreError> {
    let told = pack(ends.iter().map(|end| tell(end, outcome(end.key()))))?;
    tx.bulk(queries::CLOSE_ATTEMPTS, told).await?;
    let exchanges = ends.iter().flat_map(|end| end.exchanges.iter().map(|exchange| (end.key(), exchange)));
    tx.bulk_with_bytes(queries::INSERT_EXCHANGES, pack_with_bytes(exchanges, exchange_of)?).await
}

pub(super) async fn close_attempt(
    tx: &mut Transaction,
    run: RunId,
    fence: Fence,
    outcome: AttemptOutcome,
    exchanges: &[ExchangeRow],
    at: Timestamp,
) -> Result<(), StoreError> {
    let end = AttemptEnd { run, fence, finished_at: at, error_code: None, error_detail: None, exchanges };
    end_attempts(tx, &[end], |_| outcome).await
}

fn tell<'a>(end: &AttemptEnd<'a>, outcome: AttemptOutcome) -> End<'a> {
    End {
        run: Hex(end.run.to_bytes()),
        fence: end.fence.0,
        finished_at_us: end.finished_at.0,
        outcome: outcome.as_str(),
        error_code: end.error_code.map(ErrorCode::as_str),
        error_detail: end.error_detail,
    }
}

fn exchange_of<'a>(((run, fence), exchange): (ClaimKey, &'a ExchangeRow), bytes: &mut Bytes) -> Exchange<'a> {
    Exchange {
        run: Hex(run.to_bytes()),
        fence: fence.0,
        ordinal: exchange.ordinal,
        purpose: &exchange.purpose,
        request_sha256: Hex(exchange.request_sha256.to_bytes()),
        request_body: bytes.put(&exchange.request_body),
        reply_status: exchange.reply_status,
        provider_request_id: exchange.provider_request_id.as_deref(),
        reply_body: bytes.put(&exchange.reply_body),
        latency_ms: integer(exchange.latency_ms),
    }
}
