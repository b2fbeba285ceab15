//! Figures, shown: tables for a person, one JSON document when asked for.

use std::io::Write as _;

use comfy_table::{CellAlignment, Table, presets};
use serde::Serialize;

use crate::machine::Machine;
use crate::spread::Spread;

/// One figure over rounds.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    pub(crate) name: String,
    pub(crate) unit: String,
    #[serde(flatten)]
    pub(crate) spread: Spread,
}

/// Figures that belong together.
#[derive(Debug, Serialize)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) rounds: usize,
    pub(crate) figures: Vec<Figure>,
}

/// One run of a benchmark.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) machine: Machine,
    pub(crate) sections: Vec<Section>,
}

pub(crate) fn show(json: bool, report: &Report) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    if json {
        serde_json::to_writer(&mut out, report)?;
        writeln!(out)?;
        return Ok(());
    }
    let machine = &report.machine;
    writeln!(
        out,
        "{} · {} cores · {} MiB · Linux {} · {} · load {:.2} at the start",
        machine.cpu, machine.cores, machine.memory_mib, machine.kernel, machine.rustc, machine.load_1m
    )?;
    for section in &report.sections {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(["", "min", "median", "max", ""]);
        for figure in &section.figures {
            let Spread { min, median, max } = figure.spread;
            table.add_row([&figure.name, &digits(min), &digits(median), &digits(max), &figure.unit]);
        }
        for column in table.column_iter_mut().skip(1).take(3) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        writeln!(out, "\n{}, {} rounds\n{table}", section.title, section.rounds)?;
    }
    Ok(())
}

/// Three digits that count, or all of a whole number.
fn digits(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}
