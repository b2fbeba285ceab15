//! Models as each interface lists them.

use serde::Serialize;

use crate::google::catalogue::Model;
use crate::google::families::{Family, Thinking};
use crate::google::surface::Surface;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeveloperList<'a> {
    models: Vec<DeveloperModel<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VertexList<'a> {
    publisher_models: Vec<VertexModel<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DeveloperModel<'a> {
    name: String,
    version: &'a str,
    display_name: &'a str,
    description: String,
    input_token_limit: u64,
    output_token_limit: u64,
    supported_generation_methods: &'static [&'static str],
    #[serde(skip_serializing_if = "Option::is_none", flatten)]
    sampling: Option<Sampling>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<bool>,
}

/// The defaults and the bound of the sampling settings.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Sampling {
    temperature: u8,
    top_p: f64,
    top_k: u8,
    max_temperature: u8,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VertexModel<'a> {
    name: String,
    version_id: &'static str,
    open_source_category: &'static str,
    launch_stage: &'static str,
    publisher_model_template: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version_state: Option<&'a str>,
}

/// A page of the list.
pub(super) fn list(surface: Surface, models: &[Model<'_>], next_page_token: Option<String>) -> String {
    match surface {
        Surface::Developer => {
            written(&DeveloperList { models: models.iter().map(developer).collect(), next_page_token })
        }
        Surface::Vertex => {
            written(&VertexList { publisher_models: models.iter().map(vertex).collect(), next_page_token })
        }
    }
}

/// One model.
pub(super) fn one(surface: Surface, model: &Model<'_>) -> String {
    match surface {
        Surface::Developer => written(&developer(model)),
        Surface::Vertex => written(&vertex(model)),
    }
}

fn written(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).expect("a list has nothing that JSON does not have")
}

fn developer<'a>(model: &Model<'a>) -> DeveloperModel<'a> {
    let sampling = Sampling { temperature: 1, top_p: 0.95, top_k: 64, max_temperature: 2 };
    let thinks = Family::of(model.answers_as).thinking != Thinking::Never;
    DeveloperModel {
        name: format!("models/{}", model.id),
        version: model.version,
        display_name: model.title,
        description: format!("The model {}.", model.title),
        input_token_limit: 1_048_576,
        output_token_limit: 65_536,
        supported_generation_methods: if model.generates {
            &["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"]
        } else {
            &["embedContent", "countTextTokens"]
        },
        sampling: model.generates.then_some(sampling),
        thinking: (model.generates && thinks).then_some(true),
    }
}

fn vertex<'a>(model: &Model<'a>) -> VertexModel<'a> {
    let preview = model.id.contains("preview");
    let name = format!("publishers/google/models/{}", model.id);
    VertexModel {
        version_id: "default",
        open_source_category: "PROPRIETARY",
        launch_stage: if preview { "PUBLIC_PREVIEW" } else { "GA" },
        publisher_model_template: format!("projects/{{user-project}}/locations/{{location}}/{name}"),
        version_state: (!preview).then_some("VERSION_STATE_STABLE"),
        name,
    }
}
