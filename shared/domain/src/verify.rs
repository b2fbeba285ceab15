//! Verification: every hash and HMAC of a stored row recomputed, and the first field that disagrees named (system.md, "Immutability and integrity").

mod batch;
mod canary;
mod cells;
mod exchanges;
mod lock;
mod run;
mod segment;
mod step2;
mod template;

use std::borrow::Cow;

use stet_canon::Digest;

pub use batch::{BatchContext, verify_batch};
pub use canary::{CANARY_PURPOSE, verify_canary};
pub use cells::{CellRecord, CellsCheck};
pub use exchanges::verify_exchanges;
pub use lock::verify_lock;
pub use run::{RunContext, verify_run};
pub use segment::{StoredSegment, verify_segment};
pub use step2::verify_step2;
pub use template::verify_template;

use crate::code::ErrorCode;
use crate::record::{Record, RecordKeys, Seal, SealCheck};

/// The first field of a row that does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {field}: {detail}")]
pub struct Disagreement {
    /// The column; a place in a list stands between slashes.
    pub field: Cow<'static, str>,
    /// `HASH_MISMATCH`, `HMAC_MISMATCH`, `RECORD_KEY_UNKNOWN`, `RECORD_KEY_RETIRED`, `RECORD_MISSING`, `RECORD_UNSEALED` or `COUNTER_MISMATCH`.
    pub code: ErrorCode,
    /// What is stored and what was found; content is not repeated, only digests and short values.
    pub detail: String,
}

impl Disagreement {
    /// The same within the list or row that the field stands in, such as `lock_epochs/1`.
    #[must_use]
    pub fn within(mut self, place: &str) -> Self {
        self.field = format!("{place}/{}", self.field).into();
        self
    }
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

/// Checks the seal of a stored record.
fn sealed(record: &impl Record, keys: &RecordKeys, seal: &Seal) -> Result<(), Disagreement> {
    let key_id = &seal.key_id;
    let (code, detail) = match record.check(keys, seal) {
        SealCheck::Intact => return Ok(()),
        SealCheck::Broken => {
            (ErrorCode::HmacMismatch, format!("the record is not the one sealed under the key {key_id:?}"))
        }
        SealCheck::KeyUnknown => {
            (ErrorCode::RecordKeyUnknown, format!("there is no record key {key_id:?} on this server"))
        }
        SealCheck::KeyRetired => {
            (ErrorCode::RecordKeyRetired, format!("the record key {key_id:?} is retired and proves nothing"))
        }
    };
    Err(Disagreement { field: "record_hmac".into(), code, detail })
}

#[cfg(test)]
mod tests;
