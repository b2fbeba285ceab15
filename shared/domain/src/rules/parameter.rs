//! Parameters that the provider or the model family does not take (providers-wire.md 1.2–1.5, 2.2).

use super::model::{Family, Models, Sampling};
use crate::Provider;
use crate::code::ErrorCode;
use crate::field::{FieldError, shown};
use crate::template::{Output, ReasoningEffort, Template};

/// What Gemini's 32-bit seed holds.
const GEMINI_SEED: std::ops::RangeInclusive<i64> = -0x8000_0000..=0x7fff_ffff;

pub(super) fn check(template: &Template, errors: &mut Vec<FieldError>) {
    let mut refuse =
        |pointer: &str, code, detail: String| errors.push(FieldError::new(pointer, code, detail));
    let models = Models::of(template.provider);
    for (name, pointer) in present(template) {
        if models.refused_parameters.iter().any(|refused| refused == name) {
            let detail = format!("{} has no parameter {name}", template.provider);
            refuse(pointer, ErrorCode::ParameterUnsupported, detail);
        }
    }
    if let Some(tokens) = template.generation.max_output_tokens
        && tokens < models.max_output_tokens_min
    {
        let least = models.max_output_tokens_min;
        let detail = format!("{tokens} output tokens, {} takes {least} or more", template.provider);
        refuse("/generation/max_output_tokens", ErrorCode::ValueNotAllowed, detail);
    }
    if let (Provider::Gemini | Provider::Vertex, Some(seed)) = (template.provider, template.generation.seed)
        && !GEMINI_SEED.contains(&seed)
    {
        let detail =
            format!("the seed {seed} is outside of {} to {}", GEMINI_SEED.start(), GEMINI_SEED.end());
        refuse("/generation/seed", ErrorCode::ValueNotAllowed, detail);
    }
    family(template, models, &mut refuse);
    let asks_for_search = template.grounding != crate::template::Grounding::default();
    if asks_for_search && let Some(reason) = no_search(template) {
        refuse("/grounding", ErrorCode::ParameterUnsupported, reason);
    }
}

/// Why no search can be offered with this template; `None` where nothing is known against it.
pub(super) fn no_search(template: &Template) -> Option<String> {
    let model = &template.model_version_constraint;
    let searches = Models::of(template.provider).family(model).is_none_or(|family| family.search);
    let tool = match template.provider {
        Provider::OpenAi => "web_search",
        Provider::Gemini | Provider::Vertex => "googleSearch",
    };
    if !searches {
        return Some(format!("{} does not take {tool}", shown(model)));
    }
    if template.provider != Provider::OpenAi {
        return None;
    }
    if template.generation.reasoning_effort == Some(ReasoningEffort::Minimal) {
        return Some("web_search cannot be used with the reasoning effort minimal".to_owned());
    }
    match template.output {
        Output::Json { schema: None, .. } => {
            Some("web_search cannot be used with JSON output without a schema".to_owned())
        }
        Output::Text | Output::Json { schema: Some(_), .. } => None,
    }
}

/// The optional parameters that are set, by name, with their pointers.
fn present(template: &Template) -> impl Iterator<Item = (&'static str, &'static str)> {
    let (generation, grounding) = (&template.generation, &template.grounding);
    [
        (generation.seed.is_some(), ("seed", "/generation/seed")),
        (!generation.stop.is_empty(), ("stop", "/generation/stop")),
        (grounding.search_context_size.is_some(), ("search_context_size", "/grounding/search_context_size")),
        (!grounding.allowed_domains.is_empty(), ("allowed_domains", "/grounding/allowed_domains")),
    ]
    .into_iter()
    .filter_map(|(set, parameter)| set.then_some(parameter))
}

fn family(template: &Template, models: &Models, refuse: &mut impl FnMut(&str, ErrorCode, String)) {
    let model = &template.model_version_constraint;
    let Some(family) = models.family(model) else { return };
    let generation = &template.generation;
    let effort = generation.reasoning_effort;
    if let Some(effort) = effort
        && !family.efforts.contains(&effort)
    {
        let taken = if family.efforts.is_empty() {
            "it takes no reasoning effort".to_owned()
        } else {
            format!(
                "it takes {}",
                family.efforts.iter().map(|known| known.as_str()).collect::<Vec<_>>().join(", ")
            )
        };
        let detail = format!("{} does not take the reasoning effort {effort}: {taken}", shown(model));
        refuse("/generation/reasoning_effort", ErrorCode::ParameterUnsupported, detail);
    }
    let Some(rule) = no_sampling(family, effort) else { return };
    for (set, name) in
        [(generation.temperature.is_some(), "temperature"), (generation.top_p.is_some(), "top_p")]
    {
        if set {
            let detail = format!("{} does not take {name}: {rule}", shown(model));
            refuse(&format!("/generation/{name}"), ErrorCode::ParameterUnsupported, detail);
        }
    }
}

/// Why `temperature` and `top_p` are not taken beside an effort; `None` where they are.
fn no_sampling(family: &Family, effort: Option<ReasoningEffort>) -> Option<&'static str> {
    match family.sampling {
        Sampling::Always => None,
        Sampling::Never => Some("it never does"),
        Sampling::EffortNoneOrAbsent if effort.is_none_or(|effort| effort == ReasoningEffort::None) => None,
        Sampling::EffortNone if effort == Some(ReasoningEffort::None) => None,
        Sampling::EffortNoneOrAbsent | Sampling::EffortNone => {
            Some("it does only with the reasoning effort none")
        }
    }
}

/// Whether the template's model takes a temperature beside the template's effort, as far as anything is known against it.
pub(super) fn takes_sampling(template: &Template) -> bool {
    let family = Models::of(template.provider).family(&template.model_version_constraint);
    family.is_none_or(|family| no_sampling(family, template.generation.reasoning_effort).is_none())
}
