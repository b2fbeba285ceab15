//! What an operator decides on a batch: `stet batch pause`, `resume`, `cancel`, `retry`, and `drift` to decide by.

use serde_json::{Value, json};

use super::Client;
use crate::args::Cells;
use crate::exit::Exit;
use crate::screen::Screen;

const OBSERVATION_COLUMNS: &[&str] = &[
    "/lock_epoch",
    "/model_version",
    "/model_fingerprint",
    "/drift_kind",
    "/runs",
    "/batch_run_index",
    "/locale",
    "/grounding_mode",
    "/recorded_at",
];

const LOCK_COLUMNS: &[&str] =
    &["/epoch", "/model_version", "/model_fingerprint", "/lock_version", "/drift_evidence", "/observed_at"];

/// Posts a decision and shows what came of it.
pub(crate) async fn post(
    client: &Client,
    screen: Screen,
    id: &str,
    verb: &str,
    body: Value,
) -> anyhow::Result<Exit> {
    let path = format!("/v1/batches/{id}/{verb}");
    let answer = client.post(&path, &[], body.to_string().into_bytes(), None).await?.body;
    screen.show(&answer)?;
    Ok(Exit::Done)
}

pub(crate) fn resume(reason: &str, new_lock: bool, accept_version: Option<&str>) -> Value {
    json!({"lock": if new_lock { "new" } else { "same" }, "accept_version": accept_version, "reason": reason})
}

pub(crate) fn retry(reason: &str, cells: Cells) -> Value {
    let cells = match cells {
        Cells::Failed => "failed",
        Cells::Quarantined => "quarantined",
        Cells::All => "all",
    };
    json!({"cells": cells, "reason": reason})
}

/// Locks and observations, one table each; with `--json` the one document.
pub(crate) async fn drift(client: &Client, screen: Screen, id: &str) -> anyhow::Result<Exit> {
    let report = client.get(&format!("/v1/batches/{id}/drift"), &[]).await?;
    if screen.is_json() {
        screen.show(&report)?;
        return Ok(Exit::Done);
    }
    let list = |name: &str| report.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    screen.say("locks, the last one in force:");
    screen.list(&list("locks"), LOCK_COLUMNS)?;
    screen.say("what answered, with the first run of each kind:");
    screen.list(&list("observations"), OBSERVATION_COLUMNS)?;
    Ok(Exit::Done)
}
