//! Schedules that are due: each due time makes its batch.

use stet_domain::metric::Metric;
use stet_domain::schedule::FireOutcome;
use stet_ops::{OpError, Ops, ScheduleTurn};

/// Looks for due schedules in one tick at most: a schedule that catches up takes one turn in each, so that it stands in nobody's way.
const LOOKS: u32 = 10;

/// Takes the turns of what is due until nothing is, within a bound. Where one fails the others go on, and its failure is the round's.
pub(crate) async fn round(ops: &Ops) -> Result<(), OpError> {
    let mut failed = Ok(());
    for _ in 0..LOOKS {
        let mut turns = 0_u32;
        for (org, id) in ops.due_schedules().await? {
            match ops.fire_schedule(&org, id).await {
                Ok(Some(turn)) => {
                    turns += 1;
                    report(&turn);
                    log(&id.to_string(), &turn);
                }
                // Another scheduler was first.
                Ok(None) => {}
                Err(error) => failed = Err(error),
            }
        }
        if turns == 0 {
            break;
        }
    }
    failed
}

fn report(turn: &ScheduleTurn) {
    let outcome = if turn.batch.is_some() { FireOutcome::Fired } else { FireOutcome::Failed };
    let counted = |outcome: FireOutcome| metrics::counter!(Metric::ScheduleDueTimes.name(), "outcome" => outcome.as_str());
    counted(outcome).increment(1);
    counted(FireOutcome::Missed).increment(turn.missed);
}

fn log(schedule: &str, turn: &ScheduleTurn) {
    let (due_at, missed) = (turn.due_at.to_string(), turn.missed);
    match (turn.batch, turn.code) {
        (Some(batch), _) => tracing::info!(schedule, due_at, %batch, missed, "a due time made its batch"),
        (None, code) => {
            let code = code.map_or("", stet_domain::code::ErrorCode::as_str);
            tracing::warn!(schedule, due_at, code, missed, "the batch of a due time was refused");
        }
    }
}
