//! Verification that a batch has every cell of its grid, each as the grid has it.

use stet_canon::Digest;

use super::{Disagreement, holds, same_digest};
use crate::code::ErrorCode;
use crate::grid::Grid;
use crate::ids::{RunId, TemplateId};
use crate::mode::GroundingMode;
use crate::run::RunStatus;

/// What a stored run says of the cell that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellRecord {
    /// The run.
    pub run: RunId,
    /// What it runs.
    pub template: TemplateId,
    /// The cell's number.
    pub batch_run_index: u32,
    /// How often the cell was run again.
    pub rerun_index: u32,
    /// The canonical locale.
    pub locale: String,
    /// The locale's place in the batch.
    pub locale_index: u32,
    /// The mode.
    pub grounding_mode: GroundingMode,
    /// From 0.
    pub replicate_index: u32,
    /// canonical.md §5.
    pub inputs_sha256: Digest,
    /// Where the run stands.
    pub status: RunStatus,
}

/// Walks the runs of a batch, ordered by (`batch_run_index`, `rerun_index`): none is missing, none too many, and each says what the grid says.
#[derive(Debug)]
pub struct CellsCheck<'a> {
    grid: &'a Grid,
    template: TemplateId,
    inputs_sha256: Digest,
    last: Option<Last>,
    counts: Vec<(RunStatus, u64)>,
}

#[derive(Debug, Clone, Copy)]
struct Last {
    index: u32,
    rerun: u32,
    status: RunStatus,
}

impl<'a> CellsCheck<'a> {
    /// A check that has seen nothing yet.
    #[must_use]
    pub fn new(grid: &'a Grid, template: TemplateId, inputs_sha256: Digest) -> Self {
        let counts = RunStatus::ALL.iter().map(|status| (*status, 0)).collect();
        Self { grid, template, inputs_sha256, last: None, counts }
    }

    /// Takes the next run.
    ///
    /// # Errors
    /// The [`Disagreement`], under `runs/<batch_run_index>`.
    pub fn take(&mut self, run: &CellRecord) -> Result<(), Disagreement> {
        let due = self.last.map_or(0, |last| last.index + 1);
        let (index, rerun) = (run.batch_run_index, run.rerun_index);
        let again = self.last.is_some_and(|last| (index, rerun) == (last.index, last.rerun + 1));
        if !again {
            let before = self.last.filter(|last| last.index == index);
            if before.is_none() && index != due {
                return Err(missing(due));
            }
            holds(format!("runs/{index}/rerun_index"), before.is_none() && rerun == 0, || {
                let expected = before.map_or(0, |last| last.rerun + 1);
                format!("the next run stored of the cell has rerun_index {rerun}, {expected} is missing")
            })?;
            self.count_last();
        }
        self.last = Some(Last { index, rerun, status: run.status });
        self.same(run).map_err(|found| found.within(&format!("runs/{index}")))
    }

    /// How many current runs stand where, once every run was taken.
    ///
    /// # Errors
    /// The [`Disagreement`], where the last cells are missing.
    pub fn finish(mut self) -> Result<Vec<(RunStatus, u64)>, Disagreement> {
        let seen = self.last.map_or(0, |last| last.index + 1);
        self.count_last();
        if seen < self.grid.cells() { Err(missing(seen)) } else { Ok(self.counts) }
    }

    /// The run before is the current one of its cell.
    fn count_last(&mut self) {
        let Some(last) = self.last else { return };
        for (_, count) in self.counts.iter_mut().filter(|(status, _)| *status == last.status) {
            *count += 1;
        }
    }

    fn same(&self, run: &CellRecord) -> Result<(), Disagreement> {
        let Some(cell) = self.grid.cell(run.batch_run_index) else {
            return holds("batch_run_index", false, || format!("the grid has {} cells", self.grid.cells()));
        };
        let said = |stored: &dyn std::fmt::Display, grid: &dyn std::fmt::Display| {
            format!("the run {} has {stored}, its batch {grid}", run.run)
        };
        let locale = cell.locale.to_string();
        holds("template_id", run.template == self.template, || said(&run.template, &self.template))?;
        holds("locale", run.locale == locale, || said(&run.locale, &locale))?;
        holds("locale_index", run.locale_index == cell.locale_index, || {
            said(&run.locale_index, &cell.locale_index)
        })?;
        holds("grounding_mode", run.grounding_mode == cell.grounding_mode, || {
            said(&run.grounding_mode, &cell.grounding_mode)
        })?;
        holds("replicate_index", run.replicate_index == cell.replicate_index, || {
            said(&run.replicate_index, &cell.replicate_index)
        })?;
        same_digest("inputs_sha256", run.inputs_sha256, self.inputs_sha256)
    }
}

fn missing(index: u32) -> Disagreement {
    Disagreement {
        field: format!("runs/{index}").into(),
        code: ErrorCode::RecordMissing,
        detail: format!("no run of cell {index} is stored"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grid() -> Grid {
        let locales = ["de-DE", "fr-FR"].iter().map(|text| text.parse().unwrap()).collect();
        Grid::of(locales, vec![GroundingMode::Ungrounded, GroundingMode::Required], 2).unwrap()
    }

    fn runs(grid: &Grid) -> Vec<CellRecord> {
        grid.iter()
            .map(|cell| CellRecord {
                run: RunId(ulid::Ulid(u128::from(cell.index))),
                template: TemplateId(ulid::Ulid(7)),
                batch_run_index: cell.index,
                rerun_index: 0,
                locale: cell.locale.to_string(),
                locale_index: cell.locale_index,
                grounding_mode: cell.grounding_mode,
                replicate_index: cell.replicate_index,
                inputs_sha256: Digest::of(b"{}"),
                status: RunStatus::Succeeded,
            })
            .collect()
    }

    fn check(grid: &Grid, runs: &[CellRecord]) -> Result<Vec<(RunStatus, u64)>, Disagreement> {
        let mut check = CellsCheck::new(grid, TemplateId(ulid::Ulid(7)), Digest::of(b"{}"));
        runs.iter().try_for_each(|run| check.take(run))?;
        check.finish()
    }

    #[test]
    fn a_whole_grid_is_counted_by_its_current_runs() {
        let grid = grid();
        let mut runs = runs(&grid);
        runs[3].status = RunStatus::Quarantined;
        let mut again = runs[3].clone();
        (again.rerun_index, again.status) = (1, RunStatus::Failed);
        runs.insert(4, again);
        let counts = check(&grid, &runs).unwrap();
        let of = |status| counts.iter().find(|(found, _)| *found == status).unwrap().1;
        assert_eq!((of(RunStatus::Succeeded), of(RunStatus::Failed), of(RunStatus::Quarantined)), (7, 1, 0));
    }

    #[test]
    fn a_missing_run_is_named_wherever_it_stood() {
        let grid = grid();
        for gone in 0..8 {
            let mut runs = runs(&grid);
            runs.remove(gone);
            let found = check(&grid, &runs).unwrap_err();
            assert_eq!(
                (found.field.as_ref(), found.code),
                (format!("runs/{gone}").as_str(), ErrorCode::RecordMissing)
            );
        }
        assert!(check(&grid, &[]).is_err());
    }

    type Alter = fn(&mut CellRecord);

    #[test]
    fn every_fact_of_a_cell_is_compared() {
        let grid = grid();
        let broken: [(&str, Alter); 7] = [
            ("template_id", |run| run.template = TemplateId(ulid::Ulid(8))),
            ("locale", |run| run.locale = "it-IT".to_owned()),
            ("locale_index", |run| run.locale_index += 1),
            ("grounding_mode", |run| run.grounding_mode = GroundingMode::Preferred),
            ("replicate_index", |run| run.replicate_index += 1),
            ("inputs_sha256", |run| run.inputs_sha256 = Digest::of(b"[]")),
            ("rerun_index", |run| run.rerun_index = 1),
        ];
        for (field, alter) in broken {
            let mut runs = runs(&grid);
            alter(&mut runs[5]);
            assert_eq!(check(&grid, &runs).unwrap_err().field, format!("runs/5/{field}"));
        }
    }
}
