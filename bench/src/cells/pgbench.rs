//! The database's own limits: the two updates that a cell costs its row at the least, by pgbench, beside the rows of the drain.

use std::fmt::Write as _;
use std::process::Command;

use anyhow::{Context, ensure};

use super::database::Server;

/// Connections that update at once.
const CLIENTS: u32 = 8;

/// Cells of one transaction where updates are batched.
const BATCH: u32 = 500;

/// A table like `runs`, with its constraints and indexes and without its triggers and policies, filled with the same cells as they were accepted.
const FILL: &str = "DROP TABLE IF EXISTS limits;
    CREATE TABLE limits (LIKE runs INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING STORAGE)
        WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
    INSERT INTO limits (org_id, run_id, template_id, batch_id, batch_run_index, rerun_index, locale, locale_index, grounding_mode,
        replicate_index, inputs_sha256, created_at_us, available_at_us)
    SELECT org_id, run_id, template_id, batch_id, batch_run_index, rerun_index, locale, locale_index, grounding_mode,
        replicate_index, inputs_sha256, created_at_us, available_at_us
    FROM runs WHERE batch_id IS NOT NULL;
    ANALYZE limits;
    CHECKPOINT";

/// How cells go into transactions.
#[derive(Clone, Copy)]
pub(super) enum Grouping {
    /// Two transactions a cell.
    Two,
    /// One transaction a cell.
    One,
    /// Two transactions for [`BATCH`] cells.
    Batched,
}

impl Grouping {
    pub(super) const ALL: [Self; 3] = [Self::Two, Self::One, Self::Batched];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Two => "pgbench: two transactions a cell",
            Self::One => "pgbench: one transaction a cell",
            Self::Batched => "pgbench: batched by 500",
        }
    }

    const fn cells(self) -> u32 {
        match self {
            Self::Two | Self::One => 1,
            Self::Batched => BATCH,
        }
    }

    fn script(self, per_client: u32) -> String {
        let size = self.cells();
        let cells = format!(
            "WHERE org_id = 'default' AND batch_id = (SELECT batch_id FROM batches LIMIT 1) AND batch_run_index >= :first
                AND batch_run_index < :first + {size}"
        );
        let claim = format!(
            "UPDATE limits SET status = 'running', fence = fence + 1, lease_until_us = 1, lock_epoch = 1 {cells};"
        );
        let commit = format!(
            "UPDATE limits SET status = 'succeeded', lease_until_us = NULL, finished_at_us = 2, recorded_at_us = 2,
                model_version_effective = 'gpt-5.4-2026-03-05', search_performed = 1, grounded_effective = 1,
                response_output_sha256 = inputs_sha256, als_block_sha256 = inputs_sha256, als_variant_id = 'de-DE/1', usage_input = 100,
                usage_output = 100, usage_cached = 0, usage_reasoning = 0, run_sha256 = inputs_sha256, record_hmac = inputs_sha256,
                record_key_id = 'r1' {cells};"
        );
        let mut script = format!("\\set n :n + 1\n\\set first (:client_id * {per_client} + :n) * {size}\n");
        let statements = match self {
            Self::Two | Self::Batched => [claim, commit].to_vec(),
            Self::One => ["BEGIN;".to_owned(), claim, commit, "END;".to_owned()].to_vec(),
        };
        for statement in statements {
            let line = statement.split_whitespace().collect::<Vec<_>>().join(" ");
            writeln!(script, "{line}").expect("writing to a String cannot fail");
        }
        script
    }
}

/// The rate of cells that the server reaches, each cell once.
pub(super) fn measure(server: &Server, grouping: Grouping, cells: u32) -> anyhow::Result<f64> {
    for statement in FILL.split(';') {
        server.psql(statement)?;
    }
    let per_client = cells / grouping.cells() / CLIENTS;
    ensure!(
        per_client > 0,
        "{cells} cells are too few for {CLIENTS} connections that take {} at once",
        grouping.cells()
    );
    let script = tempfile::NamedTempFile::new()?;
    std::fs::write(script.path(), grouping.script(per_client))?;
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--define=n=-1"])
        .arg(format!("--client={CLIENTS}"))
        .arg(format!("--transactions={per_client}"))
        .arg("--file")
        .arg(script.path())
        .arg(server.url()?)
        .output()
        .context("pgbench cannot be started: it comes with PostgreSQL")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "pgbench: {said}{}", String::from_utf8_lossy(&output.stderr));
    let done = u64::from(per_client * CLIENTS * grouping.cells());
    let updated: u64 = server.psql("SELECT count(*) FROM limits WHERE status = 'succeeded'")?.parse()?;
    ensure!(updated == done, "pgbench updated {updated} of {done} cells");
    let rate =
        said.lines().find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse::<f64>().ok());
    Ok(rate.context("pgbench tells no rate")? * f64::from(grouping.cells()))
}
