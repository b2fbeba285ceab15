//! `stet run`.

use serde_json::{Map, Value, json};

use super::Client;
use crate::args::Run;
use crate::exit::Exit;
use crate::screen::Screen;

pub(crate) async fn run(client: &Client, screen: Screen, verb: Run) -> anyhow::Result<Exit> {
    match verb {
        Run::Create { template, locale, grounding_mode, inputs, idempotency_key } => {
            let body =
                json!({"locale": locale, "grounding_mode": grounding_mode, "inputs": inputs_object(inputs)});
            let path = format!("/v1/templates/{template}/run");
            let answer =
                client.post(&path, &[], body.to_string().into_bytes(), idempotency_key.as_deref()).await?;
            screen.show(&answer.body)?;
            return Ok(exit_of(&answer.body));
        }
        Run::Show { id } => screen.show(&client.get(&format!("/v1/runs/{id}"), &[]).await?)?,
        Run::Attempts { id } => {
            attempts(client, screen, &format!("/v1/runs/{id}/attempts")).await?;
        }
        Run::Blockers { id } => {
            let found = client.get(&format!("/v1/runs/{id}/blockers"), &[]).await?;
            match found.get("blockers").and_then(Value::as_array) {
                Some(blockers) if !screen.is_json() && !blockers.is_empty() => {
                    let columns = ["/kind", "/gate", "/until", "/pause_reason", "/by", "/since", "/reason"];
                    screen.list(blockers, &columns)?;
                }
                _ => screen.show(&found)?,
            }
        }
    }
    Ok(Exit::Done)
}

/// Shows the attempts at one thing.
pub(crate) async fn attempts(client: &Client, screen: Screen, path: &str) -> anyhow::Result<()> {
    let attempts = client.get(path, &[]).await?;
    let items = attempts.get("items").and_then(Value::as_array).cloned().unwrap_or_default();
    screen.list(&items, &["/fence", "/outcome", "/error_code", "/started_at", "/finished_at", "/worker"])
}

/// A run that has not ended within the wait is not determined yet.
fn exit_of(run: &Value) -> Exit {
    match run.get("status").and_then(Value::as_str) {
        Some("succeeded") => Exit::Done,
        Some("failed") => Exit::CellsFailed,
        Some("quarantined") => Exit::Paused,
        Some("cancelled") => Exit::Cancelled,
        Some(_) | None => Exit::Undetermined,
    }
}

/// `NAME=VALUE` pairs as an object; what reads as a JSON number or boolean is one, all else is text.
pub(crate) fn inputs_object(pairs: Vec<(String, String)>) -> Value {
    let read = |text: String| match serde_json::from_str::<Value>(&text) {
        Ok(value) if value.is_number() || value.is_boolean() => value,
        Ok(_) | Err(_) => Value::String(text),
    };
    Value::Object(pairs.into_iter().map(|(name, value)| (name, read(value))).collect::<Map<_, _>>())
}
