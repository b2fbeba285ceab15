//! The ends of attempts, with what they exchanged.

use std::collections::HashSet;

use stet_domain::attempt::AttemptOutcome;
use stet_domain::clock::Timestamp;
use stet_domain::code::ErrorCode;
use stet_domain::ids::{Fence, RunId};
use stet_store::{Commits, ExchangeRow, StoreError};

use super::params::{integer, tell};
use super::{ClaimKey, Told, Transaction, queries, read_key};

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

/// Ends the attempts of runs that were written as `outcome`, recognises those that had been before, and fences the rest.
pub(super) async fn settle(
    tx: &mut Transaction,
    ends: &[AttemptEnd<'_>],
    written: &HashSet<ClaimKey>,
    outcome: AttemptOutcome,
) -> Result<Commits, StoreError> {
    let missing: Vec<&AttemptEnd<'_>> = ends.iter().filter(|end| !written.contains(&end.key())).collect();
    let known = tell(&missing, |end, row| tell_end(end, outcome, row));
    let recognised = tx.bulk(queries::RECOGNISE_ATTEMPTS, known).await?;
    let recognised: HashSet<ClaimKey> = recognised.iter().map(read_key).collect::<Result<_, _>>()?;
    let fenced: HashSet<ClaimKey> =
        missing.iter().map(|end| end.key()).filter(|key| !recognised.contains(key)).collect();
    end_attempts(tx, ends, |key| if fenced.contains(&key) { AttemptOutcome::Fenced } else { outcome })
        .await?;
    let (fenced, written): (Vec<_>, Vec<_>) = ends.iter().partition(|end| fenced.contains(&end.key()));
    Ok(Commits {
        written: written.iter().map(|end| end.run).collect(),
        recognised: recognised.iter().map(|(run, _)| *run).collect(),
        fenced: fenced.iter().map(|end| end.run).collect(),
    })
}

/// Writes ends and exchanges; an attempt that has its end keeps it.
pub(super) async fn end_attempts(
    tx: &mut Transaction,
    ends: &[AttemptEnd<'_>],
    outcome: impl Fn(ClaimKey) -> AttemptOutcome,
) -> Result<(), StoreError> {
    let told = tell(ends, |end, row| tell_end(end, outcome(end.key()), row));
    tx.bulk(queries::CLOSE_ATTEMPTS, told).await?;
    let exchanges = ends.iter().flat_map(|end| end.exchanges.iter().map(|exchange| (end.key(), exchange)));
    tx.bulk(queries::INSERT_EXCHANGES, tell(exchanges, tell_exchange)).await?;
    Ok(())
}

fn tell_end<'a>(end: &AttemptEnd<'a>, outcome: AttemptOutcome, row: &mut Told<'a>) {
    row.id("run", end.run.to_bytes());
    row.number("fence", end.fence.0);
    row.number("finished_at_us", end.finished_at.0);
    row.text("outcome", outcome.as_str());
    row.text("error_code", end.error_code.map(ErrorCode::as_str));
    row.text("error_detail", end.error_detail);
}

fn tell_exchange<'a>(((run, fence), exchange): (ClaimKey, &'a ExchangeRow), row: &mut Told<'a>) {
    row.id("run", run.to_bytes());
    row.number("fence", fence.0);
    row.number("ordinal", i64::from(exchange.ordinal));
    row.text("purpose", exchange.purpose.as_str());
    row.bytes("request_sha256", exchange.request_sha256.as_bytes().as_slice());
    row.body("request_body", exchange.request_body.as_slice());
    row.number("reply_status", exchange.reply_status.map(i64::from));
    row.text("provider_request_id", exchange.provider_request_id.as_deref());
    row.body("reply_body", exchange.reply_body.as_slice());
    row.number("latency_ms", integer(exchange.latency_ms));
}
