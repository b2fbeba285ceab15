//! What a batch brought, by locale and mode.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use serde::Serialize;
use serde_json::Value;

use crate::screen::{Screen, plain};

/// The results of one (locale, mode).
#[derive(Debug, Default, Serialize)]
pub(super) struct Cell {
    locale: String,
    grounding_mode: String,
    succeeded: u64,
    failed: u64,
    distinct_outputs: u64,
    /// The share of outputs that another replicate brought before.
    dedup_rate: f64,
    /// The share of succeeded runs that rest on a search.
    grounded_share: f64,
    #[serde(skip)]
    outputs: BTreeSet<String>,
    #[serde(skip)]
    grounded: u64,
}

/// Sums up runs by locale and mode.
pub(super) fn summarise(runs: &[Value]) -> Vec<Cell> {
    let mut cells: BTreeMap<(u64, usize), Cell> = BTreeMap::new();
    for run in current(runs) {
        let text =
            |pointer: &str| run.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mode = text("/grounding_mode");
        let place =
            ["UNGROUNDED", "PREFERRED", "REQUIRED"].iter().position(|name| *name == mode).unwrap_or_default();
        let cell = cells.entry((run["locale_index"].as_u64().unwrap_or_default(), place)).or_default();
        cell.locale = text("/locale");
        cell.grounding_mode = mode;
        if text("/status") == "succeeded" {
            cell.succeeded += 1;
            cell.outputs.insert(text("/end/response_output_sha256"));
            cell.grounded += u64::from(
                run.pointer("/end/grounded_effective").and_then(Value::as_bool).unwrap_or_default(),
            );
        } else {
            cell.failed += 1;
        }
    }
    cells.into_values().map(rated).collect()
}

/// Of the runs of each cell the last one: an earlier one was followed by it.
fn current(runs: &[Value]) -> impl Iterator<Item = &Value> {
    let number = |run: &Value, name: &str| run[name].as_u64().unwrap_or_default();
    let mut last: BTreeMap<u64, &Value> = BTreeMap::new();
    for run in runs {
        let of_cell = last.entry(number(run, "batch_run_index")).or_insert(run);
        if number(run, "rerun_index") > number(of_cell, "rerun_index") {
            *of_cell = run;
        }
    }
    last.into_values()
}

#[expect(clippy::cast_precision_loss, reason = "shares of at most 100,000 cells, for people")]
fn rated(mut cell: Cell) -> Cell {
    cell.distinct_outputs = cell.outputs.len() as u64;
    if cell.succeeded > 0 {
        cell.dedup_rate = (cell.succeeded - cell.distinct_outputs) as f64 / cell.succeeded as f64;
        cell.grounded_share = cell.grounded as f64 / cell.succeeded as f64;
    }
    cell
}

/// The table, for a person.
pub(super) fn show(screen: Screen, cells: &[Cell]) -> anyhow::Result<()> {
    if screen.is_json() {
        return Ok(());
    }
    let mut table = plain();
    table.set_header(["locale", "mode", "succeeded", "failed", "distinct outputs", "dedup rate", "grounded"]);
    for cell in cells {
        table.add_row([
            cell.locale.clone(),
            cell.grounding_mode.clone(),
            cell.succeeded.to_string(),
            cell.failed.to_string(),
            cell.distinct_outputs.to_string(),
            format!("{:.0} %", cell.dedup_rate * 100.0),
            format!("{:.0} %", cell.grounded_share * 100.0),
        ]);
    }
    writeln!(std::io::stdout().lock(), "{table}")?;
    Ok(())
}
