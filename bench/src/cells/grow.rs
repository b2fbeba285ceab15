//! The same batch drained in a new database and beside a long history: what the size of the tables costs.

use std::time::Instant;

use anyhow::Context;
use tokio_util::sync::CancellationToken;

use super::database::Server;
use super::drain::completed;
use super::world::{World, actor, submission};
use super::{Figures, RoundOptions};
use crate::process::cpu_seconds;

/// What one drain cost.
struct Cost {
    seconds: f64,
    cpu_seconds: f64,
}

/// A batch in a new database, then a history of `options.history` ended runs, then the same batch again.
pub(super) async fn measure(cells: u32, options: &RoundOptions) -> anyhow::Result<Figures> {
    let history = options.history.context("--history says how many runs are to stand")?;
    let world = World::new(options).await?;
    let few = drain(&world, cells, options.concurrency).await?;
    let server =
        world.database.as_server().context("growth is measured on PostgreSQL: name it by --postgres")?;
    multiply(server, cells, history)?;
    let many = drain(&world, cells, options.concurrency).await?;
    let standing: f64 = server.psql("SELECT count(*) FROM runs")?.parse()?;
    let per_thousand = |cost: &Cost| cost.cpu_seconds * 1_000_000.0 / f64::from(cells);
    let mut figures = Figures::default();
    figures.add("runs in the end", "", standing);
    figures.add("rate in a new database", "cells/s", f64::from(cells) / few.seconds);
    figures.add("rate beside the history", "cells/s", f64::from(cells) / many.seconds);
    figures.add("CPU per 1,000 cells in a new database, PostgreSQL's with it", "ms", per_thousand(&few));
    figures.add("CPU per 1,000 cells beside the history", "ms", per_thousand(&many));
    figures.add("cost beside the history, by CPU", "times", many.cpu_seconds / few.cpu_seconds);
    figures.add("cost beside the history, by time", "times", many.seconds / few.seconds);
    world.close().await?;
    Ok(figures)
}

async fn drain(world: &World, cells: u32, concurrency: u32) -> anyhow::Result<Cost> {
    let (actor, submission) = (actor()?, submission(cells)?);
    let id = world.ops.submit_batch(&actor, world.template, &submission, None).await?.value.row.id;
    let server_cpu = || world.database.server_cpu_seconds().map(Option::unwrap_or_default);
    let (server, own, start) = (server_cpu()?, cpu_seconds(), Instant::now());
    let stop = CancellationToken::new();
    let parts = world.work(concurrency, &stop);
    completed(&world.ops, &actor, id).await?;
    let seconds = start.elapsed().as_secs_f64();
    let cpu_seconds = cpu_seconds() - own + server_cpu()? - server;
    stop.cancel();
    parts.join_all().await;
    Ok(Cost { seconds, cpu_seconds })
}

/// Repeats the ended runs and their attempts, under ids of their own, as earlier runs of the same cells, until so many stand. Exchanges and outputs are
/// not repeated: they are read by nobody who works.
fn multiply(server: &Server, cells: u32, history: u32) -> anyhow::Result<()> {
    let times = history.div_ceil(cells).saturating_sub(1);
    let id = "set_byte(set_byte(t.run_id, 1, (get_byte(t.run_id, 1) + g.n) % 256), 2, g.n / 256)";
    let columns = |table: &str| {
        format!(
            "SELECT string_agg(CASE WHEN attname IN ('run_id', 'rerun_index') THEN (CASE attname WHEN 'run_id' THEN '{id}' ELSE 'g.n' END)
                ELSE 't.' || attname END, ', ' ORDER BY attnum), string_agg(attname, ', ' ORDER BY attnum)
            FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped"
        )
    };
    for table in ["runs", "attempts"] {
        let listed = server.psql(&columns(table))?;
        let (values, names) = listed.split_once('|').context("a table without columns")?;
        server.psql(&format!(
            "INSERT INTO {table} ({names}) SELECT {values} FROM {table} AS t CROSS JOIN generate_series(1, {times}) AS g (n)"
        ))?;
    }
    server.psql("VACUUM ANALYZE")?;
    server.psql("CHECKPOINT").map(drop)
}
