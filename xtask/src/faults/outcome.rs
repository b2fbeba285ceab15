//! What came of a scenario, and the table of all.

use std::time::Duration;

use comfy_table::{Table, presets};

use super::cannot_run::CannotRun;
use super::scenarios::Scenario;
use super::verdict::Verdict;

/// What came of a scenario that held.
pub(crate) struct Outcome {
    /// What was done and seen, such as `kills: 50`.
    pub(super) seen: Vec<String>,
    /// The longest time until what was broken went on; none where nothing had to.
    pub(super) recovery: Option<Duration>,
    pub(super) verdict: Verdict,
}

/// One line a scenario.
pub(super) fn table(outcomes: &[(&Scenario, anyhow::Result<Outcome>)]) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_header([
        "#",
        "fault",
        "cells",
        "seen",
        "lost",
        "duplicates",
        "extra calls",
        "attempts lost",
        "fenced",
        "recovery",
        "audited",
        "holds",
    ]);
    for (scenario, ended) in outcomes {
        let head = [scenario.number.to_string(), scenario.fault.to_owned()];
        let rest = match ended {
            Ok(outcome) => told(outcome),
            Err(error) => {
                let mut rest = [const { String::new() }; 10];
                rest[1] = format!("{error:#}").chars().take(200).collect();
                if CannotRun::is(error) { "not run" } else { "NO" }.clone_into(&mut rest[9]);
                rest
            }
        };
        table.add_row(head.into_iter().chain(rest));
    }
    table.to_string()
}

fn told(outcome: &Outcome) -> [String; 10] {
    let verdict = &outcome.verdict;
    [
        verdict.cells.to_string(),
        outcome.seen.join("\n"),
        verdict.lost.to_string(),
        verdict.duplicates.to_string(),
        verdict.extra_calls.to_string(),
        verdict.attempts_lost.to_string(),
        verdict.attempts_fenced.to_string(),
        outcome.recovery.map_or_else(|| "–".to_owned(), |time| format!("{:.1} s", time.as_secs_f64())),
        verdict.audited.to_string(),
        "yes".to_owned(),
    ]
}
