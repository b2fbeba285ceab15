//! Verification of a look at the canary prompts.

use super::{Disagreement, holds, same_digest, sealed};
use crate::canary::CanaryOutcomes;
use crate::code::ErrorCode;
use crate::record::{CanaryRecord, ExchangeRecord, RecordKeys, Seal};

/// What an exchange for a canary prompt is for.
pub const CANARY_PURPOSE: &str = "canary";

/// Checks the seal of a stored look, and that each outcome is of the request that was sent for it; the exchanges themselves are
/// [`super::verify_exchanges`]' to compare. Answers the outcomes.
///
/// # Errors
/// The first [`Disagreement`].
pub fn verify_canary(
    record: &CanaryRecord<'_>,
    keys: &RecordKeys,
    seal: &Seal,
    exchanges: &[ExchangeRecord<'_>],
) -> Result<CanaryOutcomes, Disagreement> {
    sealed(record, keys, seal)?;
    let outcomes = CanaryOutcomes::parse(record.outcomes).map_err(|error| Disagreement {
        field: "outcomes".into(),
        code: ErrorCode::HashMismatch,
        detail: error.to_string(),
    })?;
    let sent: Vec<_> = exchanges.iter().filter(|exchange| exchange.purpose == CANARY_PURPOSE).collect();
    let named: Vec<_> = outcomes.0.iter().filter_map(|outcome| outcome.request_sha256).collect();
    holds("outcomes", named.len() == sent.len(), || {
        format!("{} outcomes name a request, {} prompts were sent", named.len(), sent.len())
    })?;
    for (index, (request_sha256, exchange)) in named.into_iter().zip(sent).enumerate() {
        same_digest(format!("outcomes/{index}"), request_sha256, exchange.request_sha256)?;
    }
    Ok(outcomes)
}
