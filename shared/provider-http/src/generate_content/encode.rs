//! From a call to the exact bytes sent: canonical JSON, so that equal calls are equal bytes (providers.md, Requests 4).

use stet_domain::Json;
use stet_provider::{Call, Generation, OutputForm, Role, Turn};

use super::models;

/// The body of `generateContent` for `call`.
///
/// A search cannot be forced, and the tool takes neither a country, nor domains to stay in, nor a size of what is read
/// (providers-wire.md §2.2): templates that ask for the latter two are refused at creation, REQUIRED is checked on the
/// answer, and the country reaches the model by the ALS block. Everything else that is set is sent; what a model does not
/// take it refuses.
#[must_use]
pub fn encode(call: &Call) -> Vec<u8> {
    let mut body = vec![("contents", call.turns.iter().map(turn).collect())];
    body.extend(call.system.as_ref().map(|system| ("systemInstruction", object([("parts", parts(system))]))));
    let mut config = Vec::new();
    generation(&call.generation, &mut config);
    form(&call.output, &mut config);
    config.extend(
        call.generation
            .reasoning_effort
            .map(|effort| ("thinkingConfig", models::thinking(&call.model, effort))),
    );
    if !config.is_empty() {
        body.push(("generationConfig", object(config)));
    }
    if call.search.is_some() {
        body.push(("tools", Json::from_iter([object([("googleSearch", object([]))])])));
    }
    object(body).to_canonical_bytes()
}

pub(super) fn object<'a>(members: impl IntoIterator<Item = (&'a str, Json)>) -> Json {
    Json::Object(members.into_iter().collect())
}

fn parts(text: &str) -> Json {
    Json::from_iter([object([("text", Json::from(text))])])
}

fn turn(turn: &Turn) -> Json {
    let role = match turn.role {
        Role::Assistant => "model",
        // System messages are joined into the instruction before a call is made.
        Role::User | Role::System => "user",
    };
    object([("role", Json::from(role)), ("parts", parts(&turn.content))])
}

fn generation(generation: &Generation, config: &mut Vec<(&str, Json)>) {
    config.extend(generation.temperature.clone().map(|value| ("temperature", Json::from(value))));
    config.extend(generation.top_p.clone().map(|value| ("topP", Json::from(value))));
    config.extend(generation.seed.map(|value| ("seed", Json::from(value))));
    config.extend(generation.max_output_tokens.map(|value| ("maxOutputTokens", Json::from(value))));
    if !generation.stop.is_empty() {
        config.push(("stopSequences", generation.stop.iter().collect()));
    }
}

/// The form of the output; the API has one way to be told a schema and holds to it, so that a loose one is told the same way.
fn form(output: &OutputForm, config: &mut Vec<(&str, Json)>) {
    let schema = match output {
        OutputForm::Text => return,
        OutputForm::Json => None,
        OutputForm::StrictJson { schema } | OutputForm::LooseJson { schema } => Some(schema.clone()),
    };
    config.push(("responseMimeType", Json::from("application/json")));
    config.extend(schema.map(|schema| ("responseJsonSchema", schema)));
}
