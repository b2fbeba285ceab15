//! 3: a worker is killed when its results are committed and its hints are not acknowledged. No call is made again.

use anyhow::ensure;

use crate::faults::Draw;
use crate::faults::calls::open_attempts;
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::relay::Relay;
use crate::faults::verdict::judge;
use crate::faults::wait::PATIENCE;
use crate::faults::work::{submit_all, until_completed};

const CELLS: u64 = 40;
/// The hints are taken while the calls last.
const LATENCY_MS: (u64, u64) = (800, 1_200);
/// What stands in the library's acknowledgement, and in nothing else that a listener says.
const ACKNOWLEDGES: &[u8] = b"last_result = j.result";
/// Hints that a process has taken and not acknowledged.
const TAKEN: &str = "SELECT count(*) FROM apalis.jobs WHERE status IN ('Queued', 'Running')";

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let kills = draw.of(2, 10);
    let plan = Plan { workers: 0, ..Plan::usual(6, LATENCY_MS).with("WORKER_CONCURRENCY", "64") };
    let mut fleet = Fleet::start(&plan)?;
    let (mut batches, mut unacknowledged) = (Vec::new(), 0);
    for _ in 0..kills {
        let queue = Relay::holding_at(fleet.postgres.port(), Some(ACKNOWLEDGES))?;
        fleet.add_worker_by(fleet.postgres.port(), queue.port())?;
        let round = submit_all(&fleet, CELLS)?;
        // The first hint is taken, and from its acknowledgement on the queue hears nothing: work goes on by the rows alone.
        until_completed(&round, PATIENCE)?;
        let taken = fleet.sql.number(TAKEN)?;
        ensure!(taken > 0, "no hint was taken that is not acknowledged");
        unacknowledged += taken;
        let mut worker = fleet.workers.remove(0);
        ensure!(open_attempts(&fleet.sql, &worker)? == 0, "every result is committed");
        worker.process.kill()?;
        queue.cut();
        batches.extend(round);
    }
    fleet.add_worker()?;
    // What waits in the queue is rung for once more, and proves to be nothing.
    batches.extend(submit_all(&fleet, CELLS)?);
    until_completed(&batches, PATIENCE)?;
    let verdict = judge(&fleet, &batches)?.called_once()?;
    fleet.stop()?;
    let seen = vec![format!("kills: {kills}"), format!("hints taken and not acknowledged: {unacknowledged}")];
    Ok(Outcome { seen, recovery: None, verdict })
}
