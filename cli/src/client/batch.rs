//! `stet batch`.

use anyhow::{Context, bail};
use serde_json::{Map, Value, json};

use super::run::{attempts, inputs_object};
use super::template::{RUN_COLUMNS, query};
use super::{Client, decide, drift, matrix, page, watch};
use crate::args::{Batch, BatchRun, DriftPolicy, Submission};
use crate::canon::read;
use crate::exit::{Exit, or_undetermined};
use crate::screen::Screen;

const COLUMNS: &[&str] = &[
    "/id",
    "/status",
    "/pause_reason",
    "/cells",
    "/counters/succeeded",
    "/counters/failed",
    "/counters/quarantined",
    "/counters/running",
    "/created_at",
];

pub(crate) async fn run(client: &Client, screen: Screen, verb: Batch) -> anyhow::Result<Exit> {
    match verb {
        Batch::Run(submission) => return submit(client, screen, *submission).await,
        Batch::List(limit) => {
            screen.list(&page::fetch(client, "/v1/batches", &[], limit.limit).await?, COLUMNS)?;
        }
        Batch::Show { id } => screen.show(&client.get(&format!("/v1/batches/{id}"), &[]).await?)?,
        Batch::Attempts { id } => attempts(client, screen, &format!("/v1/batches/{id}/attempts")).await?,
        Batch::Drift { id } => return drift::show(client, screen, &id).await,
        Batch::Matrix { id } => matrix::show(screen, &matrix::fetch(client, &id).await?)?,
        Batch::Pause { id, reason } => {
            return decide::post(client, screen, &id, "pause", json!({"reason": reason})).await;
        }
        Batch::Resume { id, reason, new_lock, accept_version } => {
            let body = decide::resume(&reason, new_lock, accept_version.as_deref());
            return decide::post(client, screen, &id, "resume", body).await;
        }
        Batch::Cancel { id, reason } => {
            return decide::post(client, screen, &id, "cancel", json!({"reason": reason})).await;
        }
        Batch::Retry { id, reason, cells } => {
            return decide::post(client, screen, &id, "retry", decide::retry(&reason, cells)).await;
        }
        Batch::Watch { id } => return or_undetermined(watch::run(client, screen, &id).await),
        Batch::Runs { id, filter, page: limit } => {
            let runs =
                page::fetch(client, &format!("/v1/batches/{id}/runs"), &query(filter), limit.limit).await?;
            screen.list(&runs, RUN_COLUMNS)?;
        }
    }
    Ok(Exit::Done)
}

async fn submit(client: &Client, screen: Screen, submission: BatchRun) -> anyhow::Result<Exit> {
    let path = format!("/v1/templates/{}/batch-run", submission.template);
    let query = if submission.dry_run { vec![("dry_run", "true".to_owned())] } else { Vec::new() };
    let (watched, dry, key) = (submission.watch, submission.dry_run, submission.idempotency_key.clone());
    let body = body(submission.submission)?.to_string().into_bytes();
    let answer = client.post(&path, &query, body, key.as_deref()).await?;
    screen.show(&answer.body)?;
    if dry || !watched {
        return Ok(Exit::Done);
    }
    let id = answer.body.get("id").and_then(Value::as_str).context("the answer names no batch")?;
    watch::run(client, screen, id).await
}

/// The file's document with the options over it.
pub(super) fn body(submission: Submission) -> anyhow::Result<Value> {
    let mut body = match &submission.file {
        None => Map::new(),
        Some(file) => match serde_json::from_slice(&read(file)?) {
            Ok(Value::Object(body)) => body,
            Ok(_) => bail!("{} should hold a JSON object", file.display()),
            Err(error) => bail!("{}: {error}", file.display()),
        },
    };
    if !submission.locales.is_empty() {
        body.insert("locales".to_owned(), json!(submission.locales));
    }
    if !submission.grounding_modes.is_empty() {
        body.insert("grounding_modes".to_owned(), json!(submission.grounding_modes));
    }
    if !submission.inputs.is_empty() {
        body.insert("inputs".to_owned(), inputs_object(submission.inputs));
    }
    let policy = submission.drift_policy.map(|policy| match policy {
        DriftPolicy::Hard => json!("hard"),
        DriftPolicy::Fail => json!("fail"),
        DriftPolicy::Warn => json!("warn"),
    });
    let options = [
        ("replicates", submission.replicates.map(Value::from)),
        ("max_parallel", submission.max_parallel.map(Value::from)),
        ("drift_policy", policy),
        ("expected_plan_sha256", submission.expected_plan.map(Value::from)),
    ];
    for (name, value) in options {
        if let Some(value) = value {
            body.insert(name.to_owned(), value);
        }
    }
    // What the console and the examples take, too: a drifted result stops the batch.
    body.entry("drift_policy").or_insert_with(|| json!("hard"));
    Ok(Value::Object(body))
}
