//! From a call to the exact bytes sent: canonical JSON, so that equal calls are equal bytes (providers.md, Requests 4).

use stet_domain::Json;
use stet_domain::mode::GroundingMode;
use stet_provider::{Call, Generation, OutputForm, Search, Turn};

use super::models::takes_only_auto;

/// The name that the API asks for beside a schema.
const SCHEMA_NAME: &str = "output";

/// The body of `POST /v1/responses` for `call`.
///
/// The system text goes into `instructions`, not into a developer message: the API puts it before every turn, it cannot
/// be mistaken for one, and answers echo it. `seed` and `stop` are no parameters of this API and a template that sets
/// them is refused at its creation; if one came this far they would be sent, and refused by the API, not dropped unsaid.
#[must_use]
pub fn encode(call: &Call) -> Vec<u8> {
    let mut body = vec![
        ("model", Json::from(&call.model)),
        ("input", call.turns.iter().map(turn).collect()),
        ("store", Json::from(false)),
    ];
    body.extend(call.system.as_ref().map(|system| ("instructions", Json::from(system))));
    generation(&call.generation, &mut body);
    body.extend(form(&call.output).map(|format| ("text", object([("format", format)]))));
    if let Some(search) = &call.search {
        body.push(("tools", Json::from_iter([tool(search)])));
        body.push(("tool_choice", Json::from(tool_choice(&call.model, search.mode))));
        body.push(("include", Json::from_iter(["web_search_call.action.sources"])));
    }
    object(body).to_canonical_bytes()
}

fn object<'a>(members: impl IntoIterator<Item = (&'a str, Json)>) -> Json {
    Json::Object(members.into_iter().collect())
}

fn turn(turn: &Turn) -> Json {
    object([("role", Json::from(turn.role.as_str())), ("content", Json::from(&turn.content))])
}

fn generation(generation: &Generation, body: &mut Vec<(&str, Json)>) {
    body.extend(generation.temperature.clone().map(|value| ("temperature", Json::from(value))));
    body.extend(generation.top_p.clone().map(|value| ("top_p", Json::from(value))));
    body.extend(generation.seed.map(|value| ("seed", Json::from(value))));
    body.extend(generation.max_output_tokens.map(|value| ("max_output_tokens", Json::from(value))));
    if let Some(effort) = &generation.reasoning_effort {
        body.push(("reasoning", object([("effort", Json::from(effort.as_str()))])));
    }
    if !generation.stop.is_empty() {
        body.push(("stop", generation.stop.iter().collect()));
    }
}

/// The `text.format`; JSON that need not be strict is a schema too, because the older `json_object` mode is refused
/// beside a web search (providers-wire.md §1.3) and one form for all modes keeps them comparable.
fn form(output: &OutputForm) -> Option<Json> {
    let (schema, strict) = match output {
        OutputForm::Text => return None,
        OutputForm::Json => (object([("type", Json::from("object"))]), false),
        OutputForm::LooseJson { schema } => (schema.clone(), false),
        OutputForm::StrictJson { schema } => (schema.clone(), true),
    };
    Some(object([
        ("type", Json::from("json_schema")),
        ("name", Json::from(SCHEMA_NAME)),
        ("schema", schema),
        ("strict", Json::from(strict)),
    ]))
}

/// The search tool; a location is always sent, because the API takes a missing one for the United States.
fn tool(search: &Search) -> Json {
    let mut location = vec![("type", Json::from("approximate"))];
    location.extend(search.country.map(|region| ("country", Json::from(region.country().as_str()))));
    let mut tool = vec![("type", Json::from("web_search")), ("user_location", object(location))];
    tool.extend(search.context_size.map(|size| ("search_context_size", Json::from(size.as_str()))));
    if !search.allowed_domains.is_empty() {
        let domains = search.allowed_domains.iter().collect();
        tool.push(("filters", object([("allowed_domains", domains)])));
    }
    object(tool)
}

/// `required` where it is asked for and the family takes it; elsewhere the check of the evidence decides.
fn tool_choice(model: &str, mode: GroundingMode) -> &'static str {
    if mode == GroundingMode::Required && !takes_only_auto(model) { "required" } else { "auto" }
}
