//! Cells that fall due one by one at a steady pace: how long each waits for its start.

use std::time::Duration;

use anyhow::{Context, ensure};
use tokio_util::sync::CancellationToken;

use super::drain::completed;
use super::world::{World, actor, submission};
use super::{Figures, RoundOptions};

/// How long after the worker's start the first cell falls due: its batch's preflight is over by then.
const LEAD: Duration = Duration::from_secs(5);

/// A batch whose cells fall due `pace` a second, from [`LEAD`] on, in the order of their numbers.
pub(super) async fn measure(cells: u32, options: &RoundOptions) -> anyhow::Result<Figures> {
    let pace = options.pace.context("--pace says how many cells fall due a second")?;
    let world = World::new(options).await?;
    let server =
        world.database.as_server().context("a pace is measured on PostgreSQL: name it by --postgres")?;
    let (actor, submission) = (actor()?, submission(cells)?);
    let id = world.ops.submit_batch(&actor, world.template, &submission, None).await?.value.row.id;
    server.psql(&format!(
        "UPDATE runs SET available_at_us = public.now_us() + {lead} + batch_run_index * 1000000 / {pace}",
        lead = LEAD.as_micros(),
    ))?;
    server.psql("VACUUM ANALYZE runs")?;
    let stop = CancellationToken::new();
    let parts = world.work(options.concurrency, &stop);
    completed(&world.ops, &actor, id).await?;
    stop.cancel();
    parts.join_all().await;
    let started = server.psql(
        "SELECT count(*), count(DISTINCT r.run_id) FROM attempts AS a JOIN runs AS r ON r.org_id = a.org_id AND r.run_id = a.run_id",
    )?;
    ensure!(started == format!("{cells}|{cells}"), "{started}: not one attempt a cell");
    let mut figures = Figures::default();
    figures.add("cells due", "a second", f64::from(pace));
    for percent in [50, 99] {
        let waited = server.psql(&format!(
            "SELECT percentile_cont(0.{percent}) WITHIN GROUP (ORDER BY a.started_at_us - r.available_at_us) / 1000.0
            FROM attempts AS a JOIN runs AS r ON r.org_id = a.org_id AND r.run_id = a.run_id"
        ))?;
        figures.add(&format!("due to start, p{percent}"), "ms", waited.parse()?);
    }
    world.close().await?;
    Ok(figures)
}
