//! A batch and what became of it, as a person watches it.

use anyhow::{Context, bail};
use serde_json::{Value, json};

use super::drift;
use crate::client::watch::{counter, follow};
use crate::client::{Client, matrix};
use crate::exit::Exit;
use crate::screen::Screen;

/// A template with a submission of it.
pub(super) struct Question {
    pub(super) template: &'static [u8],
    pub(super) batch: &'static [u8],
}

/// What came of it.
pub(super) struct Asked {
    pub(super) template: Value,
    pub(super) batch: Value,
    /// By locale, mode and lock epoch.
    pub(super) results: Vec<Value>,
    /// Locks and what answered, where the model changed under the batch.
    pub(super) drift: Option<Value>,
}

impl Asked {
    pub(super) fn template_id(&self) -> anyhow::Result<String> {
        id_of(&self.template)
    }

    pub(super) fn batch_id(&self) -> anyhow::Result<String> {
        id_of(&self.batch)
    }

    /// Whether every cell succeeded.
    pub(super) fn all_succeeded(&self) -> bool {
        counter(&self.batch, "succeeded") == self.batch["cells"].as_u64().unwrap_or_default()
    }

    pub(super) fn document(&self) -> Value {
        json!({"template": self.template, "batch": self.batch, "results": self.results, "drift": self.drift})
    }
}

/// Creates the template; the same content again is the same template.
pub(super) async fn create(client: &Client, screen: Screen, question: &Question) -> anyhow::Result<Value> {
    let template = client.post("/v1/templates", &[], question.template.to_vec(), None).await?.body;
    screen.say(&format!("template {}  sha256 {}", id_of(&template)?, text(&template, "/template_sha256")));
    Ok(template)
}

/// Submits the batch and follows it to its end; where it pauses for drift, that is shown, `provider_is_back` is called, and it is resumed.
pub(super) async fn ask(
    client: &Client,
    screen: Screen,
    template: Value,
    question: &Question,
    provider_is_back: impl Fn(),
) -> anyhow::Result<Asked> {
    let path = format!("/v1/templates/{}/batch-run", id_of(&template)?);
    let batch = client.post(&path, &[], question.batch.to_vec(), None).await?.body;
    let id = id_of(&batch)?;
    screen.say(&format!(
        "batch    {id}  {} cells: {} locales × {} modes × {} replicates",
        text(&batch, "/cells"),
        batch["locales"].as_array().map_or(0, Vec::len),
        batch["grounding_modes"].as_array().map_or(0, Vec::len),
        text(&batch, "/replicates"),
    ));
    let (mut exit, mut batch) = follow(client, screen, &id).await?;
    let mut report = None;
    if matches!(exit, Exit::Paused) && batch["pause_reason"] == "drift" {
        drift::settled(client, &id).await?;
        report = Some(drift::show(client, screen, &batch).await?);
        provider_is_back();
        drift::resume(client, screen, &id).await?;
        (exit, batch) = follow(client, screen, &id).await?;
    }
    if !matches!(exit, Exit::Done | Exit::CellsFailed) {
        bail!("the batch ended as {}: {}", text(&batch, "/status"), text(&batch, "/reason"));
    }
    let results = matrix::fetch(client, &id).await?;
    if !screen.is_json() {
        matrix::show(screen, &results)?;
    }
    Ok(Asked { template, batch, results, drift: report })
}

pub(super) fn id_of(document: &Value) -> anyhow::Result<String> {
    document["id"].as_str().map(str::to_owned).context("the answer names no id")
}

pub(super) fn text(document: &Value, pointer: &str) -> String {
    match document.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}
