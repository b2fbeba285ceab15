//! Watching a batch until it ends.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::Value;

use super::Client;
use crate::exit::Exit;
use crate::screen::Screen;
use crate::signals::Signals;

/// How often the batch is looked at.
const EVERY: Duration = Duration::from_millis(250);
/// So many looks in a row may fail before the watch gives up; the batch itself goes on.
const FAILURES_MAX: u32 = 20;

/// Shows progress until the batch ends, is paused, or the watcher is interrupted; answers by exit status.
pub(crate) async fn run(client: &Client, screen: Screen, id: &str) -> anyhow::Result<Exit> {
    let mut signals = Signals::listen()?;
    let (exit, batch) = tokio::select! {
        ended = follow(client, screen, id) => ended?,
        () = signals.next() => {
            eprintln!("the batch goes on; watch it again by: stet batch watch {id}");
            return Ok(Exit::Interrupted);
        }
    };
    screen.show(&batch)?;
    Ok(exit)
}

/// Follows the batch to its end; the exit status and the batch as last seen.
pub(crate) async fn follow(client: &Client, screen: Screen, id: &str) -> anyhow::Result<(Exit, Value)> {
    let path = format!("/v1/batches/{id}");
    let bar = bar(screen);
    let mut failures = 0;
    loop {
        match client.get(&path, &[]).await {
            Ok(batch) => {
                failures = 0;
                draw(&bar, &batch);
                if let Some(exit) = exit_of(&batch) {
                    // A bar that is finished shows all cells; a batch that stands still shows how far it came.
                    bar.abandon();
                    return Ok((exit, batch));
                }
            }
            Err(error)
                if failures < FAILURES_MAX
                    && error.downcast_ref::<super::problem::Problem>().is_none_or(|p| p.status >= 500) =>
            {
                failures += 1;
                if failures == 1 {
                    bar.suspend(|| eprintln!("no answer, trying again: {error:#}"));
                }
            }
            Err(error) => return Err(error),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// `None` while the batch goes on.
fn exit_of(batch: &Value) -> Option<Exit> {
    match batch.get("status").and_then(Value::as_str)? {
        "completed" if counter(batch, "failed") + counter(batch, "quarantined") > 0 => {
            Some(Exit::CellsFailed)
        }
        "completed" => Some(Exit::Done),
        "failed" => Some(Exit::Error),
        "paused" => Some(Exit::Paused),
        "cancelled" => Some(Exit::Cancelled),
        _ => None,
    }
}

pub(crate) fn counter(batch: &Value, name: &str) -> u64 {
    batch.pointer(&format!("/counters/{name}")).and_then(Value::as_u64).unwrap_or_default()
}

fn bar(screen: Screen) -> ProgressBar {
    let target = if screen.is_json() { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
    let style = ProgressStyle::with_template(
        "{bar:32.cyan/blue} {pos}/{len} cells  {per_sec}  {elapsed} (left {eta})  {msg}",
    )
    .unwrap_or_else(|_bad_template| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(0), target).with_style(style)
}

fn draw(bar: &ProgressBar, batch: &Value) {
    let count = |name| counter(batch, name);
    bar.set_length(batch.get("cells").and_then(Value::as_u64).unwrap_or_default());
    bar.set_position(count("succeeded") + count("failed") + count("quarantined") + count("cancelled"));
    let status = batch.get("status").and_then(Value::as_str).unwrap_or_default();
    bar.set_message(format!(
        "{status}, {} running, {} failed",
        count("running"),
        count("failed") + count("quarantined")
    ));
}
