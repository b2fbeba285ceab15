//! `stet batch drift`: the locks of a batch beside what answered.

use serde_json::Value;

use super::Client;
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

/// Locks and observations, one table each; with `--json` the one document.
pub(crate) async fn show(client: &Client, screen: Screen, id: &str) -> anyhow::Result<Exit> {
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
