//! Verification of a lock epoch.

use super::{Disagreement, sealed};
use crate::record::{LockRecord, RecordKeys, Seal};

/// Checks the seal of a stored lock epoch; what was exchanged for it is [`super::verify_exchanges`]' to compare.
///
/// # Errors
/// The [`Disagreement`].
pub fn verify_lock(record: &LockRecord<'_>, keys: &RecordKeys, seal: &Seal) -> Result<(), Disagreement> {
    sealed(record, keys, seal)
}
