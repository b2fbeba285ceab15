//! Verification: every hash and HMAC of a stored row recomputed, and the first field that disagrees named (system.md, "Immutability and integrity").

mod exchanges;
mod run;
mod template;

use std::borrow::Cow;

use stet_canon::Digest;

pub use exchanges::verify_exchanges;
pub use run::{RunContext, verify_run};
pub use template::verify_template;

use crate::code::ErrorCode;
use crate::record::SealCheck;

/// The first field of a row that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {field}: {detail}")]
pub struct Disagreement {
    /// The column; a place in a list stands between slashes.
    pub field: Cow<'static, str>,
    /// `HASH_MISMATCH`, `HMAC_MISMATCH` or `RECORD_KEY_UNKNOWN`.
    pub code: ErrorCode,
    /// What is stored and what was found; content is not repeated, only digests and short values.
    pub detail: String,
}

/// Characters of a value that a detail repeats at most.
const SHOWN_CHARS: usize = 100;

/// Holds a stored digest against the recomputed one.
///
/// # Errors
/// The [`Disagreement`].
pub fn same_digest(
    field: impl Into<Cow<'static, str>>,
    stored: Digest,
    computed: Digest,
) -> Result<(), Disagreement> {
    holds(field, stored == computed, || format!("stored {stored}, recomputed {computed}"))
}

fn same_text(field: impl Into<Cow<'static, str>>, stored: &str, covered: &str) -> Result<(), Disagreement> {
    let short = |text: &str| text.chars().take(SHOWN_CHARS).collect::<String>();
    holds(field, stored == covered, || {
        format!("the column has {:?}, the hash covers {:?}", short(stored), short(covered))
    })
}

/// Names the field where something does not hold.
///
/// # Errors
/// The [`Disagreement`].
pub fn holds(
    field: impl Into<Cow<'static, str>>,
    holds: bool,
    detail: impl FnOnce() -> String,
) -> Result<(), Disagreement> {
    if holds {
        Ok(())
    } else {
        Err(Disagreement { field: field.into(), code: ErrorCode::HashMismatch, detail: detail() })
    }
}

fn sealed(check: SealCheck, key_id: &str) -> Result<(), Disagreement> {
    let (code, detail) = match check {
        SealCheck::Intact => return Ok(()),
        SealCheck::Broken => {
            (ErrorCode::HmacMismatch, format!("the record is not the one sealed under the key {key_id:?}"))
        }
        SealCheck::KeyUnknown => {
            (ErrorCode::RecordKeyUnknown, format!("there is no record key {key_id:?} on this server"))
        }
    };
    Err(Disagreement { field: "record_hmac".into(), code, detail })
}

#[cfg(test)]
mod tests;
