//! Verification of what was exchanged with the provider.

use stet_canon::Json;

use super::{Disagreement, holds, same_text};
use crate::code::ErrorCode;
use crate::record::ExchangeRecord;

/// Compares the exchanges of a recorded attempt with what was sealed of them; the seal itself is the run's to check.
///
/// # Errors
/// The first [`Disagreement`], such as `exchanges/0/reply_body`.
pub fn verify_exchanges(sealed: &[u8], found: &[ExchangeRecord<'_>]) -> Result<(), Disagreement> {
    let covered = match Json::parse(sealed) {
        Ok(Json::Array(covered)) => covered,
        Ok(other) => return Err(unsealed(format!("a list is needed, this is {}", other.type_name()))),
        Err(refusal) => return Err(unsealed(format!("the sealed bytes are no JSON: {refusal}"))),
    };
    for (index, (covered, found)) in covered.iter().zip(found).enumerate() {
        for (name, column) in found.columns() {
            let covers = covered.get(name).map_or_else(|| "nothing".to_owned(), Json::to_canonical_string);
            same_text(format!("exchanges/{index}/{name}"), &column.to_canonical_string(), &covers)?;
        }
    }
    let first_odd = covered.len().min(found.len());
    holds(format!("exchanges/{first_odd}"), covered.len() == found.len(), || {
        format!("{} exchanges were sealed, {} are stored", covered.len(), found.len())
    })
}

fn unsealed(detail: String) -> Disagreement {
    Disagreement { field: "sealed_exchanges".into(), code: ErrorCode::HashMismatch, detail }
}
