//! Where everything ought to stand: plain values and the rules of reliability.md, without a database.

use stet_domain::batch::BatchStatus;
use stet_domain::ids::{Fence, RunId};
use stet_domain::run::{RunEvent, RunStatus, step as machine};

use super::step::Step;
use super::world::{CELLS, CRASH_LIMIT};

/// A cell, as its current run stands.
#[derive(Debug, Clone, Copy)]
struct Cell {
    run: RunId,
    status: RunStatus,
    fence: i64,
    crashes: u32,
    expired: bool,
}

/// A claim that was granted, whatever became of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claim {
    pub(super) run: RunId,
    pub(super) fence: Fence,
    cell: usize,
    recorded: bool,
    retried: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) batch: BatchStatus,
    pub(super) claims: Vec<Claim>,
    cells: Vec<Cell>,
    counters: Counters,
    reruns: u128,
}

/// Outcomes of current cells, as commits count them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counters {
    succeeded: u64,
    failed: u64,
    cancelled: u64,
    quarantined: u64,
}

impl Counters {
    fn add(&mut self, status: RunStatus) {
        match status {
            RunStatus::Succeeded => self.succeeded += 1,
            RunStatus::Failed => self.failed += 1,
            RunStatus::Cancelled => self.cancelled += 1,
            RunStatus::Quarantined => self.quarantined += 1,
            RunStatus::Pending | RunStatus::Queued | RunStatus::Running => {}
        }
    }
}

/// Runs for rules without a store.
pub(super) fn some_runs() -> Vec<RunId> {
    (0..CELLS).map(|cell| RunId::from_bytes((cell as u128).to_be_bytes())).collect()
}

impl Rules {
    pub(super) fn new(runs: Vec<RunId>) -> Self {
        let cell = |run| Cell { run, status: RunStatus::Pending, fence: 0, crashes: 0, expired: false };
        Self {
            batch: BatchStatus::Running,
            claims: Vec::new(),
            cells: runs.into_iter().map(cell).collect(),
            counters: Counters::default(),
            reruns: 0,
        }
    }

    pub(super) fn current(&self, cell: usize) -> RunId {
        self.cells[cell].run
    }

    /// The claim at that place, counted round; none where none was granted.
    pub(super) fn claim(&self, place: usize) -> Option<usize> {
        place.checked_rem(self.claims.len())
    }

    /// Status, fence and crashes of each cell, by number.
    pub(super) fn rows(&self) -> Vec<(String, i64, i64)> {
        let row = |cell: &Cell| (cell.status.as_str().to_owned(), cell.fence, i64::from(cell.crashes));
        self.cells.iter().map(row).collect()
    }

    /// Whether the claim is the one in force.
    fn holds(&self, claim: usize) -> bool {
        let Claim { run, fence, cell, .. } = self.claims[claim];
        let cell = self.cells[cell];
        cell.status == RunStatus::Running && cell.run == run && cell.fence == fence.0
    }

    /// Where a run comes back to: a batch that has ended takes none.
    fn back(&self) -> RunStatus {
        if self.batch == BatchStatus::Cancelled { RunStatus::Cancelled } else { RunStatus::Pending }
    }

    pub(super) fn claimed(&mut self, asked: &[usize]) -> Vec<(RunId, i64)> {
        let mut granted = Vec::new();
        for &number in asked {
            let cell = &mut self.cells[number];
            if self.batch != BatchStatus::Running || cell.status != RunStatus::Pending {
                continue;
            }
            (cell.status, cell.fence, cell.expired) = (RunStatus::Running, cell.fence + 1, false);
            let fence = Fence(cell.fence);
            self.claims.push(Claim { run: cell.run, fence, cell: number, recorded: false, retried: false });
            granted.push((cell.run, cell.fence));
        }
        granted
    }

    pub(super) fn renewed(&mut self, claim: usize) -> Vec<RunId> {
        if !self.holds(claim) {
            return Vec::new();
        }
        let Claim { run, cell, .. } = self.claims[claim];
        self.cells[cell].expired = false;
        vec![run]
    }

    /// The runs that are answered as written.
    pub(super) fn recorded(&mut self, claim: usize, status: RunStatus) -> Vec<RunId> {
        let Claim { run, cell, recorded, .. } = self.claims[claim];
        if self.holds(claim) {
            self.ends(cell, status);
            self.claims[claim].recorded = true;
        } else if !recorded {
            return Vec::new();
        }
        vec![run]
    }

    pub(super) fn retried(&mut self, claim: usize) -> Vec<RunId> {
        let Claim { run, cell, retried, .. } = self.claims[claim];
        if self.holds(claim) {
            self.ends(cell, self.back());
            self.claims[claim].retried = true;
        } else if !retried {
            return Vec::new();
        }
        vec![run]
    }

    pub(super) fn released(&mut self, claim: usize) -> Vec<RunId> {
        if !self.holds(claim) {
            return Vec::new();
        }
        let Claim { run, cell, .. } = self.claims[claim];
        self.ends(cell, self.back());
        self.cells[cell].fence += 1;
        vec![run]
    }

    pub(super) fn expired(&mut self, cell: usize) -> u64 {
        let cell = &mut self.cells[cell];
        cell.expired |= cell.status == RunStatus::Running;
        u64::from(cell.status == RunStatus::Running)
    }

    /// Takes back what has expired; answers what has crashed too often for it.
    pub(super) fn swept(&mut self) -> Vec<RunId> {
        let mut poisoned = Vec::new();
        for number in self.overdue() {
            if self.cells[number].crashes + 1 < CRASH_LIMIT {
                self.cells[number].crashes += 1;
                self.ends(number, self.back());
            } else {
                poisoned.push(self.cells[number].run);
            }
        }
        poisoned
    }

    /// Ends what [`Self::swept`] answered, under a claim of the scheduler's.
    pub(super) fn poisoned(&mut self) {
        for number in self.overdue() {
            let cell = &mut self.cells[number];
            (cell.fence, cell.crashes) = (cell.fence + 1, cell.crashes + 1);
            let fence = Fence(cell.fence);
            self.claims.push(Claim { run: cell.run, fence, cell: number, recorded: true, retried: false });
            self.ends(number, RunStatus::Failed);
        }
    }

    /// Cells whose lease has run out.
    fn overdue(&self) -> Vec<usize> {
        let over = |cell: &Cell| cell.status == RunStatus::Running && cell.expired;
        (0..self.cells.len()).filter(|number| over(&self.cells[*number])).collect()
    }

    /// Moves a cell, and counts it where it has ended.
    fn ends(&mut self, cell: usize, status: RunStatus) {
        self.cells[cell].status = status;
        self.counters.add(status);
    }

    pub(super) fn cancelled(&mut self) -> u64 {
        self.batch = BatchStatus::Cancelled;
        let waiting: Vec<usize> =
            (0..self.cells.len()).filter(|cell| self.cells[*cell].status == RunStatus::Pending).collect();
        for cell in &waiting {
            self.ends(*cell, RunStatus::Cancelled);
        }
        waiting.len() as u64
    }

    pub(super) fn completed(&mut self) -> bool {
        let ended = |cell: &Cell| ![RunStatus::Pending, RunStatus::Running].contains(&cell.status);
        let completes = self.batch == BatchStatus::Running && self.cells.iter().all(ended);
        if completes {
            self.batch = BatchStatus::Completed;
        }
        completes
    }

    /// Runs a failed or quarantined cell again; how many of each are taken off the counters, or none where it cannot be.
    pub(super) fn rerun(&mut self, cell: usize, run: RunId) -> Option<(u64, u64)> {
        if self.batch == BatchStatus::Cancelled {
            return None;
        }
        let counted = match self.cells[cell].status {
            RunStatus::Failed => (1, 0),
            RunStatus::Quarantined => (0, 1),
            _ => return None,
        };
        self.counters.failed -= counted.0;
        self.counters.quarantined -= counted.1;
        self.cells[cell] = Cell { run, status: RunStatus::Pending, fence: 0, crashes: 0, expired: false };
        if self.batch == BatchStatus::Completed {
            self.batch = BatchStatus::Running;
        }
        Some(counted)
    }

    /// Takes a step by the rules alone.
    pub(super) fn take(&mut self, step: Step) {
        let claim = match step {
            Step::Renew { claim }
            | Step::Commit { claim, .. }
            | Step::Retry { claim }
            | Step::Release { claim } => self.claim(claim),
            _ => None,
        };
        match (step, claim) {
            (Step::Renew { .. }, Some(claim)) => drop(self.renewed(claim)),
            (Step::Commit { status, .. }, Some(claim)) => drop(self.recorded(claim, status)),
            (Step::Retry { .. }, Some(claim)) => drop(self.retried(claim)),
            (Step::Release { .. }, Some(claim)) => drop(self.released(claim)),
            (Step::Claim { cells }, _) => drop(self.claimed(&asked(cells))),
            (Step::Expire { cell }, _) => _ = self.expired(cell),
            (Step::Sweep, _) => {
                drop(self.swept());
                self.poisoned();
            }
            (Step::Pause, _) if self.batch == BatchStatus::Running => self.batch = BatchStatus::Paused,
            (Step::Resume, _) if self.batch == BatchStatus::Paused => self.batch = BatchStatus::Running,
            (Step::Cancel, _) if [BatchStatus::Running, BatchStatus::Paused].contains(&self.batch) => {
                _ = self.cancelled();
            }
            (Step::Complete, _) => _ = self.completed(),
            (Step::Rerun { cell }, _) => {
                self.reruns += 1;
                let run = RunId::from_bytes((CELLS as u128 + self.reruns).to_be_bytes());
                _ = self.rerun(cell, run);
            }
            // Nothing was granted yet, or the batch stands where the step does not apply.
            _ => {}
        }
    }

    /// Which of I1–I5 a step broke, or where a run went that its state machine does not let it go.
    pub(super) fn broken_since(&self, before: &Self) -> Option<String> {
        let mut counted = Counters::default();
        for (number, (cell, was)) in self.cells.iter().zip(&before.cells).enumerate() {
            counted.add(cell.status);
            let broken = if cell.run == was.run { illegal(cell, was) } else { None };
            if let Some(broken) = broken.or_else(|| self.misrecorded(cell)) {
                return Some(format!("cell {number}: {broken}"));
            }
        }
        if counted != self.counters {
            return Some(format!("I4: {:?} are counted, there are {counted:?}", self.counters));
        }
        (self.cells.len() != CELLS).then(|| format!("I5: {} cells of {CELLS}", self.cells.len()))
    }

    /// Whether a cell has another number of results than one, where it has any, or one under another fence.
    fn misrecorded(&self, cell: &Cell) -> Option<String> {
        let recorded: Vec<&Claim> =
            self.claims.iter().filter(|claim| claim.run == cell.run && claim.recorded).collect();
        let has_result = cell.status.is_terminal() && cell.status != RunStatus::Cancelled;
        if recorded.len() != usize::from(has_result) {
            return Some(format!("I2: it is {} with {} results", cell.status, recorded.len()));
        }
        let late = recorded.iter().any(|claim| claim.fence.0 != cell.fence);
        late.then(|| "I3: it was recorded under a fence that had passed on".to_owned())
    }
}

/// Whether a run changed after its end, its fence fell, or it went where its machine does not lead.
fn illegal(cell: &Cell, was: &Cell) -> Option<String> {
    if was.status.is_terminal() && cell.status != was.status {
        return Some(format!("I1: it was {} and is {}", was.status, cell.status));
    }
    if cell.fence < was.fence {
        return Some("I3: its fence fell".to_owned());
    }
    let leads = |event: &RunEvent| machine(was.status, *event).is_ok_and(|to| to.state == cell.status);
    // What comes back to a batch that was called off is pending in between.
    let by_way = was.status == RunStatus::Running && cell.status == RunStatus::Cancelled;
    let legal = cell.status == was.status || by_way || RunEvent::ALL.iter().any(leads);
    (!legal).then(|| format!("it went from {} to {}", was.status, cell.status))
}

/// The cells of a mask.
pub(super) fn asked(cells: u8) -> Vec<usize> {
    (0..CELLS).filter(|cell| cells & (1 << cell) != 0).collect()
}
