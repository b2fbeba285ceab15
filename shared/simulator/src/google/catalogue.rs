//! The models that exist: ids, aliases and what they answer as (providers-wire.md §2.5 and §3).

use super::surface::Surface;
use crate::scenario::Scenario;

/// A listed model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Model<'a> {
    pub(super) id: &'a str,
    /// The `modelVersion` of its answers, as it is spelled there.
    pub(super) answers_as: &'a str,
    /// The `version` of the list, which tells little.
    pub(super) version: &'a str,
    /// The name for people.
    pub(super) title: &'a str,
    /// Whether it generates text; one that does not is only listed.
    pub(super) generates: bool,
}

const fn model<'a>(id: &'a str, version: &'a str, title: &'a str) -> Model<'a> {
    Model { id, answers_as: id, version, title, generates: true }
}

const fn answering<'a>(model: Model<'a>, answers_as: &'a str) -> Model<'a> {
    Model { answers_as, ..model }
}

/// The built-in models, sorted by id.
const ALL: [Model<'static>; 14] = [
    model("gemini-2.0-flash", "2.0", "Gemini 2.0 Flash"),
    model("gemini-2.0-flash-001", "2.0", "Gemini 2.0 Flash 001"),
    model("gemini-2.5-flash", "001", "Gemini 2.5 Flash"),
    model("gemini-2.5-flash-lite", "001", "Gemini 2.5 Flash-Lite"),
    answering(
        model("gemini-2.5-flash-preview-05-20", "2.5-preview-05-20", "Gemini 2.5 Flash Preview 05-20"),
        "models/gemini-2.5-flash-preview-05-20",
    ),
    model("gemini-2.5-pro", "2.5", "Gemini 2.5 Pro"),
    answering(
        model("gemini-2.5-pro-preview-03-25", "2.5-preview-03-25", "Gemini 2.5 Pro Preview 03-25"),
        "models/gemini-2.5-pro",
    ),
    model("gemini-3-flash-preview", "3-flash-preview-12-2025", "Gemini 3 Flash Preview"),
    model("gemini-3-pro-preview", "3-pro-preview-11-2025", "Gemini 3 Pro Preview"),
    model("gemini-3.1-pro-preview", "3.1-pro-preview-01-2026", "Gemini 3.1 Pro Preview"),
    model("gemini-3.5-flash", "3.5-flash-05-2026", "Gemini 3.5 Flash"),
    model("gemini-3.6-flash", "3.6-flash-07-2026", "Gemini 3.6 Flash"),
    Model { generates: false, ..model("gemini-embedding-001", "001", "Gemini Embedding 001") },
    answering(model("gemini-flash-latest", "Gemini Flash Latest", "Gemini Flash Latest"), "gemini-3.6-flash"),
];

/// The version that the list tells of a scenario's own models.
const EXTRA_VERSION: &str = "001";

/// The model of an id; a scenario's own come first.
pub(super) fn find<'a>(scenario: &'a Scenario, surface: Surface, id: &str) -> Option<Model<'a>> {
    extra(scenario, surface).find(|model| model.id == id).or_else(|| {
        let at = ALL.binary_search_by(|model| model.id.cmp(id)).ok()?;
        Some(ALL[at])
    })
}

/// All models: the built-in ones, then the scenario's own.
pub(super) fn all(scenario: &Scenario, surface: Surface) -> impl Iterator<Item = Model<'_>> {
    ALL.into_iter().chain(extra(scenario, surface))
}

fn extra(scenario: &Scenario, surface: Surface) -> impl Iterator<Item = Model<'_>> {
    scenario.models_of(surface.provider()).map(|model| Model {
        id: &model.id,
        answers_as: model.answers_as.as_deref().unwrap_or(&model.id),
        version: EXTRA_VERSION,
        title: &model.id,
        generates: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_sorted_and_aliases_lead_to_listed_models() {
        assert!(ALL.is_sorted_by(|left, right| left.id < right.id));
        let scenario = Scenario::default();
        for model in all(&scenario, Surface::Vertex) {
            let answers_as = model.answers_as.strip_prefix("models/").unwrap_or(model.answers_as);
            assert!(find(&scenario, Surface::Vertex, answers_as).is_some(), "{answers_as}");
        }
        assert_eq!(find(&scenario, Surface::Developer, "gemini-9"), None);
    }

    #[test]
    fn a_scenario_adds_models_to_the_interface_that_it_names() {
        let scenario =
            Scenario::parse(br#"{"models":[{"id":"x","answers_as":"x-1"},{"id":"y","provider":"vertex"}]}"#)
                .unwrap();
        let answers_as = |surface, id| find(&scenario, surface, id).map(|model| model.answers_as);
        assert_eq!(answers_as(Surface::Developer, "x"), Some("x-1"));
        assert_eq!(answers_as(Surface::Vertex, "y"), Some("y"));
        assert_eq!(answers_as(Surface::Developer, "y"), None);
    }
}
