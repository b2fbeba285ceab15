//! `stet batch matrix`: what a batch brought, by locale, mode and lock epoch.

use anyhow::Context;
use serde_json::Value;

use super::Client;
use crate::screen::Screen;

const COLUMNS: &[&str] = &[
    "/locale",
    "/grounding_mode",
    "/lock_epoch",
    "/replicates",
    "/succeeded",
    "/failed",
    "/distinct_outputs",
    "/modal_share",
    "/json_valid_rate",
    "/grounded_rate",
    "/domain_agreement",
];

/// One line a locale, mode and lock epoch.
pub(crate) async fn fetch(client: &Client, id: &str) -> anyhow::Result<Vec<Value>> {
    let matrix = client.get(&format!("/v1/batches/{id}/matrix"), &[]).await?;
    matrix["places"].as_array().cloned().context("the answer has no places")
}

/// A table; with `--json` a line of JSON each.
pub(crate) fn show(screen: Screen, places: &[Value]) -> anyhow::Result<()> {
    screen.list(places, COLUMNS)
}
