//! The grid of a batch: locales × grounding modes × replicates, and its expansion (system.md, "A batch" 1).

mod parse;

use stet_canon::Digest;
use stet_canon::identity::{BatchIdentity, PlanIdentity};

pub use parse::{GridRequest, MAX_LOCALES};

use crate::Locale;
use crate::drift::DriftPolicy;
use crate::mode::GroundingMode;

/// One point of a grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    /// Its number: `(l·M + m)·R + r`.
    pub index: u32,
    /// Its locale.
    pub locale: Locale,
    /// The locale's place among the grid's.
    pub locale_index: u32,
    /// Its mode.
    pub grounding_mode: GroundingMode,
    /// From 0.
    pub replicate_index: u32,
}

/// A checked grid: locales sorted and unique, modes in expansion order, at least one cell and at most the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    locales: Vec<Locale>,
    modes: Vec<GroundingMode>,
    replicates: u32,
    cells: u32,
}

impl Grid {
    /// The grid of lists that were checked before; `None` where they are empty, out of order or make more cells than can be numbered.
    #[must_use]
    pub fn of(locales: Vec<Locale>, modes: Vec<GroundingMode>, replicates: u32) -> Option<Self> {
        let names: Vec<String> = locales.iter().map(ToString::to_string).collect();
        let ordered =
            names.is_sorted_by(|left, right| left < right) && modes.is_sorted_by(|left, right| left < right);
        let pairs = u32::try_from(locales.len()).ok()?.checked_mul(u32::try_from(modes.len()).ok()?)?;
        let cells = pairs.checked_mul(replicates)?;
        (ordered && cells > 0).then_some(Self { locales, modes, replicates, cells })
    }

    /// The locales, sorted by their spelling.
    #[must_use]
    pub fn locales(&self) -> &[Locale] {
        &self.locales
    }

    /// The modes, in expansion order.
    #[must_use]
    pub fn modes(&self) -> &[GroundingMode] {
        &self.modes
    }

    /// Replicates of each (locale, mode).
    #[must_use]
    pub const fn replicates(&self) -> u32 {
        self.replicates
    }

    /// How many cells there are.
    #[must_use]
    pub const fn cells(&self) -> u32 {
        self.cells
    }

    /// The cell of that number; `None` beyond the last.
    #[must_use]
    pub fn cell(&self, index: u32) -> Option<Cell> {
        let replicate_index = index % self.replicates;
        let row = index / self.replicates;
        let modes = u32::try_from(self.modes.len()).ok()?;
        let locale_index = row / modes;
        let locale = *self.locales.get(usize::try_from(locale_index).ok()?)?;
        let grounding_mode = *self.modes.get(usize::try_from(row % modes).ok()?)?;
        Some(Cell { index, locale, locale_index, grounding_mode, replicate_index })
    }

    /// Every cell, by number.
    pub fn iter(&self) -> impl Iterator<Item = Cell> {
        (0..self.cells).filter_map(|index| self.cell(index))
    }

    /// `batch_sha256` (canonical.md §5).
    #[must_use]
    pub fn batch_sha256(
        &self,
        template_sha256: Digest,
        inputs_sha256: Digest,
        drift_policy: DriftPolicy,
    ) -> Digest {
        let identity = BatchIdentity {
            template_sha256,
            locales: self.locales.iter().copied().collect(),
            grounding_modes: self.modes.iter().map(ToString::to_string).collect(),
            replicates: u64::from(self.replicates),
            inputs_sha256,
            drift_policy: drift_policy.to_string(),
        };
        identity.digest()
    }

    /// `plan_sha256` (canonical.md §5); the catalogue's digest is [`crate::als::catalog_sha256`].
    #[must_use]
    pub fn plan_sha256(&self, batch_sha256: Digest, als_catalog_sha256: Option<Digest>) -> Digest {
        PlanIdentity { batch_sha256, cells: u64::from(self.cells), als_catalog_sha256 }.digest()
    }
}
