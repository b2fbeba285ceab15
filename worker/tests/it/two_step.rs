//! Grounded JSON of Gemini and of Vertex AI: step 1 searches, step 2 reshapes without a tool (providers.md, Requests 2).

/// Each case for both vendors.
macro_rules! both_vendors {
    ($($case:ident),+ $(,)?) => {
        both_vendors! { @of gemini GEMINI $($case)+ }
        both_vendors! { @of vertex VERTEX $($case)+ }
    };
    (@of $vendor:ident $asked:ident $($case:ident)+) => {
        mod $vendor {
            $(
                #[tokio::test]
                async fn $case() {
                    super::$case(crate::two_step::$asked).await;
                }
            )+
        }
    };
}

mod course;
mod ends;
mod proof;

use stet_canon::Json;
use stet_domain::code::ErrorCode;
use stet_domain::run::RunStatus;
use stet_store::{AttemptRow, RunView};

use crate::fixture::{Asked, FLASH, World};

const GEMINI: Asked = Asked { provider: "gemini", model: FLASH };

const VERTEX: Asked = Asked { provider: "vertex", model: FLASH };

/// A model of the vendor's that takes a search beside JSON.
fn third(google: Asked) -> Asked {
    Asked { model: "gemini-3-flash-preview", ..google }
}

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
async fn asked(
    world: &World,
    google: Asked,
    scenario: &str,
    fields: &str,
    mode: &str,
) -> (RunView, Vec<AttemptRow>) {
    world.play(scenario);
    let run = world.process.run_for(google, fields, mode).await;
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
