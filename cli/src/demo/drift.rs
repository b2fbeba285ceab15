//! The model changes in the middle of the batch: the batch stops by itself, says why, and is resumed.

use std::time::Duration;

use serde_json::{Value, json};

use super::question::text;
use crate::client::watch::counter;
use crate::client::{Client, drift};
use crate::screen::Screen;

/// Between two looks.
const LOOK: Duration = Duration::from_millis(50);

/// What is said to the batch when the provider is back.
const REASON: &str = "the provider rolled its model back";

/// Shows the pause with locks and observations side by side; answers the report.
pub(super) async fn show(client: &Client, screen: Screen, batch: &Value) -> anyhow::Result<Value> {
    screen.say("\nthe model changed under the batch, and it paused by itself:");
    screen.say(&format!("  {}", text(batch, "/reason")));
    let id = text(batch, "/id");
    if !screen.is_json() {
        drift::show(client, screen, &id).await?;
    }
    client.get(&format!("/v1/batches/{id}/drift"), &[]).await
}

/// Waits for the calls that were under way when the batch paused: they end, and some of them drifted, too.
pub(super) async fn settled(client: &Client, id: &str) -> anyhow::Result<()> {
    let path = format!("/v1/batches/{id}");
    while counter(&client.get(&path, &[]).await?, "running") > 0 {
        tokio::time::sleep(LOOK).await;
    }
    Ok(())
}

/// The quarantined cells are taken up again, and the batch goes on under the lock that it had.
pub(super) async fn resume(client: &Client, screen: Screen, id: &str) -> anyhow::Result<()> {
    screen.say(&format!("the provider is back: stet batch retry {id} --cells quarantined --reason …; stet batch resume {id} --reason …\n"));
    for (verb, body) in [
        ("retry", json!({"cells": "quarantined", "reason": REASON})),
        ("resume", json!({"lock": "same", "reason": REASON})),
    ] {
        let path = format!("/v1/batches/{id}/{verb}");
        client.post(&path, &[], body.to_string().into_bytes(), None).await?;
    }
    Ok(())
}
