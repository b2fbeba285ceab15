//! What an operator decides on a batch: `stet batch pause`, `resume`, `cancel`, `retry`.

use serde_json::{Value, json};

use super::Client;
use crate::args::Cells;
use crate::exit::Exit;
use crate::screen::Screen;

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
