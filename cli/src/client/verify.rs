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
    pub(crate) batches: u64,
    pub(crate) runs: u64,
    pub(crate) segments: u64,
    pub(crate) disagreeing: Vec<Value>,
}

impl Report {
    /// The report as a document.
    pub(crate) fn document(&self) -> Value {
        json!({
            "templates": self.templates,
            "batches": self.batches,
            "runs": self.runs,
            "segments": self.segments,
            "disagreeing": self.disagreeing.len(),
            "findings": self.disagreeing,
        })
    }
}

/// What is to be verified, by id.
#[derive(Default)]
pub(crate) struct Subjects {
    pub(crate) templates: Vec<String>,
    pub(crate) batches: Vec<String>,
    pub(crate) runs: Vec<String>,
    pub(crate) segments: Segments,
}

/// The numbers of an org's segments: from 1 to the last there should be no gap.
#[derive(Default)]
pub(crate) struct Segments {
    stored: Vec<u64>,
    missing: Vec<u64>,
}

impl Segments {
    async fn of(client: &Client) -> anyhow::Result<Self> {
        let items = page::fetch(client, "/v1/segments", &[], u32::MAX).await?;
        let stored: Vec<u64> = items.iter().filter_map(|item| item.get("segment")?.as_u64()).collect();
        let last = stored.iter().max().copied().unwrap_or(0);
        let missing = (1..=last).filter(|number| !stored.contains(number)).collect();
        Ok(Self { stored, missing })
    }
}

impl Subjects {
    /// Everything that the org has.
    async fn all(client: &Client) -> anyhow::Result<Self> {
        let templates = ids_of(&page::fetch(client, "/v1/templates", &[], u32::MAX).await?);
        let batches = ids_of(&page::fetch(client, "/v1/batches", &[], u32::MAX).await?);
        let mut runs = Vec::new();
        for template in &templates {
            runs.extend(ended_runs(client, &format!("/v1/templates/{template}/runs")).await?);
        }
        Ok(Self { templates, batches, runs, segments: Segments::of(client).await? })
    }

    /// The things of the given ids; a batch with its runs.
    async fn named(client: &Client, ids: Vec<String>) -> anyhow::Result<Self> {
        let mut subjects = Self::default();
        for id in ids {
            match id.split('_').next() {
                Some("tpl") => subjects.templates.push(id),
                Some("run") => subjects.runs.push(id),
                Some("bat") => subjects.add_batch(client, id).await?,
                Some("segments") => subjects.segments = Segments::of(client).await?,
                _ => bail!("{id:?} is no id of a template, a batch or a run, nor `segments`"),
            }
        }
        Ok(subjects)
    }

    /// The batch and its runs.
    pub(crate) async fn add_batch(&mut self, client: &Client, id: String) -> anyhow::Result<()> {
        self.runs.extend(ended_runs(client, &format!("/v1/batches/{id}/runs")).await?);
        self.batches.push(id);
        Ok(())
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u64 {
        (self.templates.len() + self.batches.len() + self.runs.len() + self.segments.stored.len()) as u64
    }
}

pub(crate) async fn run(client: &Client, screen: Screen, ids: Vec<String>) -> anyhow::Result<Exit> {
    let subjects =
        if ids.is_empty() { Subjects::all(client).await? } else { Subjects::named(client, ids).await? };
    let report = verify(client, subjects, |_done| {}).await?;
    screen.show(&report.document())?;
    Ok(if report.disagreeing.is_empty() { Exit::Done } else { Exit::Error })
}

/// Verifies each, several at a time; `done` hears how many are.
pub(crate) async fn verify(
    client: &Client,
    subjects: Subjects,
    done: impl Fn(u64),
) -> anyhow::Result<Report> {
    let mut report = Report {
        templates: subjects.templates.len() as u64,
        batches: subjects.batches.len() as u64,
        runs: subjects.runs.len() as u64,
        segments: subjects.segments.stored.len() as u64,
        ..Report::default()
    };
    report.disagreeing.extend(subjects.segments.missing.iter().map(|number| {
        json!({"id": format!("segments/{number}"), "found": {"intact": false, "disagreement": {
            "field": format!("segments/{number}"), "code": "RECORD_MISSING",
            "detail": "a later segment is stored and this one is not",
        }}})
    }));
    let of = |kind: &'static str, ids: Vec<String>| {
        ids.into_iter().map(move |id| (format!("/v1/{kind}/{id}/verify"), id))
    };
    let paths = of("templates", subjects.templates)
        .chain(of("batches", subjects.batches))
        .chain(of("runs", subjects.runs))
        .chain(
            subjects
                .segments
                .stored
                .into_iter()
                .map(|number| (format!("/v1/segments/{number}/verify"), format!("segments/{number}"))),
        );
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
async fn ended_runs(client: &Client, path: &str) -> anyhow::Result<Vec<String>> {
    let mut ids = Vec::new();
    for status in ["succeeded", "failed", "quarantined"] {
        ids.extend(ids_of(&page::fetch(client, path, &[("status", status.to_owned())], u32::MAX).await?));
    }
    Ok(ids)
}

fn ids_of(items: &[Value]) -> Vec<String> {
    items.iter().filter_map(|item| item.get("id")?.as_str().map(str::to_owned)).collect()
}
