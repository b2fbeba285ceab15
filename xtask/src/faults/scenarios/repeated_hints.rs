//! 9: the same doorbell rings ten times, before, while and after its runs are called: one call each.

use anyhow::ensure;

use crate::faults::Draw;
use crate::faults::fleet::{Fleet, Plan};
use crate::faults::outcome::Outcome;
use crate::faults::verdict::judge;
use crate::faults::wait::{self, PATIENCE};
use crate::faults::work::{submit_all, until_completed};

const CELLS: u64 = 200;
const LATENCY_MS: (u64, u64) = (300, 900);
/// Each hint that is in the queue, ten times more.
const AGAIN: &str = "INSERT INTO apalis.jobs (id, job_type, job, status, attempts, max_attempts, run_at, priority, metadata)
    SELECT apalis.generate_ulid(), job_type, job, 'Pending', 0, 1, now() - interval '1 second', 0, ''::apalis.hstore
    FROM (SELECT DISTINCT job_type, job FROM apalis.jobs) AS hints, generate_series(1, 10)";
const UNHEARD: &str = "SELECT count(*) FROM apalis.jobs WHERE status <> 'Done'";

pub(super) fn run(draw: &mut Draw) -> anyhow::Result<Outcome> {
    let mut fleet = Fleet::start(&Plan::usual(20, LATENCY_MS))?;
    let cells = draw.of(CELLS, 2 * CELLS);
    let batches = submit_all(&fleet, cells)?;
    let mut rung = 0;
    for share in [0, 1, 2] {
        batches.iter().try_for_each(|batch| batch.until_ended(cells * share / 4))?;
        rung +=
            fleet.sql.number(&format!("WITH again AS ({AGAIN} RETURNING 1) SELECT count(*) FROM again"))?;
    }
    until_completed(&batches, PATIENCE)?;
    rung += fleet.sql.number(&format!("WITH again AS ({AGAIN} RETURNING 1) SELECT count(*) FROM again"))?;
    wait::until("the hints' end", PATIENCE, || Ok((fleet.sql.number(UNHEARD)? == 0).then_some(())))?;
    ensure!(rung >= 40, "only {rung} hints were doubled");
    let verdict = judge(&fleet, &batches)?.called_once()?;
    fleet.stop()?;
    Ok(Outcome { seen: vec![format!("hints rung again: {rung}")], recovery: None, verdict })
}
