//! What the fleet is given to do.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::api::{Answer, Api};
use super::fleet::{Fleet, Org};
use super::wait;
use crate::shell;

/// Locales of every batch.
const LOCALES: [&str; 2] = ["de-DE", "it-IT"];

/// A batch of an org.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    pub(super) api: Api,
    pub(super) id: String,
    pub(super) cells: u64,
}

impl Batch {
    /// The batch as the API shows it.
    pub(super) fn shown(&self) -> anyhow::Result<Value> {
        self.api.get(&format!("/v1/batches/{}", self.id))?.expect(200)
    }

    pub(super) fn status(&self) -> anyhow::Result<String> {
        Ok(self.shown()?["status"].as_str().context("a batch without a status")?.to_owned())
    }

    /// Cells that have ended.
    pub(super) fn ended(&self) -> anyhow::Result<u64> {
        let shown = self.shown()?;
        let count = |name: &str| shown["counters"][name].as_u64().unwrap_or(0);
        Ok(["succeeded", "failed", "cancelled", "quarantined"].iter().map(|name| count(name)).sum())
    }

    /// Asks for a decision.
    pub(super) fn decide(&self, verb: &str, body: &Value) -> anyhow::Result<Answer> {
        self.api.post(&format!("/v1/batches/{}/{verb}", self.id), body)
    }

    /// Waits until it stands so.
    pub(super) fn until(&self, status: &str, within: Duration) -> anyhow::Result<()> {
        wait::until(&format!("{} to be {status}", self.id), within, || {
            Ok((self.status()? == status).then_some(()))
        })
    }

    /// Waits until so many cells have ended.
    pub(super) fn until_ended(&self, cells: u64) -> anyhow::Result<()> {
        wait::until(&format!("{cells} cells of {}", self.id), wait::PATIENCE, || {
            Ok((self.ended()? >= cells).then_some(()))
        })
    }
}

/// What came of a submission.
pub(super) enum Posted {
    Accepted(Batch),
    Refused(Answer),
}

/// A template of the org's; the same again is the same.
pub(super) fn template(org: &Org) -> anyhow::Result<String> {
    let answer = post_template(org)?;
    let status = if answer.status == 201 { 201 } else { 200 };
    id(&answer.expect(status)?)
}

fn post_template(org: &Org) -> anyhow::Result<Answer> {
    let text = std::fs::read_to_string(shell::root().join("examples/vat-question.json"))?;
    let mut template: Value = serde_json::from_str(&text)?;
    // Receipts are counted: a call a cell, and the probe.
    template["config"]["canary"] = Value::Null;
    org.api.post("/v1/templates", &template)
}

/// A submission of so many cells, an even number. No two are the same.
pub(super) fn submission(cells: u64) -> Value {
    static MADE: AtomicU64 = AtomicU64::new(1);
    let number = MADE.fetch_add(1, Ordering::Relaxed);
    json!({
        "locales": LOCALES,
        "grounding_modes": ["UNGROUNDED"],
        "replicates": cells / LOCALES.len() as u64,
        "inputs": {"service": format!("service {number}")},
        "drift_policy": "hard",
    })
}

/// Submits so many cells, an even number, with further members of the submission.
pub(super) fn submit_with(org: &Org, cells: u64, more: &Value) -> anyhow::Result<Batch> {
    match post(org, cells, more)? {
        Posted::Accepted(batch) => Ok(batch),
        Posted::Refused(answer) => bail!("the batch is not accepted: {answer:?}"),
    }
}

/// The same, where a refusal is expected too.
pub(super) fn post(org: &Org, cells: u64, more: &Value) -> anyhow::Result<Posted> {
    let mut submission = submission(cells);
    for (name, value) in more.as_object().into_iter().flatten() {
        submission[name] = value.clone();
    }
    let template = post_template(org)?;
    if ![200, 201].contains(&template.status) {
        return Ok(Posted::Refused(template));
    }
    let path = format!("/v1/templates/{}/batch-run", id(&template.body)?);
    let answer = org.api.post(&path, &submission)?;
    if answer.status != 202 {
        return Ok(Posted::Refused(answer));
    }
    Ok(Posted::Accepted(Batch { api: org.api.clone(), id: id(&answer.body)?, cells }))
}

/// Submits so many cells.
pub(super) fn submit(org: &Org, cells: u64) -> anyhow::Result<Batch> {
    submit_with(org, cells, &Value::Null)
}

/// The same of every org.
pub(super) fn submit_all(fleet: &Fleet, cells: u64) -> anyhow::Result<Vec<Batch>> {
    fleet.orgs.iter().map(|org| submit(org, cells)).collect()
}

/// Waits until all have completed.
pub(super) fn until_completed(batches: &[Batch], within: Duration) -> anyhow::Result<()> {
    batches.iter().try_for_each(|batch| batch.until("completed", within))
}

fn id(document: &Value) -> anyhow::Result<String> {
    Ok(document["id"].as_str().with_context(|| format!("no id in {document}"))?.to_owned())
}
