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

const LOCK_COLUMNS: &[&str] = &[
    "/epoch",
    "/model_version",
    "/model_fingerprint",
    "/lock_version",
    "/service_tier",
    "/listed_mark",
    "/drift_evidence",
    "/observed_at",
];

const KNOWN_COLUMNS: &[&str] = &[
    "/epoch",
    "/known_by/model_version",
    "/known_by/model_fingerprint",
    "/known_by/service_tier",
    "/known_by/listed_mark",
    "/known_by/echo_sha256",
    "/known_by/tools_echo_sha256",
];

const CANARY_COLUMNS: &[&str] = &["/lock_epoch", "/compared_with", "/changed", "/total", "/observed_at"];

/// Locks, observations and looks at canary prompts, one table each; with `--json` the one document.
pub(crate) async fn show(client: &Client, screen: Screen, id: &str) -> anyhow::Result<Exit> {
    let report = client.get(&format!("/v1/batches/{id}/drift"), &[]).await?;
    if screen.is_json() {
        screen.show(&report)?;
        return Ok(Exit::Done);
    }
    let list = |name: &str| report.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    screen.say("locks, the last one in force:");
    screen.list(&list("locks"), LOCK_COLUMNS)?;
    screen.say("how that is known:");
    screen.list(&list("locks"), KNOWN_COLUMNS)?;
    screen.say("what answered, with the first run of each kind:");
    screen.list(&list("observations"), OBSERVATION_COLUMNS)?;
    let looks = list("canary");
    if !looks.is_empty() {
        screen.say("canary prompts, how many outputs changed of how many that can be compared:");
        screen.list(&looks, CANARY_COLUMNS)?;
    }
    Ok(Exit::Done)
}
