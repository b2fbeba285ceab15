//! `stet verify`: has the server recompute every hash and HMAC, and names what disagrees.

use anyhow::bail;
use futures::StreamExt;
use futures::stream;
use serde_json::{Value, json};

use super::{Client, page};
use crate::exit::Exit;
use crate::screen::Screen;

/// So many verifications are under way at once.
const PARALLEL: usize = 8;

/// What was looked at, and what disagrees.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) templates: u64,
    pub(crate) runs: u64,
    pub(crate) disagreeing: Vec<Value>,
}

impl Report {
    /// The report as a document.
    pub(crate) fn document(&self) -> Value {
        json!({
            "templates": self.templates,
            "runs": self.runs,
            "disagreeing": self.disagreeing.len(),
            "findings": self.disagreeing,
        })
    }
}

pub(crate) async fn run(client: &Client, screen: Screen, ids: Vec<String>) -> anyhow::Result<Exit> {
    let (mut templates, mut runs) = (Vec::new(), Vec::new());
    if ids.is_empty() {
        templates = ids_of(&page::fetch(client, "/v1/templates", &[], u32::MAX).await?);
        for template in &templates {
            runs.extend(terminal_runs(client, &format!("/v1/templates/{template}/runs")).await?);
        }
    }
    for id in ids {
        match id.split('_').next() {
            Some("tpl") => templates.push(id),
            Some("run") => runs.push(id),
            Some("bat") => runs.extend(terminal_runs(client, &format!("/v1/batches/{id}/runs")).await?),
            _ => bail!("{id:?} is no id of a template, a batch or a run"),
        }
    }
    let report = verify(client, templates, runs, |_done| {}).await?;
    screen.show(&report.document())?;
    Ok(if report.disagreeing.is_empty() { Exit::Done } else { Exit::Error })
}

/// Verifies each, several at a time; `done` hears how many are.
pub(crate) async fn verify(
    client: &Client,
    templates: Vec<String>,
    runs: Vec<String>,
    done: impl Fn(u64),
) -> anyhow::Result<Report> {
    let mut report =
        Report { templates: templates.len() as u64, runs: runs.len() as u64, ..Report::default() };
    let paths = templates
        .into_iter()
        .map(|id| (format!("/v1/templates/{id}/verify"), id))
        .chain(runs.into_iter().map(|id| (format!("/v1/runs/{id}/verify"), id)));
    let mut answers = stream::iter(paths)
        .map(|(path, id)| async move { client.get(&path, &[]).await.map(|answer| (id, answer)) })
        .buffer_unordered(PARALLEL);
    let mut count = 0;
    while let Some(answer) = answers.next().await {
        let (id, answer) = answer?;
        if answer.get("intact").and_then(Value::as_bool) != Some(true) {
            report.disagreeing.push(json!({"id": id, "found": answer}));
        }
        count += 1;
        done(count);
    }
    Ok(report)
}

/// The ids of the runs of a list that have ended with a result.
pub(crate) async fn terminal_runs(client: &Client, path: &str) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::new();
    for status in ["succeeded", "failed", "quarantined"] {
        ids.extend(ids_of(&page::fetch(client, path, &[("status", status.to_owned())], u32::MAX).await?));
    }
    Ok(ids)
}

fn ids_of(items: &[Value]) -> Vec<String> {
    items.iter().filter_map(|item| item.get("id")?.as_str().map(str::to_owned)).collect()
}
