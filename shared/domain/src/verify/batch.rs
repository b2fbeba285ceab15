//! Verification of a batch's definition.

use stet_canon::Digest;

use super::{Disagreement, holds, same_digest, sealed};
use crate::Locale;
use crate::code::ErrorCode;
use crate::grid::Grid;
use crate::record::{BatchRecord, RecordKeys, Seal};

/// What a batch is verified against: its template, verified before.
#[derive(Debug, Clone, Copy)]
pub struct BatchContext {
    /// The template's digest.
    pub template_sha256: Digest,
    /// The digest of the catalogue that the template's ALS pins.
    pub als_catalog_sha256: Option<Digest>,
}

/// Recomputes every hash and the HMAC of a batch's definition; answers the grid that it spells.
///
/// # Errors
/// The first [`Disagreement`].
pub fn verify_batch(
    record: &BatchRecord<'_>,
    context: &BatchContext,
    keys: &RecordKeys,
    seal: &Seal,
) -> Result<Grid, Disagreement> {
    same_digest("inputs_sha256", record.inputs_sha256, Digest::of(record.inputs))?;
    let grid = grid(record)?;
    holds("cells", record.cells == u64::from(grid.cells()), || {
        format!("stored {}, the grid makes {}", record.cells, grid.cells())
    })?;
    let batch_sha256 = grid.batch_sha256(context.template_sha256, record.inputs_sha256, record.drift_policy);
    same_digest("batch_sha256", record.batch_sha256, batch_sha256)?;
    let plan_sha256 = grid.plan_sha256(batch_sha256, context.als_catalog_sha256);
    same_digest("plan_sha256", record.plan_sha256, plan_sha256)?;
    sealed(record, keys, seal)?;
    Ok(grid)
}

fn grid(record: &BatchRecord<'_>) -> Result<Grid, Disagreement> {
    let unreadable = |field: &'static str, detail: String| Disagreement {
        field: field.into(),
        code: ErrorCode::HashMismatch,
        detail,
    };
    let locales = record
        .locales
        .iter()
        .map(|text| {
            text.parse::<Locale>().map_err(|refusal| unreadable("locales", format!("{text:?}: {refusal}")))
        })
        .collect::<Result<Vec<_>, _>>()?;
    Grid::of(locales, record.grounding_modes.to_vec(), record.replicates)
        .ok_or_else(|| unreadable("locales", "the lists are not those of an expanded grid".to_owned()))
}
