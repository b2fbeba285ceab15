//! The bytes of an answer, in the vendor's full shape (providers-wire.md §2.3).

mod grounding;
mod part;
mod usage;

use serde::Serialize;

use super::answer::{Draft, Missing};
use super::ask::Ask;
use super::ids;
use super::surface::Surface;
use crate::draw::Draw;
use crate::scenario::Then;
use grounding::Grounding;
use part::Part;
use usage::Usage;

/// The stream of draws for ids and times.
const IDS: u64 = 4;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Reply<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    candidates: Vec<Candidate<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_feedback: Option<Feedback>,
    usage_metadata: Usage,
    model_version: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    create_time: Option<String>,
    response_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Candidate<'a> {
    content: Content<'a>,
    finish_reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    finish_message: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<u8>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    safety_ratings: Vec<Rating>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grounding_metadata: Option<Grounding<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    avg_logprobs: Option<f64>,
}

#[derive(Serialize)]
struct Content<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Part<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    block_reason_message: Option<&'static str>,
    safety_ratings: [Rating; 1],
}

#[derive(Serialize)]
struct Rating {
    category: &'static str,
    probability: &'static str,
    blocked: bool,
}

/// Writes the body.
pub(super) fn write(ask: &Ask<'_>, draft: &Draft, then: &Then, draw: &Draw) -> String {
    let mut ids = draw.fork(IDS);
    let create_time = ids::create_time(&mut ids);
    let response_id = ids::response_id(&mut ids);
    let reply = Reply {
        candidates: draft.missing.is_none().then(|| candidate(ask, draft, &mut ids)).into_iter().collect(),
        prompt_feedback: (draft.missing == Some(Missing::PromptBlocked)).then(|| feedback(ask.surface)),
        usage_metadata: Usage::of(ask.surface, &draft.tokens, then.service_tier.as_deref()),
        model_version: then.model_version.as_deref().unwrap_or(ask.model.answers_as),
        create_time: (ask.surface == Surface::Vertex).then_some(create_time),
        response_id,
    };
    serde_json::to_string_pretty(&reply).expect("an answer has nothing that JSON does not have")
}

fn candidate<'a>(ask: &Ask<'_>, draft: &'a Draft, ids: &mut Draw) -> Candidate<'a> {
    let vertex = ask.surface == Surface::Vertex;
    let safety = draft.finish_reason == "SAFETY";
    let parts = part::all(ask, draft, ids);
    // A blocked answer has not even a role.
    let role = (!safety).then_some("model");
    let spread = u32::try_from(ids.between(1, 900)).unwrap_or(1);
    Candidate {
        finish_message: draft.sign.and_then(part::message),
        content: Content { parts, role },
        finish_reason: &draft.finish_reason,
        index: (!vertex).then_some(0),
        safety_ratings: safety
            .then_some(Rating { category: "HARM_CATEGORY_HATE_SPEECH", probability: "MEDIUM", blocked: true })
            .into_iter()
            .collect(),
        grounding_metadata: Grounding::of(ask.surface, &draft.found, &draft.marks, ids),
        avg_logprobs: (vertex && draft.tokens.answer > 0).then(|| -f64::from(spread) / 1_000.0),
    }
}

fn feedback(surface: Surface) -> Feedback {
    let rating = Rating { category: "HARM_CATEGORY_DANGEROUS_CONTENT", probability: "HIGH", blocked: true };
    let message = "The prompt could not be submitted.";
    let block_reason_message = (surface == Surface::Vertex).then_some(message);
    Feedback { block_reason: "SAFETY", block_reason_message, safety_ratings: [rating] }
}
