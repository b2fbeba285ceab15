//! Grounded JSON of Gemini: step 1 searches, step 2 reshapes without a tool (providers.md, Requests 2).

mod course;
mod ends;
mod proof;

use stet_canon::Json;
use stet_domain::code::ErrorCode;
use stet_domain::run::RunStatus;
use stet_store::{AttemptRow, RunView};

use crate::fixture::{Asked, FLASH, World};

const GEMINI: Asked = Asked { provider: "gemini", model: FLASH };

/// A model that takes a search beside JSON.
const THIRD: Asked = Asked { provider: "gemini", model: "gemini-3-flash-preview" };

const STRICT: &str = r#","output":{"format":"json","strict":true,"schema":{"type":"object",
    "properties":{"rate":{"type":"number"},"country":{"type":"string"}},
    "required":["rate","country"],"additionalProperties":false}}"#;

/// What step 2 alone is told.
const RESHAPING: &str = "Do not add facts.";

/// A scenario that searches.
const SEARCHES: &str = r#"{"rules":[{"then":{"search":"used"}}]}"#;

/// A scenario that searches, and answers step 2 so.
fn reshaped(then: &str) -> String {
    format!(
        r#"{{"rules":[{{"when":{{"mode":"UNGROUNDED","input_contains":"{RESHAPING}"}},"then":{then}}},{{"then":{{"search":"used"}}}}]}}"#
    )
}

/// A scenario that answers step 1 so.
fn first(then: &str) -> String {
    format!(r#"{{"rules":[{{"when":{{"mode":"PREFERRED"}},"then":{then}}}]}}"#)
}

/// A run to its end, which verifies, under a scenario of its own.
async fn asked(world: &World, scenario: &str, fields: &str, mode: &str) -> (RunView, Vec<AttemptRow>) {
    asked_of(world, GEMINI, scenario, fields, mode).await
}

async fn asked_of(
    world: &World,
    asked: Asked,
    scenario: &str,
    fields: &str,
    mode: &str,
) -> (RunView, Vec<AttemptRow>) {
    world.play(scenario);
    let run = world.process.run_for(asked, fields, mode).await;
    (world.process.ended(run).await, world.process.attempts(run).await)
}

/// A fact that `run_sha256` covers.
fn fact(view: &RunView, name: &str) -> Json {
    let provenance = Json::parse(&view.output.as_ref().unwrap().provenance).unwrap();
    provenance.get(name).unwrap().clone()
}

fn step1_text(view: &RunView) -> Option<&[u8]> {
    view.output.as_ref().unwrap().step1_text.as_deref()
}

fn output(view: &RunView) -> Option<&[u8]> {
    view.output.as_ref().unwrap().output.as_deref()
}

fn purposes(attempt: &AttemptRow) -> Vec<&str> {
    attempt.exchanges.iter().map(|exchange| exchange.purpose.as_str()).collect()
}

fn code(view: &RunView) -> (RunStatus, Option<&'static str>) {
    (view.row.status, view.row.end.as_ref().unwrap().error_code.map(ErrorCode::as_str))
}
