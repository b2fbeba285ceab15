//! What can happen next, whoever does it.

use proptest::prelude::{Just, Strategy, any, prop_oneof};
use stet_domain::run::RunStatus;

/// One step of a worker, the scheduler or an operator. A claim is named by its place among all that were granted: late ones write as well.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// A worker asks for the cells of the mask.
    Claim { cells: u8 },
    /// A claim is renewed.
    Renew { claim: usize },
    /// The lease of a cell runs out.
    Expire { cell: usize },
    /// A claim records a result.
    Commit { claim: usize, status: RunStatus },
    /// A claim sends its run back.
    Retry { claim: usize },
    /// A claim is given back.
    Release { claim: usize },
    /// The scheduler takes back what has expired, and ends what crashed too often.
    Sweep,
    /// An operator pauses the batch.
    Pause,
    /// The batch goes on.
    Resume,
    /// An operator calls the batch off.
    Cancel,
    /// Whoever wrote last completes the batch.
    Complete,
    /// An operator has a failed cell run again.
    Rerun { cell: usize },
}

pub(super) fn any_step() -> impl Strategy<Value = Step> {
    let claim = || any::<u8>().prop_map(usize::from);
    let cell = || (0..super::world::CELLS).boxed();
    let status = prop_oneof![4 => Just(RunStatus::Succeeded), 3 => Just(RunStatus::Failed), 1 => Just(RunStatus::Quarantined)];
    prop_oneof![
        10 => any::<u8>().prop_map(|cells| Step::Claim { cells }),
        4 => claim().prop_map(|claim| Step::Renew { claim }),
        8 => cell().prop_map(|cell| Step::Expire { cell }),
        10 => (claim(), status).prop_map(|(claim, status)| Step::Commit { claim, status }),
        5 => claim().prop_map(|claim| Step::Retry { claim }),
        3 => claim().prop_map(|claim| Step::Release { claim }),
        7 => Just(Step::Sweep),
        3 => Just(Step::Pause),
        5 => Just(Step::Resume),
        1 => Just(Step::Cancel),
        3 => Just(Step::Complete),
        4 => cell().prop_map(|cell| Step::Rerun { cell }),
    ]
}
