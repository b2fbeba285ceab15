//! Single runs on an idle worker: how long a due cell waits for its call, and its asker for the record.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use stet_canon::Json;
use stet_domain::run::RunStatus;
use stet_ops::{Actor, RunSubmission};

use super::Figures;
use super::world::World;
use crate::spread::percentile;

/// After this a single run counts as stuck.
const LONGEST: Duration = Duration::from_mins(1);

/// One after the other, beside the history that the drain left.
pub(super) async fn measure(
    world: &World,
    actor: &Actor,
    count: u32,
    figures: &mut Figures,
) -> anyhow::Result<()> {
    if count == 0 {
        return Ok(());
    }
    let submission = RunSubmission {
        locale: "de-DE".to_owned(),
        grounding_mode: "UNGROUNDED".to_owned(),
        inputs: Json::Null,
        trace: None,
    };
    let (mut called, mut recorded) = (Vec::new(), Vec::new());
    for _ in 0..count {
        let start = Instant::now();
        let run = world.ops.submit_run(actor, world.template, &submission, None).await?.value;
        let ended = world.ops.wait_run(actor, run.row.id, LONGEST).await?;
        recorded.push(start.elapsed().as_secs_f64() * 1000.0);
        ensure!(ended.row.status == RunStatus::Succeeded, "{} is {}", ended.row.id, ended.row.status);
        let call = world.double.last_call().context("a run succeeded without a call")?;
        called.push(call.duration_since(start).as_secs_f64() * 1000.0);
    }
    for (name, values) in [("to its call", &mut called), ("to its record", &mut recorded)] {
        values.sort_by(f64::total_cmp);
        for percent in [50, 99] {
            let value = percentile(values, percent).context("no single run was measured")?;
            figures.add(&format!("single run, submission {name}, p{percent}"), "ms", value);
        }
    }
    Ok(())
}
