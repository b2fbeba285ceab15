//! The database's own limit: the same rows by COPY, with the same constraints, triggers and indexes.

use anyhow::{Context, ensure};

use super::database::Server;

/// What an accepted cell writes.
const COLUMNS: &str = "org_id, run_id, template_id, batch_id, batch_run_index, rerun_index, locale, locale_index, grounding_mode, replicate_index, inputs_sha256, created_at_us, available_at_us";

/// Copies the rows of the batch once more as the next runs of its cells, under ids that grow as theirs do, out of a file of the server's; answers how long the COPY took, in seconds, as the server
/// measured it.
pub(super) fn again(server: &Server, cells: u32) -> anyhow::Result<f64> {
    let file = format!("/tmp/stet-bench-copy-{}.txt", std::process::id());
    server.psql(&format!(
        "COPY (SELECT org_id, set_byte(run_id, 0, get_byte(run_id, 0) + 1), template_id, batch_id, batch_run_index, 1, locale, locale_index,
            grounding_mode, replicate_index, inputs_sha256, created_at_us, available_at_us FROM runs) TO '{file}'"
    ))?;
    server.psql("CHECKPOINT")?;
    // One transaction, as the submission is one; the clock is the server's.
    let took = server.psql(&format!(
        "DO $$
        DECLARE begun timestamptz := clock_timestamp();
        BEGIN
            COPY runs ({COLUMNS}) FROM '{file}';
            CREATE TABLE copied AS SELECT extract(epoch FROM clock_timestamp() - begun) AS seconds;
        END $$"
    ));
    let removed = server.psql(&format!("COPY (SELECT 1 WHERE false) TO PROGRAM 'rm -f {file}'"));
    took?;
    removed?;
    let copied: u32 = server.psql("SELECT count(*) FROM runs WHERE rerun_index = 1")?.parse()?;
    ensure!(copied == cells, "{copied} of {cells} rows were copied");
    server.psql("SELECT seconds FROM copied")?.parse().context("the server measured no time")
}
